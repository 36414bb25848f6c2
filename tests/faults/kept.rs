//! A vault, a profile store, a journal and an observer in memory.
//! Not here: their failures, which the engine's tests and `tests/ipc` have.

use std::sync::Mutex;

use async_trait::async_trait;
use session_engine::Profile;
use session_engine::error::{StoreError, VaultError};
use session_engine::event::{EventRecord, SessionEvent};
use session_engine::ports::{Journal, JournalEntry, Observer, ProfileStore, Vault, VaultEntry};

/// All four in one.
#[derive(Default)]
pub(crate) struct Kept {
    entry: Mutex<Option<VaultEntry>>,
    profile: Mutex<Option<String>>,
    noted: Mutex<Option<JournalEntry>>,
    events: Mutex<Vec<EventRecord>>,
}

impl Kept {
    pub(crate) fn put(&self, entry: VaultEntry, profile: &str) {
        *self.entry.lock().unwrap() = Some(entry);
        *self.profile.lock().unwrap() = Some(profile.to_owned());
    }

    pub(crate) fn refresh_token(&self) -> Option<String> {
        self.entry.lock().unwrap().as_ref().map(|entry| entry.refresh.expose().to_owned())
    }

    pub(crate) fn profile_text(&self) -> Option<String> {
        self.profile.lock().unwrap().clone()
    }

    pub(crate) fn events(&self) -> Vec<EventRecord> {
        self.events.lock().unwrap().clone()
    }

    pub(crate) fn refreshes_started(&self) -> usize {
        let started = |record: &&EventRecord| matches!(record.event, SessionEvent::RefreshStarted { .. });
        self.events().iter().filter(started).count()
    }

    /// How many refreshes were under way at the same time, at most.
    pub(crate) fn most_refreshes_at_once(&self) -> usize {
        let (mut flying, mut most) = (0_usize, 0);
        for record in self.events() {
            if matches!(record.event, SessionEvent::RefreshStarted { .. }) {
                flying += 1;
            }
            most = most.max(flying);
            let landed = matches!(
                record.event,
                SessionEvent::RefreshSucceeded { .. }
                    | SessionEvent::RefreshFailed { .. }
                    | SessionEvent::RefreshDiscarded { .. }
            );
            flying -= usize::from(landed);
        }
        most
    }
}

impl Observer for Kept {
    fn on_event(&self, record: &EventRecord) {
        self.events.lock().unwrap().push(record.clone());
    }
}

#[async_trait]
impl Vault for Kept {
    async fn load(&self) -> Result<Option<VaultEntry>, VaultError> {
        Ok(self.entry.lock().unwrap().clone())
    }

    async fn save(&self, entry: &VaultEntry) -> Result<(), VaultError> {
        *self.entry.lock().unwrap() = Some(entry.clone());
        Ok(())
    }

    async fn clear(&self) -> Result<(), VaultError> {
        *self.entry.lock().unwrap() = None;
        Ok(())
    }
}

#[async_trait]
impl ProfileStore for Kept {
    async fn load(&self, _account: &str) -> Result<Option<Profile>, StoreError> {
        Ok(self.profile_text().map(|json| Profile::parse(&json).unwrap()))
    }

    async fn save(&self, _account: &str, profile: &Profile) -> Result<(), StoreError> {
        *self.profile.lock().unwrap() = Some(serde_json::to_string(profile).unwrap());
        Ok(())
    }

    async fn forget(&self, _account: &str) -> Result<(), StoreError> {
        *self.profile.lock().unwrap() = None;
        Ok(())
    }
}

#[async_trait]
impl Journal for Kept {
    async fn load(&self) -> Result<Option<JournalEntry>, StoreError> {
        Ok(self.noted.lock().unwrap().clone())
    }

    async fn note(&self, entry: &JournalEntry) -> Result<(), StoreError> {
        *self.noted.lock().unwrap() = Some(entry.clone());
        Ok(())
    }

    async fn clear(&self) -> Result<(), StoreError> {
        *self.noted.lock().unwrap() = None;
        Ok(())
    }
}
