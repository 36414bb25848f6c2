//! R14, R15 for all clients together: after an outage they do not come in step, cycle after cycle.
//! Not here: the simulation itself (`fleet`), and its million (`npm run bench:fleet`).
#![allow(
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    unreachable_pub,
    dead_code,
    reason = "a simulation, whose numbers are small; the benchmark uses more of it than the test"
)]

mod fleet;

use std::time::Duration;

use fleet::{Fleet, Load, Way, simulate};
use rand::{RngExt, SeedableRng, rngs::StdRng};

const CLIENTS: u32 = 10_000;
/// What is called a peak here: ten thousand clients ask so seldom that single minutes differ by chance. A million's are single minutes.
const FEW_MINUTES: usize = 5;
const LIVES_MIN: [u64; 4] = [5, 15, 30, 60];

fn load(life_min: u64, way: Way) -> Load {
    let fleet =
        Fleet { way, hours: 3, capacity: 3.0, ..Fleet::of(CLIENTS, Duration::from_secs(60 * life_min)) };
    let mut dice = StdRng::seed_from_u64(1729);
    simulate(fleet, &mut || dice.random())
}

#[test]
fn r14_r15_after_an_outage_no_minutes_of_ten_thousand_clients_are_busier_than_one_and_a_half_times_the_mean()
{
    for life_min in LIVES_MIN {
        let load = load(life_min, Way::AS_IT_IS);
        assert!(load.served_by < 60, "tokens of {life_min} min: all had one after {} min", load.served_by);
        let peak = load.peak_over(FEW_MINUTES);
        assert!(peak <= 1.5, "tokens of {life_min} min: {peak:.2} times the mean");
    }
}

#[test]
fn r16_what_that_costs_is_no_more_than_a_request_or_two_a_client_and_outage() {
    for life_min in [30, 60] {
        let spread = load(life_min, Way::AS_IT_IS).requests();
        let in_step = load(life_min, Way::Engine { apart: 0.0, inside: 1.0 }).requests();
        let each = (spread as f64 - in_step as f64) / f64::from(CLIENTS);
        assert!(each < 1.5, "tokens of {life_min} min: {each:.2} requests more a client");
    }
}

/// So that the first claim does not hold because anything would do.
#[test]
fn r14_without_it_they_come_in_step() {
    for life_min in [30, 60] {
        let peak = load(life_min, Way::Engine { apart: 0.0, inside: 1.0 }).peak_over(FEW_MINUTES);
        assert!(peak > 2.0, "tokens of {life_min} min: {peak:.2} times the mean");
    }
}
