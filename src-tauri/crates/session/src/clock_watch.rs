//! Watches the two clocks run side by side: a wall clock that moves against the one that runs on during suspend was set (F27).
//! Not here: what is left of a token (`lifetime`: the smaller of the two decides), and when they are looked at (`ahead`, `session`).

use crate::lifetime::Moment;
use crate::sync::{AtomicBool, AtomicI64, Ordering};

/// What a time server's gentle corrections do not reach between two looks, in milliseconds.
const SMALLEST_JUMP_MS: i64 = 60_000;

/// The difference of the two clocks at the last look.
pub(crate) struct ClockWatch {
    apart_ms: AtomicI64,
    looked: AtomicBool,
}

impl Default for ClockWatch {
    fn default() -> Self {
        Self { apart_ms: AtomicI64::new(0), looked: AtomicBool::new(false) }
    }
}

impl ClockWatch {
    /// By how much the wall clock was set since the last look, in milliseconds, forward above zero. A suspend moves both
    /// clocks and is no jump.
    pub(crate) fn look(&self, now: Moment) -> Option<i64> {
        let boot_ms = i64::try_from(now.boot.as_millis()).unwrap_or(i64::MAX);
        let apart = now.wall_ms.saturating_sub(boot_ms);
        let before = self.apart_ms.swap(apart, Ordering::AcqRel);
        let first = !self.looked.swap(true, Ordering::AcqRel);
        let jump = apart.saturating_sub(before);
        (!first && jump.saturating_abs() >= SMALLEST_JUMP_MS).then_some(jump)
    }
}

/// A sentence for a person.
pub(crate) fn sentence(jump_ms: i64) -> String {
    let minutes = jump_ms.saturating_abs() / 60_000;
    let span = match minutes {
        0..=119 => format!("{minutes} min"),
        120..=2879 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    };
    let way = if jump_ms > 0 { "forward" } else { "back" };
    format!(
        "This computer's clock was set {way} by {span}. The session goes by another clock and is not harmed."
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(wall_s: i64, boot_s: u64) -> Moment {
        Moment { wall_ms: wall_s.saturating_mul(1000), boot: Duration::from_secs(boot_s) }
    }

    #[test]
    fn f27_a_wall_clock_that_was_set_is_seen_once_and_a_suspend_is_none() {
        let watch = ClockWatch::default();
        assert_eq!(watch.look(at(1_000, 10)), None, "the first look has nothing to compare with");
        assert_eq!(watch.look(at(1_030, 40)), None);
        assert_eq!(watch.look(at(29_830, 28_840)), None, "eight hours of suspend move both");
        assert_eq!(watch.look(at(29_889, 28_840)), None, "59 s are a time server's business");
        assert_eq!(watch.look(at(33_519, 28_870)), Some(3_600_000));
        assert_eq!(watch.look(at(33_549, 28_900)), None, "said once");
        assert_eq!(watch.look(at(-31_502_451, 28_900)), Some(-31_536_000_000));
    }

    #[test]
    fn f27_no_clock_makes_it_panic() {
        let watch = ClockWatch::default();
        for wall in [i64::MIN, 0, i64::MAX] {
            for boot in [0, u64::MAX] {
                let _ = watch.look(at(wall, boot)).map(sentence);
            }
        }
    }

    #[test]
    fn a_jump_is_told_in_words_of_its_size() {
        for (jump, words) in
            [(90_000, "forward by 1 min"), (-3_600_000 * 3, "back by 3 h"), (i64::MAX, "days")]
        {
            assert!(sentence(jump).contains(words), "{}", sentence(jump));
        }
    }
}
