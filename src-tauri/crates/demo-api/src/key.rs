//! The signing key: random, one an installation, in a file of its own beside the database.
//! Not here: the tokens it signs (`jwt`). The type has no `Debug`: the key must not get into a log.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use crate::error::DemoError;

/// The 256 bits that sign and verify the demo's tokens.
pub(crate) struct SigningKey([u8; 32]);

impl SigningKey {
    /// Reads the key from `path`, making one first if there is none.
    pub(crate) fn load_or_create(path: &Path) -> Result<Self, DemoError> {
        match fs::read(path) {
            Ok(bytes) => {
                bytes.try_into().map(Self).map_err(|_| DemoError::DamagedKey { path: path.to_owned() })
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Self::create(path),
            Err(source) => Err(DemoError::File { path: path.to_owned(), source }),
        }
    }

    pub(crate) fn random() -> Result<Self, DemoError> {
        let mut key = [0; 32];
        fill_random(&mut key)?;
        Ok(Self(key))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Written beside and then linked into place: a crash leaves no half key, and of two processes that start at
    /// the same time the second takes the first one's key.
    fn create(path: &Path) -> Result<Self, DemoError> {
        let key = Self::random()?;
        let draft = path.with_extension(format!("key-{}", random_hex()?));
        let placed = write_private(&draft, key.bytes()).and_then(|()| fs::hard_link(&draft, path));
        let removed = fs::remove_file(&draft);
        match placed.and(removed) {
            Ok(()) => Ok(key),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Self::load_or_create(path),
            Err(source) => Err(DemoError::File { path: path.to_owned(), source }),
        }
    }
}

/// 128 random bits in hexadecimal, for names that nobody can guess.
pub(crate) fn random_hex() -> Result<String, DemoError> {
    let mut bytes = [0; 16];
    fill_random(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Options that create a file which only its owner may read (P8).
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private_file().create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn fill_random(bytes: &mut [u8]) -> Result<(), DemoError> {
    getrandom::fill(bytes).map_err(|_| DemoError::Crypto("get random numbers from the system"))
}
