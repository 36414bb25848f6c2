//! A session at a real server: the engine with its real transport, set by the user's own `config.toml`.
//! Not here: what is expected of it (`claims`).

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use session_engine::error::{CallError, SignInError};
use session_engine::event::SessionEvent;
use session_engine::ports::{Credentials, EndpointError, TokenEndpoint};
use session_engine::server::ServerProfile;
use session_engine::{
    ApiReply, ApiRequest, HttpTokenEndpoint, HttpTransport, Ports, RefreshPolicy, RefreshToken, Session,
};
use session_keeper::config::{self, Settings};
use url::Url;

use super::clock::Later;
use super::front::Front;
use super::kept::Kept;
use super::running::Running;
use super::server::Server;

/// Longer than anything may take; who waits longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Long enough for a five-minute token to be due, by the settings that the engine has by itself.
pub(crate) const UNTIL_DUE: Duration = Duration::from_secs(150);

pub(crate) const PASSWORD: &str = "analytical-engine";

pub(crate) type Outcome = Result<ApiReply, CallError>;

pub(crate) struct Guest {
    pub(crate) server: &'static Server,
    pub(crate) settings: Settings,
    pub(crate) session: Session,
    pub(crate) front: Front,
    pub(crate) kept: Arc<Kept>,
    pub(crate) clock: Arc<Later>,
}

impl Guest {
    /// Before a server that runs; nobody is signed in.
    pub(crate) async fn at(server: &'static Server, running: &Running) -> Self {
        let front = Front::before(running.address).await;
        let mut settings = config::parse(server.config, Path::new(server.package)).unwrap();
        settings.server.base = front.base.clone();
        let policy = RefreshPolicy { refresh_ahead: false, ..settings.policy };
        let (kept, clock) = (Arc::new(Kept::default()), Arc::new(Later::default()));
        let profile = Arc::new(settings.server.clone());
        let transport = Arc::new(HttpTransport::new(&profile.base).unwrap());
        let ports = Ports {
            transport: transport.clone(),
            endpoint: Arc::new(HttpTokenEndpoint::new(transport, Arc::clone(&profile))),
            vault: kept.clone(),
            store: kept.clone(),
            journal: kept.clone(),
            clock: clock.clone(),
            observer: kept.clone(),
        };
        let session = Session::new(ports, profile, policy);
        Self { server, settings, session, front, kept, clock }
    }

    pub(crate) async fn signed_in(server: &'static Server, running: &Running) -> Self {
        let guest = Self::at(server, running).await;
        guest.sign_in(PASSWORD).await.unwrap();
        guest
    }

    pub(crate) async fn sign_in(&self, password: &str) -> Result<(), SignInError> {
        self.sign_in_as("ada", password).await
    }

    pub(crate) async fn sign_in_as(&self, username: &str, password: &str) -> Result<(), SignInError> {
        let who = Credentials { username: username.into(), password: password.into() };
        soon(self.session.sign_in(who)).await
    }

    /// As many calls at the same time.
    pub(crate) async fn calls(&self, count: usize) -> Vec<Outcome> {
        let calls: Vec<_> = (0..count).map(|_| self.call()).collect();
        soon(futures::future::join_all(calls)).await
    }

    /// A call of its own task, from now on.
    pub(crate) fn call(&self) -> impl Future<Output = Outcome> + use<> {
        let (session, path) = (self.session.clone(), self.path());
        let call = tokio::spawn(async move { session.call(ApiRequest::get(&path)).await });
        async move { call.await.unwrap() }
    }

    /// The path that is called.
    pub(crate) fn path(&self) -> String {
        self.settings.home_calls[0].clone()
    }

    /// How many refresh requests came to the server.
    pub(crate) fn refreshes(&self) -> usize {
        self.refresh_requests().len()
    }

    /// They themselves, whole. Where sign-in and refresh have one path, a sign-in is known by its name.
    pub(crate) fn refresh_requests(&self) -> Vec<String> {
        let came = self.front.passed(&self.settings.server.refresh.path).into_iter();
        came.map(|passed| passed.request).filter(|request| !request.contains("username=")).collect()
    }

    pub(crate) fn refresh_token(&self) -> String {
        self.kept.refresh_token().expect("signed in, with the token at rest")
    }

    /// Somebody else asks the server itself with this refresh token, in the same way.
    pub(crate) fn elsewhere(&self, running: &Running) -> HttpTokenEndpoint {
        let base = Url::parse(&format!("http://{}/", running.address)).unwrap();
        let transport = Arc::new(HttpTransport::new(&base).unwrap());
        HttpTokenEndpoint::new(transport, Arc::new(ServerProfile { base, ..self.settings.server.clone() }))
    }

    /// Whether the server takes this refresh token; to ask may spend it.
    pub(crate) async fn is_taken(&self, running: &Running, token: &str) -> bool {
        let token = RefreshToken::new(token.to_owned()).unwrap();
        match self.elsewhere(running).refresh(&token).await {
            Ok(_) => true,
            Err(EndpointError::Definitive(_)) => false,
            Err(other) => panic!("the server does neither: {other:?}"),
        }
    }

    pub(crate) fn expiries(&self) -> usize {
        let events = self.kept.events();
        events.iter().filter(|record| matches!(record.event, SessionEvent::SessionExpired { .. })).count()
    }
}

/// How many were answered 200.
pub(crate) fn ok(outcomes: &[Outcome]) -> usize {
    outcomes.iter().flatten().filter(|reply| reply.response.status() == 200).count()
}

/// Fails the test if it takes too long: a caller that hangs.
pub(crate) async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("this hangs")
}

/// Waits until it is so.
pub(crate) async fn until(mut so: impl FnMut() -> bool) {
    soon(async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
