//! A call as its caller has it: what is asked for, what comes back, and where it is meanwhile.
//! Not here: how it is carried through (`interceptor`), and what it may ask for (`confine`).

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response};

use crate::event::Waiting;
use crate::token::Generation;

/// The longest body of a request, in bytes (P11).
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// A call of the API, its path relative to the base.
#[derive(Clone, Debug)]
pub struct ApiRequest {
    /// The method.
    pub method: Method,
    /// Relative to the base, with its query; no fragment.
    pub path: String,
    /// `Accept` and `Content-Type`; others are dropped.
    pub headers: HeaderMap,
    /// At most [`MAX_BODY_BYTES`].
    pub body: Bytes,
}

impl ApiRequest {
    /// A GET.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// The method's name as an event has it, without a copy of those that are in daily use.
    pub(crate) fn method_name(&self) -> Cow<'static, str> {
        match self.method.as_str() {
            "GET" => Cow::Borrowed("GET"),
            "POST" => Cow::Borrowed("POST"),
            "PUT" => Cow::Borrowed("PUT"),
            "PATCH" => Cow::Borrowed("PATCH"),
            "DELETE" => Cow::Borrowed("DELETE"),
            other => Cow::Owned(other.to_owned()),
        }
    }

    /// As much of the path as an event holds: 200 characters.
    pub(crate) fn beginning_of_path(&self) -> &str {
        self.path.char_indices().nth(200).map_or(&*self.path, |(end, _)| &self.path[..end])
    }
}

/// The API's answer, whatever its status, and how the call went.
#[derive(Clone, Debug)]
pub struct ApiReply {
    /// The call's number in the events.
    pub call: u64,
    /// Status, headers, body.
    pub response: Response<Bytes>,
    /// The generation of the token it went with.
    pub generation: Generation,
    /// How long it paused.
    pub waited: Duration,
    /// How long it took in all.
    pub took: Duration,
}

/// An `Authorization` header to send with a request of one's own.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// The value, marked sensitive: its `Debug` shows no token.
    pub header: HeaderValue,
    /// The generation of its token, to ask with after a 401 (R7).
    pub generation: Generation,
}

/// Where a call is, for who watches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallPhase {
    /// It pauses.
    Waiting {
        /// The call's number.
        call: u64,
        /// Why.
        why: Waiting,
    },
    /// It goes out after a pause.
    Sending {
        /// The call's number.
        call: u64,
        /// The generation of the token it goes with.
        generation: Generation,
        /// How long it paused.
        waited: Duration,
    },
}
