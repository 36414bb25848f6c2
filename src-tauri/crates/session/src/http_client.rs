//! The transport over reqwest: no redirect is followed (P4), loopback never goes through a proxy (P5), replies are limited (P11).
//! Behind the feature `reqwest`. Not here: which address is asked (`confine`), and what a reply means (`verdict`).

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::uri::Authority;
use http::{Request, Response, StatusCode, Uri};
use url::{Host, Url};

use crate::error::{TransportError, TransportErrorKind};
use crate::ports::{ReplyLimit, Transport};

/// The longest reply that is read, in bytes, unless the request asks for less (P11).
const MAX_REPLY_BYTES: usize = 4 * 1024 * 1024;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a request may take in all, its reply's last byte included (P11).
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// What the transport calls itself, unless the program gives it a name of its own.
const USER_AGENT: &str = concat!("session-engine/", env!("CARGO_PKG_VERSION"));

/// Sends requests with reqwest: over TLS, or plainly to a literal loopback address.
pub struct HttpTransport {
    client: reqwest::Client,
    base: Url,
}

impl HttpTransport {
    /// For requests to `base` and below.
    ///
    /// # Errors
    /// When TLS cannot be set up on this machine.
    pub fn new(base: &Url) -> Result<Self, TransportError> {
        Self::named(base, USER_AGENT)
    }

    /// The same, with the program's own `User-Agent`.
    ///
    /// # Errors
    /// When TLS cannot be set up on this machine, or the name cannot stand in a header.
    pub fn named(base: &Url, user_agent: &str) -> Result<Self, TransportError> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .user_agent(user_agent);
        let builder = if is_loopback(base) { builder.no_proxy() } else { builder.https_only(true) };
        // Without TLS none of this computer's certificates is needed, and reading them takes longer than all else here.
        let builder = if base.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
        let client = builder.build().map_err(|error| failed(&error))?;
        Ok(Self { client, base: base.clone() })
    }

    /// Hands the request over to reqwest, so that who waits for the reply no longer holds it.
    fn hand_over(
        &self,
        request: Request<Bytes>,
    ) -> Result<(impl Future<Output = reqwest::Result<reqwest::Response>> + use<>, usize), TransportError>
    {
        let limit = request.extensions().get::<ReplyLimit>().map_or(MAX_REPLY_BYTES, |asked| asked.0);
        let reply = self.client.execute(outgoing(&self.base, request)?);
        Ok((reply, limit.min(MAX_REPLY_BYTES)))
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let (reply, limit) = self.hand_over(request)?;
        whole(reply, limit, &|_| {}).await
    }

    async fn send_watched(
        &self,
        request: Request<Bytes>,
        answered: &(dyn Fn(StatusCode) + Send + Sync),
    ) -> Result<Response<Bytes>, TransportError> {
        let (reply, limit) = self.hand_over(request)?;
        whole(reply, limit, answered).await
    }
}

/// A reply with all of its body, of `limit` bytes at most.
async fn whole(
    reply: impl Future<Output = reqwest::Result<reqwest::Response>>,
    limit: usize,
    answered: &(dyn Fn(StatusCode) + Send + Sync),
) -> Result<Response<Bytes>, TransportError> {
    let mut response = reply.await.map_err(|error| failed(&error))?;
    let status = response.status();
    let body = {
        let mut body = pin!(read_body(&mut response, limit));
        // A body that came with the head was not waited for, and nothing is told of it.
        match futures::poll!(body.as_mut()) {
            Poll::Ready(body) => body,
            Poll::Pending => {
                answered(status);
                body.await
            }
        }
    }?;
    let mut whole = Response::new(body);
    *whole.status_mut() = status;
    *whole.headers_mut() = std::mem::take(response.headers_mut());
    Ok(whole)
}

async fn read_body(response: &mut reqwest::Response, limit: usize) -> Result<Bytes, TransportError> {
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > limit) {
        return Err(too_large(limit));
    }
    let mut body = Bytes::new();
    let mut longer = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
        if body.len() + longer.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        if body.is_empty() && longer.is_empty() {
            body = chunk; // most come in one piece, which is not copied
        } else {
            longer.extend_from_slice(&std::mem::take(&mut body));
            longer.extend_from_slice(&chunk);
        }
    }
    Ok(if longer.is_empty() { body } else { longer.freeze() })
}

/// The request as reqwest wants it.
fn outgoing(base: &Url, request: Request<Bytes>) -> Result<reqwest::Request, TransportError> {
    let (parts, body) = request.into_parts();
    let mut outgoing = reqwest::Request::new(parts.method, address(base, &parts.uri).ok_or_else(not_sent)?);
    *outgoing.headers_mut() = parts.headers;
    *outgoing.body_mut() = (!body.is_empty()).then(|| body.into());
    Ok(outgoing)
}

/// A target as an address. Of one at the base's server only the path is read, as the rest is known.
fn address(base: &Url, target: &Uri) -> Option<Url> {
    let authority = target.authority().map(Authority::as_str);
    if target.scheme_str() != Some(base.scheme()) || authority != Some(base.authority()) {
        return Url::parse(&target.to_string()).ok();
    }
    let mut address = base.clone();
    address.set_path(target.path());
    address.set_query(target.query());
    Some(address)
}

fn not_sent() -> TransportError {
    TransportError { kind: TransportErrorKind::NotSent, detail: "The server cannot be reached.".to_owned() }
}

fn too_large(limit: usize) -> TransportError {
    TransportError {
        kind: TransportErrorKind::ReplyTooLarge(limit),
        detail: format!("The reply is larger than {} KiB.", limit >> 10),
    }
}

/// Says what happened without the address, whose query may hold what is nobody's business.
fn failed(error: &reqwest::Error) -> TransportError {
    if error.is_connect() || error.is_builder() {
        return not_sent();
    }
    let (kind, detail) = if error.is_timeout() {
        (TransportErrorKind::NoAnswer, "The server did not answer in time.")
    } else {
        (TransportErrorKind::ConnectionLost, "The connection broke before the answer was whole.")
    };
    TransportError { kind, detail: detail.to_owned() }
}

fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn p3_an_address_at_another_server_is_its_own() {
        let base = Url::parse("http://127.0.0.1:8000/v1/").unwrap();
        for target in [
            "http://127.0.0.1:8001/v1/a",
            "https://127.0.0.1:8000/a",
            "http://127.0.0.1/",
            "http://[::1]:8000/a?b",
        ] {
            assert_eq!(address(&base, &target.parse().unwrap()).unwrap().as_str(), target);
        }
    }

    proptest! {
        #[test]
        fn p3_an_address_at_the_bases_server_is_what_the_url_parser_makes_of_it(
            path in "[a-zA-Z0-9./;:@%+~_=-]{0,16}", query in proptest::option::of("[a-zA-Z0-9./?;:@%+~_=&'-]{0,16}")
        ) {
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            if let Ok(target) = format!("http://127.0.0.1:8000/{path}{query}").parse::<Uri>() {
                let base = Url::parse("http://127.0.0.1:8000/v1/").unwrap();
                prop_assert_eq!(address(&base, &target), Url::parse(&target.to_string()).ok());
            }
        }
    }
}
