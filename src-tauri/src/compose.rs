//! The composition root: makes the adapters, the session and the demo server, and ties them together.
//! Not here: the window and the plugins (`lib`), and what the parts do.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use demo_api::{Demo, DemoError};
use session_engine::ports::{Clock, Transport, Vault};
use session_engine::{HttpTokenEndpoint, HttpTransport, Ports, Session};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use url::Url;

use crate::adapters::clock::{DemoClock, SystemClock};
use crate::adapters::events;
use crate::adapters::keyring::KeyringVault;
use crate::config::Settings;
use crate::folders;
use crate::keepsakes::{Keepsakes, RecordStore};
use crate::program::{Program, Task, UiEvent};
use crate::view::StartupProblem;

/// What the program calls itself to servers.
pub(crate) const USER_AGENT: &str = concat!("session-keeper/", env!("CARGO_PKG_VERSION"));

/// So long the demo's longest list is on the way, so that receiving is to be seen beside sending.
const ACTIVITY_TIME: Duration = Duration::from_millis(150);

/// What the program is made of besides its settings.
pub struct Parts<'a> {
    /// Where the program writes.
    pub data_dir: &'a Path,
    /// Keeps records.
    pub records: Box<dyn RecordStore>,
    /// Keeps the refresh token; `None`: the OS keyring.
    pub vault: Option<Arc<dyn Vault>>,
    /// Takes what is sent to the window.
    pub emit: Box<dyn Fn(UiEvent) + Send + Sync>,
}

/// Starts the program. Must run inside a tokio runtime.
///
/// # Errors
/// [`StartupProblem`] when the data folder or the demo server cannot be used.
pub async fn start(settings: Settings, parts: Parts<'_>) -> Result<Arc<Program>, StartupProblem> {
    start_from(0, settings, parts).await
}

/// The same after another program; the views are numbered from `first_seq` on.
///
/// # Errors
/// As [`start`].
pub async fn start_from(
    first_seq: u64,
    mut settings: Settings,
    parts: Parts<'_>,
) -> Result<Arc<Program>, StartupProblem> {
    folders::make_private(parts.data_dir).map_err(|error| data_folder_problem(parts.data_dir, &error))?;
    let demo =
        if settings.embedded_demo { Some(start_demo(&mut settings, parts.data_dir).await?) } else { None };
    let (demo, demo_task) = demo.unzip();
    let server_name =
        if settings.embedded_demo { "demo".to_owned() } else { settings.server.base.to_string() };
    let transport: Arc<dyn Transport> =
        Arc::new(HttpTransport::named(&settings.server.base, USER_AGENT).map_err(|error| {
            StartupProblem {
                message: format!("{error} The certificates of this computer may be missing."),
                ..problem("Connections cannot be made")
            }
        })?);
    let keepsakes = Keepsakes::new(parts.records, parts.data_dir, &server_name);
    let vault =
        parts.vault.unwrap_or_else(|| Arc::new(KeyringVault::new(vault_name(&server_name, parts.data_dir))));
    let server = Arc::new(settings.server.clone());
    let (feed, stream) = events::feed();
    let demo_clock = demo.clone().map(|demo| Arc::new(DemoClock::new(demo)));
    let clock: Arc<dyn Clock> = match &demo_clock {
        Some(clock) => Arc::<DemoClock>::clone(clock),
        None => Arc::new(SystemClock),
    };
    let ports = Ports {
        endpoint: Arc::new(HttpTokenEndpoint::new(Arc::clone(&transport), Arc::clone(&server))),
        transport,
        vault,
        store: Arc::new(keepsakes.clone()),
        journal: Arc::new(keepsakes.clone()),
        clock,
        observer: Arc::new(feed.clone()),
    };
    let session = Session::new(ports, server, settings.policy);
    let (tell_restored, restored) = watch::channel(false);
    let program = Arc::new(Program {
        settings,
        session,
        keepsakes,
        demo,
        demo_clock,
        exports: parts.data_dir.join("exports"),
        emit: parts.emit,
        watchers: Arc::default(),
        feed,
        first_seq,
        tasks: Mutex::new(demo_task.into_iter().collect()),
        closed: AtomicBool::new(false),
        restored,
    });
    let pumped = Arc::clone(&program);
    let pump = tokio::spawn(async move { stream.pump(pumped.as_ref()).await });
    program.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(Task::Pump(pump));
    let opened = Arc::clone(&program);
    tokio::spawn(async move {
        opened.session.restore().await;
        tell_restored.send_replace(true);
        opened.rebuild_profile().await;
    });
    Ok(program)
}

/// Starts the embedded demo server on a free port of 127.0.0.1 and points the settings at it (P10).
async fn start_demo(
    settings: &mut Settings,
    data_dir: &Path,
) -> Result<(demo_api::Handle, Task), StartupProblem> {
    let cannot = |message: String| StartupProblem { message, ..problem("The demo server cannot start") };
    let folder = data_dir.join("demo");
    let opened = tokio::task::spawn_blocking(move || Demo::open(&folder)).await;
    let demo = opened
        .map_err(|_| cannot("Its database could not be opened.".into()))?
        .map_err(|error: DemoError| cannot(sentence(&error.to_string())))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener =
        listener.map_err(|error| cannot(format!("No port of 127.0.0.1 can be opened: {error}.")))?;
    let address = listener.local_addr().map_err(|error| cannot(error.to_string()))?;
    settings.server.base =
        Url::parse(&format!("http://{address}/")).map_err(|error| cannot(error.to_string()))?;
    let handle = demo.handle();
    handle.set_activity_time(ACTIVITY_TIME);
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        let is_over = async { drop(stopped.await) };
        if let Err(error) = demo.run(listener, is_over).await {
            tracing::error!(%error, "the demo server stopped");
        }
    });
    Ok((handle, Task::Demo(stop, task)))
}

/// One keyring entry a server; each installation of the demo server has users of its own.
fn vault_name(server: &str, data_dir: &Path) -> String {
    if server == "demo" { format!("demo {}", data_dir.display()) } else { server.to_owned() }
}

fn data_folder_problem(folder: &Path, error: &std::io::Error) -> StartupProblem {
    StartupProblem {
        file: Some(folder.display().to_string()),
        message: format!(
            "The folder cannot be made or used: {error}. Mend its permissions, or set SESSION_KEEPER_DATA_DIR to another."
        ),
        ..problem("The data folder cannot be used")
    }
}

/// An error's own words, with a capital letter and a full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

fn problem(title: &str) -> StartupProblem {
    StartupProblem { title: title.to_owned(), file: None, line: None, key: None, message: String::new() }
}
