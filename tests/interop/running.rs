//! A real server that runs: one for all tests of its kind, or one of a test's own; what it said is kept until the next run.
//! Not here: its process (`process`), what it serves (`servers/`), and what stands before it (`front`).

use std::collections::HashMap;
use std::fs::create_dir_all;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use tempfile::TempDir;

use super::process::Process;
use super::record;
use super::server::Server;

/// The folder in which a server keeps its database; a restart finds it again.
pub(crate) type Home = Arc<TempDir>;

/// A server's process.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    home: Home,
    _process: Process,
}

type Shared = Arc<Mutex<Weak<Running>>>;

/// The processes that tests share.
static SHARED: LazyLock<Mutex<HashMap<String, Shared>>> = LazyLock::new(Mutex::default);

impl Running {
    /// The process that all tests of this server share; the last of them ends it.
    pub(crate) async fn shared(server: &'static Server) -> Arc<Self> {
        tokio::task::spawn_blocking(|| {
            let mine = Arc::clone(locked(&SHARED).entry(server.key()).or_default());
            let mut slot = locked(&mine); // who comes second waits for the start, and for no other server's
            slot.upgrade().unwrap_or_else(|| {
                let running = Arc::new(Self::start(server, &[], new_home()));
                *slot = Arc::downgrade(&running);
                running
            })
        })
        .await
        .unwrap()
    }

    /// A process of one's own.
    pub(crate) async fn own(server: &'static Server, more: &'static [(&str, &str)], home: Home) -> Self {
        tokio::task::spawn_blocking(move || Self::start(server, more, home)).await.unwrap()
    }

    /// Ends it; what it keeps stays.
    pub(crate) fn stop(self) -> Home {
        Arc::clone(&self.home)
    }

    fn start(server: &Server, more: &[(&str, &str)], home: Home) -> Self {
        let options: Vec<_> = server.options.iter().chain(more).copied().collect();
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let process = Process::start(project, server.program, &options, home.path(), &log(server))
            .unwrap_or_else(|error| panic!("{}: {error}", server.line()));
        record::version(server, &process.versions);
        Self { address: process.address, home, _process: process }
    }
}

pub(crate) fn new_home() -> Home {
    Arc::new(TempDir::new().unwrap())
}

/// What the server says goes into a file of its own; kept until the next run.
fn log(server: &Server) -> PathBuf {
    static STARTS: AtomicUsize = AtomicUsize::new(1);
    let folder = record::folder().join("logs");
    create_dir_all(&folder).unwrap();
    folder.join(format!("{}-{}.log", server.key(), STARTS.fetch_add(1, Ordering::Relaxed)))
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
