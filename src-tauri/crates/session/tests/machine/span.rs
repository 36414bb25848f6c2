//! A moment that is known to lie between two.

use std::ops::{Add, Sub};
use std::time::Duration;

/// Milliseconds.
pub(crate) type Ms = i64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) lo: Ms,
    pub(crate) hi: Ms,
}

impl Span {
    pub(crate) fn at(at: Ms) -> Self {
        Self { lo: at, hi: at }
    }

    /// When a timer of so many milliseconds fires: the runtime rounds up.
    pub(crate) fn after(self, time: Ms) -> Self {
        Self { lo: self.lo + time, hi: self.hi + time + 2 }
    }
}

impl Add<Ms> for Span {
    type Output = Self;

    fn add(self, time: Ms) -> Self {
        Self { lo: self.lo + time, hi: self.hi + time }
    }
}

/// How long from one to the other, at least and at most.
impl Sub for Span {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        let (a, b) = (self.lo - earlier.lo, self.hi - earlier.hi);
        Self { lo: a.min(b), hi: a.max(b) }
    }
}

pub(crate) fn ms(duration: Duration) -> Ms {
    i64::try_from(duration.as_millis()).unwrap()
}
