//! Every decision as one typed event: what, why, how long, who waited (the black box).
//! Not here: the words for a person, which the UI makes of these, and any token.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::error::{CallError, ExpiryReason, TransientKind};
use crate::policy::Freshness;

/// One event, with its place in the order of all.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EventRecord {
    /// Rises by one with each event.
    pub seq: u64,
    /// Wall clock, Unix milliseconds.
    pub at_ms: i64,
    /// The session's generation when it happened.
    pub generation: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: SessionEvent,
}

/// What happened. All times in milliseconds.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[allow(missing_docs, reason = "the fields are named as the UI shows them")]
pub enum SessionEvent {
    /// R1: a call's token was checked. What is left is below zero for a token that is over, as everywhere here.
    CallChecked {
        call: u64,
        method: Cow<'static, str>,
        #[serde(serialize_with = "text")]
        #[cfg_attr(feature = "specta", specta(type = String))]
        path: Arc<str>,
        freshness: Freshness,
        left_ms: Option<i64>,
        window_ms: Option<u64>,
    },
    /// R2: a call pauses for a refresh. Not sent for the time between two attempts.
    CallWaiting { call: u64, why: Waiting, refresh: u64, shared: bool },
    /// R4: a call goes out.
    CallSent { call: u64, with_generation: u64, waited_ms: u64, resend: bool, without: Option<Without> },
    /// The head of the answer is there, its body still on the way. Not sent for an answer that comes in one piece.
    CallAnswered { call: u64, status: u16 },
    /// The API answered, and all of it is there.
    CallFinished { call: u64, status: u16, took_ms: u64, waited_ms: u64 },
    /// The call got no answer.
    CallFailed { call: u64, code: ErrorCode, message: String, took_ms: u64, waited_ms: u64 },
    /// R3: a refresh request is about to be sent.
    RefreshStarted {
        refresh: u64,
        trigger: Trigger,
        attempt: u32,
        left_ms: Option<i64>,
        lifetime_ms: Option<u64>,
    },
    /// R9: the reply was lost; the same refresh token is sent again.
    RefreshReplayed { refresh: u64, reason: String, after_ms: u64 },
    /// R9: the program was stopped while a refresh was under way; the same refresh token is sent again.
    RefreshInterrupted { attempt: u32, ago_ms: u64 },
    /// F28: another process has renewed the refresh token; that one is used.
    TokenTakenOver { fingerprint: String },
    /// R8: the new token is kept, and now given to those who waited.
    RefreshSucceeded {
        refresh: u64,
        took_ms: u64,
        callers: usize,
        left_ms: Option<i64>,
        old_lifetime_ms: Option<u64>,
        lifetime_ms: Option<u64>,
        window_ms: Option<u64>,
        rotated: bool,
        old_fingerprint: Option<String>,
        fingerprint: String,
    },
    /// R5, R6: no new token.
    RefreshFailed {
        refresh: u64,
        verdict: FailedAs,
        reason: String,
        took_ms: u64,
        callers: usize,
        retry_in_ms: Option<u64>,
    },
    /// R10: the session moved on; the result was thrown away.
    RefreshDiscarded { refresh: u64, why: String },
    /// Somebody signed in.
    SignedIn { account: String, lifetime_ms: Option<u64> },
    /// R12: somebody signed out.
    SignedOut { account: String, remembered: bool },
    /// The server was told to forget a refresh token.
    Revoked { ok: bool, detail: String },
    /// R13: the session came back from the vault.
    SessionRestored { account: String },
    /// R6: the session ended. Exactly one of these for each end.
    SessionExpired { account: String, reason: ExpiryReason },
    /// R5: refreshes fail; the session stays.
    SessionDegraded { reason: String, retry_in_ms: u64 },
    /// R5: refreshes work again.
    SessionRecovered { after_ms: u64, attempts: u32 },
    /// R11: fields were taken over into the kept profile.
    ProfileKept { fields: usize, changed: usize, added: usize, source: ProfileSource },
    /// P6: the vault did not do as asked; the token is in memory only.
    VaultFailed { operation: VaultOperation, message: String },
    /// P6: the vault works again.
    VaultRecovered,
    /// The profile store did not do as asked.
    StoreFailed { message: String },
    /// The profile store works again.
    StoreRecovered,
    /// R5: a request found no server; the session stays.
    NetworkLost { reason: String },
    /// R5: the server is there again.
    NetworkBack,
    /// R16: a new token looked expired; a clock is wrong.
    ClockSuspect { message: String },
    /// F27: the wall clock was set by so much, forward above zero.
    ClockJumped { by_ms: i64 },
    /// The clocks are no longer in doubt: a new token was received by them.
    ClockSettled,
}

