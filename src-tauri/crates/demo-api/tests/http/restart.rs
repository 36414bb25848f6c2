//! What outlives a restart, what the files look like, and what is said when they are broken.
//! Not here: the rules of rotation themselves (`rotation`).

use std::fs;
use std::path::Path;
use std::time::Duration;

use demo_api::{Demo, DemoError};
use serde_json::{Value, json};

use crate::support::{Server, assert_dead, text};

// R13
#[tokio::test]
async fn a_session_outlives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = open(folder.path()).await;
    let pair = server.sign_in().await;
    server.stop().await;
    let server = open(folder.path()).await;
    assert_eq!(server.me(&pair.access).await, 200);
    server.refresh(&pair.refresh).await;
}

// R9, F7, F24: the reply was lost because the server died.
#[tokio::test]
async fn the_grace_outlives_a_restart_with_the_very_same_pair() {
    let folder = tempfile::tempdir().unwrap();
    let server = open(folder.path()).await;
    let first = server.sign_in().await;
    let second = server.refresh(&first.refresh).await;
    server.stop().await;
    let server = open(folder.path()).await;
    let again = server.refresh(&first.refresh).await;
    assert_eq!((again.access, again.refresh), (second.access, second.refresh));
}

// F16
#[tokio::test]
async fn a_killed_family_stays_dead_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = open(folder.path()).await;
    let pair = server.sign_in().await;
    server.handle.set_grace(Duration::ZERO);
    let next = server.refresh(&pair.refresh).await;
    server.handle.advance_clock(Duration::from_secs(1));
    assert_dead(server.refresh_reply(&pair.refresh).await).await;
    server.stop().await;
    let server = open(folder.path()).await;
    assert_dead(server.refresh_reply(&next.refresh).await).await;
    assert_eq!(server.me(&next.access).await, 401);
}

#[tokio::test]
async fn notes_and_profile_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = open(folder.path()).await;
    let pair = server.sign_in().await;
    let request = server.client.post(server.url("/api/notes/")).bearer_auth(&pair.access);
    request.json(&json!({ "text": "still here" })).send().await.unwrap();
    server.handle.set_profile_field("ada@example.com", "desk", 7).unwrap();
    server.stop().await;
    let server = open(folder.path()).await;
    let notes: Value = server.get("/api/notes/", &pair.access).await.json().await.unwrap();
    assert_eq!(text(&notes[0], "text"), "still here");
    let me: Value = server.get("/api/me/", &pair.access).await.json().await.unwrap();
    assert_eq!(me["desk"], 7);
}

#[tokio::test]
async fn another_installation_does_not_take_these_tokens() {
    let here = Server::start().await;
    let elsewhere = Server::start().await;
    let pair = here.sign_in().await;
    elsewhere.sign_in().await;
    assert_eq!(elsewhere.me(&pair.access).await, 401);
    assert_dead(elsewhere.refresh_reply(&pair.refresh).await).await;
}

// P1, P8
#[tokio::test]
async fn the_files_are_private_and_hold_no_token_and_no_password() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("made/on/demand");
    let server = open(&folder).await;
    let first = server.sign_in().await;
    let second = server.refresh(&first.refresh).await;
    let mut files = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        files += 1;
        assert_mode(&path, 0o600);
        let bytes = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for token in [&first.access, &first.refresh, &second.access, &second.refresh] {
            assert!(token.split('.').skip(1).all(|part| !bytes.contains(part)), "{}", path.display());
        }
        assert!(!bytes.contains("analytical-engine"), "{}", path.display());
    }
    assert!(files >= 2);
    assert_mode(&folder, 0o700);
}

// F25
#[test]
fn a_damaged_database_is_a_clear_error() {
    let folder = tempfile::tempdir().unwrap();
    drop(Demo::open(folder.path()).unwrap());
    let path = folder.path().join("demo.sqlite");
    let sound = fs::read(&path).unwrap();
    let zeroed = vec![0; sound.len()];
    let half = sound[..sound.len() / 2].to_vec();
    for broken in [b"no database at all, whatever its name says".repeat(100), zeroed, half] {
        fs::write(&path, broken).unwrap();
        let error = Demo::open(folder.path()).err().unwrap();
        assert!(matches!(error, DemoError::DamagedDatabase { .. }), "{error:?}");
        let message = error.to_string();
        assert!(message.contains("demo.sqlite") && message.contains("move or delete"), "{message}");
    }
    fs::remove_file(&path).unwrap();
    Demo::open(folder.path()).unwrap();
}

