//! R6: what is known of the refresh token's end is shown, and nothing is decided by it.
//! Not here: the end itself, which the server says (`ending`).

use std::time::Duration;

use session_engine::{AccessToken, RefreshToken, SessionState};

use crate::world::{MINUTE, World, ok, pass};

const WEEK: Duration = Duration::from_secs(7 * 86_400);

fn left(world: &World) -> Option<Duration> {
    world.session.status().token.unwrap().refresh_left
}

async fn told(life: Option<Duration>, rotates: bool) -> World {
    let world = World::new();
    (world.server.truth().refresh_life, world.server.truth().rotates) = (life, rotates);
    world.sign_in("ada").await.unwrap();
    world
}

#[tokio::test(start_paused = true)]
async fn r6_the_end_that_a_reply_tells_counts_down_and_a_rotation_tells_the_next() {
    let world = told(Some(WEEK), true).await;
    assert_eq!(left(&world), Some(WEEK));
    pass(5 * MINUTE).await;
    assert_eq!(left(&world), Some(WEEK - 5 * MINUTE));
    world.session.refresh_now().await;
    assert_eq!(left(&world), Some(WEEK), "the new token has a life of its own");
    assert_eq!(world.session.status().token.unwrap().refresh_lifetime, Some(WEEK));
}

#[tokio::test(start_paused = true)]
async fn r8_of_a_refresh_token_that_stays_the_end_stays_known() {
    let world = told(Some(WEEK), false).await;
    world.server.truth().refresh_life = None; // a refresh without a refresh token says nothing of its life
    let begun = world.clock.elapsed();
    pass(5 * MINUTE).await;
    world.session.refresh_now().await;
    assert_eq!(world.server.refresh_count(), 1);
    assert_eq!(left(&world), Some(WEEK - (world.clock.elapsed() - begun)));
}

#[tokio::test(start_paused = true)]
async fn r6_of_an_opaque_token_without_a_word_the_end_is_not_known_and_none_is_made_up() {
    let world = told(None, true).await;
    assert_eq!(left(&world), None);
    world.server.truth().refresh_life = Some(WEEK);
    world.session.refresh_now().await;
    assert_eq!(left(&world), Some(WEEK));
    world.server.truth().refresh_life = None;
    world.session.refresh_now().await;
    assert_eq!(left(&world), None, "what was known was of the token before");
}

#[tokio::test(start_paused = true)]
async fn r6_an_end_that_has_passed_ends_nothing_the_server_is_asked_and_its_word_counts() {
    let world = told(Some(MINUTE), true).await;
    pass(25 * MINUTE).await;
    assert_eq!(left(&world), Some(Duration::ZERO));
    assert_ne!(world.session.status().state, SessionState::Expired);
    assert_eq!(ok(&world.calls(20).await), 20);
    assert_eq!(world.server.refresh_count(), 1);
    assert!(world.seen.of("session-expired").is_empty());
}

#[test]
fn r6_a_refresh_token_that_is_a_jwt_tells_its_end_itself() {
    let jwt = "eyJhbGciOiJub25lIn0.eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDYwNDgwMH0.c2lnbmF0dXJl";
    let times = RefreshToken::new(jwt.to_owned()).unwrap().times();
    assert_eq!((times.issued_at_ms, times.expires_at_ms), (Some(1_700_000_000_000), Some(1_700_604_800_000)));
    assert_eq!(times, AccessToken::new(jwt).unwrap().times());
    for opaque in ["opaque", "a.b.c", "eyJhbGciOiJub25lIn0.bm90IGpzb24.c2ln"] {
        assert_eq!(RefreshToken::new(opaque.into()).unwrap().times(), session_engine::TimeClaims::default());
    }
}
