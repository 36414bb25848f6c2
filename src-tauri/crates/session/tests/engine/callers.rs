//! R3: one flight for all, owned by none of them.

use std::time::Duration;

use bytes::Bytes;
use session_engine::ApiRequest;
use session_engine::error::CallError;

use crate::world::{MINUTE, Outcome, World, join, millis, ok, pass, settle, unavailable};

#[tokio::test(start_paused = true)]
async fn f19_when_the_first_of_a_hundred_callers_gives_up_the_other_ninety_nine_get_the_one_refresh() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.hold_refreshes();
    let mut calls = world.spawn_calls(100);
    settle().await;
    calls.remove(0).abort();
    settle().await;
    world.server.let_refreshes_go();
    assert_eq!(ok(&join(calls).await), 99);
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (1, 99));
}

#[tokio::test(start_paused = true)]
async fn f19_when_all_callers_give_up_the_rotated_token_is_kept_all_the_same() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.hold_refreshes();
    let calls = world.spawn_calls(100);
    settle().await;
    calls.iter().for_each(tokio::task::JoinHandle::abort);
    settle().await;
    world.server.let_refreshes_go();
    pass(millis(100)).await;
    let (_, token) = world.vault.holds().unwrap();
    assert_eq!(world.server.number_of(&token), 2);
    assert_eq!(ok(&world.calls(5).await), 5);
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (1, 5));
    assert!(world.server.arrivals().iter().all(|call| call.token == 2));
}

#[tokio::test(start_paused = true)]
async fn f19_a_caller_that_gives_up_while_the_token_is_being_written_loses_nothing() {
    let world = World::with_left(9 * MINUTE).await;
    world.vault.slow(millis(500));
    let calls = world.spawn_calls(3);
    pass(millis(200)).await;
    assert_eq!(world.vault.history().last().unwrap(), "save ada");
    calls.iter().for_each(tokio::task::JoinHandle::abort);
    pass(millis(500)).await;
    assert_eq!(ok(&world.calls(1).await), 1);
    assert_eq!(world.server.refresh_count(), 1);
    assert!(world.server.arrivals().iter().all(|call| call.vault_was_current));
}

#[tokio::test(start_paused = true)]
async fn r3_those_who_wake_late_from_a_failed_refresh_join_the_next_one_and_start_none() {
    let world = World::with_left(Duration::ZERO).await;
    world.server.next(Outcome::Fail(unavailable()));
    assert_eq!(ok(&world.calls(50).await), 50);
    assert_eq!((world.server.refresh_count(), world.server.most_refreshes_at_once()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn r3_calls_that_come_at_every_moment_of_a_refresh_are_still_one_refresh() {
    let world = World::with_left(9 * MINUTE).await;
    world.vault.slow(millis(10));
    let mut calls = Vec::new();
    for _ in 0..60 {
        calls.extend(world.spawn_calls(3));
        settle().await;
    }
    assert_eq!(ok(&join(calls).await), 180);
    assert_eq!(world.server.refresh_count(), 1);
    assert!(world.server.arrivals().iter().all(|call| call.token == 2));
}

#[tokio::test(start_paused = true)]
async fn p11_a_body_of_four_mebibytes_goes_and_one_byte_more_does_not() {
    let world = World::signed_in().await;
    let send = |size: usize| {
        let request = ApiRequest { body: Bytes::from(vec![b'x'; size]), ..ApiRequest::get("notes/") };
        world.session.call(request)
    };
    assert_eq!(send(4 << 20).await.unwrap().response.status(), 200);
    let refused = CallError::TooLarge { what: "request", limit: 4 << 20 };
    assert_eq!(send((4 << 20) + 1).await.err(), Some(refused));
    assert_eq!(world.server.arrivals().len(), 1);
}
