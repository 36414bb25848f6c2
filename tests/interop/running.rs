//! A real server's process: started on a free port of loopback, one for all tests of its kind, ended with its process group.
//! Not here: what it serves (`servers/`), and what stands before it (`front`).

use std::collections::HashMap;
use std::fs::{File, create_dir_all};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use tempfile::TempDir;

use super::record;
use super::server::Server;

/// Where `scripts/interop.mjs` installs what the servers need.
const INSTALLED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.tools/interop");
const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/servers");

/// The folder in which a server keeps its database; a restart finds it again.
pub(crate) type Home = Arc<TempDir>;

/// A server's process.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    home: Home,
    child: Child,
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
        let mut command = command(server.program);
        for (name, value) in server.options.iter().chain(more) {
            command.env(format!("INTEROP_{name}"), value);
        }
        let log = log(server);
        let mut child = command
            .env("INTEROP_FOLDER", home.path())
            .env("INTEROP_INSTALLED", INSTALLED)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(PROGRAMS)
            .stdin(Stdio::piped()) // it ends when this ends, however this test does
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .process_group(0)
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let heard = said.filter(|line| line.starts_with("listening on ")).take(1).collect::<String>();
        let Some((port, versions)) = heard["listening on ".len().min(heard.len())..].split_once(" as ")
        else {
            let _ = child.kill();
            panic!("{} did not start: {}", server.line(), std::fs::read_to_string(&log).unwrap());
        };
        record::version(server, versions);
        let address = SocketAddr::from(([127, 0, 0, 1], port.parse::<u16>().unwrap()));
        Self { address, home, child }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(group) = i32::try_from(self.child.id()).map(rustix::process::Pid::from_raw)
            && let Some(group) = group
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

pub(crate) fn new_home() -> Home {
    Arc::new(TempDir::new().unwrap())
}

fn command(program: &str) -> Command {
    let complete = Path::new(INSTALLED).join("complete").exists();
    assert!(complete, "The servers are not installed. Run: node scripts/interop.mjs");
    let interpreter = if program.ends_with(".py") {
        Path::new(INSTALLED).join("python/bin/python")
    } else {
        PathBuf::from("node")
    };
    let mut command = Command::new(interpreter);
    command.arg(Path::new(PROGRAMS).join(program));
    command
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
