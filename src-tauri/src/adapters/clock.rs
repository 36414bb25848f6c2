//! The clock: the engine's own adapter, and the wall time where only that is wanted.
//! Not here: how the two clocks are read (`session_engine::SystemClock`).

pub use session_engine::SystemClock;
use session_engine::ports::Clock;

/// Unix milliseconds; before 1970 it is 1970.
pub(crate) fn wall_ms() -> i64 {
    SystemClock.now().wall_ms
}
