//! R1, R16: clocks that are wrong, jump, or stood still.

use session_engine::SessionState;

use crate::world::{MINUTE, World, ok};

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
