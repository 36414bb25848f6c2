//! R8, R11: what a refresh leaves alone, and what it takes over.

use crate::world::{MINUTE, World, millis, ok, pass, secs, settle};

const KEPT: &str = r#"{"first_name":"Ada","roles":["admin"],"custom":{"big":9007199254740993,"x":1}}"#;

#[tokio::test(start_paused = true)]
async fn f14_without_a_new_refresh_token_the_old_one_stays_and_is_used_next_time() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.truth().rotates = false;
    for _ in 0..3 {
        assert_eq!(ok(&world.calls(5).await), 5);
        world.until_left(9 * MINUTE).await;
    }
    assert_eq!(world.server.refreshes(), [1, 1, 1]);
    assert_eq!(world.vault.count("save"), 1, "nothing new to keep");
}

#[tokio::test(start_paused = true)]
async fn f15_a_refresh_without_user_fields_never_writes_the_profile() {
    let world = World::with_left(9 * MINUTE).await;
    world.store.put("ada", KEPT);
    for _ in 0..5 {
        assert_eq!(ok(&world.calls(5).await), 5);
        world.until_left(9 * MINUTE).await;
    }
    assert_eq!((world.server.refresh_count(), world.store.saves()), (5, 0));
    assert_eq!(world.kept("ada").as_deref(), Some(KEPT));
    assert_eq!(world.seen.count("profile-kept"), 0);
}

#[tokio::test(start_paused = true)]
async fn r11_user_fields_in_a_refresh_are_merged_and_nothing_is_taken_away() {
    let world = World::with_left(9 * MINUTE).await;
    world.store.put("ada", KEPT);
    world.server.truth().user = Some(r#"{"first_name":null,"custom":{"x":2},"plan":"gold"}"#.into());
    assert_eq!(ok(&world.calls(5).await), 5);
    settle().await;
    let expected =
        r#"{"first_name":"Ada","roles":["admin"],"custom":{"big":9007199254740993,"x":2},"plan":"gold"}"#;
    assert_eq!(world.kept("ada").as_deref(), Some(expected));
    assert_eq!(world.store.saves(), 1);
    let kept = &world.seen.of("profile-kept")[0];
    assert_eq!(
        (&kept["changed"], &kept["added"], &kept["source"]),
        (&1.into(), &1.into(), &"refresh".into())
    );
}

#[tokio::test(start_paused = true)]
async fn r11_no_call_waits_for_the_profile_and_a_full_disk_is_said_once() {
    let world = World::with_left(9 * MINUTE).await;
    world.store.slow(secs(30));
    world.store.fail(true);
    world.server.truth().user = Some(KEPT.into());
    let outcomes = world.calls(5).await;
    assert_eq!(ok(&outcomes), 5);
    assert!(outcomes.iter().flatten().all(|reply| reply.took < millis(100)));
    pass(secs(61)).await;
    assert_eq!(world.seen.count("store-failed"), 1);
    assert!(world.session.status().trouble.store.is_some());
}

#[tokio::test(start_paused = true)]
async fn r11_the_servers_own_profile_replaces_the_kept_one_and_what_is_no_profile_does_not() {
    let world = World::signed_in().await;
    world.store.put("ada", KEPT);
    let error = world.session.reload_profile("scope/").await.unwrap_err();
    assert_eq!(error.to_string(), "the server answered 401 Unauthorized where a profile was expected");
    assert_eq!(world.kept("ada").as_deref(), Some(KEPT));
    world.session.reload_profile("me/").await.unwrap();
    assert_eq!(world.kept("ada").as_deref(), Some(r#"{"first_name":"Ada","plan":"gold"}"#));
}

#[tokio::test(start_paused = true)]
async fn r10_a_late_write_of_the_profile_does_not_bring_it_back_after_a_sign_out() {
    let world = World::with_left(9 * MINUTE).await;
    world.store.put("ada", KEPT);
    world.store.slow(secs(1));
    world.server.truth().user = Some(r#"{"plan":"gold"}"#.into());
    let reload = tokio::spawn({
        let session = world.session.clone();
        async move { session.reload_profile("me/").await }
    });
    pass(millis(500)).await;
    world.session.sign_out(false).await;
    assert!(reload.await.unwrap().is_err());
    pass(secs(10)).await;
    assert_eq!(world.kept("ada"), None);
}

#[tokio::test(start_paused = true)]
async fn r10_a_profile_that_was_asked_for_as_one_user_is_not_kept_for_the_next() {
    let world = World::signed_in().await;
    world.store.put("bob", r#"{"first_name":"Bob"}"#);
    world.server.hold_calls();
    let session = world.session.clone();
    let reload = tokio::spawn(async move { session.reload_profile("me/").await });
    settle().await;
    world.sign_in("bob").await.unwrap();
    world.server.let_calls_go();
    assert!(reload.await.unwrap().is_err());
    settle().await;
    assert_eq!(world.kept("ada"), None);
    assert_eq!(world.kept("bob").as_deref(), Some(r#"{"first_name":"Bob"}"#));
}

#[tokio::test(start_paused = true)]
async fn r11_r13_the_kept_profile_is_given_to_its_user_and_to_nobody_else() {
    let world = World::new();
    world.store.put("ada", KEPT);
    assert_eq!(world.session.profile().await.unwrap(), None, "nobody is signed in");
    world.sign_in("ada").await.unwrap();
    let given = world.session.profile().await.unwrap().unwrap();
    assert_eq!(serde_json::to_string(&given).unwrap(), KEPT);
    world.sign_in("bob").await.unwrap();
    assert_eq!(world.session.profile().await.unwrap(), None);
}
