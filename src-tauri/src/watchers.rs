//! Who watches the events, and what they have been shown: that is what an export holds, too.
//! Not here: the order in which events come (`adapters::events`), and what is left out of an export (the engine).

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use session_engine::Counters;
use session_engine::event::EventRecord;
use tauri::ipc::Channel;

use crate::view::EventBatch;

/// So many events the panel shows at most (`KEPT` in its `model.ts`), and so many are remembered while it watches.
const SHOWN: usize = 10_000;

/// The windows that watch. Nothing is remembered while there is none.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<Watched>);

#[derive(Default)]
struct Watched {
    /// A channel a window, by the window's label.
    channels: BTreeMap<String, Channel<EventBatch>>,
    shown: VecDeque<EventRecord>,
}

impl Watchers {
    /// Sends what is known, and from then on everything; what the window watched by before hears no more.
    pub(crate) fn begin(
        &self,
        window: String,
        channel: &Channel<EventBatch>,
        known: Vec<EventRecord>,
        counters: Counters,
    ) {
        let mut watched = self.lock();
        if watched.channels.is_empty() {
            watched.shown = known.clone().into();
        }
        watched.channels.insert(window, channel.clone());
        drop(watched);
        let _ = channel.send(EventBatch { events: known, counters }); // fails only when the page is gone
    }

    /// Sends no more by this channel.
    pub(crate) fn end(&self, window: &str, channel: u32) {
        let mut watched = self.lock();
        if watched.channels.get(window).is_some_and(|events| events.id() == channel) {
            watched.leave(window);
        }
    }

    /// The window has gone.
    pub(crate) fn forget(&self, window: &str) {
        self.lock().leave(window);
    }

    /// All of them.
    pub(crate) fn forget_all(&self) {
        *self.lock() = Watched::default();
    }

    /// Sends what is new, oldest first.
    pub(crate) fn tell(&self, events: &[EventRecord], counters: Counters) {
        let mut watched = self.lock();
        if !watched.channels.is_empty() {
            watched.remember(events);
        }
        let channels: Vec<_> = watched.channels.values().cloned().collect();
        drop(watched);
        for channel in channels {
            let _ = channel.send(EventBatch { events: events.to_vec(), counters });
        }
    }

    /// Whether nobody watches.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().channels.is_empty()
    }

    /// What those who watch have been shown, oldest first; nothing where nobody does.
    pub(crate) fn shown(&self) -> Vec<EventRecord> {
        self.lock().shown.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    fn leave(&mut self, window: &str) {
        self.channels.remove(window);
        if self.channels.is_empty() {
            self.shown = VecDeque::new();
        }
    }

    fn remember(&mut self, events: &[EventRecord]) {
        let newest = &events[events.len().saturating_sub(SHOWN)..];
        let over = (self.shown.len() + newest.len()).saturating_sub(SHOWN);
        self.shown.drain(..over);
        self.shown.extend(newest.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use session_engine::event::SessionEvent;

    use super::*;

    fn events(seqs: std::ops::RangeInclusive<u64>) -> Vec<EventRecord> {
        let event = |seq| EventRecord { seq, at_ms: 0, generation: 1, event: SessionEvent::NetworkBack };
        seqs.map(event).collect()
    }

    fn begin(watchers: &Watchers, window: &str, known: std::ops::RangeInclusive<u64>) -> u32 {
        let channel = Channel::new(|_| Ok(()));
        let id = channel.id();
        watchers.begin(window.to_owned(), &channel, events(known), Counters::default());
        id
    }

    /// First and last of them, and how many.
    fn shown(watchers: &Watchers) -> (u64, u64, usize) {
        let shown = watchers.shown();
        assert!(shown.windows(2).all(|two| two[0].seq + 1 == two[1].seq), "one is lost, or there twice");
        let seq = |event: Option<&EventRecord>| event.map_or(0, |event| event.seq);
        (seq(shown.first()), seq(shown.last()), shown.len())
    }

    #[test]
    fn what_is_exported_is_what_the_panel_was_shown_up_to_as_many_as_it_keeps() {
        let watchers = Watchers::default();
        watchers.tell(&events(1..=600), Counters::default());
        assert_eq!(shown(&watchers), (0, 0, 0), "nobody watches");
        begin(&watchers, "main", 101..=600);
        assert_eq!(shown(&watchers), (101, 600, 500));
        watchers.tell(&events(601..=7_000), Counters::default());
        assert_eq!(shown(&watchers), (101, 7_000, 6_900));
        watchers.tell(&events(7_001..=12_000), Counters::default());
        assert_eq!(shown(&watchers), (2_001, 12_000, SHOWN));
        watchers.tell(&events(12_001..=30_000), Counters::default());
        assert_eq!(shown(&watchers), (20_001, 30_000, SHOWN));
    }

    #[test]
    fn nothing_is_remembered_when_the_last_window_has_ceased_to_watch() {
        let watchers = Watchers::default();
        let drawer = begin(&watchers, "main", 1..=10);
        begin(&watchers, "dev-panel", 6..=10);
        assert_eq!(shown(&watchers), (1, 10, 10), "the other window has been shown them");
        watchers.end("main", drawer + 1);
        watchers.end("main", drawer);
        watchers.tell(&events(11..=12), Counters::default());
        assert_eq!(shown(&watchers), (1, 12, 12));
        watchers.forget("dev-panel");
        assert_eq!(shown(&watchers), (0, 0, 0));
        begin(&watchers, "main", 11..=12);
        watchers.forget_all();
        assert_eq!(shown(&watchers), (0, 0, 0));
    }
}
