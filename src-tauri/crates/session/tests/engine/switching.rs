//! R10, R12, R13: sign-in, sign-out and restart, in the middle of everything.

use session_engine::SessionState;
use session_engine::error::{CallError, SignInError, TransientKind};

use crate::world::{
    MINUTE, Outcome, Outcomes, World, dead, join, millis, ok, pass, secs, settle, unavailable,
};

fn signed_out(outcomes: &Outcomes) -> usize {
    outcomes.iter().filter(|outcome| matches!(outcome, Err(CallError::SignedOut))).count()
}

fn held(world: &World) -> Option<(String, usize)> {
    world.vault.holds().map(|(account, token)| (account, world.server.number_of(&token)))
}

#[tokio::test(start_paused = true)]
async fn f17_a_sign_out_mid_refresh_frees_the_paused_calls_unsent_and_revives_nothing() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.hold_refreshes();
    let calls = world.spawn_calls(20);
    pass(millis(100)).await;
    let begun = world.clock.elapsed();
    world.session.sign_out(false).await;
    assert_eq!(signed_out(&join(calls).await), 20);
    assert!(world.clock.elapsed() - begun <= millis(5), "at once, the refresh still in the air");
    assert_eq!(world.server.revoked(), [1]);
    world.server.let_refreshes_go();
    pass(millis(100)).await;
    assert_eq!(world.server.revoked(), [1, 2], "the token that came too late is revoked");
    assert!(world.vault.holds_nothing());
    assert_eq!(world.session.status().state, SessionState::SignedOut);
    assert_eq!((world.server.arrivals().len(), world.seen.count("refresh-discarded")), (0, 1));
    assert_eq!(
        world.vault.history(),
        ["save ada", "clear"],
        "the late token was not written, not even for a moment"
    );
    assert_eq!((world.seen.count("signed-out"), world.seen.count("session-expired")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn f17_a_sign_out_while_the_new_token_is_being_written_leaves_the_vault_empty() {
    let world = World::with_left(9 * MINUTE).await;
    world.vault.slow(secs(1));
    let calls = world.spawn_calls(20);
    pass(millis(500)).await;
    assert_eq!(world.vault.history().last().unwrap(), "save ada");
    world.session.sign_out(false).await;
    assert_eq!(signed_out(&join(calls).await), 20);
    pass(secs(5)).await;
    assert!(world.vault.holds_nothing());
    assert_eq!(world.server.revoked(), [1, 2]);
    assert_eq!((world.server.arrivals().len(), world.vault.most_at_once()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn f18_another_user_who_signs_in_mid_refresh_gets_a_session_that_it_does_not_touch() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.hold_refreshes();
    let calls = world.spawn_calls(20);
    pass(millis(100)).await;
    world.sign_in("bob").await.unwrap();
    assert_eq!(signed_out(&join(calls).await), 20);
    assert_eq!(world.session.status().state, SessionState::Fresh, "Ada's refresh is none of Bob's");
    let before = world.session.status();
    world.server.let_refreshes_go();
    pass(millis(100)).await;
    let after = world.session.status();
    assert_eq!((before.generation, before.account), (after.generation, after.account.clone()));
    assert_eq!((after.account.as_deref(), held(&world)), (Some("bob"), Some(("bob".into(), 3))));
    assert_eq!(world.server.revoked(), [1, 2]);
    assert_eq!(ok(&world.calls(5).await), 5);
    let arrivals = world.server.arrivals();
    assert_eq!(arrivals.len(), 5);
    assert!(arrivals.iter().all(|call| call.account == "bob"));
    assert_eq!(world.server.refresh_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn f18_another_user_who_signs_in_while_the_new_token_is_being_written_has_the_vault() {
    let world = World::with_left(9 * MINUTE).await;
    world.vault.slow(secs(1));
    let calls = world.spawn_calls(5);
    pass(millis(500)).await;
    let bob = tokio::spawn(world.sign_in("bob"));
    join(calls).await;
    bob.await.unwrap().unwrap();
    pass(secs(5)).await;
    assert_eq!(held(&world), Some(("bob".into(), 3)));
    assert_eq!(world.server.revoked(), [2], "what Ada held when Bob came");
}

#[tokio::test(start_paused = true)]
async fn f18_whatever_becomes_of_an_old_refresh_is_nothing_to_the_user_who_signed_in_meanwhile() {
    for outcome in [Outcome::Fail(dead()), Outcome::Fail(unavailable()), Outcome::Hang] {
        let world = World::with_left(9 * MINUTE).await;
        world.server.next(outcome.clone());
        world.server.hold_refreshes();
        let calls = world.spawn_calls(5);
        settle().await;
        world.sign_in("bob").await.unwrap();
        world.server.let_refreshes_go();
        join(calls).await;
        pass(secs(31)).await;
        let status = world.session.status();
        assert_eq!(
            (status.state, status.account.as_deref()),
            (SessionState::Fresh, Some("bob")),
            "{outcome:?}"
        );
        assert_eq!(held(&world), Some(("bob".into(), 2)), "{outcome:?}");
        assert_eq!(
            world.seen.count("session-expired") + world.seen.count("session-degraded"),
            0,
            "{outcome:?}"
        );
        assert_eq!(ok(&world.calls(5).await), 5, "{outcome:?}");
        assert_eq!(world.server.refresh_count(), 1, "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn f17_a_refusal_that_comes_after_a_sign_out_is_no_end_of_a_session() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.next(Outcome::Fail(dead()));
    world.server.hold_refreshes();
    let calls = world.spawn_calls(5);
    settle().await;
    world.session.sign_out(true).await;
    world.server.let_refreshes_go();
    assert_eq!(signed_out(&join(calls).await), 5);
    pass(secs(1)).await;
    assert_eq!(world.session.status().state, SessionState::SignedOut);
    assert_eq!(world.seen.count("session-expired"), 0);
}

#[tokio::test(start_paused = true)]
async fn r10_a_sign_in_that_a_wrong_password_overtook_while_it_was_being_written_leaves_the_vault_empty() {
    let world = World::new();
    world.vault.slow(secs(1));
    let ada = tokio::spawn(world.sign_in("ada"));
    pass(millis(500)).await;
    world.server.truth().sign_in_fails = Some(dead());
    assert_eq!(world.sign_in("bob").await, Err(SignInError::WrongCredentials));
    assert_eq!(ada.await.unwrap(), Err(SignInError::Superseded));
    pass(secs(5)).await;
    assert!(world.vault.holds_nothing());
    assert_eq!((world.session.status().state, world.server.revoked()), (SessionState::SignedOut, vec![1]));
}

#[tokio::test(start_paused = true)]
async fn r10_an_answer_that_comes_after_another_user_signed_in_is_not_shown_to_anyone() {
    let world = World::signed_in().await;
    world.server.hold_calls();
    let call = world.spawn_call("notes/");
    settle().await;
    world.sign_in("bob").await.unwrap();
    world.server.let_calls_go();
    assert_eq!(call.await.unwrap().unwrap_err(), CallError::SignedOut);
}

#[tokio::test(start_paused = true)]
async fn r10_a_slow_sign_in_that_a_sign_out_overtook_is_void_and_its_token_revoked() {
    let world = World::new();
    world.server.truth().sign_in_takes = secs(1);
    let ada = tokio::spawn(world.sign_in("ada"));
    pass(millis(500)).await;
    world.session.sign_out(false).await;
    assert_eq!(ada.await.unwrap(), Err(SignInError::Superseded));
    settle().await;
    assert_eq!(world.session.status().state, SessionState::SignedOut);
    assert!(world.vault.holds_nothing());
    assert_eq!((world.server.revoked(), world.seen.count("signed-in")), (vec![1], 0));
}

#[tokio::test(start_paused = true)]
async fn r10_a_sign_out_while_a_sign_in_is_being_written_wins() {
    let world = World::new();
    world.vault.slow(secs(1));
    let ada = tokio::spawn(world.sign_in("ada"));
    pass(millis(500)).await;
    world.session.sign_out(false).await;
    assert_eq!(ada.await.unwrap(), Err(SignInError::Superseded));
    pass(secs(5)).await;
    assert!(world.vault.holds_nothing());
    assert_eq!(world.session.status().state, SessionState::SignedOut);
    assert_eq!(world.server.revoked(), [1]);
}

#[tokio::test(start_paused = true)]
async fn r10_a_slow_sign_in_that_a_newer_one_overtook_is_void() {
    let world = World::new();
    world.server.truth().sign_in_takes = secs(2);
    let ada = tokio::spawn(world.sign_in("ada"));
    settle().await;
    world.server.truth().sign_in_takes = millis(10);
    world.sign_in("bob").await.unwrap();
    assert_eq!(ada.await.unwrap(), Err(SignInError::Superseded));
    settle().await;
    assert_eq!(world.session.status().account.as_deref(), Some("bob"));
    assert_eq!((held(&world), world.server.revoked()), (Some(("bob".into(), 1)), vec![2]));
    assert_eq!((world.seen.count("signed-in"), world.server.sign_in_count()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn r10_a_sign_in_runs_on_when_the_window_that_asked_for_it_is_gone() {
    let world = World::new();
    world.server.truth().sign_in_takes = secs(1);
    let ada = tokio::spawn(world.sign_in("ada"));
    settle().await;
    ada.abort();
    pass(secs(2)).await;
    assert_eq!(world.session.status().account.as_deref(), Some("ada"));
    assert_eq!(held(&world), Some(("ada".into(), 1)));
}

#[tokio::test(start_paused = true)]
async fn f20_a_panic_in_a_sign_in_is_said_for_what_it_is_and_the_next_one_works() {
    let world = World::new();
    world.server.truth().sign_in_panics = true;
    let error = world.sign_in("ada").await.unwrap_err();
    assert!(
        matches!(&error, SignInError::Transient(why) if why.kind == TransientKind::Internal),
        "{error:?}"
    );
    world.server.truth().sign_in_panics = false;
    world.sign_in("ada").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn r12_a_sign_out_wipes_though_the_server_does_not_answer_and_gives_up_after_three_seconds() {
    let world = World::signed_in().await;
    world.store.put("ada", r#"{"first_name":"Ada"}"#);
    world.server.truth().revoke_takes = secs(3600);
    let begun = world.clock.elapsed();
    world.session.sign_out(false).await;
    assert!(world.clock.elapsed() - begun <= millis(10));
    assert!(world.vault.holds_nothing());
    assert_eq!(world.kept("ada"), None);
    assert_eq!(world.seen.count("revoked"), 0);
    pass(millis(3_010)).await;
    assert_eq!(world.seen.of("revoked")[0]["ok"], false);
}

#[tokio::test(start_paused = true)]
async fn r12_remember_me_keeps_the_profile_and_nothing_else() {
    let world = World::signed_in().await;
    world.store.put("ada", r#"{"first_name":"Ada"}"#);
    world.session.sign_out(true).await;
    assert!(world.vault.holds_nothing());
    assert!(world.kept("ada").is_some());
    assert!(world.session.profile().await.unwrap().is_none(), "hidden from whoever is here now");
}

#[tokio::test(start_paused = true)]
async fn r12_a_vault_that_could_not_be_emptied_does_not_bring_the_session_back_on_retry() {
    let world = World::signed_in().await;
    world.vault.fails();
    world.session.sign_out(false).await;
    assert!(!world.vault.holds_nothing(), "the keyring was locked");
    assert!(world.session.status().trouble.vault.is_some());
    world.vault.works();
    world.session.retry_vault().await;
    assert_eq!(world.session.status().state, SessionState::SignedOut);
    assert!(world.vault.holds_nothing());
    assert_eq!(world.session.status().trouble.vault, None);
    assert_eq!((world.seen.count("session-restored"), world.seen.count("vault-recovered")), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn r12_a_sign_out_while_the_vault_is_still_being_read_leaves_nobody_signed_in_and_nothing_kept() {
    let world = World::signed_in().await;
    world.vault.slow(secs(2));
    let session = session_engine::Session::new(
        world.ports.clone(),
        std::sync::Arc::new(crate::world::server_profile()),
        world.policy,
    );
    let restoring = session.clone();
    let restoring = tokio::spawn(async move { restoring.restore().await });
    pass(secs(1)).await;
    session.sign_out(false).await;
    restoring.await.unwrap();
    assert_eq!(session.status().state, SessionState::SignedOut);
    assert!(world.vault.holds_nothing());
}

#[tokio::test(start_paused = true)]
async fn r13_a_restart_takes_the_session_up_without_the_network_and_the_first_calls_share_one_refresh() {
    let world = World::signed_in().await;
    let world = world.restarted().await;
    assert_eq!(world.server.refresh_count(), 0);
    let status = world.session.status();
    assert_eq!((status.state, status.account.as_deref()), (SessionState::Due, Some("ada")));
    assert_eq!(ok(&world.calls(30).await), 30);
    assert_eq!((world.server.refresh_count(), world.server.sign_in_count()), (1, 1));
    let succeeded = &world.seen.of("refresh-succeeded")[0];
    assert_eq!(succeeded["callers"], 30);
    assert_eq!(world.seen.of("refresh-started")[0]["trigger"], "restore");
    assert_eq!(world.seen.count("session-restored"), 1);
}

#[tokio::test(start_paused = true)]
async fn r13_a_restore_whose_caller_gave_up_is_still_said() {
    let world = World::signed_in().await;
    world.vault.slow_to_read(secs(1));
    let session = session_engine::Session::new(
        world.ports.clone(),
        std::sync::Arc::new(crate::world::server_profile()),
        world.policy,
    );
    let given_up = tokio::time::timeout(millis(100), session.restore()).await;
    assert!(given_up.is_err());
    pass(secs(2)).await;
    assert_eq!(session.status().account.as_deref(), Some("ada"));
    assert_eq!(world.seen.count("session-restored"), 1);
}

#[tokio::test(start_paused = true)]
async fn r13_f22_a_locked_vault_is_said_and_the_session_comes_back_when_it_is_tried_again() {
    let world = World::signed_in().await;
    world.vault.fails();
    let world = world.restarted().await;
    assert_eq!(world.session.status().state, SessionState::SignedOut);
    assert_eq!(world.seen.of("vault-failed")[0]["operation"], "load");
    world.vault.works();
    world.session.retry_vault().await;
    assert_eq!(world.session.status().account.as_deref(), Some("ada"));
    assert_eq!(world.seen.count("vault-recovered"), 1);
    assert_eq!(ok(&world.calls(3).await), 3);
}

#[tokio::test(start_paused = true)]
async fn r13_a_sign_in_that_is_quicker_than_the_vault_is_not_undone_by_it() {
    let world = World::signed_in().await;
    world.vault.slow(secs(1));
    let session = session_engine::Session::new(
        world.ports.clone(),
        std::sync::Arc::new(crate::world::server_profile()),
        world.policy,
    );
    let world = World { session, ..world };
    let restoring = world.session.clone();
    let restoring = tokio::spawn(async move { restoring.restore().await });
    settle().await;
    world.sign_in("bob").await.unwrap();
    restoring.await.unwrap();
    pass(secs(5)).await;
    assert_eq!(world.session.status().account.as_deref(), Some("bob"));
    assert_eq!(held(&world), Some(("bob".into(), 2)));
}

#[tokio::test(start_paused = true)]
async fn r12_a_name_typed_with_spaces_around_it_is_the_same_user() {
    let world = World::new();
    world.sign_in(" ada\t").await.unwrap();
    assert_eq!(world.session.status().account.as_deref(), Some("ada"));
    assert_eq!(held(&world), Some(("ada".into(), 1)));
}
