//! What is switched on right now, and the settings: lifetimes, rotation, grace, delays.
//! Not here: the consequences; whoever answers a request asks here what to do.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use crate::fault::Fault;
use crate::hold::Holds;

/// How long the demo's tokens live, and how slowly it answers.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) access_lifetime: Duration,
    pub(crate) refresh_lifetime: Duration,
    pub(crate) rotation: bool,
    pub(crate) grace: Duration,
    pub(crate) latency: Duration,
    pub(crate) refresh_delay: Duration,
    pub(crate) login_age: Duration,
    pub(crate) refresh_user: Option<Value>,
    pub(crate) activity_time: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_lifetime: Duration::from_secs(30 * 60),
            refresh_lifetime: Duration::from_secs(7 * 24 * 3600),
            rotation: true,
            grace: Duration::from_secs(10),
            latency: Duration::ZERO,
            refresh_delay: Duration::ZERO,
            login_age: Duration::ZERO,
            refresh_user: None,
            activity_time: Duration::ZERO,
        }
    }
}

/// The faults that are on, and the settings.
pub(crate) struct Switches {
    on: [AtomicBool; Fault::ALL.len()],
    /// Access tokens up to this serial are refused while [`Fault::ExpireAccess`] is on.
    expired_up_to: AtomicU64,
    /// Follows [`Fault::Offline`], for those who must act at the moment it changes.
    offline: watch::Sender<bool>,
    /// Refreshes wait for their end.
    pub(crate) holds: Holds,
    settings: Mutex<Settings>,
}

impl Switches {
    pub(crate) fn new() -> Self {
        Self {
            on: Default::default(),
            expired_up_to: AtomicU64::new(0),
            offline: watch::Sender::new(false),
            holds: Holds::new(),
            settings: Mutex::default(),
        }
    }

    pub(crate) fn is_on(&self, fault: Fault) -> bool {
        self.on[fault as usize].load(Ordering::SeqCst)
    }

    pub(crate) fn set(&self, fault: Fault, on: bool) {
        self.on[fault as usize].store(on, Ordering::SeqCst);
        if fault == Fault::Offline {
            self.offline.send_if_modified(|was| std::mem::replace(was, on) != on);
        }
    }

    /// Switches a one-shot fault off; true for the one caller that found it on.
    pub(crate) fn take(&self, fault: Fault) -> bool {
        self.on[fault as usize].swap(false, Ordering::SeqCst)
    }

    pub(crate) fn watch_offline(&self) -> watch::Receiver<bool> {
        self.offline.subscribe()
    }

    pub(crate) fn expire_access_up_to(&self, serial: u64) {
        self.expired_up_to.store(serial, Ordering::SeqCst);
    }

    /// True if the access token with this serial is refused by [`Fault::ExpireAccess`].
    pub(crate) fn has_expired(&self, serial: u64) -> bool {
        self.is_on(Fault::ExpireAccess) && serial <= self.expired_up_to.load(Ordering::SeqCst)
    }

    pub(crate) fn settings(&self) -> Settings {
        self.lock().clone()
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.lock());
    }

    fn lock(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
