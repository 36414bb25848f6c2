//! A server: token endpoint and API over one truth. Rotates refresh tokens, ends a family whose spent token comes again,
//! and answers each call by the token it came with. What it does next can be written down beforehand.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{Request, Response};
use jsonwebtoken::{EncodingKey, Header};
use session_engine::error::{
    ExpiryCode, ExpiryReason, Transient, TransientKind, TransportError, TransportErrorKind,
};
use session_engine::ports::{Credentials, EndpointError, TokenEndpoint, TokenReply, Transport};
use session_engine::{AccessToken, RefreshToken};
use tokio::sync::watch;

use super::{MemoryVault, TestClock, profile};

/// What the token endpoint does with a refresh.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// As a server does: new tokens for a good one, an end to the family of a spent one.
    Serve,
    /// It answers with this, and nothing is done.
    Fail(EndpointError),
    /// It serves, and the reply is lost.
    LoseReply,
    Panic,
    Hang,
}

/// The server's truth; a test may change it at any time.
pub(crate) struct Truth {
    /// The life of the access tokens it gives from now on.
    pub(crate) life: Duration,
    /// Whether a refresh gives a new refresh token.
    pub(crate) rotates: bool,
    /// Whether a spent refresh token ends its family.
    pub(crate) detects_reuse: bool,
    /// Whether a sign-in gives a refresh token.
    pub(crate) gives_refresh_tokens: bool,
    /// How long it says that its refresh tokens live.
    pub(crate) refresh_life: Option<Duration>,
    /// Whether it says `Date`, and how wrong what it says there is.
    pub(crate) says_date: bool,
    pub(crate) date_error_ms: i64,
    /// How wrong its clock is.
    pub(crate) skew_ms: i64,
    /// The user's fields in the replies.
    pub(crate) user: Option<String>,
    /// How long each takes.
    pub(crate) refresh_takes: Duration,
    pub(crate) call_takes: Duration,
    pub(crate) sign_in_takes: Duration,
    pub(crate) revoke_takes: Duration,
    /// What the next refreshes meet, and those after them.
    pub(crate) script: VecDeque<Outcome>,
    pub(crate) otherwise: Outcome,
    /// Whether a sign-in finds the server.
    pub(crate) sign_in_fails: Option<EndpointError>,
    pub(crate) sign_in_panics: bool,
    /// Whether calls and revocations find no server; refreshes and sign-ins meet what was written down for them.
    pub(crate) unreachable: bool,
    refresh_open: watch::Sender<bool>,
    calls_open: watch::Sender<bool>,
    grants: HashMap<String, Grant>,
    families: Vec<Family>,
    issued: Vec<String>,
    refreshes: Vec<String>,
    flying: Vec<String>,
    reused: usize,
    doubled: bool,
    most_flying: usize,
    revoked: Vec<String>,
    sign_ins: usize,
    calls: Vec<Arrival>,
}

#[derive(Clone)]
struct Grant {
    number: usize,
    family: usize,
    expires_ms: i64,
    refused: bool,
}

struct Family {
    account: String,
    current: String,
    spent: Vec<String>,
    alive: bool,
}

/// One call as the API saw it.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) path: String,
    pub(crate) account: String,
    /// The number of the access token it came with: the first one given is 1.
    pub(crate) token: usize,
    pub(crate) status: u16,
    /// Whether the vault held the newest refresh token at that moment.
    pub(crate) vault_was_current: bool,
}

pub(crate) struct FakeServer {
    clock: Arc<TestClock>,
    vault: Arc<MemoryVault>,
    truth: Mutex<Truth>,
}

pub(crate) fn unavailable() -> EndpointError {
    let detail = "The server cannot answer now (503).".into();
    EndpointError::Transient(Transient { kind: TransientKind::ServerUnavailable, detail, retry_after: None })
}

pub(crate) fn throttled(seconds: u64) -> EndpointError {
    EndpointError::Transient(Transient {
        kind: TransientKind::Throttled,
        detail: "The server asks for fewer requests.".into(),
        retry_after: Some(Duration::from_secs(seconds)),
    })
}

