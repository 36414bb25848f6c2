//! A hold on refreshes: while it lives, every refresh is carried out and its answer kept back.
//! Not here: delays of a length (`switches`); a hold ends with whoever took it, so nothing watches a clock for it.

use tokio::sync::watch;

/// The holds there are now: each listens for a word that is never said.
pub(crate) struct Holds(watch::Sender<()>);

impl Holds {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    pub(crate) fn take(&self) -> RefreshHold {
        RefreshHold { _listens: self.0.subscribe() }
    }

    /// Returns when nobody listens: nothing is held.
    pub(crate) async fn ended(&self) {
        self.0.closed().await;
    }
}

/// Keeps the answers of all refreshes back until it is dropped. See [`Handle::hold_refreshes`](crate::Handle::hold_refreshes).
#[must_use = "what is held is let go when this is dropped"]
pub struct RefreshHold {
    _listens: watch::Receiver<()>,
}
