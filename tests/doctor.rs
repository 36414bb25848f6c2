//! `session-keeper doctor` as it is started from a terminal: the real binary, without a display, at a demo server over HTTP.
//! Not here: what the doctor finds (`src-tauri/crates/doctor`), and its walk in the window (`ipc`).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed expectation fails the test")]
#![cfg(unix)]

#[cfg(target_os = "linux")]
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use demo_api::{Demo, Fault, Handle, IssuedTokens};
use serde_json::Value;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_session-keeper");
const ADA: &str = "ada@example.com";
const PASSWORD: &str = "analytical-engine";

/// A demo server, and a file that describes it.
struct Ward {
    demo: Handle,
    issued: IssuedTokens,
    config: PathBuf,
    folder: TempDir,
    _runtime: tokio::runtime::Runtime,
}

impl Ward {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let demo = Demo::in_memory().unwrap();
        let (handle, issued) = (demo.handle(), demo.keep_issued());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(demo.run(listener, std::future::pending()));
        let config = folder.path().join("config.toml");
        std::fs::write(&config, format!("# mine\nbackend = \"demo\"\nbase_url = \"http://{address}/\"\n"))
            .unwrap();
        Self { demo: handle, issued, config, folder, _runtime: runtime }
    }

    /// The doctor, asked to walk through it.
    fn doctor(&self, more: &[&str]) -> Command {
        let mut command = bare(self.folder.path());
        command.args(["doctor", "--user", ADA, "--config"]).arg(&self.config).args(more);
        command.env("SESSION_KEEPER_PASSWORD", PASSWORD);
        command
    }
}

/// The binary, with neither a display nor a terminal nor a home.
fn bare(home: &std::path::Path) -> Command {
    let mut command = Command::new("setsid");
    command.args(["--wait", BINARY]).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home);
    command.stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn a_healthy_server_is_exit_code_0_and_a_table_without_colours_in_a_pipe() {
    let ward = Ward::new();
    let (code, out, err) = run(&mut ward.doctor(&[]));
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    for words in ["Sign in", "Refresh again", "lives 30 min", "Healthy", "Settings to keep", "# mine"] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(!out.contains('\x1b'));
    assert_eq!(ward.demo.counts().logouts, 1, "no session is left behind at the server");
}

#[test]
fn a_broken_server_is_exit_code_1_and_json_says_why() {
    let ward = Ward::new();
    ward.demo.set_fault(Fault::Refresh503, true);
    let (code, out, err) = run(&mut ward.doctor(&["--json"]));
    assert_eq!((code, err.as_str()), (Some(1), ""));
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&report["healthy"], &report["findings"][0]["code"]), (&false.into(), &"server-error".into()));
}

#[test]
fn what_cannot_run_is_exit_code_2_and_a_sentence() {
    let ward = Ward::new();
    std::fs::write(ward.folder.path().join("bad.toml"), "backend = \"demo\"\nbase_ulr = \"https://x\"")
        .unwrap();
    let bad = ward.folder.path().join("bad.toml");
    let home = ward.folder.path();
    let cannot = |command: &mut Command, words: &str| {
        let (code, out, err) = run(command);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{words}: {err}");
        assert!(err.starts_with("session-keeper: ") && err.contains(words), "{words}: {err}");
    };
    cannot(bare(home).args(["doctor", "--config"]).arg(&bad), "bad.toml:2 (base_ulr)");
    cannot(bare(home).args(["doctor", "--config", "/no/such/file"]), "/no/such/file cannot be read");
    cannot(ward.doctor(&[]).env_remove("SESSION_KEEPER_PASSWORD"), "set SESSION_KEEPER_PASSWORD");
    cannot(bare(home).args(["doctor", "--config"]).arg(&ward.config), "--user NAME");
    cannot(&mut ward.doctor(&["--password", PASSWORD]), "--password");
    cannot(bare(home).arg("nurse"), "nurse");
    assert_eq!(ward.demo.request_log().len(), 0, "nothing was asked of the server");
}

#[test]
fn help_and_version_need_neither_settings_nor_a_display() {
    let home = tempfile::tempdir().unwrap();
    let (code, out, _) = run(bare(home.path()).arg("--help"));
    assert!(
        code == Some(0) && out.contains("doctor [options]") && out.contains("never an argument"),
        "{out}"
    );
    let (code, out, _) = run(bare(home.path()).arg("-V"));
    assert_eq!((code, out.as_str()), (Some(0), concat!("session-keeper ", env!("CARGO_PKG_VERSION"), "\n")));
}

