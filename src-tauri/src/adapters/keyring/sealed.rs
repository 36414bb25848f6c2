//! How an entry of the keyring is written: account, token and a number that rises with each save; or, where an entry holds
//! less than that, a cover that says where the parts are. Not here: the entries themselves (`drawer`).

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretSlice};
use serde::{Deserialize, Serialize};
use session_engine::RefreshToken;
use session_engine::error::VaultError;
use session_engine::ports::VaultEntry;
use sha2::{Digest, Sha256};

/// Bytes of an entry. They are overwritten when dropped.
pub(super) type Secret = SecretSlice<u8>;

/// What an entry under our name holds.
pub(super) enum Content {
    /// Account and token.
    Whole(u64, VaultEntry),
    /// Where they are.
    Cover(Cover),
}

/// Stands in the entry's place when what it should hold lies in parts.
#[derive(Serialize, Deserialize)]
pub(super) struct Cover {
    number: u64,
    /// How many parts.
    pub(super) parts: usize,
    /// Which of the two rows of parts.
    pub(super) row: Row,
    sha256: String,
}

/// Parts lie in two rows in turn, so that the old ones are whole until the cover names the new ones.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Row {
    /// The first.
    A,
    /// The second.
    B,
}

impl Row {
    pub(super) fn other(self) -> Self {
        if self == Self::A { Self::B } else { Self::A }
    }
}

#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    account: Cow<'a, str>,
    refresh: Cow<'a, str>,
    #[serde(default)]
    number: u64,
}

impl Content {
    /// What cannot be read is not ours, and as good as nothing.
    pub(super) fn read(bytes: &Secret) -> Option<Self> {
        let bytes = bytes.expose_secret();
        let whole = || {
            let sealed: Sealed<'_> = serde_json::from_slice(bytes).ok()?;
            let refresh = RefreshToken::new(sealed.refresh.into_owned()).ok()?;
            Some(Self::Whole(sealed.number, VaultEntry { account: sealed.account.into_owned(), refresh }))
        };
        whole().or_else(|| serde_json::from_slice(bytes).ok().map(Self::Cover))
    }

    /// The higher one is the newer one.
    pub(super) fn number(&self) -> u64 {
        match self {
            Self::Whole(number, _) => *number,
            Self::Cover(cover) => cover.number,
        }
    }

    /// The row that what comes after this may be written to.
    pub(super) fn row_for_the_next(&self) -> Row {
        match self {
            Self::Whole(..) => Row::A,
            Self::Cover(cover) => cover.row.other(),
        }
    }
}

impl Cover {
    pub(super) fn of(whole: &Secret, number: u64, parts: usize, row: Row) -> Self {
        Self { number, parts, row, sha256: digest(whole) }
    }

    pub(super) fn write(&self) -> Result<Secret, VaultError> {
        write(self)
    }

    /// What the parts make up, if they are the ones that are meant.
    pub(super) fn open(&self, joined: &Secret) -> Option<VaultEntry> {
        match Content::read(joined)? {
            Content::Whole(_, entry) if digest(joined) == self.sha256 => Some(entry),
            Content::Whole(..) | Content::Cover(_) => None,
        }
    }
}

pub(super) fn seal(entry: &VaultEntry, number: u64) -> Result<Secret, VaultError> {
    write(&Sealed { account: entry.account.as_str().into(), refresh: entry.refresh.expose().into(), number })
}

fn write(content: &impl Serialize) -> Result<Secret, VaultError> {
    let bytes = serde_json::to_vec(content).map_err(|_| VaultError("The entry cannot be written.".into()))?;
    Ok(bytes.into())
}

fn digest(bytes: &Secret) -> String {
    Sha256::digest(bytes.expose_secret()).iter().map(|byte| format!("{byte:02x}")).collect()
}
