//! What windows are told: the session's changes and its end, and every event to those that watch.
//! Not here: who watches (`watchers`), and the order of the events (`adapters::events`).

use std::sync::Arc;

use session_engine::event::{EventRecord, SessionEvent};
use tauri::ipc::Channel;

use super::{Program, UiEvent};
use crate::adapters::events::EventSink;
use crate::view::{EventBatch, SessionChanged, SessionExpired};

impl Program {
    /// Sends the black box, then every event from then on, each once. A window watches once: what it watched by before hears no
    /// more. Windows do not take events from each other.
    pub fn watch_events(&self, window: &str, events: &Channel<EventBatch>) {
        let (session, watchers) = (self.session.clone(), Arc::clone(&self.watchers));
        let (window, events) = (window.to_owned(), events.clone());
        self.feed.between(move |last| {
            let known = session.events().into_iter().filter(|record| record.seq <= last).collect();
            watchers.begin(window, &events, known, session.counters());
        });
    }

    /// Sends no more events by this channel. A window that watches anew may say so before it takes leave of the channel it had.
    pub fn unwatch_events(&self, window: &str, channel: u32) {
        let (watchers, window) = (Arc::clone(&self.watchers), window.to_owned());
        self.feed.between(move |_| watchers.end(&window, channel));
    }

    /// A window has gone.
    pub fn forget_window(&self, window: &str) {
        let (watchers, window) = (Arc::clone(&self.watchers), window.to_owned());
        self.feed.between(move |_| watchers.forget(&window));
    }
}

#[async_trait::async_trait]
impl EventSink for Program {
    async fn changed(&self) {
        (self.emit)(UiEvent::Changed(Box::new(SessionChanged(self.view().await))));
    }

    async fn expired(&self, record: &EventRecord) {
        if let SessionEvent::SessionExpired { account, reason } = &record.event {
            let expired = SessionExpired {
                reason: reason.clone(),
                account: account.clone(),
                seq: self.first_seq.saturating_add(record.seq),
            };
            (self.emit)(UiEvent::Expired(expired));
            self.keep_why_it_ended(account, reason).await;
        }
    }

    fn batch(&self, events: Vec<EventRecord>) {
        self.watchers.tell(&events, self.session.counters());
    }

    fn is_watched(&self) -> bool {
        !self.watchers.is_empty()
    }
}
