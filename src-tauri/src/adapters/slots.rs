//! Records in two alternating slots, through the plugin store's public API: a write that is cut off never takes the last good
//! copy, nor the one before it (P13). Not here: what is kept in them (`keepsakes`).
//!
//! The plugin writes with a plain `fs::write`, swallows load errors, and saves every open store at exit. So a record is
//! written beside the slots with a generation and a checksum, synced, read back, and only then moved to the place of the
//! older slot; and no store stays open.

use std::convert;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use session_engine::error::StoreError;
use tauri::{AppHandle, Runtime};
use tauri_plugin_store::{Error, Store, StoreBuilder};

use crate::folders;
use crate::keepsakes::{Found, Place, RecordStore, SlotFound};

mod gate;
mod slot;
mod wrecks;

use gate::Gate;
pub use gate::shut_at_exit;
use slot::{Slot, Survey};

/// The key of the one value in a slot.
const KEY: &str = "slot";

/// What the two slots are called.
const NAMES: [char; 2] = ['A', 'B'];

/// Keeps each record in two files of the plugin store.
pub struct PluginSlots<R: Runtime> {
    app: AppHandle<R>,
    gate: Gate,
}

impl<R: Runtime> PluginSlots<R> {
    /// Through the plugin of `app`.
    #[must_use]
    pub fn new(app: AppHandle<R>) -> Self {
        let gate = Gate::of(&app);
        Self { app, gate }
    }

    fn pair(&self, place: &Place<'_>) -> Pair<'_, R> {
        let file = |slot| place.folder.join(format!("{}.{slot}.json", place.name));
        Pair { store: self, slots: [file("a"), file("b")], next: file("next") }
    }
}

impl<R: Runtime> RecordStore for PluginSlots<R> {
    fn read(&self, place: &Place<'_>, is_sound: &dyn Fn(&str) -> bool) -> Result<Found, StoreError> {
        let survey = self.pair(place).survey(is_sound)?;
        let damage = survey.damage();
        let newest = survey.newest.as_ref();
        let slot = newest.map(|(index, slot)| SlotFound { name: NAMES[*index], generation: slot.generation });
        Ok(Found { record: survey.newest.map(|(_, slot)| slot.record), slot, damage })
    }

    fn write(&self, place: &Place<'_>, record: &str) -> Result<Option<String>, StoreError> {
        self.pair(place).write(record)
    }

    fn remove(&self, place: &Place<'_>) -> Result<(), StoreError> {
        wrecks::remove_all(place.folder, place.name)
            .map_err(|error| refused(place.folder, "cleared of what was kept in it", &error))
    }
}

/// The files of one record.
struct Pair<'a, R: Runtime> {
    store: &'a PluginSlots<R>,
    slots: [PathBuf; 2],
    /// Where the next record is written before it becomes a slot.
    next: PathBuf,
}

/// What is at a slot's place.
enum Look {
    Nothing,
    Whole(Slot),
    Damaged,
}

