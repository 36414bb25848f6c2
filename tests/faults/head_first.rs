//! A reply whose head comes first and whose body comes later: who watches is told of the head while the body is on the way.
//! Not here: how long either may take (`deadlines`).

use std::time::Duration;

use session_engine::ApiRequest;
use session_engine::error::CallError;
use session_engine::event::SessionEvent;

use super::wire::{Script, Step, reply};
use super::world::{World, ok, soon};

const BODY: &[u8] = br#"{"notes":[1,2,3]}"#;
const LATER: Duration = Duration::from_millis(150);

/// Says the head, and then goes on like this.
fn head_then(rest: Vec<Step>) -> Script {
    let whole = reply(200, "content-type: application/json\r\n", BODY);
    let head = whole[..whole.len() - BODY.len()].to_vec();
    [vec![Step::Hear, Step::Say(head)], rest].concat()
}

/// What was told of calls, in order, with its time.
fn told(world: &World) -> Vec<(&'static str, i64)> {
    let name = |event: &SessionEvent| match event {
        SessionEvent::CallChecked { .. } => Some("checked"),
        SessionEvent::CallWaiting { .. } => Some("waiting"),
        SessionEvent::CallSent { .. } => Some("sent"),
        SessionEvent::CallAnswered { status: 200, .. } => Some("answered"),
        SessionEvent::CallFinished { .. } => Some("finished"),
        SessionEvent::CallFailed { .. } => Some("failed"),
        _ => None,
    };
    world.kept.events().iter().filter_map(|record| Some((name(&record.event)?, record.at_ms))).collect()
}

fn names(world: &World) -> Vec<&'static str> {
    told(world).into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn a_call_is_told_as_sent_then_answered_then_finished_when_its_head_comes_first() {
    let world = World::fresh().await;
    world.wire.next(head_then(vec![Step::Pause(LATER), Step::Say(BODY.to_vec())]));
    assert_eq!(ok(&world.calls(1).await), 1);
    let told = told(&world);
    assert_eq!(names(&world), ["checked", "sent", "answered", "finished"]);
    let received = told[3].1 - told[2].1;
    assert!(received >= 140, "the body came {LATER:?} after the head, and {received} ms were told");
    world.check();
}

#[tokio::test]
async fn the_head_is_told_of_while_the_body_is_still_on_the_way() {
    let world = World::fresh().await;
    world.wire.next(head_then(vec![Step::Hang]));
    let session = world.session.clone();
    let call = tokio::spawn(async move { session.call(ApiRequest::get("notes/")).await });
    soon(async {
        while names(&world) != ["checked", "sent", "answered"] {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
    assert!(!call.is_finished());
    call.abort();
    world.check();
}

#[tokio::test]
async fn a_body_that_breaks_off_after_its_head_fails_the_call_that_was_answered() {
    let world = World::fresh().await;
    world.wire.next(head_then(vec![Step::Pause(LATER), Step::Reset]));
    let outcome = world.calls(1).await;
    assert!(matches!(outcome[..], [Err(CallError::Unavailable(_))]), "{outcome:?}");
    assert_eq!(names(&world), ["checked", "sent", "answered", "failed"]);
    world.check();
}

#[tokio::test]
async fn a_reply_that_comes_in_one_piece_is_not_told_in_two() {
    let world = World::fresh().await;
    assert_eq!(ok(&world.calls(5).await), 5);
    let names = names(&world);
    assert_eq!(names.iter().filter(|name| **name == "finished").count(), 5);
    assert!(!names.contains(&"answered"), "{names:?}");
}
