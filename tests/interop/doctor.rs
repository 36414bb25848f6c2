//! `session-keeper doctor` as a person starts it, at a real server; what it says is kept for README.
//! Not here: what it finds (`src-tauri/crates/doctor`) and its options (`tests/doctor.rs`).

use std::fs::{create_dir_all, write};
use std::process::Command;

use super::guest::PASSWORD;
use super::record;
use super::running::Running;
use super::server::Server;

/// What it said, and its exit code.
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) code: i32,
}

/// Asks it about a server, reuse of spent tokens included.
pub(crate) async fn examine(server: &'static Server, name: &'static str) -> Said {
    let running = Running::shared(server).await;
    let address = running.address;
    let said = tokio::task::spawn_blocking(move || ask(server, &address.to_string(), name)).await.unwrap();
    drop(running);
    said
}

fn ask(server: &Server, address: &str, name: &str) -> Said {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    write(&config, server.config.replace("127.0.0.1:8000", address)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_session-keeper"));
    command.args(["doctor", "--reuse", "--user", "ada", "--config"]).arg(&config);
    command.env("HOME", home.path()).env("SESSION_KEEPER_PASSWORD", PASSWORD);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap().replace(address, "127.0.0.1:8000");
    let folder = record::folder().join("doctor");
    create_dir_all(&folder).unwrap();
    write(folder.join(name), &text).unwrap();
    Said { code: output.status.code().unwrap(), text }
}
