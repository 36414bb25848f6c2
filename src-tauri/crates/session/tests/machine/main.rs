//! The engine against a model of the session: a hundred thousand operations in any order, and after each of them all that can
//! be seen is what the model says it is: counts, outcomes, vault, journal, profile, words (R1 to R13, R15, F1 to F17, F20 to F22, F27).
//! Not here: what happens at the same time as something else; that is the model checker's (`tests/model`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers outside of #[test] functions; a failure there is a failed test"
)]
#![allow(dead_code, unused_imports, reason = "the world has switches that only other tests use")]

mod model;
mod operation;
mod real;
mod server;
mod span;
#[path = "../world/mod.rs"]
mod world;

use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::Instant;

use proptest::test_runner::{Config, FileFailurePersistence};
use proptest_state_machine::prop_state_machine;

use real::Machine;

/// Of each of the two servers.
const CASES: u32 = 500;

/// Failures that were found stay in this file and are tried first.
const FOUND: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/machine/proptest-regressions.txt");

fn config() -> Config {
    Config {
        cases: CASES,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(FOUND))),
        max_local_rejects: 1_000_000,
        max_shrink_iters: 20_000,
        ..Config::default()
    }
}

prop_state_machine! {
    #![proptest_config(config())]
    fn with_a_server_that_detects_reuse(sequential 100..101 => Machine<true>);
    fn with_a_server_that_serves_a_spent_token_again(sequential 100..101 => Machine<false>);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long it took; the engine's time is the runtime's")]
fn r3_r5_r6_r7_r8_r9_r11_r12_r13_after_each_of_100_000_operations_all_is_as_the_model_says() {
    let began = Instant::now();
    std::thread::scope(|threads| {
        let strict = threads.spawn(with_a_server_that_detects_reuse);
        with_a_server_that_serves_a_spent_token_again();
        strict.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    let operations = real::OPERATIONS.load(Ordering::Relaxed);
    let cases = real::CASES.load(Ordering::Relaxed);
    assert!(operations >= 200 * u64::from(config().cases), "{operations} operations");
    let seconds = began.elapsed().as_secs_f64();
    // Past the capture of the test's output: the figure belongs to every run.
    writeln!(
        std::io::stdout(),
        "\nPROOF {{\"machine\":{{\"operations\":{operations},\"cases\":{cases},\"seconds\":{seconds:.1}}}}}"
    )
    .unwrap();
}
