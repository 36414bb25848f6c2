//! The interceptor: carries a call through. Sends it with a token, and after a 401 once more with another (R4, R7).
//! Not here: how a call comes to a token (`passenger`), and the refresh (`refresh`).

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, Uri};

use crate::call::{ApiReply, ApiRequest, CallPhase, MAX_BODY_BYTES};
use crate::core::{Core, ms};
use crate::error::{CallError, TransportError, TransportErrorKind};
use crate::event::SessionEvent;
use crate::lifetime::Moment;
use crate::passenger::{Pass, Passenger};
use crate::sync::Arc;
use crate::token::Generation;
use crate::verdict;

/// Headers a caller may set; all else is the interceptor's and the transport's business (P3).
const CALLERS_HEADERS: [HeaderName; 2] = [ACCEPT, CONTENT_TYPE];

/// Carries one call through, which began at `started`.
pub(crate) async fn call(
    core: &Arc<Core>,
    request: &ApiRequest,
    watch: &(dyn Fn(CallPhase) + Send + Sync),
    started: Moment,
) -> Result<ApiReply, CallError> {
    let call = core.next_number();
    let passenger = Passenger::of_call(core, watch, call, request, started);
    let mut journey = Journey { core, watch, call, request, passenger };
    let outcome = journey.travel().await;
    let ended = core.now();
    let (took, waited) = (ended.since(started), journey.passenger.waited());
    let (took_ms, waited_ms) = (ms(took), ms(waited));
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
    outcome.map(|(response, generation)| ApiReply { call, response, generation, waited, took })
}

struct Journey<'a> {
    core: &'a Core,
    watch: &'a (dyn Fn(CallPhase) + Send + Sync),
    call: u64,
    request: &'a ApiRequest,
    passenger: Passenger<'a>,
}

impl Journey<'_> {
    async fn travel(&mut self) -> Result<(Response<Bytes>, Generation), CallError> {
        let (core, call) = (self.core, self.call);
        let answered = |status: StatusCode| {
            core.emit(SessionEvent::CallAnswered { call, status: status.as_u16() });
        };
        let mut first = Some(target(self.core, self.request)?);
        let mut resend = false;
        loop {
            let pass = self.passenger.pass().await?;
            self.going(&pass, resend);
            let target = match first.take() {
                Some(target) => target,
                None => target(self.core, self.request)?,
            };
            let generation = pass.generation;
            let outgoing = outgoing(self.request, target, pass.header);
            let response = self.arrived(self.core.ports.transport.send_watched(outgoing, &answered).await)?;
            if !self.passenger.is_of_this_session() {
                return Err(CallError::SignedOut); // what was answered is not for who is here now
            }
            let about_the_token = verdict::is_about_the_token(response.status(), response.headers());
            let incurable = &self.core.incurable;
            if about_the_token && resend {
                incurable.note(&self.request.path, self.core.now());
            }
            if !about_the_token || resend || incurable.holds(&self.request.path, self.core.now()) {
                return Ok((response, generation));
            }
            // R7: the generation has moved on, or the token is refused and a new one is asked for. Either way it goes once more.
            self.passenger.was_refused(generation);
            resend = true;
        }
    }

    fn going(&self, pass: &Pass, resend: bool) {
        if self.passenger.has_waited() {
            (self.watch)(CallPhase::Sending {
                call: self.call,
                generation: pass.generation,
                waited: self.passenger.waited(),
            });
        }
        let sent = SessionEvent::CallSent {
            call: self.call,
            with_generation: pass.generation.get(),
            waited_ms: ms(self.passenger.waited()),
            resend,
            without: pass.without,
        };
        self.core.emit_at(pass.at, sent);
    }

    fn arrived(&self, reply: Result<Response<Bytes>, TransportError>) -> Result<Response<Bytes>, CallError> {
        let reply = reply.map_err(transport_failed);
        match &reply {
            Err(CallError::Unavailable(transient)) => self.core.note_network(Some(transient.detail.clone())),
            Ok(_) | Err(_) => self.core.note_network(None),
        }
        reply
    }
}

/// Where a request that may be sent goes.
fn target(core: &Core, request: &ApiRequest) -> Result<Uri, CallError> {
    let target = core.base.target(&request.path).map_err(CallError::PathNotAllowed)?;
    if request.body.len() > MAX_BODY_BYTES {
        return Err(CallError::TooLarge { what: "request", limit: MAX_BODY_BYTES });
    }
    Ok(target)
}

fn outgoing(request: &ApiRequest, target: Uri, header: HeaderValue) -> Request<Bytes> {
    let mut outgoing = Request::new(request.body.clone());
    *outgoing.method_mut() = request.method.clone();
    *outgoing.uri_mut() = target;
    for name in CALLERS_HEADERS {
        if let Some(value) = request.headers.get(&name) {
            outgoing.headers_mut().insert(name, value.clone());
        }
    }
    outgoing.headers_mut().insert(AUTHORIZATION, header);
    outgoing
}

fn transport_failed(error: TransportError) -> CallError {
    match error.kind {
        TransportErrorKind::ReplyTooLarge(limit) => CallError::TooLarge { what: "reply", limit },
        TransportErrorKind::NotSent | TransportErrorKind::NoAnswer | TransportErrorKind::ConnectionLost => {
            CallError::Unavailable(error.into())
        }
    }
}
