//! The black box: the last events and the counters, bounded in memory, and the one place events get their number.
//! Not here: what is recorded, and the words for it.

use std::collections::VecDeque;

use serde::Serialize;

use crate::event::{EventRecord, SessionEvent};
use crate::sync::{AtomicU64, Mutex, Ordering, lock};

/// How many events are kept.
pub const BLACK_BOX_EVENTS: usize = 500;

/// How often what happened since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Counters {
    /// Calls that were checked.
    pub calls: u64,
    /// Refresh requests that were sent.
    pub refreshes: u64,
    /// Calls that waited for a refresh which another call had started.
    pub shared: u64,
    /// Calls that got no answer.
    pub failures: u64,
}

pub(crate) struct BlackBox {
    events: Mutex<VecDeque<EventRecord>>,
    next: AtomicU64,
    calls: AtomicU64,
    refreshes: AtomicU64,
    shared: AtomicU64,
    failures: AtomicU64,
}

impl BlackBox {
    pub(crate) fn new() -> Self {
        Self {
            events: Mutex::new(VecDeque::with_capacity(BLACK_BOX_EVENTS)),
            next: AtomicU64::new(1),
            calls: AtomicU64::new(0),
            refreshes: AtomicU64::new(0),
            shared: AtomicU64::new(0),
            failures: AtomicU64::new(0),
        }
    }

    pub(crate) fn record(&self, at_ms: i64, generation: u64, event: SessionEvent) -> EventRecord {
        self.count(&event);
        let mut events = lock(&self.events);
        let record = EventRecord { seq: self.next.fetch_add(1, Ordering::Relaxed), at_ms, generation, event };
        if events.len() == BLACK_BOX_EVENTS {
            events.pop_front();
        }
        events.push_back(record.clone());
        record
    }

    pub(crate) fn events(&self) -> Vec<EventRecord> {
        lock(&self.events).iter().cloned().collect()
    }

    /// The number of the newest event.
    pub(crate) fn seq(&self) -> u64 {
        self.next.load(Ordering::Relaxed) - 1
    }

    pub(crate) fn counters(&self) -> Counters {
        Counters {
            calls: self.calls.load(Ordering::Relaxed),
            refreshes: self.refreshes.load(Ordering::Relaxed),
            shared: self.shared.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
        }
    }

    fn count(&self, event: &SessionEvent) {
        let counter = match event {
            SessionEvent::CallChecked { .. } => &self.calls,
            SessionEvent::RefreshStarted { .. } => &self.refreshes,
            SessionEvent::CallWaiting { shared: true, .. } => &self.shared,
            SessionEvent::CallFailed { .. } => &self.failures,
            SessionEvent::CallWaiting { .. }
            | SessionEvent::CallSent { .. }
            | SessionEvent::CallAnswered { .. }
            | SessionEvent::CallFinished { .. }
            | SessionEvent::RefreshReplayed { .. }
            | SessionEvent::RefreshInterrupted { .. }
            | SessionEvent::TokenTakenOver { .. }
            | SessionEvent::RefreshSucceeded { .. }
            | SessionEvent::RefreshFailed { .. }
            | SessionEvent::RefreshDiscarded { .. }
            | SessionEvent::SignedIn { .. }
            | SessionEvent::SignedOut { .. }
            | SessionEvent::Revoked { .. }
            | SessionEvent::SessionRestored { .. }
            | SessionEvent::SessionExpired { .. }
            | SessionEvent::SessionDegraded { .. }
            | SessionEvent::SessionRecovered { .. }
            | SessionEvent::ProfileKept { .. }
            | SessionEvent::VaultFailed { .. }
            | SessionEvent::VaultRecovered
            | SessionEvent::StoreFailed { .. }
            | SessionEvent::StoreRecovered
            | SessionEvent::NetworkLost { .. }
            | SessionEvent::NetworkBack
            | SessionEvent::ClockSuspect { .. }
            | SessionEvent::ClockJumped { .. }
            | SessionEvent::ClockSettled => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
