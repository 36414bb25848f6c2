//! What the doctor advises: a code for programs, a sentence for people, settings to keep.
//! Not here: when each is said (`walk`, `examine`, `explain`).

use serde::Serialize;

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
    /// A session will not work, will not last, or can be stolen unseen.
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
