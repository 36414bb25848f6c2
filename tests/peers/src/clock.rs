//! One clock for all processes of a run: CLOCK_MONOTONIC. Not here: what is measured by it.

use std::time::Duration;

/// Nanoseconds since the machine was started.
#[must_use]
pub fn now() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}

/// Milliseconds between two readings.
#[must_use]
pub fn ms(from: u64, to: u64) -> f64 {
    Duration::from_nanos(to.saturating_sub(from)).as_secs_f64() * 1e3
}
