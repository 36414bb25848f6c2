//! The interceptor: checks the token right before each call, lets the call pause for a refresh, attaches, sends (R1, R2, R4 to R7).
//! Not here: the refresh itself (`refresh`), and when a token is due (`policy`).

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};

use crate::call::{ApiReply, ApiRequest, Authorization, CallPhase, MAX_BODY_BYTES};
use crate::core::{Core, ms};
use crate::error::{CallError, RefreshError, Transient, TransientKind, TransportError, TransportErrorKind};
use crate::event::{SessionEvent, Trigger, Waiting, Without};
use crate::landing::Landing;
use crate::lifetime::{Lifetime, Moment};
use crate::outcome;
use crate::policy::{Freshness, WhenDue};
use crate::refresh;
use crate::single_flight::{Landed, Seat};
use crate::state::{Cause, Epoch, Held, Phase, State};
use crate::sync::Arc;
use crate::token::{Generation, TokenSet};
use crate::verdict;

/// Headers a caller may set; all else is the interceptor's and the transport's business (P3).
const CALLERS_HEADERS: [HeaderName; 2] = [ACCEPT, CONTENT_TYPE];

/// Carries one call through, which began at `started`.
pub(crate) async fn call(
    core: &Arc<Core>,
    request: ApiRequest,
    watch: &(dyn Fn(CallPhase) + Send + Sync),
    started: Moment,
) -> Result<ApiReply, CallError> {
    let number = core.next_number();
    let mut journey = Journey::new(core, watch, number, Some(&request));
    let outcome = journey.travel(&request).await;
    let ended = core.now();
    let (took, waited) = (ended.since(started), journey.waited);
    let (call, took_ms, waited_ms) = (number, ms(took), ms(waited));
    core.emit_at(
        ended,
        match &outcome {
            Ok((response, _)) => {
                let status = response.status().as_u16();
                SessionEvent::CallFinished { call, status, took_ms, waited_ms }
            }
            Err(error) => {
                let (code, message) = (error.into(), error.to_string());
                SessionEvent::CallFailed { call, code, message, took_ms, waited_ms }
            }
        },
    );
    outcome.map(|(response, generation)| ApiReply { call: number, response, generation, waited, took })
}

/// The header of a token that is fresh now, without a wait, a lock, an allocation or an event (R1).
#[inline]
pub(crate) fn fresh(core: &Core, now: Moment) -> Option<Authorization> {
    core.state.look(|state| {
        if now.is_after(state.fresh_until?) {
            return None;
        }
        let set = state.held()?.credentials.set()?;
        Some(Authorization { header: set.access.header().clone(), generation: state.generation })
    })
}

/// The header of a token to go with, after as much waiting as the rules allow a call; `refused`: the API has answered 401 to
/// the token of that generation (R7).
pub(crate) async fn authorization(
    core: &Arc<Core>,
    refused: Option<Generation>,
) -> Result<Authorization, CallError> {
    core.look_at_clocks();
    if let Some(generation) = refused {
        core.state.update_held(generation, |held| held.rejected = true);
    }
    let pass = Journey::new(core, &|_| {}, 0, None).pass().await?;
    Ok(Authorization { header: pass.header, generation: pass.generation })
}

struct Journey<'a> {
    core: &'a Arc<Core>,
    watch: &'a (dyn Fn(CallPhase) + Send + Sync),
    call: u64,
    /// What is asked for as the events tell it; `None`: only a header is asked for, which is no call.
    asks: Option<&'a ApiRequest>,
    /// The session the call began in; it is sent in no other (R10).
    epoch: Epoch,
    waited: Duration,
    /// By the boot clock, when it stops waiting for a token; set when it first has none.
    give_up: Option<Duration>,
    /// It was refused by the API once (R7).
    refused: bool,
    announced: Option<Waiting>,
    /// It paused for a refresh and got no new token: it does not pause again while there is a valid one (R2, R5).
    excused: Option<Without>,
    /// A refresh that this call waited for gave a token: it goes with that one, whatever its claims (R16).
    renewed: bool,
    checked: bool,
    said: bool,
}

