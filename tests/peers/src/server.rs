//! The server that all talk to: checks the access token of each call, delays a refresh, rotates, sees a spent token come back, counts.
//! Not here: any client. It is a process of its own, with one thread.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::{Failure, clock};

/// How the server behaves from now on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Behaviour {
    /// How long an access token lives.
    pub life_s: u64,
    /// How long a refresh takes.
    pub delay_ms: u64,
    /// What it does when it is asked.
    pub mode: Mode,
}

/// What the server does when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Its work.
    Well,
    /// Answers 503 to a refresh.
    Busy,
    /// Refuses connections, and has cut those there were.
    Gone,
}

/// What has been counted since the last order to forget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// Refreshes that were asked for, whatever came of them.
    pub asked: u64,
    /// Refreshes that were done.
    pub refreshed: u64,
    /// Refresh tokens that came a second time, which ends the session at the server.
    pub reused: u64,
    /// Refresh tokens that were refused for any reason.
    pub refused: u64,
    /// Calls with a valid token.
    pub served: u64,
    /// Calls without one.
    pub unauthorized: u64,
    /// When the last refresh was answered well, by `clock`.
    pub answered_at: u64,
}

#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    jti: u64,
    iat: u64,
    exp: u64,
}

#[derive(Default)]
struct Books {
    counted: Counted,
    next: u64,
    /// Until when each access token is valid.
    access: HashMap<String, u64>,
    refresh: HashMap<String, Refresh>,
    dead: Vec<u64>,
}

/// What is known of a refresh token.
#[derive(Clone, Copy)]
struct Refresh {
    family: u64,
    spent: bool,
    /// As Google's: it stays the same and is never spent.
    stays: bool,
}

struct Server {
    books: Mutex<Books>,
    behaviour: watch::Sender<Behaviour>,
    key: jsonwebtoken::EncodingKey,
}

/// Serves until the process is ended; tells its two addresses, the calls' and the orders'.
///
/// # Errors
/// When no port can be had.
pub async fn serve(tell: impl FnOnce(SocketAddr, SocketAddr)) -> Result<(), Failure> {
    let well = Behaviour { life_s: 3600, delay_ms: 50, mode: Mode::Well };
    let server = Arc::new(Server {
        books: Mutex::new(Books::default()),
        behaviour: watch::Sender::new(well),
        key: jsonwebtoken::EncodingKey::from_secret(b"of no meaning"),
    });
    let (calls, orders) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    tell(calls.local_addr()?, orders.local_addr()?);
    let orders_router = Router::new()
        .route("/behave", post(behave))
        .route("/count", get(count))
        .route("/forget", post(forget))
        .with_state(server.clone());
    tokio::spawn(async move { axum::serve(orders, orders_router).await });
    let router = Router::new()
        .route("/token/", post(token))
        .route("/auth/v1/token", post(token)) // Supabase's ways: the grant is in the query, the fields are JSON
        .route("/auth/v1/logout", post(|| async { StatusCode::NO_CONTENT }))
        .route("/revoke_token/", post(|| async { StatusCode::OK }))
        .route("/api/", get(call))
        .with_state(server.clone());
    stand(calls.local_addr()?, calls, router, server.behaviour.subscribe()).await
}

/// Accepts calls while it is there at all; when it is gone, so is every connection.
async fn stand(
    at: SocketAddr,
    first: TcpListener,
    router: Router,
    mut behaviour: watch::Receiver<Behaviour>,
) -> Result<(), Failure> {
    let mut listener = Some(first);
    loop {
        let mut connections = JoinSet::new();
        let listening = match listener.take() {
            Some(listener) => listener,
            None => TcpListener::bind(at).await?,
        };
        loop {
            tokio::select! {
                accepted = listening.accept() => {
                    let (stream, _) = accepted?;
                    stream.set_nodelay(true)?;
                    let service = TowerToHyperService::new(router.clone());
                    connections.spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
                }
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                gone = behaviour.wait_for(|now| now.mode == Mode::Gone) => { gone?; break }
            }
        }
        drop(listening);
        connections.shutdown().await;
        behaviour.wait_for(|now| now.mode != Mode::Gone).await?;
    }
}

impl Server {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Behaviour {
        *self.behaviour.borrow()
    }

