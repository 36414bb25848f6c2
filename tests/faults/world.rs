//! The real engine over the real transport, and a hostile server for it to meet.
//! Not here: what the server does (`wire`), and what is expected of it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use session_engine::error::{CallError, SignInError};
use session_engine::ports::{Clock, Credentials, VaultEntry};
use session_engine::server::{LoginRequest, ReplyRule, ServerProfile, TokenPointers, TokenRequest};
use session_engine::{
    ApiReply, ApiRequest, HttpTokenEndpoint, HttpTransport, Ports, RefreshPolicy, RefreshToken, Session,
    SessionState,
};
use session_keeper::adapters::clock::SystemClock;
use url::Url;

use super::kept::Kept;
use super::wire::{Manners, Wire};

/// The user's fields, as the honest sign-in gives them and as they are kept.
pub(crate) const USER: &str =
    r#"{"first_name":"Ada","roles":["admin"],"employee_number":9007199254740993,"avatar":null}"#;
pub(crate) const USER_FIELD: &str =
    r#","user":{"first_name":"Ada","roles":["admin"],"employee_number":9007199254740993,"avatar":null}"#;

/// Stands in every secret here, and may stand nowhere else (P1).
const CANARY: &str = "canary";

/// Longer than anything may take; who waits longer hangs.
const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) type Outcome = Result<ApiReply, CallError>;

pub(crate) struct World {
    pub(crate) session: Session,
    pub(crate) wire: Wire,
    pub(crate) kept: Arc<Kept>,
}

impl World {
    /// A server and a session in which nobody is signed in.
    pub(crate) fn new(policy: RefreshPolicy, manners: Manners) -> Self {
        let wire = Wire::start(manners);
        let kept = Arc::new(Kept::default());
        let session = session(&wire.base, &kept, policy);
        Self { session, wire, kept }
    }

    /// Signed in, with nine minutes left of thirty: the next call refreshes.
    pub(crate) async fn due() -> Self {
        Self::signed_in(policy(), Manners { login_left: 540, ..manners() }).await
    }

    /// Signed in, with a token that is good for half an hour.
    pub(crate) async fn fresh() -> Self {
        Self::signed_in(policy(), manners()).await
    }

