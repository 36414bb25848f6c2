//! F26: a disk that is full, read-only, or not ours. What was kept stays, what is wrong and what to do is said, and when the
//! disk is well again, so is the store. Each in a child, on a disk of its own. Not here: damage (`damage`).

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use super::child::{self, Inside};
use super::shelf::Shelf;
use crate::desk::{ADA, TestDesk, code};

/// Runs a child of this file in a folder of its own.
fn run(test: &str, inside: Inside) {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    child::run(&format!("disk::{test}"), inside, folder.path());
}

/// `mount` with these words, at a folder.
fn mount(words: &[&str], at: &Path) {
    let mounted = Command::new("mount").args(words).arg(at).output().unwrap();
    assert!(mounted.status.success(), "mount {words:?}: {}", String::from_utf8_lossy(&mounted.stderr));
}

fn tiny_disk(at: &Path) {
    mount(&["-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs"], at);
}

fn assert_said(error: &str, what: &str, what_to_do: &str) {
    assert!(error.contains(what) && error.contains(what_to_do), "{error}");
}

#[test]
fn f26_on_a_full_disk_the_last_record_stays_and_with_space_again_the_next_is_kept() {
    run("on_a_full_disk", Inside::OwnMounts);
}

#[test]
#[ignore = "a child: the test above starts it"]
fn on_a_full_disk() {
    let folder = child::folder();
    tiny_disk(&folder);
    let shelf = Shelf::at(&folder);
    shelf.write("one");
    shelf.write("two");
    let slots = || [fs::read(shelf.slot('a')).unwrap(), fs::read(shelf.slot('b')).unwrap()];
    let before = slots();
    for _ in 0..20 {
        let error = shelf.try_write(&"x".repeat(100_000)).unwrap_err().0; // more than the whole disk: it breaks off in the middle
        assert_said(&error, "No space left on device", "Free some space");
        assert_eq!(shelf.read(), (Some("two".into()), None));
    }
    assert_eq!(slots(), before, "not even the older slot was touched");
    assert_eq!(shelf.names(), ["record.a.json", "record.b.json"], "what was written in vain is gone");

    let ballast = folder.join("ballast");
    let room = rustix::fs::statvfs(&folder).unwrap();
    fs::write(&ballast, vec![0; usize::try_from(room.f_bavail * room.f_bsize).unwrap()]).unwrap();
    assert_said(&shelf.try_write("three").unwrap_err().0, "No space left on device", "Free some space");
    fs::remove_file(&ballast).unwrap();
    shelf.write("three");
    assert_eq!(shelf.read(), (Some("three".into()), None));
}

#[test]
fn f26_a_write_that_the_system_breaks_off_leaves_the_last_record() {
    run("where_files_may_not_grow", Inside::SmallFiles);
}

#[test]
#[ignore = "a child: the test above starts it"]
fn where_files_may_not_grow() {
    let shelf = Shelf::at(&child::folder());
    shelf.write("one");
    let error = shelf.try_write(&"x".repeat(100_000)).unwrap_err().0;
    assert_said(&error, "File too large", "Free some space");
    assert_eq!(shelf.names(), ["record.a.json"]);
    assert_eq!(shelf.read(), (Some("one".into()), None));
    shelf.write("two");
    assert_eq!(shelf.read(), (Some("two".into()), None));
}

#[test]
fn f26_on_a_read_only_disk_the_last_record_can_be_read_even_beside_damage_and_nothing_is_overwritten() {
    run("on_a_read_only_disk", Inside::OwnMounts);
}

#[test]
#[ignore = "a child: the test above starts it"]
fn on_a_read_only_disk() {
    let folder = child::folder();
    tiny_disk(&folder);
    let shelf = Shelf::at(&folder);
    shelf.write("one");
    shelf.write("two");
    mount(&["-o", "remount,ro"], &folder);
    assert_eq!(shelf.read(), (Some("two".into()), None));
    assert_said(&shelf.try_write("three").unwrap_err().0, "Read-only file system", "make it writable");

    mount(&["-o", "remount,rw"], &folder);
    fs::write(shelf.slot('b'), "wreck").unwrap();
    mount(&["-o", "remount,ro"], &folder);
    let (record, damage) = shelf.read();
    assert_eq!(record.as_deref(), Some("one"), "the whole one serves, though the other cannot be put aside");
    assert_said(&damage.unwrap(), "was damaged", "make it writable");
    mount(&["-o", "remount,rw"], &folder);
    assert_eq!(fs::read(shelf.slot('b')).unwrap(), b"wreck");

    assert!(shelf.try_write("three").unwrap().unwrap().contains(".corrupt-"));
    assert_eq!(fs::read(&shelf.wrecks()[0]).unwrap(), b"wreck");
    assert_eq!(shelf.read(), (Some("three".into()), None));
}

#[test]
fn f26_a_damaged_slot_that_cannot_be_put_aside_is_never_overwritten() {
    run("where_nothing_can_be_renamed", Inside::NoPrivileges);
}

