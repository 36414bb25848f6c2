//! One refresh, from its first caller to the server's answer: one flight for all, asked again when the reply was lost (R3, R9).
//! Not here: who waits for it (`waiter`), what becomes of the session then (`outcome`), and what a reply means (`verdict`).

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tracing::Instrument;

use crate::core::{Core, ms};
use crate::error::{ExpiryCode, ExpiryReason, RefreshError, Transient, TransientKind};
use crate::event::{SessionEvent, Trigger};
use crate::journal;
use crate::outcome::{Asked, Flight, fault};
use crate::policy;
use crate::ports::{EndpointError, TokenReply};
use crate::single_flight::Seat;
use crate::state::{Held, State};
use crate::sync::{Arc, dice};
use crate::token::RefreshToken;
use crate::vault;

/// From when on a refresh is slow. Until then those who wait for it set no alarm of their own, of which ten thousand cost more than
/// waking them; who would wait for less sets one at once.
pub(crate) const SLOW_AFTER: Duration = Duration::from_secs(1);

/// Joins the refresh of `state`'s generation, or starts it. `None`: the session has moved on; look again.
pub(crate) fn board(
    core: &Arc<Core>,
    state: &Arc<State>,
    trigger: Trigger,
) -> Option<Seat<(), RefreshError>> {
    let flight = core.next_number();
    let (with_core, with_state) = (Arc::clone(core), Arc::clone(state));
    let (of_core, epoch) = (Arc::clone(core), state.epoch);
    let called_off = async move {
        of_core.state.ended(epoch).await;
        RefreshError::Superseded
    };
    let clock = Arc::clone(&core.ports.clock);
    let slow = async move { clock.sleep(SLOW_AFTER).await };
    core.flights.board(state.generation, flight, called_off, slow, move |aboard| {
        let span =
            tracing::info_span!("refresh", id = flight, generation = with_state.generation.get(), ?trigger);
        Flight { core: with_core, state: with_state, id: flight, trigger, aboard }.fly().instrument(span)
    })
}

impl Flight {
    async fn fly(self) -> Result<(), RefreshError> {
        let (held, token) = self.clear_for_take_off()?;
        let started = self.core.now();
        let set = held.credentials.set();
        self.core.emit(SessionEvent::RefreshStarted {
            refresh: self.id,
            trigger: self.trigger,
            attempt: held.attempts().saturating_add(1),
            left_ms: set.and_then(|set| set.lifetime).map(|life| life.left_ms(started)),
            lifetime_ms: set.and_then(|set| set.lifetime).map(|life| ms(life.total())),
        });
        let (mut held, mut token) = self.newest(&held, &token).await.unwrap_or((held, token));
        let before = held.attempts();
        // In an outage the next attempt comes soon enough by itself (R15).
        let at_most = if held.outage.is_some() { 1 } else { policy::TRIES_AFTER_A_LOST_REPLY };
        let mut asked = self.ask(&token, before, at_most).await;
        if matches!(asked.reply, Err(EndpointError::Definitive(_)))
            && let Some(newest) = self.newest(&held, &token).await
        {
            (held, token) = newest;
            asked = self.ask(&token, 0, at_most).await;
        }
        let landed = self.conclude(held, asked, started).await;
        if !self.is_open(&landed) {
            journal::settled(&self.core, &token);
        }
        landed
    }

    /// The server may have spent the token, and nobody knows yet (R9).
    fn is_open(&self, landed: &Result<(), RefreshError>) -> bool {
        let undecided = matches!(landed, Err(RefreshError::Transient(_) | RefreshError::Misconfigured(_)));
        undecided && self.core.state.load().held().is_some_and(|held| held.doubt.is_some())
    }

    /// Between the look and the take-off the session may have moved on, or an attempt may have failed (R10, R15).
    fn clear_for_take_off(&self) -> Result<(Held, RefreshToken), RefreshError> {
        let now = self.core.state.load();
        let held =
            now.held().filter(|_| now.generation == self.state.generation).ok_or(RefreshError::Superseded)?;
        if let Some(outage) = held.outage.as_ref().filter(|_| self.trigger != Trigger::Manual)
            && outage.next_attempt > self.core.now().boot
        {
            return Err(outage.cause.clone().into());
        }
        match held.credentials.refresh() {
            Some(token) => Ok((held.clone(), token.clone())),
            None => {
                let detail = "the server gave no refresh token".to_owned();
                let reason = ExpiryReason { code: ExpiryCode::NoRefreshToken, detail };
                Err(self.expire(&held.account, reason, self.core.now()))
            }
        }
    }

    /// What is held with the token that another process has put into the vault meanwhile, if one has (F28).
    async fn newest(&self, held: &Held, token: &RefreshToken) -> Option<(Held, RefreshToken)> {
        let newest = vault::other_than(&self.core, &held.account, token).await?;
        let mut taken_over = None;
        self.core.state.update_held(self.state.generation, |now| {
            now.credentials.renew(newest.clone());
            now.doubt = None;
            taken_over = Some(now.clone());
        });
        let held = taken_over?;
        self.core.emit(SessionEvent::TokenTakenOver { fingerprint: newest.fingerprint().to_string() });
        Some((held, newest))
    }

    /// Asks, and asks again with the same token when the reply was lost, all within one deadline (R3, R9).
    async fn ask(&self, token: &RefreshToken, before: u32, at_most: u32) -> Asked {
        let (mut tries, mut lost) = (0, false);
        let deadline = self.core.ports.clock.sleep(self.core.policy.refresh_timeout);
        let reply = tokio::select! {
            biased;
            reply = self.ask_until_answered(token, before, at_most, &mut tries, &mut lost) => reply,
            () = deadline => {
                lost = true;
                let detail = "The server did not answer the refresh in time.";
                Err(EndpointError::Transient(Transient::new(TransientKind::NoAnswer, detail)))
            }
        };
        Asked { tries: tries.max(1), lost, reply }
    }

    async fn ask_until_answered(
        &self,
        token: &RefreshToken,
        before: u32,
        at_most: u32,
        tries: &mut u32,
        lost: &mut bool,
    ) -> Result<TokenReply, EndpointError> {
        loop {
            *tries += 1;
            journal::asked(&self.core, &self.state, token, before.saturating_add(*tries)).await;
            let asked = AssertUnwindSafe(self.core.ports.endpoint.refresh(token)).catch_unwind().await;
            let answer = asked.unwrap_or_else(|_| Err(EndpointError::Transient(fault())));
            let Err(EndpointError::Transient(trouble)) = answer else { return answer };
            // A panic may have come after the request was sent.
            *lost |= trouble.may_have_been_done() || trouble.kind == TransientKind::Internal;
            let moved_on = self.core.state.load().generation != self.state.generation;
            if !trouble.may_have_been_done() || *tries >= at_most || moved_on {
                return Err(EndpointError::Transient(trouble));
            }
            let pause = policy::replay_after(dice());
            self.core.emit(SessionEvent::RefreshReplayed {
                refresh: self.id,
                reason: trouble.detail,
                after_ms: ms(pause),
            });
            self.core.ports.clock.sleep(pause).await;
        }
    }
}

impl Held {
    /// How many attempts with its refresh token there were.
    fn attempts(&self) -> u32 {
        let here = self.outage.as_ref().map_or(0, |outage| outage.attempts);
        here.saturating_add(self.doubt.as_ref().map_or(0, |doubt| doubt.attempts))
    }
}
