//! F25, P13: a slot truncated, zeroed or flipped anywhere costs nothing while the other one is whole.
//! Not here: what is no file at all (`oddities`), and a disk that refuses (`disk`).

use std::fs;
use std::path::PathBuf;

use super::shelf::Shelf;

/// What the two slots of the experiments hold; the newer one's file has 2 KB.
struct Pair {
    shelf: Shelf,
    old: String,
    new: String,
    /// The older slot, then the newer.
    files: [(PathBuf, Vec<u8>); 2],
}

impl Pair {
    fn new() -> Self {
        let shelf = Shelf::new();
        let record = |which: &str| {
            let text = "Zwölf Boxkämpfer 🥊 \"quoted\" \\ \u{1} 9007199254740993 1.10 ".repeat(26);
            format!("{{\"which\":\"{which}\",\"text\":{text:?}}}")
        };
        let (old, new) = (record("old"), record("new"));
        shelf.write("{}"); // so that the newer slot is `a`, which is looked at first
        shelf.write(&old);
        shelf.write(&new);
        let file = |which| (shelf.slot(which), fs::read(shelf.slot(which)).unwrap());
        let files = [file('b'), file('a')];
        assert!((2048..2560).contains(&files[1].1.len()), "{}", files[1].1.len());
        Self { shelf, old, new, files }
    }

    /// Both whole again.
    fn restore(&self) {
        self.files.iter().for_each(|(file, bytes)| fs::write(file, bytes).unwrap());
    }

    /// Puts these bytes in place of one slot and reads. `true`: the damage was seen; the wreck is then kept to the letter.
    fn with(&self, which: usize, bytes: &[u8]) -> bool {
        let [(damaged, _), (whole, good)] =
            if which == 0 { [&self.files[0], &self.files[1]] } else { [&self.files[1], &self.files[0]] };
        fs::write(damaged, bytes).unwrap();
        let (record, damage) = self.shelf.read();
        assert_eq!(&fs::read(whole).unwrap(), good, "the whole slot is as it was");
        let Some(damage) = damage else {
            assert_eq!(record.as_ref(), Some(&self.new), "nothing is said, so nothing may be lost");
            return false;
        };
        let other = if which == 0 { &self.new } else { &self.old };
        assert_eq!(record.as_ref(), Some(other));
        let wrecks = self.shelf.wrecks();
        let [wreck] = wrecks.as_slice() else { panic!("{wrecks:?}") };
        assert!(damage.contains(wreck.file_name().unwrap().to_str().unwrap()), "{damage}");
        assert_eq!(fs::read(wreck).unwrap(), bytes, "what is put aside is kept to the letter");
        self.shelf.clear_wrecks();
        true
    }
}

const OLDER: usize = 0;
const NEWER: usize = 1;

#[test]
fn f25_p13_a_slot_cut_off_at_any_byte_loses_nothing_while_the_other_is_whole() {
    let pair = Pair::new();
    for which in [OLDER, NEWER] {
        pair.restore();
        let whole = pair.files[which].1.clone();
        let seen = (0..whole.len()).filter(|&length| pair.with(which, &whole[..length])).count();
        assert_eq!(seen, whole.len());
    }
}

#[test]
fn f25_p13_a_slot_zeroed_from_any_byte_on_loses_nothing_while_the_other_is_whole() {
    let pair = Pair::new();
    for which in [OLDER, NEWER] {
        pair.restore();
        let whole = pair.files[which].1.clone();
        let zeroed = |from: usize| {
            let mut bytes = whole.clone();
            bytes[from..].fill(0);
            bytes
        };
        let seen = (0..whole.len()).filter(|&from| pair.with(which, &zeroed(from))).count();
        assert_eq!(seen, whole.len());
    }
}

#[test]
fn f25_p13_any_one_flipped_bit_of_the_newer_slot_loses_nothing_while_the_older_is_whole() {
    every_bit(NEWER);
}

#[test]
fn f25_p13_any_one_flipped_bit_of_the_older_slot_loses_nothing_while_the_newer_is_whole() {
    every_bit(OLDER);
}

