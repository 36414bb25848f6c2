//! The timer that refreshes ahead of the calls, so that they seldom pause, and goes on trying while refreshes fail (R14, R15).
//! It polls: one long sleep would miss a suspend. Not here: when a token is due (`policy`), and the refresh itself (`refresh`).

use std::time::Duration;

use crate::core::Core;
use crate::event::Trigger;
use crate::lifetime::Moment;
use crate::policy::Freshness;
use crate::refresh;
use crate::state::{Held, State};
use crate::sync::{Arc, Ordering, Weak, dice, spawn};
use crate::token::Generation;

/// How far apart two looks are at most (R14).
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Starts the timer, if the policy has one. It ends with the session.
pub(crate) fn start(core: &Arc<Core>) {
    if core.policy.refresh_ahead {
        let timer = Timer { core: Arc::downgrade(core), dice: (Generation::default(), 0.0) };
        spawn(timer.run());
    }
}

/// Notes that the user is there (R14).
pub(crate) fn note_activity(core: &Core) {
    note_activity_at(core, core.now());
}

/// The same, by a clock that was read already. Written once a second at most: many threads may be asking.
#[inline]
pub(crate) fn note_activity_at(core: &Core, now: Moment) {
    let seconds = now.boot.as_secs();
    if seconds > core.active_at_s.load(Ordering::Relaxed) {
        core.active_at_s.store(seconds, Ordering::Relaxed);
    }
}

struct Timer {
    core: Weak<Core>,
    /// One throw for each token: where in the window it is refreshed.
    dice: (Generation, f64),
}

impl Timer {
    async fn run(mut self) {
        let mut look_at = Duration::ZERO;
        while let Some(core) = self.core.upgrade() {
            let now = core.look_at_clocks();
            let mut changes = core.state.watch();
            let state = core.state.load();
            if look_at <= now.boot {
                look_at = now.boot.saturating_add(LOOK_EVERY);
                if !core.flights.is_airborne(state.generation)
                    && let Some(trigger) = self.wants_refresh(&core, &state, now)
                {
                    drop(refresh::board(&core, &state, trigger));
                }
            }
            let next_attempt =
                state.held().and_then(|held| held.outage.as_ref()).map(|outage| outage.next_attempt);
            if let Some(next_attempt) = next_attempt.filter(|at| *at > now.boot) {
                look_at = look_at.min(next_attempt);
            }
            let clock = Arc::clone(&core.ports.clock);
            let pause = look_at.saturating_sub(now.boot);
            drop((core, state));
            tokio::select! {
                biased;
                () = clock.sleep(pause) => {}
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }

    fn wants_refresh(&mut self, core: &Core, state: &State, now: Moment) -> Option<Trigger> {
        let held =
            state.held().filter(|held| held.credentials.refresh().is_some() && is_active(core, now))?;
        if is_next_attempt_due(held, now) {
            return Some(Trigger::Timer);
        }
        self.by_its_life(core, state, held, now)
    }

    /// At a moment that is this token's own, so that a fleet does not refresh all at once: inside the window, or after an outage
    /// anywhere before it.
    fn by_its_life(&mut self, core: &Core, state: &State, held: &Held, now: Moment) -> Option<Trigger> {
        if held.outage.is_some() || held.rejected {
            return None; // a call that needs it is on its way, or the next attempt is not due
        }
        if self.dice.0 != state.generation {
            self.dice = (state.generation, dice());
        }
        let (life, dice) = (held.credentials.set()?.lifetime?, self.dice.1);
        let (is_time, trigger) = match core.policy.freshness(Some(&life), now) {
            Freshness::Fresh => (held.apart_at.is_some_and(|at| at <= now.boot), Trigger::Apart),
            Freshness::Due => (core.policy.is_time_ahead(&life, now, dice), Trigger::Timer),
            Freshness::Expired => (true, Trigger::Timer),
        };
        is_time.then_some(trigger)
    }
}

fn is_next_attempt_due(held: &Held, now: Moment) -> bool {
    held.outage.as_ref().is_some_and(|outage| outage.next_attempt <= now.boot)
}

fn is_active(core: &Core, now: Moment) -> bool {
    let active_at = Duration::from_secs(core.active_at_s.load(Ordering::Relaxed));
    now.boot.saturating_sub(active_at) < core.policy.idle_after
}
