//! What is kept of a user on this device: profile, draft, last route; who was here last and why their session ended; the
//! session's journal (R9, R11 to R13).
//! Not here: where records are kept (`record`) and how one survives a crash (`adapters::slots`), the engine's side of it (`ports`), and
//! when a profile is written (the engine).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use session_engine::Profile;
use session_engine::error::{ExpiryReason, StoreError};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::folders;

mod ports;
mod record;

pub use record::{Found, Place, RecordStore, SlotFound};

/// The record of one user.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Keepsake {
    /// Whose it is; the file's name only hints at it.
    pub account: String,
    /// The profile, every value exact.
    pub profile: Option<Profile>,
    /// When the profile was last written, Unix milliseconds.
    pub profile_at_ms: i64,
    /// The note that is not sent yet.
    pub draft: String,
    /// Where the user was last.
    pub route: Option<String>,
}

/// The record of the device: who was here last, if that may be known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LastHere {
    /// Their name.
    #[serde(rename = "last_account")]
    pub account: Option<String>,
    /// Why their session ended, when it ended by itself and nobody has signed in since.
    pub ended: Option<ExpiryReason>,
}

/// Keeps the records, one access after the other. Cloning shares it.
#[derive(Clone)]
pub struct Keepsakes(Arc<Inner>);

struct Inner {
    store: Box<dyn RecordStore>,
    folder: PathBuf,
    /// One access at a time: a change is a read and a write.
    turn: Arc<Mutex<()>>,
    /// The user's record that was read or written last.
    latest: std::sync::Mutex<Option<Keepsake>>,
    /// One text for each record that was found damaged.
    damage: std::sync::Mutex<Vec<String>>,
}

impl Keepsakes {
    /// Keeps all below `data_dir`, in a folder made when it is first needed. `server` tells users of different servers apart.
    #[must_use]
    pub fn new(store: Box<dyn RecordStore>, data_dir: &Path, server: &str) -> Self {
        let folder = data_dir.join("keepsakes").join(short_hash(server));
        let (turn, latest, damage) = Default::default();
        Self(Arc::new(Inner { store, folder, turn, latest, damage }))
    }

    /// All that is kept of a user; an empty record if nothing is.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn of(&self, account: &str) -> Result<Keepsake, StoreError> {
        // What was read or written last is asked for with every view of the session: that takes no turn and no thread.
        if let Some(latest) = self.0.latest_of(account) {
            return Ok(latest);
        }
        let account = account.to_owned();
        self.in_turn(move |inner| inner.user(&account)).await
    }

    /// Where the user's record is on the disk at this moment, checked anew, and when the profile in it was written (Unix
    /// milliseconds); `None`: nothing is kept.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn slot_of(&self, account: &str) -> Result<Option<(SlotFound, i64)>, StoreError> {
        let account = account.to_owned();
        self.in_turn(move |inner| {
            let kept = |text: &str| {
                serde_json::from_str::<Keepsake>(text).ok().filter(|kept| kept.account == account)
            };
            let found = inner.store.read(&inner.place(&user_name(&account)), &|text| kept(text).is_some())?;
            inner.note(found.damage);
            let record = found.record.and_then(|text| kept(&text));
            Ok(found.slot.zip(record).map(|(slot, record)| (slot, record.profile_at_ms)))
        })
        .await
    }

    /// Changes what is kept of a user, if `still_ours` says so when its turn has come: who signed out meanwhile is forgotten,
    /// and stays it (R10, R12). `false`: nothing was written.
    ///
    /// # Errors
    /// [`StoreError`]; what was kept is then still there.
    pub async fn change(
        &self,
        account: &str,
        still_ours: impl FnOnce() -> bool + Send + 'static,
        change: impl FnOnce(&mut Keepsake) + Send + 'static,
    ) -> Result<bool, StoreError> {
        let account = account.to_owned();
        self.in_turn(move |inner| {
            if !still_ours() {
                return Ok(false);
            }
            let mut keepsake = inner.user(&account)?;
            change(&mut keepsake);
            *lock(&inner.latest) = None;
            inner.write(&user_name(&account), &keepsake)?;
            *lock(&inner.latest) = Some(keepsake);
            Ok(true)
        })
        .await
    }

    /// Who was here last.
    pub async fn last_here(&self) -> LastHere {
        self.in_turn(|inner| Ok(inner.device())).await.unwrap_or_default()
    }

    /// Remembers, or forgets, who was here last.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be kept.
    pub async fn set_last_here(&self, account: Option<String>) -> Result<(), StoreError> {
        let last = LastHere { account, ended: None };
        self.in_turn(move |inner| match inner.device() == last {
            true => Ok(()),
            false => inner.write("device", &last),
        })
        .await
    }

    /// Adds why the session of who was here last has ended, if `still_so` when its turn has come; a name that is forgotten by then, or
    /// another's, stays so (R12).
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be kept.
    pub async fn add_why_it_ended(
        &self,
        account: &str,
        reason: ExpiryReason,
        still_so: impl FnOnce() -> bool + Send + 'static,
    ) -> Result<(), StoreError> {
        let account = Some(account.to_owned());
        self.in_turn(move |inner| match still_so() && inner.device().account == account {
            true => inner.write("device", &LastHere { account, ended: Some(reason) }),
            false => Ok(()),
        })
        .await
    }

    /// What was found damaged and put aside, since the start.
    #[must_use]
    pub fn damage(&self) -> Option<String> {
        let damage = lock(&self.0.damage);
        (!damage.is_empty()).then(|| damage.join(" "))
    }

    /// Disk work, off the runtime's threads and one at a time.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let turn = Arc::clone(&self.0.turn).lock_owned().await;
        let inner = Arc::clone(&self.0);
        // The turn is the work's and not the caller's, who may give up: a write that is under way goes on, and nobody comes in between.
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&inner)
        });
        let done = done.await;
        done.unwrap_or_else(|_| Err(StoreError("What is kept on this device could not be reached.".into())))
    }
}

