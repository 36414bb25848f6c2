//! A vault in memory that remembers what was asked of it, and can be slow, fail, hang or panic.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use session_engine::error::VaultError;
use session_engine::ports::{Vault, VaultEntry};

#[derive(Default)]
pub(crate) struct MemoryVault(Mutex<Safe>);

#[derive(Default)]
struct Safe {
    entry: Option<VaultEntry>,
    history: Vec<String>,
    delay: Duration,
    read_delay: Duration,
    mood: Mood,
    busy: usize,
    most_busy: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Works,
    Fails,
    Hangs,
    Panics,
}

impl MemoryVault {
    /// The account and the refresh token that it holds.
    pub(crate) fn holds(&self) -> Option<(String, String)> {
        let safe = self.0.lock().unwrap();
        safe.entry.as_ref().map(|entry| (entry.account.clone(), entry.refresh.expose().to_owned()))
    }

    pub(crate) fn holds_nothing(&self) -> bool {
        self.holds().is_none()
    }

    /// What was written, in order: `save ada`, `clear`.
    pub(crate) fn history(&self) -> Vec<String> {
        self.0.lock().unwrap().history.clone()
    }

    pub(crate) fn count(&self, asked: &str) -> usize {
        self.history().iter().filter(|entry| entry.starts_with(asked)).count()
    }

    /// Writes take so long.
    pub(crate) fn slow(&self, delay: Duration) {
        self.0.lock().unwrap().delay = delay;
    }

    /// Reads take so long.
    pub(crate) fn slow_to_read(&self, delay: Duration) {
        self.0.lock().unwrap().read_delay = delay;
    }

    pub(crate) fn works(&self) {
        self.mood(Mood::Works);
    }

    pub(crate) fn fails(&self) {
        self.mood(Mood::Fails);
    }

    pub(crate) fn hangs(&self) {
        self.mood(Mood::Hangs);
    }

    pub(crate) fn panics(&self) {
        self.mood(Mood::Panics);
    }

    /// How many operations were under way at the same time, at most.
    pub(crate) fn most_at_once(&self) -> usize {
        self.0.lock().unwrap().most_busy
    }

    fn mood(&self, mood: Mood) {
        self.0.lock().unwrap().mood = mood;
    }

    async fn work(&self, write: Option<String>) -> Result<(), VaultError> {
        let (delay, mood) = {
            let mut safe = self.0.lock().unwrap();
            safe.busy += 1;
            safe.most_busy = safe.most_busy.max(safe.busy);
            let delay = if write.is_some() { safe.delay } else { safe.read_delay };
            safe.history.extend(write);
            (delay, safe.mood)
        };
        let _busy = Busy(self);
        tokio::time::sleep(delay).await;
        match mood {
            Mood::Works => Ok(()),
            Mood::Fails => Err(VaultError("the keyring is locked".into())),
            Mood::Hangs => std::future::pending().await,
            Mood::Panics => std::panic::resume_unwind(Box::new("the vault broke")),
        }
    }
}

struct Busy<'a>(&'a MemoryVault);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().busy -= 1;
    }
}

#[async_trait]
impl Vault for MemoryVault {
    async fn load(&self) -> Result<Option<VaultEntry>, VaultError> {
        self.work(None).await?;
        Ok(self.0.lock().unwrap().entry.clone())
    }

    async fn save(&self, entry: &VaultEntry) -> Result<(), VaultError> {
        self.work(Some(format!("save {}", entry.account))).await?;
        self.0.lock().unwrap().entry = Some(entry.clone());
        Ok(())
    }

    async fn clear(&self) -> Result<(), VaultError> {
        self.work(Some("clear".into())).await?;
        self.0.lock().unwrap().entry = None;
        Ok(())
    }
}
