//! The token endpoint of a `ServerProfile`, over any `Transport`: builds the requests, reads the replies.
//! Not here: what a status or a body means (`verdict`), and when to ask (`refresh`).

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use secrecy::ExposeSecret;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::confine;
use crate::error::{ReplyError, Transient, TransientKind, TransportError, TransportErrorKind};
use crate::ports::{Credentials, EndpointError, ReplyLimit, TokenEndpoint, TokenReply, Transport};
use crate::profile::Profile;
use crate::server::{
    Encoding, ExpiresUnit, Pointers, SendAs, ServerProfile, TokenMethod, TokenPointers, TokenRequest,
};
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

    /// Sends fields, and a token in the header where one is given there. A token alone needs no body.
    async fn send(
        &self,
        method: Method,
        path: &str,
        encoding: Encoding,
        fields: &Map<String, Value>,
        bearer: Option<HeaderValue>,
    ) -> Result<Response<Bytes>, EndpointError> {
        let url = confine::join(&self.server.base, path).map_err(|why| {
            EndpointError::Misconfigured(format!("the path {path:?} cannot be used: {why}"))
        })?;
        let (kind, body) = match encoding {
            Encoding::Json => ("application/json", serde_json::to_vec(fields).unwrap_or_default()),
            Encoding::Form => ("application/x-www-form-urlencoded", form(fields).into_bytes()),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(ACCEPT, "application/json")
            .extension(ReplyLimit(MAX_TOKEN_REPLY_BYTES));
        let is_empty = fields.is_empty() && bearer.is_some();
        if !is_empty {
            request = request.header(CONTENT_TYPE, kind);
        }
        if let Some(bearer) = bearer {
            request = request.header(AUTHORIZATION, bearer);
        }
        let request = request
            .body(if is_empty { Bytes::new() } else { Bytes::from(body) })
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

    /// Sends a request that carries `token` in the way it is written.
    async fn send_token(
        &self,
        request: &TokenRequest,
        token: &RefreshToken,
    ) -> Result<Response<Bytes>, EndpointError> {
        let mut fields = request.extra.clone();
        let bearer = match request.send {
            SendAs::Field => {
                put(&mut fields, request.encoding, &request.token_field, token.expose());
                None
            }
            SendAs::Bearer => Some(bearer(token)?),
            SendAs::Access => Some(self.refresh(token).await?.access.header().clone()),
        };
        let method = match request.method {
            TokenMethod::Post => Method::POST,
            TokenMethod::Put => Method::PUT,
            TokenMethod::Delete => Method::DELETE,
        };
        self.send(method, &request.path, request.encoding, &fields, bearer).await
    }
}

/// A header with the refresh token, marked as secret.
fn bearer(token: &RefreshToken) -> Result<HeaderValue, EndpointError> {
    let header = HeaderValue::try_from(format!("Bearer {}", token.expose()));
    let mut header = header.map_err(|_| {
        EndpointError::Misconfigured("the server's refresh token cannot be sent in a header".into())
    })?;
    header.set_sensitive(true);
    Ok(header)
}

/// Puts a value into the field of this name, or, in JSON and with a slash in front, at this place.
fn put(fields: &mut Map<String, Value>, encoding: Encoding, field: &str, value: &str) {
    let place = field.strip_prefix('/').filter(|_| encoding == Encoding::Json);
    match place.and_then(|place| place.split_once('/')) {
        Some((outer, inner)) => {
            let under = fields.entry(outer).or_insert_with(|| Map::new().into());
            if !under.is_object() {
                *under = Map::new().into();
            }
            if let Value::Object(under) = under {
                put(under, encoding, &format!("/{inner}"), value);
            }
        }
        None => {
            fields.insert(place.unwrap_or(field).to_owned(), value.into());
        }
    }
}

#[async_trait]
impl TokenEndpoint for HttpTokenEndpoint {
    async fn sign_in(&self, credentials: &Credentials) -> Result<TokenReply, EndpointError> {
        let Some(login) = &self.server.login else {
            return Err(EndpointError::Misconfigured(
                "the settings name no [login]: signing in is done elsewhere".into(),
            ));
        };
        let password = credentials.password.expose_secret();
        let mut fields = login.extra.clone();
        put(&mut fields, login.encoding, &login.username_field, &credentials.username);
        put(&mut fields, login.encoding, &login.password_field, password);
        let reply = self.send(Method::POST, &login.path, login.encoding, &fields, None).await?;
        let (status, headers) = (reply.status(), reply.headers());
        let (wrong, misconfigured) = (&login.wrong_credentials, &self.server.misconfigured);
        let verdict = verdict::of_sign_in(status, headers, reply.body(), wrong, misconfigured);
        tokens(verdict, &reply, &self.server.tokens).map_err(|error| error.without(password))
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<TokenReply, EndpointError> {
        let request = &self.server.refresh;
        if request.send == SendAs::Access {
            return Err(EndpointError::Misconfigured("a refresh cannot be sent with an access token".into()));
        }
        let reply = self.send_token(request, token).await?;
        let (status, headers) = (reply.status(), reply.headers());
        let (rejected, misconfigured) = (&self.server.rejected, &self.server.misconfigured);
        let verdict = verdict::of_refresh(status, headers, reply.body(), rejected, misconfigured);
        tokens(verdict, &reply, &self.server.tokens).map_err(|error| error.without(token.expose()))
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), EndpointError> {
        let Some(logout) = &self.server.logout else { return Ok(()) };
        let reply = match self.send_token(logout, token).await {
            Err(EndpointError::Definitive(_)) => return Ok(()), // dead already, which is what was wanted
            reply => reply?,
        };
        match reply.status() {
            status if status.is_success() => Ok(()),
            StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST => Ok(()), // the same
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
    let text =
        |pointers: &Pointers| pointers.first(json, |found| found.as_str().filter(|text| !text.is_empty()));
    let life = |place: &Pointers| place.first(json, |found| time(found, pointers.expires_unit));
    let access = text(&pointers.access).ok_or(ReplyError::NoAccessToken)?;
    Ok(TokenReply {
        access: AccessToken::new(access)?,
        refresh: text(&pointers.refresh).map(|token| RefreshToken::new(token.to_owned())).transpose()?,
        expires_in: life(&pointers.expires_in),
        refresh_expires_in: life(&pointers.refresh_expires_in),
        server_date_ms: server_date_ms(reply.headers()),
        user: user(reply.body(), &pointers.user),
    })
}

/// `expires_in` (RFC 6749 section 5.1), also as a fraction or a string, as some servers send it; at most a hundred years.
fn time(value: &Value, unit: ExpiresUnit) -> Option<Duration> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    let seconds = match unit {
        ExpiresUnit::Seconds => number,
        ExpiresUnit::Milliseconds => number / 1000.0,
    };
    (seconds.is_finite() && seconds > 0.0).then(|| Duration::from_secs_f64(seconds.min(3.2e9)))
}

/// The reply's `Date` (RFC 9110 section 6.6.1), Unix milliseconds.
pub(crate) fn server_date_ms(headers: &HeaderMap) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    i64::try_from(date.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// The user's fields, read from the reply's text so that their values stay exact (R11).
fn user(body: &[u8], pointers: &Pointers) -> Option<Profile> {
    let text: &RawValue = serde_json::from_slice(body).ok()?;
    pointers.first_in_text(text, |found| Profile::parse(found).ok())
}

fn form(fields: &Map<String, Value>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (key, value) in fields {
        form.append_pair(key, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    form.finish()
}
