//! A journal in memory that counts its writes, and can be slow, hang or fail.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use session_engine::error::StoreError;
use session_engine::ports::{Journal, JournalEntry};

#[derive(Default)]
pub(crate) struct MemoryJournal(Mutex<Desk>);

#[derive(Default)]
struct Desk {
    entry: Option<JournalEntry>,
    notes: Vec<JournalEntry>,
    delay: Duration,
    failing: bool,
}

impl MemoryJournal {
    pub(crate) fn entry(&self) -> Option<JournalEntry> {
        self.0.lock().unwrap().entry.clone()
    }

    /// All that was ever noted.
    pub(crate) fn notes(&self) -> Vec<JournalEntry> {
        self.0.lock().unwrap().notes.clone()
    }

    pub(crate) fn slow(&self, delay: Duration) {
        self.0.lock().unwrap().delay = delay;
    }

    pub(crate) fn fail(&self, failing: bool) {
        self.0.lock().unwrap().failing = failing;
    }

    async fn work(&self) -> Result<(), StoreError> {
        let (delay, failing) = {
            let desk = self.0.lock().unwrap();
            (desk.delay, desk.failing)
        };
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if failing { Err(StoreError("the disk is full".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn load(&self) -> Result<Option<JournalEntry>, StoreError> {
        self.work().await?;
        Ok(self.entry())
    }

    async fn note(&self, entry: &JournalEntry) -> Result<(), StoreError> {
        self.work().await?;
        let mut desk = self.0.lock().unwrap();
        desk.notes.push(entry.clone());
        desk.entry = Some(entry.clone());
        Ok(())
    }

    async fn clear(&self) -> Result<(), StoreError> {
        self.work().await?;
        self.0.lock().unwrap().entry = None;
        Ok(())
    }
}
