//! What becomes of the session when a refresh was answered, or was not: the new token is kept and published, the next attempt is put
//! off, or the session ends (R5, R6, R8, R10). Not here: how the server is asked (`refresh`), and what its reply means (`verdict`).

use std::time::Duration;

use crate::core::{Core, ms};
use crate::error::{ExpiryCode, ExpiryReason, RefreshError, Transient, TransientKind};
use crate::event::{FailedAs, ProfileSource, SessionEvent, Trigger};
use crate::issued;
use crate::keeper;
use crate::lifetime::{Moment, Origin};
use crate::persist;
use crate::policy;
use crate::ports::{EndpointError, TokenReply};
use crate::revoke::revoke;
use crate::single_flight::Aboard;
use crate::state::{Cause, Doubt, Held, Outage, Phase, State};
use crate::sync::{Arc, dice};
use crate::token::RefreshToken;
use crate::vault;

/// One refresh of the session in `state`.
pub(crate) struct Flight {
    pub(crate) core: Arc<Core>,
    pub(crate) state: Arc<State>,
    pub(crate) id: u64,
    pub(crate) trigger: Trigger,
    pub(crate) aboard: Aboard,
}

/// How asking went.
pub(crate) struct Asked {
    pub(crate) tries: u32,
    /// The server may have done what one of the tries asked, and its answer did not come (R9).
    pub(crate) lost: bool,
    pub(crate) reply: Result<TokenReply, EndpointError>,
}

impl Flight {
    /// Does what the answer asks for; gives what all who are aboard get.
    pub(crate) async fn conclude(
        &self,
        held: Held,
        asked: Asked,
        started: Moment,
    ) -> Result<(), RefreshError> {
        let Asked { tries, lost, reply } = asked;
        match reply {
            Ok(reply) => self.adopt(held, reply, started).await,
            Err(EndpointError::Transient(transient)) if self.may_be_put_off(&transient, lost) => {
                Err(self.put_off(transient, started))
            }
            Err(EndpointError::Transient(transient)) => {
                Err(self.degrade(Cause::Transient(transient), tries, lost, started))
            }
            Err(EndpointError::Misconfigured(detail)) => {
                Err(self.degrade(Cause::Misconfigured(detail), tries, lost, started))
            }
            Err(EndpointError::Definitive(reason)) => {
                let code = match &held.doubt {
                    _ if reason.code != ExpiryCode::Rejected => reason.code,
                    Some(doubt) => doubt.code,
                    None if lost => ExpiryCode::ReplyLost,
                    None => ExpiryCode::Rejected,
                };
                Err(self.expire(&held.account, ExpiryReason { code, ..reason }, started))
            }
        }
    }

    /// R6: the session ends, exactly once.
    pub(crate) fn expire(&self, account: &str, reason: ExpiryReason, started: Moment) -> RefreshError {
        let ended = self.core.state.update(|state| {
            (state.generation == self.state.generation && state.held().is_some()).then(|| {
                state.followed_by(Phase::Expired { account: account.to_owned(), reason: reason.clone() })
            })
        });
        if !ended {
            return self.discard(None);
        }
        self.failed(FailedAs::Definitive, reason.detail.clone(), started, None);
        let core = Arc::clone(&self.core);
        drop(self.core.vault_lane.run(async move { vault::align(&core).await }));
        self.core.emit(SessionEvent::SessionExpired { account: account.to_owned(), reason: reason.clone() });
        RefreshError::Definitive(reason)
    }

    /// Keeps the new token and publishes it; the vault comes first (R8), and a stale result changes nothing (R10).
    async fn adopt(&self, held: Held, reply: TokenReply, started: Moment) -> Result<(), RefreshError> {
        let received = self.core.now();
        let set = issued::token_set(&reply, Some(&held.credentials), received, Origin::Refresh);
        let rotated = reply.refresh.is_some();
        let persisted = {
            let (core, state, held, set) =
                (Arc::clone(&self.core), Arc::clone(&self.state), held.clone(), set.clone());
            self.core
                .vault_lane
                .run(async move { persist::of_refresh(&core, &state, held, set, rotated).await })
        };
        match persisted.await {
            Some(true) => {}
            Some(false) => return Err(self.discard(reply.refresh)),
            // Not thrown away as stale: the session is still there, and would ask again at once and for ever.
            None => {
                return Err(self.degrade(Cause::Transient(fault()), 1, true, started));
            }
        }
        if let Some(user) = reply.user {
            keeper::merge(&self.core, &self.state, held.account.clone(), user, ProfileSource::Refresh);
        }
        let old = held.credentials.set();
        self.core.emit(SessionEvent::RefreshSucceeded {
            refresh: self.id,
            took_ms: ms(self.core.now().since(started)),
            callers: self.callers(),
            left_ms: old.and_then(|old| old.lifetime).map(|life| life.left_ms(started)),
            old_lifetime_ms: old.and_then(|old| old.lifetime).map(|life| ms(life.total())),
            lifetime_ms: set.lifetime.map(|life| ms(life.total())),
            window_ms: set.lifetime.map(|life| ms(self.core.policy.window(&life))),
            rotated,
            old_fingerprint: old.map(|old| old.access.fingerprint().to_string()),
            fingerprint: set.access.fingerprint().to_string(),
        });
        if let Some(outage) = held.outage {
            let after_ms = ms(received.since(outage.since));
            self.core.emit(SessionEvent::SessionRecovered { after_ms, attempts: outage.attempts });
        }
        issued::note_clock(&self.core, &set);
        self.core.note_network(None);
        Ok(())
    }

