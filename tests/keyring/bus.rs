//! A session bus of one's own, with the real GNOME Keyring on it or without: unlocked, locked, frozen, killed and started again.
//! Everything ends with it, also when this process is killed. Not here: any vault of ours, any expectation.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use secret_service::EncryptionType;
use secret_service::blocking::{Collection, SecretService};
use serde::Serialize;
use tempfile::TempDir;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::blocking::fdo::DBusProxy;
use zbus::zvariant::{DynamicType, ObjectPath, OwnedObjectPath, OwnedValue, Value};

/// The keyring's password.
const PASSWORD: &str = "open sesame";

/// Where the keyring is on the bus.
const PROVIDER: &str = "org.freedesktop.secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const LOGIN: ObjectPath<'_> =
    ObjectPath::from_static_str_unchecked("/org/freedesktop/secrets/collection/login");

/// The bus, its folders and its processes.
pub(crate) struct Bus {
    folder: TempDir,
    group: Group,
    daemon: Child,
    address: String,
    provider: Option<Child>,
}

impl Bus {
    /// Without any keyring; nothing on it is started by being asked for.
    pub(crate) fn bare() -> Self {
        let folder = tempfile::Builder::new().prefix("keyring-").tempdir().unwrap();
        for name in ["home", "run", "data"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::set_permissions(folder.path().join("run"), std::fs::Permissions::from_mode(0o700)).unwrap();
        let config = folder.path().join("bus.conf");
        let socket = folder.path().join("run/bus");
        let allowed = "<allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow own=\"*\"/>";
        let text = format!(
            "<busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>\
             <policy context=\"default\">{allowed}</policy></busconfig>",
            socket.display()
        );
        std::fs::write(&config, text).unwrap();
        let group = Group::start();
        let mut command = group.command("dbus-daemon");
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--print-address=1"]);
        let mut daemon = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("dbus-daemon");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        assert!(!address.is_empty(), "dbus-daemon did not say where it is");
        Self { folder, group, daemon, address: address.trim().to_owned(), provider: None }
    }

    /// With a keyring that is open, as after a login to the desktop.
    pub(crate) fn unlocked() -> Self {
        let mut bus = Self::bare();
        bus.start_provider(true);
        bus
    }

    /// With a keyring that wants its password.
    pub(crate) fn locked() -> Self {
        let bus = Self::unlocked();
        bus.lock();
        bus
    }

    /// With a keyring nobody ever set a password for: it is there and has no place to keep anything.
    pub(crate) fn without_a_place() -> Self {
        let mut bus = Self::bare();
        bus.start_provider(false);
        bus
    }

    /// Starts the keyring on what it has kept: unlocked, or as after a crash.
    pub(crate) fn start_provider(&mut self, unlocked: bool) {
        assert!(self.provider.is_none());
        let mut command = self.group.command("gnome-keyring-daemon");
        command.envs(self.environment()).args(["--foreground", "--components=secrets"]);
        command.args(unlocked.then_some("--unlock")).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::null()).spawn().expect("gnome-keyring-daemon");
        child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        self.provider = Some(child);
        until("the keyring on the bus", || self.has_provider());
        if unlocked {
            until("the keyring to be open", || {
                self.service().get_default_collection().is_ok_and(|login| !login.is_locked().unwrap())
            });
        }
    }

    /// kill -9.
    pub(crate) fn kill_provider(&mut self) {
        let mut child = self.provider.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        until("the keyring's name to be free", || !self.has_provider());
    }

    /// The keyring's process stands still: it takes what it is sent and answers nothing.
    pub(crate) fn freeze_provider(&self) {
        self.signal("STOP");
    }

