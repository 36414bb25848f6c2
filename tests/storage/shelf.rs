//! The shelf of these tests: the real slots, through the store plugin on Tauri's mock runtime, in a folder of their own.
//! Not here: any expectation.

use std::fs;
use std::path::{Path, PathBuf};

use session_engine::error::StoreError;
use session_keeper::adapters::slots::{PluginSlots, shut_at_exit};
use session_keeper::keepsakes::{Found, Place, RecordStore};
use tauri::App;
use tauri::test::{MockRuntime, mock_builder, mock_context, noop_assets};
use tempfile::TempDir;

/// The record's name in these tests.
pub(crate) const NAME: &str = "record";

/// One record's place.
pub(crate) struct Shelf {
    app: App<MockRuntime>,
    slots: PluginSlots<MockRuntime>,
    /// Where they are.
    pub(crate) folder: PathBuf,
    own: Option<TempDir>,
}

impl Shelf {
    /// In a new folder; in memory where the system has such a disk, as thousands of writes are synced.
    pub(crate) fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let own = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let shelf = Self::at(own.path());
        Self { own: Some(own), ..shelf }
    }

    /// In a folder that is there.
    pub(crate) fn at(folder: &Path) -> Self {
        let app = mock_builder()
            .plugin(shut_at_exit())
            .plugin(tauri_plugin_store::Builder::new().build())
            .build(mock_context(noop_assets()))
            .unwrap();
        let slots = PluginSlots::new(app.handle().clone());
        Self { app, slots, folder: folder.to_owned(), own: None }
    }

    /// The app, to be run to its end, the slots, and what removes the folder.
    pub(crate) fn into_parts(self) -> (App<MockRuntime>, PluginSlots<MockRuntime>, Option<TempDir>) {
        (self.app, self.slots, self.own)
    }

    /// Reads the record.
    pub(crate) fn try_read(&self) -> Result<Found, StoreError> {
        self.read_sound(&|_| true)
    }

    /// Reads the newest record that is sound.
    pub(crate) fn read_sound(&self, is_sound: &dyn Fn(&str) -> bool) -> Result<Found, StoreError> {
        self.slots.read(&self.place(), is_sound)
    }

    /// Reads the record, which must work, and tells what was damaged.
    pub(crate) fn read(&self) -> (Option<String>, Option<String>) {
        let found = self.try_read().unwrap();
        (found.record, found.damage)
    }

    /// Writes the record.
    pub(crate) fn try_write(&self, record: &str) -> Result<Option<String>, StoreError> {
        self.slots.write(&self.place(), record)
    }

    /// Writes the record, which must work, and finds no damage.
    pub(crate) fn write(&self, record: &str) {
        assert_eq!(self.try_write(record).unwrap(), None);
    }

    /// Removes the record.
    pub(crate) fn remove(&self) {
        self.slots.remove(&self.place()).unwrap();
    }

    /// The file of one slot, `a` or `b`.
    pub(crate) fn slot(&self, which: char) -> PathBuf {
        self.folder.join(format!("{NAME}.{which}.json"))
    }

    /// The names of all that is there, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let listed = fs::read_dir(&self.folder).unwrap();
        let mut names: Vec<_> =
            listed.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// What was put aside, oldest first.
    pub(crate) fn wrecks(&self) -> Vec<PathBuf> {
        let wrecks = self.names().into_iter().filter(|name| name.contains(".corrupt-"));
        wrecks.map(|name| self.folder.join(name)).collect()
    }

    /// Removes what was put aside.
    pub(crate) fn clear_wrecks(&self) {
        self.wrecks().iter().for_each(|wreck| fs::remove_file(wreck).unwrap());
    }

    fn place(&self) -> Place<'_> {
        Place { folder: &self.folder, name: NAME }
    }
}
