//! The eleven ways in which the demo server can be made to fail, with their names and a sentence for each.
//! Not here: what each does when it is on (`switches`, `serve`, `families`, `http/`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A way for the demo server to fail on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Fault {
    /// Every access token issued until this was switched on is answered 401; newer ones work.
    ExpireAccess,
    /// Access tokens issued while this is on live 60 seconds.
    ShortTokens,
    /// Every refresh token is dead while this is on; those that existed when it was switched on stay dead.
    RevokeRefresh,
    /// A refresh is carried out at once and answered after 3 seconds.
    SlowRefresh,
    /// One shot: the next successful refresh is committed and its connection cut without an answer.
    LoseReply,
    /// The refresh endpoint answers 503.
    Refresh503,
    /// The refresh endpoint answers 429 with `Retry-After: 3`.
    Refresh429,
    /// Nobody listens on the port: connections are cut, new ones refused.
    Offline,
    /// The server's clock is an hour ahead.
    SkewPlus,
    /// The server's clock is an hour behind.
    SkewMinus,
    /// Refresh replies carry `access` alone; the refresh token stays.
    NoRotation,
}

impl Fault {
    /// All faults, in the order in which a panel shows them.
    pub const ALL: [Self; 11] = [
        Self::ExpireAccess,
        Self::ShortTokens,
        Self::RevokeRefresh,
        Self::SlowRefresh,
        Self::LoseReply,
        Self::Refresh503,
        Self::Refresh429,
        Self::Offline,
        Self::SkewPlus,
        Self::SkewMinus,
        Self::NoRotation,
    ];

    /// The stable name, as in the `data-fault` attribute.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExpireAccess => "expire-access",
            Self::ShortTokens => "short-tokens",
            Self::RevokeRefresh => "revoke-refresh",
            Self::SlowRefresh => "slow-refresh",
            Self::LoseReply => "lose-reply",
            Self::Refresh503 => "refresh-503",
            Self::Refresh429 => "refresh-429",
            Self::Offline => "offline",
            Self::SkewPlus => "skew-plus",
            Self::SkewMinus => "skew-minus",
            Self::NoRotation => "no-rotation",
        }
    }

    /// One plain sentence for a person.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::ExpireAccess => "The server no longer accepts any access token it has issued so far.",
            Self::ShortTokens => "New access tokens live for five minutes only.",
            Self::RevokeRefresh => "The server has revoked every refresh token, so the session cannot go on.",
            Self::SlowRefresh => "Refreshing takes three seconds.",
            Self::LoseReply => "The next refresh succeeds on the server, but its reply is lost on the way.",
            Self::Refresh503 => "Refreshing fails because the server says it is out of service (503).",
            Self::Refresh429 => {
                "Refreshing fails because the server says too many requests (429), wait three seconds."
            }
            Self::Offline => "The server cannot be reached at all.",
            Self::SkewPlus => "The server's clock is one hour ahead.",
            Self::SkewMinus => "The server's clock is one hour behind.",
            Self::NoRotation => "Refreshing returns a new access token and keeps the refresh token as it is.",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Fault> for &'static str {
    fn from(fault: Fault) -> Self {
        fault.name()
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        Self::ALL.into_iter().find(|fault| fault.name() == name).ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

impl TryFrom<String> for Fault {
    type Error = UnknownFault;

    fn try_from(name: String) -> Result<Self, UnknownFault> {
        name.parse()
    }
}

/// A name that is no fault's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault named {0:?}")]
pub struct UnknownFault(
    /// The name that was asked for.
    pub String,
);