/// A token to go with.
struct Pass {
    header: HeaderValue,
    generation: Generation,
    without: Option<Without>,
    /// When that was decided.
    at: Moment,
}

/// How a wait for a flight ended.
enum Wait {
    Renewed,
    /// With what the caller gets at once; `None`: it may wait for the next attempt.
    Failed(Option<CallError>),
    LookAgain,
    Late,
}

impl<'a> Journey<'a> {
    fn new(
        core: &'a Arc<Core>,
        watch: &'a (dyn Fn(CallPhase) + Send + Sync),
        call: u64,
        asks: Option<&'a ApiRequest>,
    ) -> Self {
        Self {
            core,
            watch,
            call,
            asks,
            epoch: core.state.look(|state| state.epoch),
            waited: Duration::ZERO,
            give_up: None,
            refused: false,
            announced: None,
            excused: None,
            renewed: false,
            checked: false,
            said: false,
        }
    }

    async fn travel(&mut self, request: &ApiRequest) -> Result<(Response<Bytes>, Generation), CallError> {
        let mut prepared = Some(prepare(self.core, request)?);
        let mut resend = false;
        loop {
            let pass = self.pass().await?;
            self.going(&pass, resend);
            let prepared = match prepared.take() {
                Some(prepared) => prepared,
                None => prepare(self.core, request)?,
            };
            let response = self.send(prepared, &pass).await?;
            if self.core.state.look(|state| state.epoch) != self.epoch {
                return Err(CallError::SignedOut); // what was answered is not for who is here now
            }
            let about_the_token = verdict::is_about_the_token(response.status(), response.headers());
            let incurable = &self.core.incurable;
            if about_the_token && resend {
                incurable.note(&request.path, self.core.now());
            }
            if !about_the_token || resend || incurable.holds(&request.path, self.core.now()) {
                return Ok((response, pass.generation));
            }
            // R7: the generation has moved on, or the token is refused and a new one is asked for. Either way it goes once more.
            self.core.state.update_held(pass.generation, |held| held.rejected = true);
            (resend, self.refused, self.renewed, self.give_up) = (true, true, false, None);
            self.said = false;
        }
    }

    /// A token to go with, after as much waiting as the rules allow.
    async fn pass(&mut self) -> Result<Pass, CallError> {
        loop {
            if let Some(pass) = self.fresh() {
                return Ok(pass);
            }
            let state = self.core.state.load();
            self.still_ours(&state)?;
            let Some(held) = state.held() else { return Err(CallError::SignedOut) };
            let now = self.core.now();
            let freshness = self.check(held, now);
            let usable = held.credentials.set().filter(|_| !held.rejected);
            let go = |without| {
                let header = |set: &TokenSet| set.access.header().clone();
                usable.map(|set| Pass { header: header(set), generation: state.generation, without, at: now })
            };
            let step = match freshness {
                Freshness::Fresh => go(None),
                Freshness::Due => self.when_due(&state, held, now).await.and_then(go),
                Freshness::Expired if self.renewed && usable.is_some() => go(None),
                Freshness::Expired => {
                    self.when_expired(&state, held, now).await?;
                    None
                }
            };
            if let Some(pass) = step {
                return Ok(pass);
            }
        }
    }

