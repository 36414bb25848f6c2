//! A fleet, simulated: how a million clients load the refresh endpoint in the 24 hours after an outage, with the engine's own policy.
//! Prints one line of JSON. Not here: the simulation itself, which the engine's tests run too, with fewer clients.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a simulation, whose numbers are small"
)]

#[path = "../../../../src-tauri/crates/session/tests/fleet/fleet.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod fleet;

use std::time::Duration;

use fastrand::Rng;
use fleet::{Fleet, Way, simulate};
use serde_json::json;

const USAGE: &str = "fleet neither|backoff|engine CLIENTS LIFE_MIN [apart=0..1] [inside=0..1] [capacity=TIMES] [calls=SECONDS] [retry-after]";

fn main() -> Result<(), peers::Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [way, clients, life_min, more @ ..] = words.as_slice() else { return Err(USAGE.into()) };
    let life = Duration::from_secs(60 * life_min.parse::<u64>()?);
    let mut fleet = Fleet::of(clients.parse()?, life);
    let (mut apart, mut inside) = (1.0, 1.0);
    for word in more {
        match word.split_once('=') {
            Some(("apart", number)) => apart = number.parse()?,
            Some(("inside", number)) => inside = number.parse()?,
            Some(("capacity", number)) => fleet.capacity = number.parse()?,
            Some(("calls", number)) => fleet.calls_every = Duration::from_secs(number.parse()?),
            None if word == "retry-after" => fleet.retry_after = true,
            Some(_) | None => return Err(USAGE.into()),
        }
    }
    fleet.way = match way.as_str() {
        "neither" => Way::Neither,
        "backoff" => Way::BackoffOnly,
        "engine" => Way::Engine { apart, inside },
        _ => return Err(USAGE.into()),
    };
    let mut dice = Rng::with_seed(1729);
    let load = simulate(fleet, &mut || dice.f64());
    println!(
        "{}",
        json!({
            "way": way,
            "clients": fleet.clients,
            "life_min": life.as_secs() / 60,
            "capacity": fleet.capacity,
            "apart": apart,
            "inside": inside,
            "calls_every_s": fleet.calls_every.as_secs(),
            "retry_after": fleet.retry_after,
            "mean_per_s": load.mean_per_s,
            "all_served_min": load.served_by,
            "burst_ratio": load.burst(),
            "peak_ratio": load.peak(),
            "last_hour_ratio": load.last_hour(),
            "requests": load.requests(),
            "minutes": load.minutes,
        })
    );
    Ok(())
}