#[test]
fn without_any_settings_a_demo_server_of_its_own_is_walked_through_and_nothing_is_written() {
    let home = tempfile::tempdir().unwrap();
    let (code, out, err) = run(bare(home.path()).args(["doctor", "--reuse"]));
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(
        out.contains("detected: it ends the session") && out.contains("yes: the same new token again"),
        "{out}"
    );
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn p1_neither_the_password_nor_a_token_is_printed() {
    let ward = Ward::new();
    let mut seen = String::new();
    for arguments in [&["--json", "--reuse"][..], &["--reuse"]] {
        let (code, out, err) = run(&mut ward.doctor(arguments));
        assert_eq!(code, Some(0));
        seen += &(out + &err);
    }
    let issued = ward.issued.all();
    assert!(issued.len() >= 12, "{}", issued.len());
    for part in issued.iter().flat_map(|token| token.split('.').skip(1)).chain([PASSWORD]) {
        assert!(!seen.contains(&part[..12]), "{seen}");
    }
}

#[test]
fn r12_ctrl_c_ends_the_walk_and_its_session_at_the_server() {
    let ward = Ward::new();
    ward.demo.set_fault(Fault::SlowRefresh, true);
    let mut command = Command::new(BINARY);
    command.args(["doctor", "--user", ADA, "--config"]).arg(&ward.config).env("HOME", ward.folder.path());
    command.env("SESSION_KEEPER_PASSWORD", PASSWORD).stdin(Stdio::null());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until(|| ward.demo.request_log().iter().any(|seen| seen.path.ends_with("refresh/")));
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    assert_eq!((status.code(), stdout), (Some(2), Vec::new()));
    assert_eq!(stderr, b"session-keeper: Stopped; the session it had is signed out.\n");
    assert_eq!((ward.demo.counts().logins, ward.demo.counts().logouts), (1, 1));
}

/// Looks until it is so.
fn until(so: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("it never came");
}

/// On a terminal of its own.
#[cfg(target_os = "linux")]
#[test]
fn p1_on_a_terminal_the_password_is_asked_for_without_an_echo_and_there_are_colours_unless_they_are_unwanted()
{
    let ward = Ward::new();
    for (no_color, has_colours) in [("", true), ("1", false)] {
        let (mut terminal, line) = terminal();
        let mut command = Command::new("setsid");
        command
            .args(["--ctty", "--wait", BINARY, "doctor", "--config"])
            .arg(&ward.config)
            .env("TERM", "xterm");
        command.env_remove("SESSION_KEEPER_PASSWORD").env("NO_COLOR", no_color);
        command.stdin(line.try_clone().unwrap()).stdout(line.try_clone().unwrap()).stderr(line);
        let mut child = command.spawn().unwrap();
        drop(command);
        let mut seen = read_until(&mut terminal, "Name: ");
        terminal.write_all(format!("{ADA}\n").as_bytes()).unwrap();
        seen += &read_until(&mut terminal, "Password: ");
        until_silent(&terminal);
        terminal.write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
        seen += &read_until(&mut terminal, "Settings to keep");
        drop(terminal);
        child.wait().unwrap();
        assert!(seen.contains(ADA) && !seen.contains(PASSWORD), "{seen}");
        assert_eq!(seen.contains("\x1b[32m"), has_colours, "{seen}");
        assert!(seen.contains("· Sign in …"), "who waits sees for what: {seen}");
        assert!(seen.contains("Healthy"), "{seen}");
    }
}

/// A terminal's two ends: the person's, and the program's.
#[cfg(target_os = "linux")]
fn terminal() -> (std::fs::File, std::fs::File) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
    let line = std::fs::OpenOptions::new().read(true).write(true).open(name).unwrap();
    (person.into(), line)
}

/// Waits until the terminal shows no more what is typed: a person needs longer than that to begin.
#[cfg(target_os = "linux")]
fn until_silent(terminal: &std::fs::File) {
    use rustix::termios::{LocalModes, tcgetattr};
    for _ in 0..2_000 {
        if !tcgetattr(terminal).unwrap().local_modes.contains(LocalModes::ECHO) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("the password is asked for with an echo");
}

/// What a screen shows up to and with these words.
#[cfg(target_os = "linux")]
fn read_until(screen: &mut impl std::io::Read, words: &str) -> String {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&seen).contains(words) {
        let count = screen.read(&mut byte).unwrap_or(0);
        assert!(count == 1, "the screen ended before {words:?}: {}", String::from_utf8_lossy(&seen));
        seen.push(byte[0]);
    }
    String::from_utf8(seen).unwrap()
}
