//! What the engine's parts share: the ports, the state, the flights, the lanes, the black box.
//! Not here: any decision.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::black_box::BlackBox;
use crate::clock_watch::{self, ClockWatch};
use crate::confine::Base;
use crate::error::{RefreshError, StoreError, VaultError};
use crate::event::{SessionEvent, VaultOperation};
use crate::incurable::Incurable;
use crate::lane::Lane;
use crate::lifetime::Moment;
use crate::noted::Noted;
use crate::policy::RefreshPolicy;
use crate::ports::{Clock, Journal, Observer, ProfileStore, TokenEndpoint, Transport, Vault};
use crate::server::ServerProfile;
use crate::single_flight::SingleFlight;
use crate::state::StateCell;
use crate::sync::{Arc, AtomicBool, AtomicU64, AtomicUsize, Mutex, Ordering, lock};
use crate::token::{Fingerprint, Generation};

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
    /// Keeps what a crash must not make us forget.
    pub journal: Arc<dyn Journal>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Is told of every decision.
    pub observer: Arc<dyn Observer>,
}

pub(crate) struct Core {
    pub(crate) ports: Ports,
    pub(crate) server: Arc<ServerProfile>,
    /// The server's address, ready for each call to be joined to.
    pub(crate) base: Base,
    pub(crate) policy: RefreshPolicy,
    pub(crate) state: StateCell,
    pub(crate) flights: SingleFlight<Generation, (), RefreshError>,
    /// All writes of the vault, and the publishing of what was written (R8, R10).
    pub(crate) vault_lane: Lane,
    /// All writes of the profile.
    pub(crate) profile_lane: Lane,
    /// All changes of the journal.
    pub(crate) journal_lane: Lane,
    /// All operations of the journal's port, also those that nobody waits for any longer.
    pub(crate) journal_port: Lane,
    pub(crate) clock_watch: ClockWatch,
    /// What was last written to the journal (R9).
    pub(crate) noted: Mutex<Noted>,
    /// The token that the vault is known to hold.
    pub(crate) vault_holds: Mutex<Option<Fingerprint>>,
    pub(crate) black_box: BlackBox,
    pub(crate) incurable: Incurable,
    /// The boot clock's time of the user's last sign of life, in seconds (R14).
    pub(crate) active_at_s: AtomicU64,
    /// A write of the vault failed: it holds what it should no longer hold (R10, R12).
    pub(crate) vault_is_behind: AtomicBool,
    /// Counts sign-ins and sign-outs as they begin; a sign-in that is no longer the newest is void (R10).
    pub(crate) intent: AtomicU64,
    /// Sign-outs that have still to wipe the vault: what it holds is not taken up (R12).
    pub(crate) leaving: AtomicUsize,
    trouble: Mutex<Trouble>,
    /// `trouble` has a network in it: read with every reply, so that a good one takes no lock.
    network_is_lost: AtomicBool,
    /// The journal could not be written: as much a trouble of the store as a profile that could not be.
    journal_trouble: Mutex<Option<String>>,
    numbers: AtomicU64,
}

/// What does not work around the session, each as a sentence; the session goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The refresh token could not be put into, or read from, the vault (P6).
    pub vault: Option<String>,
    /// The profile could not be kept.
    pub store: Option<String>,
    /// A new token looked expired (R16), or the wall clock was set (F27).
    pub clock: Option<String>,
    /// The last request found no server (R5).
    pub network: Option<String>,
}

impl Core {
    pub(crate) fn new(ports: Ports, server: Arc<ServerProfile>, policy: RefreshPolicy) -> Self {
        Self {
            ports,
            base: Base::new(&server.base),
            server,
            policy,
            state: StateCell::new(policy),
            flights: SingleFlight::new(),
            vault_lane: Lane::start(),
            profile_lane: Lane::start(),
            journal_lane: Lane::start(),
            journal_port: Lane::start(),
            clock_watch: ClockWatch::default(),
            noted: Mutex::new(Noted::default()),
            vault_holds: Mutex::new(None),
            black_box: BlackBox::new(),
            incurable: Incurable::default(),
            active_at_s: AtomicU64::new(0),
            vault_is_behind: AtomicBool::new(false),
            intent: AtomicU64::new(0),
            leaving: AtomicUsize::new(0),
            trouble: Mutex::new(Trouble::default()),
            network_is_lost: AtomicBool::new(false),
            journal_trouble: Mutex::new(None),
            numbers: AtomicU64::new(1),
        }
    }

