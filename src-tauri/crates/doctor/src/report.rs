//! What the doctor found, as plain data: steps with what was said on the wire, facts, findings, and the settings to keep.
//! Not here: a token, a password or a part of one; `redact` has been over every text of a server before it came here (P1).

use serde::Serialize;

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

/// What is so at this server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// How long an access token lives.
    pub access_lifetime_ms: Option<u64>,
    /// What says so.
    pub lifetime_basis: Option<Basis>,
    /// The refresh window that follows from it (R2).
    pub window_ms: Option<u64>,
    /// How long a refresh token lives, where it says so itself.
    pub refresh_lifetime_ms: Option<u64>,
    /// Whether a refresh replaces the refresh token.
    pub rotation: Option<Rotation>,
    /// What the refresh token used last, sent once more, is answered.
    pub grace: Option<Grace>,
    /// What a refresh token that is long spent, sent once more, does.
    pub reuse: Option<Reuse>,
    /// How far the server's clock is ahead of this computer's.
    pub clock_offset_ms: Option<i64>,
    /// How many fields of the user the sign-in's reply carries.
    pub user_fields: Option<usize>,
}

/// What says how long an access token lives (R1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The token's own `exp − iat`.
    ExpIat,
    /// `expires_in`.
    ExpiresIn,
    /// The token's `exp`, counted from the reply's `Date`.
    ExpDate,
}

/// Whether a refresh replaces the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Rotation {
    /// It does, and the new one works.
    On,
    /// It does not, and the old one goes on working.
    Off,
    /// The token to go on with does not work.
    Broken,
}

/// What the refresh token used last is answered when it comes again at once, as after a lost reply (R9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Grace {
    /// The same new refresh token again.
    SameToken,
    /// Another refresh token.
    AnotherToken,
    /// It is refused.
    None,
}

/// What a long spent refresh token does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Reuse {
    /// It is refused, and the whole session with it.
    EndsTheSession,
    /// It is refused; the session goes on.
    Refused,
    /// It works as if it had never been used.
    Accepted,
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

/// Something to do, or to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// For programs.
    pub code: FindingCode,
    /// Whether it must be mended.
    pub severity: Severity,
    /// What is so and what to do about it.
    pub sentence: String,
    /// The settings that would mend it; they are in the TOML to keep.
    pub settings: Vec<Setting>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Setting {
    /// The key, dotted.
    pub key: String,
    /// The value, as TOML.
    pub value: String,
}

/// Whether a finding must be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// A session will not work, or not last.
    Problem,
    /// It works; this is good to know.
    Remark,
}

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum FindingCode {
    /// No connection: address, name, network or certificate.
    Unreachable,
    /// No answer in time, or half of one.
    NoAnswer,
    /// 429.
    Throttled,
    /// 5xx.
    ServerError,
    /// The path is answered with a redirect, which is never followed (P4).
    Redirect,
    /// 404 or 405.
    WrongPath,
    /// 415.
    WrongEncoding,
    /// Something that is not the API's JSON.
    NotTheApi,
    /// The settings name no way to sign in.
    NoSignIn,
    /// The server does not know this name with this password.
    SignInRefused,
    /// The server refuses the request as it is.
    RequestRefused,
    /// No access token where one is expected.
    NoAccessToken,
    /// No refresh token where one is expected.
    NoRefreshToken,
    /// Nothing tells how long an access token lives.
    LifetimeUnknown,
    /// An access token that looks expired when it comes.
    BornExpired,
    /// An access token lives less than half a minute.
    LifetimeTooShort,
    /// The lifetime is shorter than `refresh_window`, so the window is a fraction of it.
    WindowCut,
    /// No `Date` in the replies.
    NoDate,
    /// The two clocks differ.
    ClockOffset,
    /// There is no path to try a token on.
    NoCall,
    /// The API refuses a token that was just issued.
    CallRefused,
    /// The API's answer to the call is an error.
    CallFailed,
    /// A refresh token that was just issued is refused.
    RefreshRefused,
    /// The new refresh token does not work.
    RotationBroken,
    /// No new refresh token came, and the old one is spent.
    RotationSilent,
    /// A reply that is lost costs the session.
    NoGrace,
    /// A spent refresh token works for ever.
    ReuseAccepted,
    /// The list of what means "dead" does not know what this server says.
    DeadTokenNotListed,
    /// What the server says to a dead token looks like an outage.
    DeadTokenTransient,
    /// The refresh token works after the sign-out.
    SignOutNoEffect,
    /// The server refuses the sign-out.
    SignOutRefused,
    /// A sign-out is not told to the server.
    NoSignOut,
    /// Neither the sign-in's reply nor a path gives a profile.
    NoProfile,
}
