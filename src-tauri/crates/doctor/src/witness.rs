//! Stands between the engine and the transport, notes each request with its reply, and lets none go on after a stop.
//! Not here: what may be shown of them (`redact`).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use session_engine::error::{TransportError, TransportErrorKind};
use session_engine::ports::{Clock, Transport};
use tokio_util::sync::CancellationToken;

/// What passed. Holds secrets: it never leaves this crate, and can be neither printed nor serialised.
pub(crate) struct Passed {
    pub(crate) request: Request<Bytes>,
    pub(crate) reply: Result<Response<Bytes>, TransportError>,
    pub(crate) took: Duration,
}

impl Passed {
    pub(crate) fn status(&self) -> Option<u16> {
        self.reply.as_ref().ok().map(|reply| reply.status().as_u16())
    }

    /// A header of the reply, as text.
    pub(crate) fn header(&self, name: http::HeaderName) -> Option<&str> {
        self.reply.as_ref().ok()?.headers().get(name)?.to_str().ok()
    }

    pub(crate) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(self.reply.as_ref().ok()?.body()).ok()
    }
}

/// A transport that notes what passes through it.
pub(crate) struct Witness {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    passed: Mutex<Vec<Passed>>,
    stop: CancellationToken,
    is_leaving: AtomicBool,
}

impl Witness {
    pub(crate) fn new(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>, stop: CancellationToken) -> Self {
        Self { transport, clock, passed: Mutex::default(), stop, is_leaving: AtomicBool::new(false) }
    }

    /// From now on a stop stops nothing: the sign-out is on its way.
    pub(crate) fn leave(&self) {
        self.is_leaving.store(true, Ordering::Relaxed);
    }

    /// All that passed since the last time this was asked.
    pub(crate) fn take(&self) -> Vec<Passed> {
        std::mem::take(&mut self.passed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Transport for Witness {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let asked_at = self.clock.now();
        let seen = request.clone();
        let sending = self.transport.send(request);
        let reply = if self.is_leaving.load(Ordering::Relaxed) {
            sending.await
        } else {
            self.stop.run_until_cancelled(sending).await.unwrap_or_else(|| Err(stopped()))
        };
        let passed = Passed { request: seen, reply: reply.clone(), took: self.clock.now().since(asked_at) };
        self.passed.lock().unwrap_or_else(PoisonError::into_inner).push(passed);
        reply
    }
}

fn stopped() -> TransportError {
    let detail = "stopped before the reply came".to_owned();
    TransportError { kind: TransportErrorKind::NoAnswer, detail }
}