    /// A pair of tokens of `family`; the refresh token is a new one, or `old` where that stays.
    fn pair(&self, books: &mut Books, family: u64, old: Option<&str>) -> Response {
        let Ok((access, life)) = self.access(books) else { return broken() };
        let jti = books.next;
        let refresh = old.map_or_else(
            || format!("refresh-{family}-{jti}-{:032x}", u128::from(jti).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
            str::to_owned,
        );
        if old.is_none() {
            books.refresh.insert(refresh.clone(), Refresh { family, spent: false, stays: false });
        }
        let reply = serde_json::json!({
            "access_token": access, "refresh_token": refresh, "expires_in": life, "token_type": "Bearer", "scope": "all",
        });
        Json(reply).into_response()
    }

    /// An access token, and how long it lives.
    fn access(&self, books: &mut Books) -> Result<(String, u64), jsonwebtoken::errors::Error> {
        books.next += 1;
        let (jti, life) = (books.next, self.now().life_s);
        let iat = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
        let claims = Claims { sub: "ada@example.com", jti, iat, exp: iat + life };
        let access = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &self.key)?;
        books.access.insert(access.clone(), clock::now() + life * 1_000_000_000);
        Ok((access, life))
    }
}

fn refusal(status: StatusCode, error: &str) -> Response {
    (status, Json(serde_json::json!({ "error": error }))).into_response()
}

fn broken() -> Response {
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "server_error")
}

/// RFC 6749, sections 4.3, 4.4 and 6; also as JSON.
async fn token(State(server): State<Arc<Server>>, headers: HeaderMap, body: String) -> Response {
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let fields: HashMap<String, String> =
        if is_json { serde_json::from_str(&body).unwrap_or_default() } else { url_fields(&body) };
    // A task of its own: a server that has begun does not stop because the client has gone.
    let answer = tokio::spawn(async move { grant(&server, &fields).await });
    answer.await.unwrap_or_else(|_| broken())
}

async fn grant(server: &Server, fields: &HashMap<String, String>) -> Response {
    let kind = fields.get("grant_type").map(String::as_str);
    match (fields.get("refresh_token"), kind) {
        (Some(token), _) => {
            asked(server, |books| {
                let found = books.refresh.get_mut(token)?;
                let old = *found;
                found.spent = !found.stays;
                if old.spent {
                    books.counted.reused += 1;
                    books.dead.push(old.family);
                }
                let alive = !books.dead.contains(&old.family);
                alive.then(|| server.pair(books, old.family, old.stays.then_some(token)))
            })
            .await
        }
        // A client that has a secret and no refresh token, as Entra's.
        (None, Some("client_credentials")) => {
            asked(server, |books| {
                books.next += 1;
                let family = books.next;
                Some(server.pair(books, family, None))
            })
            .await
        }
        (None, Some("password")) => {
            let mut books = server.books();
            books.next += 1;
            let family = books.next;
            let stays = fields.contains_key("rotation_off").then(|| format!("refresh-{family}-stays"));
            if let Some(token) = &stays {
                books.refresh.insert(token.clone(), Refresh { family, spent: false, stays: true });
            }
            server.pair(&mut books, family, stays.as_deref())
        }
        _ => refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type"),
    }
}

/// A refresh: counted, delayed, not answered in an outage; `give` has the tokens, or none for a token that is dead.
async fn asked(server: &Server, give: impl FnOnce(&mut Books) -> Option<Response>) -> Response {
    server.books().counted.asked += 1;
    if let delay @ 1.. = server.now().delay_ms {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    if server.now().mode == Mode::Busy {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable");
    }
    let mut books = server.books();
    let Some(reply) = give(&mut books) else {
        books.counted.refused += 1;
        return refusal(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    books.counted.refreshed += 1;
    books.counted.answered_at = clock::now();
    reply
}

fn url_fields(body: &str) -> HashMap<String, String> {
    url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

async fn call(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    let token =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let mut books = server.books();
    let valid = token.and_then(|token| books.access.get(token)).is_some_and(|until| clock::now() < *until);
    if valid {
        books.counted.served += 1;
        Json(serde_json::json!({ "items": ["one", "two", "three"], "next": null })).into_response()
    } else {
        books.counted.unauthorized += 1;
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")])
            .into_response()
    }
}

async fn behave(State(server): State<Arc<Server>>, Json(behaviour): Json<Behaviour>) {
    server.behaviour.send_replace(behaviour);
}

async fn count(State(server): State<Arc<Server>>) -> Json<Counted> {
    Json(server.books().counted)
}

async fn forget(State(server): State<Arc<Server>>) {
    let mut books = server.books();
    books.counted = Counted::default();
}
