//! The log: to stderr and to a file a day, kept for a week, below the data folder; and the folder shown to who asks.
//! Not here: what is logged. No token and no password ever is: their types cannot be printed.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use tracing::Level;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::view::{CommandError, CommandErrorCode};

/// The variable that sets the level, e.g. `debug` or `session_engine=trace`.
const LEVEL: &str = "SESSION_KEEPER_LOG";

/// Who says more than warnings when nothing is asked.
const OURS: [&str; 2] = ["session_keeper", "session_engine"];

const FOLDER: &str = "logs";

type Show = Box<dyn Fn(&Path) -> io::Result<()> + Send + Sync>;

/// The folder of the logs, and what shows a folder to the user.
pub struct LogFolder {
    folder: Option<PathBuf>,
    show: Show,
}

impl LogFolder {
    /// Below `data_dir`; without one nothing is written, so there is nothing to show.
    #[must_use]
    pub fn new(data_dir: Option<&Path>, show: Show) -> Self {
        Self { folder: data_dir.map(|data_dir| data_dir.join(FOLDER)), show }
    }

    /// Shows the folder: always this one, as the page names none.
    ///
    /// # Errors
    /// [`CommandError`] when there is none, or nothing on this computer can show it.
    pub fn open(&self) -> Result<(), CommandError> {
        let failed = |why: String| CommandError::new(CommandErrorCode::Internal, why);
        let folder = self.folder.as_deref().ok_or_else(|| failed("No log is written.".to_owned()))?;
        (self.show)(folder).map_err(|error| failed(format!("{} cannot be shown: {error}.", folder.display())))
    }
}

/// Starts logging. Keep the guard: it writes what is left when it is dropped. Without a folder, or if the file cannot be made, only stderr.
#[must_use]
pub(crate) fn start(data_dir: Option<&Path>) -> Option<WorkerGuard> {
    let asked = std::env::var(LEVEL).ok().and_then(|text| text.parse::<Targets>().ok());
    let usual =
        || Targets::new().with_default(Level::WARN).with_targets(OURS.map(|name| (name, Level::INFO)));
    let level = asked.unwrap_or_else(usual);
    let file = data_dir.and_then(|folder| {
        let folder = folder.join(FOLDER);
        crate::folders::make_private(&folder).ok()?;
        let rolling = Builder::new()
            .rotation(Rotation::DAILY)
            .filename_prefix("session-keeper")
            .filename_suffix("log")
            .max_log_files(7);
        Some(tracing_appender::non_blocking(rolling.build(folder).ok()?))
    });
    let (to_file, guard) = file.unzip();
    let file_layer = to_file.map(|writer| fmt::layer().with_ansi(false).with_writer(writer));
    let started = tracing_subscriber::registry()
        .with(level)
        .with(fmt::layer().with_ansi(io::stderr().is_terminal()).with_writer(io::stderr))
        .with(file_layer)
        .try_init();
    if started.is_err() {
        return None; // a test has set up its own
    }
    guard
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use super::*;

    #[test]
    fn p9_the_folder_of_the_logs_is_shown_and_no_other() {
        let shown = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&shown);
        let show = Box::new(move |folder: &Path| {
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(folder.to_owned());
            Ok(())
        });
        assert_eq!(LogFolder::new(Some(Path::new("/data")), show).open(), Ok(()));
        assert_eq!(*shown.lock().unwrap(), [Path::new("/data").join("logs")]);
    }

    #[test]
    fn a_folder_that_cannot_be_shown_is_named() {
        let show = || -> Show { Box::new(|_: &Path| Err(io::Error::other("no program for folders"))) };
        let error = LogFolder::new(Some(Path::new("/data")), show()).open().unwrap_err();
        assert!(
            error.message.contains("logs") && error.message.contains("no program for folders"),
            "{error:?}"
        );
        assert!(LogFolder::new(None, show()).open().is_err());
    }
}
