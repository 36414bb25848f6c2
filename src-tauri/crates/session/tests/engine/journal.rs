//! R9, R12, P6: what a crash, or a vault that fails, must not make the program forget.

use std::time::Duration;

use session_engine::SessionState;
use session_engine::error::{ExpiryCode, ExpiryReason};
use session_engine::ports::{JournalEntry, Owed};

use crate::world::{MINUTE, Outcome, World, millis, ok, pass, profile, secs, settle, unavailable};

/// A refresh has reached the server, which answers it too late: the program ends before.
async fn killed_in_a_refresh(detects_reuse: bool) -> World {
    let world = World::with_left(9 * MINUTE).await;
    world.server.truth().detects_reuse = detects_reuse;
    world.server.truth().refresh_takes = 60 * MINUTE;
    drop(world.spawn_calls(3));
    settle().await;
    assert_eq!(world.server.refreshes(), [1]);
    world.server.truth().refresh_takes = millis(20);
    world.restarted().await
}

fn reason(world: &World) -> Option<ExpiryCode> {
    world.session.status().reason.map(|ExpiryReason { code, .. }| code)
}

fn restored(world: &World) -> usize {
    world.seen.count("session-restored")
}

#[tokio::test(start_paused = true)]
async fn r9_each_attempt_is_in_the_journal_before_it_is_sent_and_a_settled_one_is_not() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.truth().detects_reuse = false;
    world.server.next(Outcome::LoseReply);
    world.journal.slow(millis(300));
    let calls = world.spawn_calls(5);
    pass(millis(299)).await;
    assert_eq!(world.server.refresh_count(), 0, "nothing is sent before it is written down");
    pass(millis(2)).await;
    assert_eq!(world.server.refresh_count(), 1);
    let status = world.session.status().token.unwrap();
    let asked = world.journal.entry().unwrap().asked.unwrap();
    assert_eq!(
        (asked.attempt, Some(asked.fingerprint)),
        (1, status.refresh_fingerprint.map(|f| f.to_string()))
    );
    assert_eq!(ok(&crate::world::join(calls).await), 5);
    let attempts: Vec<_> =
        world.journal.notes().iter().map(|note| note.asked.as_ref().unwrap().attempt).collect();
    assert_eq!((attempts, world.server.refreshes()), (vec![1, 2], vec![1, 1]));
    pass(secs(1)).await;
    assert_eq!(world.journal.entry(), None);
    for secret in world.server.secrets() {
        assert!(!format!("{:?}", world.journal.notes()).contains(&secret), "P1");
    }
}

#[tokio::test(start_paused = true)]
async fn r9_after_a_crash_in_the_middle_of_a_refresh_the_same_token_is_sent_again_at_once() {
    let world = killed_in_a_refresh(false).await;
    pass(millis(30)).await;
    assert_eq!(world.server.refreshes(), [1, 1], "without a call");
    assert_eq!((restored(&world), world.seen.count("refresh-interrupted")), (1, 1));
    let resumed = &world.seen.of("refresh-started")[1];
    assert_eq!((&resumed["attempt"], &resumed["trigger"]), (&2.into(), &"restore".into()));
    assert_eq!(ok(&world.calls(5).await), 5);
    assert_eq!((world.server.refresh_count(), world.journal.entry()), (2, None));
}

