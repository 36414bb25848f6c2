//! A profile store in memory that counts its writes, and can be slow or fail.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use session_engine::Profile;
use session_engine::error::StoreError;
use session_engine::ports::ProfileStore;

#[derive(Default)]
pub(crate) struct MemoryStore(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    profiles: HashMap<String, String>,
    saves: usize,
    delay: Duration,
    failing: bool,
}

impl MemoryStore {
    pub(crate) fn kept(&self, account: &str) -> Option<String> {
        self.0.lock().unwrap().profiles.get(account).cloned()
    }

    pub(crate) fn put(&self, account: &str, json: &str) {
        self.0.lock().unwrap().profiles.insert(account.into(), json.into());
    }

    pub(crate) fn saves(&self) -> usize {
        self.0.lock().unwrap().saves
    }

    pub(crate) fn slow(&self, delay: Duration) {
        self.0.lock().unwrap().delay = delay;
    }

    pub(crate) fn fail(&self, failing: bool) {
        self.0.lock().unwrap().failing = failing;
    }

    async fn work(&self) -> Result<(), StoreError> {
        let (delay, failing) = {
            let shelf = self.0.lock().unwrap();
            (shelf.delay, shelf.failing)
        };
        tokio::time::sleep(delay).await;
        if failing { Err(StoreError("the disk is full".into())) } else { Ok(()) }
    }
}

#[async_trait]
impl ProfileStore for MemoryStore {
    async fn load(&self, account: &str) -> Result<Option<Profile>, StoreError> {
        self.work().await?;
        Ok(self.kept(account).map(|json| Profile::parse(&json).unwrap()))
    }

    async fn save(&self, account: &str, profile: &Profile) -> Result<(), StoreError> {
        self.work().await?;
        let mut shelf = self.0.lock().unwrap();
        shelf.saves += 1;
        shelf.profiles.insert(account.into(), serde_json::to_string(profile).unwrap());
        Ok(())
    }

    async fn forget(&self, account: &str) -> Result<(), StoreError> {
        self.work().await?;
        self.0.lock().unwrap().profiles.remove(account);
        Ok(())
    }
}
