//! How long a token lives, worked out once when it is received (R1), with arithmetic that cannot overflow (P12).
//! Not here: whether what is left is enough (`policy`), and any reading of a clock.

use std::time::Duration;

use indexmap::IndexMap;
use serde_json::value::RawValue;

/// A reading of both clocks. Taken by the `Clock` port, passed as an argument everywhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Wall clock, Unix milliseconds; the user can set it, NTP can move it.
    pub wall_ms: i64,
    /// A clock that only runs forward and runs on during suspend (CLOCK_BOOTTIME and its like).
    pub boot: Duration,
}

impl Moment {
    /// How long before `self` the moment `earlier` was, by the clock that cannot be set; zero if it was not.
    #[must_use]
    pub fn since(self, earlier: Moment) -> Duration {
        self.boot.saturating_sub(earlier.boot)
    }

    /// Whether one of the two clocks has passed what it says in `other`.
    #[inline]
    #[must_use]
    pub fn is_after(self, other: Moment) -> bool {
        self.wall_ms > other.wall_ms || self.boot > other.boot
    }
}

/// The farthest instant that is believed, ±8.64e15 ms, which is also JavaScript's: year 275760.
const FARTHEST_MS: f64 = 8.64e15;

/// The times a JWT claims, Unix milliseconds. A claim that is not a number is as good as missing (RFC 7519 section 2, NumericDate).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeClaims {
    /// `exp`
    pub expires_at_ms: Option<i64>,
    /// `iat`
    pub issued_at_ms: Option<i64>,
}

impl TimeClaims {
    pub(crate) fn read(claims: &RawValue) -> Self {
        let Ok(claims) = serde_json::from_str::<IndexMap<String, Box<RawValue>>>(claims.get()) else {
            return Self::default();
        };
        let instant = |name: &str| claims.get(name).and_then(|raw| numeric_date_ms(raw.get()));
        Self { expires_at_ms: instant("exp"), issued_at_ms: instant("iat") }
    }
}

/// A NumericDate, fractions allowed, as milliseconds; what is absurd is clamped.
#[expect(clippy::cast_possible_truncation, reason = "clamped to what an i64 holds")]
fn numeric_date_ms(json: &str) -> Option<i64> {
    let seconds: f64 = serde_json::from_str(json).ok()?;
    Some((seconds * 1000.0).clamp(-FARTHEST_MS, FARTHEST_MS) as i64)
}

/// What is known about a token at the moment it was received.
#[derive(Clone, Copy, Debug)]
pub struct Receipt {
    /// When it was received, on our clocks.
    pub at: Moment,
    /// The reply's `Date`, Unix milliseconds: what the server's clock said.
    pub server_date_ms: Option<i64>,
    /// The reply's `expires_in`.
    pub expires_in: Option<Duration>,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A sign-in.
    SignIn,
    /// A refresh.
    Refresh,
}

/// The life of one token: its length, and two deadlines of which the smaller decides (R1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    total: Duration,
    window_base: Duration,
    wall_deadline_ms: i64,
    boot_deadline: Duration,
    looked_expired: bool,
}

impl Lifetime {
    /// R1: `exp − iat`, else `expires_in`, else `exp −` server date. `None` when none of them is known.
    #[must_use]
    pub fn of(times: TimeClaims, receipt: Receipt) -> Option<Self> {
        let server_now = receipt.server_date_ms.or(times.issued_at_ms).unwrap_or(receipt.at.wall_ms);
        let (total, left_ms) = match (times.expires_at_ms, times.issued_at_ms, receipt.expires_in) {
            (Some(exp), Some(iat), _) => (positive(exp.saturating_sub(iat)), exp.saturating_sub(server_now)),
            (_, _, Some(expires_in)) => (expires_in, millis(expires_in)),
            (Some(exp), None, None) => {
                (positive(exp.saturating_sub(server_now)), exp.saturating_sub(server_now))
            }
            (None, _, None) => return None,
        };
        let left = positive(left_ms).min(total);
        Some(Self {
            total,
            window_base: if receipt.origin == Origin::SignIn { total } else { left },
            wall_deadline_ms: receipt.at.wall_ms.saturating_add(millis(left)),
            boot_deadline: receipt.at.boot.saturating_add(left),
            looked_expired: left.is_zero(),
        })
    }

    /// How long it lives in all, as issued.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.total
    }

    /// The life that the refresh window is a fraction of. For a token that a refresh handed out already half spent it is
    /// what was left then, so that such a server causes no storm (R16).
    #[must_use]
    pub fn window_base(&self) -> Duration {
        self.window_base
    }

    /// It was over when it came: a clock is wrong somewhere, and nothing can be scheduled by it (R16).
    #[must_use]
    pub fn looked_expired(&self) -> bool {
        self.looked_expired
    }

    /// The last moment at which `margin` is left by both clocks, and something is left at all; `None`: there was none.
    #[must_use]
    pub fn last_with(&self, margin: Duration) -> Option<Moment> {
        let margin = margin.max(Duration::from_nanos(1));
        let whole_ms = i64::try_from(margin.as_nanos().div_ceil(1_000_000)).ok()?;
        let wall_ms = self.wall_deadline_ms.checked_sub(whole_ms)?;
        Some(Moment { wall_ms, boot: self.boot_deadline.checked_sub(margin)? })
    }

    /// What is left at `now`: the smaller of what the wall clock and the boot clock say; zero when it is over.
    #[must_use]
    pub fn left(&self, now: Moment) -> Duration {
        let by_wall = positive(self.wall_deadline_ms.saturating_sub(now.wall_ms));
        by_wall.min(self.boot_deadline.saturating_sub(now.boot))
    }

    /// The same in whole milliseconds, and below zero for as long as it has been over.
    #[must_use]
    pub fn left_ms(&self, now: Moment) -> i64 {
        let by_wall = self.wall_deadline_ms.saturating_sub(now.wall_ms);
        let (left, over) =
            (self.boot_deadline.saturating_sub(now.boot), now.boot.saturating_sub(self.boot_deadline));
        by_wall.min(millis(left).saturating_sub(millis(over))) // one of the two is zero
    }
}

