//! R1, R16: clocks that are wrong, jump, or stood still.

use session_engine::SessionState;

use crate::world::{MINUTE, World, ok, pass, secs};

const YEAR: i64 = 365 * 24 * 3600;

#[tokio::test(start_paused = true)]
async fn f13_a_new_token_that_looks_expired_is_used_and_said_once_and_does_not_loop() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.truth().date_error_ms = 3_600_000;
    assert_eq!(ok(&world.calls(20).await), 20);
    assert_eq!((world.server.refresh_count(), world.seen.count("clock-suspect")), (1, 1));
    assert!(world.session.status().trouble.clock.is_some());
    for _ in 0..5 {
        assert_eq!(ok(&world.calls(20).await), 20);
    }
    assert_eq!((world.server.refresh_count(), world.seen.count("clock-suspect")), (1, 1));
    world.server.truth().date_error_ms = 0;
    world.session.refresh_now().await;
    assert_eq!(world.session.status().trouble.clock, None);
}

#[tokio::test(start_paused = true)]
async fn f27_a_jump_of_the_wall_clock_costs_one_refresh_at_most_and_signs_nobody_out() {
    for seconds in [3600, -3600, YEAR, -YEAR] {
        let world = World::signed_in().await;
        world.clock.set_wall(seconds);
        for _ in 0..3 {
            assert_eq!(ok(&world.calls(10).await), 10, "{seconds} s");
        }
        assert!(world.server.refresh_count() <= 1, "{seconds} s: {} refreshes", world.server.refresh_count());
        assert_eq!(world.session.status().state, SessionState::Fresh, "{seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn f27_a_wall_clock_that_was_set_is_told_once_and_is_over_with_the_next_token() {
    for seconds in [3600, -3600, YEAR, -YEAR] {
        let world = World::signed_in().await;
        assert_eq!(ok(&world.calls(1).await), 1);
        world.clock.set_wall(seconds);
        let told = || world.session.status().trouble.clock;
        assert_eq!(told(), None, "nobody has looked yet");
        assert_eq!(ok(&world.calls(1).await), 1);
        assert_eq!(world.seen.count("clock-jumped"), 1, "{seconds} s");
        assert_eq!(world.seen.of("clock-jumped")[0]["byMs"], seconds * 1000);
        // Forward, the token looks over and is renewed at once; back, the other clock decides.
        assert_eq!(told().is_some(), seconds < 0, "{seconds} s");
        world.session.refresh_now().await;
        assert_eq!((told(), world.seen.count("clock-settled")), (None, 1), "{seconds} s");
        assert_eq!(ok(&world.calls(5).await), 5);
        assert_eq!(world.seen.count("clock-jumped"), 1, "{seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn f27_r14_the_timer_sees_a_wall_clock_that_was_set_without_a_call_and_a_suspend_is_none() {
    let world = World::with(session_engine::RefreshPolicy::default());
    world.sign_in("ada").await.unwrap();
    world.clock.suspend(8 * 3600);
    pass(secs(31)).await;
    assert_eq!(world.seen.count("clock-jumped"), 0);
    world.clock.set_wall(-7200);
    pass(secs(31)).await;
    assert_eq!(world.seen.count("clock-jumped"), 1);
    assert!(world.session.status().trouble.clock.unwrap().contains("back by 2 h"));
}

#[tokio::test(start_paused = true)]
async fn f27_after_eight_hours_of_suspend_the_first_calls_share_one_refresh() {
    let world = World::signed_in().await;
    world.clock.suspend(8 * 3600);
    assert_eq!(ok(&world.calls(50).await), 50);
    assert_eq!(world.server.refresh_count(), 1);
    assert!(world.server.arrivals().iter().all(|call| call.token == 2));
}

#[tokio::test(start_paused = true)]
async fn f27_a_wall_clock_set_back_during_a_suspend_does_not_prolong_a_token() {
    let world = World::signed_in().await;
    world.clock.suspend(8 * 3600);
    world.clock.set_wall(-8 * 3600);
    assert_eq!(ok(&world.calls(10).await), 10);
    assert!(world.server.arrivals().iter().all(|call| call.token == 2));
}

#[tokio::test(start_paused = true)]
async fn r1_a_computer_that_is_a_year_off_from_the_start_keeps_its_session_as_any_other() {
    for (says_date, seconds) in [(true, YEAR), (true, -YEAR), (false, YEAR), (false, -YEAR)] {
        let world = World::new();
        world.clock.set_wall(seconds);
        world.server.truth().says_date = says_date;
        world.sign_in("ada").await.unwrap();
        world.until_left(10 * MINUTE).await;
        assert_eq!(ok(&world.calls(10).await), 10);
        assert_eq!(world.server.refresh_count(), 0);
        world.until_left(9 * MINUTE).await;
        assert_eq!(ok(&world.calls(10).await), 10);
        assert_eq!((world.server.refresh_count(), world.seen.count("clock-suspect")), (1, 0));
    }
}
