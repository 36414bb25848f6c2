//! The drawer of the keyring that holds our entries, and which of several is right (F23).
//! Not here: threads and time (`keyring`), how an entry is written (`sealed`), tokens larger than an entry (`parts`).
//!
//! At any moment, also between two writes, the drawer holds the old token whole or the new one whole.

use std::sync::Arc;

use keyring_core::api::CredentialStore;
use keyring_core::{Entry, Error};
use secrecy::ExposeSecret;
use session_engine::error::VaultError;
use session_engine::ports::VaultEntry;
use sha2::{Digest, Sha256};

use super::failed;
use super::parts::Parts;
use super::sealed::{Content, Cover, Row, Secret, seal};

/// The service our entries are filed under.
pub(super) const SERVICE: &str = "dev.session-keeper.app";

/// The longest name that is used as it is; Windows takes 513 bytes, with what is put behind it.
const LONGEST_NAME: usize = 400;

/// What is written to see whether anything is kept.
const PROBE: &[u8] = b"is anything kept here?";

/// The entry's user for a name of any length and with any letters.
pub(super) fn user(name: String) -> String {
    if name.len() <= LONGEST_NAME && !name.contains(char::is_control) {
        return name;
    }
    Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One connection to the store, and where in it we are.
pub(super) struct Drawer {
    pub(super) store: Arc<CredentialStore>,
    pub(super) user: String,
    /// The most bytes an entry of this store holds, where it has a limit.
    pub(super) largest: Option<usize>,
}

/// An entry, and what is in it or why that cannot be read.
pub(super) struct Found {
    entry: Entry,
    pub(super) bytes: keyring_core::Result<Secret>,
}

impl Drawer {
    /// The newest entry that is whole. Where nothing is found it is tried whether anything could be kept, which that does not prove.
    pub(super) fn load(&self) -> Result<Option<VaultEntry>, VaultError> {
        let found = self.find(&self.user).map_err(|error| failed(&error))?;
        if found.is_empty() {
            self.probe()?;
        }
        for (_, content) in ranked(&found) {
            if let Some(entry) = self.open(content).map_err(|error| failed(&error))? {
                return Ok(Some(entry));
            }
        }
        let unread = found.iter().find_map(|one| one.bytes.as_ref().err().filter(|error| !is_damage(error)));
        unread.map_or(Ok(None), |error| Err(failed(error)))
    }

    /// Writes over the newest entry, then removes the others.
    pub(super) fn save(&self, kept: &VaultEntry) -> Result<(), VaultError> {
        let found = self.find(&self.user).map_err(|error| failed(&error))?;
        let ranked = ranked(&found);
        let newest = ranked.first().map(|(_, content)| content);
        let number = newest.map_or(0, Content::number).saturating_add(1);
        let row = newest.map_or(Row::A, Content::row_for_the_next);
        let whole = seal(kept, number)?;
        let parts = Parts::of(self, row);
        let count = parts.needed_for(&whole)?;
        let bytes = if count == 0 {
            whole
        } else {
            parts.write(&whole, count).map_err(|error| failed(&error))?;
            Cover::of(&whole, number, count, row).write()?
        };
        let mut places: Vec<usize> = ranked.iter().map(|(place, _)| *place).collect();
        places.extend((0..found.len()).filter(|place| !places.contains(place)).collect::<Vec<_>>());
        let in_order: Vec<&Found> = places.iter().filter_map(|place| found.get(*place)).collect();
        self.put(&self.user, &in_order, &bytes).map_err(|error| failed(&error))?;
        match self.load()? {
            Some(back) if back.account == kept.account && back.refresh.expose() == kept.refresh.expose() => {}
            _ => return Err(VaultError("The keyring gave back something else than was put in.".into())),
        }
        for (row, from) in [(row, count), (row.other(), 0)] {
            if Parts::of(self, row).remove(from).is_err() {
                tracing::warn!("parts of an older entry of the keyring stay until the next save");
            }
        }
        Ok(())
    }

    /// Removes everything of ours; the entry itself first, without which parts are of no use.
    pub(super) fn clear(&self) -> Result<(), VaultError> {
        let entries = self.find(&self.user).and_then(|found| remove(&found));
        let rows = [Row::A, Row::B].map(|row| Parts::of(self, row).remove(0));
        let all: keyring_core::Result<()> = [entries].into_iter().chain(rows).collect();
        all.map_err(|error| failed(&error))
    }

    /// Everything that is filed under a user.
    pub(super) fn find(&self, user: &str) -> keyring_core::Result<Vec<Found>> {
        let entry = self.store.build(SERVICE, user, None)?;
        match entry.get_secret() {
            Err(Error::NoEntry) => Ok(Vec::new()),
            Err(Error::Ambiguous(all)) => {
                let read = |entry: Entry| Found { bytes: entry.get_secret().map(Secret::from), entry };
                Ok(all.into_iter().map(read).collect())
            }
            Err(error) if !is_damage(&error) => Err(error),
            bytes => Ok(vec![Found { entry, bytes: bytes.map(Secret::from) }]),
        }
    }

    /// Writes into the first of the entries that takes it, or into a new one; then removes the others, if that can be done.
    pub(super) fn put(&self, user: &str, found: &[&Found], bytes: &Secret) -> keyring_core::Result<()> {
        let bytes = bytes.expose_secret();
        if found.is_empty() {
            return self.store.build(SERVICE, user, None)?.set_secret(bytes);
        }
        let mut refused = Error::NoEntry;
        for (place, one) in found.iter().enumerate() {
            match one.entry.set_secret(bytes) {
                Ok(()) => {
                    let others = found.iter().enumerate().filter(|(other, _)| *other != place);
                    let left = others.filter(|(_, other)| other.entry.delete_credential().is_err()).count();
                    if left > 0 {
                        tracing::warn!(left, "older entries could not be removed from the keyring");
                    }
                    return Ok(());
                }
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    fn open(&self, content: Content) -> keyring_core::Result<Option<VaultEntry>> {
        match content {
            Content::Whole(_, entry) => Ok(Some(entry)),
            Content::Cover(cover) => {
                Ok(Parts::of(self, cover.row).read(&cover)?.and_then(|all| cover.open(&all)))
            }
        }
    }

    /// Writes, reads and removes an entry.
    fn probe(&self) -> Result<(), VaultError> {
        let user = format!("{} probe", self.user);
        let probed = || -> keyring_core::Result<bool> {
            let left_behind = self.find(&user)?; // by one that was cut off
            self.put(&user, &left_behind.iter().collect::<Vec<_>>(), &PROBE.to_vec().into())?;
            let found = self.find(&user)?;
            let same = |one: &Found| one.bytes.as_ref().is_ok_and(|bytes| bytes.expose_secret() == PROBE);
            remove(&found)?;
            Ok(found.len() == 1 && found.iter().all(same))
        };
        match probed() {
            Ok(true) => Ok(()),
            Ok(false) => Err(VaultError("The keyring does not give back what is put in.".into())),
            Err(error) => Err(failed(&error)),
        }
    }
}

/// What can be read of the entries, the newest first, each with its place among them.
fn ranked(found: &[Found]) -> Vec<(usize, Content)> {
    let read = |(place, one): (usize, &Found)| Some((place, Content::read(one.bytes.as_ref().ok()?)?));
    let mut ranked: Vec<_> = found.iter().enumerate().filter_map(read).collect();
    ranked.sort_by_key(|(_, content)| std::cmp::Reverse(content.number()));
    ranked
}

/// Removes them all, or as many as can be.
pub(super) fn remove(found: &[Found]) -> keyring_core::Result<()> {
    let gone = |result| match result {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(error),
    };
    let results: Vec<_> = found.iter().map(|one| gone(one.entry.delete_credential())).collect();
    results.into_iter().collect()
}

/// Something is there that is no secret of ours; any other error is the store's failure.
fn is_damage(error: &Error) -> bool {
    matches!(error, Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_))
}