fn positive(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment { wall_ms: 1_700_000_000_000, boot: Duration::from_secs(1_000) };

    fn times(exp: Option<i64>, iat: Option<i64>) -> TimeClaims {
        TimeClaims { expires_at_ms: exp, issued_at_ms: iat }
    }

    fn receipt(server_date_ms: Option<i64>) -> Receipt {
        Receipt { at: NOW, server_date_ms, expires_in: None, origin: Origin::SignIn }
    }

    fn after(wall: i64, boot: u64) -> Moment {
        Moment { wall_ms: NOW.wall_ms + wall * 1000, boot: NOW.boot + Duration::from_secs(boot) }
    }

    #[test]
    fn r1_the_lifetime_is_exp_minus_iat_whatever_our_wall_clock_says() {
        let server = NOW.wall_ms + 3_600_000; // our clock is an hour slow
        let life =
            Lifetime::of(times(Some(server + 1_800_000), Some(server)), receipt(Some(server))).unwrap();
        assert_eq!(life.total(), Duration::from_secs(1800));
        assert_eq!(life.left(NOW), Duration::from_secs(1800));
    }

    #[test]
    fn r1_the_smaller_of_the_two_clocks_decides() {
        let life =
            Lifetime::of(times(Some(NOW.wall_ms + 1_800_000), Some(NOW.wall_ms)), receipt(None)).unwrap();
        assert_eq!(
            life.left(after(60, 600)),
            Duration::from_secs(1200),
            "a wall clock set back does not prolong"
        );
        assert_eq!(
            life.left(after(900, 60)),
            Duration::from_secs(900),
            "a boot clock that stood still does not either"
        );
    }

    #[test]
    fn r1_a_token_that_is_over_tells_since_when_by_the_clock_that_passed_its_end_first() {
        let life =
            Lifetime::of(times(Some(NOW.wall_ms + 1_800_000), Some(NOW.wall_ms)), receipt(None)).unwrap();
        for (wall, boot, expected) in [
            (0, 0, 1_800_000),
            (60, 600, 1_200_000),
            (1_800, 1_800, 0),
            (1_812, 1_812, -12_000),
            (1_700, 1_830, -30_000),
            (1_890, 60, -90_000),
        ] {
            let now = after(wall, boot);
            assert_eq!(life.left_ms(now), expected, "{wall} s, {boot} s");
            assert_eq!(millis(life.left(now)), expected.max(0), "{wall} s, {boot} s");
        }
    }

    #[test]
    fn r1_expires_in_serves_where_the_token_is_opaque_and_nothing_at_all_is_no_lifetime() {
        let opaque = Receipt { expires_in: Some(Duration::from_secs(300)), ..receipt(None) };
        assert_eq!(Lifetime::of(times(None, None), opaque).unwrap().total(), Duration::from_secs(300));
        assert!(Lifetime::of(times(None, None), receipt(None)).is_none());
    }

    #[test]
    fn r16_a_token_that_a_refresh_hands_out_half_spent_has_a_window_of_what_is_left() {
        let half_spent = times(Some(NOW.wall_ms + 100_000), Some(NOW.wall_ms - 1_700_000));
        let refreshed = Receipt { origin: Origin::Refresh, ..receipt(Some(NOW.wall_ms)) };
        assert_eq!(Lifetime::of(half_spent, refreshed).unwrap().window_base(), Duration::from_secs(100));
        assert_eq!(
            Lifetime::of(half_spent, receipt(Some(NOW.wall_ms))).unwrap().window_base(),
            Duration::from_secs(1800)
        );
    }

    #[test]
    fn p12_absurd_time_claims_are_clamped_or_ignored_and_never_panic() {
        for (json, expected) in [
            ("1700000000.5", Some(1_700_000_000_500)),
            ("1e9", Some(1_000_000_000_000)),
            ("18446744073709551615", Some(8_640_000_000_000_000)),
            ("-1e300", Some(-8_640_000_000_000_000)),
            ("\"1700000000\"", None),
            ("null", None),
            ("[]", None),
        ] {
            assert_eq!(numeric_date_ms(json), expected, "{json}");
        }
        for exp in [i64::MIN, -1, 0, i64::MAX] {
            for iat in [None, Some(i64::MIN), Some(i64::MAX)] {
                let life = Lifetime::of(times(Some(exp), iat), receipt(Some(i64::MIN)));
                for wall_ms in [i64::MIN, i64::MAX] {
                    let now = Moment { wall_ms, boot: Duration::MAX };
                    let _ = life.map(|life| (life.left(now), life.left_ms(now)));
                }
            }
        }
    }
}
