//! The clock of this machine: wall time, and a clock that runs on during suspend (R1). The only place that reads either.
//! Behind the feature `clock`. Not here: what the two are used for.

use std::time::Duration;

use async_trait::async_trait;

use crate::lifetime::Moment;
use crate::ports::Clock;

/// The machine's clocks. Its `sleep` wants a tokio runtime with its timers on.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Moment {
        Moment { wall_ms: wall_ms(), boot: boot() }
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Unix milliseconds; before 1970 it is 1970.
#[expect(clippy::disallowed_methods, reason = "this is the adapter")]
fn wall_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// CLOCK_BOOTTIME: since the machine started, suspend included.
#[cfg(target_os = "linux")]
fn boot() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// CLOCK_MONOTONIC, which on Darwin runs on during sleep.
#[cfg(target_os = "macos")]
fn boot() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// `Instant`, which on Windows is QueryPerformanceCounter and runs on during sleep.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
#[expect(clippy::disallowed_methods, reason = "this is the adapter")]
fn boot() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}
