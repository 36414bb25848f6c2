//! R8, P6: what is at rest, and what happens when that cannot be written.

use session_engine::SessionState;

use crate::world::{MINUTE, Outcome, World, dead, millis, ok, pass, secs};

fn kept(world: &World) -> usize {
    world.vault.holds().map_or(0, |(_, token)| world.server.number_of(&token))
}

#[tokio::test(start_paused = true)]
async fn r8_the_new_token_is_in_the_vault_before_any_call_goes_out_with_it() {
    let world = World::with_left(9 * MINUTE).await;
    world.vault.slow(millis(300));
    assert_eq!(ok(&world.calls(20).await), 20);
    assert_eq!(world.server.arrivals().len(), 20);
    assert!(world.server.arrivals().iter().all(|call| call.token == 2 && call.vault_was_current));
    assert_eq!(kept(&world), 2);
}

#[tokio::test(start_paused = true)]
async fn r8_p6_a_vault_that_fails_is_said_once_and_the_token_is_kept_in_memory_and_written_on_retry() {
    let world = World::with_left(9 * MINUTE).await;
    world.vault.fails();
    for _ in 0..3 {
        assert_eq!(ok(&world.calls(5).await), 5);
        world.until_left(9 * MINUTE).await;
    }
    assert_eq!(world.server.refreshes(), [1, 2, 3]);
    assert_eq!((world.seen.count("vault-failed"), kept(&world)), (1, 1));
    assert!(world.session.status().trouble.vault.is_some());
    world.vault.works();
    world.session.retry_vault().await;
    assert_eq!((world.seen.count("vault-recovered"), kept(&world)), (1, 4));
    assert_eq!(world.session.status().trouble.vault, None);
}

#[tokio::test(start_paused = true)]
async fn r8_a_token_that_could_not_be_written_is_written_at_the_next_refresh_though_that_brings_no_new_one() {
    let world = World::with_left(9 * MINUTE).await;
    world.vault.fails();
    assert_eq!(ok(&world.calls(5).await), 5);
    world.vault.works();
    world.server.truth().rotates = false;
    world.until_left(9 * MINUTE).await;
    assert_eq!(ok(&world.calls(5).await), 5);
    assert_eq!((world.server.refreshes(), kept(&world)), (vec![1, 2], 2));
}

#[tokio::test(start_paused = true)]
async fn r8_a_panic_of_the_vault_is_a_failure_of_the_vault_and_not_a_storm_of_refreshes() {
    let world = World::with_left(std::time::Duration::ZERO).await;
    world.vault.panics();
    assert_eq!(ok(&world.calls(5).await), 5);
    assert_eq!((world.server.refresh_count(), world.seen.count("vault-failed")), (1, 1));
    assert_eq!(world.server.revoked(), [0; 0]);
}

#[tokio::test(start_paused = true)]
async fn r3_a_vault_that_never_answers_holds_up_neither_refresh_nor_sign_out_for_ever() {
    let world = World::with_left(std::time::Duration::ZERO).await;
    world.vault.hangs();
    assert_eq!(ok(&world.calls(5).await), 5, "inside the deadline of a call");
    assert_eq!((world.server.refresh_count(), world.seen.count("vault-failed")), (1, 1));
    let begun = world.clock.elapsed();
    world.session.sign_out(false).await;
    assert!(world.clock.elapsed() - begun <= secs(9));
    assert_eq!(world.session.status().state, SessionState::SignedOut);
    pass(secs(1)).await;
}

/// Two windows on the same account and the same keyring entry, as two processes of the app are.
async fn two_processes() -> (World, session_engine::Session) {
    let world = World::signed_in().await;
    let server = std::sync::Arc::new(crate::world::server_profile());
    let second = session_engine::Session::new(world.ports.clone(), server, world.policy);
    second.restore().await;
    (world, second)
}

#[tokio::test(start_paused = true)]
async fn f28_before_a_refresh_the_stored_token_is_read_again_and_the_newer_one_is_sent() {
    let (world, second) = two_processes().await;
    second.refresh_now().await;
    assert_eq!((world.server.refreshes(), kept(&world)), (vec![1], 2));
    world.until_left(9 * MINUTE).await;
    assert_eq!(ok(&world.calls(20).await), 20);
    assert_eq!((world.server.refreshes(), kept(&world)), (vec![1, 2], 3), "not the spent one");
    assert_eq!((world.seen.count("token-taken-over"), world.server.misuse()), (1, (0, false)));
    second.refresh_now().await;
    assert_eq!(world.server.refreshes(), [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn f28_a_dead_token_that_differs_from_the_stored_one_ends_nothing_before_that_was_tried_once() {
    let (world, second) = two_processes().await;
    world.server.truth().detects_reuse = false;
    world.server.truth().refresh_takes = secs(2);
    world.server.next(Outcome::Fail(dead()));
    let call = {
        let session = world.session.clone();
        tokio::spawn(async move { session.refresh_now().await })
    };
    pass(secs(1)).await;
    world.server.truth().refresh_takes = millis(20);
    second.refresh_now().await;
    call.await.unwrap();
    assert_eq!((world.server.refreshes(), world.seen.count("session-expired")), (vec![1, 1, 2], 0));
    assert_eq!(world.session.status().state, SessionState::Fresh);
    world.server.end_all_families();
    world.session.refresh_now().await;
    assert_eq!((world.server.refreshes(), world.seen.count("session-expired")), (vec![1, 1, 2, 3], 1));
}

#[tokio::test(start_paused = true)]
async fn f28_another_users_entry_in_the_vault_is_not_taken_over() {
    let (world, second) = two_processes().await;
    let bob = session_engine::ports::Credentials { username: "bob".into(), password: "secret".into() };
    second.sign_in(bob).await.unwrap();
    world.session.refresh_now().await;
    assert_eq!(world.session.status().account.as_deref(), Some("ada"));
    assert_eq!(world.seen.count("token-taken-over"), 0);
}

#[tokio::test(start_paused = true)]
async fn f28_r10_a_refresh_does_not_take_the_token_of_a_sign_in_that_overtook_it() {
    let world = World::with_left(9 * MINUTE).await;
    world.vault.slow(millis(300));
    let sign_in = tokio::spawn(world.sign_in("ada"));
    pass(millis(100)).await;
    let refresh = tokio::spawn({
        let session = world.session.clone();
        async move { session.refresh_now().await }
    });
    sign_in.await.unwrap().unwrap();
    refresh.await.unwrap();
    pass(secs(5)).await;
    assert!(world.server.refreshes().iter().all(|token| *token == 1), "{:?}", world.server.refreshes());
    assert_eq!(kept(&world), 2);
}

#[tokio::test(start_paused = true)]
async fn f28_r3_a_vault_that_does_not_answer_delays_a_refresh_by_a_second_at_most() {
    let world = World::with_left(9 * MINUTE).await;
    world.server.truth().rotates = false;
    world.vault.hangs();
    let begun = world.clock.elapsed();
    assert_eq!(ok(&world.calls(5).await), 5);
    assert!(world.clock.elapsed() - begun < millis(1_100), "{:?}", world.clock.elapsed() - begun);
}
