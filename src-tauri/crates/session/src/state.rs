//! The session's state and the cell that holds it: read without a lock, changed in one step, watched by those who wait.
//! Not here: who may change it and when (`persist`, `outcome`, `sign_out`).

use std::time::Duration;

use crate::error::{ExpiryCode, ExpiryReason, RefreshError, Transient};
use crate::lifetime::Moment;
use crate::policy::RefreshPolicy;
use crate::ports::Account;
use crate::sync::{Arc, ArcSwap, Mutex, lock, watch};
use crate::token::{Generation, RefreshToken, TokenSet};

/// Counts sign-ins and sign-outs. A call belongs to the one it began in and is never sent in another (R10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Epoch(u64);

/// All there is to know of the session at one moment. Immutable; a change makes a new one.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) generation: Generation,
    pub(crate) epoch: Epoch,
    pub(crate) phase: Phase,
    /// Until when its access token is Fresh, worked out once a change (R1); `None`: it has none that is.
    pub(crate) fresh_until: Option<Moment>,
}

/// `SignedOut → SignedIn → Expired(reason)`.
#[derive(Clone)]
pub(crate) enum Phase {
    /// Nobody is signed in.
    SignedOut,
    /// Somebody is.
    SignedIn(Held),
    /// The session ended by itself (R6).
    Expired { account: Account, reason: ExpiryReason },
}

/// What a signed-in session holds.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) account: Account,
    pub(crate) credentials: Bearer,
    /// The API refused the access token (R7): it counts as expired, whatever its claims say.
    pub(crate) rejected: bool,
    /// Refreshes fail just now (R5).
    pub(crate) outage: Option<Outage>,
    /// Why the server may refuse the refresh token through no fault of its own (R9).
    pub(crate) doubt: Option<Doubt>,
    /// Its token came at the end of an outage, as those of all other clients did: when, by the boot clock, the next is asked for
    /// though the window is not open (R14).
    pub(crate) apart_at: Option<Duration>,
}

impl Held {
    /// What somebody holds who has just signed in, or is back from the vault.
    pub(crate) fn new(account: Account, credentials: Bearer) -> Self {
        Self { account, credentials, rejected: false, outage: None, doubt: None, apart_at: None }
    }
}

/// The refresh token may have been spent without our having its successor.
#[derive(Clone, Debug)]
pub(crate) struct Doubt {
    /// What the end is called, should the server refuse it (R9).
    pub(crate) code: ExpiryCode,
    /// How many attempts with this token there were before the program was last started.
    pub(crate) attempts: u32,
}

/// The tokens of a session.
#[derive(Clone)]
pub(crate) enum Bearer {
    /// Back from the vault: no access token yet (R13).
    Restored(RefreshToken),
    /// A whole set.
    Tokens(TokenSet),
}

impl Bearer {
    pub(crate) fn refresh(&self) -> Option<&RefreshToken> {
        match self {
            Self::Restored(token) => Some(token),
            Self::Tokens(set) => set.refresh.as_ref(),
        }
    }

    /// Puts another refresh token in the place of the one there is.
    pub(crate) fn renew(&mut self, refresh: RefreshToken) {
        match self {
            Self::Restored(token) => *token = refresh,
            Self::Tokens(set) => {
                set.refresh = Some(refresh);
                set.refresh_lifetime = None; // another process was told
            }
        }
    }

    pub(crate) fn set(&self) -> Option<&TokenSet> {
        match self {
            Self::Restored(_) => None,
            Self::Tokens(set) => Some(set),
        }
    }
}

/// A row of failed refreshes.
#[derive(Clone, Debug)]
pub(crate) struct Outage {
    /// When the first of them failed.
    pub(crate) since: Moment,
    /// How many there were.
    pub(crate) attempts: u32,
    /// By the boot clock, when the next may be sent.
    pub(crate) next_attempt: Duration,
    /// What went wrong last.
    pub(crate) cause: Cause,
}

/// What went wrong.
#[derive(Clone, Debug)]
pub(crate) enum Cause {
    /// Trouble that passes.
    Transient(Transient),
    /// The server refuses the request, not the token.
    Misconfigured(String),
}

