//! What the engine's parts share: the ports, the state, the flights, the lanes, the black box.
//! Not here: any decision.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::black_box::BlackBox;
use crate::error::{RefreshError, StoreError, VaultError};
use crate::event::{SessionEvent, VaultOperation};
use crate::incurable::Incurable;
use crate::lane::Lane;
use crate::lifetime::Moment;
use crate::policy::RefreshPolicy;
use crate::ports::{Clock, Observer, ProfileStore, TokenEndpoint, Transport, Vault};
use crate::server::ServerProfile;
use crate::single_flight::SingleFlight;
use crate::state::StateCell;
use crate::sync::{Arc, AtomicBool, AtomicU64, AtomicUsize, Mutex, Ordering, lock};
use crate::token::Generation;

/// The world the engine lives in.
#[derive(Clone)]
pub struct Ports {
    /// Sends calls.
    pub transport: Arc<dyn Transport>,
    /// Gives tokens.
    pub endpoint: Arc<dyn TokenEndpoint>,
    /// Keeps the refresh token.
    pub vault: Arc<dyn Vault>,
    /// Keeps the profile.
    pub store: Arc<dyn ProfileStore>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Is told of every decision.
    pub observer: Arc<dyn Observer>,
}

pub(crate) struct Core {
    pub(crate) ports: Ports,
    pub(crate) server: Arc<ServerProfile>,
    pub(crate) policy: RefreshPolicy,
    pub(crate) state: StateCell,
    pub(crate) flights: SingleFlight<Generation, (), RefreshError>,
    /// All writes of the vault, and the publishing of what was written (R8, R10).
    pub(crate) vault_lane: Lane,
    /// All writes of the profile.
    pub(crate) profile_lane: Lane,
    pub(crate) black_box: BlackBox,
    pub(crate) incurable: Incurable,
    /// The boot clock's time of the user's last sign of life, in milliseconds (R14).
    pub(crate) active_at_ms: AtomicU64,
    /// A write of the vault failed: it holds what it should no longer hold (R10, R12).
    pub(crate) vault_is_behind: AtomicBool,
    /// Counts sign-ins and sign-outs as they begin; a sign-in that is no longer the newest is void (R10).
    pub(crate) intent: AtomicU64,
    /// Sign-outs that have still to wipe the vault: what it holds is not taken up (R12).
    pub(crate) leaving: AtomicUsize,
    trouble: Mutex<Trouble>,
    numbers: AtomicU64,
}

/// What does not work around the session, each as a sentence; the session goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The refresh token could not be put into, or read from, the vault (P6).
    pub vault: Option<String>,
    /// The profile could not be kept.
    pub store: Option<String>,
    /// A new token looked expired (R16).
    pub clock: Option<String>,
    /// The last request found no server (R5).
    pub network: Option<String>,
}

impl Core {
    pub(crate) fn new(ports: Ports, server: Arc<ServerProfile>, policy: RefreshPolicy) -> Self {
        Self {
            ports,
            server,
            policy,
            state: StateCell::new(),
            flights: SingleFlight::new(),
            vault_lane: Lane::start(),
            profile_lane: Lane::start(),
            black_box: BlackBox::new(),
            incurable: Incurable::default(),
            active_at_ms: AtomicU64::new(0),
            vault_is_behind: AtomicBool::new(false),
            intent: AtomicU64::new(0),
            leaving: AtomicUsize::new(0),
            trouble: Mutex::new(Trouble::default()),
            numbers: AtomicU64::new(1),
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.ports.clock.now()
    }

    /// A number for a call or a refresh, never given twice.
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Records an event and tells the observer. Never called while a lock is held (R17). Who watches cannot break what is
    /// watched: a panic of the observer ends there.
    pub(crate) fn emit(&self, event: SessionEvent) {
        let generation = self.state.load().generation.get();
        let record = self.black_box.record(self.now().wall_ms, generation, event);
        let told = catch_unwind(AssertUnwindSafe(|| self.ports.observer.on_event(&record)));
        if told.is_err() {
            tracing::error!(seq = record.seq, "the observer panicked");
        }
    }

    pub(crate) fn trouble(&self) -> Trouble {
        lock(&self.trouble).clone()
    }

    /// Notes how a vault operation went, and says so when that is news (P6).
    pub(crate) fn note_vault<T>(&self, operation: VaultOperation, result: &Result<T, VaultError>) {
        let message = result.as_ref().err().map(|error| error.0.clone());
        let before = std::mem::replace(&mut lock(&self.trouble).vault, message.clone());
        match (before, message) {
            (Some(_), None) => self.emit(SessionEvent::VaultRecovered),
            (before, Some(message)) if before.as_ref() != Some(&message) => {
                self.emit(SessionEvent::VaultFailed { operation, message });
            }
            _ => {}
        }
    }

    /// Notes how a store operation went.
    pub(crate) fn note_store<T>(&self, result: &Result<T, StoreError>) {
        let message = result.as_ref().err().map(|error| error.0.clone());
        let before = std::mem::replace(&mut lock(&self.trouble).store, message.clone());
        if let Some(message) = message.filter(|message| before.as_ref() != Some(message)) {
            self.emit(SessionEvent::StoreFailed { message });
        }
    }

    /// Notes whether the last request found the server, and says so when that is news (R5).
    pub(crate) fn note_network(&self, message: Option<String>) {
        let before = std::mem::replace(&mut lock(&self.trouble).network, message.clone());
        match (before, message) {
            (None, Some(reason)) => self.emit(SessionEvent::NetworkLost { reason }),
            (Some(_), None) => self.emit(SessionEvent::NetworkBack),
            _ => {}
        }
    }

    pub(crate) fn note_clock(&self, message: Option<String>) {
        let before = std::mem::replace(&mut lock(&self.trouble).clock, message.clone());
        if let Some(message) = message.filter(|message| before.as_ref() != Some(message)) {
            self.emit(SessionEvent::ClockSuspect { message });
        }
    }
}

/// Milliseconds, for events.
pub(crate) fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
