//! F22, P7: a keyring that is locked, waits for a password nobody types, stands still, or dies and comes back.
//! Not here: what the program says meanwhile (`program`).

use std::time::Duration;

use super::bus::{Bus, until};
use super::child::Answer;
use super::prompter::Prompter;
use super::teller::{NOTHING, OURS, Teller, entry};

/// The budget, and what a busy machine adds.
const BUDGET: std::ops::Range<Duration> = Duration::from_millis(4_990)..Duration::from_millis(6_000);

/// How long a failure takes that needs no waiting.
const AT_ONCE: Duration = Duration::from_secs(2);

const LOCKED: &str = "The keyring is locked or refuses access. Unlock it, then try again.";
const WAITS: &str = "The keyring is locked and waits for its password. Unlock it, then try again.";
const SILENT: &str = "The keyring did not answer in 5 s. Unlock or restart it, then try again.";

#[test]
fn f22_a_locked_keyring_without_a_dialog_refuses_at_once_and_works_when_unlocked() {
    let bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.save("ada", "token").result, NOTHING);
    bus.lock();
    for answer in [teller.load(), teller.save("ada", "other"), teller.clear(), Teller::on(&bus).load()] {
        assert_eq!(answer.result, Err(LOCKED.to_owned()));
        assert!(answer.took < AT_ONCE, "{answer:?}");
    }
    bus.unlock();
    assert_eq!(teller.load().result, entry("ada", "token"));
}

#[test]
fn f22_a_locked_keyring_that_holds_nothing_of_ours_is_not_taken_for_an_empty_one() {
    let bus = Bus::locked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.load().result, Err(LOCKED.to_owned()));
    bus.unlock();
    assert_eq!(teller.load().result, NOTHING);
}

#[test]
fn p7_a_dialog_nobody_answers_blocks_nothing_and_is_shown_once() {
    let bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.save("ada", "token").result, NOTHING);
    bus.lock();
    let prompter = Prompter::on(&bus);
    for answer in [teller.load(), teller.load()] {
        assert_gave_up(&answer, WAITS);
    }
    assert_eq!(prompter.shown(), 1);
    bus.unlock();
    let answer = teller.load();
    assert_eq!(answer.result, entry("ada", "token"));
    assert!(answer.took < AT_ONCE, "{answer:?}");
    assert_eq!(prompter.shown(), 1);
    until("the question to end", || teller.worker().threads("keyring-prompt") == 0);
}

#[test]
fn r12_what_was_given_up_while_the_dialog_was_open_does_not_come_back_after_a_sign_out() {
    let bus = Bus::locked();
    let _nobody = Prompter::on(&bus);
    let mut teller = Teller::on(&bus);
    assert_gave_up(&teller.save("ada", "token"), WAITS);
    assert_gave_up(&teller.clear(), WAITS);
    bus.unlock();
    assert_eq!(teller.load().result, NOTHING);
    assert_eq!(bus.items(&OURS[..1]).len(), 0);
}

#[test]
fn r8_of_several_tokens_given_up_while_the_dialog_was_open_the_last_one_is_kept() {
    let bus = Bus::locked();
    let _nobody = Prompter::on(&bus);
    let mut teller = Teller::on(&bus);
    assert_gave_up(&teller.save("ada", "first"), WAITS);
    assert_gave_up(&teller.save("ada", "second"), WAITS);
    bus.unlock();
    until("the last token", || bus.items(&OURS).len() == 1);
    assert_eq!(teller.load().result, entry("ada", "second"));
    assert_eq!(bus.items(&OURS).len(), 1);
}

