//! The observer: takes the engine's events without delay, and a task that hands them to the UI in order.
//! Not here: what the events mean, and the views made of them (`program`).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use session_engine::event::{EventRecord, SessionEvent};
use session_engine::ports::Observer;
use tokio::sync::Notify;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::{Instant, sleep_until};

/// How long events are gathered before they go to the dev panel as one batch: two frames.
const BATCH: Duration = Duration::from_millis(32);

/// So many events of calls lie there unread at most while nobody wants each: for one alone nobody is woken.
const HEAP: u64 = 256;

/// What is done between two batches; it is told the number of the last event that was handed on.
type Between = Box<dyn FnOnce(u64) + Send>;

enum Told {
    Event(EventRecord),
    Between(Between),
}

/// The engine's end: nothing here waits.
#[derive(Clone)]
pub struct EventFeed {
    told: UnboundedSender<Told>,
    /// Wakes the UI's end.
    bell: Arc<Notify>,
}

/// The UI's end.
pub struct EventStream {
    told: UnboundedReceiver<Told>,
    bell: Arc<Notify>,
}

/// A pair of ends, for the events of one session from its first on.
#[must_use]
pub fn feed() -> (EventFeed, EventStream) {
    let (sender, told) = mpsc::unbounded_channel();
    let bell = Arc::<Notify>::default();
    (EventFeed { told: sender, bell: Arc::clone(&bell) }, EventStream { told, bell })
}

impl EventFeed {
    /// Does `work` when all events up to a certain one have been handed on, and none after it: whoever begins to watch then misses
    /// none and is told none twice.
    pub fn between(&self, work: impl FnOnce(u64) + Send + 'static) {
        let _ = self.told.send(Told::Between(Box::new(work))); // fails only when the UI's end is gone
        self.bell.notify_one();
    }
}

impl Observer for EventFeed {
    fn on_event(&self, record: &EventRecord) {
        // First of all: whatever happens to the log, no number may be missing.
        let _ = self.told.send(Told::Event(record.clone())); // fails only when the UI's end is gone, at exit
        let is_news = changes_session(&record.event);
        if is_news || record.seq.is_multiple_of(HEAP) {
            self.bell.notify_one();
        }
        if is_news {
            tracing::info!(seq = record.seq, generation = record.generation, event = ?record.event);
        } else {
            tracing::debug!(seq = record.seq, generation = record.generation, event = ?record.event);
        }
    }
}

/// Puts events in the order of their numbers, which rise by one: threads that record at once may tell them in another.
struct InOrder {
    next: u64,
    early: BTreeMap<u64, EventRecord>,
}

impl InOrder {
    /// Takes one in, and puts out what can be told now.
    fn take(&mut self, record: EventRecord, out: &mut Vec<EventRecord>) {
        self.early.insert(record.seq, record);
        while let Some(record) = self.early.remove(&self.next) {
            out.push(record);
            self.next += 1;
        }
    }

    fn last(&self) -> u64 {
        self.next - 1
    }

    /// One that was told too early waits for another, which is on its way and may be a call's.
    fn is_waiting(&self) -> bool {
        !self.early.is_empty()
    }
}

/// Where the events go.
#[async_trait::async_trait]
pub trait EventSink: Send + Sync {
    /// The session has changed.
    async fn changed(&self);
    /// The session has ended by itself; exactly one for each end (R6).
    async fn expired(&self, record: &EventRecord);
    /// For the dev panel, oldest first.
    fn batch(&self, events: Vec<EventRecord>);
    /// Whether anybody takes batches; asked again after all that is done between two.
    fn is_watched(&self) -> bool;
}

impl EventStream {
    /// Hands events on, in order, until the engine is gone: session changes at once, the rest in batches.
    #[expect(
        clippy::disallowed_methods,
        reason = "a batch's deadline is the runtime's own time, not the session's"
    )]
    pub async fn pump(mut self, sink: &dyn EventSink) {
        let mut order = InOrder { next: 1, early: BTreeMap::new() };
        let mut batch: Vec<EventRecord> = Vec::new();
        let mut flush_at = Instant::now();
        let mut is_watched = false;
        loop {
            let mut told = tokio::select! {
                // Only where each event is wanted at once: whoever waits here is woken by each.
                told = self.told.recv(), if is_watched || order.is_waiting() => told.ok_or(TryRecvError::Disconnected),
                () = self.bell.notified() => self.told.try_recv(),
                () = sleep_until(flush_at), if !batch.is_empty() => {
                    flush(sink, &mut batch);
                    continue;
                }
            };
            if batch.is_empty() {
                flush_at = Instant::now() + BATCH;
            }
            let mut news = Vec::new();
            let ended = loop {
                match told {
                    Ok(Told::Event(record)) => order.take(record, &mut news),
                    Ok(Told::Between(work)) => {
                        tell(sink, &news).await;
                        batch.append(&mut news);
                        flush(sink, &mut batch);
                        work(order.last());
                        is_watched = sink.is_watched();
                    }
                    Err(ended) => break ended,
                }
                told = self.told.try_recv();
            };
            tell(sink, &news).await;
            batch.append(&mut news);
            if ended == TryRecvError::Disconnected {
                return;
            }
        }
    }
}

fn flush(sink: &dyn EventSink, batch: &mut Vec<EventRecord>) {
    if !batch.is_empty() {
        sink.batch(std::mem::take(batch));
    }
}

async fn tell(sink: &dyn EventSink, news: &[EventRecord]) {
    if news.iter().any(|record| changes_session(&record.event)) {
        sink.changed().await;
    }
    for record in news {
        if matches!(record.event, SessionEvent::SessionExpired { .. }) {
            sink.expired(record).await;
        }
    }
}

