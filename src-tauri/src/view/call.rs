//! A call of the API as the page asks for it, where it is, and what came of it.
//! Not here: what is checked of it (`program::calls`), and why it failed (`error`).

use serde::{Deserialize, Serialize};
use session_engine::event::Waiting;
use session_engine::{ApiReply, CallPhase};
use specta::Type;

use super::ms;

/// A call of the API, as the page asks for it.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct ApiCall {
    /// The method.
    pub method: ApiMethod,
    /// Relative to the server's base address.
    pub path: String,
    /// JSON text.
    pub body: Option<String>,
    /// By which the page knows the call when its phases are told (`watch_calls`). A call is sent once for a ticket; null: every time.
    pub ticket: Option<u64>,
}

/// The methods a page may use.
#[derive(Clone, Copy, Debug, Deserialize, Type)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "RFC 9110 section 9.3 documents them")]
pub enum ApiMethod {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// The API's answer, whatever its status. Times in milliseconds.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ApiReplyView {
    /// The call's number in the events.
    pub call: u64,
    /// The status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// The body as text.
    pub body: String,
    /// The generation of the token it went with.
    pub generation: u64,
    /// How long it paused.
    pub waited_ms: u64,
    /// How long it took in all.
    pub took_ms: u64,
}

/// Where a call is. Silent for a call that need not wait.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(tag = "phase", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[allow(missing_docs, reason = "as session_engine::CallPhase")]
pub enum CallProgress {
    /// It pauses.
    Waiting { ticket: u64, call: u64, why: Waiting },
    /// It goes out after a pause.
    Sending { ticket: u64, call: u64, generation: u64, waited_ms: u64 },
}

impl From<ApiReply> for ApiReplyView {
    fn from(reply: ApiReply) -> Self {
        let content_type = reply.response.headers().get(http::header::CONTENT_TYPE);
        Self {
            call: reply.call,
            status: reply.response.status().as_u16(),
            content_type: content_type.and_then(|kind| kind.to_str().ok()).map(str::to_owned),
            body: String::from_utf8_lossy(reply.response.body()).into_owned(),
            generation: reply.generation.get(),
            waited_ms: ms(reply.waited),
            took_ms: ms(reply.took),
        }
    }
}

impl CallProgress {
    pub(crate) fn new(ticket: u64, phase: CallPhase) -> Self {
        match phase {
            CallPhase::Waiting { call, why } => Self::Waiting { ticket, call, why },
            CallPhase::Sending { call, generation, waited } => {
                Self::Sending { ticket, call, generation: generation.get(), waited_ms: ms(waited) }
            }
        }
    }
}
