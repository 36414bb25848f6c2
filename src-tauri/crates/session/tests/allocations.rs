//! What asking for a fresh token's header costs: no allocation (R1); and a whole call: four, two looks at the clocks, and what it holds while it is
//! away. A program of its own, as its allocator counts.
//! Not here: how long it takes, which `npm run bench` measures.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers outside of #[test] functions")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use allocation_counter::measure;
use async_trait::async_trait;
use session_engine::error::TransportError;
use session_engine::ports::{Clock, Credentials, EndpointError, TokenEndpoint, TokenReply, Transport};
use session_engine::settings::Settings;
use session_engine::{
    AccessToken, ApiRequest, Authorization, HttpTransport, Moment, RefreshToken, Session, SystemClock, memory,
};

/// A server in the same process: tokens of an hour, and an empty reply to every call.
struct Server;

#[async_trait]
impl TokenEndpoint for Server {
    async fn sign_in(&self, _: &Credentials) -> Result<TokenReply, EndpointError> {
        Ok(TokenReply {
            access: AccessToken::new("a-token-of-no-meaning").unwrap(),
            refresh: Some(RefreshToken::new("another".into()).unwrap()),
            expires_in: Some(Duration::from_secs(3600)),
            refresh_expires_in: None,
            server_date_ms: None,
            user: None,
        })
    }

    async fn refresh(&self, _: &RefreshToken) -> Result<TokenReply, EndpointError> {
        panic!("the token is fresh")
    }

    async fn revoke(&self, _: &RefreshToken) -> Result<(), EndpointError> {
        Ok(())
    }
}

#[async_trait]
impl Transport for Server {
    async fn send(
        &self,
        _: http::Request<bytes::Bytes>,
    ) -> Result<http::Response<bytes::Bytes>, TransportError> {
        Ok(http::Response::new(bytes::Bytes::new()))
    }
}

/// The machine's clocks, and how often they were looked at.
#[derive(Default)]
struct Counted(AtomicUsize);

#[async_trait]
impl Clock for Counted {
    fn now(&self) -> Moment {
        self.0.fetch_add(1, Ordering::Relaxed);
        SystemClock.now()
    }

    async fn sleep(&self, duration: Duration) {
        SystemClock.sleep(duration).await;
    }
}

async fn signed_in() -> Session {
    signed_in_by(Arc::new(SystemClock)).await
}

async fn signed_in_by(clock: Arc<dyn Clock>) -> Session {
    let settings = Settings::parse("backend = \"oauth2\"\nbase_url = \"http://127.0.0.1:1/\"").unwrap();
    let mut ports = memory::ports(Arc::new(Server), Arc::new(settings.server.clone()), clock);
    ports.endpoint = Arc::new(Server);
    let session = Session::new(ports, Arc::new(settings.server), settings.policy);
    session.sign_in(Credentials { username: "ada".into(), password: "x".to_owned().into() }).await.unwrap();
    session
}

/// Asks without a runtime: a header that is there is given at the first poll.
fn ask(session: &Session) -> Authorization {
    let asked = std::pin::pin!(session.authorization());
    match asked.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(given) => given.unwrap(),
        Poll::Pending => panic!("a fresh token's header is not waited for"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r1_a_fresh_tokens_header_costs_no_allocation_on_any_thread_and_neither_does_dropping_it() {
    let session = signed_in().await;
    std::thread::scope(|threads| {
        for _ in 0..6 {
            threads.spawn(|| {
                ask(&session); // each thread makes a place of its own for what it looks at, once
                let cost = measure(|| (0..1_000).for_each(|_| drop(ask(&session))));
                assert_eq!((cost.count_total, cost.bytes_total), (0, 0));
            });
        }
    });
}

/// So that the claim above cannot hold because nothing is counted.
#[tokio::test]
async fn what_allocates_is_counted() {
    let session = signed_in().await;
    assert!(measure(|| drop(session.status())).count_total > 0);
    let mut cost = None;
    let call = session.call(ApiRequest::get("api/"));
    let mut call = std::pin::pin!(call);
    let polled = measure(|| cost = Some(call.as_mut().poll(&mut Context::from_waker(Waker::noop()))));
    assert!(matches!(cost, Some(Poll::Ready(Ok(_)))) && polled.count_total > 0);
    println!("a whole call: {} allocations, {} bytes", polled.count_total, polled.bytes_total);
}

/// The address behind the base, the two halves of a map of headers, and the path as the events share it. No copy of the token, no
/// address read by a parser, none for a header, a lock or a clock.
const OF_A_CALL: u64 = 4;

#[tokio::test]
async fn r1_a_whole_call_with_a_fresh_token_allocates_four_times_beside_its_transport() {
    let session = signed_in().await;
    let call = |path: &str| {
        let request = ApiRequest::get(path);
        let mut call = Box::pin(session.call(request));
        let mut outcome = None;
        let cost = measure(|| {
            outcome = Some(call.as_mut().poll(&mut Context::from_waker(Waker::noop())));
        });
        assert!(matches!(outcome, Some(Poll::Ready(Ok(reply))) if reply.response.status() == 200));
        cost.count_total
    };
    let transport = measure(|| {
        let sent = Server.send_watched(http::Request::default(), &|_| {});
        let polled = std::pin::pin!(sent).poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Ready(Ok(_))));
    });
    for _ in 0..600 {
        call("api/"); // until the black box is full, and each part of it as large as it gets
    }
    for path in
        ["api/", "api/v1/notes/?page=2&sort=name", "a/much/longer/path/than/any/other/of/these/tests/has/it/"]
    {
        assert_eq!(call(path) - transport.count_total, OF_A_CALL, "{path}");
    }
}

/// What a call holds while it is away, in bytes, at most: its request once, and a way to a token.
const HELD_BY_A_CALL: usize = 1_152;

/// What the transport over reqwest holds beside, in bytes, at most: no request.
const HELD_BY_THE_TRANSPORT: u64 = 768;

#[tokio::test]
async fn a_call_that_is_away_holds_less_than_two_kibibytes_of_its_own() {
    let session = signed_in().await;
    let held = size_of_val(&session.call(ApiRequest::get("api/")));
    assert!(held <= HELD_BY_A_CALL, "{held}");
    let base = url::Url::parse("http://127.0.0.1:1/").unwrap();
    let transport = HttpTransport::new(&base).unwrap();
    let mut held = 0;
    let request = http::Request::get("http://127.0.0.1:1/api/").body(bytes::Bytes::new()).unwrap();
    let cost = measure(|| {
        let sent = transport.send_watched(request, &|_| {});
        held = size_of_val(&*sent);
        drop(sent);
    });
    assert_eq!(
        (cost.count_total, cost.bytes_total),
        (1, held as u64),
        "one box, and nothing before it is polled"
    );
    assert!(cost.bytes_total <= HELD_BY_THE_TRANSPORT, "{held}");
}

#[tokio::test]
async fn r1_a_whole_call_with_a_fresh_token_looks_at_the_clocks_twice() {
    let clock = Arc::new(Counted::default());
    let session = signed_in_by(clock.clone()).await;
    let before = clock.0.load(Ordering::Relaxed);
    session.call(ApiRequest::get("api/")).await.unwrap();
    assert_eq!(clock.0.load(Ordering::Relaxed) - before, 2);
}
