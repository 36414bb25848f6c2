//! What must hold in every schedule, by name. Not here: where each is looked for (`world`, `stories`).

/// At most one request in flight for a refresh token (R3).
pub(crate) const ONE_FLIGHT: &str = "one-flight";
/// A refresh token whose successor was received is never sent again (R3, R10).
pub(crate) const NO_REUSE: &str = "no-reuse";
/// No write of an older generation wins: at rest, and as soon as it works again, the vault agrees with memory, both hold what
/// the newest sign-in or sign-out left, and the journal has nothing against it (R9, R10, R12).
pub(crate) const OLD_LOSES: &str = "old-loses";
/// One `session-expired` for each end (R6).
pub(crate) const ONE_END: &str = "one-end";
/// A call goes, and is answered, only in the session it began in (R10).
pub(crate) const OWN_TOKEN: &str = "own-token";
/// A call that paused while its session ended is not sent (R6).
pub(crate) const NOT_AFTER_THE_END: &str = "not-after-the-end";
/// The refresh token is in the vault, or the vault said that it is not, before a call goes with its access token (R8).
pub(crate) const KEPT_FIRST: &str = "kept-first";
/// Every call comes back, and every task of the engine ends with the session (R3).
pub(crate) const NOBODY_HANGS: &str = "nobody-hangs";
/// As many refreshes as there are reasons (R3, R7).
pub(crate) const NO_NEEDLESS_REFRESH: &str = "no-needless-refresh";

/// All of them.
pub(crate) const ALL: [&str; 9] = [
    ONE_FLIGHT,
    NO_REUSE,
    OLD_LOSES,
    ONE_END,
    OWN_TOKEN,
    NOT_AFTER_THE_END,
    KEPT_FIRST,
    NOBODY_HANGS,
    NO_NEEDLESS_REFRESH,
];
