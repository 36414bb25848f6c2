//! When a token is due, how long a call may wait, when to try again. Pure: the time and the dice are arguments.
//! Not here: what a server's reply means (`verdict`), and anything that waits.

use std::time::Duration;

use crate::lifetime::{Lifetime, Moment};

/// What a token is good for right now (R1, R2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Freshness {
    /// More than the window is left: send.
    Fresh,
    /// Less than the window is left, still valid: pause, refresh, send.
    Due,
    /// Over, or there is none: nothing can be sent with it.
    Expired,
}

/// What a call does with a token that is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenDue {
    /// It pauses for the refresh, for `pause_at_most` (R2).
    #[default]
    Pause,
    /// It goes with the still valid token; the refresh runs behind it.
    Background,
}

/// The times that decide, each configurable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RefreshPolicy {
    /// Due when less than this is left (R2).
    pub refresh_window: Duration,
    /// … but never more than this fraction of the lifetime, so that short tokens are not refreshed on every call (R2).
    pub window_fraction: f64,
    /// What a call does then.
    pub when_due: WhenDue,
    /// How long a call pauses at most while its token is still valid (R2).
    pub pause_at_most: Duration,
    /// How long a call waits for a token when it has none that is valid (R5).
    pub call_deadline: Duration,
    /// How long one refresh request may take (R3).
    pub refresh_timeout: Duration,
    /// Whether a timer refreshes ahead of the calls (R14).
    pub refresh_ahead: bool,
    /// How long after the user's last sign of life the timer goes on (R14).
    pub idle_after: Duration,
}

impl Default for RefreshPolicy {
    fn default() -> Self {
        Self {
            refresh_window: Duration::from_secs(600),
            window_fraction: 2.0 / 3.0,
            when_due: WhenDue::Pause,
            pause_at_most: Duration::from_secs(5),
            call_deadline: Duration::from_secs(10),
            refresh_timeout: Duration::from_secs(30),
            refresh_ahead: true,
            idle_after: Duration::from_secs(1800),
        }
    }
}

impl RefreshPolicy {
    /// The window of a token: `min(refresh_window, window_fraction × lifetime)` (R2), the fraction at most nine tenths: a
    /// window of the whole life would make every token due at its birth, and every call refresh (R16).
    #[must_use]
    pub fn window(&self, lifetime: &Lifetime) -> Duration {
        let fraction = if self.window_fraction.is_finite() {
            self.window_fraction.clamp(0.0, WIDEST_FRACTION)
        } else {
            0.0
        };
        self.refresh_window.min(lifetime.window_base().mul_f64(fraction))
    }

    /// Whether a token that is due is refreshed ahead of the calls now (R14): at a moment in the first half of its window that
    /// `dice`, in 0..1 and thrown once a token, decides.
    #[must_use]
    pub fn is_time_ahead(&self, lifetime: &Lifetime, now: Moment, dice: f64) -> bool {
        let dice = if dice.is_finite() { dice.clamp(0.0, 1.0) } else { 0.5 };
        lifetime.left(now) <= self.window(lifetime).mul_f64(1.0 - 0.5 * dice)
    }

    /// How long after its coming the first token after an outage is refreshed, out of step with the others (R14, R15): at a moment
    /// before its window that `dice`, in 0..1, decides; `None`: it looked expired, and is used as it is (R16).
    ///
    /// All who waited for a server get their tokens with its recovery; were they to wait for their windows, they would come all at
    /// once again, cycle after cycle. So each comes early once, by half a cycle on average, and all stay apart from then on. Who is
    /// turned away then has a token that is good for long, and throws again.
    #[must_use]
    pub fn apart_after(&self, lifetime: &Lifetime, dice: f64) -> Option<Duration> {
        let dice = if dice.is_finite() { dice.clamp(0.0, 1.0) } else { 0.5 };
        let before = lifetime.window_base().saturating_sub(self.window(lifetime));
        (!lifetime.looked_expired()).then(|| before.mul_f64(dice))
    }

    /// R1 and R2 worked out beforehand: a token is Fresh as long as neither clock has passed this moment, and never where there
    /// is none. So the check before a request is two comparisons.
    #[must_use]
    pub fn fresh_until(&self, lifetime: Option<&Lifetime>) -> Option<Moment> {
        match lifetime.filter(|life| !life.looked_expired()) {
            Some(lifetime) => lifetime.last_with(self.window(lifetime)),
            None => Some(Moment { wall_ms: i64::MAX, boot: Duration::MAX }),
        }
    }

