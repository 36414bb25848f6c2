//! The demo server as its host sees it: open it, run it, take handles.
//! Not here: HTTP (`http/`), connections (`serve`), the switches (`handle`).

use std::fs::DirBuilder;
use std::future::Future;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::DemoError;
use crate::families;
use crate::handle::Handle;
use crate::issued::IssuedTokens;
use crate::jwt::Mint;
use crate::key::SigningKey;
use crate::seed;
use crate::serve;
use crate::state::State;

/// An opened demo server. Clones are the same server.
#[derive(Clone)]
pub struct Demo(Arc<State>);

impl Demo {
    /// Opens the demo server's data, making the folder (0700), the database and the signing key (0600) if absent, with
    /// the accounts `ada@example.com` / `analytical-engine` and `grace@example.com` / `nanosecond-wire`.
    /// Sessions outlive a restart. It blocks while it hashes and writes; call it off the async threads if that matters.
    ///
    /// # Errors
    /// Names the folder or file that cannot be used, or is damaged, and what to do about it.
    pub fn open(data_dir: &Path) -> Result<Self, DemoError> {
        let mut folder = DirBuilder::new();
        folder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.create(data_dir).map_err(|source| DemoError::Folder { path: data_dir.to_owned(), source })?;
        let key = SigningKey::load_or_create(&data_dir.join("demo.key"))?;
        let database = Database::open(&data_dir.join("demo.sqlite"), seed::fill)?;
        let clock = Clock::ahead(database.ahead_ms()?);
        database.now(|connection| families::forget_expired(connection, clock.now_secs()))?;
        Ok(Self::new(database, &key, clock))
    }

    /// A demo server that keeps nothing: for tests.
    ///
    /// # Errors
    /// When the system has no random numbers to give, or SQLite cannot start.
    pub fn in_memory() -> Result<Self, DemoError> {
        Ok(Self::new(Database::in_memory(seed::fill)?, &SigningKey::random()?, Clock::default()))
    }

    /// Serves on `listener` until `shutdown` completes, then gives requests in progress two seconds to end. Idle
    /// connections are closed at once. Dropping the future cuts everything.
    ///
    /// # Errors
    /// When the listener has no address, or the port cannot be opened again after [`Fault::Offline`](crate::Fault).
    pub fn run<S>(
        &self,
        listener: TcpListener,
        shutdown: S,
    ) -> impl Future<Output = io::Result<()>> + Send + use<S>
    where
        S: Future<Output = ()> + Send,
    {
        serve::serve(Arc::clone(&self.0), listener, shutdown)
    }

    /// A handle on the faults, settings, counts and log of this server.
    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle::new(Arc::clone(&self.0))
    }

    /// Every token that is signed from now on, for tests that search for them. Ask before [`run`](Self::run).
    #[must_use]
    pub fn keep_issued(&self) -> IssuedTokens {
        self.0.mint.keep_issued()
    }

    fn new(database: Database, key: &SigningKey, clock: Clock) -> Self {
        Self(Arc::new(State::new(database, Mint::new(key), clock)))
    }
}
