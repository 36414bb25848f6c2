//! Records in two alternating slots, through the plugin store's public API: a write that is cut off never takes the last good
//! copy (P13). Not here: what is kept in them (`keepsakes`).
//!
//! The plugin writes with a plain `fs::write`, swallows load errors, and saves every open store at exit. So each record goes
//! to the *other* slot with a generation and a checksum, is synced and read back, and no store stays open.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use session_engine::error::StoreError;
use sha2::{Digest, Sha256};
use tauri::{AppHandle, Runtime};
use tauri_plugin_store::{Error, Store, StoreBuilder};

use super::clock::wall_ms;
use crate::keepsakes::{Found, Place, RecordStore};

/// The key of the one value in a slot.
const KEY: &str = "slot";

/// What a slot holds.
#[derive(Clone, Serialize, Deserialize)]
struct Slot {
    /// Rises with each write; the higher one counts.
    generation: u64,
    /// SHA-256 of generation and record, hex.
    sha256: String,
    /// The record's own text, so that every number in it stays exact.
    record: String,
}

/// Keeps each record in two files of the plugin store.
pub struct PluginSlots<R: Runtime>(AppHandle<R>);

impl<R: Runtime> PluginSlots<R> {
    /// Through the plugin of `app`.
    #[must_use]
    pub fn new(app: AppHandle<R>) -> Self {
        Self(app)
    }

    fn pair(&self, place: &Place<'_>) -> Pair<'_, R> {
        let file = |slot| place.folder.join(format!("{}.{slot}.json", place.name));
        Pair { app: &self.0, files: [file("a"), file("b")] }
    }
}

impl<R: Runtime> RecordStore for PluginSlots<R> {
    fn read(&self, place: &Place<'_>) -> Result<Found, StoreError> {
        let (newest, damage) = self.pair(place).survey()?;
        Ok(Found { record: newest.map(|(_, slot)| slot.record), damage })
    }

    fn write(&self, place: &Place<'_>, record: &str) -> Result<(), StoreError> {
        self.pair(place).write(record)
    }

    fn remove(&self, place: &Place<'_>) -> Result<(), StoreError> {
        self.pair(place).files.iter().try_for_each(|file| match fs::remove_file(file) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(StoreError(format!("{} cannot be removed: {error}.", file.display()))),
        })
    }
}

/// The newest whole slot, and which of the two it is.
type Newest = Option<(usize, Slot)>;

/// The two files of one record.
struct Pair<'a, R: Runtime> {
    app: &'a AppHandle<R>,
    files: [PathBuf; 2],
}

impl<R: Runtime> Pair<'_, R> {
    /// To the older slot, synced, read back.
    fn write(&self, record: &str) -> Result<(), StoreError> {
        let (newest, _) = self.survey()?;
        let (target, generation) = match &newest {
            Some((index, slot)) => (1 - index, slot.generation.saturating_add(1)),
            None => (0, 1),
        };
        let slot = Slot { generation, sha256: checksum(generation, record), record: record.to_owned() };
        let file = &self.files[target];
        self.put(file, &slot).map_err(|error| cannot("kept", file, &error))?;
        sync(file).map_err(|error| cannot("kept", file, &error))?;
        match self.get(file) {
            Ok(Some(kept)) if kept.sha256 == slot.sha256 => Ok(()),
            Ok(_) => Err(StoreError(format!(
                "What was written to {} did not come back the same. Check the disk.",
                file.display()
            ))),
            Err(error) => Err(cannot("read back", file, &error)),
        }
    }

    fn survey(&self) -> Result<(Newest, Option<String>), StoreError> {
        let (mut newest, mut damage): (Newest, _) = (None, None);
        for (index, file) in self.files.iter().enumerate() {
            match self.get(file) {
                Ok(Some(slot))
                    if newest.as_ref().is_none_or(|(_, best)| best.generation < slot.generation) =>
                {
                    newest = Some((index, slot));
                }
                Ok(Some(_)) => {}
                Ok(None) => damage = Some(put_aside(file)?),
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
                Err(Error::Io(error)) => {
                    return Err(StoreError(format!(
                        "{} cannot be read: {error}. Check its permissions.",
                        file.display()
                    )));
                }
                Err(_) => damage = Some(put_aside(file)?),
            }
        }
        Ok((newest, damage))
    }

    /// `Ok(None)`: there is a file, and it holds no whole slot.
    fn get(&self, file: &Path) -> Result<Option<Slot>, Error> {
        self.with_store(file, |store| {
            store.reload_ignore_defaults()?;
            let slot = store.get(KEY).and_then(|value| serde_json::from_value::<Slot>(value).ok());
            Ok(slot.filter(|slot| slot.sha256 == checksum(slot.generation, &slot.record)))
        })
    }

    fn put(&self, file: &Path, slot: &Slot) -> Result<(), Error> {
        let value = serde_json::to_value(slot)?;
        self.with_store(file, |store| {
            store.clear();
            store.set(KEY, value);
            store.save()
        })
    }

    /// A store is open for as long as it is used, so that the plugin has none to save at exit.
    fn with_store<T>(
        &self,
        file: &Path,
        work: impl FnOnce(&Store<R>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let store = StoreBuilder::new(self.app, file).disable_auto_save().build()?;
        let result = work(&store);
        store.close_resource();
        result
    }
}

fn checksum(generation: u64, record: &str) -> String {
    let digest = Sha256::new_with_prefix(generation.to_le_bytes()).chain_update(record.as_bytes()).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sync(file: &Path) -> Result<(), Error> {
    File::open(file)?.sync_all()?;
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn put_aside(file: &Path) -> Result<String, StoreError> {
    let mut aside = file.as_os_str().to_owned();
    aside.push(format!(".corrupt-{}", wall_ms()));
    fs::rename(file, &aside).map_err(|error| {
        StoreError(format!("{} is damaged and cannot be put aside: {error}.", file.display()))
    })?;
    let name = Path::new(&aside).file_name().unwrap_or_default().display();
    Ok(format!("A record kept on this device was damaged. It was put aside as {name}."))
}

fn cannot(what: &str, file: &Path, error: &Error) -> StoreError {
    StoreError(format!(
        "{} cannot be {what}: {error}. Check the disk's space and the folder's permissions.",
        file.display()
    ))
}