    /// The token to go with while it is fresh, which it is for nearly all: without a share of the state, or a reckoning (R1).
    fn fresh(&mut self) -> Option<Pass> {
        let now = self.core.now();
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

    /// R2: pauses for the refresh, but not for ever, and not beyond the token's life. `None`: look again; `Some`: go, and why
    /// with the old token.
    async fn when_due(&mut self, state: &Arc<State>, held: &Held, now: Moment) -> Option<Option<Without>> {
        if self.renewed || held.credentials.refresh().is_none() {
            return Some(None);
        }
        if self.excused.is_some() {
            return Some(self.excused);
        }
        if held.outage.as_ref().is_some_and(|outage| outage.next_attempt > now.boot) {
            return Some(Some(Without::BackingOff));
        }
        let seat = refresh::board(self.core, state, Trigger::Call)?;
        if self.core.policy.when_due == WhenDue::Background {
            return Some(Some(Without::Background));
        }
        let left =
            held.credentials.set().and_then(|set| set.lifetime).map_or(Duration::MAX, |life| life.left(now));
        match self.wait_for(seat, Waiting::Due, self.core.policy.pause_at_most.min(left)).await {
            Wait::Failed(_) => self.excused = Some(Without::RefreshFailed),
            Wait::Late => self.excused = Some(Without::RefreshLate),
            Wait::Renewed | Wait::LookAgain => {}
        }
        None // the session may have ended, or the token run out, while it paused
    }

    /// R5: waits for the next attempts up to the call's own deadline.
    async fn when_expired(&mut self, state: &Arc<State>, held: &Held, now: Moment) -> Result<(), CallError> {
        let give_up = *self.give_up.get_or_insert(now.boot.saturating_add(self.core.policy.call_deadline));
        let patience = give_up.saturating_sub(now.boot);
        if patience.is_zero() {
            return Err(out_of_patience(held));
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
            self.wait_for_next_attempt(state, why, pause.min(patience)).await;
            return Ok(());
        }
        let trigger = match why {
            Waiting::Unauthorized => Trigger::Unauthorized,
            Waiting::Due | Waiting::Expired if held.credentials.set().is_none() => Trigger::Restore,
            Waiting::Due | Waiting::Expired => Trigger::Call,
        };
        let Some(seat) = refresh::board(self.core, state, trigger) else { return Ok(()) };
        match self.wait_for(seat, why, patience).await {
            Wait::Failed(Some(error)) => Err(error),
            Wait::Late => Err(out_of_patience(held)),
            Wait::Renewed | Wait::Failed(None) | Wait::LookAgain => Ok(()),
        }
    }

    async fn wait_for(&mut self, seat: Seat<(), RefreshError>, why: Waiting, at_most: Duration) -> Wait {
        self.waiting(why);
        if !self.said && self.asks.is_some() {
            self.said = true;
            self.core.emit(SessionEvent::CallWaiting {
                call: self.call,
                why,
                refresh: seat.flight,
                shared: seat.shared,
            });
        }
        let since = self.core.now();
        let wait = match self.landed(seat.landing, since, at_most).await {
            Some(Ok(Ok(()))) => Wait::Renewed,
            Some(Ok(Err(RefreshError::Transient(_)))) => Wait::Failed(None),
            Some(Ok(Err(RefreshError::Misconfigured(detail)))) => {
                Wait::Failed(Some(CallError::Misconfigured(detail)))
            }
            Some(Ok(Err(RefreshError::Definitive(_) | RefreshError::Superseded))) => Wait::LookAgain,
            Some(Err(_)) => Wait::Failed(Some(outcome::fault().into())),
            None => Wait::Late,
        };
        if self.asks.is_some() {
            self.waited += self.core.now().since(since);
        }
        self.renewed |= matches!(wait, Wait::Renewed);
        wait
    }

    /// How the flight landed, if it did within `at_most` from `since` on.
    async fn landed(
        &self,
        mut landing: Landing<Landed<(), RefreshError>>,
        since: Moment,
        at_most: Duration,
    ) -> Option<Landed<(), RefreshError>> {
        let mut left = at_most;
        if at_most >= refresh::SLOW_AFTER {
            if let Some(landed) = landing.landed_or_slow().await {
                return Some(landed);
            }
            left = at_most.saturating_sub(self.core.now().since(since).min(refresh::SLOW_AFTER));
        }
        tokio::select! {
            biased;
            landed = landing.landed() => Some(landed),
            () = self.core.ports.clock.sleep(left) => None,
        }
    }

    /// Between two attempts: until the next is due, or anything about the session changes ("Retry now", a sign-out).
    async fn wait_for_next_attempt(&mut self, state: &Arc<State>, why: Waiting, at_most: Duration) {
        self.waiting(why);
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

    fn waiting(&mut self, why: Waiting) {
        if self.announced.replace(why) != Some(why) {
            (self.watch)(CallPhase::Waiting { call: self.call, why });
        }
    }

    fn going(&self, pass: &Pass, resend: bool) {
        if self.announced.is_some() {
            (self.watch)(CallPhase::Sending {
                call: self.call,
                generation: pass.generation,
                waited: self.waited,
            });
        }
        let sent = SessionEvent::CallSent {
            call: self.call,
            with_generation: pass.generation.get(),
            waited_ms: ms(self.waited),
            resend,
            without: pass.without,
        };
        self.core.emit_at(pass.at, sent);
    }

    async fn send(&self, mut request: Request<Bytes>, pass: &Pass) -> Result<Response<Bytes>, CallError> {
        request.headers_mut().insert(AUTHORIZATION, pass.header.clone());
        let answered = |status: StatusCode| {
            self.core.emit(SessionEvent::CallAnswered { call: self.call, status: status.as_u16() });
        };
        let reply =
            self.core.ports.transport.send_watched(request, &answered).await.map_err(transport_failed);
        match &reply {
            Err(CallError::Unavailable(transient)) => self.core.note_network(Some(transient.detail.clone())),
            Ok(_) | Err(_) => self.core.note_network(None),
        }
        reply
    }

    /// R1: decided right before the request.
    fn check(&mut self, held: &Held, now: Moment) -> Freshness {
        let freshness = freshness(self.core, held, now);
        self.say_checked(freshness, held.credentials.set().and_then(|set| set.lifetime), now);
        freshness
    }

    /// What was decided is said once a call.
    fn say_checked(&mut self, freshness: Freshness, life: Option<Lifetime>, now: Moment) {
        let Some(request) = self.asks.filter(|_| !self.checked) else { return };
        self.checked = true;
        let checked = SessionEvent::CallChecked {
            call: self.call,
            method: name_of(&request.method),
            path: beginning_of(&request.path).into(),
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

/// A method's name, without a copy of those that are in daily use.
fn name_of(method: &Method) -> Cow<'static, str> {
    match method.as_str() {
        "GET" => Cow::Borrowed("GET"),
        "POST" => Cow::Borrowed("POST"),
        "PUT" => Cow::Borrowed("PUT"),
        "PATCH" => Cow::Borrowed("PATCH"),
        "DELETE" => Cow::Borrowed("DELETE"),
        other => Cow::Owned(other.to_owned()),
    }
}

/// As much of a path as an event holds: 200 characters.
fn beginning_of(path: &str) -> &str {
    path.char_indices().nth(200).map_or(path, |(end, _)| &path[..end])
}

fn out_of_patience(held: &Held) -> CallError {
    match held.outage.as_ref().map(|outage| &outage.cause) {
        Some(Cause::Misconfigured(detail)) => CallError::Misconfigured(detail.clone()),
        Some(Cause::Transient(transient)) => CallError::Unavailable(transient.clone()),
        None => CallError::Unavailable(Transient::new(
            TransientKind::NoAnswer,
            "The server did not answer in time.",
        )),
    }
}

fn prepare(core: &Core, request: &ApiRequest) -> Result<Request<Bytes>, CallError> {
    let target = core.base.target(&request.path).map_err(CallError::PathNotAllowed)?;
    if request.body.len() > MAX_BODY_BYTES {
        return Err(CallError::TooLarge { what: "request", limit: MAX_BODY_BYTES });
    }
    let mut prepared = Request::new(request.body.clone());
    *prepared.method_mut() = request.method.clone();
    *prepared.uri_mut() = target;
    for name in CALLERS_HEADERS {
        if let Some(value) = request.headers.get(&name) {
            prepared.headers_mut().insert(name, value.clone());
        }
    }
    Ok(prepared)
}

fn transport_failed(error: TransportError) -> CallError {
    match error.kind {
        TransportErrorKind::ReplyTooLarge(limit) => CallError::TooLarge { what: "reply", limit },
        TransportErrorKind::NotSent | TransportErrorKind::NoAnswer | TransportErrorKind::ConnectionLost => {
            CallError::Unavailable(error.into())
        }
    }
}
