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

/// Unix milliseconds, as of the kernel's last tick, which is a few of them old and costs a third of an exact reading: what it is
/// compared with is no finer. Before 1970 it is 1970.
#[cfg(target_os = "linux")]
fn wall_ms() -> i64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
    (time.tv_sec.saturating_mul(1_000).saturating_add(time.tv_nsec / 1_000_000)).max(0)
}

/// Unix milliseconds; before 1970 it is 1970.
#[cfg(not(target_os = "linux"))]
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
