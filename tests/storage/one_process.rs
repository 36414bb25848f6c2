//! F28, P14: the lock on the data folder, which needs no session bus. Not here: the whole program (`program`).

use std::fs;
use std::time::Duration;

use session_keeper::adapters::lock::{FolderLock, LockError};

use super::child::{self, Inside};

const AT_ONCE: Duration = Duration::ZERO;

#[test]
fn f28_p14_a_folder_is_one_holders_at_a_time_and_the_second_is_told_whose() {
    let folder = tempfile::tempdir().unwrap();
    let first = FolderLock::take(folder.path(), AT_ONCE).unwrap();
    let second = FolderLock::take(folder.path(), AT_ONCE).unwrap_err();
    assert!(second.is_taken());
    let said = second.to_string();
    assert!(said.contains("already running with this data folder"), "{said}");
    assert!(said.contains(&format!("process {}", std::process::id())), "{said}");
    let elsewhere = tempfile::tempdir().unwrap();
    FolderLock::take(elsewhere.path(), AT_ONCE).unwrap();
    drop(first);
    FolderLock::take(folder.path(), AT_ONCE).unwrap();
}

#[test]
fn f28_p14_who_waits_gets_the_folder_as_soon_as_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let first = FolderLock::take(folder.path(), AT_ONCE).unwrap();
    let path = folder.path().to_owned();
    let waiting = std::thread::spawn(move || FolderLock::take(&path, Duration::from_secs(600)));
    std::thread::sleep(Duration::from_millis(200)); // it has asked a few times by then; if not, the test is only easier
    assert!(!waiting.is_finished());
    drop(first);
    waiting.join().unwrap().unwrap(); // in ten minutes or at once: a hang fails the test's own patience
}

#[test]
fn f28_p14_a_process_that_is_killed_leaves_the_folder_free() {
    let folder = tempfile::tempdir().unwrap();
    let mut holder = child::start("one_process::holds_the_folder", Inside::Nothing, folder.path());
    assert_eq!(child::told(&mut holder).next().as_deref(), Some("held"));
    let taken = FolderLock::take(folder.path(), AT_ONCE).unwrap_err();
    assert!(taken.to_string().contains(&format!("process {}", holder.id())), "{taken}");
    holder.kill().unwrap();
    holder.wait().unwrap();
    FolderLock::take(folder.path(), AT_ONCE).unwrap();
}

#[test]
#[ignore = "a child: the test above starts it"]
fn holds_the_folder() {
    let _held = FolderLock::take(&child::folder(), AT_ONCE).unwrap();
    child::tell("held");
    loop {
        std::thread::park();
    }
}

#[test]
fn f28_a_folder_that_cannot_be_locked_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let unusable = FolderLock::take(&file, AT_ONCE).unwrap_err();
    assert!(matches!(unusable, LockError::Unusable { .. }), "{unusable}");
    let said = unusable.to_string();
    assert!(said.contains("cannot be locked") && said.ends_with("the folder's permissions."), "{said}");
}

#[test]
fn f26_f28_a_folder_on_a_read_only_disk_is_still_one_holders_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    drop(FolderLock::take(folder.path(), AT_ONCE).unwrap());
    child::run("one_process::in_a_folder_that_may_only_be_read", Inside::NoPrivileges, folder.path());
}

#[test]
#[ignore = "a child: the test above starts it"]
fn in_a_folder_that_may_only_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = child::folder();
    fs::set_permissions(folder.join("lock"), fs::Permissions::from_mode(0o400)).unwrap();
    let _held = FolderLock::take(&folder, AT_ONCE).unwrap();
    assert!(FolderLock::take(&folder, AT_ONCE).unwrap_err().is_taken());
}

#[test]
fn p8_the_data_folder_and_the_lock_are_the_owners_alone_and_a_folder_all_users_share_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("above/data");
    let _held = FolderLock::take(&data, AT_ONCE).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&folder.path().join("above")), mode(&data)), (0o700, 0o700));
    assert_eq!(mode(&data.join("lock")), 0o600);

    let shared = folder.path().join("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).unwrap();
    let said = FolderLock::take(&shared, AT_ONCE).unwrap_err().to_string();
    assert!(said.contains("all users share it"), "{said}");
    assert_eq!(mode(&shared), 0o1777, "it is not closed to the others");
}
