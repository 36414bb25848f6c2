//! The phases of the page's calls: the page knows each call by its ticket, and hears of all by one channel, in batches.
//! Not here: the calls (`program`), and that a call is sent once for a ticket (`tickets`).
//!
//! With a channel a call Tauri would tell the page the end of each, one message more for every call.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use session_engine::CallPhase;
use tauri::ipc::Channel;
use tokio::sync::mpsc::{self, UnboundedSender};

use crate::tickets::Tickets;
use crate::view::{CallProgress, CommandError};

/// The most that cross at once.
const BATCH: usize = 1024;

/// The channel of the page that asked last, and the tickets of calls.
#[derive(Default)]
pub struct CallPhases {
    page: ArcSwapOption<UnboundedSender<CallProgress>>,
    tickets: Tickets,
}

/// Takes the phases of one call, for the page that made it.
pub struct Teller {
    page: Arc<UnboundedSender<CallProgress>>,
    ticket: u64,
}

impl CallPhases {
    /// From now on, phases go to `page`; calls on their way still tell the page that made them.
    pub fn tell(&self, page: Channel<Vec<CallProgress>>) {
        let (sender, mut phases) = mpsc::unbounded_channel();
        self.page.store(Some(Arc::new(sender)));
        tauri::async_runtime::spawn(async move {
            let mut batch = Vec::new();
            while phases.recv_many(&mut batch, BATCH).await > 0 {
                if page.send(std::mem::take(&mut batch)).is_err() {
                    return; // the page is gone
                }
            }
        });
    }

    /// Who tells the phases of a call that the page knows by `ticket`; `None` for a call without one, or before any page has asked.
    ///
    /// # Errors
    /// [`CommandError`] when a call with this ticket was sent before.
    pub fn take(&self, ticket: Option<u64>) -> Result<Option<Teller>, CommandError> {
        self.tickets.take(ticket)?;
        Ok(ticket.zip(self.page.load_full()).map(|(ticket, page)| Teller { ticket, page }))
    }
}

impl Teller {
    /// Hands a phase on; never waits.
    pub(crate) fn tell(&self, phase: CallPhase) {
        let _ = self.page.send(CallProgress::new(self.ticket, phase)); // fails only when the page is gone
    }
}
