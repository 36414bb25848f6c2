//! The handle: the only way to the fault switches, from inside the process, never over HTTP (P10).
//! Not here: what a switch does; and no token or password can be had through a handle.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::accounts;
use crate::counts::Counts;
use crate::error::DemoError;
use crate::families;
use crate::fault::Fault;
use crate::hold::RefreshHold;
use crate::request_log::LoggedRequest;
use crate::state::State;

/// Turns the demo server's knobs and reads its dials. Clones work on the same server.
///
/// Nothing here waits for the network. [`set_fault`](Self::set_fault), [`set_profile_field`](Self::set_profile_field)
/// and [`revoke_all_refresh_tokens`](Self::revoke_all_refresh_tokens) write to the database at once, which blocks for
/// milliseconds.
#[derive(Clone)]
pub struct Handle(Arc<State>);

impl Handle {
    pub(crate) fn new(state: Arc<State>) -> Self {
        Self(state)
    }

    /// Switches a fault on or off. Requests that arrive afterwards meet it.
    pub fn set_fault(&self, fault: Fault, on: bool) {
        let was = self.0.switches.is_on(fault);
        // What was issued so far is noted before the fault is on, what is revoked goes after: nothing slips between.
        let noted = if fault == Fault::ExpireAccess && on { self.expire_access() } else { Ok(()) };
        self.0.switches.set(fault, on);
        let revoked = if fault == Fault::RevokeRefresh && on && !was {
            self.revoke_all_refresh_tokens()
        } else {
            Ok(())
        };
        let hours = |fault| i64::from(self.0.switches.is_on(fault));
        self.0.clock.set_skew_hours(hours(Fault::SkewPlus) - hours(Fault::SkewMinus));
        if let Err(error) = noted.and(revoked) {
            tracing::error!(fault = fault.name(), %error, "the demo fault is on but could not be recorded");
        }
    }

    /// Every fault, and whether it is on.
    #[must_use]
    pub fn faults(&self) -> Vec<(Fault, bool)> {
        Fault::ALL.into_iter().map(|fault| (fault, self.0.switches.is_on(fault))).collect()
    }

    /// Switches every fault off.
    pub fn reset_faults(&self) {
        for fault in Fault::ALL {
            self.set_fault(fault, false);
        }
    }

    /// What has happened since the start or the last [`reset_counts`](Self::reset_counts).
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.tally.counts()
    }

    /// Starts counting from nothing.
    pub fn reset_counts(&self) {
        self.0.tally.reset();
    }

    /// How long access tokens issued from now on live, in whole seconds; 30 minutes at first.
    pub fn set_access_lifetime(&self, lifetime: Duration) {
        self.0.switches.change(|settings| settings.access_lifetime = lifetime);
    }

    /// How long refresh tokens issued from now on live, in whole seconds; 7 days at first.
    pub fn set_refresh_lifetime(&self, lifetime: Duration) {
        self.0.switches.change(|settings| settings.refresh_lifetime = lifetime);
    }

    /// Whether a refresh replaces the refresh token; on at first. Off is the same as [`Fault::NoRotation`].
    pub fn set_rotation(&self, on: bool) {
        self.0.switches.change(|settings| settings.rotation = on);
    }

    /// How long the parent of the active refresh token is still answered with the active pair; 10 seconds at first.
    pub fn set_grace(&self, grace: Duration) {
        self.0.switches.change(|settings| settings.grace = grace);
    }

    /// How long every answer is held back, token endpoints included; none at first.
    pub fn set_latency(&self, latency: Duration) {
        self.0.switches.change(|settings| settings.latency = latency);
    }

    /// How long a refresh is held back in addition, after it has been carried out; none at first.
    pub fn set_refresh_delay(&self, delay: Duration) {
        self.0.switches.change(|settings| settings.refresh_delay = delay);
    }

    /// Carries refreshes out and keeps their answers back until what this returns is dropped: for whoever has to see
    /// what stands still meanwhile, however long that takes. A delay that is set begins when the hold ends.
    pub fn hold_refreshes(&self) -> RefreshHold {
        self.0.switches.holds.take()
    }

    /// Access tokens that a login issues from now on were issued this long ago, and so expire that much earlier.
    /// Those that a refresh issues are new. No effect while [`Fault::ShortTokens`] is on.
    pub fn set_login_age(&self, age: Duration) {
        self.0.switches.change(|settings| settings.login_age = age);
    }

    /// The `user` that refresh replies carry, if any.
    pub fn set_refresh_user(&self, user: Option<Value>) {
        self.0.switches.change(|settings| settings.refresh_user = user);
    }

    /// How long the body of `api/activity/` is written, piece by piece, after its head was sent; none at first: all at once.
    pub fn set_activity_time(&self, time: Duration) {
        self.0.switches.change(|settings| settings.activity_time = time);
    }

    /// Changes or adds one field of an account's profile.
    ///
    /// # Errors
    /// When there is no such account, or the database cannot be written.
    pub fn set_profile_field(
        &self,
        account: &str,
        key: &str,
        value: impl Into<Value>,
    ) -> Result<(), DemoError> {
        let value = value.into();
        self.0.database.now(|connection| accounts::set_profile_field(connection, account, key, &value))
    }

    /// An account's profile, to the letter as the API serves it.
    ///
    /// # Errors
    /// When there is no such account, or the database cannot be read.
    pub fn profile(&self, account: &str) -> Result<Box<RawValue>, DemoError> {
        self.0.database.now(|connection| {
            let found = accounts::find(connection, account)?;
            let found = found.ok_or_else(|| DemoError::UnknownAccount(account.to_owned()))?;
            accounts::profile(connection, found.id)
        })
    }

    /// Makes every refresh token that exists now dead, for good. Access tokens live on to their end.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn revoke_all_refresh_tokens(&self) -> Result<(), DemoError> {
        self.0.database.now(|connection| families::revoke_all(connection))
    }

    /// Moves the server's clock ahead, a hundred years in all at most: the `Date` header, `iat`, `exp` and every expiry follow
    /// it. A server that is opened again on the same data is as far ahead.
    pub fn advance_clock(&self, by: Duration) {
        let ahead_ms = self.0.clock.advance(by);
        if let Err(error) = self.0.database.keep_ahead_ms(ahead_ms) {
            tracing::error!(%error, "the demo's clock is moved but that could not be recorded");
        }
    }

    /// How far the server's clock is ahead of the machine's; a fault that sets it an hour off is not in it.
    #[must_use]
    pub fn clock_ahead(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.clock.ahead_ms()).unwrap_or(0))
    }

    /// The last requests in order of arrival, 5,000 at most.
    #[must_use]
    pub fn request_log(&self) -> Vec<LoggedRequest> {
        self.0.log.entries()
    }

    fn expire_access(&self) -> Result<(), DemoError> {
        let last = self.0.database.now(|connection| families::last_serial(connection))?;
        self.0.switches.expire_access_up_to(last);
        Ok(())
    }
}