/// A shared text, so that an event of a call is copied without copying its path.
fn text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// Why a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Waiting {
    /// The token is due (R2).
    Due,
    /// There is no valid token (R5).
    Expired,
    /// The API refused the token (R7).
    Unauthorized,
}

/// Why a call goes with the old, still valid token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Without {
    /// The refresh took longer than a pause may last (R2).
    RefreshLate,
    /// The refresh failed (R5).
    RefreshFailed,
    /// The next attempt is not due yet (R5).
    BackingOff,
    /// The policy refreshes in the background.
    Background,
}

/// What asked for a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// A call found the token due or over.
    Call,
    /// The timer (R14).
    Timer,
    /// The timer, early: an outage had brought all clients into step, and this one leaves it (R14, R15).
    Apart,
    /// A 401 from the API (R7).
    Unauthorized,
    /// A person.
    Manual,
    /// The first call after a restart (R13).
    Restore,
}

/// The verdict on a failed refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum FailedAs {
    /// It may work later.
    Transient,
    /// The token is dead.
    Definitive,
    /// The request is refused.
    Misconfigured,
}

/// Where profile fields came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum ProfileSource {
    /// The sign-in's reply: merged.
    SignIn,
    /// A refresh's reply: merged.
    Refresh,
    /// The profile endpoint's reply: the whole truth, replaced.
    Server,
}

/// What was asked of the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum VaultOperation {
    /// Read at the start.
    Load,
    /// Written with a new token.
    Save,
    /// Emptied.
    Clear,
}

/// The code of a failure, for a UI to switch on; the text beside it is for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// Nobody is signed in.
    SignedOut,
    /// The session ended.
    SessionExpired,
    /// No network.
    Offline,
    /// 408, 5xx, or something that is not the API.
    ServerUnavailable,
    /// 429.
    Throttled,
    /// No answer in time.
    Timeout,
    /// The path leaves the base.
    PathNotAllowed,
    /// A body over the limit.
    TooLarge,
    /// The server refuses the client.
    Misconfigured,
    /// A fault of our own.
    Internal,
}

impl From<TransientKind> for ErrorCode {
    fn from(kind: TransientKind) -> Self {
        match kind {
            TransientKind::Offline | TransientKind::ConnectionLost => Self::Offline,
            TransientKind::NoAnswer => Self::Timeout,
            TransientKind::Throttled => Self::Throttled,
            TransientKind::ServerUnavailable | TransientKind::NotTheApi => Self::ServerUnavailable,
            TransientKind::Internal => Self::Internal,
        }
    }
}

impl From<&CallError> for ErrorCode {
    fn from(error: &CallError) -> Self {
        match error {
            CallError::SignedOut => Self::SignedOut,
            CallError::SessionExpired(_) => Self::SessionExpired,
            CallError::Unavailable(transient) => transient.kind.into(),
            CallError::Misconfigured(_) => Self::Misconfigured,
            CallError::PathNotAllowed(_) => Self::PathNotAllowed,
            CallError::TooLarge { .. } => Self::TooLarge,
        }
    }
}