    /// R1 and R2. A token of unknown life, or one that looked expired when it came (R16), is Fresh until a 401.
    #[must_use]
    pub fn freshness(&self, lifetime: Option<&Lifetime>, now: Moment) -> Freshness {
        let Some(lifetime) = lifetime.filter(|life| !life.looked_expired()) else { return Freshness::Fresh };
        let left = lifetime.left(now);
        if left.is_zero() {
            Freshness::Expired
        } else if left < self.window(lifetime) {
            Freshness::Due
        } else {
            Freshness::Fresh
        }
    }
}

/// The widest window, as a fraction of a token's life (R16).
const WIDEST_FRACTION: f64 = 0.9;

/// The longest a server's `Retry-After` is honoured (R15).
pub const RETRY_AFTER_AT_MOST: Duration = Duration::from_secs(300);

/// The longest pause between two attempts (R15).
const BACKOFF_AT_MOST: f64 = 60.0;

/// How often a refresh is sent in one flight when its reply is lost, the first time included (R9).
pub const TRIES_AFTER_A_LOST_REPLY: u32 = 3;

/// How soon the same refresh token is sent again after a lost reply (R9): promptly, but not all clients at once.
#[must_use]
pub fn replay_after(dice: f64) -> Duration {
    let dice = if dice.is_finite() { dice.clamp(0.0, 1.0) } else { 0.5 };
    Duration::from_secs_f64(0.1 + 0.3 * dice)
}

/// How long to wait after the `failures`th failed refresh in a row (1 is the first), `dice` in 0..1 (R15).
///
/// A second apart five times, and never less, so that a server's restart is hardly felt and the sixth attempt comes when five
/// seconds are over; then a step over the rest of the first ten seconds, so that six attempts fit into them at most; from there on
/// full jitter over a span that doubles up to a minute.
#[must_use]
pub fn backoff(failures: u32, dice: f64, retry_after: Option<Duration>) -> Duration {
    let dice = if dice.is_finite() { dice.clamp(0.0, 1.0) } else { 0.5 };
    let seconds = match failures {
        0..=5 => 1.0 + 0.1 * dice,
        6 => 7.2 + 2.0 * dice,
        more => {
            let span = (8.0 * 2f64.powi(i32::try_from(more - 6).unwrap_or(30).min(30))).min(BACKOFF_AT_MOST);
            5.5 + (span - 5.5) * dice
        }
    };
    let own = Duration::from_secs_f64(seconds);
    retry_after.map_or(own, |asked| asked.min(RETRY_AFTER_AT_MOST).max(own))
}

