//! Where the phases of the page's calls go: one channel for all calls of a page, in batches. With a channel a call Tauri would tell the
//! page the end of each, and one message more would cross for every call. Not here: the calls (`program`).

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use session_engine::CallPhase;
use tauri::ipc::Channel;
use tokio::sync::mpsc::{self, UnboundedSender};

use crate::view::CallProgress;

/// The most that cross at once.
const BATCH: usize = 1024;

/// The channel of the page that asked last.
#[derive(Default)]
pub struct CallPhases(ArcSwapOption<UnboundedSender<CallProgress>>);

/// Takes the phases of one call, for the page that made it.
pub struct Teller {
    page: Arc<UnboundedSender<CallProgress>>,
    ticket: u32,
}

impl CallPhases {
    /// From now on, phases go to `page`; calls on their way still tell the page that made them.
    pub fn tell(&self, page: Channel<Vec<CallProgress>>) {
        let (sender, mut phases) = mpsc::unbounded_channel();
        self.0.store(Some(Arc::new(sender)));
        tauri::async_runtime::spawn(async move {
            let mut batch = Vec::new();
            while phases.recv_many(&mut batch, BATCH).await > 0 {
                if page.send(std::mem::take(&mut batch)).is_err() {
                    return; // the page is gone
                }
            }
        });
    }

    /// For a call that the page knows by `ticket`; `None` where it does not want to know.
    #[must_use]
    pub fn of(&self, ticket: Option<u32>) -> Option<Teller> {
        Some(Teller { ticket: ticket?, page: self.0.load_full()? })
    }
}

impl Teller {
    /// Hands a phase on; never waits.
    pub(crate) fn tell(&self, phase: CallPhase) {
        let _ = self.page.send(CallProgress::new(self.ticket, phase)); // fails only when the page is gone
    }
}
