//! F23: several entries of our name in the keyring.
//! Not here: one entry (`opening`), or one that lies in parts (`parts`).

use super::bus::Bus;
use super::teller::{NOTHING, OURS, Teller, entry};

/// What makes another item of the same name.
const ELSE: [(&str, &str); 3] = [OURS[0], OURS[1], ("restored-from", "a backup")];

#[test]
fn f23_of_two_entries_the_newer_one_is_read_whichever_was_put_in_last() {
    let bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.save("ada", "old").result, NOTHING);
    let old = bus.items(&OURS).remove(0);
    assert_eq!(teller.save("ada", "new").result, NOTHING);
    let new = bus.items(&OURS).remove(0);
    bus.add_item(&ELSE, &old);
    assert_eq!(bus.items(&OURS).len(), 2);
    assert_eq!(teller.load().result, entry("ada", "new"));

    let other = Bus::unlocked();
    other.add_item(&OURS, &old);
    other.add_item(&ELSE, &new);
    assert_eq!(Teller::on(&other).load().result, entry("ada", "new"));
}

#[test]
fn f23_a_save_leaves_exactly_one_entry_which_is_the_new_one() {
    let bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.save("ada", "old").result, NOTHING);
    let old = bus.items(&OURS).remove(0);
    bus.add_item(&ELSE, &old);
    bus.add_passing_item(&ELSE, &old);
    bus.add_item(&[OURS[0], OURS[1], ("made-by", "nobody")], b"\xff\0 no entry of ours");
    assert_eq!(bus.items(&OURS).len(), 4);
    assert_eq!(teller.save("ada", "new").result, NOTHING);
    assert_eq!(bus.items(&OURS).len(), 1);
    assert_eq!(Teller::on(&bus).load().result, entry("ada", "new"));
}

#[test]
fn f23_clearing_removes_them_all() {
    let bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.save("ada", "token").result, NOTHING);
    bus.add_item(&ELSE, &bus.items(&OURS).remove(0));
    bus.add_passing_item(&ELSE, b"{}");
    assert_eq!(teller.clear().result, NOTHING);
    assert_eq!(bus.items(&OURS).len(), 0);
    assert_eq!(teller.load().result, NOTHING);
}

#[test]
fn f23_what_others_put_under_our_name_is_passed_over_and_alone_it_is_as_good_as_nothing() {
    let bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    for (number, secret) in [&b""[..], b"\xff\xfe\0", b"null", b"{\"account\":1}", b"[]"].iter().enumerate() {
        bus.add_item(&[OURS[0], OURS[1], ("n", &number.to_string())], secret);
        assert_eq!(teller.load().result, NOTHING, "{secret:?}");
    }
    assert_eq!(teller.save("ada", "token").result, NOTHING);
    bus.add_item(
        &ELSE,
        b"{\"parts\":99999999999,\"row\":\"a\",\"sha256\":\"\",\"number\":18446744073709551615}",
    );
    assert_eq!(teller.load().result, entry("ada", "token"));
    assert_eq!(teller.save("ada", "next").result, NOTHING);
    assert_eq!((teller.load().result, bus.items(&OURS).len()), (entry("ada", "next"), 1));
}

#[test]
fn f23_a_hundred_entries_are_read_within_the_budget() {
    let bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.save("ada", "old").result, NOTHING);
    let old = bus.items(&OURS).remove(0);
    for number in 0..100 {
        bus.add_item(&[OURS[0], OURS[1], ("copy", &number.to_string())], &old);
    }
    assert_eq!(teller.save("ada", "new").result, NOTHING);
    assert_eq!((teller.load().result, bus.items(&OURS).len()), (entry("ada", "new"), 1));
}