#[test]
fn f22_a_provider_killed_while_it_asks_holds_nobody_up_and_a_new_one_works() {
    let mut bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.save("ada", "token").result, NOTHING);
    bus.lock();
    let prompter = Prompter::on(&bus);
    assert_gave_up(&teller.load(), WAITS);
    bus.kill_provider();
    let answer = teller.load();
    assert!(answer.result.is_err() && answer.took < AT_ONCE, "{answer:?}");
    bus.start_provider(true);
    assert_eq!(teller.load().result, entry("ada", "token"));
    assert_eq!(prompter.shown(), 1);
    until("the question to end", || teller.worker().threads("keyring-prompt") == 0);
}

#[test]
fn f22_a_provider_that_died_while_it_asked_and_is_back_at_once_asks_anew() {
    let mut bus = Bus::locked();
    let prompter = Prompter::on(&bus);
    let mut teller = Teller::on(&bus);
    assert_gave_up(&teller.load(), WAITS);
    bus.kill_provider();
    bus.start_provider(false);
    assert!(teller.load().result.is_err()); // the end of the first question, or the second one
    assert_gave_up(&teller.load(), WAITS);
    assert_eq!(prompter.shown(), 2);
    bus.unlock();
    assert_eq!(teller.load().result, NOTHING);
}

#[test]
fn f22_a_provider_killed_in_mid_run_fails_the_next_operation_at_once_and_works_again_when_it_is_back() {
    let mut bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.save("ada", "token").result, NOTHING);
    for unlocked in [true, false] {
        bus.kill_provider();
        for answer in [teller.load(), teller.save("ada", "lost"), teller.clear()] {
            assert!(answer.result.is_err() && answer.took < AT_ONCE, "{answer:?}");
        }
        bus.start_provider(unlocked);
        if !unlocked {
            assert_eq!(teller.load().result, Err(LOCKED.to_owned()));
            bus.unlock();
        }
        assert_eq!(teller.load().result, entry("ada", "token"));
        assert_eq!(teller.save("ada", "token").result, NOTHING);
    }
}

#[test]
fn f22_a_provider_killed_in_the_middle_of_an_operation_leaves_a_token_that_was_kept() {
    let mut bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.save("ada", "token 0").result, NOTHING);
    for round in 1..=8_u64 {
        let old = teller.load().result;
        let new = format!("token {round}");
        let order = serde_json::json!({ "do": "save", "account": "ada", "refresh": new });
        teller.worker().begin(&order);
        std::thread::sleep(Duration::from_millis(round * 12)); // somewhere in it; each place must do
        bus.kill_provider();
        let saved = teller.worker().answer();
        assert!(saved.took < BUDGET.end, "{saved:?}");
        bus.start_provider(true);
        let held = teller.load().result;
        assert!(
            held == entry("ada", &new) || (held == old && saved.result.is_err()),
            "{saved:?} left {held:?}"
        );
    }
}

#[test]
fn p7_a_provider_that_stands_still_blocks_nothing_and_the_last_word_counts_when_it_goes_on() {
    let bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.save("ada", "token").result, NOTHING);
    bus.freeze_provider();
    assert_gave_up(&teller.save("ada", "late"), SILENT);
    assert_gave_up(&teller.clear(), SILENT);
    assert_eq!(teller.worker().threads("keyring"), 2, "each that hangs is left");
    bus.thaw_provider();
    until("those that hung to end", || teller.worker().threads("keyring") == 0);
    assert_eq!(bus.items(&OURS[..1]).len(), 0);
    assert_eq!(teller.load().result, NOTHING);
}

#[test]
fn f22_a_bus_that_dies_fails_the_next_operation_at_once() {
    let mut bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.save("ada", "token").result, NOTHING);
    bus.kill();
    let answer = teller.load();
    assert!(answer.result.is_err() && answer.took < AT_ONCE, "{answer:?}");
}

/// It gave up after its budget, and the thread that waited was free all the time: it can tick 500 times in 5 s.
fn assert_gave_up(answer: &Answer, why: &str) {
    assert_eq!(answer.result, Err(why.to_owned()));
    assert!(BUDGET.contains(&answer.took), "{answer:?}");
    assert!(answer.ticks > 250, "{answer:?}");
}
