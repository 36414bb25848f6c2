//! The engine's examples, run as they stand against the demo server: they stay signed in, which is what they are for.
//! Not here: that each preset has one (the engine's own tests), and real servers (`interop.rs`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers outside of #[test] functions; a failure there is a failed test"
)]

use std::net::Ipv4Addr;
use std::time::Duration;

use demo_api::{Demo, Fault, Handle};
use session_engine::error::{CallError, SignInError};
use session_engine::ports::Credentials;
use session_engine::{Session, SessionState};
use tokio::net::TcpListener;

#[expect(dead_code, reason = "its `main` is for a terminal")]
#[path = "../src-tauri/crates/session/examples/demo.rs"]
mod demo;
#[expect(dead_code, reason = "its `main` is for a terminal")]
#[path = "../src-tauri/crates/session/examples/simplejwt.rs"]
mod simplejwt;

/// A demo server, and its address.
async fn server() -> (Handle, String) {
    let demo = Demo::in_memory().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(demo.run(listener, std::future::pending()));
    (demo.handle(), base)
}

async fn sign_in(session: &Session, password: &str) -> Result<(), SignInError> {
    let username = "ada@example.com".to_owned();
    session.sign_in(Credentials { username, password: password.into() }).await
}

/// R2, R7: a token that is due, then one that the server refuses; the program sees neither.
#[tokio::test(flavor = "multi_thread")]
async fn r2_r7_the_demo_example_stays_signed_in_while_its_tokens_end() {
    let (server, base) = server().await;
    server.set_login_age(Duration::from_secs(25 * 60)); // five of thirty minutes are left
    let session = demo::open(&base).unwrap();
    assert_eq!(sign_in(&session, "wrong").await, Err(SignInError::WrongCredentials));
    sign_in(&session, "analytical-engine").await.unwrap();
    assert!(demo::look(&session).await.unwrap().starts_with("200 OK"));
    assert_eq!(session.counters().refreshes, 1, "due before the first call");
    assert!(demo::look(&session).await.unwrap().starts_with("200 OK"));
    assert_eq!(session.counters().refreshes, 1, "fresh");
    server.set_fault(Fault::ExpireAccess, true);
    assert!(demo::look(&session).await.unwrap().starts_with("200 OK"));
    assert_eq!(session.counters().refreshes, 2, "refused, refreshed, sent again");
}

/// R5, R6: no network is no reason to end; a dead refresh token is.
#[tokio::test(flavor = "multi_thread")]
async fn r5_r6_the_demo_example_outlasts_an_outage_and_ends_with_a_dead_token() {
    let (server, base) = server().await;
    let session = demo::open(&base).unwrap();
    sign_in(&session, "analytical-engine").await.unwrap();
    server.set_fault(Fault::Offline, true);
    assert!(demo::look(&session).await.unwrap().starts_with("not now: "));
    server.set_fault(Fault::Offline, false);
    let back = async {
        while !demo::look(&session).await.unwrap().starts_with("200 OK") {
            tokio::time::sleep(Duration::from_millis(20)).await; // until the port is open again
        }
    };
    tokio::time::timeout(Duration::from_secs(30), back).await.expect("the server came back");
    server.set_fault(Fault::RevokeRefresh, true);
    server.set_fault(Fault::ExpireAccess, true);
    let over = demo::look(&session).await.unwrap_err();
    assert!(matches!(over, CallError::SessionExpired(_)), "{over}");
    assert_eq!(session.status().state, SessionState::Expired);
}

/// R3: the twenty calls of the example share one refresh, by the program's count and by the server's.
#[tokio::test(flavor = "multi_thread")]
async fn r3_the_simplejwt_examples_twenty_calls_share_one_refresh() {
    let (server, base) = server().await;
    server.set_login_age(Duration::from_secs(25 * 60));
    server.set_refresh_delay(Duration::from_millis(500)); // all twenty are there before it lands
    let session = simplejwt::open(&base).unwrap();
    sign_in(&session, "analytical-engine").await.unwrap();
    let said = simplejwt::look(&session).await.unwrap();
    assert_eq!(said, "20 of 20 answered; 1 refreshes so far, shared 19 times");
    let asked =
        server.request_log().iter().filter(|request| request.path.ends_with("token/refresh/")).count();
    assert_eq!(asked, 1);
}
