//! Reads a reply of the token endpoint: the tokens, how long they live, the user's fields; each where the server keeps it.
//! Not here: what a status or a body means (`verdict`), and what is then done with the tokens (`issued`).

use std::time::Duration;

use bytes::Bytes;
use http::header::DATE;
use http::{HeaderMap, Response};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::ReplyError;
use crate::ports::{EndpointError, TokenReply};
use crate::profile::Profile;
use crate::server::{ExpiresUnit, Pointers, TokenPointers};
use crate::token::{AccessToken, RefreshToken};
use crate::verdict::Verdict;

/// What the verdict on a reply gives: its tokens, or why there are none.
pub(crate) fn tokens(
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
fn server_date_ms(headers: &HeaderMap) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    i64::try_from(date.duration_since(std::time::UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// The user's fields, read from the reply's text so that their values stay exact (R11).
fn user(body: &[u8], pointers: &Pointers) -> Option<Profile> {
    let text: &RawValue = serde_json::from_slice(body).ok()?;
    pointers.first_in_text(text, |found| Profile::parse(found).ok())
}
