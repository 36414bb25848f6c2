//! The system's clock, moved forward: five-minute tokens grow old without anybody waiting.
//! Not here: clocks that are wrong (the engine's own tests have them); these two move together, as time does.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use session_engine::Moment;
use session_engine::ports::Clock;
use session_keeper::adapters::clock::SystemClock;

/// As much later than it is.
#[derive(Default)]
pub(crate) struct Later(Mutex<Duration>);

impl Later {
    pub(crate) fn pass(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

#[async_trait]
impl Clock for Later {
    fn now(&self) -> Moment {
        let (now, later) = (SystemClock.now(), *self.0.lock().unwrap());
        Moment { wall_ms: now.wall_ms + i64::try_from(later.as_millis()).unwrap(), boot: now.boot + later }
    }

    async fn sleep(&self, duration: Duration) {
        SystemClock.sleep(duration).await;
    }
}
