//! R6: how a session ends by itself, exactly once.

use futures::FutureExt;
use session_engine::SessionState;
use session_engine::error::{CallError, ExpiryCode};

use crate::world::{MINUTE, Outcome, Outcomes, World, dead, join, ok, pass, secs, settle, unavailable};

fn expired(outcomes: &Outcomes) -> usize {
    outcomes.iter().filter(|outcome| matches!(outcome, Err(CallError::SessionExpired(_)))).count()
}

#[tokio::test(start_paused = true)]
async fn f9_a_dead_refresh_token_ends_the_session_once_and_no_paused_call_is_sent() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.end_all_families();
    assert_eq!(expired(&world.calls(50).await), 50);
    settle().await;
    assert_eq!(world.server.arrivals().len(), 0);
    assert_eq!((world.seen.count("session-expired"), world.server.refresh_count()), (1, 1));
    assert!(world.vault.holds_nothing());
    let status = world.session.status();
    assert_eq!((status.state, status.account.as_deref()), (SessionState::Expired, Some("ada")));
    assert_eq!(status.reason.unwrap().code, ExpiryCode::Rejected);
    assert_eq!(expired(&world.calls(10).await), 10);
    world.session.refresh_now().await;
    assert_eq!((world.seen.count("session-expired"), world.server.refresh_count()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn f16_a_spent_token_that_comes_again_ends_the_session_as_f9_does() {
    let world = World::with_left(MINUTE).await;
    world.server.next(Outcome::LoseReply);
    assert_eq!(expired(&world.calls(50).await), 50);
    settle().await;
    assert_eq!(world.server.refreshes(), [1, 1]);
    assert_eq!(world.seen.count("session-expired"), 1);
    assert!(world.vault.holds_nothing());
}

#[tokio::test(start_paused = true)]
async fn f9_many_401s_and_a_dead_refresh_token_are_one_end() {
    let world = World::signed_in().await;
    world.server.refuse_all_access_tokens();
    world.server.end_all_families();
    assert_eq!(expired(&world.calls(50).await), 50);
    assert_eq!((world.seen.count("session-expired"), world.server.refresh_count()), (1, 1));
    assert_eq!(world.server.arrivals().len(), 50, "each was sent once, and none again");
}

#[tokio::test(start_paused = true)]
async fn r6_an_answer_that_was_on_its_way_when_the_session_ended_is_not_lost() {
    let world = World::with_left(10 * MINUTE).await;
    world.server.hold_calls();
    let sent = world.spawn_call("notes/");
    settle().await;
    world.server.end_all_families();
    world.session.refresh_now().await;
    assert_eq!(world.session.status().state, SessionState::Expired);
    world.server.let_calls_go();
    assert_eq!(sent.await.unwrap().unwrap().response.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn r6_a_session_without_a_refresh_token_ends_when_its_token_is_over_and_not_before() {
    let world = World::new();
    world.server.truth().gives_refresh_tokens = false;
    world.sign_in("ada").await.unwrap();
    world.session.refresh_now().await;
    assert_eq!(
        world.session.status().state,
        SessionState::Fresh,
        "nothing to refresh with is no reason to end"
    );
    world.until_left(9 * MINUTE).await;
    assert_eq!(ok(&world.calls(5).await), 5);
    world.until_left(std::time::Duration::ZERO).await;
    assert_eq!(expired(&world.calls(5).await), 5);
    let status = world.session.status();
    assert_eq!(status.reason.unwrap().code, ExpiryCode::NoRefreshToken);
    assert_eq!((world.seen.count("session-expired"), world.server.refresh_count()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn r6_after_an_end_the_same_user_signs_in_again_and_all_is_well() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.next(Outcome::Fail(dead()));
    assert_eq!(expired(&world.calls(3).await), 3);
    world.sign_in("ada").await.unwrap();
    settle().await;
    assert_eq!(
        world.vault.holds().map(|(account, token)| (account, world.server.number_of(&token))),
        Some(("ada".into(), 2))
    );
    assert_eq!(ok(&world.calls(3).await), 3);
}

#[tokio::test(start_paused = true)]
async fn r10_a_session_that_ends_in_the_moment_its_refresh_fails_sends_no_paused_call_with_the_old_token() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.next(Outcome::Fail(unavailable()));
    let session = world.session.clone();
    world.seen.at_each(move |record| {
        if matches!(record.event, session_engine::event::SessionEvent::RefreshFailed { .. }) {
            // the sign-out is begun here, before any of the paused calls hears of the failure
            let _ = session.sign_out(true).now_or_never();
        }
    });
    let outcomes = join(world.spawn_calls(10)).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(CallError::SignedOut))), "{outcomes:?}");
    assert_eq!(world.server.arrivals().len(), 0);
    pass(secs(1)).await;
    assert!(world.vault.holds_nothing());
}
