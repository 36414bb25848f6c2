//! How a call, or who asks for a header, comes to a token to go with: at once, after a pause, after a wait (R1, R2, R4, R5).
//! Not here: the waiting itself (`waiter`), what is sent with the token (`interceptor`), and when one is due (`policy`).

use std::time::Duration;

use http::HeaderValue;

use crate::call::{ApiRequest, CallPhase};
use crate::core::{Core, ms};
use crate::error::{CallError, RefreshError, Transient, TransientKind};
use crate::event::{SessionEvent, Trigger, Waiting, Without};
use crate::lifetime::{Lifetime, Moment};
use crate::policy::{Freshness, WhenDue};
use crate::refresh;
use crate::single_flight::Seat;
use crate::state::{Cause, Epoch, Held, Phase, State};
use crate::sync::Arc;
use crate::token::{Generation, TokenSet};
use crate::waiter::{Wait, Waiter};

/// One who is on the way to a token.
pub(crate) struct Passenger<'a> {
    core: &'a Arc<Core>,
    /// The call as the events tell it; `None`: only a header is asked for, which is no call.
    call: Option<(u64, &'a ApiRequest)>,
    waiter: Waiter<'a>,
    /// The session it began in; it is sent in no other (R10).
    epoch: Epoch,
    /// By the boot clock, when it stops waiting for a token; set when it first has none.
    give_up: Option<Duration>,
    /// It was refused by the API once (R7).
    refused: bool,
    /// It paused for a refresh and got no new token: it does not pause again while there is a valid one (R2, R5).
    excused: Option<Without>,
    /// A refresh that it waited for gave a token: it goes with that one, whatever its claims (R16).
    renewed: bool,
    checked: bool,
    /// The clocks as they were when it set out, for its first look.
    clocks: Option<Moment>,
}

/// What comes next for one whose session was looked at.
enum Next {
    Go(Pass),
    Stay(Stay),
    /// The session has moved on, so it looks again.
    Look,
}

/// What it waits for.
enum Stay {
    /// It waits for that flight, for so long at most.
    Landing(Seat<(), RefreshError>, Waiting, Duration),
    /// It waits for the next attempt, for so long at most, or for any change of that state.
    Attempt(Arc<State>, Waiting, Duration),
}

/// A token to go with.
pub(crate) struct Pass {
    pub(crate) header: HeaderValue,
    pub(crate) generation: Generation,
    pub(crate) without: Option<Without>,
    /// When that was decided.
    pub(crate) at: Moment,
}

impl<'a> Passenger<'a> {
    pub(crate) fn of_call(
        core: &'a Arc<Core>,
        watch: &'a (dyn Fn(CallPhase) + Send + Sync),
        call: u64,
        request: &'a ApiRequest,
        now: Moment,
    ) -> Self {
        Self::new(core, Some((call, request)), Waiter::of_call(core, watch, call), now)
    }

    /// Who asks for a header only.
    pub(crate) fn of_header(core: &'a Arc<Core>, now: Moment) -> Self {
        Self::new(core, None, Waiter::of_nobody(core), now)
    }