fn changes_session(event: &SessionEvent) -> bool {
    !matches!(
        event,
        SessionEvent::CallChecked { .. }
            | SessionEvent::CallWaiting { .. }
            | SessionEvent::CallSent { .. }
            | SessionEvent::CallAnswered { .. }
            | SessionEvent::CallFinished { .. }
            | SessionEvent::CallFailed { .. }
    )
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// The numbers of each batch, and what was done between them.
    #[derive(Default)]
    struct Heard(Mutex<Vec<Vec<u64>>>);

    #[async_trait::async_trait]
    impl EventSink for Heard {
        async fn changed(&self) {}
        async fn expired(&self, _: &EventRecord) {}
        fn batch(&self, events: Vec<EventRecord>) {
            self.0.lock().unwrap().push(events.iter().map(|record| record.seq).collect());
        }
        fn is_watched(&self) -> bool {
            false
        }
    }

    fn event(seq: u64) -> EventRecord {
        EventRecord { seq, at_ms: 0, generation: 1, event: SessionEvent::NetworkBack }
    }

    async fn heard_of(feed: EventFeed, stream: EventStream) -> Vec<Vec<u64>> {
        let heard = Heard::default();
        let _ = tokio::time::timeout(Duration::from_secs(1), stream.pump(&heard)).await;
        drop(feed);
        heard.0.into_inner().unwrap()
    }

    fn pumped<S: EventSink + 'static>(stream: EventStream, sink: &Arc<S>) -> tokio::task::JoinHandle<()> {
        let sink = Arc::clone(sink);
        tokio::spawn(async move { stream.pump(sink.as_ref()).await })
    }

    #[tokio::test(start_paused = true)]
    async fn events_that_threads_tell_out_of_order_come_in_order_and_none_is_lost() {
        let (feed, stream) = feed();
        for seq in [2, 1, 5, 3, 4, 7] {
            feed.on_event(&event(seq));
        }
        assert_eq!(heard_of(feed, stream).await, [[1, 2, 3, 4, 5]]); // 6 is still on its way
    }

    #[tokio::test(start_paused = true)]
    async fn who_begins_to_watch_between_two_batches_knows_exactly_what_was_told() {
        let (feed, stream) = feed();
        let told = Arc::new(Mutex::new(None));
        for seq in [1, 3, 2, 5] {
            feed.on_event(&event(seq));
        }
        let noted = Arc::clone(&told);
        feed.between(move |last| *noted.lock().unwrap() = Some(last));
        for seq in [4, 6] {
            feed.on_event(&event(seq));
        }
        assert_eq!(heard_of(feed, stream).await, [[1, 2, 3], [4, 5, 6]]);
        assert_eq!(*told.lock().unwrap(), Some(3));
    }

    fn of_a_call(seq: u64) -> EventRecord {
        EventRecord { event: SessionEvent::CallAnswered { call: 1, status: 200 }, ..event(seq) }
    }

    #[tokio::test(start_paused = true)]
    async fn while_nobody_watches_no_call_wakes_anybody_alone_and_all_its_events_come_with_the_next_news() {
        let (feed, stream) = feed();
        let heard = Arc::new(Heard::default());
        let pump = pumped(stream, &heard);
        let batches = async || {
            tokio::time::sleep(Duration::from_secs(1)).await;
            heard.0.lock().unwrap().clone()
        };
        for seq in 1..HEAP {
            feed.on_event(&of_a_call(seq));
        }
        assert_eq!(batches().await.len(), 0);
        feed.on_event(&of_a_call(HEAP));
        assert_eq!(batches().await, [(1..=HEAP).collect::<Vec<_>>()]);
        feed.on_event(&of_a_call(HEAP + 1));
        feed.on_event(&event(HEAP + 2));
        assert_eq!(batches().await[1..], [[HEAP + 1, HEAP + 2]]);
        pump.abort();
    }

    /// A thread that has numbered an event of a call may tell it after another thread's news: nobody rings for the call's.
    #[tokio::test(start_paused = true)]
    async fn news_that_overtook_an_event_of_a_call_are_told_as_soon_as_that_has_come() {
        let (feed, stream) = feed();
        let heard = Arc::new(Heard::default());
        let pump = pumped(stream, &heard);
        for (early, late) in [([2, 3], 1), ([6, 5], 4)] {
            for seq in early {
                feed.on_event(&event(seq));
            }
            tokio::time::sleep(BATCH * 2).await;
            feed.on_event(&of_a_call(late));
            tokio::time::sleep(BATCH * 2).await;
        }
        assert_eq!(*heard.0.lock().unwrap(), [[1, 2, 3], [4, 5, 6]]);
        pump.abort();
    }

    /// Watches from the first.
    struct Eager(Heard);

    #[async_trait::async_trait]
    impl EventSink for Eager {
        async fn changed(&self) {}
        async fn expired(&self, _: &EventRecord) {}
        fn batch(&self, events: Vec<EventRecord>) {
            self.0.batch(events);
        }
        fn is_watched(&self) -> bool {
            true
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_watches_is_told_of_each_call_within_two_frames() {
        let (feed, stream) = feed();
        let heard = Arc::new(Eager(Heard::default()));
        let pump = pumped(stream, &heard);
        feed.between(|_| ());
        tokio::time::sleep(BATCH).await;
        for seq in [1, 2] {
            feed.on_event(&of_a_call(seq));
            tokio::time::sleep(BATCH * 2).await;
        }
        assert_eq!(*heard.0.0.lock().unwrap(), [[1], [2]]);
        pump.abort();
    }
}