// F25: whatever single bit is flipped, there is an answer and no panic.
#[test]
fn a_flipped_bit_in_the_database_never_panics() {
    let folder = tempfile::tempdir().unwrap();
    drop(Demo::open(folder.path()).unwrap());
    let path = folder.path().join("demo.sqlite");
    let sound = fs::read(&path).unwrap();
    for at in (0..sound.len()).step_by(sound.len() / 150) {
        let mut broken = sound.clone();
        broken[at] ^= 1 << (at % 8);
        fs::write(&path, broken).unwrap();
        drop(Demo::open(folder.path()));
    }
}

#[tokio::test]
async fn time_that_has_passed_stays_passed_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = open(folder.path()).await;
    let pair = server.sign_in().await;
    server.handle.advance_clock(Duration::from_secs(3600));
    assert_eq!(server.me(&pair.access).await, 401, "thirty minutes are over");
    server.stop().await;
    let server = open(folder.path()).await;
    assert_eq!(server.handle.clock_ahead(), Duration::from_secs(3600));
    assert_eq!(server.me(&pair.access).await, 401);
    server.handle.advance_clock(Duration::MAX);
    server.handle.advance_clock(Duration::MAX);
    assert!(
        server.handle.clock_ahead() > Duration::from_secs(99 * 365 * 24 * 3600),
        "a hundred years at most"
    );
    server.sign_in().await;
}

/// The first format had no clock of its own.
#[tokio::test]
async fn a_database_of_the_first_format_is_taken_as_it_is_with_its_session() {
    let folder = tempfile::tempdir().unwrap();
    let server = open(folder.path()).await;
    let pair = server.sign_in().await;
    server.stop().await;
    let database = rusqlite::Connection::open(folder.path().join("demo.sqlite")).unwrap();
    database.execute_batch("DROP TABLE clock; PRAGMA user_version = 1").unwrap();
    drop(database);
    let server = open(folder.path()).await;
    assert_eq!(server.handle.clock_ahead(), Duration::ZERO);
    server.handle.advance_clock(Duration::from_secs(60));
    server.refresh(&pair.refresh).await;
}

#[test]
fn a_damaged_key_and_a_newer_database_are_clear_errors() {
    let folder = tempfile::tempdir().unwrap();
    drop(Demo::open(folder.path()).unwrap());
    let database = rusqlite::Connection::open(folder.path().join("demo.sqlite")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    let newer = Demo::open(folder.path()).err().unwrap();
    assert!(matches!(newer, DemoError::NewerDatabase { found: 99, .. }), "{newer:?}");
    fs::write(folder.path().join("demo.key"), b"short").unwrap();
    let damaged = Demo::open(folder.path()).err().unwrap();
    assert!(damaged.to_string().contains("demo.key"), "{damaged}");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("in-the-way");
    fs::write(&file, "").unwrap();
    let error = Demo::open(&file.join("data")).err().unwrap();
    assert!(matches!(error, DemoError::Folder { .. }) && error.to_string().contains("in-the-way"), "{error}");
}

// F28: two processes that start at the same time share one key and one database.
#[test]
fn two_that_open_a_new_folder_at_once_both_get_it() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        let opening: Vec<_> = (0..4).map(|_| scope.spawn(|| Demo::open(folder.path()).map(drop))).collect();
        for opened in opening {
            opened.join().unwrap().unwrap();
        }
    });
}

async fn open(folder: &Path) -> Server {
    Server::run(Demo::open(folder).unwrap()).await
}

#[cfg(unix)]
fn assert_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
}

#[cfg(not(unix))]
fn assert_mode(_: &Path, _: u32) {}
