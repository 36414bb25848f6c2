//! A hold on refreshes: while it lives, every refresh is carried out and its answer kept back.
//! Not here: delays of a length (`switches`); a hold ends with whoever took it, so nothing watches a clock for it.

use std::sync::Arc;

use tokio::sync::watch;

/// How many holds there are now.
#[derive(Clone, Default)]
pub(crate) struct Holds(Arc<watch::Sender<usize>>);

impl Holds {
    pub(crate) fn take(&self) -> RefreshHold {
        self.0.send_modify(|holds| *holds += 1);
        RefreshHold(self.clone())
    }

    /// Returns when nothing is held.
    pub(crate) async fn ended(&self) {
        let mut holds = self.0.subscribe();
        // An error is a sender that is gone, and `self` has one.
        let _ = holds.wait_for(|holds| *holds == 0).await;
    }
}

/// Keeps the answers of all refreshes back until it is dropped. See [`Handle::hold_refreshes`](crate::Handle::hold_refreshes).
#[must_use = "what is held is let go when this is dropped"]
pub struct RefreshHold(Holds);

impl Drop for RefreshHold {
    fn drop(&mut self) {
        self.0.0.send_modify(|holds| *holds -= 1);
    }
}
