//! The observer: takes the engine's events without delay, and a task that hands them to the UI in order.
//! Not here: what the events mean, and the views made of them (`program`).

use std::time::Duration;

use session_engine::event::{EventRecord, SessionEvent};
use session_engine::ports::Observer;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::{Instant, sleep_until};

/// How long events are gathered before they go to the dev panel as one batch: two frames.
const BATCH: Duration = Duration::from_millis(32);

/// The engine's end: `on_event` never waits.
pub struct EventFeed(UnboundedSender<EventRecord>);

/// The UI's end.
pub struct EventStream(UnboundedReceiver<EventRecord>);

/// A pair of ends.
#[must_use]
pub fn feed() -> (EventFeed, EventStream) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (EventFeed(sender), EventStream(receiver))
}

impl Observer for EventFeed {
    fn on_event(&self, record: &EventRecord) {
        if changes_session(&record.event) {
            tracing::info!(seq = record.seq, generation = record.generation, event = ?record.event);
        } else {
            tracing::debug!(seq = record.seq, generation = record.generation, event = ?record.event);
        }
        let _ = self.0.send(record.clone()); // fails only when the UI's end is gone, at exit
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
}

impl EventStream {
    /// Hands events on until the engine is gone: session changes at once, the rest in batches.
    #[expect(
        clippy::disallowed_methods,
        reason = "a batch's deadline is the runtime's own time, not the session's"
    )]
    pub async fn pump(mut self, sink: &dyn EventSink) {
        let mut batch: Vec<EventRecord> = Vec::new();
        let mut flush_at = Instant::now();
        loop {
            tokio::select! {
                record = self.0.recv() => {
                    let Some(record) = record else { return };
                    if batch.is_empty() {
                        flush_at = Instant::now() + BATCH;
                    }
                    let mut news = vec![record];
                    while let Ok(record) = self.0.try_recv() {
                        news.push(record);
                    }
                    tell(sink, &news).await;
                    batch.append(&mut news);
                }
                () = sleep_until(flush_at), if !batch.is_empty() => sink.batch(std::mem::take(&mut batch)),
            }
        }
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
