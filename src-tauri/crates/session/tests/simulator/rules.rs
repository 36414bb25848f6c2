//! What must hold in every session, whatever happens to it: each rule has a name that a failure prints.
//! Not here: how each is watched (`ledger`, `wire`, `watch`, `rest`).

/// Nobody is signed out but by a definitive answer of the server, or by themselves (R5, R6, R12).
pub(crate) const ENDS_BY_RIGHT: &str = "ends-by-right";
/// A definitive answer gives exactly one session-expired, at once, with a reason (R6).
pub(crate) const ONE_END: &str = "one-end";
/// The profile is what sign-ins and merges made it: no field lost, none changed (R11).
pub(crate) const PROFILE_KEPT: &str = "profile-kept";
/// Never two refreshes of one session in flight at once (R3).
pub(crate) const ONE_FLIGHT: &str = "one-flight";
/// A refresh token is sent again only after a reply that was lost, or an answer that left it valid (R9).
pub(crate) const NOT_AGAIN: &str = "not-again";
/// Each refresh request has its cause: a token that is due, once; a 401; a restart; a person; a request that failed (R2, R16).
pub(crate) const A_CAUSE: &str = "a-cause";
/// There are no more refreshes than the lifetimes ask for, and the faults (R2, R16).
pub(crate) const NO_MORE: &str = "no-more-than-lifetimes-ask";
/// Six attempts in ten seconds at most; Retry-After is honoured (R15).
pub(crate) const PACE: &str = "pace";
/// Each call ends within its deadline and the time its replies took (R2, R5, R7).
pub(crate) const NOBODY_HANGS: &str = "nobody-hangs";
/// No call goes with a token that is expired as the server sees it, unless a clock was lied to (R1).
pub(crate) const NOT_EXPIRED: &str = "not-expired";
/// A call goes out only in the session it began in, with that user's token (R6, R10).
pub(crate) const OWN_SESSION: &str = "own-session";
/// A call goes with the newest token (R4).
pub(crate) const NEWEST_TOKEN: &str = "newest-token";
/// The refresh token is in the vault before its access token is used (R8).
pub(crate) const KEPT_FIRST: &str = "kept-first";
/// Vault, memory and what the user did agree at rest (R8, R10, R12).
pub(crate) const AGREE: &str = "agree-at-rest";
/// The session is back after a restart (R13).
pub(crate) const BACK: &str = "back-after-a-restart";
/// Once the faults are over the session works again, in a time that is known beforehand (R5, R15).
pub(crate) const RECOVERS: &str = "recovers";

pub(crate) const ALL: [&str; 16] = [
    ENDS_BY_RIGHT,
    ONE_END,
    PROFILE_KEPT,
    ONE_FLIGHT,
    NOT_AGAIN,
    A_CAUSE,
    NO_MORE,
    PACE,
    NOBODY_HANGS,
    NOT_EXPIRED,
    OWN_SESSION,
    NEWEST_TOKEN,
    KEPT_FIRST,
    AGREE,
    BACK,
    RECOVERS,
];
