//! Connections that serve more than one request, and what a server can do with those.
//! Not here: a connection that breaks at its first request (`lost`).

use std::time::Duration;

use session_engine::SessionState;
use session_engine::error::CallError;

use super::mishap::works_again;
use super::wire::{Manners, Step, reply};
use super::world::{World, body, manners, ok, policy};

#[tokio::test]
async fn r9_nothing_that_is_lost_on_a_reused_connection_is_sent_again_behind_our_back() {
    let lost = vec![Step::Hear, Step::Answer, Step::Hear, Step::Reset];
    let reused = Manners { keep_alive: true, ..manners() };
    let world = World::new(policy(), Manners { login_left: 540, ..reused.clone() });
    world.wire.next(lost.clone());
    world.wire.next(vec![Step::Hear, Step::Reset]);
    world.wire.next(vec![Step::Hear, Step::Reset]);
    world.sign_in().await.unwrap();
    assert_eq!(ok(&world.calls(4).await), 4);
    assert_eq!(world.wire.heard("refresh/").len(), 3, "the engine's three tries");
    assert_eq!(world.state(), SessionState::Degraded);
    works_again(&world).await;

    let world = World::new(policy(), reused);
    world.wire.next(lost);
    world.sign_in().await.unwrap();
    assert!(matches!(world.call("notes/").await, Err(CallError::Unavailable(_))));
    assert_eq!(world.wire.heard("notes/").len(), 1);
    assert_eq!(ok(&world.calls(1).await), 1);
    world.check();
}

#[tokio::test]
async fn a_connection_that_the_server_ended_while_it_was_idle_is_not_used_again() {
    for end in [Step::Reset, Step::Pause(Duration::ZERO)] {
        let world = World::new(policy(), Manners { keep_alive: true, ..manners() });
        world.wire.next(vec![Step::Hear, Step::Answer, Step::Pause(Duration::from_millis(20)), end]);
        world.sign_in().await.unwrap();
        tokio::time::sleep(Duration::from_millis(80)).await;
        assert_eq!(ok(&world.calls(1).await), 1);
        assert_eq!((world.wire.connections(), world.wire.heard("notes/").len()), (2, 1));
        world.check();
    }
}

#[tokio::test]
async fn two_replies_to_one_request_do_not_make_the_second_one_the_answer_to_another() {
    let stray = reply(200, "content-type: application/json\r\n", br#"{"stray":true}"#);
    let first = reply(200, "content-type: application/json\r\n", br#"{"first":true}"#);
    for gap in [Duration::ZERO, Duration::from_millis(20)] {
        let world = World::fresh().await;
        let (first, stray) = (first.clone(), stray.clone());
        world.wire.next(match gap {
            Duration::ZERO => vec![Step::Hear, Step::Say([first, stray].concat()), Step::Hang],
            gap => vec![Step::Hear, Step::Say(first), Step::Pause(gap), Step::Say(stray), Step::Hang],
        });
        assert_eq!(&body(&world.call("notes/").await.unwrap())[..], br#"{"first":true}"#);
        tokio::time::sleep(gap * 2).await;
        for _ in 0..3 {
            assert_eq!(&body(&world.call("notes/").await.unwrap())[..], br#"{"honest":true}"#);
        }
        world.check();
    }
}
