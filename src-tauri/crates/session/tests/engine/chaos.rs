//! Any order of anything: what must hold after every story, however the parts of it fall together.

use std::time::Duration;

use proptest::prelude::*;
use session_engine::SessionState;
use tokio::task::JoinHandle;

use crate::world::{MINUTE, Outcome, World, dead, millis, pass, secs, throttled, unavailable};

#[derive(Clone, Debug)]
enum Step {
    Calls(usize),
    AlwaysUnauthorized,
    GiveUp,
    SignIn(&'static str),
    SignOut(bool),
    Pass(Duration),
    RefreshNow,
    RetryVault,
    Restore,
    Next(Outcome),
    RefuseAccess,
    EndFamilies,
    VaultTakes(u64),
    VaultFails(bool),
    RefreshTakes(u64),
    Wall(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1usize..5).prop_map(Step::Calls),
        1 => Just(Step::AlwaysUnauthorized),
        2 => Just(Step::GiveUp),
        3 => prop_oneof![Just("ada"), Just("bob")].prop_map(Step::SignIn),
        2 => any::<bool>().prop_map(Step::SignOut),
        8 => prop_oneof![
            (0u64..40).prop_map(millis), (0u64..20).prop_map(secs), Just(21 * MINUTE), Just(31 * MINUTE),
        ].prop_map(Step::Pass),
        1 => Just(Step::RefreshNow),
        1 => Just(Step::RetryVault),
        1 => Just(Step::Restore),
        3 => prop_oneof![
            Just(Outcome::Fail(unavailable())), Just(Outcome::Fail(throttled(3))), Just(Outcome::Fail(dead())),
            Just(Outcome::Panic), Just(Outcome::Hang), Just(Outcome::LoseReply),
        ].prop_map(Step::Next),
        1 => Just(Step::RefuseAccess),
        1 => Just(Step::EndFamilies),
        2 => (0u64..60).prop_map(Step::VaultTakes),
        1 => any::<bool>().prop_map(Step::VaultFails),
        2 => (0u64..7_000).prop_map(Step::RefreshTakes),
        1 => prop_oneof![Just(-3600i64), Just(3600)].prop_map(Step::Wall),
    ]
}

async fn live(steps: Vec<Step>) {
    let world = World::new();
    let loses_replies = steps.iter().any(|step| matches!(step, Step::Next(Outcome::LoseReply)));
    let mut calls: Vec<JoinHandle<_>> = Vec::new();
    let mut others: Vec<JoinHandle<()>> = Vec::new();
    for step in steps {
        let session = world.session.clone();
        match step {
            Step::Calls(count) => calls.extend(world.spawn_calls(count)),
            Step::AlwaysUnauthorized => calls.push(world.spawn_call("always-401/")),
            Step::GiveUp => calls.drain(..).for_each(|call| call.abort()),
            Step::SignIn(name) => {
                let signing = world.sign_in(name);
                others.push(tokio::spawn(async move { drop(signing.await) }));
            }
            Step::SignOut(remember) => {
                others.push(tokio::spawn(async move { session.sign_out(remember).await }));
            }
            Step::Pass(time) => pass(time).await,
            Step::RefreshNow => others.push(tokio::spawn(async move { session.refresh_now().await })),
            Step::RetryVault => others.push(tokio::spawn(async move { session.retry_vault().await })),
            Step::Restore => others.push(tokio::spawn(async move { session.restore().await })),
            Step::Next(outcome) => world.server.next(outcome),
            Step::RefuseAccess => world.server.refuse_all_access_tokens(),
            Step::EndFamilies => world.server.end_all_families(),
            Step::VaultTakes(ms) => world.vault.slow(millis(ms)),
            Step::VaultFails(true) => world.vault.fails(),
            Step::VaultFails(false) => world.vault.works(),
            Step::RefreshTakes(ms) => world.server.truth().refresh_takes = millis(ms),
            Step::Wall(seconds) => world.clock.set_wall(seconds),
        }
    }
    // Nobody hangs: the longest wait is a pause, a deadline after it, and the same again after a 401.
    let begun = world.clock.elapsed();
    for call in calls {
        let outcome = call.await.unwrap();
        assert!(outcome.is_ok() || outcome.is_err());
    }
    for other in others {
        other.await.unwrap();
    }
    assert!(world.clock.elapsed() - begun <= secs(75), "{:?}", world.clock.elapsed() - begun);
    pass(MINUTE).await;
    let (reused, doubled) = world.server.misuse();
    assert!(!doubled, "a refresh token was in the air twice");
    assert!(loses_replies || reused == 0, "a spent refresh token was used again {reused} times");
    at_rest(&world).await;
}

async fn at_rest(world: &World) {
    let trouble = world.session.status().trouble.vault.is_some();
    world.vault.works();
    if trouble {
        world.session.retry_vault().await;
        pass(secs(1)).await;
    }
    let status = world.session.status();
    assert_ne!(status.state, SessionState::Refreshing);
    let kept = world.vault.holds().map(|(account, token)| (account, world.server.number_of(&token)));
    match status.state {
        SessionState::SignedOut | SessionState::Expired => assert_eq!(kept, None, "{status:?}"),
        SessionState::Fresh | SessionState::Due | SessionState::Degraded | SessionState::Refreshing => {
            assert_eq!(kept.as_ref().map(|(account, _)| account), status.account.as_ref());
            let held = status.token.and_then(|token| token.refresh_fingerprint);
            let vault = world
                .vault
                .holds()
                .map(|(_, token)| session_engine::RefreshToken::new(token).unwrap().fingerprint());
            assert!(held.is_none_or(|held| Some(held) == vault), "memory and vault agree at rest");
        }
    }
    assert!(world.vault.most_at_once() <= 1, "the vault's operations come one at a time");
    let ends = world.seen.count("session-expired");
    let begins = world.seen.count("signed-in") + world.seen.count("session-restored");
    assert!(ends <= begins, "{ends} ends of {begins} sessions");
    let kinds = world.seen.kinds();
    let (started, landed) = (
        kinds.iter().filter(|kind| *kind == "refresh-started").count(),
        kinds
            .iter()
            .filter(|kind| {
                matches!(kind.as_str(), "refresh-succeeded" | "refresh-failed" | "refresh-discarded")
            })
            .count(),
    );
    assert!(started <= landed, "{started} refreshes started, {landed} ended");
    assert!(world.server.arrivals().iter().all(|call| call.token > 0));
    // And it still works.
    world.server.truth().script.clear();
    world.server.truth().refresh_takes = millis(20);
    world.sign_in("ada").await.unwrap();
    assert_eq!(world.call("notes/").await.unwrap().response.status(), 200);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn r3_r10_in_any_order_of_events_nobody_hangs_and_memory_and_vault_agree_at_rest(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(live(steps));
    }
}