    fn new(
        core: &'a Arc<Core>,
        call: Option<(u64, &'a ApiRequest)>,
        waiter: Waiter<'a>,
        now: Moment,
    ) -> Self {
        Self {
            core,
            call,
            waiter,
            epoch: core.state.look(|state| state.epoch),
            give_up: None,
            refused: false,
            excused: None,
            renewed: false,
            checked: false,
            clocks: Some(now),
        }
    }

    /// A token to go with, after as much waiting as the rules allow. All that is decided is decided between two waits, and nothing of
    /// it is held while ten thousand wait: each would let go of the same state as they are woken, and wait for its count.
    pub(crate) async fn pass(&mut self) -> Result<Pass, CallError> {
        loop {
            if let Some(pass) = self.fresh() {
                return Ok(pass);
            }
            let stay = match self.look()? {
                Next::Go(pass) => return Ok(pass),
                Next::Stay(stay) => stay,
                Next::Look => continue,
            };
            match stay {
                Stay::Landing(mut seat, why, at_most) => {
                    let wait = self.waiter.for_landing(&mut seat, why, at_most).await;
                    self.has_waited_so(wait, why)?;
                }
                Stay::Attempt(state, why, at_most) => {
                    self.waiter.for_next_attempt(&state, why, at_most).await;
                }
            }
        }
    }

    /// The API refused the token of that generation: it is to go once more, with another (R7).
    pub(crate) fn was_refused(&mut self, generation: Generation) {
        self.core.state.update_held(generation, |held| held.rejected = true);
        (self.refused, self.renewed, self.give_up) = (true, false, None);
        self.waiter.goes_once_more();
    }

    /// Whether the session it began in is still that of who is here (R10).
    pub(crate) fn is_of_this_session(&self) -> bool {
        self.core.state.look(|state| state.epoch) == self.epoch
    }

    pub(crate) fn has_waited(&self) -> bool {
        self.waiter.has_waited()
    }

    pub(crate) fn waited(&self) -> Duration {
        self.waiter.waited()
    }

    /// The token to go with while it is fresh, which it is for nearly all: without a share of the state, or a reckoning (R1).
    fn fresh(&mut self) -> Option<Pass> {
        let now = self.clocks.take().unwrap_or_else(|| self.core.now());
        let (pass, life) = self.core.state.look(|state| {
            if state.epoch != self.epoch || now.is_after(state.fresh_until?) {
                return None;
            }
            let set = state.held()?.credentials.set()?;
            let (header, generation) = (set.access.header().clone(), state.generation);
            Some((Pass { header, generation, without: None, at: now }, set.lifetime))
        })?;
        self.say_checked(Freshness::Fresh, life, now);
        Some(pass)
    }

    /// What comes next, by the session as it is now.
    fn look(&mut self) -> Result<Next, CallError> {
        let state = self.core.state.load();
        self.still_ours(&state)?;
        let Some(held) = state.held() else { return Err(CallError::SignedOut) };
        let now = self.core.now();
        let freshness = self.check(held, now);
        let usable = held.credentials.set().filter(|_| !held.rejected);
        let go = |without| {
            let pass = |set: &TokenSet| Pass {
                header: set.access.header().clone(),
                generation: state.generation,
                without,
                at: now,
            };
            usable.map_or(Next::Look, |set| Next::Go(pass(set)))
        };
        match freshness {
            Freshness::Fresh => Ok(go(None)),
            Freshness::Due => Ok(self.when_due(&state, held, now, go)),
            Freshness::Expired if self.renewed && usable.is_some() => Ok(go(None)),
            Freshness::Expired => self.when_expired(&state, held, now),
        }
    }

    /// R2: pauses for the refresh, but not for ever, and not beyond the token's life.
    fn when_due(
        &self,
        state: &Arc<State>,
        held: &Held,
        now: Moment,
        go: impl FnOnce(Option<Without>) -> Next,
    ) -> Next {
        if self.renewed || held.credentials.refresh().is_none() {
            return go(None);
        }
        if self.excused.is_some() {
            return go(self.excused);
        }
        if held.outage.as_ref().is_some_and(|outage| outage.next_attempt > now.boot) {
            return go(Some(Without::BackingOff));
        }
        let Some(seat) = refresh::board(self.core, state, Trigger::Call) else { return Next::Look };
        if self.core.policy.when_due == WhenDue::Background {
            return go(Some(Without::Background));
        }
        let left =
            held.credentials.set().and_then(|set| set.lifetime).map_or(Duration::MAX, |life| life.left(now));
        Next::Stay(Stay::Landing(seat, Waiting::Due, self.core.policy.pause_at_most.min(left)))
    }

    /// R5: waits for the next attempts up to the call's own deadline.
    fn when_expired(&mut self, state: &Arc<State>, held: &Held, now: Moment) -> Result<Next, CallError> {
        let give_up = *self.give_up.get_or_insert(now.boot.saturating_add(self.core.policy.call_deadline));
        let patience = give_up.saturating_sub(now.boot);
        if patience.is_zero() {
            return Err(out_of_patience(Some(held)));
        }
        let why = if self.refused || held.rejected { Waiting::Unauthorized } else { Waiting::Expired };
        let pause = held
            .outage
            .as_ref()
            .map_or(Duration::ZERO, |outage| outage.next_attempt.saturating_sub(now.boot));
        if !pause.is_zero() {
            if let Some(Cause::Misconfigured(detail)) = held.outage.as_ref().map(|outage| &outage.cause) {
                return Err(CallError::Misconfigured(detail.clone())); // time does not mend it
            }
            return Ok(Next::Stay(Stay::Attempt(Arc::clone(state), why, pause.min(patience))));
        }
        let trigger = match why {
            Waiting::Unauthorized => Trigger::Unauthorized,
            Waiting::Due | Waiting::Expired if held.credentials.set().is_none() => Trigger::Restore,
            Waiting::Due | Waiting::Expired => Trigger::Call,
        };
        let seat = refresh::board(self.core, state, trigger);
        Ok(seat.map_or(Next::Look, |seat| Next::Stay(Stay::Landing(seat, why, patience))))
    }

    /// What comes of it is for the next look to see: the session may have ended, or the token run out, while it waited.
    fn has_waited_so(&mut self, wait: Wait, why: Waiting) -> Result<(), CallError> {
        match (wait, why) {
            (Wait::Renewed, _) => self.renewed = true,
            (Wait::Failed(_), Waiting::Due) => self.excused = Some(Without::RefreshFailed),
            (Wait::Late, Waiting::Due) => self.excused = Some(Without::RefreshLate),
            (Wait::Failed(Some(error)), _) => return Err(error),
            (Wait::Late, _) => return Err(out_of_patience(self.core.state.load().held())),
            (Wait::Failed(None) | Wait::LookAgain, _) => {}
        }
        Ok(())
    }

    /// R1: decided right before the request.
    fn check(&mut self, held: &Held, now: Moment) -> Freshness {
        let freshness = freshness(self.core, held, now);
        self.say_checked(freshness, held.credentials.set().and_then(|set| set.lifetime), now);
        freshness
    }

    /// What was decided is said once a call.
    fn say_checked(&mut self, freshness: Freshness, life: Option<Lifetime>, now: Moment) {
        let Some((call, request)) = self.call.filter(|_| !self.checked) else { return };
        self.checked = true;
        let checked = SessionEvent::CallChecked {
            call,
            method: request.method_name(),
            path: request.beginning_of_path().into(),
            freshness,
            left_ms: life.map(|life| life.left_ms(now)),
            window_ms: life.map(|life| ms(self.core.policy.window(&life))),
        };
        self.core.emit_at(now, checked);
    }

    /// A call belongs to the session it began in (R6, R10).
    fn still_ours(&self, state: &State) -> Result<(), CallError> {
        match &state.phase {
            Phase::SignedIn(_) if state.epoch == self.epoch => Ok(()),
            Phase::Expired { reason, .. } if state.epoch == self.epoch => {
                Err(CallError::SessionExpired(reason.clone()))
            }
            Phase::SignedIn(_) | Phase::Expired { .. } | Phase::SignedOut => Err(CallError::SignedOut),
        }
    }
}

/// What a session's token is good for at `now`.
pub(crate) fn freshness(core: &Core, held: &Held, now: Moment) -> Freshness {
    match held.credentials.set() {
        Some(set) if !held.rejected => core.policy.freshness(set.lifetime.as_ref(), now),
        Some(_) | None => Freshness::Expired,
    }
}

fn out_of_patience(held: Option<&Held>) -> CallError {
    match held.and_then(|held| held.outage.as_ref()).map(|outage| &outage.cause) {
        Some(Cause::Misconfigured(detail)) => CallError::Misconfigured(detail.clone()),
        Some(Cause::Transient(transient)) => CallError::Unavailable(transient.clone()),
        None => CallError::Unavailable(Transient::new(
            TransientKind::NoAnswer,
            "The server did not answer in time.",
        )),
    }
}
