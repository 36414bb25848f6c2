//! The session engine against a whole world of stand-ins: each rule and fault with exact counts.
//! A test's name carries the number of what it proves (R…, F…, P…).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers outside of #[test] functions; a failure there is a failed test"
)]

mod ahead;
mod authorization;
mod callers;
mod chaos;
mod clocks;
mod ending;
mod endpoint;
mod journal;
mod outage;
mod profile;
mod refresh_end;
mod switching;
mod unauthorized;
mod vault;
mod watching;
mod window;
#[path = "../world/mod.rs"]
mod world;
