//! F25, F26: what should be a slot is a folder, a link, a pipe, or somebody else's. Nothing waits for ever, nothing is written
//! through it. Not here: files with wrong bytes in them (`damage`).

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use super::shelf::Shelf;

/// A shelf with "one" in slot `a` and room in slot `b`.
fn shelf_with_room() -> Shelf {
    let shelf = Shelf::new();
    shelf.write("one");
    shelf
}

fn is_put_aside_and_the_next_write_works(shelf: &Shelf) {
    let (record, damage) = shelf.read();
    assert_eq!(record.as_deref(), Some("one"));
    assert!(damage.unwrap().contains("record.b.json.corrupt-"));
    shelf.write("two");
    assert_eq!(shelf.read(), (Some("two".into()), None));
    assert!(fs::symlink_metadata(shelf.slot('b')).unwrap().is_file());
}

#[test]
fn f25_a_folder_in_a_slots_place_is_put_aside_with_all_that_is_in_it() {
    let shelf = shelf_with_room();
    fs::create_dir(shelf.slot('b')).unwrap();
    fs::write(shelf.slot('b').join("inside"), "kept").unwrap();
    is_put_aside_and_the_next_write_works(&shelf);
    assert_eq!(fs::read_to_string(shelf.wrecks()[0].join("inside")).unwrap(), "kept");
    shelf.remove(); // nor does it stand in the way of forgetting
    assert_eq!(shelf.names().len(), 1);
}

#[test]
fn f25_p8_nothing_is_read_or_written_through_a_link_in_a_slots_place() {
    for target_is_there in [true, false] {
        let (shelf, elsewhere) = (shelf_with_room(), tempfile::tempdir().unwrap());
        let target = elsewhere.path().join("target");
        if target_is_there {
            fs::copy(shelf.slot('a'), &target).unwrap();
        }
        let before = fs::read(&target).ok();
        symlink(&target, shelf.slot('b')).unwrap();
        is_put_aside_and_the_next_write_works(&shelf);
        assert_eq!(fs::read(&target).ok(), before);
    }
}

#[test]
fn f25_a_pipe_in_a_slots_place_is_put_aside_and_nothing_waits_for_it() {
    let shelf = shelf_with_room();
    assert!(Command::new("mkfifo").arg(shelf.slot('b')).status().unwrap().success());
    is_put_aside_and_the_next_write_works(&shelf);
}

#[test]
fn p8_whatever_lies_where_the_next_record_is_written_is_out_of_the_way_and_the_file_is_the_owners_alone() {
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("target");
    fs::write(&target, "another's").unwrap();
    let shelf = Shelf::new();
    let next = shelf.folder.join("record.next.json");
    symlink(&target, &next).unwrap();
    shelf.write("one");
    fs::write(&next, "half a record").unwrap();
    fs::set_permissions(&next, Permissions::from_mode(0o644)).unwrap();
    shelf.write("two");
    fs::create_dir(&next).unwrap();
    shelf.write("three");
    assert_eq!(shelf.read(), (Some("three".into()), None));
    assert_eq!(fs::read_to_string(&target).unwrap(), "another's");
    for which in ['a', 'b'] {
        // Whatever the umask of this process is: the file is private before the first byte is in it.
        assert_eq!(fs::metadata(shelf.slot(which)).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
