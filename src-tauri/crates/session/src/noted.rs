//! The journal as it should be, beside what its port is known to have.
//! Not here: how the two are brought together (`journal`).

use crate::ports::JournalEntry;

/// The journal as it should be, and whether the port has it so.
#[derive(Default)]
pub(crate) struct Noted {
    pub(crate) entry: JournalEntry,
    pub(crate) kept: bool,
    /// This run has noted something itself.
    pub(crate) changed: bool,
    /// Counts the operations asked of the port.
    pub(crate) asked: u64,
    /// The last of them that ended well.
    pub(crate) done: u64,
}

impl Noted {
    /// The entry, if it is this run's own.
    pub(crate) fn ours(&self) -> Option<JournalEntry> {
        self.changed.then(|| self.entry.clone())
    }
}
