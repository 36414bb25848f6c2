//! The token endpoint of a `ServerProfile`, over any `Transport`: builds the requests and sends them.
//! Not here: how a reply is read (`token_reply`), what it means (`verdict`), and when to ask (`refresh`).

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::confine;
use crate::error::{Transient, TransientKind};
use crate::ports::{Credentials, EndpointError, ReplyLimit, TokenEndpoint, TokenReply, Transport};
use crate::server::{Encoding, SendAs, ServerProfile, TokenMethod, TokenRequest};
use crate::sync::Arc;
use crate::token::RefreshToken;
use crate::token_reply::tokens;
use crate::verdict;

/// The longest reply of a token endpoint that is read, in bytes (P11).
pub const MAX_TOKEN_REPLY_BYTES: usize = 64 * 1024;

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

fn form(fields: &Map<String, Value>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (key, value) in fields {
        form.append_pair(key, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    form.finish()
}
