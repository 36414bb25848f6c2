//! A credential store in memory that is as narrow as Windows', and can be cut off in the middle of a write, stall or panic.
//! Not here: several entries of one name; the real store has them (`several`).

use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Condvar, Mutex};

use keyring_core::api::{Credential, CredentialApi, CredentialStore, CredentialStoreApi};
use keyring_core::{Entry, Error, Result};

/// Windows' limit, in bytes.
pub(crate) const NARROW: usize = 2560;

/// Clone it to look into it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelf(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    entries: BTreeMap<String, Vec<u8>>,
    writes: usize,
    /// After as many writes nothing works any more.
    last_write: Option<usize>,
    stalled: bool,
    waiting: usize,
    panics: bool,
    forgetful: bool,
}

impl Shelf {
    /// Opens it, as the vault does.
    pub(crate) fn open(&self) -> impl Fn() -> Result<Arc<CredentialStore>> + Send + Sync + 'static {
        let shelf = self.clone();
        move || Ok(Arc::new(shelf.clone()))
    }

    /// Writes and removals so far.
    pub(crate) fn writes(&self) -> usize {
        self.0.state.lock().unwrap().writes
    }

    /// The program or the store ends after `more` further writes.
    pub(crate) fn end_after(&self, more: usize) {
        let mut state = self.0.state.lock().unwrap();
        state.last_write = Some(state.writes + more);
    }

    /// All works again.
    pub(crate) fn revive(&self) {
        self.0.state.lock().unwrap().last_write = None;
    }

    /// From now on every access waits; those that wait go on later, new ones do not wait once `false` is said.
    pub(crate) fn stall(&self, stalled: bool) {
        self.0.state.lock().unwrap().stalled = stalled;
    }

    /// Lets go of those that wait.
    pub(crate) fn let_go(&self) {
        self.0.changed.notify_all();
    }

    /// How many accesses wait.
    pub(crate) fn waiting(&self) -> usize {
        self.0.state.lock().unwrap().waiting
    }

    /// The next access panics.
    pub(crate) fn panic_once(&self) {
        self.0.state.lock().unwrap().panics = true;
    }

    /// From now on writes are taken and not kept.
    pub(crate) fn forget_writes(&self) {
        self.0.state.lock().unwrap().forgetful = true;
    }

    /// What is kept.
    pub(crate) fn entries(&self) -> BTreeMap<String, Vec<u8>> {
        self.0.state.lock().unwrap().entries.clone()
    }

    /// Overwrites what is kept under a name.
    pub(crate) fn put(&self, user: &str, secret: Vec<u8>) {
        self.0.state.lock().unwrap().entries.insert(user.to_owned(), secret);
    }

    fn access<T>(
        &self,
        write: bool,
        act: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> Result<T>,
    ) -> Result<T> {
        let mut state = self.0.state.lock().unwrap();
        if std::mem::take(&mut state.panics) {
            drop(state);
            panic!("the store panics");
        }
        if state.stalled {
            state.waiting += 1;
            state = self.0.changed.wait(state).unwrap();
            state.waiting -= 1;
        }
        if state.last_write.is_some_and(|last| state.writes >= last) {
            return Err(Error::PlatformFailure("it ended".into()));
        }
        state.writes += usize::from(write);
        if write && state.forgetful {
            return act(&mut state.entries.clone());
        }
        act(&mut state.entries)
    }
}

impl CredentialStoreApi for Shelf {
    fn vendor(&self) -> String {
        "a test".to_owned()
    }

    fn id(&self) -> String {
        "a shelf".to_owned()
    }

    fn build(&self, _: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        if user.len() > 513 || user.contains('\0') {
            return Err(Error::TooLong("user".into(), 513));
        }
        Ok(Entry::new_with_credential(Arc::new(Place { shelf: self.clone(), user: user.to_owned() })))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[derive(Debug)]
struct Place {
    shelf: Shelf,
    user: String,
}

impl CredentialApi for Place {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        if secret.len() > NARROW {
            return Err(Error::TooLong("secret".into(), 2560));
        }
        self.shelf.access(true, |entries| {
            entries.insert(self.user.clone(), secret.to_vec());
            Ok(())
        })
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        self.shelf.access(false, |entries| entries.get(&self.user).cloned().ok_or(Error::NoEntry))
    }

    fn delete_credential(&self) -> Result<()> {
        self.shelf.access(true, |entries| entries.remove(&self.user).map(drop).ok_or(Error::NoEntry))
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        self.get_secret().map(|_| None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
