//! The session as it is at one moment, for whoever shows it; no token in it.
//! Not here: what changes it, and the form in which it crosses to a UI (the shell's `view`).

use std::time::Duration;

use crate::core::{Core, Trouble};
use crate::error::{ExpiryReason, RefreshError, TransientKind};
use crate::lifetime::Moment;
use crate::passenger::freshness;
use crate::policy::{self, Freshness};
use crate::ports::Account;
use crate::state::{Cause, Held, Outage, Phase};
use crate::token::{Fingerprint, Generation, TokenSet};

/// One word for the state of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum SessionState {
    /// Nobody is signed in.
    SignedOut,
    /// The token is good.
    Fresh,
    /// The token is in its window, over, or not there yet: the next call refreshes.
    Due,
    /// A refresh is in the air.
    Refreshing,
    /// Refreshes fail; the session stays (R5).
    Degraded,
    /// The session ended (R6).
    Expired,
}

/// The session at one moment.
#[derive(Clone, Debug)]
pub struct Status {
    /// The number of the newest event.
    pub seq: u64,
    /// One word for it.
    pub state: SessionState,
    /// Its generation.
    pub generation: Generation,
    /// Who is signed in, or whose session ended.
    pub account: Option<Account>,
    /// Why it ended.
    pub reason: Option<ExpiryReason>,
    /// What may be known of the access token.
    pub token: Option<TokenStatus>,
    /// Failed refreshes.
    pub outage: Option<OutageStatus>,
    /// What does not work around it.
    pub trouble: Trouble,
}

/// What may be known of an access token.
#[derive(Clone, Debug)]
pub struct TokenStatus {
    /// Tells it from others.
    pub fingerprint: Fingerprint,
    /// The refresh token's.
    pub refresh_fingerprint: Option<Fingerprint>,
    /// What is left of it, now, in milliseconds; below zero: how long it has been over.
    pub left_ms: Option<i64>,
    /// Its whole life.
    pub lifetime: Option<Duration>,
    /// Due when less than this is left.
    pub window: Option<Duration>,
    /// What is left of the refresh token, now; `None`: nothing tells. When it is over is the server's to say (R6).
    pub refresh_left: Option<Duration>,
    /// The refresh token's whole life.
    pub refresh_lifetime: Option<Duration>,
    /// The decoded claims, exact JSON text; `None`: opaque.
    pub claims: Option<String>,
}

/// A row of failed refreshes.
#[derive(Clone, Debug)]
pub struct OutageStatus {
    /// How many failed.
    pub attempts: u32,
    /// When the next may be sent, from now.
    pub next_attempt_in: Duration,
    /// How long it has lasted.
    pub lasted: Duration,
    /// What went wrong last.
    pub cause: RefreshError,
    /// There is no valid token and trying on may never help: signing in again is the way out (R5).
    pub offers_sign_in: bool,
}

pub(crate) fn status(core: &Core) -> Status {
    let seq = core.black_box.seq();
    let state = core.state.load();
    let now = core.now();
    let held = state.held();
    let (account, reason) = match &state.phase {
        Phase::SignedOut => (None, None),
        Phase::SignedIn(held) => (Some(held.account.clone()), None),
        Phase::Expired { account, reason } => (Some(account.clone()), Some(reason.clone())),
    };
    let refreshing = core.flights.is_airborne(state.generation);
    Status {
        seq,
        state: match (&state.phase, held) {
            (Phase::Expired { .. }, _) => SessionState::Expired,
            (_, None) => SessionState::SignedOut,
            (_, Some(held)) => word(core, held, now, refreshing),
        },
        generation: state.generation,
        account,
        reason,
        token: held.and_then(|held| held.credentials.set()).map(|set| token_status(core, set, now)),
        outage: held
            .and_then(|held| Some((held, held.outage.as_ref()?)))
            .map(|(held, outage)| outage_status(core, held, outage, now)),
        trouble: core.trouble(),
    }
}

fn word(core: &Core, held: &Held, now: Moment, refreshing: bool) -> SessionState {
    match freshness(core, held, now) {
        _ if held.outage.is_some() => SessionState::Degraded,
        _ if refreshing => SessionState::Refreshing,
        Freshness::Fresh => SessionState::Fresh,
        Freshness::Due | Freshness::Expired => SessionState::Due,
    }
}

fn outage_status(core: &Core, held: &Held, outage: &Outage, now: Moment) -> OutageStatus {
    let lasted = now.since(outage.since);
    let stuck = match &outage.cause {
        Cause::Misconfigured(_) => true,
        Cause::Transient(transient) => {
            transient.kind == TransientKind::ServerUnavailable
                && policy::offers_sign_in(outage.attempts, lasted)
        }
    };
    OutageStatus {
        attempts: outage.attempts,
        next_attempt_in: outage.next_attempt.saturating_sub(now.boot),
        lasted,
        cause: outage.cause.clone().into(),
        offers_sign_in: stuck && freshness(core, held, now) == Freshness::Expired,
    }
}

fn token_status(core: &Core, set: &TokenSet, now: Moment) -> TokenStatus {
    TokenStatus {
        fingerprint: set.access.fingerprint(),
        refresh_fingerprint: set.refresh.as_ref().map(crate::token::RefreshToken::fingerprint),
        left_ms: set.lifetime.map(|life| life.left_ms(now)),
        lifetime: set.lifetime.map(|life| life.total()),
        window: set.lifetime.map(|life| core.policy.window(&life)),
        refresh_left: set.refresh_lifetime.as_ref().map(|life| life.left(now)),
        refresh_lifetime: set.refresh_lifetime.as_ref().map(|life| life.total()),
        claims: set.access.claims().map(str::to_owned),
    }
}
