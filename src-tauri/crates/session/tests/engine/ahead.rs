//! R14, R15: the timer that refreshes ahead of the calls, and goes on trying while refreshes fail.

use session_engine::{RefreshPolicy, SessionState, load_dice};

use crate::world::{MINUTE, Outcome, World, pass, secs, throttled, unavailable};

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

#[tokio::test(start_paused = true)]
async fn r14_r15_after_an_outage_the_next_token_is_asked_for_early_once_and_those_after_it_in_their_windows()
{
    load_dice(7);
    let world = with_timer().await;
    world.server.next(Outcome::Fail(unavailable()));
    world.session.refresh_now().await;
    pass(secs(2)).await;
    assert_eq!(world.session.status().state, SessionState::Fresh, "the outage is over");
    let before = world.seen.of("refresh-started").len();
    for minutes in 1..=20 {
        pass(MINUTE).await;
        world.session.note_activity();
        if minutes == 20 {
            let by: Vec<_> =
                world.seen.of("refresh-started")[before..].iter().map(|e| e["trigger"].clone()).collect();
            assert_eq!(by, ["apart"], "early, and once");
        }
    }
    let early = world.seen.of("refresh-started")[before].clone();
    assert!(early["leftMs"].as_i64().unwrap() > 600_000, "the window was not open: {early}");
    assert!(world.left() > 10 * MINUTE);
    world.until_left(10 * MINUTE + secs(1)).await;
    assert_eq!(world.seen.of("refresh-started").len(), before + 1, "the next one waits for its window");
}

#[tokio::test(start_paused = true)]
async fn r14_who_is_turned_away_early_is_in_no_outage_and_asks_again_at_another_moment() {
    load_dice(7);
    let world = with_timer().await;
    world.server.next(Outcome::Fail(unavailable()));
    world.session.refresh_now().await;
    pass(secs(2)).await;
    let (asked, told) = (world.server.refresh_count(), world.seen.count("session-degraded"));
    world.server.always(Outcome::Fail(unavailable()));
    while world.server.refresh_count() == asked {
        pass(secs(30)).await;
        world.session.note_activity();
    }
    assert_eq!(world.session.status().state, SessionState::Fresh, "its token is good for long");
    assert_eq!(world.seen.count("session-degraded"), told);
    pass(secs(25)).await;
    assert_eq!(world.server.refresh_count(), asked + 1, "no second attempt a second later");
}

#[tokio::test(start_paused = true)]
async fn r15_who_is_turned_away_early_and_told_to_wait_does_not_come_before() {
    for seed in 0..16 {
        load_dice(seed); // thrown again, some would come before the five minutes are over
        let world = with_timer().await;
        world.server.next(Outcome::Fail(unavailable()));
        world.session.refresh_now().await;
        pass(secs(2)).await;
        let asked = world.server.refresh_count();
        world.server.always(Outcome::Fail(throttled(300)));
        while world.server.refresh_count() == asked {
            pass(secs(1)).await;
            world.session.note_activity();
        }
        pass(secs(298)).await;
        assert_eq!(world.server.refresh_count(), asked + 1, "dice {seed}");
    }
}