pub(crate) fn dead() -> EndpointError {
    EndpointError::Definitive(ExpiryReason {
        code: ExpiryCode::Rejected,
        detail: "Token is blacklisted".into(),
    })
}

impl FakeServer {
    pub(crate) fn new(clock: Arc<TestClock>, vault: Arc<MemoryVault>) -> Self {
        let truth = Truth {
            life: Duration::from_secs(1800),
            rotates: true,
            detects_reuse: true,
            gives_refresh_tokens: true,
            refresh_life: None,
            says_date: true,
            date_error_ms: 0,
            skew_ms: 0,
            user: None,
            refresh_takes: Duration::from_millis(20),
            call_takes: Duration::from_millis(5),
            sign_in_takes: Duration::ZERO,
            revoke_takes: Duration::ZERO,
            script: VecDeque::new(),
            otherwise: Outcome::Serve,
            sign_in_fails: None,
            sign_in_panics: false,
            unreachable: false,
            refresh_open: watch::Sender::new(true),
            calls_open: watch::Sender::new(true),
            grants: HashMap::new(),
            families: Vec::new(),
            issued: Vec::new(),
            refreshes: Vec::new(),
            flying: Vec::new(),
            reused: 0,
            doubled: false,
            most_flying: 0,
            revoked: Vec::new(),
            sign_ins: 0,
            calls: Vec::new(),
        };
        Self { clock, vault, truth: Mutex::new(truth) }
    }

    pub(crate) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap()
    }

    /// From now on every refresh meets this.
    pub(crate) fn always(&self, outcome: Outcome) {
        self.truth().otherwise = outcome;
    }

    /// The next refresh meets this.
    pub(crate) fn next(&self, outcome: Outcome) {
        self.truth().script.push_back(outcome);
    }

    /// Replies to refreshes wait until they are let go.
    pub(crate) fn hold_refreshes(&self) {
        self.truth().refresh_open.send_replace(false);
    }

    pub(crate) fn let_refreshes_go(&self) {
        self.truth().refresh_open.send_replace(true);
    }

    /// Replies to calls wait until they are let go.
    pub(crate) fn hold_calls(&self) {
        self.truth().calls_open.send_replace(false);
    }

    pub(crate) fn let_calls_go(&self) {
        self.truth().calls_open.send_replace(true);
    }

    /// No access token given so far is accepted any more, whatever its claims say.
    pub(crate) fn refuse_all_access_tokens(&self) {
        self.truth().grants.values_mut().for_each(|grant| grant.refused = true);
    }

    /// No refresh token given so far is accepted any more.
    pub(crate) fn end_all_families(&self) {
        self.truth().families.iter_mut().for_each(|family| family.alive = false);
    }

    /// The refresh requests, each as the number of the refresh token that came: the first one given is 1.
    pub(crate) fn refreshes(&self) -> Vec<usize> {
        let truth = self.truth();
        truth.refreshes.iter().map(|token| truth.number_of(token)).collect()
    }

    pub(crate) fn refresh_count(&self) -> usize {
        self.truth().refreshes.len()
    }

    pub(crate) fn most_refreshes_at_once(&self) -> usize {
        self.truth().most_flying
    }

    pub(crate) fn revoked(&self) -> Vec<usize> {
        let truth = self.truth();
        truth.revoked.iter().map(|token| truth.number_of(token)).collect()
    }

    pub(crate) fn sign_in_count(&self) -> usize {
        self.truth().sign_ins
    }

    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals_since(0)
    }

    /// Those that came after the first `seen`.
    pub(crate) fn arrivals_since(&self, seen: usize) -> Vec<Arrival> {
        self.truth().calls[seen..].to_vec()
    }

    /// The refresh token with this number.
    #[allow(dead_code, reason = "the state machine's")]
    pub(crate) fn token(&self, number: usize) -> String {
        self.truth().issued[number - 1].clone()
    }

    /// The number of a refresh token; 0: none of ours.
    pub(crate) fn number_of(&self, token: &str) -> usize {
        self.truth().number_of(token)
    }

    /// How often a spent refresh token came, and whether one came twice at the same time.
    pub(crate) fn misuse(&self) -> (usize, bool) {
        let truth = self.truth();
        (truth.reused, truth.doubled)
    }

    /// Everything that was ever handed out and must be seen nowhere.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let truth = self.truth();
        truth.issued.iter().chain(truth.grants.keys()).cloned().collect()
    }

    fn server_ms(&self, truth: &Truth) -> i64 {
        self.clock.true_ms() + truth.skew_ms
    }

    fn grant(&self, truth: &mut Truth, family: usize, refresh: Option<String>) -> TokenReply {
        let now_ms = self.server_ms(truth);
        let expires_ms = now_ms + i64::try_from(truth.life.as_millis()).unwrap();
        let number = truth.grants.len() + 1;
        let claims = serde_json::json!({
            "jti": number,
            "sub": truth.families[family].account,
            "iat": seconds(now_ms),
            "exp": seconds(expires_ms),
        });
        let key = EncodingKey::from_secret(b"the key of the tests");
        let jwt = jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap();
        truth.grants.insert(jwt.clone(), Grant { number, family, expires_ms, refused: false });
        TokenReply {
            access: AccessToken::new(&jwt).unwrap(),
            refresh: refresh.map(|token| RefreshToken::new(token).unwrap()),
            expires_in: None,
            refresh_expires_in: truth.refresh_life,
            server_date_ms: truth.says_date.then_some(now_ms + truth.date_error_ms),
            user: truth.user.as_deref().map(profile),
        }
    }

    fn serve(&self, token: &str) -> Result<TokenReply, EndpointError> {
        let truth = &mut *self.truth();
        let found = truth.families.iter().position(|family| family.knows(token));
        let Some(at) = found.filter(|at| truth.families[*at].alive) else { return Err(dead()) };
        if truth.families[at].current != token {
            truth.reused += 1;
            if truth.detects_reuse {
                truth.families[at].alive = false;
                return Err(dead());
            }
            let current = truth.families[at].current.clone();
            return Ok(self.grant(truth, at, Some(current)));
        }
        let fresh = truth.rotates.then(|| truth.issue());
        if let Some(fresh) = &fresh {
            let spent = std::mem::replace(&mut truth.families[at].current, fresh.clone());
            truth.families[at].spent.push(spent);
        }
        Ok(self.grant(truth, at, fresh))
    }
}

