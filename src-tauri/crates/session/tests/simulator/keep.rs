//! What is at rest on the computer: vault, journal and profile store, with latency, bad days, and writes that a crash may cut off.
//! Not here: whether they hold what they should (`rest`).

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use session_engine::error::{StoreError, VaultError};
use session_engine::ports::{Journal, JournalEntry, ProfileStore, Vault, VaultEntry};
use session_engine::{Profile, RefreshToken};

use crate::ground::World;
use crate::rules;
use crate::server::{number_in, refresh_text};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Works,
    Fails,
    Hangs,
}

/// The vault: the account and the number of the refresh token.
#[derive(Default)]
pub(crate) struct Safe {
    pub(crate) holds: Option<(&'static str, usize)>,
    pub(crate) mood: Mood,
    /// Operations under way.
    pub(crate) busy: usize,
    /// The last write failed: it may hold what it should not.
    pub(crate) behind: bool,
    /// The program died while it was behind.
    pub(crate) lost: bool,
    /// What this life of the program was given from it first, and whether it may be older than it should.
    pub(crate) taken_up: Option<(usize, bool)>,
    /// Why what it holds may not be what it should: the last death came in the middle of something.
    pub(crate) excused: bool,
}

/// The journal.
#[derive(Default)]
pub(crate) struct Pages {
    written: Option<JournalEntry>,
    pub(crate) busy: usize,
}

/// A profile, its values as JSON text; the fields of `custom` as `custom.name`.
pub(crate) type Fields = BTreeMap<String, String>;

/// The profile store, and what should be in it.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) kept: BTreeMap<String, Profile>,
    pub(crate) should: BTreeMap<&'static str, Fields>,
    /// What replies brought and the engine has not said to have kept: from a sign-in, a refresh, or the profile's endpoint.
    pub(crate) brought: Vec<(Source, &'static str, Fields)>,
    /// The job of the first of them runs.
    pub(crate) running: bool,
    /// Who signed out and is to be forgotten.
    pub(crate) forgetting: Vec<String>,
    pub(crate) busy: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    SignIn,
    Refresh,
    Server,
}

pub(crate) fn account(name: &str) -> &'static str {
    crate::life::PEOPLE.iter().find(|known| **known == name).copied().unwrap_or("nobody we know")
}

/// The fields of a profile, one level into `custom`.
pub(crate) fn fields(profile: &Profile) -> Fields {
    let mut fields = Fields::new();
    for (key, value) in profile.fields() {
        match Profile::parse(value).ok().filter(|_| key == "custom") {
            Some(inner) => {
                fields
                    .extend(inner.fields().map(|(name, value)| (format!("custom.{name}"), value.to_owned())));
            }
            None => {
                fields.insert(key.to_owned(), value.to_owned());
            }
        }
    }
    fields
}

impl Shelf {
    /// Somebody came or went: what was brought is kept only if its job runs already.
    pub(crate) fn leave(&mut self) {
        self.brought.truncate(usize::from(self.running));
    }

    /// What should be there after `brought`.
    pub(crate) fn after(&self, (source, whose, brought): &(Source, &'static str, Fields)) -> Fields {
        if *source == Source::Server {
            return brought.clone();
        }
        let mut fields = self.should.get(whose).cloned().unwrap_or_default();
        for (key, value) in brought {
            if value != "null" || !fields.contains_key(key) {
                fields.insert(key.clone(), value.clone());
            }
        }
        fields
    }

    /// The program died: a write that was under way was done or not, and nobody was told.
    pub(crate) fn was_torn(&mut self) {
        if let Some(brought) = self.brought.first().filter(|_| self.running)
            && self.has(brought.1) == self.after(brought)
        {
            let after = self.after(brought);
            self.should.insert(brought.1, after);
        }
        (self.running, self.busy) = (false, 0);
        self.forgetting.clear();
    }

    pub(crate) fn has(&self, whose: &str) -> Fields {
        self.kept.get(whose).map(fields).unwrap_or_default()
    }
}

/// An operation under way; a crash drops it unfinished.
struct Doing<'a>(&'a World, bool);

impl Drop for Doing<'_> {
    fn drop(&mut self) {
        let mut ground = self.0.ground();
        if self.1 { ground.safe.busy -= 1 } else { ground.shelf.busy -= 1 }
    }
}

