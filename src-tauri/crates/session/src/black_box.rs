//! The black box: the last events and the counters, bounded in memory, and the one place events get their number.
//! Not here: what is recorded, and the words for it.

use std::collections::VecDeque;

use serde::Serialize;

use crate::event::{EventRecord, SessionEvent};
use crate::sync::{AtomicU64, Mutex, Ordering, lock};

/// How many events are kept.
pub const BLACK_BOX_EVENTS: usize = 500;

/// In so many parts, one event in each in turn: threads that record at once do not wait for one lock.
const PARTS: usize = 8;

/// How many events are kept in each, so that the newest [`BLACK_BOX_EVENTS`] are surely among them.
const KEPT_IN_EACH: usize = BLACK_BOX_EVENTS.div_ceil(PARTS);

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
    events: [Mutex<VecDeque<EventRecord>>; PARTS],
    next: AtomicU64,
    calls: AtomicU64,
    refreshes: AtomicU64,
    shared: AtomicU64,
    failures: AtomicU64,
}

impl BlackBox {
    pub(crate) fn new() -> Self {
        Self {
            events: std::array::from_fn(|_| Mutex::new(VecDeque::with_capacity(KEPT_IN_EACH + 1))),
            next: AtomicU64::new(1),
            calls: AtomicU64::new(0),
            refreshes: AtomicU64::new(0),
            shared: AtomicU64::new(0),
            failures: AtomicU64::new(0),
        }
    }

    pub(crate) fn record(&self, at_ms: i64, generation: u64, event: SessionEvent) -> EventRecord {
        self.count(&event);
        let record = EventRecord { seq: self.next.fetch_add(1, Ordering::Relaxed), at_ms, generation, event };
        let kept = record.clone();
        let mut events = lock(&self.events[part_of(record.seq)]);
        let at = events.iter().rposition(|other| other.seq < kept.seq).map_or(0, |before| before + 1);
        events.insert(at, kept);
        let oldest = (events.len() > KEPT_IN_EACH).then(|| events.pop_front());
        drop(events);
        drop(oldest);
        record
    }

    pub(crate) fn events(&self) -> Vec<EventRecord> {
        let mut events: Vec<EventRecord> =
            self.events.iter().flat_map(|part| lock(part).iter().cloned().collect::<Vec<_>>()).collect();
        events.sort_unstable_by_key(|record| record.seq);
        events.split_off(events.len().saturating_sub(BLACK_BOX_EVENTS))
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

#[expect(clippy::cast_possible_truncation, reason = "the remainder is small")]
fn part_of(seq: u64) -> usize {
    (seq % PARTS as u64) as usize
}

#[cfg(all(test, not(any(feature = "shuttle", feature = "loom"))))]
mod tests {
    use super::*;

    #[test]
    fn the_newest_events_are_kept_in_their_order_whoever_recorded_them() {
        let recorder = BlackBox::new();
        std::thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    for _ in 0..300 {
                        recorder.record(0, 0, SessionEvent::NetworkBack);
                    }
                });
            }
        });
        let seqs: Vec<u64> = recorder.events().iter().map(|record| record.seq).collect();
        assert_eq!(seqs, (701..=1200).collect::<Vec<u64>>());
        assert_eq!(recorder.seq(), 1200);
    }
}
