//! The answers of the demo server, in the words of Django REST framework and SimpleJWT.
//! Not here: when each is given.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::error::DemoError;

pub(crate) fn ok(body: &impl Serialize) -> Response {
    Json(body).into_response()
}

/// 200 with a body that is written in pieces, as by a server that reads a long list while it sends it.
pub(crate) fn ok_slowly(json: &RawValue, time: Duration) -> Response {
    let text = Bytes::copy_from_slice(json.get().as_bytes());
    let piece = text.len().div_ceil(PIECES as usize).max(1);
    let pieces = stream::unfold(text, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(time / PIECES).await;
        let piece = rest.split_to(piece.min(rest.len()));
        Some((Ok::<_, Infallible>(piece), rest))
    });
    ([(CONTENT_TYPE, "application/json")], Body::from_stream(pieces)).into_response()
}

/// How many pieces that is.
const PIECES: u32 = 6;

pub(crate) fn created(body: &impl Serialize) -> Response {
    (StatusCode::CREATED, Json(body)).into_response()
}

/// 400 with what is wrong, field by field.
pub(crate) fn invalid_fields(errors: &[(&str, &str)]) -> Response {
    let body: Map<String, Value> =
        errors.iter().map(|(field, error)| ((*field).to_owned(), json!([error]))).collect();
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

pub(crate) fn bad_json(reason: &str) -> Response {
    detail(StatusCode::BAD_REQUEST, &format!("JSON parse error - {reason}"))
}

pub(crate) fn wrong_media_type() -> Response {
    detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type in request; send application/json.")
}

pub(crate) fn too_large() -> Response {
    detail(StatusCode::PAYLOAD_TOO_LARGE, "Request body is larger than 1 MiB.")
}

pub(crate) fn not_found() -> Response {
    detail(StatusCode::NOT_FOUND, "Not found.")
}

pub(crate) fn method_not_allowed(method: &Method) -> Response {
    detail(StatusCode::METHOD_NOT_ALLOWED, &format!("Method \"{method}\" not allowed."))
}

pub(crate) fn no_active_account() -> Response {
    unauthorized(&json!({
        "detail": "No active account found with the given credentials",
        "code": "no_active_account",
    }))
}

/// The refresh token is dead.
pub(crate) fn dead_refresh_token() -> Response {
    unauthorized(&json!({ "detail": "Token is invalid or expired", "code": "token_not_valid" }))
}

/// The access token is refused.
pub(crate) fn refused_access_token() -> Response {
    unauthorized(&json!({
        "detail": "Given token not valid for any token type",
        "code": "token_not_valid",
        "messages": [{
            "token_class": "AccessToken",
            "token_type": "access",
            "message": "Token is invalid or expired",
        }],
    }))
}

pub(crate) fn no_access_token() -> Response {
    unauthorized(&json!({
        "detail": "Authentication credentials were not provided.",
        "code": "not_authenticated",
    }))
}

/// [`Fault::Refresh503`](crate::Fault::Refresh503).
pub(crate) fn out_of_service() -> Response {
    detail(StatusCode::SERVICE_UNAVAILABLE, "Service temporarily unavailable, try again later.")
}

/// [`Fault::Refresh429`](crate::Fault::Refresh429).
pub(crate) fn throttled() -> Response {
    let mut answer =
        detail(StatusCode::TOO_MANY_REQUESTS, "Request was throttled. Expected available in 3 seconds.");
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("3"));
    answer
}

/// The request is meant for another host.
pub(crate) fn misdirected() -> Response {
    detail(StatusCode::MISDIRECTED_REQUEST, "This server answers to its own loopback address only.")
}

/// The request comes from a web page.
pub(crate) fn foreign_origin() -> Response {
    detail(StatusCode::FORBIDDEN, "Requests from web pages are not accepted.")
}

/// Something of ours failed; the log has the reason, the client does not need it.
pub(crate) fn broken(error: &DemoError) -> Response {
    tracing::error!(%error, "the demo server could not answer");
    detail(StatusCode::INTERNAL_SERVER_ERROR, "The demo server could not do this; its log says why.")
}

fn unauthorized(body: &Value) -> Response {
    let challenge = [(WWW_AUTHENTICATE, "Bearer realm=\"api\"")];
    (StatusCode::UNAUTHORIZED, challenge, Json(body)).into_response()
}

fn detail(status: StatusCode, detail: &str) -> Response {
    (status, Json(json!({ "detail": detail }))).into_response()
}
