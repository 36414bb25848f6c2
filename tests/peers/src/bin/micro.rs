//! The engine alone, without a server: what a check, a whole call and the release of very many cost in processor time, which a
//! machine that others use, too, does not distort as it does the clock on the wall. For `perf` and `valgrind`, and before and after a change.
//! Not here: other libraries, and the figures of BENCHMARKS.md.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use session_engine::error::TransportError;
use session_engine::memory::{self, MemoryVault};
use session_engine::ports::{Credentials, EndpointError, TokenEndpoint, TokenReply, Transport, VaultEntry};
use session_engine::settings::Settings;
use session_engine::{AccessToken, ApiRequest, RefreshToken, Session, SystemClock};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// A server in the same process: it answers at once, and refreshes when it is told to.
#[derive(Default)]
struct Server(Notify);

#[async_trait]
impl TokenEndpoint for Server {
    async fn sign_in(&self, _: &Credentials) -> Result<TokenReply, EndpointError> {
        Err(EndpointError::Misconfigured("nobody signs in".into()))
    }

    async fn refresh(&self, _: &RefreshToken) -> Result<TokenReply, EndpointError> {
        self.0.notified().await;
        Ok(TokenReply {
            access: AccessToken::new("a-token-of-no-meaning")
                .map_err(|error| EndpointError::Misconfigured(error.to_string()))?,
            refresh: None,
            expires_in: Some(Duration::from_secs(3600)),
            refresh_expires_in: None,
            server_date_ms: None,
            user: None,
        })
    }

    async fn revoke(&self, _: &RefreshToken) -> Result<(), EndpointError> {
        Ok(())
    }
}

#[async_trait]
impl Transport for Server {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        Ok(http::Response::new(Bytes::new()))
    }
}

async fn session(server: &Arc<Server>) -> Result<Session, peers::Failure> {
    let settings = Settings::parse("backend = \"oauth2\"\nbase_url = \"http://127.0.0.1:1/\"")?;
    let profile = Arc::new(settings.server);
    let mut ports = memory::ports(server.clone(), profile.clone(), Arc::new(SystemClock));
    ports.endpoint = server.clone();
    let refresh = RefreshToken::new("another".into())?;
    ports.vault = Arc::new(MemoryVault::holding(VaultEntry { account: "ada".into(), refresh }));
    let session = Session::new(ports, profile, settings.policy);
    session.restore().await;
    Ok(session)
}

/// Processor time of this process, and the time on the wall.
struct Meter(Duration, u64);

impl Meter {
    fn start() -> Self {
        Self(cpu(), peers::clock::now())
    }

    fn read(&self, of: usize, what: &str) {
        let (cpu, wall) = (cpu() - self.0, Duration::from_nanos(peers::clock::now() - self.1));
        let each = |time: Duration| time.as_nanos() / of as u128;
        println!("{what}: {} ns of processor, {} ns on the wall each ({of})", each(cpu), each(wall));
    }
}

fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

async fn release(waiters: usize) -> Result<(), peers::Failure> {
    let server = Arc::new(Server::default());
    let session = session(&server).await?;
    let mut tasks = JoinSet::new();
    for _ in 0..waiters {
        let session = session.clone();
        tasks.spawn(async move { session.authorization().await.is_ok() });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let meter = Meter::start();
    server.0.notify_one();
    let well = tasks.join_all().await.into_iter().all(|well| well);
    meter.read(waiters, "release");
    if well { Ok(()) } else { Err("one had no header".into()) }
}

async fn wake_up(waiters: usize) {
    let said = watch::Sender::new(false);
    let mut tasks = JoinSet::new();
    for _ in 0..waiters {
        let mut hears = said.subscribe();
        tasks.spawn(async move { hears.wait_for(|said| *said).await.is_ok() });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let meter = Meter::start();
    said.send_replace(true);
    tasks.join_all().await;
    meter.read(waiters, "wake-up");
}

async fn fresh(times: usize, whole: bool) -> Result<(), peers::Failure> {
    let server = Arc::new(Server::default());
    let session = session(&server).await?;
    server.0.notify_one();
    session.authorization().await?;
    let meter = Meter::start();
    for _ in 0..times {
        if whole {
            session.call(ApiRequest::get("api/")).await?;
        } else {
            std::hint::black_box(session.authorization().await?);
        }
    }
    meter.read(times, if whole { "call" } else { "check" });
    Ok(())
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), peers::Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [what, times] = words.as_slice() else { return Err("micro release|wake-up|check|call TIMES".into()) };
    let times = times.parse()?;
    match what.as_str() {
        "release" => release(times).await,
        "wake-up" => {
            wake_up(times).await;
            Ok(())
        }
        "check" => fresh(times, false).await,
        "call" => fresh(times, true).await,
        _ => Err("no such thing".into()),
    }
}
