//! A world for the engine: every port has a stand-in that counts, remembers, and can be told to fail, wait or hang.
//! Time is tokio's paused time, so counts and times are exact. Not here: any assertion.

mod clock;
mod journal;
mod observer;
mod server;
mod store;
mod vault;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use session_engine::error::{CallError, SignInError};
use session_engine::ports::Credentials;
use session_engine::server::{LoginRequest, ReplyRule, ServerProfile, TokenPointers, TokenRequest};
use session_engine::{ApiReply, ApiRequest, Ports, Profile, RefreshPolicy, Session};
use tokio::task::JoinHandle;

pub(crate) use clock::TestClock;
pub(crate) use journal::MemoryJournal;
pub(crate) use observer::Recorder;
pub(crate) use server::{FakeServer, Outcome, dead, throttled, unavailable};
pub(crate) use store::MemoryStore;
pub(crate) use vault::MemoryVault;

pub(crate) const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(crate) type Outcomes = Vec<Result<ApiReply, CallError>>;

/// A session, and the world it lives in.
pub(crate) struct World {
    pub(crate) session: Session,
    pub(crate) ports: Ports,
    pub(crate) policy: RefreshPolicy,
    pub(crate) server: Arc<FakeServer>,
    pub(crate) vault: Arc<MemoryVault>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) journal: Arc<MemoryJournal>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) seen: Arc<Recorder>,
}

impl World {
    /// Tokens of 30 minutes, rotation with reuse detection, the default policy; nobody signed in.
    pub(crate) fn new() -> Self {
        Self::with(without_timer())
    }

    pub(crate) fn with(policy: RefreshPolicy) -> Self {
        let clock = Arc::new(TestClock::start());
        let vault = Arc::new(MemoryVault::default());
        let server = Arc::new(FakeServer::new(Arc::clone(&clock), Arc::clone(&vault)));
        let store = Arc::new(MemoryStore::default());
        let journal = Arc::new(MemoryJournal::default());
        let seen = Arc::new(Recorder::default());
        let ports = Ports {
            transport: server.clone(),
            endpoint: server.clone(),
            vault: vault.clone(),
            store: store.clone(),
            journal: journal.clone(),
            clock: clock.clone(),
            observer: seen.clone(),
        };
        let session = Session::new(ports.clone(), Arc::new(server_profile()), policy);
        Self { session, ports, policy, server, vault, store, journal, clock, seen }
    }

    /// A world in which Ada has just signed in.
    pub(crate) async fn signed_in() -> Self {
        let world = Self::new();
        world.sign_in("ada").await.unwrap();
        world
    }

    /// A world in which Ada signed in with a token of 30 minutes of which `left` is left.
    pub(crate) async fn with_left(left: Duration) -> Self {
        let world = Self::signed_in().await;
        world.until_left(left).await;
        world
    }

    /// Lets time go by until the access token has `left` left.
    pub(crate) async fn until_left(&self, left: Duration) {
        pass(self.left() - left).await;
        assert_eq!(self.left(), left, "the clock of the tests is exact");
    }

    /// What is left of the access token, which is not over.
    pub(crate) fn left(&self) -> Duration {
        let left_ms = self.session.status().token.unwrap().left_ms.unwrap();
        Duration::from_millis(u64::try_from(left_ms).unwrap())
    }

    /// The program starts anew: the same vault, store and server, nothing in memory.
    pub(crate) async fn restarted(self) -> Self {
        let session = Session::new(self.ports.clone(), Arc::new(server_profile()), self.policy);
        session.restore().await;
        Self { session, ..self }
    }

    pub(crate) fn sign_in(&self, name: &str) -> impl Future<Output = Result<(), SignInError>> + Send + use<> {
        let (session, username) = (self.session.clone(), name.to_owned());
        async move { session.sign_in(Credentials { username, password: "secret".into() }).await }
    }

    pub(crate) async fn call(&self, path: &str) -> Result<ApiReply, CallError> {
        self.session.call(ApiRequest::get(path)).await
    }

    pub(crate) fn spawn_call(&self, path: &str) -> JoinHandle<Result<ApiReply, CallError>> {
        let (session, request) = (self.session.clone(), ApiRequest::get(path));
        tokio::spawn(async move { session.call(request).await })
    }

    pub(crate) fn spawn_calls(&self, count: usize) -> Vec<JoinHandle<Result<ApiReply, CallError>>> {
        (0..count).map(|_| self.spawn_call("notes/")).collect()
    }

    /// `count` calls at the same time; gives their outcomes.
    pub(crate) async fn calls(&self, count: usize) -> Outcomes {
        join(self.spawn_calls(count)).await
    }

    /// The kept profile as JSON text.
    pub(crate) fn kept(&self, account: &str) -> Option<String> {
        self.store.kept(account)
    }
}

/// The default policy, but only calls refresh: so that their counts are exact (`ahead.rs` has the timer's tests).
pub(crate) fn without_timer() -> RefreshPolicy {
    RefreshPolicy { refresh_ahead: false, ..RefreshPolicy::default() }
}

pub(crate) async fn join(calls: Vec<JoinHandle<Result<ApiReply, CallError>>>) -> Outcomes {
    let mut outcomes = Vec::with_capacity(calls.len());
    for call in calls {
        outcomes.push(call.await.unwrap());
    }
    outcomes
}

/// How many were answered 200.
pub(crate) fn ok(outcomes: &Outcomes) -> usize {
    outcomes.iter().flatten().filter(|reply| reply.response.status() == 200).count()
}

pub(crate) fn status(outcome: &Result<ApiReply, CallError>) -> u16 {
    outcome.as_ref().map_or(0, |reply| reply.response.status().as_u16())
}

/// Lets time go by; timers and tasks that are due run.
pub(crate) async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Lets everything that can run without time going by run.
pub(crate) async fn settle() {
    pass(millis(1)).await;
}

pub(crate) fn profile(json: &str) -> Profile {
    Profile::parse(json).unwrap()
}

pub(crate) fn server_profile() -> ServerProfile {
    let request = |path: &str| TokenRequest {
        path: path.to_owned(),
        token_field: "refresh".into(),
        ..TokenRequest::default()
    };
    ServerProfile {
        base: session_engine::confine::check_base("http://127.0.0.1:8000/").unwrap(),
        login: Some(LoginRequest {
            path: "token/".into(),
            username_field: "username".into(),
            password_field: "password".into(),
            ..LoginRequest::default()
        }),
        refresh: request("token/refresh/"),
        logout: Some(request("token/blacklist/")),
        tokens: TokenPointers {
            access: "/access".into(),
            refresh: "/refresh".into(),
            expires_in: "/expires_in".into(),
            user: "/user".into(),
            ..TokenPointers::default()
        },
        rejected: vec![ReplyRule::says(401, "/code", "token_not_valid")],
        misconfigured: Vec::new(),
    }
}
