//! What the keyring is to hold by the last word, whichever operation comes to its end when.
//! Not here: the thread that an operation runs on, and how long anybody waits for it (`keyring`).

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use session_engine::error::VaultError;
use session_engine::ports::VaultEntry;

use super::drawer::Drawer;
use super::{Open, failed, lock};

/// What the hands work on.
pub(super) struct Keyring {
    user: String,
    open: Box<Open>,
    largest: Option<usize>,
    wanted: Mutex<Wanted>,
}

/// What the keyring is to hold by the last word. An operation that was given up may still come to its end much later; what it
/// then leaves behind is this, not what it was begun for.
#[derive(Clone, Default)]
struct Wanted {
    number: u64,
    entry: Option<VaultEntry>,
}

impl Keyring {
    pub(super) fn new(user: String, open: Box<Open>, largest: Option<usize>) -> Self {
        Self { user, open, largest, wanted: Mutex::default() }
    }

    /// Says what it is to hold from now on.
    pub(super) fn want(&self, entry: Option<VaultEntry>) {
        let mut wanted = lock(&self.wanted);
        *wanted = Wanted { number: wanted.number + 1, entry };
    }

    /// Makes it hold what is wanted, also when that changes meanwhile.
    pub(super) fn fulfil(&self, asking: &AtomicBool) -> Result<(), VaultError> {
        let mut wanted = lock(&self.wanted).clone();
        loop {
            let drawer = self.drawer(asking)?;
            let done = match &wanted.entry {
                Some(entry) => drawer.save(entry),
                None => drawer.clear(),
            };
            let newest = lock(&self.wanted).clone();
            if newest.number == wanted.number {
                return done;
            }
            wanted = newest;
        }
    }

    /// Connects anew each time: a provider that died and came back is found again.
    pub(super) fn drawer(&self, asking: &AtomicBool) -> Result<Drawer, VaultError> {
        let store = (self.open)(&self.user, asking).map_err(|error| failed(&error))?;
        Ok(Drawer { store, user: self.user.clone(), largest: self.largest })
    }
}
