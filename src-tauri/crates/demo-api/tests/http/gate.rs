//! Who gets an answer, and that there is always one (P10, P11).
//! Not here: sign-in.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{Server, refusal};

// P10: a page whose own name was made to resolve to 127.0.0.1.
#[tokio::test]
async fn a_request_for_another_host_is_misdirected() {
    let server = Server::start().await;
    let port = server.address.port();
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", &format!("evil.example:{port}")] {
        let request = server.client.get(server.url("/api/me/")).header("host", host);
        assert_eq!(refusal(request.send().await.unwrap()).await.0, 421, "{host}");
    }
    let localhost = format!("LOCALHOST:{port}");
    let request = server.client.get(server.url("/api/me/")).header("host", localhost);
    assert_eq!(refusal(request.send().await.unwrap()).await.0, 401);
}

#[tokio::test]
async fn no_host_two_hosts_and_a_foreign_target_are_misdirected() {
    let server = Server::start().await;
    let ours = server.address;
    for head in [
        "GET /api/me/ HTTP/1.1\r\n".to_owned(),
        format!("GET /api/me/ HTTP/1.1\r\nHost: {ours}\r\nHost: {ours}\r\n"),
        format!("GET http://evil.example/api/me/ HTTP/1.1\r\nHost: {ours}\r\n"),
    ] {
        let answer = raw(&server, &format!("{head}Connection: close\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 421 "), "{head} got {answer}");
    }
}

// P10
#[tokio::test]
async fn a_web_page_gets_nothing_and_no_cors_header() {
    let server = Server::start().await;
    for origin in ["https://evil.example", "null", &server.url("")] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            let request = server.client.request(method, server.url("/api/token/")).header("origin", origin);
            let answer = request.header("access-control-request-method", "POST").send().await.unwrap();
            assert!(!answer.headers().keys().any(|name| name.as_str().starts_with("access-control")));
            assert_eq!(refusal(answer).await.0, 403);
        }
    }
}

// P10
#[tokio::test]
async fn the_fault_switches_have_no_address() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    let before = server.handle.faults();
    for path in
        ["/", "/faults", "/api/faults/", "/api/fault/offline/", "/api/demo/", "/admin/", "/api/counts/"]
    {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            let answer = server.call(method, path, &pair.access).await;
            assert_eq!(refusal(answer).await, (404, json!({ "detail": "Not found." })), "{path}");
        }
    }
    assert_eq!(server.handle.faults(), before);
}

// P11
#[tokio::test]
async fn bodies_that_are_too_large_or_no_json_are_refused_in_json() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    let post = |body: Vec<u8>, media: &'static str| {
        let request = server.client.post(server.url("/api/notes/")).bearer_auth(&pair.access);
        async move { refusal(request.header("content-type", media).body(body).send().await.unwrap()).await.0 }
    };
    let large = |size: usize| json!({ "text": "x".repeat(size) }).to_string().into_bytes();
    assert_eq!(post(large(1024 * 1024), "application/json").await, 413);
    assert_eq!(post(large(4 * 1024 * 1024), "application/json").await, 413);
    assert_eq!(post(large(10), "text/plain").await, 415);
    assert_eq!(post(b"{\"text\":".to_vec(), "application/json").await, 400);
    assert_eq!(post(b"[1]".to_vec(), "application/json").await, 400);
    assert_eq!(post("[".repeat(500_000).into_bytes(), "application/json").await, 400);
    assert_eq!(post(large(1024 * 1000), "application/json; charset=utf-8").await, 201);
}

#[tokio::test]
async fn a_wrong_method_is_refused_in_json() {
    let server = Server::start().await;
    let answer = server.call(Method::DELETE, "/api/token/", "").await;
    assert_eq!(refusal(answer).await, (405, json!({ "detail": "Method \"DELETE\" not allowed." })));
}

#[tokio::test]
async fn the_shutdown_does_not_wait_for_idle_or_half_heard_connections() {
    let server = Server::start().await;
    server.sign_in().await;
    let _silent = TcpStream::connect(server.address).await.unwrap();
    let mut half = TcpStream::connect(server.address).await.unwrap();
    half.write_all(b"POST /api/token/ HTTP/1.1\r\nContent-Le").await.unwrap();
    let address = server.address;
    timeout(Duration::from_millis(1_500), server.stop()).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn the_shutdown_lets_a_request_in_progress_end() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    server.handle.set_latency(Duration::from_millis(300));
    let request = server.client.get(server.url("/api/me/")).bearer_auth(&pair.access);
    let asking = tokio::spawn(async move { request.send().await.unwrap().status() });
    while server.handle.counts().api_calls == 0 {
        tokio::task::yield_now().await;
    }
    server.stop().await;
    assert_eq!(asking.await.unwrap(), 200);
}

#[tokio::test]
async fn the_shutdown_cuts_a_request_that_takes_too_long() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    server.handle.set_latency(Duration::from_secs(60));
    let request = server.client.get(server.url("/api/me/")).bearer_auth(&pair.access);
    let asking = tokio::spawn(request.send());
    while server.handle.counts().api_calls == 0 {
        tokio::task::yield_now().await;
    }
    timeout(Duration::from_secs(4), server.stop()).await.unwrap();
    assert!(asking.await.unwrap().is_err());
}

async fn raw(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
