//! The real program on a screen of its own, with or without a session bus, in folders of its own.
//! Not here: any expectation.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, Window};

/// Folders, a screen and perhaps a bus.
pub(crate) struct Theatre {
    folder: TempDir,
    _screen: Process,
    display: String,
    bus: Option<(Process, String)>,
}

/// A process with its group, which ends with it.
pub(crate) struct Process {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Theatre {
    /// Without a session bus, and without a way to find or start one.
    pub(crate) fn without_a_bus() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "run", "share", "config", "cache"] {
            fs::DirBuilder::new().mode(0o700).create(folder.path().join(name)).unwrap();
        }
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]);
        let (screen, number) = Process::with_first_line(xvfb);
        Self { folder, _screen: screen, display: format!(":{number}"), bus: None }
    }

    /// With a session bus that starts nothing by itself.
    pub(crate) fn with_a_bus() -> Self {
        let theatre = Self::without_a_bus();
        let run = theatre.folder.path().join("run");
        let config = run.join("bus.conf");
        let text = format!(
            "<busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
             <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            run.join("socket").display()
        );
        fs::write(&config, text).unwrap();
        let mut daemon = Command::new("dbus-daemon");
        daemon.arg(format!("--config-file={}", config.display())).args(["--nofork", "--print-address=1"]);
        Self { bus: Some(Process::with_first_line(daemon)), ..theatre }
    }

    /// Where the program is told to write.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folders in which nothing was before the program came.
    pub(crate) fn written_by_the_program(&self) -> Vec<PathBuf> {
        ["data", "home", "share", "config", "cache"].map(|name| self.folder.path().join(name)).into()
    }

    /// Starts the program.
    pub(crate) fn start(&self) -> Process {
        let path = |name| self.folder.path().join(name);
        let mut program = Command::new(env!("CARGO_BIN_EXE_session-keeper"));
        program.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        program.env("DISPLAY", &self.display).env("GDK_BACKEND", "x11").env("LC_ALL", "C.UTF-8");
        program.env("GSETTINGS_BACKEND", "memory").env("NO_AT_BRIDGE", "1").env("GTK_A11Y", "none");
        program.env("HOME", path("home")).env("XDG_RUNTIME_DIR", path("run"));
        program.env("XDG_DATA_HOME", path("share")).env("XDG_CONFIG_HOME", path("config"));
        program.env("XDG_CACHE_HOME", path("cache")).env("SESSION_KEEPER_DATA_DIR", self.data());
        if let Some((_, address)) = &self.bus {
            program.env("DBUS_SESSION_BUS_ADDRESS", address);
        }
        Process::start(program)
    }

    /// Closes the window of a process, as its close button does.
    pub(crate) fn close_window(&self, of: &Process) {
        let (screen, number) = x11rb::connect(Some(&self.display)).unwrap();
        let atom = |name: &str| screen.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom;
        let [owner, protocols, delete] = ["_NET_WM_PID", "WM_PROTOCOLS", "WM_DELETE_WINDOW"].map(atom);
        let numbers = |window: Window, property, kind: AtomEnum| -> Vec<u32> {
            let got = screen.get_property(false, window, property, kind, 0, 32).unwrap().reply();
            got.ok().and_then(|got| got.value32().map(Iterator::collect)).unwrap_or_default()
        };
        let root = screen.setup().roots[number].root;
        let its_window = || {
            let all = screen.query_tree(root).unwrap().reply().unwrap().children;
            all.into_iter().find(|window| {
                numbers(*window, owner, AtomEnum::CARDINAL) == [of.id()]
                    && numbers(*window, protocols, AtomEnum::ATOM).contains(&delete)
                    && screen
                        .get_window_attributes(*window)
                        .unwrap()
                        .reply()
                        .is_ok_and(|about| u8::from(about.map_state) == 2)
            })
        };
        until("its window", || its_window().is_some());
        // A window that has only just come up may miss the message, as it misses a click.
        while let Some(window) = its_window() {
            let data = [delete, x11rb::CURRENT_TIME, 0, 0, 0];
            let close = ClientMessageEvent::new(32, window, protocols, data);
            screen.send_event(false, window, EventMask::NO_EVENT, close).unwrap();
            screen.flush().unwrap();
            (0..50).any(|_| {
                std::thread::sleep(Duration::from_millis(20));
                its_window().is_none()
            });
        }
    }
}

impl Process {
    fn start(mut command: Command) -> Self {
        let program = command.get_program().to_owned();
        command.process_group(0).stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child =
            command.spawn().unwrap_or_else(|error| panic!("{} is needed: {error}", program.display()));
        let said = Arc::<Mutex<String>>::default();
        let (mut stderr, heard) = (child.stderr.take().unwrap(), Arc::clone(&said));
        std::thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(length @ 1..) = stderr.read(&mut part) {
                heard.lock().unwrap().push_str(&String::from_utf8_lossy(&part[..length]));
            }
        });
        Self { child, said }
    }

    /// Starts a process that says by its first line that it is up.
    fn with_first_line(mut command: Command) -> (Self, String) {
        let mut process = Self::start({
            command.stdout(Stdio::piped());
            command
        });
        let mut line = String::new();
        BufReader::new(process.child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.trim().is_empty(), "it did not come up: {}", process.said());
        (process, line.trim().to_owned())
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has written to its standard error so far.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// The files it has open below a folder.
    pub(crate) fn open_below(&self, folder: &Path) -> Vec<PathBuf> {
        let listed = fs::read_dir(format!("/proc/{}/fd", self.id())).into_iter().flatten().flatten();
        let files = listed.filter_map(|entry| fs::read_link(entry.path()).ok());
        files.filter(|file| file.starts_with(folder)).collect()
    }

    /// Whether it has the demo server's database open: the program behind the window runs.
    pub(crate) fn runs_on(&self, data: &Path) -> bool {
        self.open_below(data).iter().any(|file| file.ends_with("demo/demo.sqlite"))
    }

    /// Waits until it has ended.
    pub(crate) fn end(&mut self) -> ExitStatus {
        until("its end", || self.child.try_wait().unwrap().is_some());
        self.child.wait().unwrap()
    }

    /// Whether it has not ended.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Kills it with all it has started.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Lets it do nothing more, so that it answers nobody, and keep all it has.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    fn signal(&self, signal: Signal) {
        let group = Pid::from_raw(i32::try_from(self.id()).unwrap()).unwrap();
        let _ = kill_process_group(group, signal);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something; it fails after half a minute.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1500 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("waited half a minute for {what}");
}
