//! What the doctor found, as plain data: steps with what was said on the wire, facts, findings, and the settings to keep.
//! Not here: a token, a password or a part of one; `redact` has been over every text of a server before it came here (P1).

use serde::Serialize;

use crate::facts::Facts;
use crate::finding::Finding;

/// All that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The address that was walked through.
    pub base_url: String,
    /// No finding is a problem.
    pub healthy: bool,
    /// In the order they were taken.
    pub steps: Vec<Step>,
    /// What is so.
    pub facts: Facts,
    /// Replies that refused something, and what the settings make of them.
    pub error_bodies: Vec<ErrorBody>,
    /// What to do about it; problems first.
    pub findings: Vec<Finding>,
    /// The settings to keep, as TOML.
    pub toml: String,
}

/// One step of the walk.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Which.
    pub name: StepName,
    /// How it went.
    pub status: StepStatus,
    /// One line.
    pub summary: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What was said on the wire.
    pub exchanges: Vec<Exchange>,
}

/// The steps, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum StepName {
    /// Sign in.
    SignIn,
    /// Call the API with the first access token.
    Call,
    /// Refresh.
    Refresh,
    /// Refresh again, with the token that the engine would keep.
    Rotation,
    /// Call the API with the newest access token.
    NewToken,
    /// Use spent refresh tokens again.
    Reuse,
    /// Sign out at the server.
    SignOut,
    /// Refresh with a token that is dead, to learn what the server then says.
    DeadToken,
}

impl StepName {
    /// A few words for it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::SignIn => "Sign in",
            Self::Call => "Call the API",
            Self::Refresh => "Refresh",
            Self::Rotation => "Refresh again",
            Self::NewToken => "Call with the new token",
            Self::Reuse => "Use an old token again",
            Self::SignOut => "Sign out",
            Self::DeadToken => "Try a dead token",
        }
    }
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum StepStatus {
    /// It has begun.
    Running,
    /// As it should.
    Passed,
    /// Not as it should.
    Failed,
    /// It could not be taken, or was not asked for.
    Skipped,
}

/// A request and its reply, with nothing secret in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// Method and address, headers, body: as lines.
    pub request: String,
    /// The same of the reply, or why there is none.
    pub reply: String,
    /// The reply's status, if one came.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// A reply that refused something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// In which step it came.
    pub step: StepName,
    /// Its status.
    pub status: u16,
    /// What it said.
    pub body: String,
    /// What the engine takes it for.
    pub meaning: Meaning,
    /// The entries of `[[rejected]]` that match it, from 1.
    pub matched_by: Vec<usize>,
}

/// What the engine takes a reply for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// All is well.
    Success,
    /// It may work later; the session stays.
    Transient,
    /// The token is dead; the session ends.
    Definitive,
    /// The request is refused, whatever the token; the session stays.
    Misconfigured,
}
