//! F24, P13: a process killed at any moment of its writes leaves the record it had kept, or the one it was writing.
//! Not here: a power cut; the order of syncs that guards against it is in `slots`, and no test here can cut the power.

use std::time::Duration;

use super::child::{self, Inside};
use super::shelf::Shelf;

/// How many processes are killed.
const KILLS: u32 = 200;

/// The record of a number: between nothing and 50 KB, no two alike.
fn record(number: u32) -> String {
    let length = usize::try_from(number).unwrap().wrapping_mul(7919) % 50_000;
    format!("{number}:{}", char::from(b'a' + u8::try_from(number % 26).unwrap()).to_string().repeat(length))
}

fn number_of(record: &str) -> u32 {
    record.split(':').next().unwrap().parse().unwrap()
}

#[test]
fn f24_p13_two_hundred_processes_killed_at_any_moment_of_their_writes_leave_the_old_record_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    Shelf::at(folder.path()).write(&record(0));
    let (mut cut_off, mut last) = (0, 0);
    for kill in 0..KILLS {
        let mut writer = child::start("crash::writes_until_it_is_killed", Inside::Nothing, folder.path());
        let mut told = child::told(&mut writer);
        let kept = told.by_ref().take(1 + usize::try_from(kill % 4).unwrap()).last();
        assert!(kept.is_some(), "the writer did not write");
        // A moment of the next write, by chance.
        std::thread::sleep(Duration::from_micros(u64::from(kill * 7919 % 20_000)));
        writer.kill().unwrap();
        let kept: u32 = told.last().or(kept).unwrap().parse().unwrap();
        writer.wait().unwrap();
        assert!(kept > last, "{kept} after {last}");

        let shelf = Shelf::at(folder.path());
        let half_written = shelf.names().contains(&"record.next.json".to_owned());
        let (found, damage) = shelf.read();
        let found = found.expect("no record is left");
        last = number_of(&found);
        assert!(last == kept || last == kept + 1, "{last} is there, {kept} was kept");
        assert!(found == record(last), "record {last} is not what was written");
        assert_eq!(damage, None);
        cut_off += u32::from(half_written || last > kept);
    }
    assert!(cut_off > KILLS / 10, "only {cut_off} of {KILLS} were killed in the middle of a write");
}

#[test]
#[ignore = "a child: the test above starts it"]
fn writes_until_it_is_killed() {
    let shelf = Shelf::at(&child::folder());
    let first = number_of(&shelf.read().0.unwrap()) + 1;
    for number in first.. {
        shelf.write(&record(number));
        child::tell(number);
    }
}
