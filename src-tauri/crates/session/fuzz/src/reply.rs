//! P1, P11, P12, R6, R11: whatever a token endpoint answers, its words hold no secret, and its tokens are where it was told.
//! The input: `wire`; the first line is `refresh` or `sign-in`, `json` or `form`, and a status; the second is the secret. In the
//! body `<raw>`, `<json>` and `<form>` stand for the secret as it was sent, `<64k>` for as many letters. Not here: sockets.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures::executor::block_on;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::Value;
use session_engine::error::{TransientKind, TransportError};
use session_engine::ports::{Credentials, EndpointError, ReplyLimit, TokenEndpoint, TokenReply, Transport};
use session_engine::server::{Encoding, LoginRequest, ReplyRule, ServerProfile, TokenPointers, TokenRequest};
use session_engine::{HttpTokenEndpoint, MAX_TOKEN_REPLY_BYTES, RefreshToken};

use super::verdict::{is_dead, is_wrong_password};
use super::wire::Wire;

/// What can become of an input.
pub const ENDS: &[&str] =
    &["unreadable", "tokens", "transient", "definitive", "misconfigured", "cleaned", "too large"];

/// What stands in the place of words that held a secret.
const CLEANED: &str = "the server's words held a secret";

/// As many bytes of a secret in a row are a part of it.
const PART: usize = 12;

/// See the module.
pub fn check(data: &[u8]) -> &'static str {
    let Some(mut wire) = Wire::read(data) else { return "unreadable" };
    let (Some(status), Ok(token)) = (wire.status(), RefreshToken::new(wire.free.to_owned())) else {
        return "unreadable";
    };
    wire.body = filled(&wire.body, wire.free);
    let secret = wire.free.to_owned();
    let refreshes = !wire.words.contains(&"sign-in");
    let encoding = if wire.words.contains(&"form") { Encoding::Form } else { Encoding::Json };
    let server = Arc::new(server(encoding, wire.rejected.clone(), wire.misconfigured.clone()));
    let transport = Arc::new(Canned {
        status,
        headers: wire.headers.clone(),
        body: wire.body.clone(),
        asked: Mutex::default(),
    });
    let endpoint = HttpTokenEndpoint::new(transport.clone(), server);
    let got = if refreshes {
        block_on(endpoint.refresh(&token))
    } else {
        let credentials = Credentials { username: "ada".into(), password: secret.clone().into() };
        block_on(endpoint.sign_in(&credentials))
    };
    assert_eq!(transport.asked.lock().map(|asked| *asked).ok(), Some(1), "one question, one answer");
    let dead = if refreshes {
        is_dead(&wire, status, &wire.body)
    } else {
        is_wrong_password(&wire, status, &wire.body)
    };
    match got {
        Ok(reply) => {
            assert!(status.is_success() && wire.body.len() <= MAX_TOKEN_REPLY_BYTES);
            says_what_the_body_says(&reply, &wire.body);
            "tokens"
        }
        Err(error) => refusal(error, dead, &wire.body, &secret),
    }
}

fn refusal(error: EndpointError, dead: bool, body: &Bytes, secret: &str) -> &'static str {
    if body.len() > MAX_TOKEN_REPLY_BYTES {
        assert!(
            matches!(&error, EndpointError::Transient(why) if why.kind == TransientKind::NotTheApi),
            "more was read than is allowed"
        );
        return "too large"; // said in our own words, whatever the server's were
    }
    let (end, detail) = match error {
        EndpointError::Transient(transient) => ("transient", transient.detail),
        EndpointError::Definitive(reason) => {
            assert!(dead, "a session ended that is not on the list");
            ("definitive", reason.detail)
        }
        EndpointError::Misconfigured(detail) => ("misconfigured", detail),
    };
    if detail == CLEANED {
        return "cleaned";
    }
    for spelled in [secret.to_owned(), as_json(secret), as_form(secret)] {
        let spelled: String = spelled.chars().filter(|c| !c.is_control()).collect();
        let part = spelled.len().min(PART);
        let shown = part > 0
            && detail
                .as_bytes()
                .windows(part)
                .any(|seen| spelled.as_bytes().windows(part).any(|secret| secret == seen));
        assert!(!shown, "{detail:?} shows a part of {spelled:?}");
    }
    end
}