impl Truth {
    fn issue(&mut self) -> String {
        let token = format!("refresh-{:04}-6f1ed0c3a7b94d52", self.issued.len() + 1);
        self.issued.push(token.clone());
        token
    }

    fn number_of(&self, token: &str) -> usize {
        self.issued.iter().position(|issued| issued == token).map_or(0, |at| at + 1)
    }
}

impl Family {
    fn knows(&self, token: &str) -> bool {
        self.current == token || self.spent.iter().any(|spent| spent == token)
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

fn no_connection() -> TransportError {
    TransportError { kind: TransportErrorKind::NotSent, detail: "No connection.".into() }
}

async fn until_open(gate: watch::Sender<bool>) {
    let _ = gate.subscribe().wait_for(|open| *open).await;
}

struct Flying<'a>(&'a FakeServer, &'a str);

impl Drop for Flying<'_> {
    fn drop(&mut self) {
        let mut truth = self.0.truth();
        if let Some(at) = truth.flying.iter().position(|flying| flying == self.1) {
            truth.flying.swap_remove(at);
        }
    }
}

#[async_trait]
impl TokenEndpoint for FakeServer {
    async fn sign_in(&self, credentials: &Credentials) -> Result<TokenReply, EndpointError> {
        let (takes, fails, panics) = {
            let mut truth = self.truth();
            truth.sign_ins += 1;
            (truth.sign_in_takes, truth.sign_in_fails.clone(), truth.sign_in_panics)
        };
        tokio::time::sleep(takes).await;
        if panics {
            std::panic::resume_unwind(Box::new("the endpoint broke"));
        }
        if let Some(error) = fails {
            return Err(error);
        }
        let truth = &mut *self.truth();
        let current = truth.issue();
        truth.families.push(Family {
            account: credentials.username.clone(),
            current: current.clone(),
            spent: Vec::new(),
            alive: true,
        });
        let family = truth.families.len() - 1;
        let given = truth.gives_refresh_tokens.then_some(current);
        Ok(self.grant(truth, family, given))
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<TokenReply, EndpointError> {
        let (outcome, takes, gate) = {
            let mut truth = self.truth();
            truth.refreshes.push(token.expose().to_owned());
            truth.doubled |= truth.flying.iter().any(|flying| flying == token.expose());
            truth.flying.push(token.expose().to_owned());
            truth.most_flying = truth.most_flying.max(truth.flying.len());
            let outcome = truth.script.pop_front().unwrap_or_else(|| truth.otherwise.clone());
            (outcome, truth.refresh_takes, truth.refresh_open.clone())
        };
        let _flying = Flying(self, token.expose());
        let reply = match outcome {
            Outcome::Serve => self.serve(token.expose()),
            Outcome::Fail(error) => Err(error),
            Outcome::LoseReply => {
                let _ = self.serve(token.expose());
                let detail = "The connection broke.".into();
                let kind = TransientKind::NoAnswer;
                Err(EndpointError::Transient(Transient { kind, detail, retry_after: None }))
            }
            Outcome::Panic => std::panic::resume_unwind(Box::new("the endpoint broke")),
            Outcome::Hang => std::future::pending().await,
        };
        tokio::time::sleep(takes).await;
        until_open(gate).await;
        reply
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), EndpointError> {
        let takes = {
            let mut truth = self.truth();
            if truth.unreachable {
                let kind = TransientKind::Offline;
                let detail = "No connection.".into();
                return Err(EndpointError::Transient(Transient { kind, detail, retry_after: None }));
            }
            truth.revoked.push(token.expose().to_owned());
            truth
                .families
                .iter_mut()
                .filter(|family| family.knows(token.expose()))
                .for_each(|family| family.alive = false);
            truth.revoke_takes
        };
        tokio::time::sleep(takes).await;
        Ok(())
    }
}

/// `always-401/`, `scope/`, `portal/` and `offline/` answer as their names say; every other path answers by the token.
#[async_trait]
impl Transport for FakeServer {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let (unreachable, takes) = {
            let truth = self.truth();
            (truth.unreachable, truth.call_takes)
        };
        if unreachable {
            tokio::time::sleep(takes).await;
            return Err(no_connection());
        }
        let (reply, gate) = {
            let mut truth = self.truth();
            let header = request.headers().get(AUTHORIZATION).unwrap().to_str().unwrap();
            let grant = truth.grants.get(header.strip_prefix("Bearer ").unwrap()).cloned();
            let now_ms = self.server_ms(&truth);
            let good = grant.as_ref().is_some_and(|grant| !grant.refused && now_ms < grant.expires_ms);
            let json = Response::builder().header(CONTENT_TYPE, "application/json");
            let refused = r#"{"detail":"Given token not valid","code":"token_not_valid"}"#;
            let reply = match path.as_str() {
                "always-401/" => json.status(401).body(Bytes::from(refused)),
                "scope/" => json
                    .header(WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\"")
                    .status(401)
                    .body(Bytes::from("{}")),
                "portal/" => Response::builder()
                    .header(CONTENT_TYPE, "text/html")
                    .status(401)
                    .body(Bytes::from("<html>Welcome to the hotel</html>")),
                _ if good => json.status(200).body(Bytes::from(r#"{"first_name":"Ada","plan":"gold"}"#)),
                _ => json.status(401).body(Bytes::from(refused)),
            }
            .unwrap();
            let vault_was_current = grant.as_ref().is_none_or(|grant| {
                let held = self.vault.holds().map(|(_, token)| token);
                held.as_deref() == Some(truth.families[grant.family].current.as_str())
            });
            let arrival = Arrival {
                account: grant.as_ref().map(|g| truth.families[g.family].account.clone()).unwrap_or_default(),
                token: grant.map_or(0, |grant| grant.number),
                status: reply.status().as_u16(),
                vault_was_current,
                path: path.clone(),
            };
            truth.calls.push(arrival);
            (reply, truth.calls_open.clone())
        };
        tokio::time::sleep(takes).await;
        until_open(gate).await;
        if path == "offline/" {
            return Err(no_connection());
        }
        Ok(reply)
    }
}
