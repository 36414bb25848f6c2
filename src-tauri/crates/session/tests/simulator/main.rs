//! Very many sessions of the real engine, thirty days each, in virtual time and from one seed: what must hold, holds.
//! `SIM_SESSIONS`, `SIM_DAYS` how many of each; `SIM_SEED` where they begin; `SIM_SESSION` one of them told again, event by event.
//! All of it: `SIM_SESSIONS=10000 cargo test --profile model -p session-engine --test simulator -- --nocapture`.
//! Not here: the stand-ins of the ports and the rules; each has a file of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "helpers outside of #[test] functions; a failure there is a failed test"
)]

mod deeds;
mod dice;
mod ground;
mod hours;
mod keep;
mod ledger;
mod life;
mod plan;
mod reply;
mod rest;
mod rules;
mod server;
mod stay;
mod tally;
mod watch;
mod weather;
mod wire;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use dice::seed_of;
use ground::{Broken, World};
use tally::Tally;

/// Sessions in an ordinary run of the tests.
const SESSIONS: u64 = 48;
const DAYS: u64 = 30;

/// Where an ordinary run begins, so that a failure of today is one of tomorrow.
const SEED: u64 = 0x5e55_1018;

/// How many of the last events a failure shows.
const LAST_EVENTS: usize = 80;

/// One session, lived to its end.
struct Lived {
    session: u64,
    tally: Tally,
    digest: u64,
    broken: Option<Broken>,
    log: Vec<String>,
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

fn live(seed: u64, session: u64, days: u64, told: bool) -> Lived {
    let world = World::new(seed_of(seed, session), told);
    let server = Arc::new(plan::server_profile());
    let lived = catch_unwind(AssertUnwindSafe(|| life::live(&world, &server, days)));
    let mut ground = world.ground();
    if lived.is_err() {
        ground.breaks("no-panic", || "the simulator panicked".into());
    }
    Lived {
        session,
        tally: ground.tally.clone(),
        digest: ground.digest,
        broken: ground.broken.clone(),
        log: ground.log.take().unwrap_or_default(),
    }
}

/// All sessions, on as many threads as there are cores. Their order does not matter to what comes out.
fn live_all(seed: u64, sessions: u64, days: u64, threads: usize) -> (Tally, u64, Vec<Lived>) {
    let (next, sum) = (AtomicU64::new(0), Mutex::new((Tally::default(), 0u64, Vec::new())));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let session = next.fetch_add(1, Ordering::Relaxed);
                    if session >= sessions || sum.lock().unwrap().2.len() >= 10 {
                        return;
                    }
                    let lived = live(seed, session, days, false);
                    let mut sum = sum.lock().unwrap();
                    sum.0.add(&lived.tally);
                    sum.1 = sum.1.wrapping_add(seed_of(lived.digest, session));
                    if lived.broken.is_some() {
                        sum.2.push(lived);
                    }
                }
            });
        }
    });
    sum.into_inner().unwrap()
}

/// Tells how to see a failure again, and what happened last.
fn tell(broken: &Lived, seed: u64, days: u64) {
    let Some(Broken { rule, what }) = &broken.broken else { return };
    eprintln!("simulator: session {} of seed {seed} broke {rule}: {what}", broken.session);
    eprintln!(
        "To see it again: SIM_SEED={seed} SIM_DAYS={days} SIM_SESSION={} cargo test --profile model -p session-engine --test simulator -- --nocapture the_rules_hold",
        broken.session
    );
}

#[expect(clippy::disallowed_methods, reason = "how long the run took; the sessions' time is virtual")]
fn now() -> Instant {
    Instant::now()
}

#[test]
fn r1_r3_r6_r9_r13_r16_f27_the_rules_hold_in_every_session_of_thirty_days() {
    let (seed, days) = (number("SIM_SEED").unwrap_or(SEED), number("SIM_DAYS").unwrap_or(DAYS));
    if let Some(session) = number("SIM_SESSION") {
        let lived = live(seed, session, days, true);
        lived.log.iter().for_each(|line| println!("{line}"));
        assert!(lived.broken.is_none(), "{:?}", lived.broken);
        return;
    }
    let (sessions, began) = (number("SIM_SESSIONS").unwrap_or(SESSIONS), now());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let (tally, digest, broken) = live_all(seed, sessions, days, threads);
    let seconds = began.elapsed().as_secs_f64();
    for lived in &broken {
        tell(lived, seed, days);
    }
    if let Some(first) = broken.iter().min_by_key(|lived| lived.session) {
        let again = live(seed, first.session, days, true);
        let from = again.log.len().saturating_sub(LAST_EVENTS);
        again.log[from..].iter().for_each(|line| eprintln!("{line}"));
    }
    println!("simulator: rules {}", rules::ALL.join(" "));
    println!("{}", tally.proof(sessions, days, seed, seconds, digest, broken.len()));
    assert!(broken.is_empty(), "{} sessions broke a rule", broken.len());
    assert!(sessions < SESSIONS || tally.has_seen_everything(), "the world was too kind: {tally:?}");
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let (once, again) = (live_all(SEED, 6, 8, 1), live_all(SEED, 6, 8, 3));
    let other = live_all(SEED + 1, 6, 8, 2);
    assert_eq!(once.1, again.1, "the same digest of all events and requests, on one thread and on three");
    assert_ne!(once.1, other.1, "and another seed tells another");
}
