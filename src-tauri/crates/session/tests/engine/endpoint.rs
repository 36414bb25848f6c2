//! The token endpoint over a transport: what it sends, and what of the server's words it lets through (P1).

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use session_engine::error::TransportError;
use session_engine::ports::{Credentials, EndpointError, TokenEndpoint, Transport};
use session_engine::{HttpTokenEndpoint, RefreshToken};

use crate::world::server_profile;

/// Answers each request with what it was given, and keeps the request.
struct Canned {
    status: u16,
    body: String,
    asked: Mutex<Vec<String>>,
}

impl Canned {
    fn endpoint(status: u16, body: String) -> (Arc<Self>, HttpTokenEndpoint) {
        let canned = Arc::new(Self { status, body, asked: Mutex::default() });
        let endpoint = HttpTokenEndpoint::new(canned.clone(), Arc::new(server_profile()));
        (canned, endpoint)
    }
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let (head, body) = request.into_parts();
        self.asked.lock().unwrap().push(format!("{} {}", head.uri, String::from_utf8_lossy(&body)));
        Ok(Response::builder().status(self.status).body(Bytes::from(self.body.clone())).unwrap())
    }
}

#[tokio::test]
async fn p1_a_server_that_echoes_a_token_longer_than_what_is_shown_of_its_words_leaks_no_part_of_it() {
    let secret: String = (0..400).map(|n| format!("{:x}", n * 7919 % 16)).collect();
    for (status, code) in [(401, "token_not_valid"), (400, "bad_request")] {
        let echo = format!(r#"{{"code":"{code}","detail":"This token is not good: {secret}"}}"#);
        let (_, endpoint) = Canned::endpoint(status, echo);
        let error = endpoint.refresh(&RefreshToken::new(secret.clone()).unwrap()).await.err().unwrap();
        let shown = format!("{error:?}");
        assert!(
            !secret.as_bytes().windows(12).any(|part| shown.contains(std::str::from_utf8(part).unwrap())),
            "{shown}"
        );
        assert_eq!(status == 401, matches!(error, EndpointError::Definitive(_)));
    }
}

#[tokio::test]
async fn p1_a_server_that_echoes_a_password_does_not_have_it_shown() {
    let (canned, endpoint) = Canned::endpoint(400, r#"{"detail":"no: hunter2"}"#.into());
    let credentials = Credentials { username: "ada".into(), password: "hunter2".into() };
    let error = endpoint.sign_in(&credentials).await.err().unwrap();
    assert!(!format!("{error:?}").contains("hunter2"));
    assert_eq!(
        *canned.asked.lock().unwrap(),
        [r#"http://127.0.0.1:8000/token/ {"username":"ada","password":"hunter2"}"#]
    );
}

#[tokio::test]
async fn p1_a_server_that_echoes_the_body_it_was_sent_does_not_have_the_password_shown_in_that_spelling() {
    for (password, echo) in [
        (r#"hun"ter\2"#, r#"no: {\"password\":\"hun\\\"ter\\\\2\"}"#),
        ("hunt&r =2", "no: password=hunt%26r+%3D2"),
        ("hun\tter2", r"no: hun\tter2"),
    ] {
        let (_, endpoint) = Canned::endpoint(400, format!(r#"{{"detail":"{echo}"}}"#));
        let credentials = Credentials { username: "ada".into(), password: password.into() };
        let error = endpoint.sign_in(&credentials).await.err().unwrap();
        assert_eq!(error, EndpointError::Misconfigured("the server's words held a secret".into()), "{echo}");
    }
}
