//! R1, R3, R7 for a program that sends its requests itself and asks for the header only.

use std::time::Duration;

use session_engine::error::{CallError, ExpiryCode};
use session_engine::{Authorization, SessionState};

use crate::world::{MINUTE, Outcome, World, millis, pass, settle, unavailable};

type Asked = tokio::task::JoinHandle<Result<Authorization, CallError>>;

fn ask(world: &World, count: usize) -> Vec<Asked> {
    let ask = |_| {
        let session = world.session.clone();
        tokio::spawn(async move { session.authorization().await })
    };
    (0..count).map(ask).collect()
}

async fn generations(asked: Vec<Asked>) -> Vec<u64> {
    let mut found = Vec::new();
    for asked in asked {
        found.push(asked.await.unwrap().unwrap().generation.get());
    }
    found
}

#[tokio::test(start_paused = true)]
async fn r1_a_fresh_tokens_header_is_given_at_once_and_is_not_told_as_a_call() {
    let world = World::with_left(11 * MINUTE).await;
    let before = world.session.events().len();
    let begun = world.clock.elapsed();
    let given = world.session.authorization().await.unwrap();
    assert_eq!(world.clock.elapsed(), begun);
    assert!(given.header.is_sensitive() && given.header.to_str().unwrap().starts_with("Bearer "));
    assert!(!format!("{given:?}").contains("Bearer"), "P1: it cannot be printed by accident");
    assert_eq!((world.session.events().len(), world.server.refresh_count()), (before, 0));
}

#[tokio::test(start_paused = true)]
async fn r1_what_can_be_had_at_once_is_the_header_of_a_fresh_token_and_nothing_else() {
    let world = World::with_left(10 * MINUTE).await;
    let at_once = |world: &World| world.session.authorization_now().map(|given| given.generation.get());
    let current = world.session.status().generation.get();
    assert_eq!(at_once(&world), Some(current));
    pass(millis(1)).await;
    assert_eq!(at_once(&world), None, "it is due");
    assert_eq!(world.server.refresh_count(), 0, "asking starts nothing");
    world.session.authorization().await.unwrap();
    assert_eq!(at_once(&world), Some(current + 1));
    world.session.sign_out(true).await;
    assert_eq!(at_once(&world), None);
}

#[tokio::test(start_paused = true)]
async fn r3_a_thousand_who_ask_with_nine_minutes_left_get_the_header_of_one_refresh() {
    let world = World::with_left(9 * MINUTE).await;
    let old = world.session.status().generation.get();
    world.server.hold_refreshes();
    let asked = ask(&world, 1_000);
    settle().await;
    world.server.let_refreshes_go();
    assert_eq!(generations(asked).await, vec![old + 1; 1_000]);
    assert_eq!(world.server.refresh_count(), 1);
    assert_eq!(world.seen.count("call-waiting"), 0, "who asks for a header is no call");
}

#[tokio::test(start_paused = true)]
async fn r5_while_refreshes_fail_the_header_of_the_valid_token_is_given() {
    let world = World::with_left(9 * MINUTE).await;
    let old = world.session.status().generation.get();
    world.server.next(Outcome::Fail(unavailable()));
    assert_eq!(generations(ask(&world, 50)).await, vec![old; 50]);
    assert_eq!(world.server.refresh_count(), 1);
    let begun = world.clock.elapsed();
    assert_eq!(generations(ask(&world, 50)).await, vec![old; 50], "and the next ones do not wait at all");
    assert_eq!((world.clock.elapsed(), world.server.refresh_count()), (begun, 1));
}

#[tokio::test(start_paused = true)]
async fn r7_after_a_401_all_who_were_refused_share_one_refresh_and_who_comes_late_gets_the_new_one() {
    let world = World::signed_in().await;
    let old = world.session.authorization().await.unwrap().generation;
    let asked = (0..50).map(|_| {
        let session = world.session.clone();
        tokio::spawn(async move { session.authorization_after_401(old).await })
    });
    assert_eq!(generations(asked.collect()).await, vec![old.get() + 1; 50]);
    let late = world.session.authorization_after_401(old).await.unwrap();
    assert_eq!((late.generation.get(), world.server.refresh_count()), (old.get() + 1, 1));
}

#[tokio::test(start_paused = true)]
async fn r6_who_asks_when_the_refresh_token_is_dead_gets_the_reason_and_no_header() {
    let world = World::with_left(Duration::ZERO).await;
    world.server.end_all_families();
    let error = world.session.authorization().await.unwrap_err();
    assert!(matches!(error, CallError::SessionExpired(reason) if reason.code == ExpiryCode::Rejected));
    assert!(matches!(world.session.authorization().await, Err(CallError::SessionExpired(_))));
    world.session.sign_out(true).await;
    assert!(matches!(world.session.authorization().await, Err(CallError::SignedOut)));
}

#[tokio::test(start_paused = true)]
async fn r10_who_waits_for_a_header_is_given_none_of_the_next_users() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.hold_refreshes();
    let asked = ask(&world, 3);
    settle().await;
    world.sign_in("ben").await.unwrap();
    for asked in asked {
        assert!(matches!(asked.await.unwrap(), Err(CallError::SignedOut)));
    }
    world.server.let_refreshes_go();
    pass(millis(100)).await;
    assert_eq!(world.session.status().state, SessionState::Fresh);
}

#[tokio::test(start_paused = true)]
async fn r7_the_header_of_a_token_that_was_refused_is_given_to_nobody_any_more() {
    let world = World::signed_in().await;
    let old = world.session.authorization().await.unwrap().generation;
    world.server.hold_refreshes();
    let session = world.session.clone();
    let refused = tokio::spawn(async move { session.authorization_after_401(old).await });
    settle().await;
    let others = ask(&world, 5);
    settle().await;
    world.server.let_refreshes_go();
    assert_eq!(generations(others).await, vec![old.get() + 1; 5]);
    assert_eq!(refused.await.unwrap().unwrap().generation.get(), old.get() + 1);
    assert_eq!(world.server.refresh_count(), 1);
}
