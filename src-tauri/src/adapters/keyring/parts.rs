//! A token larger than an entry of the store (Windows' hold 2,560 bytes): a row of parts, which counts once a cover names it.
//! Not here: the cover (`sealed`), and when which row is written (`drawer`).
//!
//! A row is filled from its start and emptied from its end. So whatever a crash leaves of it begins at the start, and is found.

use secrecy::ExposeSecret;
use session_engine::error::VaultError;

use super::drawer::{Drawer, Found, remove};
use super::sealed::{Cover, Row, Secret};

/// The most parts a token may lie in.
const MOST: usize = 100;

/// One of the two rows of parts.
pub(super) struct Parts<'a> {
    drawer: &'a Drawer,
    row: Row,
}

impl<'a> Parts<'a> {
    pub(super) fn of(drawer: &'a Drawer, row: Row) -> Self {
        Self { drawer, row }
    }

    /// How many parts these bytes must lie in; none where an entry holds them.
    pub(super) fn needed_for(&self, whole: &Secret) -> Result<usize, VaultError> {
        let bytes = whole.expose_secret().len();
        match self.drawer.largest {
            Some(largest) if bytes > largest => match bytes.div_ceil(largest) {
                count if count > MOST => Err(VaultError("The token is too long for this keyring.".into())),
                count => Ok(count),
            },
            _ => Ok(0),
        }
    }

    pub(super) fn write(&self, whole: &Secret, count: usize) -> keyring_core::Result<()> {
        let bytes = whole.expose_secret();
        for (place, part) in bytes.chunks(bytes.len().div_ceil(count)).enumerate() {
            let found = self.find(place)?;
            self.drawer.put(&self.user(place), &found.iter().collect::<Vec<_>>(), &part.to_vec().into())?;
        }
        Ok(())
    }

    /// All that a cover names, put together; `None` when one is missing.
    pub(super) fn read(&self, cover: &Cover) -> keyring_core::Result<Option<Secret>> {
        let mut whole = Vec::with_capacity(cover.parts.min(MOST) * self.drawer.largest.unwrap_or_default());
        for place in 0..cover.parts.min(MOST) {
            match self.find(place)?.first().and_then(|one| one.bytes.as_ref().ok()) {
                Some(part) => whole.extend_from_slice(part.expose_secret()),
                None => return Ok(None),
            }
        }
        Ok(Some(whole.into()))
    }

    /// Removes the row's parts from this place on.
    pub(super) fn remove(&self, from: usize) -> keyring_core::Result<()> {
        if self.drawer.largest.is_none() {
            return Ok(()); // nothing is ever in parts
        }
        let mut row = Vec::new();
        for place in from..MOST {
            match self.find(place)? {
                found if found.is_empty() => break,
                found => row.push(found),
            }
        }
        row.iter().rev().try_for_each(|found| remove(found))
    }

    fn find(&self, place: usize) -> keyring_core::Result<Vec<Found>> {
        self.drawer.find(&self.user(place))
    }

    fn user(&self, place: usize) -> String {
        let row = if self.row == Row::A { "a" } else { "b" };
        format!("{} {row}{place}", self.drawer.user)
    }
}
