//! Who may ask: a program on this machine that addresses this server by its own name (P10).
//! Not here: who is signed in (`api`). No CORS header is ever sent, so no web page may read an answer either.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::middleware::Next;
use axum::response::Response;

use super::answers;

/// The names under which the server may be addressed; a page that had its own name resolve to 127.0.0.1 uses another.
#[derive(Clone)]
pub(crate) struct Gate(Arc<[String; 2]>);

impl Gate {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self(Arc::new([address.to_string(), format!("localhost:{}", address.port())]))
    }

    fn knows(&self, host: &str) -> bool {
        self.0.iter().any(|name| name.eq_ignore_ascii_case(host))
    }
}

/// Lets a request through, or answers 421 or 403.
pub(crate) async fn admit(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(HOST).iter();
    let host_is_ours = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().is_ok_and(|host| gate.knows(host)),
        _ => false,
    };
    let target_is_ours = request.uri().authority().is_none_or(|authority| gate.knows(authority.as_str()));
    if !(host_is_ours && target_is_ours) {
        answers::misdirected()
    } else if request.headers().contains_key(ORIGIN) {
        answers::foreign_origin()
    } else {
        next.run(request).await
    }
}
