//! `Session`: the engine's front, a door for each thing that may be asked of it (R6, R10 to R13).
//! Not here: what is behind the doors (`sign_in`, `sign_out`, `interceptor`, `authorization`, `refresh`, `restore`, `status`, …).

use http::StatusCode;
use tracing::Instrument;

use crate::ahead;
use crate::authorization;
use crate::black_box::Counters;
use crate::call::{ApiReply, ApiRequest, Authorization, CallPhase};
use crate::core::{Core, Ports};
use crate::error::{CallError, SignInError, StoreError};
use crate::event::{EventRecord, Trigger};
use crate::export;
use crate::interceptor;
use crate::keeper;
use crate::policy::RefreshPolicy;
use crate::ports::Credentials;
use crate::profile::Profile;
use crate::refresh;
use crate::restore;
use crate::server::ServerProfile;
use crate::sign_in;
use crate::sign_out;
use crate::state::Phase;
use crate::status::{self, Status};
use crate::sync::Arc;
use crate::token::Generation;
use crate::vault;

/// A session, and all that keeps it alive. Cloning shares it. Must be made and used inside a tokio runtime.
#[derive(Clone)]
pub struct Session(Arc<Core>);

/// Why the profile could not be read anew.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// The call did not get a reply.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The server answered, with something else than a profile. Nothing was changed.
    #[error("the server answered {0} where a profile was expected")]
    Status(StatusCode),
    /// The server's profile is not a JSON object. Nothing was changed.
    #[error("the server's profile is not a JSON object")]
    NotAnObject,
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Session {
    /// A session with nobody signed in. Call [`Session::restore`] next.
    #[must_use]
    pub fn new(ports: Ports, server: Arc<ServerProfile>, policy: RefreshPolicy) -> Self {
        let core = Arc::new(Core::new(ports, server, policy));
        core.look_at_clocks();
        ahead::note_activity(&core);
        ahead::start(&core);
        Self(core)
    }

    /// The user is there: moved the mouse, pressed a key. Calls count by themselves (R14).
    pub fn note_activity(&self) {
        ahead::note_activity(&self.0);
    }

    /// R13: takes up the session that the vault holds, if nobody signed in or out meanwhile. No network, unless a refresh was
    /// under way when the program was stopped: that is resumed at once, in the background (R9).
    pub async fn restore(&self) {
        let (core, epoch) = (Arc::clone(&self.0), self.0.state.load().epoch);
        let restored = self.0.vault_lane.run(async move { restore::from_vault(&core, epoch).await });
        restored.await.unwrap_or_default();
    }

    /// Signs in. Runs on when the caller gives up; a later sign-in or sign-out makes it void (R10).
    ///
    /// # Errors
    /// [`SignInError`]; the session is then as it was.
    pub async fn sign_in(&self, credentials: Credentials) -> Result<(), SignInError> {
        sign_in::sign_in(&self.0, credentials).await
    }

    /// R12: ends the session at once, also offline: memory, vault, and (unless `remember`) profile and all that is kept with it.
    /// The server is told in the background, for at most three seconds. With nobody signed in, what the vault holds is wiped.
    pub async fn sign_out(&self, remember: bool) {
        sign_out::sign_out(&self.0, remember).await;
    }

    /// Sends a call of the API, with a valid token or not at all. Nothing happens before the future is polled.
    ///
    /// # Errors
    /// [`CallError`]; whatever status the API answers is a reply, not an error.
    pub fn call(&self, request: ApiRequest) -> impl Future<Output = Result<ApiReply, CallError>> + Send {
        self.call_watched(request, &|_| ())
    }

    /// The same, and tells `watch` when the call pauses and when it goes on.
    ///
    /// # Errors
    /// As [`Session::call`].
    #[expect(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice while it waits")]
    pub fn call_watched(
        &self,
        request: ApiRequest,
        watch: &(dyn Fn(CallPhase) + Send + Sync),
    ) -> impl Future<Output = Result<ApiReply, CallError>> + Send {
        async move {
            let now = self.0.look_at_clocks();
            ahead::note_activity_at(&self.0, now);
            let span = tracing::info_span!("call", method = %request.method);
            interceptor::call(&self.0, &request, watch, now).instrument(span).await
        }
    }

    /// The header that [`Session::authorization`] gives, if it need not be waited for: the token is fresh (R1).
    #[inline]
    #[must_use]
    pub fn authorization_now(&self) -> Option<Authorization> {
        let now = self.0.now();
        ahead::note_activity_at(&self.0, now);
        authorization::fresh(&self.0, now)
    }

    /// A header for a request that the program sends itself: at once while the token is fresh, else after the same pause as
    /// a call's (R1, R2, R5). Where it can, a program should use [`Session::call`], which also sees to what is answered.
    ///
    /// # Errors
    /// [`CallError`], as for a call that could not be sent.
    pub async fn authorization(&self) -> Result<Authorization, CallError> {
        match self.authorization_now() {
            Some(fresh) => Ok(fresh),
            None => authorization::after_waiting(&self.0, None).await,
        }
    }

    /// A header to send such a request once more with, after the API answered 401 to the one of `generation`: the newer one if
    /// there is one by now, else that of a refresh which all share who were refused (R7).
    ///
    /// # Errors
    /// [`CallError`], as for a call that could not be sent.
    pub async fn authorization_after_401(&self, generation: Generation) -> Result<Authorization, CallError> {
        authorization::after_waiting(&self.0, Some(generation)).await
    }

    /// The kept profile of who is signed in.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub async fn profile(&self) -> Result<Option<Profile>, StoreError> {
        let Some(account) = self.0.state.load().held().map(|held| held.account.clone()) else {
            return Ok(None);
        };
        let core = Arc::clone(&self.0);
        let loaded = self.0.profile_lane.run(async move { core.ports.store.load(&account).await }).await;
        loaded.unwrap_or_else(|| Err(StoreError("the profile's writer has stopped".into())))
    }

    /// Reads the profile from the server, through the interceptor, and keeps it. What the server says here is the whole truth.
    ///
    /// # Errors
    /// [`ProfileError`]; the kept profile is then as it was.
    pub async fn reload_profile(&self, path: &str) -> Result<Profile, ProfileError> {
        let state = self.0.state.load();
        let Some(account) = state.held().map(|held| held.account.clone()) else {
            return Err(CallError::SignedOut.into());
        };
        let reply = self.call(ApiRequest::get(path)).await?;
        if reply.response.status() != StatusCode::OK {
            return Err(ProfileError::Status(reply.response.status()));
        }
        let text = std::str::from_utf8(reply.response.body()).map_err(|_| ProfileError::NotAnObject)?;
        let profile = Profile::parse(text).map_err(|_| ProfileError::NotAnObject)?;
        match keeper::replace(&self.0, &state, account, profile.clone()).await? {
            true => Ok(profile),
            false => Err(CallError::SignedOut.into()),
        }
    }

    /// Refreshes now, due or not, outage or not ("Retry now", R15). Returns when the flight has landed, or
    /// the session has ended; at once where there is no refresh token, or nobody is signed in.
    pub async fn refresh_now(&self) {
        let state = self.0.state.load();
        let can_be_asked_for = state.held().is_some_and(|held| held.credentials.refresh().is_some());
        if can_be_asked_for && let Some(mut seat) = refresh::board(&self.0, &state, Trigger::Manual) {
            let _ = seat.landing.landed().await;
        }
    }

    /// Tries the vault again: takes up what it holds; who is signed in is written to it, and whose session has ended is wiped
    /// from it (P6).
    pub async fn retry_vault(&self) {
        if matches!(self.0.state.load().phase, Phase::SignedOut) {
            return self.restore().await;
        }
        let core = Arc::clone(&self.0);
        self.0.vault_lane.run(async move { vault::align(&core).await }).await.unwrap_or_default();
    }

    /// The session as it is now.
    #[must_use]
    pub fn status(&self) -> Status {
        status::status(&self.0)
    }

    /// The last events, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<EventRecord> {
        self.0.black_box.events()
    }

    /// The last events as JSON lines that can be shown to others; [`crate::LEFT_OUT`] says what is not in them (P1).
    #[must_use]
    pub fn export(&self) -> String {
        self.export_of(&self.events())
    }

    /// The same of events that somebody has kept for longer, oldest first.
    #[must_use]
    pub fn export_of(&self, events: &[EventRecord]) -> String {
        export::export(events, self.0.black_box.counters())
    }

    /// How often what happened.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.0.black_box.counters()
    }
}