    fn discard(&self, fresh: Option<RefreshToken>) -> RefreshError {
        self.core.emit(SessionEvent::RefreshDiscarded {
            refresh: self.id,
            why: "the session had moved on: a sign-out or another sign-in came in between".into(),
        });
        if let Some(token) = fresh {
            revoke(&self.core, token);
        }
        RefreshError::Superseded
    }

    /// An attempt that was early on purpose was turned away, no more: the token is as good as before, and this is no outage (R14).
    fn may_be_put_off(&self, transient: &Transient, lost: bool) -> bool {
        self.trigger == Trigger::Apart && !lost && transient.retry_after.is_none()
    }

    /// … so it is thrown again when to be early, and the window comes in any case.
    fn put_off(&self, transient: Transient, started: Moment) -> RefreshError {
        let mut retry_in = None;
        let (now, dice) = (self.core.now().boot, dice());
        let stays = self.core.state.update_held(self.state.generation, |held| {
            let life = held.credentials.set().and_then(|set| set.lifetime);
            retry_in = life.and_then(|life| self.core.policy.apart_after(&life, dice));
            held.apart_at = retry_in.map(|after| now.saturating_add(after));
        });
        if !stays {
            return self.discard(None);
        }
        self.failed(FailedAs::Transient, transient.detail.clone(), started, retry_in);
        RefreshError::Transient(transient)
    }

    /// R5: the session stays; the next attempt is put off, by all that were made so far (R15).
    fn degrade(&self, cause: Cause, tries: u32, lost: bool, started: Moment) -> RefreshError {
        let now = self.core.now();
        let asked_to_wait = match &cause {
            Cause::Transient(transient) => transient.retry_after,
            Cause::Misconfigured(_) => None,
        };
        let dice = dice();
        let mut first = false;
        let mut retry_in = Duration::ZERO;
        let stays = self.core.state.update_held(self.state.generation, |held| {
            let (since, failures) = held
                .outage
                .as_ref()
                .map_or((now, tries), |outage| (outage.since, outage.attempts.saturating_add(tries)));
            first = held.outage.is_none();
            // Who presses "Retry now" does not put off the attempts that come by themselves.
            let planned = held.outage.as_ref().map(|outage| outage.next_attempt.saturating_sub(now.boot));
            let by_hand = planned.filter(|planned| {
                self.trigger == Trigger::Manual && !planned.is_zero() && asked_to_wait.is_none()
            });
            retry_in = by_hand.unwrap_or_else(|| policy::backoff(failures, dice, asked_to_wait));
            held.outage = Some(Outage {
                since,
                attempts: if by_hand.is_some() { failures - tries } else { failures },
                next_attempt: now.boot.saturating_add(retry_in),
                cause: cause.clone(),
            });
            if lost {
                held.doubt.get_or_insert(Doubt { code: ExpiryCode::ReplyLost, attempts: 0 });
            }
        });
        if !stays {
            return self.discard(None);
        }
        let (verdict, reason) = match &cause {
            Cause::Transient(transient) => (FailedAs::Transient, transient.detail.clone()),
            Cause::Misconfigured(detail) => (FailedAs::Misconfigured, detail.clone()),
        };
        self.failed(verdict, reason.clone(), started, Some(retry_in));
        if first {
            self.core.emit(SessionEvent::SessionDegraded { reason, retry_in_ms: ms(retry_in) });
        }
        cause.into()
    }

    fn failed(&self, verdict: FailedAs, reason: String, started: Moment, retry_in: Option<Duration>) {
        tracing::warn!(?verdict, %reason, "refresh failed");
        self.core.emit(SessionEvent::RefreshFailed {
            refresh: self.id,
            verdict,
            reason,
            took_ms: ms(self.core.now().since(started)),
            callers: self.callers(),
            retry_in_ms: retry_in.map(ms),
        });
    }

    /// The calls that waited. Who pressed a button, and the timer, are not calls.
    fn callers(&self) -> usize {
        let not_a_call = matches!(self.trigger, Trigger::Manual | Trigger::Timer | Trigger::Apart);
        self.aboard.count().saturating_sub(usize::from(not_a_call))
    }
}

/// The refresh panicked, or its runtime is going down (F20).
pub(crate) fn fault() -> Transient {
    Transient::new(TransientKind::Internal, "The refresh failed by a fault of this program.")
}