#[test]
#[ignore = "a child: the test above starts it"]
fn where_nothing_can_be_renamed() {
    let folder = child::folder();
    let shelf = Shelf::at(&folder);
    shelf.write("one");
    fs::write(shelf.slot('b'), "wreck").unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o500)).unwrap();
    let error = shelf.try_write("two").unwrap_err().0;
    assert_said(&error, "record.b.json cannot be put aside", "Make the folder");
    assert_eq!(fs::read(shelf.slot('b')).unwrap(), b"wreck");
    assert_eq!(shelf.read().0.as_deref(), Some("one"));
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn f26_without_permission_the_last_record_stays_and_with_it_again_all_works() {
    run("without_permission", Inside::NoPrivileges);
    if child::is_root() {
        // Nobody else can give a file away, and so get one that stays another's.
        another_users_slot_is_put_aside_and_the_other_serves();
    }
}

#[test]
#[ignore = "a child: the test above starts it"]
fn without_permission() {
    let folder = child::folder();
    let shelf = Shelf::at(&folder);
    shelf.write("one");
    shelf.write("two");

    fs::set_permissions(&folder, Permissions::from_mode(0o500)).unwrap();
    assert_said(&shelf.try_write("three").unwrap_err().0, "Permission denied", "Make the folder");
    assert_eq!(shelf.read(), (Some("two".into()), None), "it can still be read");

    fs::set_permissions(&folder, Permissions::from_mode(0o000)).unwrap();
    assert_said(&shelf.try_read().err().unwrap().0, "Permission denied", "Make the folder");
    assert_said(&shelf.try_write("three").unwrap_err().0, "Permission denied", "Make the folder");

    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
    assert_eq!(shelf.read(), (Some("two".into()), None));
    // A slot that lost its permissions is ours to mend: nothing in it is lost.
    fs::set_permissions(shelf.slot('b'), Permissions::from_mode(0o000)).unwrap();
    assert_eq!(shelf.read(), (Some("two".into()), None));
    shelf.write("three");
    assert_eq!(shelf.read(), (Some("three".into()), None));
}

fn another_users_slot_is_put_aside_and_the_other_serves() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::at(folder.path());
    shelf.write("one");
    shelf.write("two");
    std::os::unix::fs::chown(shelf.slot('b'), Some(65534), Some(65534)).unwrap();
    child::run("disk::beside_another_users_slot", Inside::NoPrivileges, folder.path());
    assert!(fs::read_to_string(&shelf.wrecks()[0]).unwrap().contains("two"), "it is kept to the letter");
}

#[test]
#[ignore = "a child: the test above starts it"]
fn beside_another_users_slot() {
    let shelf = Shelf::at(&child::folder());
    let (record, damage) = shelf.read();
    assert_eq!(record.as_deref(), Some("one"));
    assert!(damage.unwrap().contains("record.b.json.corrupt-"));
    shelf.write("three");
    assert_eq!(shelf.read(), (Some("three".into()), None));
}

#[test]
fn f26_p13_a_profile_that_a_full_disk_refuses_is_said_by_a_banner_until_it_is_kept() {
    run("the_whole_shell_on_a_full_disk", Inside::OwnMounts);
}

#[test]
#[ignore = "a child: the test above starts it"]
fn the_whole_shell_on_a_full_disk() {
    let desk = TestDesk::new();
    let own = fs::read_dir(child::folder()).unwrap().next().unwrap().unwrap().path();
    let keepsakes = own.join("data/keepsakes");
    fs::create_dir_all(&keepsakes).unwrap();
    tiny_disk(&keepsakes); // only for what is kept: the demo server has a disk that works
    desk.sign_in();
    let before = desk.kept_profile();
    let store_banner = || {
        let session = desk.ok("session", json!({}));
        let banners = session["banners"].as_array().unwrap().clone();
        let banner = banners.into_iter().find(|banner| banner["kind"] == "store");
        banner.map(|banner| banner["message"].as_str().unwrap().to_owned())
    };
    assert_eq!(store_banner(), None);

    desk.demo.set_profile_field(ADA, "badge", json!("x".repeat(100_000))).unwrap();
    let error = desk.err("reload_profile", json!({}));
    assert_eq!(code(&error), "store");
    assert_said(&store_banner().unwrap(), "No space left on device", "Free some space");
    assert_eq!(desk.kept_profile(), before);
    assert_eq!(code(&desk.err("save_draft", json!({ "text": "y".repeat(100_000) }))), "store");
    assert_eq!(desk.call("GET", "api/stats/", None).unwrap()["status"], 200, "the session goes on");

    mount(&["-o", "remount,size=4m"], &keepsakes);
    desk.ok("reload_profile", json!({}));
    assert_eq!(store_banner(), None);
    assert_ne!(desk.kept_profile(), before);
    desk.ok("save_draft", json!({ "text": "kept" }));
    assert_eq!(desk.ok("draft", json!({})), "kept");
}