/// Whether signing in again is offered to a user without a valid token (R5): the server answers, and has failed with a 5xx
/// `failures` times in a row for as long as `lasted`. Some servers say so to a token whose user is gone.
#[must_use]
pub fn offers_sign_in(failures: u32, lasted: Duration) -> bool {
    failures >= 6 && lasted >= Duration::from_secs(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifetime::{Origin, Receipt, TimeClaims};
    use proptest::prelude::*;

    const NOW: Moment = Moment { wall_ms: 1_700_000_000_000, boot: Duration::from_secs(1_000) };

    fn issued(lifetime_ms: i64) -> Lifetime {
        let times =
            TimeClaims { expires_at_ms: Some(NOW.wall_ms + lifetime_ms), issued_at_ms: Some(NOW.wall_ms) };
        let receipt =
            Receipt { at: NOW, server_date_ms: Some(NOW.wall_ms), expires_in: None, origin: Origin::SignIn };
        Lifetime::of(times, receipt).unwrap()
    }

    fn later(ms: u64) -> Moment {
        Moment {
            wall_ms: NOW.wall_ms + i64::try_from(ms).unwrap(),
            boot: NOW.boot + Duration::from_millis(ms),
        }
    }

    fn at_left(lifetime_s: i64, left_ms: i64) -> Freshness {
        let at = later(u64::try_from(lifetime_s * 1000 - left_ms).unwrap());
        RefreshPolicy::default().freshness(Some(&issued(lifetime_s * 1000)), at)
    }

    #[test]
    fn r2_f2_a_token_with_ten_minutes_left_is_fresh_and_one_with_less_is_due() {
        for (lifetime_s, left_ms, expected) in [
            (1800, 600_000, Freshness::Fresh),
            (1800, 599_999, Freshness::Due),
            (900, 600_000, Freshness::Fresh),
            (900, 599_000, Freshness::Due),
            (1800, 1, Freshness::Due),
            (1800, 0, Freshness::Expired),
            (300, 200_000, Freshness::Fresh),
            (300, 199_999, Freshness::Due),
        ] {
            assert_eq!(at_left(lifetime_s, left_ms), expected, "lifetime {lifetime_s} s, {left_ms} ms left");
        }
    }

    #[test]
    fn r16_a_token_that_looked_expired_when_it_came_is_used_until_a_401() {
        assert_eq!(RefreshPolicy::default().freshness(Some(&issued(-5_000)), NOW), Freshness::Fresh);
    }

    #[test]
    fn r15_six_attempts_in_ten_seconds_at_most() {
        let fastest: f64 = (1..=6).map(|n| backoff(n, 0.0, None).as_secs_f64()).sum();
        assert!(fastest >= 10.0, "the seventh attempt comes {fastest} s after the first");
    }

    #[test]
    fn r15_an_outage_of_five_seconds_never_takes_all_six_attempts_and_is_over_a_second_later() {
        let sixth = |dice| (1..=5).map(|n| backoff(n, dice, None)).sum::<Duration>();
        assert!(
            sixth(0.0) >= Duration::from_secs(5),
            "the sixth attempt comes {:?} after the first",
            sixth(0.0)
        );
        assert!(sixth(1.0) <= Duration::from_millis(6_100), "{:?}", sixth(1.0));
        assert!((1..=5).all(|n| backoff(n, 1.0, None) <= Duration::from_millis(1_100)));
    }

    #[test]
    fn r9_r15_the_tries_after_a_lost_reply_count_among_the_six() {
        let replays = 2.0 * replay_after(0.0).as_secs_f64();
        let rest: f64 = (3..=6).map(|n| backoff(n, 0.0, None).as_secs_f64()).sum();
        assert!(replays + rest >= 10.0, "the seventh request comes {} s after the first", replays + rest);
    }

    #[test]
    fn r5_signing_in_again_is_offered_after_six_failures_and_ten_seconds() {
        let lasted = Duration::from_secs;
        assert!(offers_sign_in(6, lasted(10)));
        assert!(!offers_sign_in(5, lasted(3600)) && !offers_sign_in(100, Duration::from_millis(9_999)));
    }

    #[test]
    fn r9_r15_every_wait_lies_where_the_dice_put_it() {
        let near = |wait: Duration, seconds: f64| (wait.as_secs_f64() - seconds).abs() < 1e-6;
        for (failures, dice, seconds) in [
            (1, 0.0, 1.0),
            (1, f64::NAN, 1.05),
            (5, 1.0, 1.1),
            (6, 0.0, 7.2),
            (6, 1.0, 9.2),
            (7, 0.0, 5.5),
            (7, 0.5, 10.75),
            (7, 1.0, 16.0),
            (8, 1.0, 32.0),
            (9, 1.0, 60.0),
            (u32::MAX, 7.0, 60.0),
            (u32::MAX, 0.5, 32.75),
        ] {
            let wait = backoff(failures, dice, None);
            assert!(near(wait, seconds), "failure {failures}, dice {dice}: {wait:?}");
        }
        for (dice, seconds) in [(0.0, 0.1), (1.0, 0.4), (-1.0, 0.1), (f64::NAN, 0.25)] {
            assert!(near(replay_after(dice), seconds), "dice {dice}: {:?}", replay_after(dice));
        }
    }

    #[test]
    fn r14_the_moment_ahead_lies_in_the_first_half_of_the_window_where_the_dice_put_it() {
        let life = issued(1_800_000);
        for (dice, first_at_s) in [(0.0, 600), (0.5, 450), (1.0, 300), (9.0, 300), (f64::NAN, 450)] {
            let is_time = |left_ms: u64| {
                RefreshPolicy::default().is_time_ahead(&life, later(1_800_000 - left_ms), dice)
            };
            assert!(!is_time(first_at_s * 1000 + 1) && is_time(first_at_s * 1000), "dice {dice}");
        }
    }

    #[test]
    fn r14_r15_the_moment_after_an_outage_lies_anywhere_between_the_tokens_coming_and_its_window() {
        for (life_s, window_at_s) in [(300, 100), (900, 300), (1800, 1200), (3600, 3000)] {
            for (dice, quarters) in [(0.0, 0), (0.25, 1), (0.5, 2), (1.0, 4), (7.0, 4), (f64::NAN, 2)] {
                let after = RefreshPolicy::default().apart_after(&issued(life_s * 1000), dice);
                let expected = Some(Duration::from_secs(window_at_s * quarters / 4));
                assert_eq!(after, expected, "a life of {life_s} s, dice {dice}");
            }
        }
    }

    #[test]
    fn r16_a_token_that_looked_expired_when_it_came_is_not_refreshed_to_be_apart() {
        assert_eq!(RefreshPolicy::default().apart_after(&issued(-5_000), 0.5), None);
    }

    #[test]
    fn r16_a_window_is_nine_tenths_of_a_life_at_most_and_no_number_is_no_window() {
        let life = issued(100_000);
        for (fraction, seconds) in [(0.5, 50), (1.0, 90), (f64::INFINITY, 0), (f64::NAN, 0), (-1.0, 0)] {
            let policy = RefreshPolicy { window_fraction: fraction, ..RefreshPolicy::default() };
            assert_eq!(policy.window(&life), Duration::from_secs(seconds), "{fraction}");
        }
    }

    #[test]
    fn r15_retry_after_is_honoured_and_capped() {
        assert_eq!(backoff(1, 0.5, Some(Duration::from_secs(30))), Duration::from_secs(30));
        assert_eq!(backoff(1, 0.5, Some(Duration::from_secs(1 << 40))), RETRY_AFTER_AT_MOST);
        assert!(backoff(1, 0.5, Some(Duration::ZERO)) >= Duration::from_secs(1));
    }

    proptest! {
        #[test]
        fn r2_a_fresh_token_of_any_lifetime_from_a_second_on_is_not_due_at_birth(ms in 1_000i64..=i64::MAX / 4) {
            prop_assert_eq!(RefreshPolicy::default().freshness(Some(&issued(ms)), NOW), Freshness::Fresh);
        }

        #[test]
        fn r1_as_time_passes_freshness_only_gets_worse(life in 1_000i64..10_000_000, a in 0u64..12_000_000, b in 0u64..12_000_000) {
            let rank = |ms| match RefreshPolicy::default().freshness(Some(&issued(life)), later(ms)) {
                Freshness::Fresh => 0,
                Freshness::Due => 1,
                Freshness::Expired => 2,
            };
            prop_assert!(rank(a.min(b)) <= rank(a.max(b)));
        }

        /// R1: what is worked out beforehand says the same as the rule itself, at its edge and anywhere.
        #[test]
        fn r1_the_moment_worked_out_beforehand_agrees_with_the_rule(
            exp in any::<Option<i64>>(), life in 0i64..10_000_000, near in any::<bool>(), wall in any::<i64>(), boot in any::<u64>(),
            by_ms in -3i64..3, ns in 0u64..3, sooner in any::<bool>(), fraction in 0.0f64..1.0, origin in prop_oneof![Just(Origin::SignIn), Just(Origin::Refresh)],
        ) {
            let times = TimeClaims { expires_at_ms: if near { Some(NOW.wall_ms + life) } else { exp }, issued_at_ms: near.then_some(NOW.wall_ms) };
            let lifetime = Lifetime::of(times, Receipt { at: NOW, server_date_ms: None, expires_in: None, origin });
            let policy = RefreshPolicy { window_fraction: fraction, ..RefreshPolicy::default() };
            let until = policy.fresh_until(lifetime.as_ref());
            let at = match until.filter(|_| near) {
                Some(until) => Moment {
                    wall_ms: until.wall_ms.saturating_add(by_ms),
                    boot: if sooner {
                        until.boot.saturating_sub(Duration::from_nanos(ns))
                    } else {
                        until.boot.saturating_add(Duration::from_nanos(ns))
                    },
                },
                None => Moment { wall_ms: wall, boot: Duration::from_millis(boot) },
            };
            let fresh = until.is_some_and(|until| !at.is_after(until));
            prop_assert_eq!(fresh, policy.freshness(lifetime.as_ref(), at) == Freshness::Fresh);
        }

        #[test]
        fn p12_no_claims_no_clock_and_no_fraction_make_the_policy_panic(
            exp in any::<Option<i64>>(), iat in any::<Option<i64>>(), date in any::<Option<i64>>(),
            wall in any::<i64>(), boot in any::<u64>(), fraction in any::<f64>(), n in any::<u32>(), dice in any::<f64>(),
        ) {
            let at = Moment { wall_ms: wall, boot: Duration::from_millis(boot) };
            let receipt = Receipt { at, server_date_ms: date, expires_in: None, origin: Origin::Refresh };
            let life = Lifetime::of(TimeClaims { expires_at_ms: exp, issued_at_ms: iat }, receipt);
            let policy = RefreshPolicy { window_fraction: fraction, ..RefreshPolicy::default() };
            let _ = policy.freshness(life.as_ref(), NOW);
            prop_assert!(backoff(n, dice, None) <= Duration::from_secs(60));
        }
    }
}
