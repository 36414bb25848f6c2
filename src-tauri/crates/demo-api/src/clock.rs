//! The demo server's clock: the only file of the crate that reads the time.
//! Not here: any waiting; delays are tokio's and run on real time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A wall clock that can be moved: ahead for good (time that passes at a click), or an hour off (a fault).
#[derive(Default)]
pub(crate) struct Clock {
    advanced_ms: AtomicI64,
    skew_ms: AtomicI64,
}

impl Clock {
    /// The server's time, in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        machine_ms()
            .saturating_add(self.advanced_ms.load(Ordering::SeqCst))
            .saturating_add(self.skew_ms.load(Ordering::SeqCst))
    }

    /// The server's time, in whole seconds since 1970, as in `iat` and `exp`.
    pub(crate) fn now_secs(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// The server's time as a `Date` header says it.
    pub(crate) fn http_date(&self) -> String {
        let since_1970 = Duration::from_secs(u64::try_from(self.now_secs()).unwrap_or(0));
        httpdate::fmt_http_date(UNIX_EPOCH + since_1970.min(YEAR_9999))
    }

    /// As far ahead of the machine's as it was left.
    pub(crate) fn ahead(ms: i64) -> Self {
        Self { advanced_ms: AtomicI64::new(ms), skew_ms: AtomicI64::new(0) }
    }

    /// How far ahead of the machine's it is, an hour off or not, in milliseconds.
    pub(crate) fn ahead_ms(&self) -> i64 {
        self.advanced_ms.load(Ordering::SeqCst)
    }

    /// Moves it ahead, a hundred years in all at most; gives how far it is ahead of the machine's then.
    pub(crate) fn advance(&self, by: Duration) -> i64 {
        let sum = |ms: i64| ms.saturating_add(millis(by)).min(HUNDRED_YEARS_MS);
        let before = self.advanced_ms.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |ms| Some(sum(ms)));
        sum(before.unwrap_or_else(|now| now))
    }

    pub(crate) fn set_skew_hours(&self, hours: i64) {
        self.skew_ms.store(hours * 3_600_000, Ordering::SeqCst);
    }
}

/// The farthest that the clock is moved, so that sums of times stay in range.
const HUNDRED_YEARS_MS: i64 = 100 * 366 * 24 * 3600 * 1000;

/// `httpdate` panics beyond the year 9999.
const YEAR_9999: Duration = Duration::from_secs(253_402_300_799);

/// The machine's own time, not moved by anything, in milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the demo server's clock is where its time comes from")]
pub(crate) fn machine_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis)
}

/// A duration in milliseconds, a hundred years at most so that sums of times stay in range.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(HUNDRED_YEARS_MS).min(HUNDRED_YEARS_MS)
}

/// A duration in whole seconds, a hundred years at most.
pub(crate) fn seconds(duration: Duration) -> i64 {
    millis(duration) / 1000
}
