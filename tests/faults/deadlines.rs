//! F21, P11: a server that is slow, or silent. Nothing waits longer than it may.
//! Not here: how long that is by default (the engine's `policy`, the transport's limits).

use std::time::Duration;

use session_engine::RefreshPolicy;
use session_engine::error::{CallError, SignInError, TransientKind};

use super::mishap::{kind, mishap_with};
use super::wire::{Script, Step, good_json, reply};
use super::world::{World, manners, ok, policy};

/// A second between two bytes, and other ways of not getting to the end.
fn slow() -> Vec<(&'static str, Script)> {
    let second = Duration::from_secs(1);
    let whole = reply(200, "content-type: application/json\r\n", good_json().as_bytes());
    let head = whole[..whole.len() - good_json().len()].to_vec();
    let early = b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec();
    vec![
        ("accepts and reads nothing", vec![Step::Hang]),
        ("reads and says nothing", vec![Step::Hear, Step::Hang]),
        ("says half a head", vec![Step::Hear, Step::Say(whole[..20].to_vec()), Step::Hang]),
        ("says a head only", vec![Step::Hear, Step::Say(head.clone()), Step::Hang]),
        (
            "says all but the last byte",
            vec![Step::Hear, Step::Say(whole[..whole.len() - 1].to_vec()), Step::Hang],
        ),
        ("drips the whole reply", vec![Step::Hear, Step::Drip(whole.clone(), second)]),
        ("drips the body", vec![Step::Hear, Step::Say(head), Step::Drip(good_json().into_bytes(), second)]),
        ("announces for ever", vec![Step::Hear, Step::Drip(early.repeat(1_000), Duration::from_millis(5))]),
    ]
}

fn short() -> RefreshPolicy {
    RefreshPolicy { refresh_timeout: Duration::from_millis(250), ..policy() }
}

#[tokio::test]
async fn f21_a_refresh_that_is_not_answered_in_time_is_given_up_and_asked_again_with_the_same_token() {
    for (name, script) in slow() {
        let cause = mishap_with(short(), script).await;
        assert_eq!(kind(cause), TransientKind::NoAnswer, "{name}");
    }
}

#[tokio::test]
async fn f21_calls_without_a_valid_token_end_at_their_own_deadline_with_a_retryable_error() {
    for (name, script) in slow() {
        let world = World::restored(policy()).await; // the refresh may take longer than a call waits
        world.wire.next(script);
        for outcome in world.calls(4).await {
            let Err(CallError::Unavailable(trouble)) = outcome else { panic!("{name}: {outcome:?}") };
            assert_eq!(trouble.kind, TransientKind::NoAnswer, "{name}");
        }
        assert_eq!((world.kept.refreshes_started(), world.wire.connections()), (1, 1), "{name}");
        world.check();
    }
}

#[tokio::test]
async fn f21_a_sign_in_that_is_not_answered_in_time_is_given_up() {
    for (name, script) in slow() {
        let world = World::new(short(), manners());
        world.wire.next(script);
        let Err(SignInError::Transient(trouble)) = world.sign_in().await else { panic!("{name}") };
        assert_eq!(trouble.kind, TransientKind::NoAnswer, "{name}");
        world.check_quiet();
    }
}

#[tokio::test]
async fn p11_a_call_that_is_answered_too_slowly_ends_after_a_minute() {
    for (name, script) in slow() {
        let world = World::fresh().await;
        world.wire.next(script);
        let call = tokio::spawn({
            let session = world.session.clone();
            async move { session.call(session_engine::ApiRequest::get("notes/")).await }
        });
        while world.wire.connections() < 2 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        tokio::time::pause(); // from here on, time goes by as fast as nothing happens
        let started = now();
        let ended = tokio::time::timeout(Duration::from_secs(90), call).await.expect("this hangs").unwrap();
        let Err(CallError::Unavailable(trouble)) = ended else { panic!("{name}") };
        let took = now() - started;
        assert_eq!(trouble.kind, TransientKind::NoAnswer, "{name}");
        assert!((55..=60).contains(&took.as_secs()), "{name}: {took:?}");
        tokio::time::resume();
        assert_eq!(ok(&world.calls(1).await), 1);
        world.check();
    }
}

#[expect(clippy::disallowed_methods, reason = "tokio's own time, which the test stops")]
fn now() -> tokio::time::Instant {
    tokio::time::Instant::now()
}
