//! The doctor's tests: the demo server over real sockets, the engine's reqwest transport, and a transport that tampers with replies.
//! Not here: any expectation.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use demo_api::{Demo, Handle, IssuedTokens};
use http::{Request, Response};
use session_doctor::{FindingCode, Patient, Report, Severity, Step, StepName, StepStatus, walk};
use session_engine::error::TransportError;
use session_engine::ports::{Clock, Credentials, Transport};
use session_engine::server::{LoginRequest, ReplyRule, ServerProfile, TokenPointers, TokenRequest};
use session_engine::{HttpTransport, Moment, RefreshPolicy, confine};
use tokio_util::sync::CancellationToken;

pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const PASSWORD: &str = "analytical-engine";

/// A server, and how it is described.
pub(crate) struct Ward {
    pub(crate) demo: Handle,
    pub(crate) issued: IssuedTokens,
    pub(crate) server: ServerProfile,
    pub(crate) password: &'static str,
    pub(crate) reuse: bool,
    pub(crate) toml: &'static str,
    pub(crate) tamper: Option<Tamper>,
    pub(crate) call: &'static str,
}

/// Changes a request's reply: which request it is counts from 1.
pub(crate) type Tamper =
    Box<dyn Fn(usize, &Request<Bytes>, Response<Bytes>) -> Response<Bytes> + Send + Sync>;

impl Ward {
    /// The demo server, described as it is.
    pub(crate) async fn new() -> Self {
        let demo = Demo::in_memory().unwrap();
        let (handle, issued) = (demo.handle(), demo.keep_issued());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(demo.run(listener, std::future::pending()));
        let token = |path: &str| TokenRequest {
            path: path.to_owned(),
            token_field: "refresh".to_owned(),
            ..TokenRequest::default()
        };
        let server = ServerProfile {
            base: confine::check_base(&format!("http://{address}/")).unwrap(),
            login: Some(LoginRequest {
                path: "api/token/".to_owned(),
                username_field: "username".to_owned(),
                password_field: "password".to_owned(),
                ..LoginRequest::default()
            }),
            refresh: token("api/token/refresh/"),
            logout: Some(token("api/token/blacklist/")),
            tokens: TokenPointers {
                access: "/access".into(),
                refresh: "/refresh".into(),
                expires_in: "/expires_in".into(),
                user: "/user".into(),
                ..TokenPointers::default()
            },
            rejected: vec![ReplyRule::says(401, "/code", "token_not_valid")],
            misconfigured: Vec::new(),
        };
        Self {
            demo: handle,
            issued,
            server,
            password: PASSWORD,
            reuse: false,
            toml: "",
            tamper: None,
            call: "api/me/",
        }
    }

    /// The walk.
    pub(crate) async fn walk(self) -> Report {
        self.walk_watched(&|_| ()).await
    }

    /// The walk, with somebody who is told of each step.
    pub(crate) async fn walk_watched(self, watch: &(dyn Fn(&Step) + Send + Sync)) -> Report {
        self.walk_until(watch, &CancellationToken::new()).await.unwrap()
    }

    /// The walk, which somebody may stop.
    pub(crate) async fn walk_until(
        self,
        watch: &(dyn Fn(&Step) + Send + Sync),
        stop: &CancellationToken,
    ) -> Option<Report> {
        let transport = HttpTransport::new(&self.server.base).unwrap();
        let transport = Tampered { transport, tamper: self.tamper, count: Mutex::new(0) };
        let patient = Patient {
            server: Arc::new(self.server),
            policy: RefreshPolicy::default(),
            call: Some(("profile.path", self.call.to_owned())),
            has_profile: true,
            toml: self.toml.to_owned(),
            credentials: Credentials { username: ADA.to_owned(), password: self.password.to_owned().into() },
            reuse: self.reuse,
        };
        walk(patient, Arc::new(transport), Arc::new(WallClock), watch, stop).await
    }
}

struct Tampered {
    transport: HttpTransport,
    tamper: Option<Tamper>,
    count: Mutex<usize>,
}

#[async_trait]
impl Transport for Tampered {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let at = {
            let mut count = self.count.lock().unwrap();
            *count += 1;
            *count
        };
        let seen = request.clone();
        let reply = self.transport.send(request).await?;
        Ok(match &self.tamper {
            Some(tamper) => tamper(at, &seen, reply),
            None => reply,
        })
    }
}

/// The machine's clocks; the tests tell no time by them.
struct WallClock;

#[async_trait]
#[expect(clippy::disallowed_methods, reason = "this is the tests' clock adapter")]
impl Clock for WallClock {
    fn now(&self) -> Moment {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        let wall = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Moment {
            wall_ms: i64::try_from(wall.as_millis()).unwrap(),
            boot: START.get_or_init(std::time::Instant::now).elapsed(),
        }
    }

    /// Nobody waits for the end of a grace here: it is over at once.
    async fn sleep(&self, duration: Duration) {
        if duration < Duration::from_secs(10) {
            tokio::time::sleep(duration).await;
        }
    }
}

/// All findings' codes, problems first.
pub(crate) fn codes(report: &Report) -> Vec<FindingCode> {
    report.findings.iter().map(|finding| finding.code).collect()
}

/// The codes of what must be mended.
pub(crate) fn problems(report: &Report) -> Vec<FindingCode> {
    let problems = report.findings.iter().filter(|finding| finding.severity == Severity::Problem);
    problems.map(|finding| finding.code).collect()
}

/// How a step went.
pub(crate) fn went(report: &Report, name: StepName) -> StepStatus {
    report.steps.iter().find(|step| step.name == name).unwrap().status
}

/// The sentence of the finding with this code.
pub(crate) fn sentence(report: &Report, code: FindingCode) -> &str {
    &report.findings.iter().find(|finding| finding.code == code).unwrap().sentence
}

/// A reply with other content.
pub(crate) fn with_json(
    reply: Response<Bytes>,
    change: impl FnOnce(&mut serde_json::Value),
) -> Response<Bytes> {
    let (parts, body) = reply.into_parts();
    let mut json = serde_json::from_slice(&body).unwrap();
    change(&mut json);
    Response::from_parts(parts, serde_json::to_vec(&json).unwrap().into())
}