impl From<Cause> for RefreshError {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Transient(transient) => Self::Transient(transient),
            Cause::Misconfigured(detail) => Self::Misconfigured(detail),
        }
    }
}

/// Holds the current `State`.
pub(crate) struct StateCell {
    current: ArcSwap<State>,
    writing: Mutex<()>,
    changed: watch::Sender<u64>,
    /// Only what ends an epoch: who waits for a token is not woken by the token's coming as well.
    ended: watch::Sender<u64>,
    policy: RefreshPolicy,
}

impl StateCell {
    pub(crate) fn new(policy: RefreshPolicy) -> Self {
        let state = State {
            generation: Generation::default(),
            epoch: Epoch::default(),
            phase: Phase::SignedOut,
            fresh_until: None,
        };
        Self {
            policy,
            current: ArcSwap::from_pointee(state),
            writing: Mutex::new(()),
            changed: watch::Sender::new(0),
            ended: watch::Sender::new(0),
        }
    }

    pub(crate) fn load(&self) -> Arc<State> {
        self.current.load_full()
    }

    /// Looks without taking a share of it: for what is asked before every request.
    #[inline]
    pub(crate) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.current.load())
    }

    /// Changes the state in one step, if `change` gives a new one. `change` must be pure: it runs while others wait to write (R17).
    pub(crate) fn update(&self, change: impl FnOnce(&State) -> Option<State>) -> bool {
        let (changed, ended) = {
            let _writing = lock(&self.writing);
            let now = self.current.load();
            match change(&now) {
                Some(next) => {
                    let fresh_until = next.fresh_until(&self.policy);
                    let ended = now.held().is_some() && !next.is_signed_in_since(now.epoch);
                    self.current.store(Arc::new(State { fresh_until, ..next }));
                    (true, ended)
                }
                None => (false, false),
            }
        };
        if changed {
            self.changed.send_modify(|count| *count += 1);
        }
        if ended {
            self.ended.send_modify(|count| *count += 1);
        }
        changed
    }

    /// Changes what the session holds, if it is still of `generation` and signed in.
    pub(crate) fn update_held(&self, generation: Generation, change: impl FnOnce(&mut Held)) -> bool {
        self.update(|state| match &state.phase {
            Phase::SignedIn(held) if state.generation == generation => {
                let mut held = held.clone();
                change(&mut held);
                Some(State { phase: Phase::SignedIn(held), ..state.clone() })
            }
            Phase::SignedIn(_) | Phase::SignedOut | Phase::Expired { .. } => None,
        })
    }

    /// Resolves once the state has left `epoch` or is no longer signed in.
    pub(crate) async fn ended(&self, epoch: Epoch) {
        let mut changes = self.ended.subscribe();
        while self.load().is_signed_in_since(epoch) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// Resolves at the next change after `generation` was seen without an outage to wait for, or when the outage is over.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

impl State {
    /// The next state in the same epoch: a new token, or the session's end.
    pub(crate) fn followed_by(&self, phase: Phase) -> State {
        State { generation: self.generation.next(), epoch: self.epoch, phase, fresh_until: None }
    }

    /// The next state in a new epoch: a sign-in or a sign-out.
    pub(crate) fn left_for(&self, phase: Phase) -> State {
        let epoch = Epoch(self.epoch.0.saturating_add(1));
        State { generation: self.generation.next(), epoch, phase, fresh_until: None }
    }

    pub(crate) fn is_signed_in_since(&self, epoch: Epoch) -> bool {
        self.epoch == epoch && matches!(self.phase, Phase::SignedIn(_))
    }

    fn fresh_until(&self, policy: &RefreshPolicy) -> Option<Moment> {
        let set = self.held().filter(|held| !held.rejected)?.credentials.set()?;
        policy.fresh_until(set.lifetime.as_ref())
    }

    pub(crate) fn held(&self) -> Option<&Held> {
        match &self.phase {
            Phase::SignedIn(held) => Some(held),
            Phase::SignedOut | Phase::Expired { .. } => None,
        }
    }
}
