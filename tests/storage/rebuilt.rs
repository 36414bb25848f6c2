//! F25, P13: when both copies of what was kept are damaged, the session goes on, the profile comes from the server again, and
//! the window says what happened. Not here: one damaged copy (`damage`).

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::child::{self, Inside};
use crate::desk::{ADA, TestDesk};

#[test]
fn f25_p13_with_both_slots_damaged_the_session_goes_on_and_the_profile_is_rebuilt_from_the_server() {
    let folder = tempfile::tempdir().unwrap();
    child::run("rebuilt::after_both_slots_were_damaged", Inside::Nothing, folder.path());
}

#[test]
#[ignore = "a child: the test above starts it, with a folder in which it finds the files"]
fn after_both_slots_were_damaged() {
    let mut desk = TestDesk::new();
    desk.sign_in();
    let profile = desk.kept_profile();
    desk.ok("save_draft", json!({ "text": "one" }));
    desk.ok("save_draft", json!({ "text": "two" }));
    let slots = slots_of_the_user();
    assert_eq!(slots.len(), 2);
    for slot in &slots {
        fs::write(slot, "\0\0\0").unwrap();
    }
    let asked = desk.demo.request_log().len();
    desk = desk.restart();

    let session = desk.ok("session", json!({}));
    assert_eq!(session["account"], ADA);
    let banner = &session["banners"][0];
    assert_eq!(banner["kind"], "store");
    assert_eq!(banner["message"].as_str().unwrap().matches(".corrupt-").count(), 2, "{banner}");
    for _ in 0..400 {
        // Nobody has asked for the profile: the program does, by itself.
        if slots_of_the_user().len() == 1 {
            break;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    assert_eq!(desk.kept_profile(), profile);
    assert!(desk.demo.request_log().len() > asked);
    assert_eq!(desk.ok("draft", json!({})), "");
}

fn slots_of_the_user() -> Vec<PathBuf> {
    let below =
        |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let servers = below(child::folder()).flat_map(|own| below(own.join("data/keepsakes")));
    let files = servers.flat_map(below);
    let is_slot = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("user-") && (name.ends_with(".a.json") || name.ends_with(".b.json"))
    };
    files.filter(is_slot).collect()
}
