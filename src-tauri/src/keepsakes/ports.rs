//! The keepsakes as the engine knows them: its store of profiles and its journal.
//! Not here: when it writes them (the engine).

use async_trait::async_trait;
use session_engine::Profile;
use session_engine::error::StoreError;
use session_engine::ports::{Journal, JournalEntry, ProfileStore};

use super::{Keepsake, Keepsakes, lock, user_name};
use crate::adapters::clock::wall_ms;

#[async_trait]
impl ProfileStore for Keepsakes {
    async fn load(&self, account: &str) -> Result<Option<Profile>, StoreError> {
        Ok(self.of(account).await?.profile)
    }

    async fn save(&self, account: &str, profile: &Profile) -> Result<(), StoreError> {
        let profile = profile.clone();
        // The engine has asked before, in the lane that forgets, too.
        let keep = |keepsake: &mut Keepsake| {
            keepsake.profile = Some(profile);
            keepsake.profile_at_ms = wall_ms();
        };
        self.change(account, || true, keep).await.map(|_| ())
    }

    async fn forget(&self, account: &str) -> Result<(), StoreError> {
        let name = user_name(account);
        self.in_turn(move |inner| {
            *lock(&inner.latest) = None;
            inner.store.remove(&inner.place(&name))
        })
        .await
    }
}

/// The journal's record.
const JOURNAL: &str = "journal";

#[async_trait]
impl Journal for Keepsakes {
    async fn load(&self) -> Result<Option<JournalEntry>, StoreError> {
        self.in_turn(|inner| inner.load(JOURNAL, |_| true)).await
    }

    async fn note(&self, entry: &JournalEntry) -> Result<(), StoreError> {
        let entry = entry.clone();
        self.in_turn(move |inner| inner.write(JOURNAL, &entry)).await
    }

    async fn clear(&self) -> Result<(), StoreError> {
        self.in_turn(|inner| inner.store.remove(&inner.place(JOURNAL))).await
    }
}