    /// It goes on.
    pub(crate) fn thaw_provider(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let id = self.provider.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    fn has_provider(&self) -> bool {
        let bus = self.connect();
        DBusProxy::new(&bus).unwrap().name_has_owner(PROVIDER.try_into().unwrap()).unwrap()
    }

    /// kill -9 of the bus itself.
    pub(crate) fn kill(&mut self) {
        self.daemon.kill().unwrap();
        self.daemon.wait().unwrap();
    }

    /// Locks the keyring, as when the user leaves.
    pub(crate) fn lock(&self) {
        self.call(&self.connect(), SERVICE, "Lock", &(vec![LOGIN],));
        assert!(self.is_locked());
    }

    /// Unlocks it with its password, by another way than the dialog.
    pub(crate) fn unlock(&self) {
        let bus = self.connect();
        let reply = self.call(&bus, SERVICE, "OpenSession", &("plain", Value::from("")));
        let (_, session): (OwnedValue, OwnedObjectPath) = reply.body().deserialize().unwrap();
        let password = (session, Vec::<u8>::new(), PASSWORD.as_bytes().to_vec(), "text/plain");
        let inner = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
        self.call(&bus, inner, "UnlockWithMasterPassword", &(LOGIN, password));
        assert!(!self.is_locked());
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.service().get_default_collection().unwrap().is_locked().unwrap()
    }

    fn call<B: Serialize + DynamicType>(
        &self,
        bus: &Connection,
        interface: &str,
        method: &str,
        body: &B,
    ) -> zbus::Message {
        bus.call_method(Some(PROVIDER), "/org/freedesktop/secrets", Some(interface), method, body).unwrap()
    }

    /// Another client of the same bus.
    pub(crate) fn connect(&self) -> Connection {
        Builder::address(self.address.as_str()).unwrap().build().unwrap()
    }

    fn service(&self) -> SecretService<'static> {
        SecretService::connect_with_existing(EncryptionType::Plain, self.connect()).unwrap()
    }

    /// What every item with these attributes holds. The keyring must be unlocked.
    pub(crate) fn items(&self, attributes: &[(&str, &str)]) -> Vec<Vec<u8>> {
        let service = self.service();
        let found = service.search_items(attributes.iter().copied().collect()).unwrap();
        assert!(found.locked.is_empty());
        found.unlocked.iter().map(|item| item.get_secret().unwrap()).collect()
    }

    /// Puts an item beside those that are there, as another program would.
    pub(crate) fn add_item(&self, attributes: &[(&str, &str)], secret: &[u8]) {
        add(&self.service().get_default_collection().unwrap(), attributes, secret);
    }

    /// The same, into the collection that is forgotten when the keyring's process ends.
    pub(crate) fn add_passing_item(&self, attributes: &[(&str, &str)], secret: &[u8]) {
        add(&self.service().get_collection_by_alias("session").unwrap(), attributes, secret);
    }

    /// What a program on this bus has in its environment.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let below = |name: &str| self.folder.path().join(name).display().to_string();
        vec![
            ("HOME", below("home")),
            ("XDG_RUNTIME_DIR", below("run")),
            ("XDG_DATA_HOME", below("data")),
            ("XDG_CONFIG_HOME", below("config")),
            ("XDG_CACHE_HOME", below("cache")),
            ("DBUS_SESSION_BUS_ADDRESS", self.address.clone()),
            ("GSETTINGS_BACKEND", "memory".to_owned()),
        ]
    }

    /// The folder of all that is kept here.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the keyring keeps its secrets.
    pub(crate) fn storage(&self) -> PathBuf {
        self.folder.path().join("data/keyrings")
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.group.end();
        for child in self.provider.iter_mut().chain([&mut self.daemon]) {
            let _ = child.wait();
        }
    }
}

fn add(collection: &Collection<'_>, attributes: &[(&str, &str)], secret: &[u8]) {
    let attributes: HashMap<&str, &str> = attributes.iter().copied().collect();
    collection.create_item("another", attributes, secret, false, "text/plain").unwrap();
}

/// A process group that ends when its first process' standard input closes: on drop, on panic, on kill -9.
struct Group(Child);

impl Group {
    fn start() -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", "read -r _; kill -s KILL 0"]).process_group(0).stdin(Stdio::piped());
        Self(command.spawn().expect("sh"))
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.process_group(i32::try_from(self.0.id()).unwrap());
        command
    }

    fn end(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

/// Looks again and again, for 15 s at most.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    panic!("waited 15 s for {what}");
}
