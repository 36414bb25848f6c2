//! The port by which records are kept: each as a text at its place.
//! Not here: what stands in a record (`keepsakes`), and how one survives a crash (`adapters::slots`).

use std::path::Path;

use session_engine::error::StoreError;

/// Where a record is kept.
pub struct Place<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// The record's name, fit for a file.
    pub name: &'a str,
}

/// What was found at a place.
pub struct Found {
    /// The newest whole record.
    pub record: Option<String>,
    /// Where that record was, and how many writes it has seen.
    pub slot: Option<SlotFound>,
    /// What was wrong, where the wreck was put, and what is left.
    pub damage: Option<String>,
}

/// The slot a record was found in; its checksum was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotFound {
    /// `A` or `B`.
    pub name: char,
    /// Rises with each write of the record.
    pub generation: u64,
}

/// Keeps texts by place so that a crash at any moment leaves the old one or the new one. Blocks.
pub trait RecordStore: Send + Sync + 'static {
    /// The newest record that is whole and `is_sound`. What is not is put aside, never overwritten.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be known what is there.
    fn read(&self, place: &Place<'_>, is_sound: &dyn Fn(&str) -> bool) -> Result<Found, StoreError>;
    /// Keeps a record in the place of the last, and tells what damage was found on the way.
    ///
    /// # Errors
    /// [`StoreError`]; the last record is then still whole.
    fn write(&self, place: &Place<'_>, record: &str) -> Result<Option<String>, StoreError>;
    /// Removes a record.
    ///
    /// # Errors
    /// [`StoreError`] when it is not certain that nothing is left.
    fn remove(&self, place: &Place<'_>) -> Result<(), StoreError>;
}
