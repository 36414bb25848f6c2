//! The stage of one run: a screen, a session bus, a keyring and a WebDriver bridge of its own, and one way to end them all.
//! Not in it: the app and what is done with it (`rig.rs`), and what is seen in its window (`page.rs`).

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// The keyring's password.
pub(crate) const PASSWORD: &[u8] = b"stage";

/// What the app finds when it asks for the keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// A keyring that is open, as after a login to the desktop.
    Unlocked,
    /// A keyring that would ask for its password.
    Locked,
    /// No keyring at all.
    Absent,
}

/// Programs a run needs around the app. Everything ends with it, also when this process is killed.
#[derive(Debug)]
pub(crate) struct Stage {
    home: PathBuf,
    display: String,
    bus: String,
    keyring: Option<Child>,
    driver_port: u16,
    keeper: Keeper,
}

impl Stage {
    /// Starts everything below `home`, which must be a short path (sockets are put in it).
    ///
    /// # Errors
    /// When a program is missing or does not come up; the message names it.
    pub(crate) async fn set_up(home: &Path, keyring: Keyring) -> Result<Self> {
        let keeper = Keeper::start()?;
        for folder in ["home", "run", "data", "config", "cache", "tmp"] {
            std::fs::create_dir_all(home.join(folder))?;
        }
        std::fs::set_permissions(home.join("run"), std::fs::Permissions::from_mode(0o700))?;
        let mut stage = Self {
            home: home.to_owned(),
            display: String::new(),
            bus: String::new(),
            keyring: None,
            driver_port: 0,
            keeper,
        };
        stage.start_screen()?;
        stage.start_bus()?;
        if keyring != Keyring::Absent {
            stage.start_keyring(keyring).await?;
        }
        stage.start_driver().await?;
        Ok(stage)
    }

    /// Where the WebDriver bridge listens.
    #[must_use]
    pub(crate) fn driver_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.driver_port)
    }

    /// The screen's name.
    #[must_use]
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// A command with this stage's environment, in its process group, writing to `<name>.log`.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>, log: &str) -> Result<Command> {
        let mut command = Command::new(program);
        let log = File::create(self.home.join(format!("{log}.log")))?;
        command
            .process_group(self.keeper.group()?)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .env("HOME", self.home.join("home"))
            .env("TMPDIR", self.home.join("tmp"))
            .env("XDG_RUNTIME_DIR", self.home.join("run"))
            .env("XDG_DATA_HOME", self.home.join("data"))
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("SESSION_KEEPER_DATA_DIR", self.home.join("app"))
            .env("SESSION_KEEPER_CONFIG", self.home.join("config.toml"))
            .env("GDK_BACKEND", "x11")
            .env("GSETTINGS_BACKEND", "memory")
            .env("GTK_A11Y", "none")
            .env("NO_AT_BRIDGE", "1")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("GTK_THEME");
        Ok(command)
    }

    fn start_screen(&mut self) -> Result<()> {
        let mut command = self.command("Xvfb", "screen")?;
        // The server picks a free number itself and writes it to its standard output: no two runs can collide.
        command.args(["-displayfd", "1", "-screen", "0", "2880x2000x24", "-nolisten", "tcp", "-noreset"]);
        self.display = format!(":{}", first_line(command).context("Xvfb")?);
        Ok(())
    }

    /// A bus without service files: nothing is started by being asked for, so an absent keyring stays absent.
    fn start_bus(&mut self) -> Result<()> {
        let config = self.home.join("bus.conf");
        let socket = self.home.join("run").join("bus");
        std::fs::write(
            &config,
            format!(
                "<busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>\
                 <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
                 <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
                socket.display()
            ),
        )?;
        let mut command = self.command("dbus-daemon", "bus")?;
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--print-address=1"]);
        self.bus = first_line(command).context("dbus-daemon")?;
        Ok(())
    }

    /// Starts a keyring on what the last one has kept.
    ///
    /// # Errors
    /// When it does not come up.
    pub(crate) async fn start_keyring(&mut self, keyring: Keyring) -> Result<()> {
        let mut command = self.command("gnome-keyring-daemon", "keyring")?;
        command.args(["--foreground", "--components=secrets"]).stdin(Stdio::piped());
        if keyring == Keyring::Unlocked {
            command.arg("--unlock");
        }
        let mut child = command.spawn().context("gnome-keyring-daemon")?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(PASSWORD)?;
        }
        self.keyring = Some(child);
        self.until("the keyring on the bus", || self.has_keyring()).await
    }

    /// kill -9 of the keyring.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn end_keyring(&mut self) -> Result<()> {
        let mut child = self.keyring.take().context("there is no keyring")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Whether there is a keyring on the bus.
    ///
    /// # Errors
    /// When the bus does not answer.
    pub(crate) fn has_keyring(&self) -> Result<bool> {
        let mut ask = self.command("dbus-send", "ask")?;
        ask.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"])
            .args(["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"])
            .stdout(Stdio::piped());
        Ok(String::from_utf8_lossy(&ask.output()?.stdout).contains("boolean true"))
    }

    /// Where the bus is.
    #[must_use]
    pub(crate) fn bus(&self) -> &str {
        &self.bus
    }

    async fn start_driver(&mut self) -> Result<()> {
        let program = workspace().join(".tools/bin/tauri-driver");
        if !program.exists() {
            bail!("{} is missing: run `node scripts/setup.mjs test`", program.display());
        }
        // A port that was free a moment ago may be taken now; then the bridge ends and the next two are tried.
        for attempt in 1.. {
            let [port, native] = free_ports()?;
            let mut command = self.command(&program, "driver")?;
            command.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
            let mut child = command.spawn().context("tauri-driver")?;
            let answer = self
                .until("tauri-driver", || {
                    if let Some(status) = child.try_wait()? {
                        bail!("tauri-driver ended: {status}");
                    }
                    let up = |port| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
                    Ok(up(port) && up(native))
                })
                .await;
            match answer {
                Ok(()) => {
                    self.driver_port = port;
                    break;
                }
                Err(error) if attempt == 5 => return Err(error),
                Err(_) => {}
            }
        }
        Ok(())
    }

    async fn until(&self, what: &str, mut check: impl FnMut() -> Result<bool>) -> Result<()> {
        for _ in 0..600 {
            if check()? {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        bail!("{what} did not come up within 15 s (logs in {})", self.home.display())
    }
}

/// Leads the process group of a stage, and ends it when its standard input closes: on drop, on panic, on kill -9.
#[derive(Debug)]
struct Keeper(Child);

impl Keeper {
    fn start() -> Result<Self> {
        let child = Command::new("sh")
            .args(["-c", "read -r _; kill -s KILL 0"])
            .process_group(0)
            .stdin(Stdio::piped())
            .spawn()
            .context("sh")?;
        Ok(Self(child))
    }

    fn group(&self) -> Result<i32> {
        Ok(i32::try_from(self.0.id())?)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ended_by_its_own_signal = self.0.wait();
    }
}

/// Starts a command and reads the one line by which it says that it is up.
fn first_line(mut command: Command) -> Result<String> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    match line.trim() {
        "" => bail!("ended without saying that it is up: {}", child.wait()?),
        text => Ok(text.to_owned()),
    }
}

fn free_ports() -> Result<[u16; 2]> {
    // Both are held until both are known: asked for one after the other they may be the same, and the bridge would ask itself.
    let (one, other) = (TcpListener::bind(("127.0.0.1", 0))?, TcpListener::bind(("127.0.0.1", 0))?);
    Ok([one.local_addr()?.port(), other.local_addr()?.port()])
}

/// The project's folder.
#[must_use]
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap_or_default()
}
