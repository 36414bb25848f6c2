//! What lets a request end the connection it came on, as a lost reply needs it.
//! Not here: who serves connections (`serve`), and which requests are cut (`http`).

use std::sync::Arc;

use tokio::sync::Notify;

/// Cuts the connection that a request came on.
#[derive(Clone, Default)]
pub(crate) struct Cut(Arc<Notify>);

impl Cut {
    /// Ends the connection with a reset; whatever has not been answered is not.
    pub(crate) fn connection(&self) {
        self.0.notify_one();
    }

    /// Resolves once the connection is to end.
    pub(crate) async fn asked_for(&self) {
        self.0.notified().await;
    }
}
