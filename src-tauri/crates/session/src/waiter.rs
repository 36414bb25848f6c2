//! Waiting for a refresh: until it lands, or until the next attempt is due. It is told to who watches, and as an event (R2, R5).
//! Not here: who waits, for what and for how long (`passenger`), and how a landing is told (`landing`).

use std::time::Duration;

use crate::call::CallPhase;
use crate::core::Core;
use crate::error::{CallError, RefreshError};
use crate::event::{SessionEvent, Waiting};
use crate::landing::Landing;
use crate::lifetime::Moment;
use crate::outcome;
use crate::refresh::SLOW_AFTER;
use crate::single_flight::{Landed, Seat};
use crate::state::State;
use crate::sync::Arc;

/// The waiting of one call, or of who asks for a header.
pub(crate) struct Waiter<'a> {
    core: &'a Core,
    /// The call, and who watches it; `None`: only a header is asked for, and nobody is told.
    call: Option<(u64, &'a (dyn Fn(CallPhase) + Send + Sync))>,
    waited: Duration,
    announced: Option<Waiting>,
    said: bool,
}

/// How a wait for a flight ended.
pub(crate) enum Wait {
    Renewed,
    /// With what the caller gets at once; `None`: it may wait for the next attempt.
    Failed(Option<CallError>),
    LookAgain,
    Late,
}

impl<'a> Waiter<'a> {
    pub(crate) fn of_call(core: &'a Core, watch: &'a (dyn Fn(CallPhase) + Send + Sync), call: u64) -> Self {
        Self { call: Some((call, watch)), ..Self::of_nobody(core) }
    }

    /// Of who only asks for a header.
    pub(crate) fn of_nobody(core: &'a Core) -> Self {
        Self { core, call: None, waited: Duration::ZERO, announced: None, said: false }
    }

    pub(crate) fn has_waited(&self) -> bool {
        self.announced.is_some()
    }

    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }

    /// It was sent and is to be sent again: should it wait once more, that is said once more (R7).
    pub(crate) fn goes_once_more(&mut self) {
        self.said = false;
    }

    /// Until the flight has landed, for `at_most` as long.
    pub(crate) async fn for_landing(
        &mut self,
        seat: &mut Seat<(), RefreshError>,
        why: Waiting,
        at_most: Duration,
    ) -> Wait {
        self.tell(why);
        self.say(why, seat);
        let since = self.core.now();
        let wait = match self.landed(&mut seat.landing, since, at_most).await {
            Some(Ok(Ok(()))) => Wait::Renewed,
            Some(Ok(Err(RefreshError::Transient(_)))) => Wait::Failed(None),
            Some(Ok(Err(RefreshError::Misconfigured(detail)))) => {
                Wait::Failed(Some(CallError::Misconfigured(detail)))
            }
            Some(Ok(Err(RefreshError::Definitive(_) | RefreshError::Superseded))) => Wait::LookAgain,
            Some(Err(_)) => Wait::Failed(Some(outcome::fault().into())),
            None => Wait::Late,
        };
        if self.call.is_some() {
            self.waited += self.core.now().since(since);
        }
        wait
    }

    /// Between two attempts: until the next is due, or anything about the session changes ("Retry now", a sign-out).
    pub(crate) async fn for_next_attempt(&mut self, state: &Arc<State>, why: Waiting, at_most: Duration) {
        self.tell(why);
        let since = self.core.now();
        let mut changes = self.core.state.watch();
        if Arc::ptr_eq(&self.core.state.load(), state) {
            tokio::select! {
                biased;
                _ = changes.changed() => {}
                () = self.core.ports.clock.sleep(at_most) => {}
            }
        }
        self.waited += self.core.now().since(since);
    }

    /// How the flight landed, if it did within `at_most` from `since` on.
    async fn landed(
        &self,
        landing: &mut Landing<Landed<(), RefreshError>>,
        since: Moment,
        at_most: Duration,
    ) -> Option<Landed<(), RefreshError>> {
        let mut left = at_most;
        if at_most >= SLOW_AFTER {
            if let Some(landed) = landing.landed_or_slow().await {
                return Some(landed);
            }
            left = at_most.saturating_sub(self.core.now().since(since).min(SLOW_AFTER));
        }
        tokio::select! {
            biased;
            landed = landing.landed() => Some(landed),
            () = self.core.ports.clock.sleep(left) => None,
        }
    }

    /// To who watches: that it waits, and for another reason than before.
    fn tell(&mut self, why: Waiting) {
        if self.announced.replace(why) != Some(why)
            && let Some((call, watch)) = self.call
        {
            watch(CallPhase::Waiting { call, why });
        }
    }

    /// As an event: once.
    fn say(&mut self, why: Waiting, seat: &Seat<(), RefreshError>) {
        let Some((call, _)) = self.call.filter(|_| !self.said) else { return };
        self.said = true;
        self.core.emit(SessionEvent::CallWaiting { call, why, refresh: seat.flight, shared: seat.shared });
    }
}
