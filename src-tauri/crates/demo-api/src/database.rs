//! The SQLite file: opening it privately and soundly, and doing work on it off the async threads.
//! Not here: any statement about accounts, families or content.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::Semaphore;

use crate::error::DemoError;
use crate::key::private_file;

const FORMAT: i64 = 2;

/// What a database of format 1 lacks.
const SINCE_FORMAT_1: &str =
    "CREATE TABLE clock (ahead_ms INTEGER NOT NULL) STRICT; INSERT INTO clock (ahead_ms) VALUES (0);";

/// The one connection; whoever works on it has it alone.
#[derive(Clone)]
pub(crate) struct Database {
    connection: Arc<Mutex<Connection>>,
    /// Async callers queue here, so that a hundred requests do not hold a hundred blocking threads.
    queue: Arc<Semaphore>,
}

/// How often, and how far apart, a file that another process has is tried: five seconds in all, as SQLite's own timeout.
const TRIES: u32 = 250;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

impl Database {
    /// Opens the file, makes it first if it is absent, and fills a new one by `seed`.
    pub(crate) fn open(path: &Path, seed: Seed) -> Result<Self, DemoError> {
        make_private(path).map_err(|source| DemoError::File { path: path.to_owned(), source })?;
        let opened = Connection::open(path).map_err(DemoError::from).and_then(|mut connection| {
            connection.busy_timeout(Duration::from_secs(5))?;
            // Write-ahead with a sync at each commit: a rotation that was answered survives a power cut.
            patiently(|| connection.pragma_update(None, "journal_mode", "WAL"))?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            if verdict != "ok" {
                return Err(damaged(path, verdict));
            }
            migrate(&mut connection, path, seed)?;
            Ok(connection)
        });
        opened.map(Self::new).map_err(|error| explain(error, path))
    }

    pub(crate) fn in_memory(seed: Seed) -> Result<Self, DemoError> {
        let mut connection = Connection::open_in_memory()?;
        migrate(&mut connection, Path::new(":memory:"), seed)?;
        Ok(Self::new(connection))
    }

    /// Does the work here and now; it blocks for as long as others have the connection, milliseconds.
    pub(crate) fn now<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, DemoError>,
    ) -> Result<T, DemoError> {
        work(&mut self.lock())
    }

    /// How far the clock was ahead of the machine's when it was moved last, in milliseconds.
    pub(crate) fn ahead_ms(&self) -> Result<i64, DemoError> {
        self.now(|connection| Ok(connection.query_row("SELECT ahead_ms FROM clock", [], |row| row.get(0))?))
    }

    /// Keeps how far the clock is ahead of the machine's.
    pub(crate) fn keep_ahead_ms(&self, ahead_ms: i64) -> Result<(), DemoError> {
        // The larger wins: two that move it at once may come here in either order.
        self.now(|connection| {
            connection.execute("UPDATE clock SET ahead_ms = max(ahead_ms, ?1)", [ahead_ms])?;
            Ok(())
        })
    }

    /// Does the work on a blocking thread. Once begun it runs to its end, even if the caller goes away.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, DemoError> + Send + 'static,
    ) -> Result<T, DemoError> {
        let turn = Arc::clone(&self.queue).acquire_owned().await.map_err(|_| DemoError::Interrupted)?;
        let database = self.clone();
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            database.now(work)
        })
        .await
        .map_err(|_| DemoError::Interrupted)?
    }

    fn new(connection: Connection) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)), queue: Arc::new(Semaphore::new(1)) }
    }

    /// A panic in some work rolls its transaction back, so the connection is fit for the next.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What fills a new database.
pub(crate) type Seed = fn(&Connection) -> Result<(), DemoError>;

fn migrate(connection: &mut Connection, path: &Path, seed: Seed) -> Result<(), DemoError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match found {
        FORMAT => {}
        1 => {
            transaction.execute_batch(SINCE_FORMAT_1)?;
            transaction.pragma_update(None, "user_version", FORMAT)?;
        }
        0 => {
            transaction.execute_batch(include_str!("schema.sql"))?;
            seed(&transaction)?;
            transaction.pragma_update(None, "user_version", FORMAT)?;
        }
        _ => return Err(DemoError::NewerDatabase { path: path.to_owned(), found, known: FORMAT }),
    }
    transaction.commit()?;
    Ok(())
}

/// Tries again while another process has the file: for this change of mode SQLite says "busy" at once, without its timeout.
fn patiently(mut change: impl FnMut() -> rusqlite::Result<()>) -> rusqlite::Result<()> {
    for _ in 0..TRIES {
        match change() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                std::thread::sleep(BETWEEN_TRIES);
            }
            done => return done,
        }
    }
    change()
}

/// Creates the file before SQLite does, readable by its owner only (P8); SQLite's side files take after it.
fn make_private(path: &Path) -> std::io::Result<()> {
    let file = private_file().create(true).truncate(false).open(path)?;
    #[cfg(unix)]
    file.set_permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600))?;
    drop(file);
    Ok(())
}

fn damaged(path: &Path, reason: String) -> DemoError {
    DemoError::DamagedDatabase { path: path.to_owned(), reason }
}

/// Turns SQLite's word for a broken file into one that names the file and says what to do.
fn explain(error: DemoError, path: &Path) -> DemoError {
    let DemoError::Database(source) = error else { return error };
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DemoError::Database(source),
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::SystemIoFailure
            | ErrorCode::DiskFull
            | ErrorCode::PermissionDenied,
        ) => DemoError::File { path: path.to_owned(), source: std::io::Error::other(source) },
        _ => damaged(path, source.to_string()),
    }
}
