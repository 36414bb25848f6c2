//! The token endpoint of a `ServerProfile`, over any `Transport`: builds the requests, reads the replies.
//! Not here: what a status or a body means (`verdict`), and when to ask (`refresh`).

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, DATE};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use secrecy::ExposeSecret;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::confine;
use crate::error::{ReplyError, Transient, TransientKind, TransportError, TransportErrorKind};
use crate::ports::{Credentials, EndpointError, ReplyLimit, TokenEndpoint, TokenReply, Transport};
use crate::profile::Profile;
use crate::server::{Encoding, ServerProfile, TokenPointers};
use crate::sync::Arc;
use crate::token::{AccessToken, RefreshToken};
use crate::verdict::{self, Verdict};

/// The longest reply of a token endpoint that is read, in bytes (P11).
pub const MAX_TOKEN_REPLY_BYTES: usize = 64 * 1024;

/// As many bytes of a secret in a row are taken for a part of it (P1).
const SHORTEST_PART: usize = 12;

/// Asks a real server for tokens, in the server's own way.
pub struct HttpTokenEndpoint {
    transport: Arc<dyn Transport>,
    server: Arc<ServerProfile>,
}

impl HttpTokenEndpoint {
    /// Asks `server` through `transport`.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, server: Arc<ServerProfile>) -> Self {
        Self { transport, server }
    }

    async fn post(
        &self,
        path: &str,
        encoding: Encoding,
        fields: &Map<String, Value>,
    ) -> Result<Response<Bytes>, EndpointError> {
        let url = confine::join(&self.server.base, path).map_err(|why| {
            EndpointError::Misconfigured(format!("the path {path:?} cannot be used: {why}"))
        })?;
        let (kind, body) = match encoding {
            Encoding::Json => ("application/json", serde_json::to_vec(fields).unwrap_or_default()),
            Encoding::Form => ("application/x-www-form-urlencoded", form(fields).into_bytes()),
        };
        let request = Request::builder()
            .method(Method::POST)
            .uri(url.as_str())
            .header(CONTENT_TYPE, kind)
            .header(ACCEPT, "application/json")
            .extension(ReplyLimit(MAX_TOKEN_REPLY_BYTES))
            .body(Bytes::from(body))
            .map_err(|_| EndpointError::Misconfigured(format!("the path {path:?} cannot be used")))?;
        let reply =
            self.transport.send(request).await.map_err(|error| EndpointError::Transient(error.into()))?;
        if reply.body().len() > MAX_TOKEN_REPLY_BYTES {
            let detail =
                format!("The reply is larger than {MAX_TOKEN_REPLY_BYTES} bytes; this is not the API.");
            return Err(EndpointError::Transient(Transient::new(TransientKind::NotTheApi, detail)));
        }
        Ok(reply)
    }
}

