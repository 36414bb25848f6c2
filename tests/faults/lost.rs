//! F6, F7, R9: the connection breaks, anywhere between the first byte and the last.
//! Not here: connections that were used before (`pooled`).

use std::time::Duration;

use futures::future::join_all;
use session_engine::SessionState;
use session_engine::error::{CallError, TransientKind};

use super::mishap::{lost, works_again};
use super::wire::{Script, Step, good_json, reply};
use super::world::{World, ok};

/// Breaks off an honest reply after so many bytes.
fn cut(at: usize, end: Step) -> Script {
    let mut whole = reply(200, "content-type: application/json\r\n", good_json().as_bytes());
    whole.truncate(at);
    vec![Step::Hear, Step::Say(whole), Step::Pause(Duration::from_millis(20)), end]
}

#[tokio::test]
async fn f6_a_reset_before_any_byte_is_mended_or_loses_nothing() {
    lost(vec![Step::Reset]).await;
}

#[tokio::test]
async fn f7_r9_a_reset_after_the_request_is_mended_or_loses_nothing() {
    lost(vec![Step::Hear, Step::Reset]).await;
}

#[tokio::test]
async fn f7_r9_a_close_without_a_word_is_mended_or_loses_nothing() {
    lost(vec![Step::Hear]).await;
    lost(vec![]).await;
}

#[tokio::test]
async fn f7_r9_a_reply_that_breaks_off_at_any_place_is_mended_or_loses_nothing() {
    let whole = reply(200, "content-type: application/json\r\n", good_json().as_bytes()).len();
    let places = [1, 8, 15, 40, whole - good_json().len(), whole - 40, whole - 1];
    let ends = [Step::Reset, Step::Pause(Duration::ZERO)];
    join_all(places.iter().flat_map(|at| ends.iter().map(|end| lost(cut(*at, end.clone()))))).await;
}

#[tokio::test]
async fn a_reset_after_a_whole_reply_is_no_failure() {
    let world = World::due().await;
    world.wire.next(vec![Step::Hear, Step::Answer, Step::Reset]);
    assert_eq!(ok(&world.calls(8).await), 8);
    assert_eq!((world.wire.heard("refresh/").len(), world.wire.heard("notes/").len()), (1, 8));
    assert!(world.session.status().outage.is_none());
    world.check();
}

#[tokio::test]
async fn f7_r9_a_server_that_rotated_and_could_not_say_so_is_asked_with_the_same_token_until_it_can() {
    let world = World::due().await;
    for lost in [vec![Step::Hear, Step::Reset], cut(30, Step::Reset), vec![Step::Hear]] {
        world.wire.next(lost);
    }
    assert_eq!(ok(&world.calls(1).await), 1);
    world.wire.next(cut(90, Step::Reset));
    world.session.refresh_now().await;
    assert_eq!(world.state(), SessionState::Degraded);
    works_again(&world).await;
    let asked = world.wire.heard("refresh/");
    assert_eq!(asked.len(), 5);
    assert!(asked.iter().all(|heard| heard.body == asked[0].body), "the same token five times");
}

#[tokio::test]
async fn an_api_call_whose_connection_breaks_gets_a_retryable_error_is_not_sent_twice_and_the_next_works() {
    for script in [vec![Step::Reset], vec![Step::Hear, Step::Reset], vec![Step::Hear], cut(60, Step::Reset)] {
        let world = World::fresh().await;
        world.wire.next(script);
        let Err(CallError::Unavailable(trouble)) = world.call("notes/").await else { panic!("no error") };
        assert_eq!(trouble.kind, TransientKind::ConnectionLost);
        assert_eq!(world.wire.connections(), 2, "the sign-in and the call");
        assert_eq!(ok(&world.calls(1).await), 1);
        assert_eq!(world.kept.refreshes_started(), 0);
        world.check();
    }
}