fn says_what_the_body_says(reply: &TokenReply, body: &[u8]) {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let access = json["data"]["access"].as_str().unwrap_or_default();
    assert_eq!(reply.access.header().as_bytes(), format!("Bearer {access}").as_bytes());
    assert!(reply.access.header().is_sensitive() && !access.is_empty());
    let refresh = json["data"]["refresh"].as_str().filter(|token| !token.is_empty());
    assert_eq!(reply.refresh.as_ref().map(RefreshToken::expose), refresh);
    assert!(reply.expires_in.is_none_or(|life| !life.is_zero() && life.as_secs_f64() <= 3.2e9));
    if let Some(user) = &reply.user {
        let said = json["data"]["us/er"].as_object().map(|user| user.keys().map(String::as_str).collect());
        assert_eq!(Some(user.fields().map(|(key, _)| key).collect::<Vec<_>>()), said, "a field is lost");
        for (key, text) in user.fields() {
            let value = serde_json::from_str::<Value>(text).ok();
            assert_eq!(value.as_ref(), json["data"]["us/er"].get(key), "{key:?} is another value");
        }
    } else {
        assert!(!json["data"]["us/er"].is_object(), "the user's fields were overlooked");
    }
}

/// Answers each question with what it was given.
struct Canned {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    asked: Mutex<usize>,
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        assert_eq!(request.method(), Method::POST);
        assert!(request.uri().to_string().starts_with("https://api.example.com/v1/auth/"));
        assert_eq!(request.extensions().get(), Some(&ReplyLimit(MAX_TOKEN_REPLY_BYTES)));
        if let Ok(mut asked) = self.asked.lock() {
            *asked += 1;
        }
        let mut reply = Response::new(self.body.clone());
        *reply.status_mut() = self.status;
        *reply.headers_mut() = self.headers.clone();
        Ok(reply)
    }
}

fn server(encoding: Encoding, rejected: Vec<ReplyRule>, misconfigured: Vec<ReplyRule>) -> ServerProfile {
    let request = |path: &str| TokenRequest {
        path: path.into(),
        encoding,
        token_field: "refresh".into(),
        ..TokenRequest::default()
    };
    ServerProfile {
        base: url::Url::parse("https://api.example.com/v1/").unwrap_or_else(|why| panic!("{why}")),
        login: Some(LoginRequest {
            path: "auth/login".into(),
            encoding,
            username_field: "username".into(),
            password_field: "password".into(),
            wrong_credentials: rejected.clone(),
            ..LoginRequest::default()
        }),
        refresh: request("auth/refresh"),
        logout: None,
        tokens: TokenPointers {
            access: "/data/access".into(),
            refresh: "/data/refresh".into(),
            expires_in: "/data/expires_in".into(),
            user: "/data/us~1er".into(),
            ..TokenPointers::default()
        },
        rejected,
        misconfigured,
    }
}

/// The body with the secret in it, as a server would echo it.
fn filled(body: &Bytes, secret: &str) -> Bytes {
    let Ok(text) = std::str::from_utf8(body) else { return body.clone() };
    let escaped = |text: &str| as_json(text); // it stands in a JSON text once more
    let text = text
        .replace("<raw>", &escaped(secret))
        .replace("<json>", &escaped(&as_json(secret)))
        .replace("<form>", &escaped(&as_form(secret)))
        .replacen("<64k>", &"a".repeat(MAX_TOKEN_REPLY_BYTES), 1);
    Bytes::from(text)
}

fn as_json(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn as_form(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