impl Inner {
    fn latest_of(&self, account: &str) -> Option<Keepsake> {
        lock(&self.latest).as_ref().filter(|latest| latest.account == account).cloned()
    }

    fn user(&self, account: &str) -> Result<Keepsake, StoreError> {
        if let Some(latest) = self.latest_of(account) {
            return Ok(latest);
        }
        let kept = self.load(&user_name(account), |kept: &Keepsake| kept.account == account)?;
        let keepsake =
            kept.unwrap_or_else(|| Keepsake { account: account.to_owned(), ..Keepsake::default() });
        *lock(&self.latest) = Some(keepsake.clone());
        Ok(keepsake)
    }

    fn device(&self) -> LastHere {
        self.load("device", |_| true).ok().flatten().unwrap_or_default()
    }

    /// What is there and is no record of this kind counts as damaged: it is put aside, not taken for nothing and overwritten.
    fn load<T: for<'de> Deserialize<'de>>(
        &self,
        name: &str,
        is_the_one: impl Fn(&T) -> bool,
    ) -> Result<Option<T>, StoreError> {
        let parse = |text: &str| serde_json::from_str::<T>(text).ok().filter(&is_the_one);
        let found = self.store.read(&self.place(name), &|text| parse(text).is_some())?;
        self.note(found.damage);
        Ok(found.record.and_then(|text| parse(&text)))
    }

    fn write(&self, name: &str, record: &impl Serialize) -> Result<(), StoreError> {
        folders::make_private(&self.folder).map_err(|error| {
            let (folder, advice) = (self.folder.display(), folders::advice(&error));
            StoreError(format!("{folder} cannot be made: {error}. {advice}"))
        })?;
        let text = serde_json::to_string(record)
            .map_err(|error| StoreError(format!("The record cannot be written: {error}.")))?;
        self.note(self.store.write(&self.place(name), &text)?);
        Ok(())
    }

    fn note(&self, damage: Option<String>) {
        let Some(damage) = damage else { return };
        tracing::warn!(%damage, folder = %self.folder.display(), "a record was damaged");
        let mut all = lock(&self.damage);
        if !all.contains(&damage) {
            all.push(damage);
        }
    }

    fn place<'a>(&'a self, name: &'a str) -> Place<'a> {
        Place { folder: &self.folder, name }
    }
}

/// The record's name: a hash, as an account may hold what no file name can.
fn user_name(account: &str) -> String {
    format!("user-{}", short_hash(account))
}

