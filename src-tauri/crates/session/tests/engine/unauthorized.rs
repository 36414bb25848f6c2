//! R7: a 401 from the API.

use bytes::Bytes;
use http::{HeaderMap, Method};
use session_engine::{ApiRequest, SessionState};

use crate::world::{World, join, millis, ok, pass, secs, settle, status};

#[tokio::test(start_paused = true)]
async fn f11_a_401_on_a_fresh_token_is_one_refresh_and_one_resend_for_any_method() {
    let world = World::signed_in().await;
    for method in [Method::GET, Method::POST, Method::DELETE] {
        world.server.refuse_all_access_tokens();
        let before = (world.server.refresh_count(), world.server.arrivals().len());
        let body = Bytes::from_static(b"{\"text\":\"kept\"}");
        let request = ApiRequest { method, path: "notes/".into(), headers: HeaderMap::new(), body };
        assert_eq!(world.session.call(request).await.unwrap().response.status(), 200);
        assert_eq!(world.server.refresh_count(), before.0 + 1);
        let arrivals = world.server.arrivals();
        assert_eq!(arrivals[before.1..].iter().map(|call| call.status).collect::<Vec<_>>(), [401, 200]);
    }
}

#[tokio::test(start_paused = true)]
async fn f11_two_hundred_401s_at_once_are_one_refresh_and_two_hundred_resends() {
    let world = World::signed_in().await;
    world.server.refuse_all_access_tokens();
    assert_eq!(ok(&world.calls(200).await), 200);
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (1, 400));
}

#[tokio::test(start_paused = true)]
async fn r7_a_late_401_of_an_older_generation_is_resent_without_a_refresh() {
    let world = World::signed_in().await;
    world.server.refuse_all_access_tokens();
    world.server.hold_calls();
    let late = world.spawn_calls(5);
    settle().await;
    world.session.refresh_now().await;
    world.server.let_calls_go();
    assert_eq!(ok(&join(late).await), 5);
    assert_eq!(world.server.refresh_count(), 1, "only the one that was asked for by hand");
    assert_eq!(
        world.server.arrivals().iter().map(|call| call.token).collect::<Vec<_>>(),
        [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]
    );
    assert_eq!(world.session.status().state, SessionState::Fresh, "the new token was not called refused");
}

#[tokio::test(start_paused = true)]
async fn f12_a_resend_with_a_newer_token_that_is_refused_too_is_not_sent_a_third_time() {
    let world = World::signed_in().await;
    world.server.hold_calls();
    let late = world.spawn_call("always-401/");
    settle().await;
    world.session.refresh_now().await;
    world.server.let_calls_go();
    assert_eq!(status(&late.await.unwrap()), 401);
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn f12_a_second_401_is_the_callers_and_an_endpoint_that_always_says_401_does_not_refresh_on_every_call()
{
    let world = World::signed_in().await;
    assert_eq!(status(&world.call("always-401/").await), 401);
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (1, 2));
    for _ in 0..100 {
        assert_eq!(status(&world.call("always-401/").await), 401);
    }
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (1, 102));
    assert_eq!(status(&world.call("notes/").await), 200);
    pass(secs(61)).await;
    for _ in 0..100 {
        assert_eq!(status(&world.call("always-401/").await), 401);
    }
    assert_eq!(world.server.refresh_count(), 2, "one a minute at most");
}

#[tokio::test(start_paused = true)]
async fn f12_a_hundred_parallel_calls_of_an_endpoint_that_always_says_401_are_one_refresh() {
    let world = World::signed_in().await;
    let calls = (0..100).map(|_| world.spawn_call("always-401/")).collect();
    assert!(join(calls).await.iter().all(|outcome| status(outcome) == 401));
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (1, 200));
}

#[tokio::test(start_paused = true)]
async fn r7_a_401_that_is_not_about_the_token_is_the_callers_and_signs_nobody_out() {
    let world = World::signed_in().await;
    for path in ["scope/", "portal/"] {
        assert_eq!(status(&world.call(path).await), 401);
    }
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (0, 2));
    assert_eq!(world.session.status().state, SessionState::Fresh);
}

#[tokio::test(start_paused = true)]
async fn r7_a_call_that_pauses_again_after_a_401_says_so_again() {
    let world = World::with_left(9 * crate::world::MINUTE).await;
    assert_eq!(status(&world.call("always-401/").await), 401);
    let whys: Vec<_> = world.seen.of("call-waiting").iter().map(|event| event["why"].clone()).collect();
    assert_eq!(whys, ["due", "unauthorized"]);
    assert_eq!(world.server.refresh_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn r7_a_call_that_comes_while_a_refused_token_is_renewed_waits_for_the_same_reason() {
    let world = World::signed_in().await;
    world.server.refuse_all_access_tokens();
    world.server.hold_refreshes();
    let refused = world.spawn_call("notes/");
    settle().await;
    pass(millis(10)).await;
    let late = world.spawn_call("notes/");
    settle().await;
    world.server.let_refreshes_go();
    assert_eq!((status(&refused.await.unwrap()), status(&late.await.unwrap())), (200, 200));
    let whys: Vec<_> = world.seen.of("call-waiting").iter().map(|event| event["why"].clone()).collect();
    assert_eq!(whys, ["unauthorized", "unauthorized"]);
    assert_eq!(world.seen.of("refresh-started")[0]["trigger"], "unauthorized");
    assert_eq!((world.server.refresh_count(), world.server.arrivals().len()), (1, 3));
}
