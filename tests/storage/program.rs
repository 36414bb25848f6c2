//! F28, P8, P14: the real program, started twice, with and without a session bus; and who may read what it writes.
//! Not here: the lock by itself (`one_process`), and what the window shows (`tests/e2e`).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::theatre::{Theatre, until};

/// What a second process says when it comes too early.
const WAITS: &str = "another process has the data folder";

/// What it says when it gives up.
const ALREADY: &str = "already running with this data folder";

#[test]
fn f28_p14_without_a_session_bus_a_second_process_opens_nothing_says_why_and_ends_with_code_3() {
    let theatre = Theatre::without_a_bus();
    let data = theatre.data();
    let mut first = theatre.start();
    until("the first", || first.runs_on(&data));
    let mut second = theatre.start();
    until("the second's words", || second.said().contains(ALREADY));
    let said = second.said();
    assert!(said.contains(&format!("(process {})", first.id())), "{said}");
    assert!(said.contains("SESSION_KEEPER_DATA_DIR"), "{said}");
    theatre.close_window(&second); // who started it with a click sees it, too
    assert!(!second.runs_on(&data));
    let open = second.open_below(&data);
    assert!(open.iter().all(|file| file.starts_with(data.join("logs"))), "{open:?}");
    assert_eq!(second.end().code(), Some(3), "{}", second.said());
    assert!(first.is_alive() && first.runs_on(&data));
    theatre.close_window(&first);
    assert_eq!(first.end().code(), Some(0), "{}", first.said());
}

#[test]
fn f28_p14_without_a_session_bus_a_second_process_waits_for_a_first_that_is_ending() {
    let theatre = Theatre::without_a_bus();
    let data = theatre.data();
    let mut running = theatre.start();
    until("the first", || running.runs_on(&data));
    for round in 0..4 {
        let next = theatre.start();
        until("the next to find the folder taken", || next.said().contains(WAITS));
        if round % 2 == 0 {
            running.kill();
        } else {
            theatre.close_window(&running);
        }
        until("the next", || next.runs_on(&data));
        assert!(!next.said().contains(ALREADY), "{}", next.said());
        running = next;
    }
}

#[test]
fn f28_p14_with_a_session_bus_a_start_right_after_the_end_of_the_last_one_starts() {
    let theatre = Theatre::with_a_bus();
    let data = theatre.data();
    let mut running = theatre.start();
    until("the first", || running.runs_on(&data));
    for round in 0..6 {
        // Both leave the name on the bus behind for a moment.
        if round % 2 == 0 {
            running.kill();
        } else {
            theatre.close_window(&running);
        }
        let mut next = theatre.start();
        until("the next, or its end", || next.runs_on(&data) || !next.is_alive());
        assert!(next.is_alive(), "{}", next.said());
        running = next;
    }
}

#[test]
fn p14_with_a_session_bus_a_second_process_shows_the_first_window_and_ends_well() {
    let theatre = Theatre::with_a_bus();
    let data = theatre.data();
    let mut first = theatre.start();
    until("the first", || first.runs_on(&data));
    for _ in 0..3 {
        let mut second = theatre.start();
        assert_eq!(second.end().code(), Some(0), "{}", second.said());
    }
    assert!(first.is_alive() && first.runs_on(&data));
}

#[test]
fn f28_p14_a_process_that_asked_a_dying_one_for_its_window_starts_and_is_found_by_the_next() {
    let theatre = Theatre::with_a_bus();
    let data = theatre.data();
    let first = theatre.start();
    until("the first", || first.runs_on(&data));
    first.freeze(); // it has its name on the bus, and does not answer
    let mut second = theatre.start();
    until("the second to find the folder taken", || second.said().contains(WAITS));
    std::thread::sleep(Duration::from_secs(1)); // by now it has asked, and waits for the answer
    assert!(second.is_alive());
    first.kill();
    until("the second", || second.runs_on(&data));
    let mut third = theatre.start();
    assert_eq!(third.end().code(), Some(0), "{}", third.said());
    assert!(second.is_alive());
}

#[test]
fn p8_all_that_a_run_writes_anywhere_is_its_owners_alone() {
    let theatre = Theatre::without_a_bus();
    let data = theatre.data();
    let first = theatre.start();
    let are_there = |names: &[&str]| names.iter().all(|name| data.join(name).exists());
    until("the program", || first.runs_on(&data));
    until("its files", || are_there(&["lock", "logs", "demo/demo.sqlite-wal", "webview"]));
    theatre.close_window(&first); // what WebKit writes at the end is written, too
    drop(first);

    let mut written = Vec::new();
    theatre.written_by_the_program().iter().for_each(|folder| all_below(folder, &mut written));
    assert!(written.len() > 8, "{written:?}");
    for path in written {
        let about = fs::symlink_metadata(&path).unwrap();
        let wanted = if about.is_dir() { 0o700 } else { 0o600 };
        if !about.is_symlink() {
            assert_eq!(about.permissions().mode() & 0o777, wanted, "{}", path.display());
        }
    }
}

fn all_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if fs::symlink_metadata(&path).unwrap().is_dir() {
            all_below(&path, found);
        }
        found.push(path);
    }
}
