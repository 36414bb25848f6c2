//! The tickets of the page's calls: by its ticket a call is sent once only, and the page knows its phases, which come by one channel for
//! all calls of a page, in batches. Not here: the calls (`program`).
//!
//! A page that is reloaded sends once more what was on its way: Tauri takes the end of the request for a failure of its first way. And
//! with a channel a call Tauri would tell the page the end of each, one message more for every call.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use session_engine::CallPhase;
use tauri::ipc::Channel;
use tokio::sync::mpsc::{self, UnboundedSender};

use crate::view::{CallProgress, CommandError, CommandErrorCode};

/// The most that cross at once.
const BATCH: usize = 1024;

/// So many tickets are remembered: many times what a page can have on its way.
const REMEMBERED: usize = 4096;

/// The channel of the page that asked last, and the tickets that were seen.
#[derive(Default)]
pub struct CallPhases {
    page: ArcSwapOption<UnboundedSender<CallProgress>>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    tickets: HashSet<u64>,
    in_turn: VecDeque<u64>,
}

impl Seen {
    /// Whether it is new; it is not from now on.
    fn note(&mut self, ticket: u64) -> bool {
        let is_new = self.tickets.insert(ticket);
        if is_new {
            self.in_turn.push_back(ticket);
            if self.in_turn.len() > REMEMBERED
                && let Some(oldest) = self.in_turn.pop_front()
            {
                self.tickets.remove(&oldest);
            }
        }
        is_new
    }
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
        let Some(ticket) = ticket else { return Ok(None) };
        if !self.seen.lock().unwrap_or_else(PoisonError::into_inner).note(ticket) {
            return Err(CommandError::new(
                CommandErrorCode::InvalidInput,
                "This call was sent before, and is not sent twice.",
            ));
        }
        Ok(self.page.load_full().map(|page| Teller { ticket, page }))
    }
}

impl Teller {
    /// Hands a phase on; never waits.
    pub(crate) fn tell(&self, phase: CallPhase) {
        let _ = self.page.send(CallProgress::new(self.ticket, phase)); // fails only when the page is gone
    }
}
