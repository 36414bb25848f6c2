//! What is so at a server: lifetimes, rotation, grace, reuse, clocks.
//! Not here: how it is learnt (`walk`, `examine`), and what to do about it (`finding`).

use serde::Serialize;

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
    /// How long a refresh token lives, where it or its reply says so.
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
