//! What came of the kills, counted over all tests of this file, and the dice they are thrown with.
//! Not in it: what counts as lost.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::json;

use crate::crashes::person::End;

/// How many tests add to the one tally.
const TESTS: u32 = 3;

/// The dice of an ordinary run: the same each time.
const SEED: u64 = 24;

static TALLY: LazyLock<Mutex<Tally>> = LazyLock::new(Mutex::default);

struct Tally {
    begun: Instant,
    kills: BTreeMap<&'static str, u32>,
    resumed: u32,
    ended: u32,
    signed_out: u32,
    not_signed_in: u32,
    lost: u32,
    tests: u32,
}

impl Default for Tally {
    #[expect(clippy::disallowed_methods, reason = "how long a run of the real app took")]
    fn default() -> Self {
        let (begun, kills) = (Instant::now(), BTreeMap::new());
        Self { begun, kills, resumed: 0, ended: 0, signed_out: 0, not_signed_in: 0, lost: 0, tests: 0 }
    }
}

/// What the person was about when the app was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// To go on.
    Stay,
    /// To sign in.
    Come,
    /// To sign out.
    Leave,
}

/// Notes what came of a kill in the middle of something.
pub(crate) fn count(middle_of: &'static str, wish: Wish, end: &Result<End>) {
    let mut tally = TALLY.lock().unwrap_or_else(PoisonError::into_inner);
    *tally.kills.entry(middle_of).or_default() += 1;
    match (end, wish) {
        (Ok(End::Resumed), _) => tally.resumed += 1,
        (Ok(End::Ended(_)), _) => tally.ended += 1,
        (Ok(End::SignedOut), Wish::Leave) => tally.signed_out += 1,
        (Ok(End::SignedOut), Wish::Come) => tally.not_signed_in += 1,
        (Ok(End::SignedOut), Wish::Stay) | (Err(_), _) => tally.lost += 1,
    }
}

/// A test has come to its end; the last one tells the figures.
pub(crate) fn close() -> Result<()> {
    let mut tally = TALLY.lock().unwrap_or_else(PoisonError::into_inner);
    tally.tests += 1;
    if tally.tests < TESTS {
        return Ok(());
    }
    let figures = json!({
        "kills": tally.kills.values().sum::<u32>(),
        "middle_of": tally.kills,
        "resumed": tally.resumed,
        "ended_with_the_reason": tally.ended,
        "signed_out_as_wished": tally.signed_out,
        "not_signed_in_yet": tally.not_signed_in,
        "lost": tally.lost,
        "seconds": tally.begun.elapsed().as_secs(),
    });
    // Past the test harness, which keeps what a passing test prints to itself.
    writeln!(std::io::stdout(), "\nPROOF {}", json!({ "kills": figures })).context("standard output")
}

/// The run's seed: `KEEPER_SEED`, else the usual one.
pub(crate) fn seed() -> u64 {
    std::env::var("KEEPER_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED)
}

/// A test's share, in sixtieths, of the kills that are asked for: `KEEPER_KILLS`, else 60.
pub(crate) fn share(sixtieths: u32) -> u32 {
    let asked = std::env::var("KEEPER_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(60);
    (asked * sixtieths).div_ceil(60)
}
