//! R3, R5, R9, R15: refreshes that fail, for a while.

use session_engine::error::{CallError, TransientKind};
use session_engine::ports::EndpointError;
use session_engine::{RefreshPolicy, SessionState};
use std::time::Duration;

use crate::world::{
    MINUTE, Outcome, Outcomes, World, join, millis, ok, pass, secs, settle, throttled, unavailable,
    without_timer,
};

fn kinds(outcomes: &Outcomes) -> Vec<TransientKind> {
    outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Err(CallError::Unavailable(why)) => Some(why.kind),
            Ok(_) | Err(_) => None,
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn f3_while_the_token_is_valid_calls_go_with_it_and_none_waits_before_the_next_attempt_is_due() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.always(Outcome::Fail(unavailable()));
    assert_eq!(ok(&world.calls(50).await), 50);
    assert_eq!(world.server.refresh_count(), 1);
    assert_eq!(world.session.status().state, SessionState::Degraded);
    let after = world.calls(50).await;
    assert_eq!(ok(&after), 50);
    assert!(after.iter().flatten().all(|reply| reply.waited == Duration::ZERO));
    assert_eq!(world.server.refresh_count(), 1);
    assert!(world.server.arrivals().iter().all(|call| call.token == 1));
    let sent = world.seen.of("call-sent");
    assert!(sent[..50].iter().all(|sent| sent["without"] == "refresh-failed"));
    assert!(sent[50..].iter().all(|sent| sent["without"] == "backing-off"));
    assert_eq!(world.seen.count("call-waiting"), 50, "none of the second fifty");
    pass(millis(1_200)).await;
    assert_eq!(ok(&world.calls(50).await), 50);
    assert_eq!(world.server.refresh_count(), 2);
    world.server.always(Outcome::Serve);
    pass(millis(1_200)).await;
    assert_eq!(ok(&world.calls(1).await), 1);
    assert_eq!(world.server.arrivals().last().unwrap().token, 2);
    assert_eq!((world.seen.count("session-degraded"), world.seen.count("session-recovered")), (1, 1));
    assert_eq!(world.session.status().state, SessionState::Fresh);
}

#[tokio::test(start_paused = true)]
async fn f4_without_a_valid_token_calls_wait_ten_seconds_then_get_a_retryable_error_and_the_session_stays() {
    let world = World::with_left(Duration::ZERO).await;
    world.server.always(Outcome::Fail(unavailable()));
    let begun = world.clock.elapsed();
    let outcomes = world.calls(20).await;
    assert_eq!(world.clock.elapsed() - begun, secs(10));
    assert_eq!(kinds(&outcomes), [TransientKind::ServerUnavailable; 20]);
    assert_eq!(world.server.arrivals().len(), 0);
    let attempts = world.server.refresh_count();
    assert!((5..=6).contains(&attempts), "{attempts} attempts in ten seconds");
    let status = world.session.status();
    assert_eq!((status.state, status.account.as_deref()), (SessionState::Degraded, Some("ada")));
    assert!(!world.vault.holds_nothing());
    assert_eq!(world.seen.count("session-expired"), 0);
}

#[tokio::test(start_paused = true)]
async fn f4_a_server_that_is_back_inside_the_deadline_was_never_missed() {
    let world = World::with_left(Duration::ZERO).await;
    world.server.always(Outcome::Fail(unavailable()));
    let calls = world.spawn_calls(20);
    pass(secs(3)).await;
    world.server.always(Outcome::Serve);
    let recovered = world.clock.elapsed();
    let outcomes = join(calls).await;
    assert_eq!(ok(&outcomes), 20);
    assert!(world.clock.elapsed() - recovered <= millis(1_200), "back within 1.1 s and the reply's time");
    assert_eq!(world.server.most_refreshes_at_once(), 1);
}

#[tokio::test(start_paused = true)]
async fn f5_retry_after_is_honoured_with_and_without_a_valid_token() {
    for left in [9 * MINUTE, Duration::ZERO] {
        let world = World::with_left(left).await;
        world.server.next(Outcome::Fail(throttled(7)));
        let begun = world.clock.elapsed();
        assert_eq!(ok(&world.calls(5).await), 5);
        if !left.is_zero() {
            assert_eq!(world.server.refresh_count(), 1);
            pass(millis(6_900)).await;
            assert_eq!(ok(&world.calls(5).await), 5);
            assert_eq!(world.server.refresh_count(), 1);
            pass(millis(200)).await;
            assert_eq!(ok(&world.calls(5).await), 5);
        }
        assert_eq!(world.server.refresh_count(), 2);
        assert!(world.clock.elapsed() - begun >= secs(7));
    }
}

#[tokio::test(start_paused = true)]
async fn f5_a_retry_after_beyond_the_deadline_ends_in_throttled_and_one_attempt() {
    let world = World::with_left(Duration::ZERO).await;
    world.server.always(Outcome::Fail(throttled(60)));
    let begun = world.clock.elapsed();
    assert_eq!(kinds(&world.calls(5).await), [TransientKind::Throttled; 5]);
    assert_eq!((world.clock.elapsed() - begun, world.server.refresh_count()), (secs(10), 1));
}