fn every_bit(which: usize) {
    let pair = Pair::new();
    let whole = pair.files[which].1.clone();
    let mut harmless = Vec::new();
    for (index, mask) in (0..whole.len()).flat_map(|index| (0..8).map(move |bit| (index, 1 << bit))) {
        let mut bytes = whole.clone();
        bytes[index] ^= mask;
        if !pair.with(which, &bytes) {
            harmless.push((whole[index], bytes[index]));
        }
        // A flip that does no harm leaves the slot where it is, and the next one begins from the whole slot again.
    }
    // White space that stays white space is the only thing in a slot that says nothing.
    let is_space = |byte: u8| b" \t\n\r".contains(&byte);
    assert!(harmless.iter().all(|&(from, to)| is_space(from) && is_space(to)), "{harmless:?}");
    assert!(harmless.len() < whole.len() / 100, "{}", harmless.len());
}

#[test]
fn f25_p13_both_slots_damaged_are_both_put_aside_and_both_named() {
    let shelf = Shelf::new();
    shelf.write("one");
    shelf.write("two");
    for which in ['a', 'b'] {
        fs::write(shelf.slot(which), "{").unwrap();
    }
    let (record, damage) = shelf.read();
    assert_eq!(record, None);
    let (wrecks, damage) = (shelf.wrecks(), damage.unwrap());
    assert_eq!(wrecks.len(), 2);
    for wreck in &wrecks {
        assert!(damage.contains(wreck.file_name().unwrap().to_str().unwrap()), "{damage}");
        assert_eq!(fs::read(wreck).unwrap(), b"{");
    }
    assert!(damage.contains("No whole copy is left"), "{damage}");
    shelf.write("three");
    assert_eq!(shelf.read(), (Some("three".into()), None));
    assert_eq!(shelf.wrecks(), wrecks);
}

#[test]
fn f25_p13_damage_that_only_a_write_finds_is_told_and_put_aside_too() {
    let shelf = Shelf::new();
    shelf.write("one");
    shelf.write("two");
    fs::write(shelf.slot('b'), "wreck").unwrap();
    assert!(shelf.try_write("three").unwrap().unwrap().contains(".corrupt-"));
    assert_eq!(fs::read(&shelf.wrecks()[0]).unwrap(), b"wreck");
    assert_eq!(shelf.read(), (Some("three".into()), None));
}

#[test]
fn f25_p13_a_whole_slot_whose_record_cannot_be_understood_is_put_aside_and_not_taken_for_nothing() {
    let shelf = Shelf::new();
    shelf.write("understood");
    shelf.write("gibberish");
    let found = shelf.read_sound(&|record| record != "gibberish").unwrap();
    assert_eq!(found.record.as_deref(), Some("understood"));
    assert!(found.damage.unwrap().contains(".corrupt-"));
    assert!(fs::read_to_string(&shelf.wrecks()[0]).unwrap().contains("gibberish"));
}

#[test]
fn p13_what_is_put_aside_does_not_pile_up_and_never_takes_the_place_of_what_was_put_aside_before() {
    let shelf = Shelf::new();
    shelf.write("whole");
    for number in 0..50 {
        fs::write(shelf.slot('b'), format!("wreck {number}")).unwrap(); // many of them within one millisecond
        assert_eq!(shelf.read().0.as_deref(), Some("whole"));
    }
    let kept: Vec<String> = shelf.wrecks().iter().map(|wreck| fs::read_to_string(wreck).unwrap()).collect();
    assert_eq!(kept, ["wreck 46", "wreck 47", "wreck 48", "wreck 49"]);
}

#[test]
fn r12_p13_forgetting_a_record_forgets_what_was_put_aside_of_it_too() {
    let shelf = Shelf::new();
    fs::write(shelf.folder.join("recorder.a.json"), "another's").unwrap();
    for number in 0..3 {
        shelf.write("mine");
        fs::write(shelf.slot(if number % 2 == 0 { 'a' } else { 'b' }), "mine, damaged").unwrap();
        shelf.read();
    }
    fs::write(shelf.folder.join("record.next.json"), "mine, half written").unwrap();
    assert!(shelf.names().len() > 3, "{:?}", shelf.names());
    shelf.remove();
    assert_eq!(shelf.names(), ["recorder.a.json"]);
    shelf.remove(); // nothing to remove is no error
}
