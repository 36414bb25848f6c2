//! The clock: the engine's own adapter, the same moved ahead with the demo server's, and the wall time where only that is wanted.
//! Not here: how the two clocks are read (`session_engine::SystemClock`).

use std::time::Duration;

use async_trait::async_trait;
use session_engine::Moment;
pub use session_engine::SystemClock;
use session_engine::ports::Clock;
use tokio::sync::watch;

/// Unix milliseconds; before 1970 it is 1970.
pub(crate) fn wall_ms() -> i64 {
    SystemClock.now().wall_ms
}

/// This machine's clocks, as far ahead as the demo server's. Time that passes at a click passes for both, as in a suspend: it is
/// no clock that was set, and who sleeps wakes up when it is over.
pub(crate) struct DemoClock {
    demo: demo_api::Handle,
    moved: watch::Sender<()>,
}

impl DemoClock {
    pub(crate) fn new(demo: demo_api::Handle) -> Self {
        Self { demo, moved: watch::Sender::new(()) }
    }

    /// Lets this time pass. Writes to the demo's database, which blocks for milliseconds.
    pub(crate) fn pass(&self, time: Duration) {
        self.demo.advance_clock(time);
        self.moved.send_replace(());
    }
}

#[async_trait]
impl Clock for DemoClock {
    fn now(&self) -> Moment {
        let (now, ahead) = (SystemClock.now(), self.demo.clock_ahead());
        let ahead_ms = i64::try_from(ahead.as_millis()).unwrap_or(i64::MAX);
        Moment { wall_ms: now.wall_ms.saturating_add(ahead_ms), boot: now.boot.saturating_add(ahead) }
    }

    async fn sleep(&self, duration: Duration) {
        let mut moved = self.moved.subscribe();
        let until = self.now().boot.saturating_add(duration);
        loop {
            let left = until.saturating_sub(self.now().boot);
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = SystemClock.sleep(left) => {}
                _ = moved.changed() => {}
            }
        }
    }

    async fn work_time(&self, duration: Duration) {
        SystemClock.sleep(duration).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    #[tokio::test]
    async fn time_that_passes_at_a_click_passes_on_both_clocks_and_ends_sleeps() {
        let clock = Arc::new(DemoClock::new(demo_api::Demo::in_memory().unwrap().handle()));
        let (sleeper, before) = (Arc::clone(&clock), clock.now());
        let short = tokio::spawn({
            let clock = Arc::clone(&clock);
            async move { clock.sleep(DAY).await }
        });
        let long = tokio::spawn(async move { sleeper.sleep(3 * DAY).await });
        tokio::task::yield_now().await;
        clock.pass(DAY + Duration::from_secs(1));
        tokio::time::timeout(Duration::from_secs(5), short).await.unwrap().unwrap();
        assert!(!long.is_finished());
        let after = clock.now();
        assert!(after.wall_ms - before.wall_ms >= 86_401_000);
        assert!(after.since(before) >= DAY, "{:?}", after.since(before));
        long.abort();
    }

    #[tokio::test]
    async fn p6_time_that_passes_at_a_click_is_no_time_that_the_keyring_or_the_disk_took() {
        let clock = Arc::new(DemoClock::new(demo_api::Demo::in_memory().unwrap().handle()));
        let limit = tokio::spawn({
            let clock = Arc::clone(&clock);
            async move { clock.work_time(Duration::from_secs(60)).await }
        });
        tokio::task::yield_now().await;
        clock.pass(DAY);
        let ended = tokio::time::timeout(Duration::from_millis(200), limit).await;
        assert!(ended.is_err(), "a keyring that had no time to answer is told to have been silent");
    }
}
