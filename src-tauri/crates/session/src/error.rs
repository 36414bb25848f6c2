//! What can go wrong, each said to be transient or definitive; no text of a token can be in one.
//! Not here: what a server's reply means (`verdict` decides), and the codes the UI sees (the shell maps them).

use std::time::Duration;

use crate::token::TokenError;

/// Why something could not be done just now and may work later; the session stays (R5).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Transient {
    /// What kind of trouble it is.
    pub kind: TransientKind,
    /// One sentence for a person, without a URL's query and without secrets.
    pub detail: String,
    /// What the server asked for in `Retry-After`.
    pub retry_after: Option<Duration>,
}

impl Transient {
    /// The server may have done what it was asked, and only its reply was lost (R9).
    #[must_use]
    pub fn may_have_been_done(&self) -> bool {
        matches!(self.kind, TransientKind::NoAnswer | TransientKind::ConnectionLost)
    }

    pub(crate) fn new(kind: TransientKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), retry_after: None }
    }
}

/// The kinds of trouble that pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransientKind {
    /// No network, no name, no connection, no TLS: the request was not received.
    Offline,
    /// No answer in time: the request may have been received (R9).
    NoAnswer,
    /// The connection broke before the answer was whole: the request may have been received (R9).
    ConnectionLost,
    /// 429.
    Throttled,
    /// 408 and 5xx.
    ServerUnavailable,
    /// Something answered that is not the API: a hotel's wifi page, a proxy, half a body.
    NotTheApi,
    /// A fault of our own in the refresh: it panicked or its runtime went away (F20).
    Internal,
}

/// Why a session ended for good (R6).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ExpiryReason {
    /// What kind of end it is.
    pub code: ExpiryCode,
    /// The server's own words where it had any, one line of plain text.
    pub detail: String,
}

/// The kinds of end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum ExpiryCode {
    /// The server says the refresh token is dead.
    Rejected,
    /// The access token is over and the server never gave a refresh token.
    NoRefreshToken,
    /// The reply to a refresh was lost on its way, and the server does not take the same token twice (R9).
    ReplyLost,
    /// The program was stopped in the middle of a refresh, and the server does not take the same token twice (R9).
    Interrupted,
    /// The newest refresh token could not be put into the vault before the program ended (P6).
    NotKept,
}

/// Why a refresh did not give a new token. Shared by all who waited for it (R3).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefreshError {
    /// It may work later; the session stays.
    #[error(transparent)]
    Transient(#[from] Transient),
    /// The session is over.
    #[error("the session has ended: {}", .0.detail)]
    Definitive(ExpiryReason),
    /// The server refuses this client or this request, not this token; the session stays.
    #[error("the server does not accept the way this program asks: {0}")]
    Misconfigured(String),
    /// The session moved on meanwhile; the result was thrown away (R10).
    #[error("the session has moved on meanwhile")]
    Superseded,
}

/// Why a call did not get a reply from the API.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Nobody is signed in, or who was when the call began no longer is. Definitive.
    #[error("nobody is signed in")]
    SignedOut,
    /// The session ended while the call waited, or before; it was not sent (R6). Definitive.
    #[error("the session has ended: {}", .0.detail)]
    SessionExpired(ExpiryReason),
    /// No valid token, and none to be had in time (R5), or the call itself found no server. Transient.
    #[error(transparent)]
    Unavailable(#[from] Transient),
    /// The server refuses the way the refresh is asked for, and no valid token is left. Definitive until someone mends it.
    #[error("the server does not accept the way this program asks: {0}")]
    Misconfigured(String),
    /// The path does not lead to the configured server (P3). Definitive.
    #[error("this path does not lead to the configured server: {0}")]
    PathNotAllowed(&'static str),
    /// The request's body, or the reply's, is larger than the limit (P11). Definitive.
    #[error("the {what} is larger than {limit} bytes")]
    TooLarge {
        /// `request` or `reply`.
        what: &'static str,
        /// The limit, in bytes.
        limit: usize,
    },
}

/// Why a sign-in did not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// A field is empty.
    #[error("{field} is missing")]
    Missing {
        /// `username` or `password`.
        field: &'static str,
    },
    /// The settings name no way to sign in: it is done elsewhere. Definitive.
    #[error("signing in is done elsewhere: the settings have no [login]")]
    NoLogin,
    /// The server knows no such name with this password. Definitive.
    #[error("the server does not accept this name and password")]
    WrongCredentials,
    /// It may work later.
    #[error(transparent)]
    Transient(#[from] Transient),
    /// The server refuses this client or this request.
    #[error("the server does not accept the way this program asks: {0}")]
    Misconfigured(String),
    /// A sign-out or another sign-in overtook it; its tokens were revoked (R10).
    #[error("another sign-in or a sign-out came in between")]
    Superseded,
}

/// Why a reply holds no usable tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// Not JSON, or not a JSON object.
    #[error("the reply is not the API's JSON")]
    NotJson,
    /// No access token at the configured place.
    #[error("the reply has no access token where one is expected")]
    NoAccessToken,
    /// What stands there cannot be a token.
    #[error("{0}")]
    BadToken(#[from] TokenError),
}

/// Why a request found no reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct TransportError {
    /// What kind of failure it is.
    pub kind: TransportErrorKind,
    /// One sentence for a person, without a URL's query and without secrets.
    pub detail: String,
}

/// The kinds of failure of a transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportErrorKind {
    /// Not connected: the server saw nothing.
    NotSent,
    /// Sent, at least in part, and no whole reply came in time: the server may have acted on it (R9).
    NoAnswer,
    /// Sent, at least in part, and the connection broke before a whole reply came: the server may have acted on it (R9).
    ConnectionLost,
    /// The reply is larger than the limit, in bytes (P11).
    ReplyTooLarge(usize),
}

impl From<TransportError> for Transient {
    fn from(error: TransportError) -> Self {
        let kind = match error.kind {
            TransportErrorKind::NotSent => TransientKind::Offline,
            TransportErrorKind::NoAnswer => TransientKind::NoAnswer,
            TransportErrorKind::ConnectionLost => TransientKind::ConnectionLost,
            TransportErrorKind::ReplyTooLarge(_) => TransientKind::NotTheApi,
        };
        Transient::new(kind, error.detail)
    }
}

/// Why the vault did not do as asked. The token is then kept in memory only (R8, P6).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct VaultError(pub String);

/// Why the profile store did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);
