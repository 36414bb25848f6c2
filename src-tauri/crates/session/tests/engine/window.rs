//! R1, R2, R4: when a call pauses, for how long, and what it goes with.

use session_engine::error::{CallError, TransientKind};
use session_engine::{RefreshPolicy, SessionState, WhenDue};
use std::time::Duration;

use crate::world::{MINUTE, World, join, millis, ok, pass, secs, settle, without_timer};

#[tokio::test(start_paused = true)]
async fn f1_two_hundred_calls_at_nine_minutes_left_share_one_refresh_and_none_goes_with_the_old_token() {
    let world = World::with_left(9 * MINUTE).await;
    let outcomes = world.calls(200).await;
    assert_eq!(ok(&outcomes), 200);
    assert_eq!(world.server.refresh_count(), 1);
    let arrivals = world.server.arrivals();
    assert_eq!(arrivals.len(), 200);
    assert!(arrivals.iter().all(|call| call.token == 2));
    let counters = world.session.counters();
    assert_eq!((counters.calls, counters.refreshes, counters.shared, counters.failures), (200, 1, 199, 0));
    assert_eq!(world.seen.of("refresh-succeeded")[0]["callers"], 200);
}

#[tokio::test(start_paused = true)]
async fn f2_ten_minutes_left_is_no_refresh_and_one_second_less_is_one() {
    let world = World::with_left(10 * MINUTE).await;
    assert_eq!(ok(&world.calls(1).await), 1);
    assert_eq!(world.server.refresh_count(), 0);
    let world = World::with_left(10 * MINUTE - secs(1)).await;
    assert_eq!(ok(&world.calls(1).await), 1);
    assert_eq!(world.server.refresh_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn r2_a_call_pauses_five_seconds_at_most_while_the_refresh_goes_on_and_is_adopted() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.hold_refreshes();
    let calls = world.spawn_calls(3);
    pass(millis(4_990)).await;
    assert_eq!(world.server.arrivals().len(), 0);
    pass(millis(20)).await;
    assert_eq!(world.server.arrivals().iter().map(|call| call.token).collect::<Vec<_>>(), [1, 1, 1]);
    let outcomes = join(calls).await;
    assert_eq!(ok(&outcomes), 3);
    assert!(outcomes.iter().flatten().all(|reply| reply.waited == secs(5)));
    assert!(world.seen.of("call-sent").iter().all(|sent| sent["without"] == "refresh-late"));
    assert_eq!(world.session.status().state, SessionState::Refreshing);
    world.server.let_refreshes_go();
    settle().await;
    settle().await;
    assert_eq!(world.session.status().state, SessionState::Fresh);
    world.call("notes/").await.unwrap();
    assert_eq!(world.server.arrivals().last().unwrap().token, 2);
    assert_eq!(world.server.refresh_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn r2_a_pause_that_may_be_shorter_than_a_slow_refresh_ends_in_time_too() {
    let world = World::with(RefreshPolicy { pause_at_most: millis(300), ..without_timer() });
    world.sign_in("ada").await.unwrap();
    world.until_left(9 * MINUTE).await;
    world.server.hold_refreshes();
    let reply = world.call("notes/").await.unwrap();
    assert_eq!((reply.waited, reply.generation.get()), (millis(300), 1));
}

#[tokio::test(start_paused = true)]
async fn r2_a_pause_ends_with_the_tokens_life_and_the_deadline_of_a_call_without_one_counts_from_there() {
    let world = World::with_left(secs(2)).await;
    world.server.hold_refreshes();
    let begun = world.clock.elapsed();
    let outcome = world.call("notes/").await;
    assert!(
        matches!(&outcome, Err(CallError::Unavailable(why)) if why.kind == TransientKind::NoAnswer),
        "{outcome:?}"
    );
    assert_eq!(world.clock.elapsed() - begun, secs(12));
    assert_eq!((world.server.arrivals().len(), world.server.refresh_count()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn r2_in_the_background_no_call_pauses_and_the_next_goes_with_the_new_token() {
    let policy = RefreshPolicy { when_due: WhenDue::Background, ..without_timer() };
    let world = World::with(policy);
    world.sign_in("ada").await.unwrap();
    world.until_left(9 * MINUTE).await;
    let outcomes = world.calls(10).await;
    assert!(outcomes.iter().flatten().all(|reply| reply.waited == Duration::ZERO));
    assert!(world.server.arrivals().iter().all(|call| call.token == 1));
    pass(millis(100)).await;
    world.call("notes/").await.unwrap();
    assert_eq!(world.server.arrivals().last().unwrap().token, 2);
    assert_eq!(world.server.refresh_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn r16_a_thousand_calls_in_a_row_on_five_minute_tokens_need_one_refresh_at_most() {
    let world = World::new();
    world.server.truth().life = 5 * MINUTE;
    world.sign_in("ada").await.unwrap();
    for _ in 0..1000 {
        assert_eq!(world.call("notes/").await.unwrap().response.status(), 200);
        pass(millis(120)).await;
    }
    assert_eq!(world.server.refresh_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn r16_a_window_of_the_whole_life_does_not_refresh_on_every_call() {
    for (life, most) in [(300, 0), (1, 60)] {
        let world = World::with(RefreshPolicy { window_fraction: 1.0, ..without_timer() });
        world.server.truth().life = secs(life);
        world.sign_in("ada").await.unwrap();
        for _ in 0..1000 {
            assert_eq!(world.call("notes/").await.unwrap().response.status(), 200);
        }
        let refreshes = world.server.refresh_count();
        assert!(refreshes <= most, "tokens of {life} s: {refreshes} refreshes for 1000 calls in 5 s");
    }
}

#[tokio::test(start_paused = true)]
async fn r16_a_new_token_that_is_due_before_it_can_be_used_is_used_and_not_refreshed_again_by_the_same_call()
{
    let world = World::new();
    world.server.truth().life = secs(1);
    world.sign_in("ada").await.unwrap();
    pass(secs(2)).await;
    world.vault.slow(millis(500));
    assert_eq!(ok(&world.calls(10).await), 10);
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (1, 10));
}

#[tokio::test(start_paused = true)]
async fn r16_a_token_that_is_over_before_it_can_be_used_ends_in_an_answer_after_two_refreshes() {
    let world = World::new();
    world.server.truth().life = millis(1);
    world.sign_in("ada").await.unwrap();
    pass(secs(1)).await;
    world.vault.slow(millis(5));
    let reply = world.call("notes/").await.unwrap();
    assert_eq!(reply.response.status(), 401);
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn r1_of_a_token_that_is_over_status_and_events_tell_for_how_long_and_the_session_is_only_due() {
    let world = World::with_left(Duration::ZERO).await;
    pass(secs(752)).await;
    let status = world.session.status();
    assert_eq!((status.state, status.token.unwrap().left_ms), (SessionState::Due, Some(-752_000)));
    assert_eq!(ok(&world.calls(1).await), 1);
    for kind in ["call-checked", "refresh-started", "refresh-succeeded"] {
        assert_eq!(world.seen.of(kind)[0]["leftMs"], -752_000, "{kind}");
    }
}
