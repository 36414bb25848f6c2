//! One process a data folder (P14, F28): the single-instance plugin shows the first window where there is a session bus, and a
//! lock on a file holds everywhere. Not here: what a second start shows (`lib`).

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tauri::{AppHandle, Runtime};

use crate::folders;
use crate::view::StartupProblem;

/// The file's name in the data folder.
const FILE: &str = "lock";

/// How often a lock, or a name on the bus, that another process has is asked for.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// How long a process that is ending may take to be gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// The data folder is ours. The system frees it when the process is gone, however it ends.
#[derive(Debug)]
pub struct FolderLock(#[expect(dead_code, reason = "it is held, not used")] File);

/// Why the data folder is not ours.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error(
        "Session Keeper is already running with this data folder{}. Use its window; or end it and start again; or set SESSION_KEEPER_DATA_DIR to another folder.",
        .by.as_ref().map(|process| format!(" (process {process})")).unwrap_or_default()
    )]
    Taken {
        /// Its number, if it could leave it.
        by: Option<String>,
    },
    /// The file cannot be made or locked.
    #[error("{} cannot be locked: {source}. {}", .file.display(), folders::advice(.source))]
    Unusable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl LockError {
    /// Another process has it.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        matches!(self, Self::Taken { .. })
    }
}

impl From<&LockError> for StartupProblem {
    fn from(error: &LockError) -> Self {
        let title = if error.is_taken() {
            "Session Keeper is already running"
        } else {
            "The data folder cannot be used"
        };
        Self { title: title.to_owned(), file: None, line: None, key: None, message: error.to_string() }
    }
}

impl FolderLock {
    /// Takes the folder; waits up to `patience` for a process that has it.
    ///
    /// # Errors
    /// [`LockError`] when another process still has it, or it cannot be locked.
    pub fn take(folder: &Path, patience: Duration) -> Result<Self, LockError> {
        let path = folder.join(FILE);
        let unusable = |source| LockError::Unusable { file: path.clone(), source };
        folders::make_private(folder).map_err(unusable)?;
        for _ in 0..patience.as_millis() / BETWEEN_TRIES.as_millis() {
            match Self::try_take(&path) {
                Ok(None) => std::thread::sleep(BETWEEN_TRIES),
                Ok(Some(lock)) => return Ok(lock),
                Err(error) => return Err(unusable(error)),
            }
        }
        let last = Self::try_take(&path).map_err(unusable)?;
        last.ok_or_else(|| LockError::Taken { by: holder(&path) })
    }

    fn try_take(path: &Path) -> io::Result<Option<Self>> {
        // A file that may only be read, as on a read-only disk, can be locked, too.
        let mut file =
            folders::open_private_file(path).or_else(|error| File::open(path).map_err(|_| error))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                tracing::warn!(%error, "this disk knows no locks; two programs may run on it");
            }
            Err(TryLockError::Error(error)) => return Err(error),
            Ok(()) => {}
        }
        if let Err(error) = sign(&mut file) {
            tracing::debug!(%error, "the lock carries no process number"); // it holds all the same
        }
        Ok(Some(Self(file)))
    }
}

/// Leaves the process number for who comes second.
fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

fn holder(path: &Path) -> Option<String> {
    let mut text = String::new();
    File::open(path).ok()?.take(20).read_to_string(&mut text).ok()?;
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// Makes this process the only one with `folder`: who runs already is asked to `show` its window, and then this process ends
/// here; who is just ending is waited for. Without settings there is no folder.
///
/// # Errors
/// [`LockError`] when another process keeps the folder and there is no bus to reach it by, or it cannot be locked.
pub fn claim<R: Runtime>(
    app: &AppHandle<R>,
    folder: Option<&Path>,
    show: fn(&AppHandle<R>),
) -> Result<Option<FolderLock>, LockError> {
    let take = |patience| folder.map(|folder| FolderLock::take(folder, patience)).transpose();
    let at_once = take(Duration::ZERO);
    if at_once.as_ref().is_err_and(LockError::is_taken) {
        tracing::info!("another process has the data folder; it is asked for its window, or waited for");
    }
    take_name(app, show);
    match at_once {
        Err(LockError::Taken { .. }) => take(PATIENCE),
        at_once => at_once,
    }
}

/// Takes the program's name on the session bus, or hands over to who has it. Who is ending may have it and not answer any more:
/// then it is asked again. Without the name it is only that a later start cannot show this window.
fn take_name<R: Runtime>(app: &AppHandle<R>, show: fn(&AppHandle<R>)) {
    for _ in 0..PATIENCE.as_millis() / BETWEEN_TRIES.as_millis() {
        match app.plugin(tauri_plugin_single_instance::init(move |app, _, _| show(app))) {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "the process that has the name on the bus does not answer"),
        }
        std::thread::sleep(BETWEEN_TRIES);
    }
}

/// Who starts the program from now on is not to be sent to a window that is closing.
pub fn give_up_name<R: Runtime>(app: &AppHandle<R>) {
    tauri_plugin_single_instance::destroy(app);
}
