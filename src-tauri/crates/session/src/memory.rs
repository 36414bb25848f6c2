//! Ports that keep what they are given for as long as the program runs, and no longer: for programs that sign in each time
//! they start, and for tests. Not here: anything that outlasts the program.
//!
//! What is lost when the program ends: the refresh token, so the user signs in again; the profile; and the journal, so a
//! refresh that was cut off is not taken up again (R9). A program that is to come back signed in brings a [`Vault`] of its
//! own, over the system's keyring for one, and a [`Journal`] and a [`ProfileStore`] over files.

use std::collections::HashMap;

use async_trait::async_trait;

use crate::core::Ports;
use crate::endpoint::HttpTokenEndpoint;
use crate::error::{StoreError, VaultError};
use crate::event::EventRecord;
use crate::ports::{
    Account, Clock, Journal, JournalEntry, Observer, ProfileStore, Transport, Vault, VaultEntry,
};
use crate::profile::Profile;
use crate::server::ServerProfile;
use crate::sync::{Arc, Mutex, lock};

/// All ports of a program that keeps nothing: `transport` and `clock` are its own, everything else ends with it.
///
/// Each field of [`Ports`] can be replaced afterwards by something that lasts.
#[must_use]
pub fn ports(transport: Arc<dyn Transport>, server: Arc<ServerProfile>, clock: Arc<dyn Clock>) -> Ports {
    Ports {
        endpoint: Arc::new(HttpTokenEndpoint::new(Arc::clone(&transport), server)),
        transport,
        vault: Arc::new(MemoryVault::default()),
        store: Arc::new(MemoryStore::default()),
        journal: Arc::new(MemoryJournal::default()),
        clock,
        observer: Arc::new(Unwatched),
    }
}

/// Keeps the refresh token until the program ends. With an entry from elsewhere, where signing in is not a matter of name and
/// password, [`Session::restore`](crate::Session::restore) takes it up.
#[derive(Default)]
pub struct MemoryVault(Mutex<Option<VaultEntry>>);

impl MemoryVault {
    /// A vault that holds this already.
    #[must_use]
    pub fn holding(entry: VaultEntry) -> Self {
        Self(Mutex::new(Some(entry)))
    }
}

#[async_trait]
impl Vault for MemoryVault {
    async fn load(&self) -> Result<Option<VaultEntry>, VaultError> {
        Ok(lock(&self.0).clone())
    }

    async fn save(&self, entry: &VaultEntry) -> Result<(), VaultError> {
        *lock(&self.0) = Some(entry.clone());
        Ok(())
    }

    async fn clear(&self) -> Result<(), VaultError> {
        *lock(&self.0) = None;
        Ok(())
    }
}

/// Keeps profiles until the program ends.
#[derive(Default)]
pub struct MemoryStore(Mutex<HashMap<Account, Profile>>);

#[async_trait]
impl ProfileStore for MemoryStore {
    async fn load(&self, account: &str) -> Result<Option<Profile>, StoreError> {
        Ok(lock(&self.0).get(account).cloned())
    }

    async fn save(&self, account: &str, profile: &Profile) -> Result<(), StoreError> {
        lock(&self.0).insert(account.to_owned(), profile.clone());
        Ok(())
    }

    async fn forget(&self, account: &str) -> Result<(), StoreError> {
        lock(&self.0).remove(account);
        Ok(())
    }
}

/// Keeps the journal until the program ends, which is exactly what a journal is not for: with it a crash is forgotten.
#[derive(Default)]
pub struct MemoryJournal(Mutex<Option<JournalEntry>>);

#[async_trait]
impl Journal for MemoryJournal {
    async fn load(&self) -> Result<Option<JournalEntry>, StoreError> {
        Ok(lock(&self.0).clone())
    }

    async fn note(&self, entry: &JournalEntry) -> Result<(), StoreError> {
        *lock(&self.0) = Some(entry.clone());
        Ok(())
    }

    async fn clear(&self) -> Result<(), StoreError> {
        *lock(&self.0) = None;
        Ok(())
    }
}

/// Hears of every decision and tells nobody. [`Session::events`](crate::Session::events) has the last ones all the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Observer for Unwatched {
    fn on_event(&self, _record: &EventRecord) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::RefreshToken;

    #[tokio::test]
    async fn r8_what_is_put_in_is_there_until_it_is_taken_out() {
        let entry = |token: &str| VaultEntry {
            account: "ada".into(),
            refresh: RefreshToken::new(token.to_owned()).unwrap(),
        };
        let vault = MemoryVault::holding(entry("one"));
        let token = |entry: Option<VaultEntry>| entry.map(|entry| entry.refresh.expose().to_owned());
        assert_eq!(token(vault.load().await.unwrap()).as_deref(), Some("one"));
        vault.save(&entry("two")).await.unwrap();
        assert_eq!(token(vault.load().await.unwrap()).as_deref(), Some("two"));
        vault.clear().await.unwrap();
        assert_eq!(token(vault.load().await.unwrap()), None);
    }

    #[tokio::test]
    async fn r12_forgetting_one_user_leaves_the_other() {
        let store = MemoryStore::default();
        for (who, json) in [("ada", r#"{"a":1}"#), ("bob", r#"{"b":2}"#)] {
            store.save(who, &Profile::parse(json).unwrap()).await.unwrap();
        }
        store.forget("ada").await.unwrap();
        assert!(store.load("ada").await.unwrap().is_none());
        assert_eq!(store.load("bob").await.unwrap().unwrap().fields().collect::<Vec<_>>(), [("b", "2")]);
    }

    #[tokio::test]
    async fn r9_the_journal_holds_the_last_entry() {
        let journal = MemoryJournal::default();
        assert_eq!(journal.load().await.unwrap(), None);
        journal.note(&JournalEntry::default()).await.unwrap();
        assert_eq!(journal.load().await.unwrap(), Some(JournalEntry::default()));
        journal.clear().await.unwrap();
        assert_eq!(journal.load().await.unwrap(), None);
    }
}
