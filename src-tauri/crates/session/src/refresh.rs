//! One refresh, from the request to the published `TokenSet` (R3, R5, R6, R8, R10). It runs as a flight of its own.
//! Not here: who waits for it (`interceptor`), what a reply means (`verdict`), and how the vault is used (`vault`).

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tracing::Instrument;

use crate::core::{Core, ms};
use crate::error::{ExpiryCode, ExpiryReason, RefreshError, Transient, TransientKind};
use crate::event::{FailedAs, ProfileSource, SessionEvent, Trigger};
use crate::journal;
use crate::keeper;
use crate::lifetime::{Lifetime, Moment, Origin, Receipt};
use crate::policy;
use crate::ports::{EndpointError, TokenReply, VaultEntry};
use crate::single_flight::{Aboard, Seat};
use crate::state::{Bearer, Cause, Doubt, Held, Outage, Phase, State};
use crate::sync::{Arc, dice, spawn};
use crate::token::{RefreshToken, TokenSet};
use crate::vault;

/// From when on a refresh is slow. Until then those who wait for it set no alarm of their own, of which ten thousand cost more than
/// waking them; who would wait for less sets one at once.
pub(crate) const SLOW_AFTER: Duration = Duration::from_secs(1);

/// How long the server may take to revoke a token before we give up in silence (R12).
const REVOKE_TIMEOUT: Duration = Duration::from_secs(3);

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

/// Tells the server to forget a token, in the background, for at most three seconds (R10, R12).
pub(crate) fn revoke(core: &Arc<Core>, token: RefreshToken) {
    let core = Arc::clone(core);
    spawn(async move {
        let asked = core.ports.endpoint.revoke(&token);
        let (ok, detail) = tokio::select! {
            biased;
            result = asked => match result {
                Ok(()) => (true, String::new()),
                Err(EndpointError::Transient(transient)) => (false, transient.detail),
                Err(EndpointError::Definitive(reason)) => (false, reason.detail),
                Err(EndpointError::Misconfigured(detail)) => (false, detail),
            },
            () = core.ports.clock.sleep(REVOKE_TIMEOUT) => (false, "no answer in 3 s".to_owned()),
        };
        core.emit(SessionEvent::Revoked { ok, detail });
    });
}

/// Makes a `TokenSet` of a reply; where the reply has no refresh token the `old` one stays, and what is known of it (R8).
pub(crate) fn token_set(reply: &TokenReply, old: Option<&Bearer>, at: Moment, origin: Origin) -> TokenSet {
    let life = |times, expires_in| {
        Lifetime::of(times, Receipt { at, server_date_ms: reply.server_date_ms, expires_in, origin })
    };
    let stays = old.filter(|_| reply.refresh.is_none());
    let refresh = reply.refresh.as_ref().or(stays.and_then(Bearer::refresh)).cloned();
    let told = refresh.as_ref().and_then(|token| life(token.times(), reply.refresh_expires_in));
    let known = stays.and_then(Bearer::set).and_then(|set| set.refresh_lifetime.clone());
    TokenSet {
        lifetime: life(reply.access.times(), reply.expires_in),
        access: reply.access.clone(),
        refresh,
        refresh_lifetime: told.map(Arc::new).or(known),
    }
}

/// Says, or takes back, that a clock is wrong (R16).
pub(crate) fn note_clock(core: &Core, set: &TokenSet) {
    let suspect = set.lifetime.is_some_and(|life| life.looked_expired());
    core.note_clock(suspect.then(|| {
        "A new token looked expired when it came: this computer's clock or the server's is wrong. The token is used as it is.".to_owned()
    }));
}

/// How asking went.
struct Asked {
    tries: u32,
    /// The server may have done what one of the tries asked, and its answer did not come (R9).
    lost: bool,
    reply: Result<TokenReply, EndpointError>,
}

struct Flight {
    core: Arc<Core>,
    state: Arc<State>,
    id: u64,
    trigger: Trigger,
    aboard: Aboard,
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
        let Asked { tries, lost, reply } = asked;
        let landed = match reply {
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
        };
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

    /// Keeps the new token and publishes it; the vault comes first (R8), and a stale result changes nothing (R10).
    async fn adopt(&self, held: Held, reply: TokenReply, started: Moment) -> Result<(), RefreshError> {
        let received = self.core.now();
        let set = token_set(&reply, Some(&held.credentials), received, Origin::Refresh);
        let rotated = reply.refresh.is_some();
        let persisted = {
            let (core, state, held, set) =
                (Arc::clone(&self.core), Arc::clone(&self.state), held.clone(), set.clone());
            self.core.vault_lane.run(async move { persist(&core, &state, held, set, rotated).await })
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
        note_clock(&self.core, &set);
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

    /// R6: the session ends, exactly once.
    fn expire(&self, account: &str, reason: ExpiryReason, started: Moment) -> RefreshError {
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

/// The persist step, a job of the vault lane: check, keep, publish. `false`: the session had moved on.
async fn persist(core: &Arc<Core>, state: &State, held: Held, set: TokenSet, rotated: bool) -> bool {
    if core.state.load().generation != state.generation {
        return false;
    }
    let missing = core.trouble().vault.is_some();
    if let Some(refresh) = set.refresh.clone().filter(|_| rotated || missing) {
        let entry = VaultEntry { account: held.account.clone(), refresh };
        vault::save(core, &entry).await;
    }
    let apart_after = set.lifetime.and_then(|life| core.policy.apart_after(&life, dice()));
    let apart_at = apart_after.map(|after| core.now().boot.saturating_add(after));
    let published = core.state.update(|now| {
        let apart_at = apart_at.filter(|_| held.outage.is_some());
        let next = Held { apart_at, ..Held::new(held.account, Bearer::Tokens(set)) };
        (now.generation == state.generation).then(|| now.followed_by(Phase::SignedIn(next)))
    });
    if !published {
        vault::align(core).await;
    }
    published
}

/// The refresh panicked, or its runtime is going down (F20).
pub(crate) fn fault() -> Transient {
    Transient::new(TransientKind::Internal, "The refresh failed by a fault of this program.")
}

impl Held {
    /// How many attempts with its refresh token there were.
    fn attempts(&self) -> u32 {
        let here = self.outage.as_ref().map_or(0, |outage| outage.attempts);
        here.saturating_add(self.doubt.as_ref().map_or(0, |doubt| doubt.attempts))
    }
}

impl From<Cause> for RefreshError {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Transient(transient) => Self::Transient(transient),
            Cause::Misconfigured(detail) => Self::Misconfigured(detail),
        }
    }
}
