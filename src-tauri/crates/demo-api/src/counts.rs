//! What the demo server counts, so that a test can say "exactly one refresh" and mean it.
//! Not here: the requests themselves (`request_log`).

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// How often each thing happened since the start or the last reset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Sign-ins that succeeded.
    pub logins: u64,
    /// Sign-ins refused for a wrong name or password.
    pub login_failures: u64,
    /// Requests that reached the refresh endpoint, whatever became of them.
    pub refreshes: u64,
    /// Refreshes that were carried out: a new access token was issued, even if the reply was then lost.
    pub refreshes_ok: u64,
    /// Refreshes answered with the active pair again, within the grace.
    pub replays_answered: u64,
    /// Refresh tokens used again too late; each killed its family.
    pub reuses_detected: u64,
    /// Sign-outs that ended a family.
    pub logouts: u64,
    /// Requests to authenticated endpoints, refused ones included.
    pub api_calls: u64,
    /// Those of them that were answered 401.
    pub api_unauthorized: u64,
    /// Those of them that came with an access token of which a newer one had already been issued to its family.
    pub api_with_superseded_token: u64,
    /// The most refresh requests that were in progress at the same time.
    pub max_parallel_refreshes: u64,
}

/// The running count.
#[derive(Default)]
pub(crate) struct Tally(Mutex<Running>);

#[derive(Default)]
struct Running {
    counts: Counts,
    refreshing: u64,
}

impl Tally {
    pub(crate) fn counts(&self) -> Counts {
        self.lock().counts.clone()
    }

    pub(crate) fn reset(&self) {
        let mut running = self.lock();
        running.counts = Counts { max_parallel_refreshes: running.refreshing, ..Counts::default() };
    }

    pub(crate) fn count(&self, what: impl FnOnce(&mut Counts)) {
        what(&mut self.lock().counts);
    }

    /// Counts a refresh request; it is in progress until the returned value is dropped.
    pub(crate) fn refresh_arrived(&self) -> Refreshing<'_> {
        let mut running = self.lock();
        running.refreshing += 1;
        running.counts.refreshes += 1;
        running.counts.max_parallel_refreshes = running.counts.max_parallel_refreshes.max(running.refreshing);
        Refreshing(self)
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A refresh request in progress.
pub(crate) struct Refreshing<'a>(&'a Tally);

impl Drop for Refreshing<'_> {
    fn drop(&mut self) {
        self.0.lock().refreshing -= 1;
    }
}