impl<R: Runtime> Pair<'_, R> {
    /// Gives what damage was found on the way.
    fn write(&self, record: &str) -> Result<Option<String>, StoreError> {
        let survey = self.survey(&|_| true)?;
        if let Some(stuck) = survey.stuck {
            return Err(stuck); // its place may be the one to write to
        }
        let (target, generation) = match &survey.newest {
            Some((index, slot)) => (1 - index, slot.generation.saturating_add(1)),
            None => (0, 1),
        };
        let slot = Slot::new(generation, record);
        let target = &self.slots[target];
        let kept = self.write_beside(&slot).and_then(|()| {
            fs::rename(&self.next, target)?;
            Ok(sync_folder(target.parent().unwrap_or(Path::new("")))?)
        });
        if let Err(error) = kept {
            let _ = fs::remove_file(&self.next); // frees the space; what is left is removed by the next write
            return Err(failed(target, "written", error));
        }
        Ok(survey.damage())
    }

    /// Written, synced and read back, while both slots are as they were.
    fn write_beside(&self, slot: &Slot) -> Result<(), Error> {
        if fs::symlink_metadata(&self.next).is_ok() && fs::remove_file(&self.next).is_err() {
            wrecks::put_aside(&self.next)?;
        }
        drop(folders::new_private_file(&self.next)?);
        let value = serde_json::to_value(slot)?;
        // The record is what the store begins with: what is `set` would be told to every page, value and all (P9).
        self.with_store(&self.next, |store| store.create_new().default(KEY, value), Store::save)?;
        OpenOptions::new().write(true).open(&self.next)?.sync_all()?;
        match self.get(&self.next)? {
            Some(kept) if kept == *slot => Ok(()),
            _ => Err(io::Error::new(ErrorKind::InvalidData, "it did not come back as it was written").into()),
        }
    }

    /// The newest whole slot that `is_sound`; what is neither is put aside.
    fn survey(&self, is_sound: &dyn Fn(&str) -> bool) -> Result<Survey, StoreError> {
        let mut survey = Survey::default();
        for (index, file) in self.slots.iter().enumerate() {
            match self.look(file).map_err(|error| failed(file, "read", error))? {
                Look::Whole(slot) if is_sound(&slot.record) => survey.add(index, slot),
                Look::Nothing => {}
                Look::Whole(_) | Look::Damaged => match wrecks::put_aside(file) {
                    Ok(name) => survey.aside.push(name),
                    Err(error) => {
                        survey.stuck = Some(refused(file, "put aside, though it is damaged", &error));
                    }
                },
            }
        }
        Ok(survey)
    }

    /// An error here is the machine's, and says nothing about the slot.
    fn look(&self, file: &Path) -> Result<Look, Error> {
        match fs::symlink_metadata(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Look::Nothing),
            Ok(about) if !about.is_file() => return Ok(Look::Damaged), // to read a pipe would wait for ever
            Err(error) => return Err(error.into()),
            Ok(_) => {}
        }
        let got = match self.get(file) {
            Err(Error::Io(error)) if error.kind() == ErrorKind::PermissionDenied => {
                folders::reclaim(file).map_err(|_| error.into()).and_then(|()| self.get(file))
            }
            got => got,
        };
        match got {
            Ok(Some(slot)) => Ok(Look::Whole(slot)),
            Ok(None) | Err(Error::Deserialize(_) | Error::Json(_)) => Ok(Look::Damaged),
            Err(Error::Io(error)) if is_the_files(&error) => Ok(Look::Damaged),
            Err(error) => Err(error),
        }
    }

    /// `Ok(None)`: there is a file, and it holds no whole slot.
    fn get(&self, file: &Path) -> Result<Option<Slot>, Error> {
        self.with_store(file, convert::identity, |store| {
            store.reload_ignore_defaults()?;
            let slot = store.get(KEY).and_then(|value| serde_json::from_value::<Slot>(value).ok());
            Ok(slot.filter(Slot::is_whole))
        })
    }

    /// A store is open for as long as it is used, so that the plugin has none to save at exit.
    fn with_store<T>(
        &self,
        file: &Path,
        begin: impl FnOnce(StoreBuilder<R>) -> StoreBuilder<R>,
        work: impl FnOnce(&Store<R>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let _pass = self.store.gate.enter().ok_or_else(|| io::Error::other("the program is ending"))?;
        let store = begin(StoreBuilder::new(&self.store.app, file).disable_auto_save()).build()?;
        let result = work(&store);
        store.close_resource();
        result
    }
}

/// What was moved in a folder is moved after a power cut, too. Not every file system can sync a folder.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    match fs::File::open(folder)?.sync_all() {
        Err(error) if !matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Err(error),
        _ => Ok(()),
    }?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Not for lack of memory, of file handles or of the disk, but for what the file is.
fn is_the_files(error: &io::Error) -> bool {
    #[cfg(unix)]
    let is_bad_block = error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error());
    #[cfg(not(unix))]
    let is_bad_block = false;
    is_bad_block || matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::InvalidData)
}

fn failed(file: &Path, what: &str, error: Error) -> StoreError {
    let error = if let Error::Io(error) = error { error } else { io::Error::other(error) };
    refused(file, what, &error)
}

fn refused(file: &Path, what: &str, error: &io::Error) -> StoreError {
    StoreError(format!("{} cannot be {what}: {error}. {}", file.display(), folders::advice(error)))
}