#[tokio::test(start_paused = true)]
async fn r9_f24_a_token_that_a_crash_cost_ends_the_session_with_that_as_the_reason() {
    let world = killed_in_a_refresh(true).await;
    world.store.put("ada", r#"{"first_name":"Ada","plan":"gold"}"#);
    pass(millis(30)).await;
    assert_eq!((world.server.refreshes(), reason(&world)), (vec![1, 1], Some(ExpiryCode::Interrupted)));
    assert_eq!(world.seen.count("session-expired"), 1);
    assert!(world.vault.holds_nothing());
    assert_eq!(world.journal.entry(), None);
    assert_eq!(world.store.kept("ada").unwrap(), r#"{"first_name":"Ada","plan":"gold"}"#);
}

#[tokio::test(start_paused = true)]
async fn r9_f7_a_reply_that_was_lost_on_its_way_is_the_reason_when_the_server_refuses_the_token_then() {
    for (first, between) in [
        (Outcome::LoseReply, vec![]),
        (Outcome::LoseReply, vec![Outcome::Fail(unavailable())]),
        (Outcome::Panic, vec![Outcome::Fail(crate::world::dead())]),
        (Outcome::Hang, vec![Outcome::Fail(crate::world::dead())]),
    ] {
        let world = World::with_left(Duration::ZERO).await;
        world.server.next(first);
        between.into_iter().for_each(|outcome| world.server.next(outcome));
        assert_eq!(ok(&world.calls(5).await), 0);
        pass(secs(40)).await;
        assert_eq!(ok(&world.calls(5).await), 0);
        assert_eq!((reason(&world), world.seen.count("session-expired")), (Some(ExpiryCode::ReplyLost), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn r6_r9_a_token_that_the_server_ended_has_only_that_as_the_reason_also_after_trouble_and_a_restart() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.next(Outcome::Fail(unavailable()));
    assert_eq!(ok(&world.calls(5).await), 5);
    settle().await;
    assert_eq!(world.journal.entry(), None, "a 503 is an answer: nothing is open");
    let world = world.restarted().await;
    assert_eq!((restored(&world), world.seen.count("refresh-interrupted")), (1, 0));
    world.server.end_all_families();
    assert_eq!(ok(&world.calls(5).await), 0);
    assert_eq!(reason(&world), Some(ExpiryCode::Rejected));
}

#[tokio::test(start_paused = true)]
async fn r9_f24_a_crash_after_the_new_token_was_kept_leaves_nothing_to_resume() {
    let world = World::with_left(9 * MINUTE).await;
    let asked = {
        world.server.truth().refresh_takes = millis(500);
        drop(world.spawn_calls(1));
        settle().await;
        world.journal.entry().unwrap()
    };
    pass(secs(1)).await;
    assert_eq!(world.server.refreshes(), [1]);
    session_engine::ports::Journal::note(world.journal.as_ref(), &asked).await.unwrap(); // as if it had not been cleared yet
    let world = world.restarted().await;
    pass(secs(1)).await;
    assert_eq!((world.seen.count("refresh-interrupted"), world.server.refresh_count()), (0, 1));
    assert_eq!(ok(&world.calls(1).await), 1);
    assert_eq!(world.server.refreshes(), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn r10_a_refresh_that_lands_after_a_sign_out_crosses_out_its_own_attempt_and_no_other() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.truth().refresh_takes = secs(2);
    drop(world.spawn_calls(1));
    settle().await;
    world.session.sign_out(false).await;
    world.sign_in("bob").await.unwrap();
    pass(secs(1)).await;
    let session = world.session.clone();
    let bobs = tokio::spawn(async move { session.refresh_now().await });
    settle().await;
    let noted = world.journal.entry();
    pass(secs(1) + millis(500)).await;
    assert_eq!((world.seen.count("refresh-discarded"), world.journal.entry()), (1, noted));
    bobs.await.unwrap();
    settle().await;
    assert_eq!((world.server.refreshes(), world.journal.entry()), (vec![1, 3], None), "2 was revoked");
}

#[tokio::test(start_paused = true)]
async fn r10_a_flight_whose_session_is_over_asks_no_more_and_leaves_the_next_users_attempt_alone() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.next(Outcome::LoseReply);
    world.server.truth().refresh_takes = secs(1);
    drop(world.spawn_calls(1));
    settle().await;
    world.session.sign_out(false).await;
    world.sign_in("bob").await.unwrap();
    pass(secs(5)).await;
    assert_eq!((world.server.refreshes(), world.journal.entry()), (vec![1], None));
}

#[tokio::test(start_paused = true)]
async fn r12_p6_what_was_noted_last_counts_though_the_disk_did_not_take_it() {
    let world = World::new();
    world.vault.fails();
    world.sign_in("bob").await.unwrap();
    settle().await;
    assert!(matches!(world.journal.entry(), Some(JournalEntry { owed: Some(Owed::Save { .. }), .. })));
    world.vault.works();
    world.journal.fail(true);
    world.session.sign_out(true).await;
    world.journal.fail(false);
    world.session.retry_vault().await;
    assert_eq!(
        (world.session.status().state, world.seen.count("session-expired")),
        (SessionState::SignedOut, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn r12_a_sign_out_before_the_vault_could_be_read_wipes_what_is_found_there_later() {
    let world = World::signed_in().await;
    world.vault.fails();
    let world = world.restarted().await;
    world.session.sign_out(false).await;
    world.vault.works();
    let world = world.restarted().await;
    assert_eq!((restored(&world), world.session.status().state), (0, SessionState::SignedOut));
    assert!(world.vault.holds_nothing());
}

#[tokio::test(start_paused = true)]
async fn r9_f28_a_doubt_about_a_token_is_not_one_about_the_next() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.truth().detects_reuse = false;
    world.server.always(Outcome::LoseReply);
    assert_eq!(ok(&world.calls(1).await), 1);
    world.server.always(Outcome::Serve);
    let server = std::sync::Arc::new(crate::world::server_profile());
    let second = session_engine::Session::new(world.ports.clone(), server, world.policy);
    second.restore().await;
    second.refresh_now().await;
    world.server.end_all_families();
    world.session.refresh_now().await;
    assert_eq!((world.seen.count("token-taken-over"), reason(&world)), (1, Some(ExpiryCode::Rejected)));
}

#[tokio::test(start_paused = true)]
async fn r12_who_signed_out_stays_out_though_the_vault_could_not_be_wiped_and_the_program_restarts() {
    let world = World::signed_in().await;
    world.vault.fails();
    world.session.sign_out(false).await;
    assert!(!world.vault.holds_nothing());
    world.vault.works();
    let world = world.restarted().await;
    assert_eq!((restored(&world), world.session.status().state), (0, SessionState::SignedOut));
    assert!(world.vault.holds_nothing(), "what was owed is done");
    settle().await;
    assert_eq!(world.journal.entry(), None);
}

#[tokio::test(start_paused = true)]
async fn r12_f24_a_crash_in_the_middle_of_a_sign_out_leaves_it_done() {
    let world = World::signed_in().await;
    world.vault.slow(secs(5));
    let session = world.session.clone();
    tokio::spawn(async move { session.sign_out(true).await });
    pass(millis(100)).await;
    assert!(!world.vault.holds_nothing() && world.journal.entry().is_some());
    world.vault.slow(Duration::ZERO);
    let world = world.restarted().await;
    assert_eq!((restored(&world), world.session.status().state), (0, SessionState::SignedOut));
    assert!(world.vault.holds_nothing());
}

#[tokio::test(start_paused = true)]
async fn r12_f24_a_sign_out_is_written_down_before_the_server_or_the_store_hears_of_it() {
    let world = World::signed_in().await;
    world.store.put("ada", r#"{"first_name":"Ada"}"#);
    world.journal.slow(millis(300));
    let session = world.session.clone();
    let leaving = tokio::spawn(async move { session.sign_out(false).await });
    pass(millis(299)).await;
    assert_eq!(world.session.status().state, SessionState::SignedOut, "here it is over at once");
    assert_eq!((world.server.revoked(), world.store.kept("ada").is_some()), (vec![], true));
    assert!(
        !world.vault.holds_nothing(),
        "a crash now, and they are still signed in with all that is theirs"
    );
    pass(secs(1)).await;
    leaving.await.unwrap();
    assert_eq!((world.server.revoked(), world.store.kept("ada")), (vec![1], None));
    assert!(world.vault.holds_nothing());
    pass(secs(1)).await;
    assert_eq!(world.journal.entry(), None);
}

#[tokio::test(start_paused = true)]
async fn r12_f24_a_crash_before_the_store_has_forgotten_them_does_not_leave_it_undone() {
    let world = World::signed_in().await;
    world.store.put("ada", r#"{"first_name":"Ada"}"#);
    world.store.slow(60 * MINUTE);
    let session = world.session.clone();
    tokio::spawn(async move { session.sign_out(false).await });
    pass(secs(1)).await;
    assert!(world.vault.holds_nothing() && world.store.kept("ada").is_some());
    world.store.slow(Duration::ZERO);
    let world = world.restarted().await;
    settle().await;
    assert_eq!((world.session.status().state, world.store.kept("ada")), (SessionState::SignedOut, None));
    assert_eq!(world.journal.entry(), None);
}

#[tokio::test(start_paused = true)]
async fn r12_a_store_that_could_not_forget_them_does_so_after_a_restart_unless_they_are_back() {
    for is_back in [false, true] {
        let world = World::signed_in().await;
        world.store.put("ada", r#"{"first_name":"Ada"}"#);
        world.store.fail(true);
        world.session.sign_out(false).await;
        world.store.fail(false);
        if is_back {
            world.sign_in("ada").await.unwrap();
            settle().await;
        }
        let world = world.restarted().await;
        settle().await;
        assert_eq!(world.store.kept("ada").is_some(), is_back);
        assert_eq!(world.journal.entry(), None);
    }
}

#[tokio::test(start_paused = true)]
async fn r12_a_debt_that_could_not_be_crossed_out_does_not_cost_the_next_user_their_session() {
    let world = World::signed_in().await;
    world.vault.fails();
    world.session.sign_out(false).await;
    assert!(matches!(world.journal.entry(), Some(JournalEntry { owed: Some(Owed::Wipe { .. }), .. })));
    world.vault.works();
    world.journal.fail(true);
    world.sign_in("bob").await.unwrap();
    world.journal.fail(false);
    let world = world.restarted().await;
    assert_eq!((restored(&world), world.session.status().account.as_deref()), (1, Some("bob")));
}

#[tokio::test(start_paused = true)]
async fn p6_a_session_that_the_vault_never_held_ends_with_the_program_and_says_why() {
    let world = World::new();
    world.vault.fails();
    world.sign_in("ada").await.unwrap();
    world.vault.works();
    let world = world.restarted().await;
    let status = world.session.status();
    assert_eq!((status.state, status.account.as_deref()), (SessionState::Expired, Some("ada")));
    assert_eq!((reason(&world), world.seen.count("session-expired")), (Some(ExpiryCode::NotKept), 1));
    let world = world.restarted().await;
    assert_eq!(world.session.status().state, SessionState::SignedOut, "said once");
}

#[tokio::test(start_paused = true)]
async fn r10_p6_a_vault_that_did_not_take_the_next_user_brings_back_nobody_elses_session() {
    let world = World::signed_in().await;
    world.vault.fails();
    world.sign_in("bob").await.unwrap();
    world.vault.works();
    assert_eq!(world.vault.holds().map(|(account, _)| account).as_deref(), Some("ada"));
    let world = world.restarted().await;
    let status = world.session.status();
    assert_eq!((restored(&world), status.state), (0, SessionState::Expired));
    assert_eq!((status.account.as_deref(), reason(&world)), (Some("bob"), Some(ExpiryCode::NotKept)));
    assert_eq!(world.seen.count("session-expired"), 1);
    assert!(world.vault.holds_nothing());
    settle().await;
    assert_eq!(world.journal.entry(), None);
}

#[tokio::test(start_paused = true)]
async fn p6_an_older_token_in_the_vault_is_tried_and_its_end_is_told_as_the_vaults_doing() {
    let world = World::with_left(9 * MINUTE).await;
    world.vault.fails();
    assert_eq!(ok(&world.calls(5).await), 5);
    world.vault.works();
    let world = world.restarted().await;
    assert_eq!(ok(&world.calls(5).await), 0);
    assert_eq!((world.server.refreshes(), reason(&world)), (vec![1, 1], Some(ExpiryCode::NotKept)));
}

#[tokio::test(start_paused = true)]
async fn r9_a_journal_that_fails_or_hangs_holds_up_no_refresh_and_is_said_once() {
    let world = World::with_left(9 * MINUTE).await;
    world.journal.fail(true);
    assert_eq!(ok(&world.calls(5).await), 5);
    world.until_left(9 * MINUTE).await;
    assert_eq!(ok(&world.calls(5).await), 5);
    assert_eq!((world.server.refresh_count(), world.seen.count("store-failed")), (2, 1));
    assert!(world.session.status().trouble.store.is_some());
    world.journal.fail(false);
    world.until_left(9 * MINUTE).await;
    world.journal.slow(10 * MINUTE);
    let begun = world.clock.elapsed();
    assert_eq!(ok(&world.calls(5).await), 5);
    assert!(world.clock.elapsed() - begun < millis(2_100), "{:?}", world.clock.elapsed() - begun);
    world.journal.slow(Duration::ZERO);
    pass(secs(3)).await;
    world.until_left(9 * MINUTE).await;
    assert_eq!(ok(&world.calls(5).await), 5);
    assert_eq!(world.session.status().trouble.store, None);
    assert_eq!(world.journal.entry(), None);
}

#[tokio::test(start_paused = true)]
async fn r9_a_disk_that_was_slow_is_no_trouble_any_more_once_it_has_done_all_that_was_asked() {
    let world = World::with_left(9 * MINUTE).await;
    world.journal.slow(secs(5));
    assert_eq!(ok(&world.calls(5).await), 5);
    pass(secs(1)).await;
    assert!(world.session.status().trouble.store.is_some());
    pass(secs(20)).await; // the attempt is written and crossed out, one after the other
    assert_eq!(world.journal.entry(), None);
    assert_eq!(world.session.status().trouble.store, None);
    assert_eq!((world.seen.count("store-failed"), world.seen.count("store-recovered")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn r11_the_journals_trouble_is_over_only_when_the_journals_is_and_the_profiles_when_the_profiles_is() {
    let world = World::with_left(9 * MINUTE).await;
    world.journal.fail(true);
    world.store.fail(true);
    world.server.truth().user =
        Some(profile(r#"{"plan":"gold"}"#)).map(|user| serde_json::to_string(&user).unwrap());
    assert_eq!(ok(&world.calls(1).await), 1);
    settle().await;
    world.journal.fail(false);
    world.until_left(9 * MINUTE).await;
    assert_eq!(ok(&world.calls(1).await), 1);
    settle().await;
    assert!(world.session.status().trouble.store.is_some(), "the profile is still not kept");
}

#[tokio::test(start_paused = true)]
async fn p6_try_again_after_the_end_of_a_session_heals_the_journal_and_leaves_the_vault_empty() {
    let world = World::signed_in().await;
    world.journal.fail(true);
    world.server.end_all_families();
    world.server.refuse_all_access_tokens();
    world.calls(1).await;
    assert_eq!(world.session.status().state, SessionState::Expired);
    assert!(world.session.status().trouble.store.is_some());
    world.journal.fail(false);
    world.session.retry_vault().await;
    settle().await;
    assert_eq!(world.session.status().state, SessionState::Expired, "the reason stays on the screen");
    assert_eq!(world.session.status().trouble.store, None);
    assert!(world.vault.holds_nothing() && world.journal.entry().is_none());
}
