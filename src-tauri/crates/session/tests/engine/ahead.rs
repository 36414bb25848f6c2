//! R14, R15: the timer that refreshes ahead of the calls, and goes on trying while refreshes fail.

use session_engine::{RefreshPolicy, SessionState};

use crate::world::{MINUTE, Outcome, World, pass, secs, unavailable};

async fn with_timer() -> World {
    let world = World::with(RefreshPolicy::default());
    world.sign_in("ada").await.unwrap();
    world
}

#[tokio::test(start_paused = true)]
async fn r14_a_token_is_refreshed_once_in_the_first_half_of_its_window_without_any_call() {
    let world = with_timer().await;
    pass(20 * MINUTE - secs(1)).await;
    assert_eq!(world.server.refresh_count(), 0);
    pass(5 * MINUTE + secs(31)).await;
    assert_eq!(
        (world.server.refresh_count(), world.seen.of("refresh-started")[0]["trigger"].clone()),
        (1, "timer".into())
    );
    assert_eq!(world.session.status().state, SessionState::Fresh);
}

#[tokio::test(start_paused = true)]
async fn r14_after_half_an_hour_without_a_sign_of_life_nothing_is_refreshed_and_the_next_sign_wakes_it() {
    let world = with_timer().await;
    let quiet = RefreshPolicy::default().idle_after;
    pass(quiet + 8 * 60 * MINUTE).await;
    let while_away = world.server.refresh_count();
    assert!(while_away <= 1, "{while_away} refreshes while nobody was there");
    world.session.note_activity();
    pass(secs(31)).await;
    assert_eq!(world.server.refresh_count(), while_away + 1);
}

#[tokio::test(start_paused = true)]
async fn r14_a_suspend_is_noticed_within_a_poll_and_costs_one_refresh() {
    let world = with_timer().await;
    pass(MINUTE).await;
    world.clock.suspend(25 * 60);
    pass(secs(31)).await;
    assert_eq!(world.server.refresh_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn r15_while_refreshes_fail_the_timer_tries_again_by_itself_and_the_session_recovers_without_a_call() {
    let world = with_timer().await;
    world.server.always(Outcome::Fail(unavailable()));
    world.session.refresh_now().await;
    assert_eq!(world.session.status().state, SessionState::Degraded);
    pass(secs(10)).await;
    let attempts = world.server.refresh_count();
    assert!((4..=6).contains(&attempts), "{attempts} attempts in ten seconds");
    world.server.always(Outcome::Serve);
    pass(secs(61)).await;
    assert_eq!(world.session.status().state, SessionState::Fresh);
    assert_eq!(world.seen.of("session-recovered").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn r14_the_timer_does_not_outlive_its_session() {
    let World { session, server, .. } = with_timer().await;
    drop(session);
    pass(60 * MINUTE).await;
    assert_eq!(server.refresh_count(), 0);
}
