//! A clock on tokio's time, whose wall can be set and whose boot clock can jump as a suspend makes it.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use session_engine::Moment;
use session_engine::ports::Clock;
use tokio::time::Instant;

const START_MS: i64 = 1_700_000_000_000;

pub(crate) struct TestClock {
    start: Instant,
    wall_jump_ms: AtomicI64,
    boot_jump_ms: AtomicU64,
}

impl TestClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock of the tests; tokio's time is paused")]
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), wall_jump_ms: AtomicI64::new(0), boot_jump_ms: AtomicU64::new(0) }
    }

    /// The true time, Unix milliseconds, whatever the wall was set to; a suspend counts.
    pub(crate) fn true_ms(&self) -> i64 {
        START_MS + i64::try_from(self.now().boot.as_millis()).unwrap()
    }

    /// Somebody sets the wall clock.
    pub(crate) fn set_wall(&self, seconds: i64) {
        self.wall_jump_ms.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// The computer sleeps: both clocks run on, the runtime's timers do not.
    pub(crate) fn suspend(&self, seconds: u64) {
        self.boot_jump_ms.fetch_add(seconds * 1000, Ordering::SeqCst);
        self.set_wall(i64::try_from(seconds).unwrap());
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Moment {
        let run = self.start.elapsed();
        Moment {
            wall_ms: START_MS
                + i64::try_from(run.as_millis()).unwrap()
                + self.wall_jump_ms.load(Ordering::SeqCst),
            boot: run + Duration::from_millis(self.boot_jump_ms.load(Ordering::SeqCst)),
        }
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