fn short_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::Duration;

    use futures::FutureExt;
    use session_engine::ports::{Journal, JournalEntry, ProfileStore};

    use super::*;

    /// Records in memory.
    #[derive(Default)]
    struct Shelf(std::sync::Mutex<HashMap<String, String>>);

    impl RecordStore for Shelf {
        fn read(&self, place: &Place<'_>, _: &dyn Fn(&str) -> bool) -> Result<Found, StoreError> {
            Ok(Found { record: lock(&self.0).get(place.name).cloned(), slot: None, damage: None })
        }

        fn write(&self, place: &Place<'_>, record: &str) -> Result<Option<String>, StoreError> {
            lock(&self.0).insert(place.name.to_owned(), record.to_owned());
            Ok(None)
        }

        fn remove(&self, place: &Place<'_>) -> Result<(), StoreError> {
            lock(&self.0).remove(place.name);
            Ok(())
        }
    }

    #[tokio::test]
    async fn r10_r12_a_draft_that_comes_to_its_turn_after_the_sign_out_brings_nothing_back() {
        let folder = tempfile::tempdir().unwrap();
        let keepsakes = Keepsakes::new(Box::new(Shelf::default()), folder.path(), "demo");
        let signed_in = Arc::new(AtomicBool::new(true));
        let asked = |signed_in: &Arc<AtomicBool>| {
            let signed_in = Arc::clone(signed_in);
            move || signed_in.load(Ordering::SeqCst)
        };
        assert!(keepsakes.change("ada", asked(&signed_in), |kept| kept.draft = "one".into()).await.unwrap());
        let late = keepsakes.change("ada", asked(&signed_in), |kept| kept.draft = "two".into());
        signed_in.store(false, Ordering::SeqCst);
        keepsakes.forget("ada").await.unwrap();
        assert!(!late.await.unwrap());
        assert_eq!(keepsakes.of("ada").await.unwrap().draft, "");
    }

    #[tokio::test]
    async fn r10_r12_why_it_ended_is_kept_with_the_name_and_not_when_that_is_forgotten_or_its_owner_is_back()
    {
        use session_engine::error::ExpiryCode;
        let folder = tempfile::tempdir().unwrap();
        let keepsakes = Keepsakes::new(Box::new(Shelf::default()), folder.path(), "demo");
        let reason = || ExpiryReason { code: ExpiryCode::Rejected, detail: "token_reuse".into() };
        let last = |account: Option<&str>, ended| LastHere { account: account.map(str::to_owned), ended };
        keepsakes.set_last_here(Some("ada".into())).await.unwrap();
        keepsakes.add_why_it_ended("ada", reason(), || true).await.unwrap();
        assert_eq!(keepsakes.last_here().await, last(Some("ada"), Some(reason())));
        keepsakes.set_last_here(Some("ada".into())).await.unwrap();
        keepsakes.add_why_it_ended("ada", reason(), || false).await.unwrap();
        assert_eq!(keepsakes.last_here().await, last(Some("ada"), None));
        keepsakes.set_last_here(None).await.unwrap();
        keepsakes.add_why_it_ended("ada", reason(), || true).await.unwrap();
        assert_eq!(keepsakes.last_here().await, LastHere::default());
    }

    /// Works slowly, and knows how many work in it at once.
    #[derive(Default)]
    struct Narrow {
        shelf: Shelf,
        inside: AtomicUsize,
        most: Arc<AtomicUsize>,
    }

    impl Narrow {
        fn inside<T>(&self, work: impl FnOnce() -> T) -> T {
            let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(inside, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(20));
            let result = work();
            self.inside.fetch_sub(1, Ordering::SeqCst);
            result
        }
    }

    impl RecordStore for Narrow {
        fn read(&self, place: &Place<'_>, is_sound: &dyn Fn(&str) -> bool) -> Result<Found, StoreError> {
            self.inside(|| self.shelf.read(place, is_sound))
        }

        fn write(&self, place: &Place<'_>, record: &str) -> Result<Option<String>, StoreError> {
            self.inside(|| self.shelf.write(place, record))
        }

        fn remove(&self, place: &Place<'_>) -> Result<(), StoreError> {
            self.inside(|| self.shelf.remove(place))
        }
    }

    #[tokio::test]
    async fn p13_a_write_that_its_caller_gives_up_on_keeps_its_turn_until_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let store = Narrow::default();
        let most = Arc::clone(&store.most);
        let keepsakes = Keepsakes::new(Box::new(store), folder.path(), "demo");
        let entry = JournalEntry::default();
        {
            let given_up = Journal::note(&keepsakes, &entry);
            assert!(given_up.now_or_never().is_none(), "it is under way");
        }
        Journal::note(&keepsakes, &entry).await.unwrap();
        assert_eq!(most.load(Ordering::SeqCst), 1);
    }
}