    #[inline]
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
        self.emit_at(self.now(), event);
    }

    /// The same, by clocks that were read already.
    pub(crate) fn emit_at(&self, now: Moment, event: SessionEvent) {
        let generation = self.state.look(|state| state.generation.get());
        let record = self.black_box.record(now.wall_ms, generation, event);
        let told = catch_unwind(AssertUnwindSafe(|| self.ports.observer.on_event(&record)));
        if told.is_err() {
            tracing::error!(seq = record.seq, "the observer panicked");
        }
    }

    pub(crate) fn trouble(&self) -> Trouble {
        let journal = lock(&self.journal_trouble).clone();
        let mut trouble = lock(&self.trouble).clone();
        trouble.store = trouble.store.or(journal);
        trouble
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

    /// Notes how a store operation went, and says so when that is news.
    pub(crate) fn note_store<T>(&self, result: &Result<T, StoreError>) {
        let message = result.as_ref().err().map(|error| error.0.clone());
        let before = std::mem::replace(&mut lock(&self.trouble).store, message.clone());
        self.say_store(before, message);
    }

    /// Notes how an operation of the journal went, and says so when that is news.
    pub(crate) fn note_journal<T>(&self, result: &Result<T, StoreError>) {
        let message = result.as_ref().err().map(|error| error.0.clone());
        let before = std::mem::replace(&mut *lock(&self.journal_trouble), message.clone());
        self.say_store(before, message);
    }

    fn say_store(&self, before: Option<String>, message: Option<String>) {
        match (before, message) {
            (Some(_), None) => self.emit(SessionEvent::StoreRecovered),
            (before, Some(message)) if before.as_ref() != Some(&message) => {
                self.emit(SessionEvent::StoreFailed { message });
            }
            _ => {}
        }
    }

    /// Notes whether the last request found the server, and says so when that is news (R5).
    pub(crate) fn note_network(&self, message: Option<String>) {
        if message.is_none() && !self.network_is_lost.load(Ordering::Acquire) {
            return;
        }
        let before = {
            let mut trouble = lock(&self.trouble);
            self.network_is_lost.store(message.is_some(), Ordering::Release);
            std::mem::replace(&mut trouble.network, message.clone())
        };
        match (before, message) {
            (None, Some(reason)) => self.emit(SessionEvent::NetworkLost { reason }),
            (Some(_), None) => self.emit(SessionEvent::NetworkBack),
            _ => {}
        }
    }

    /// Says that a clock is wrong, or that it no longer matters (R16).
    pub(crate) fn note_clock(&self, message: Option<String>) {
        let before = std::mem::replace(&mut lock(&self.trouble).clock, message.clone());
        match (before, message) {
            (Some(_), None) => self.emit(SessionEvent::ClockSettled),
            (before, Some(message)) if before.as_ref() != Some(&message) => {
                self.emit(SessionEvent::ClockSuspect { message });
            }
            _ => {}
        }
    }

    /// Looks at both clocks, and says so when the wall clock was set since the last look (R1, F27).
    pub(crate) fn look_at_clocks(&self) -> Moment {
        let now = self.now();
        self.look_at_clocks_at(now);
        now
    }

    /// The same, by clocks that were read already.
    pub(crate) fn look_at_clocks_at(&self, now: Moment) {
        let Some(jump) = self.clock_watch.look(now) else { return };
        lock(&self.trouble).clock = Some(clock_watch::sentence(jump));
        self.emit(SessionEvent::ClockJumped { by_ms: jump });
    }
}

/// Milliseconds, for events.
pub(crate) fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