impl World {
    /// One operation of the vault; `write` happens at its beginning or at its end.
    async fn keyring(&self, write: Option<Option<(&'static str, usize)>>) -> Result<(), VaultError> {
        let (takes, mood, early) = {
            let mut ground = self.ground();
            ground.safe.busy += 1;
            let most = ground.plan.vault_ms;
            let mood = if ground.peace { Mood::Works } else { ground.safe.mood };
            (ground.dice.millis(0, most), mood, ground.dice.chance(500))
        };
        let _doing = Doing(self, true);
        let put = |wanted: bool| {
            let mut ground = self.ground();
            if let Some(entry) = write.filter(|_| wanted) {
                ground.safe.holds = entry;
                if let Some((_, token)) = entry {
                    ground.server.refresh[token].kept = true;
                }
                ground.say(|| format!("the vault holds {entry:?}"));
            }
        };
        put(early && mood == Mood::Works);
        self.nap(takes).await;
        put(!early && mood == Mood::Works);
        if write.is_some() {
            let mut ground = self.ground();
            ground.safe.behind = mood != Mood::Works;
            if mood == Mood::Works {
                ground.safe.excused = false;
                ground.safe.lost &= write == Some(None); // a token that was not kept is not kept by a wiping
            }
        }
        match mood {
            Mood::Works => Ok(()),
            Mood::Fails => Err(VaultError("the keyring is locked".into())),
            Mood::Hangs => std::future::pending().await,
        }
    }

    async fn disk(&self) -> Doing<'_> {
        let takes = {
            let mut ground = self.ground();
            ground.shelf.busy += 1;
            ground.dice.millis(0, 6)
        };
        let doing = Doing(self, false);
        if takes > Duration::ZERO {
            self.nap(takes).await;
        }
        doing
    }
}

#[async_trait]
impl Vault for World {
    async fn load(&self) -> Result<Option<VaultEntry>, VaultError> {
        self.keyring(None).await?;
        let mut ground = self.ground();
        if ground.safe.taken_up.is_none() {
            let excused = ground.safe.excused;
            ground.safe.taken_up = ground.safe.holds.map(|(_, token)| (token, excused));
        }
        Ok(ground.safe.holds.map(|(account, token)| VaultEntry {
            account: account.to_owned(),
            refresh: RefreshToken::new(refresh_text(token)).unwrap(),
        }))
    }

    async fn save(&self, entry: &VaultEntry) -> Result<(), VaultError> {
        let token = number_in(entry.refresh.expose()).unwrap();
        self.keyring(Some(Some((account(&entry.account), token)))).await
    }

    async fn clear(&self) -> Result<(), VaultError> {
        self.keyring(Some(None)).await
    }
}

/// A write of the journal under way.
struct Noting<'a>(&'a World);

impl Drop for Noting<'_> {
    fn drop(&mut self) {
        self.0.ground().pages.busy -= 1;
    }
}

impl World {
    /// One operation of the journal; a write happens at its beginning or at its end, whole.
    async fn paper(&self, write: Option<Option<JournalEntry>>) {
        let (takes, early) = {
            let mut ground = self.ground();
            ground.pages.busy += 1;
            (ground.dice.millis(0, 4), ground.dice.chance(500))
        };
        let _noting = Noting(self);
        let mut write = write;
        let mut put = || {
            if let Some(entry) = write.take() {
                let mut ground = self.ground();
                ground.say(|| format!("the journal holds {entry:?}"));
                ground.pages.written = entry;
            }
        };
        if early {
            put();
        }
        self.nap(takes).await;
        put();
    }
}

#[async_trait]
impl Journal for World {
    async fn load(&self) -> Result<Option<JournalEntry>, StoreError> {
        self.paper(None).await;
        Ok(self.ground().pages.written.clone())
    }

    async fn note(&self, entry: &JournalEntry) -> Result<(), StoreError> {
        self.paper(Some(Some(entry.clone()))).await;
        Ok(())
    }

    async fn clear(&self) -> Result<(), StoreError> {
        self.paper(Some(None)).await;
        Ok(())
    }
}

#[async_trait]
impl ProfileStore for World {
    async fn load(&self, account: &str) -> Result<Option<Profile>, StoreError> {
        {
            let shelf = &mut self.ground().shelf;
            shelf.running = !shelf.brought.is_empty();
        }
        let _doing = self.disk().await;
        Ok(self.ground().shelf.kept.get(account).cloned())
    }

    async fn save(&self, account: &str, profile: &Profile) -> Result<(), StoreError> {
        let _doing = self.disk().await;
        self.ground().shelf.kept.insert(account.to_owned(), profile.clone());
        Ok(())
    }

    async fn forget(&self, account: &str) -> Result<(), StoreError> {
        let _doing = self.disk().await;
        let ground = &mut *self.ground();
        let asked = ground.shelf.forgetting.iter().position(|name| *name == account);
        match asked {
            Some(at) => drop(ground.shelf.forgetting.swap_remove(at)),
            None => ground
                .breaks(rules::PROFILE_KEPT, || format!("{account} is forgotten, and nobody asked for it")),
        }
        ground.shelf.kept.remove(account);
        ground.shelf.should.remove(account);
        Ok(())
    }
}
