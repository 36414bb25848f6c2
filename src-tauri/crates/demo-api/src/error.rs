//! What can go wrong with the demo server's own files, each with what a person can do about it.
//! Not here: what the server answers to its clients (`http/answers.rs`).

use std::io;
use std::path::PathBuf;

/// Why the demo server could not open its data or do what was asked of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The data folder cannot be created.
    #[error("the demo server's folder {} cannot be created ({source}); choose a folder that you may write to", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file in the data folder cannot be created, read or written.
    #[error("the demo server's file {} cannot be read or written ({source}); check its permissions and the free space", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database file is not a sound SQLite database.
    #[error("the demo database {} is damaged ({reason}); move or delete the file and start again, the demo data is then made anew", .path.display())]
    DamagedDatabase {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// The database file comes from a newer version of the program.
    #[error("the demo database {} has format {found}, this program knows up to {known}; use the newer program or delete the file", .path.display())]
    NewerDatabase {
        /// The database file.
        path: PathBuf,
        /// The format the file has.
        found: i64,
        /// The newest format this program knows.
        known: i64,
    },
    /// The signing key's file does not hold a key.
    #[error("the demo server's signing key {} is damaged; delete the file and start again, everyone then has to sign in once more", .path.display())]
    DamagedKey {
        /// The key file.
        path: PathBuf,
    },
    /// SQLite refused while the server was running.
    #[error("the demo database could not be read or written ({0}); if it goes on, restart the program")]
    Database(#[from] rusqlite::Error),
    /// There is no such account.
    #[error("the demo server has no account named {0:?}")]
    UnknownAccount(String),
    /// The system's random numbers, or a computation on them, failed.
    #[error("the demo server could not {0}; restart the program")]
    Crypto(&'static str),
    /// A piece of blocking work was cut short.
    #[error("the demo server was stopped in the middle of its work; try again")]
    Interrupted,
}
