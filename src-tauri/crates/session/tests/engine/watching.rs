//! R17, P1: who watches is told in order, may ask back, breaks nothing, and learns no secret.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use session_engine::error::CallError;
use session_engine::event::SessionEvent;
use session_engine::ports::EndpointError;
use session_engine::{ApiRequest, CallPhase, SessionState};

use crate::world::{MINUTE, Outcome, World, dead, millis, ok, pass, secs, settle, unavailable};

#[tokio::test(start_paused = true)]
async fn r17_an_observer_may_ask_the_session_everything_and_start_a_call_from_within_an_event() {
    let world = World::with_left(9 * MINUTE).await;
    let (asked, called) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (session, count, once) = (world.session.clone(), Arc::clone(&asked), Arc::clone(&called));
    world.seen.at_each(move |record| {
        let (status, events) = (session.status(), session.events());
        assert!(status.seq >= record.seq && events.iter().any(|event| event.seq == record.seq));
        count.fetch_add(usize::from(session.counters().calls > 0), Ordering::SeqCst);
        if matches!(record.event, SessionEvent::RefreshStarted { .. }) && !once.swap(true, Ordering::SeqCst) {
            let session = session.clone();
            tokio::spawn(async move { session.call(ApiRequest::get("from-within/")).await });
        }
    });
    assert_eq!(ok(&world.calls(20).await), 20);
    settle().await;
    world.server.end_all_families();
    world.session.refresh_now().await;
    world.session.sign_out(false).await;
    pass(millis(100)).await;
    assert_eq!(asked.load(Ordering::SeqCst), world.seen.all().len() - 1, "all but the sign-in's");
    assert_eq!(world.server.arrivals().iter().filter(|call| call.path == "from-within/").count(), 1);
    assert_eq!(world.server.refresh_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn r17_a_panic_of_the_observer_breaks_nothing() {
    let world = World::with_left(9 * MINUTE).await;
    world.seen.at_each(|_| std::panic::resume_unwind(Box::new("the observer broke")));
    assert_eq!(ok(&world.calls(20).await), 20);
    assert_eq!(world.server.refresh_count(), 1);
    world.sign_in("bob").await.unwrap();
    world.session.sign_out(false).await;
    assert!(world.vault.holds_nothing());
}

#[tokio::test(start_paused = true)]
async fn r2_the_story_of_a_paused_call_is_told_in_order_and_numbered_without_a_gap() {
    let world = World::with_left(9 * MINUTE).await;
    let phases = Mutex::new(Vec::new());
    let reply = world
        .session
        .call_watched(ApiRequest::get("notes/"), &|phase| phases.lock().unwrap().push(phase))
        .await
        .unwrap();
    assert_eq!(
        world.seen.kinds(),
        [
            "signed-in",
            "call-checked",
            "call-waiting",
            "refresh-started",
            "refresh-succeeded",
            "call-sent",
            "call-finished"
        ]
    );
    let numbers: Vec<_> = world.seen.all().iter().map(|record| record.seq).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
    let generations: Vec<_> = world.seen.all().iter().map(|record| record.generation).collect();
    assert_eq!(generations, [1, 1, 1, 1, 2, 2, 2]);
    let (waiting, started, sent) = (
        &world.seen.of("call-waiting")[0],
        &world.seen.of("refresh-started")[0],
        &world.seen.of("call-sent")[0],
    );
    assert_eq!(waiting["refresh"], started["refresh"]);
    assert_eq!(sent["withGeneration"], 2);
    assert_eq!(reply.generation.get(), 2);
    let phases = phases.into_inner().unwrap();
    assert!(matches!(phases[..], [CallPhase::Waiting { .. }, CallPhase::Sending { .. }]), "{phases:?}");
}

#[tokio::test(start_paused = true)]
async fn r1_who_watches_a_call_that_does_not_pause_is_told_of_no_pause() {
    let world = World::signed_in().await;
    let phases = Mutex::new(Vec::new());
    let note = |phase| phases.lock().unwrap().push(phase);
    assert!(world.session.call_watched(ApiRequest::get("notes/"), &note).await.is_ok());
    assert_eq!(phases.into_inner().unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn r17_the_black_box_is_bounded_and_its_numbers_go_on() {
    let world = World::signed_in().await;
    for _ in 0..4 {
        world.calls(100).await;
    }
    let events = world.session.events();
    assert_eq!(events.len(), session_engine::BLACK_BOX_EVENTS);
    assert!(events.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1));
    assert_eq!(world.session.status().seq, events.last().unwrap().seq);
    assert_eq!(world.session.counters().calls, 400);
}

#[tokio::test(start_paused = true)]
async fn p1_no_event_no_error_and_no_status_holds_a_token_or_a_part_of_one() {
    let world = World::new();
    world.server.truth().user = Some(r#"{"first_name":"Ada"}"#.into());
    let mut told = Vec::new();
    world.sign_in("ada").await.unwrap();
    for outcome in [
        Outcome::Serve,
        Outcome::Fail(unavailable()),
        Outcome::Fail(EndpointError::Misconfigured("invalid_client".into())),
        Outcome::Panic,
        Outcome::LoseReply,
        Outcome::Fail(dead()),
    ] {
        world.server.always(outcome);
        world.session.refresh_now().await;
        told.push(format!("{:?}", world.session.status()));
        world.server.refuse_all_access_tokens();
        for path in ["notes/", "offline/", "always-401/", "http://elsewhere/"] {
            let outcome = world.call(path).await;
            told.push(format!(
                "{outcome:?} {}",
                outcome.as_ref().err().map_or_else(String::new, ToString::to_string)
            ));
        }
        world.sign_in("ada").await.unwrap();
    }
    world.vault.fails();
    world.session.refresh_now().await;
    world.session.sign_out(false).await;
    pass(secs(4)).await;
    told.push(format!("{:?}", world.sign_in("").await));
    told.extend(
        world
            .seen
            .all()
            .iter()
            .map(|record| format!("{record:?} {}", serde_json::to_string(record).unwrap())),
    );
    let (told, secrets) = (told.join("\n"), world.server.secrets());
    assert!(secrets.len() >= 14 && told.len() > 10_000, "{} secrets, {} bytes", secrets.len(), told.len());
    for secret in &secrets {
        for part in secret.as_bytes().windows(16) {
            let part = std::str::from_utf8(part).unwrap();
            assert!(!told.contains(part), "{part} of {secret}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r5_a_call_that_finds_no_server_is_a_retryable_error_and_no_reason_to_refresh() {
    let world = World::signed_in().await;
    assert!(matches!(world.call("offline/").await, Err(CallError::Unavailable(_))));
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (0, 1));
    assert_eq!(world.session.status().state, SessionState::Fresh);
    assert_eq!(world.seen.of("call-failed")[0]["code"], "offline");
}

#[tokio::test(start_paused = true)]
async fn p1_the_black_box_can_be_exported_and_holds_no_name_and_no_token() {
    let world = World::with_left(9 * MINUTE).await;
    assert_eq!(ok(&world.calls(20).await), 20);
    world.session.sign_out(false).await;
    let text = world.session.export();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (lines.len() - 1, &lines[0]["counters"]["shared"]),
        (world.session.events().len(), &19.into())
    );
    assert!(lines.iter().any(|line| line["kind"] == "refresh-succeeded" && line["callers"] == 20));
    assert!(text.contains("account-1") && !text.contains("ada"));
    assert!(world.server.secrets().iter().all(|secret| !text.contains(secret)));
}