#[tokio::test(start_paused = true)]
async fn r15_retry_now_passes_the_backoff_by_and_frees_the_waiting_calls_at_once() {
    let world = World::with_left(Duration::ZERO).await;
    world.server.next(Outcome::Fail(throttled(60)));
    let calls = world.spawn_calls(10);
    pass(secs(2)).await;
    world.session.refresh_now().await;
    let freed = world.clock.elapsed();
    assert_eq!(ok(&join(calls).await), 10);
    assert!(world.clock.elapsed() - freed <= millis(10));
    assert_eq!(world.server.refresh_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn f7_r9_a_lost_reply_is_asked_for_again_with_the_same_refresh_token() {
    let world = World::with_left(Duration::ZERO).await;
    world.server.truth().detects_reuse = false;
    world.server.next(Outcome::LoseReply);
    assert_eq!(ok(&world.calls(10).await), 10);
    assert_eq!(world.server.refreshes(), [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn r9_a_lost_reply_is_mended_promptly_before_anybody_notices() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.truth().detects_reuse = false;
    world.server.next(Outcome::LoseReply);
    world.server.next(Outcome::LoseReply);
    let asked = world.clock.elapsed();
    assert_eq!(ok(&world.calls(10).await), 10);
    assert!(world.clock.elapsed() - asked < millis(900), "{:?}", world.clock.elapsed() - asked);
    assert_eq!(world.server.refreshes(), [1, 1, 1]);
    assert_eq!((world.seen.count("refresh-replayed"), world.seen.count("session-degraded")), (2, 0));
    assert_eq!(
        world.server.arrivals().iter().filter(|call| call.token == 1).count(),
        0,
        "none went with the old token"
    );
}

#[tokio::test(start_paused = true)]
async fn r9_r15_after_three_lost_replies_it_backs_off_and_never_asks_more_than_six_times_in_ten_seconds() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.truth().detects_reuse = false;
    world.server.always(Outcome::LoseReply);
    let begun = world.clock.elapsed();
    while world.clock.elapsed() - begun < secs(10) {
        assert_eq!(ok(&world.calls(1).await), 1, "the token is still valid");
        pass(millis(50)).await;
    }
    let count = world.server.refresh_count();
    assert!((3..=6).contains(&count), "{count} requests in ten seconds");
}

#[tokio::test(start_paused = true)]
async fn f10_a_refusal_of_the_client_keeps_the_session_and_says_so_when_no_valid_token_is_left() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.always(Outcome::Fail(EndpointError::Misconfigured("invalid_client".into())));
    assert_eq!(ok(&world.calls(5).await), 5);
    world.until_left(Duration::ZERO).await;
    let outcomes = world.calls(5).await;
    assert!(
        outcomes.iter().all(
            |outcome| *outcome.as_ref().unwrap_err() == CallError::Misconfigured("invalid_client".into())
        )
    );
    assert_eq!(world.session.status().account.as_deref(), Some("ada"));
    assert_eq!(world.seen.count("session-expired"), 0);
    assert!(!world.vault.holds_nothing());
}

#[tokio::test(start_paused = true)]
async fn f20_a_panic_of_the_endpoint_is_a_typed_error_and_the_next_call_works() {
    let world = World::with_left(Duration::ZERO).await;
    world.server.always(Outcome::Panic);
    assert_eq!(kinds(&world.calls(5).await), [TransientKind::Internal; 5]);
    world.server.always(Outcome::Serve);
    assert_eq!(ok(&world.calls(5).await), 5);
    assert_eq!(world.server.most_refreshes_at_once(), 1);
}

#[tokio::test(start_paused = true)]
async fn f21_a_refresh_that_hangs_ends_at_its_deadline_and_the_calls_at_theirs() {
    let world = World::with_left(Duration::ZERO).await;
    world.server.next(Outcome::Hang);
    let begun = world.clock.elapsed();
    assert_eq!(kinds(&world.calls(5).await), [TransientKind::NoAnswer; 5]);
    assert_eq!(world.clock.elapsed() - begun, secs(10));
    assert_eq!(world.session.status().state, SessionState::Refreshing);
    pass(secs(20) + millis(1)).await;
    assert_eq!(world.session.status().state, SessionState::Degraded);
    assert_eq!(ok(&world.calls(5).await), 5);
    assert_eq!((world.server.refresh_count(), world.server.most_refreshes_at_once()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn r3_a_flight_that_fails_at_once_and_for_long_stays_below_seven_attempts_in_ten_seconds() {
    let policy = RefreshPolicy { call_deadline: secs(3600), ..without_timer() };
    let world = World::with(policy);
    world.sign_in("ada").await.unwrap();
    world.until_left(Duration::ZERO).await;
    world.server.truth().refresh_takes = Duration::ZERO;
    world.server.always(Outcome::Fail(unavailable()));
    let calls = world.spawn_calls(50);
    pass(secs(10)).await;
    assert!(world.server.refresh_count() <= 6, "{}", world.server.refresh_count());
    pass(secs(590)).await;
    let ten_minutes = world.server.refresh_count();
    assert!((12..=40).contains(&ten_minutes), "{ten_minutes} attempts in ten minutes");
    world.server.always(Outcome::Serve);
    assert_eq!(ok(&join(calls).await), 50);
    settle().await;
    assert_eq!(world.session.status().state, SessionState::Fresh);
}

#[tokio::test(start_paused = true)]
async fn r15_retry_now_does_not_put_off_the_attempts_that_come_by_themselves() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.always(Outcome::Fail(unavailable()));
    assert_eq!(ok(&world.calls(1).await), 1);
    let (planned, then) = (world.session.status().outage.unwrap(), world.clock.elapsed());
    for _ in 0..5 {
        world.session.refresh_now().await;
    }
    let outage = world.session.status().outage.unwrap();
    let left = planned.next_attempt_in - (world.clock.elapsed() - then);
    assert_eq!((outage.attempts, outage.next_attempt_in), (planned.attempts, left));
    assert_eq!(world.server.refresh_count(), 6);
}

#[tokio::test(start_paused = true)]
async fn r5_a_call_that_finds_no_server_says_so_at_once_and_the_next_answer_takes_it_back() {
    let world = World::signed_in().await;
    for _ in 0..3 {
        world.call("offline/").await.unwrap_err();
    }
    assert!(world.session.status().trouble.network.is_some());
    assert_eq!(world.session.status().state, SessionState::Fresh);
    assert_eq!(ok(&world.calls(3).await), 3);
    assert!(world.session.status().trouble.network.is_none());
    assert_eq!((world.seen.count("network-lost"), world.seen.count("network-back")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn f10_r5_a_refusal_of_the_client_is_told_at_once_when_no_valid_token_is_left() {
    let world = World::with_left(Duration::ZERO).await;
    world.server.always(Outcome::Fail(EndpointError::Misconfigured("invalid_client".into())));
    let begun = world.clock.elapsed();
    for _ in 0..3 {
        let outcomes = world.calls(5).await;
        let refused = CallError::Misconfigured("invalid_client".into());
        assert!(outcomes.iter().all(|outcome| outcome.as_ref().err() == Some(&refused)));
    }
    assert!(world.clock.elapsed() - begun < millis(100), "{:?}", world.clock.elapsed() - begun);
    assert_eq!(world.server.refresh_count(), 1, "time does not mend it, and nobody asks in a loop");
    assert!(world.session.status().outage.unwrap().offers_sign_in);
}

#[tokio::test(start_paused = true)]
async fn r5_a_server_that_fails_again_and_again_without_a_valid_token_leaves_a_way_out() {
    let offered = |world: &World| world.session.status().outage.is_some_and(|outage| outage.offers_sign_in);
    let world = World::with_left(9 * MINUTE).await;
    world.server.always(Outcome::Fail(unavailable()));
    for _ in 0..8 {
        assert_eq!(ok(&world.calls(1).await), 1);
        pass(secs(60)).await;
    }
    assert!(!offered(&world), "the token is still valid");
    pass(2 * MINUTE).await;
    assert!(offered(&world));

    let world = World::with_left(Duration::ZERO).await;
    world.server.always(Outcome::Fail(unavailable()));
    assert_eq!(ok(&world.calls(1).await), 0);
    assert!(!offered(&world), "ten seconds may be a restart");
    assert_eq!(ok(&world.calls(1).await), 0);
    assert!(offered(&world));
    assert_eq!(world.session.status().account.as_deref(), Some("ada"), "offered, not done");
    world.server.always(Outcome::Serve);
    world.session.refresh_now().await;
    assert!(!offered(&world));

    let world = World::with_left(Duration::ZERO).await;
    world.server.always(Outcome::Fail(throttled(1)));
    for _ in 0..4 {
        assert_eq!(ok(&world.calls(1).await), 0);
    }
    assert!(!offered(&world), "who is asked to wait would wait at the login, too");
}

#[tokio::test(start_paused = true)]
async fn r5_a_call_at_the_very_moment_the_next_attempt_is_due_makes_it() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.next(Outcome::Fail(throttled(30)));
    world.calls(1).await;
    let next = world.session.status().outage.unwrap().next_attempt_in;
    pass(next.saturating_sub(millis(1))).await;
    world.calls(1).await;
    assert_eq!(world.server.refresh_count(), 1);
    let next = world.session.status().outage.unwrap().next_attempt_in;
    pass(next).await;
    world.calls(1).await;
    assert_eq!(world.server.refresh_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn r1_a_refresh_says_whether_a_token_ran_out_or_none_was_there() {
    let world = World::with_left(Duration::ZERO).await;
    assert_eq!(ok(&world.calls(1).await), 1);
    let world = world.restarted().await;
    assert_eq!(ok(&world.calls(1).await), 1);
    let triggers: Vec<_> =
        world.seen.of("refresh-started").iter().map(|started| started["trigger"].clone()).collect();
    assert_eq!(triggers, ["call", "restore"]);
}
