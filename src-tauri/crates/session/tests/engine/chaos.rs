//! Any order of anything: what must hold after every story, however the parts of it fall together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use session_engine::{ApiRequest, RefreshPolicy, SessionState};
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

async fn live(steps: Vec<Step>, refresh_ahead: bool) {
    let world = World::with(RefreshPolicy { refresh_ahead, ..RefreshPolicy::default() });
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

fn in_the_air(world: &World) -> usize {
    let ends = ["refresh-succeeded", "refresh-failed", "refresh-discarded"];
    let ended: usize = ends.iter().map(|kind| world.seen.count(kind)).sum();
    world.seen.count("refresh-started").saturating_sub(ended)
}

async fn at_rest(world: &World) {
    let trouble = world.session.status().trouble.vault.is_some();
    world.vault.works();
    if trouble {
        world.session.retry_vault().await;
        pass(secs(1)).await;
    }
    for _ in 0..4_000 {
        if in_the_air(world) == 0 {
            break;
        }
        pass(millis(10)).await; // the timer may be at it
    }
    assert_eq!(in_the_air(world), 0, "each refresh that started has ended");
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
    assert!(world.server.arrivals().iter().all(|call| call.token > 0));
    // And it still works.
    world.server.truth().script.clear();
    world.server.truth().refresh_takes = millis(20);
    world.sign_in("ada").await.unwrap();
    assert_eq!(world.call("notes/").await.unwrap().response.status(), 200);
}

/// On real threads and in real time: tokens of 30 ms, calls from eight sides, and people who sign in and out among them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r3_r10_on_real_threads_no_refresh_token_is_used_twice_and_memory_and_vault_agree_at_rest() {
    let world = World::new();
    world.server.truth().life = millis(30);
    world.server.truth().refresh_takes = millis(2);
    world.server.truth().call_takes = millis(1);
    world.vault.slow(millis(1));
    world.sign_in("ada").await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let (session, done) = (world.session.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                while !done.load(Ordering::SeqCst) {
                    // Ok, a 401 of a token that ran out on its way, or signed out; what it is not: hanging, or a panic
                    let _ = session.call(ApiRequest::get("notes/")).await;
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for round in 0..40 {
        pass(millis(25)).await;
        match round % 4 {
            0 => world.session.sign_out(true).await,
            1 => world.sign_in("ada").await.unwrap(),
            2 => world.sign_in("bob").await.unwrap(),
            _ => world.session.refresh_now().await,
        }
    }
    done.store(true, Ordering::SeqCst);
    for caller in callers {
        tokio::time::timeout(secs(60), caller).await.expect("nobody hangs").unwrap();
    }
    pass(millis(500)).await;
    assert_eq!(world.server.misuse(), (0, false));
    assert_eq!(world.seen.count("session-expired"), 0, "nobody was signed out by a race");
    assert!(world.server.refresh_count() >= 10, "those asked for by hand at least");
    world.server.truth().life = 30 * MINUTE;
    at_rest(&world).await;
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn r3_r10_in_any_order_of_events_nobody_hangs_and_memory_and_vault_agree_at_rest(steps in prop::collection::vec(step(), 1..40), ahead in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(live(steps, ahead));
    }
}
