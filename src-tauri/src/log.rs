//! The log: to stderr and to a file a day, kept for a week, below the data folder.
//! Not here: what is logged. No token and no password ever is: their types cannot be printed.

use std::io::IsTerminal;
use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// The variable that sets the level, e.g. `debug` or `session_engine=trace`.
const LEVEL: &str = "SESSION_KEEPER_LOG";

/// Starts logging. Keep the guard: it writes what is left when it is dropped. Without a folder, or if the file cannot be made, only stderr.
#[must_use]
pub(crate) fn start(data_dir: Option<&Path>) -> Option<WorkerGuard> {
    let level = EnvFilter::try_from_env(LEVEL)
        .unwrap_or_else(|_| EnvFilter::new("warn,session_keeper=info,session_engine=info"));
    let file = data_dir.and_then(|folder| {
        let folder = folder.join("logs");
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
        .with(fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr))
        .with(file_layer)
        .try_init();
    if started.is_err() {
        return None; // a test has set up its own
    }
    guard
}