#[async_trait]
impl TokenEndpoint for HttpTokenEndpoint {
    async fn sign_in(&self, credentials: &Credentials) -> Result<TokenReply, EndpointError> {
        let login = &self.server.login;
        let mut fields = login.extra.clone();
        fields.insert(login.username_field.clone(), credentials.username.clone().into());
        fields.insert(login.password_field.clone(), credentials.password.expose_secret().into());
        let reply = self.post(&login.path, login.encoding, &fields).await?;
        let verdict = verdict::of_sign_in(reply.status(), reply.headers(), reply.body());
        tokens(verdict, &reply, &self.server.tokens)
            .map_err(|error| error.without(credentials.password.expose_secret()))
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<TokenReply, EndpointError> {
        let refresh = &self.server.refresh;
        let mut fields = refresh.extra.clone();
        fields.insert(refresh.token_field.clone(), token.expose().into());
        let reply = self.post(&refresh.path, refresh.encoding, &fields).await?;
        let verdict =
            verdict::of_refresh(reply.status(), reply.headers(), reply.body(), &self.server.rejected);
        tokens(verdict, &reply, &self.server.tokens).map_err(|error| error.without(token.expose()))
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), EndpointError> {
        let Some(logout) = &self.server.logout else { return Ok(()) };
        let mut fields = logout.extra.clone();
        fields.insert(logout.token_field.clone(), token.expose().into());
        let reply = self.post(&logout.path, logout.encoding, &fields).await?;
        match reply.status() {
            status if status.is_success() => Ok(()),
            StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST => Ok(()), // dead already, which is what was wanted
            status => Err(EndpointError::Misconfigured(format!("status {}", status.as_u16()))),
        }
    }
}

impl EndpointError {
    /// A server may echo what it was sent; no secret, and no part of one, goes further (P1).
    fn without(self, secret: &str) -> Self {
        let clean = |text: String| {
            if holds_part_of(&text, secret) { "the server's words held a secret".to_owned() } else { text }
        };
        match self {
            Self::Transient(transient) => {
                Self::Transient(Transient { detail: clean(transient.detail), ..transient })
            }
            Self::Definitive(reason) => {
                Self::Definitive(crate::error::ExpiryReason { detail: clean(reason.detail), ..reason })
            }
            Self::Misconfigured(detail) => Self::Misconfigured(clean(detail)),
        }
    }
}

/// Whether the text holds the secret, in any spelling it was sent in, or as much of it as a cut text may still show.
fn holds_part_of(text: &str, secret: &str) -> bool {
    let json = Value::from(secret).to_string();
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    [secret, json.get(1..json.len() - 1).unwrap_or_default(), &form].into_iter().any(|spelled| {
        let spelled: String = spelled.chars().filter(|c| !c.is_control()).collect(); // as the server's words are shown
        let part = spelled.len().min(SHORTEST_PART);
        part > 0
            && text
                .as_bytes()
                .windows(part)
                .any(|seen| spelled.as_bytes().windows(part).any(|secret| secret == seen))
    })
}

impl From<TransportError> for Transient {
    fn from(error: TransportError) -> Self {
        let kind = match error.kind {
            TransportErrorKind::NotSent => TransientKind::Offline,
            TransportErrorKind::NoAnswer => TransientKind::NoAnswer,
            TransportErrorKind::ConnectionLost => TransientKind::ConnectionLost,
            TransportErrorKind::ReplyTooLarge(_) => TransientKind::NotTheApi,
        };
        Transient::new(kind, error.detail)
    }
}

fn tokens(
    verdict: Verdict,
    reply: &Response<Bytes>,
    pointers: &TokenPointers,
) -> Result<TokenReply, EndpointError> {
    match verdict {
        Verdict::Success(json) => read_tokens(&json, reply, pointers)
            .map_err(|error| EndpointError::Misconfigured(error.to_string())),
        Verdict::Transient(transient) => Err(EndpointError::Transient(transient)),
        Verdict::Definitive(reason) => Err(EndpointError::Definitive(reason)),
        Verdict::Misconfigured(detail) => Err(EndpointError::Misconfigured(detail)),
    }
}

fn read_tokens(
    json: &Value,
    reply: &Response<Bytes>,
    pointers: &TokenPointers,
) -> Result<TokenReply, ReplyError> {
    let access = json.pointer(&pointers.access).and_then(Value::as_str).ok_or(ReplyError::NoAccessToken)?;
    let refresh = json.pointer(&pointers.refresh).and_then(Value::as_str).filter(|token| !token.is_empty());
    Ok(TokenReply {
        access: AccessToken::new(access)?,
        refresh: refresh.map(|token| RefreshToken::new(token.to_owned())).transpose()?,
        expires_in: json.pointer(&pointers.expires_in).and_then(seconds),
        server_date_ms: server_date_ms(reply.headers()),
        user: user(reply.body(), &pointers.user),
    })
}

/// `expires_in` (RFC 6749 section 5.1), also as a fraction or a string, as some servers send it; at most a hundred years.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    (seconds.is_finite() && seconds > 0.0).then(|| Duration::from_secs_f64(seconds.min(3.2e9)))
}

/// The reply's `Date` (RFC 9110 section 6.6.1), Unix milliseconds.
pub(crate) fn server_date_ms(headers: &HeaderMap) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    i64::try_from(date.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// The user's fields, read from the reply's text so that their values stay exact (R11).
fn user(body: &[u8], pointer: &str) -> Option<Profile> {
    let mut text: &RawValue = serde_json::from_slice(body).ok()?;
    for key in pointer.split('/').skip(1) {
        let key = key.replace("~1", "/").replace("~0", "~");
        let object: std::collections::HashMap<String, &RawValue> = serde_json::from_str(text.get()).ok()?;
        text = object.get(&key)?;
    }
    (!pointer.is_empty()).then(|| Profile::parse(text.get()).ok()).flatten()
}

fn form(fields: &Map<String, Value>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (key, value) in fields {
        form.append_pair(key, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    form.finish()
}