    pub(crate) async fn signed_in(policy: RefreshPolicy, manners: Manners) -> Self {
        let world = Self::new(policy, manners);
        world.sign_in().await.unwrap();
        soon(async {
            while world.kept.profile_text().is_none() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
        world
    }

    /// Back after a restart: a refresh token and no access token, so that a call cannot go without a refresh.
    pub(crate) async fn restored(policy: RefreshPolicy) -> Self {
        let world = Self::new(policy, manners());
        let refresh = RefreshToken::new(refresh_token(1)).unwrap();
        world.kept.put(VaultEntry { account: "ada".into(), refresh }, USER);
        world.session.restore().await;
        world
    }

    pub(crate) async fn sign_in(&self) -> Result<(), SignInError> {
        let who = Credentials { username: "ada".into(), password: "canary-password".into() };
        soon(self.session.sign_in(who)).await
    }

    pub(crate) async fn call(&self, path: &str) -> Outcome {
        soon(self.session.call(ApiRequest::get(path))).await
    }

    /// As many calls at the same time.
    pub(crate) async fn calls(&self, count: usize) -> Vec<Outcome> {
        let calls: Vec<_> = (0..count)
            .map(|_| {
                let session = self.session.clone();
                tokio::spawn(async move { session.call(ApiRequest::get("notes/")).await })
            })
            .collect();
        let mut outcomes = Vec::new();
        for call in calls {
            outcomes.push(soon(call).await.unwrap());
        }
        outcomes
    }

    pub(crate) fn state(&self) -> SessionState {
        self.session.status().state
    }

    /// What holds whatever happened: still signed in with the token at rest, the profile intact, never two refreshes at
    /// once, no secret told.
    pub(crate) fn check(&self) {
        let status = self.session.status();
        assert_eq!(status.account.as_deref(), Some("ada"), "nobody was signed out: {status:?}");
        assert!(self.kept.refresh_token().is_some());
        assert_eq!(self.kept.profile_text().as_deref(), Some(USER));
        self.check_quiet();
    }

    /// The part of it that also holds without a session.
    pub(crate) fn check_quiet(&self) {
        assert!(self.kept.most_refreshes_at_once() <= 1);
        let told = serde_json::to_string(&self.kept.events()).unwrap();
        assert!(!told.contains(CANARY), "a secret was told: {told}");
        let status = format!("{:?}", self.session.status());
        assert!(!status.contains(CANARY), "a secret is shown: {status}");
    }
}

/// A session over the real transport.
pub(crate) fn session(base: &Url, kept: &Arc<Kept>, policy: RefreshPolicy) -> Session {
    session_with(base, kept, policy, Arc::new(SystemClock))
}

pub(crate) fn session_with(
    base: &Url,
    kept: &Arc<Kept>,
    policy: RefreshPolicy,
    clock: Arc<dyn Clock>,
) -> Session {
    let server = Arc::new(server_profile(base.clone()));
    let transport = Arc::new(HttpTransport::new(base).unwrap());
    let ports = Ports {
        transport: transport.clone(),
        endpoint: Arc::new(HttpTokenEndpoint::new(transport, Arc::clone(&server))),
        vault: kept.clone(),
        store: kept.clone(),
        journal: kept.clone(),
        clock,
        observer: kept.clone(),
    };
    Session::new(ports, server, policy)
}

/// Fails the test if it takes too long: a caller that hangs.
pub(crate) async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("this hangs")
}

/// Only calls refresh, and nothing takes as long as in life.
pub(crate) fn policy() -> RefreshPolicy {
    RefreshPolicy {
        refresh_ahead: false,
        refresh_timeout: Duration::from_secs(8),
        call_deadline: Duration::from_millis(600),
        pause_at_most: Duration::from_secs(10),
        ..RefreshPolicy::default()
    }
}

pub(crate) fn manners() -> Manners {
    Manners { login_left: 1800, token_header: date(0), keep_alive: false }
}

/// A `Date` that is so many days off.
#[expect(clippy::disallowed_methods, reason = "the server's own clock")]
pub(crate) fn date(off_by_days: i64) -> String {
    let off = Duration::from_secs(off_by_days.unsigned_abs() * 86_400);
    let now = std::time::SystemTime::now();
    let said = if off_by_days < 0 { now - off } else { now + off };
    format!("date: {}\r\n", httpdate::fmt_http_date(said))
}

/// How many were answered 200.
pub(crate) fn ok(outcomes: &[Outcome]) -> usize {
    outcomes.iter().flatten().filter(|reply| reply.response.status() == 200).count()
}

pub(crate) fn body(reply: &ApiReply) -> &Bytes {
    reply.response.body()
}

/// A JWT of thirty minutes with so many seconds left, by this computer's clock.
#[expect(clippy::disallowed_methods, reason = "the server's own clock")]
pub(crate) fn access_token(number: usize, left: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let expires = i64::try_from(now).unwrap() + left;
    let claims = format!(r#"{{"iat":{},"exp":{expires},"jti":{number}}}"#, expires - 1800);
    format!(
        "{}.{}.{CANARY}-access-{number:04}",
        base64url(br#"{"alg":"HS256"}"#),
        base64url(claims.as_bytes())
    )
}

pub(crate) fn refresh_token(number: usize) -> String {
    format!("{CANARY}-refresh-{number:04}")
}

fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - three.len()));
        for digit in 0..=three.len() {
            text.push(char::from(DIGITS[bits >> (18 - 6 * digit) & 63]));
        }
    }
    text
}

fn server_profile(base: Url) -> ServerProfile {
    let request = |path: &str| TokenRequest {
        path: path.to_owned(),
        token_field: "refresh".into(),
        ..TokenRequest::default()
    };
    ServerProfile {
        base,
        login: Some(LoginRequest {
            path: "login/".into(),
            username_field: "username".into(),
            password_field: "password".into(),
            ..LoginRequest::default()
        }),
        refresh: request("refresh/"),
        logout: Some(request("logout/")),
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
