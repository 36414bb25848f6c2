//! This test binary once more, in a process of its own: with its own environment and its own memory.
//! Not here: what it does there.

use std::fmt::Display;
use std::process::Stdio;

use super::world::soon;

/// Stands before what a child answers.
const MARK: &str = "the child answers: ";

/// All that can name a proxy.
const PROXIES: [&str; 8] = [
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
];

/// Runs one ignored test of this binary, gives what it answered, and fails if it failed.
pub(crate) async fn run(test: &str, environment: &[(&str, &str)]) -> String {
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("faults::{test}"), "--ignored", "--nocapture"]);
    for name in PROXIES {
        command.env_remove(name);
    }
    command.envs(environment.iter().copied()).stdin(Stdio::null()).kill_on_drop(true);
    let output = soon(command.output()).await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "{test} did not run: {said}");
    said.split(MARK).nth(1).and_then(|rest| rest.lines().next()).unwrap_or_default().to_owned()
}

/// Tells the test that runs this child.
#[expect(clippy::print_stdout, reason = "it has no other way to say it")]
pub(crate) fn answer(what: impl Display) {
    println!("{MARK}{what}");
}

/// The most memory that this process ever had; 0 where the system does not tell it this way.
pub(crate) fn most_memory_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}
