//! R5, R6, R7: only the API's JSON on the allow-list ends a session, and only the API's 401 asks for a refresh.
//! The input: `wire`. Not here: how a verdict reaches the session.

use std::time::Duration;

use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use session_engine::error::TransientKind;
use session_engine::verdict::{Verdict, is_about_the_token, of_refresh, of_sign_in};

use super::wire::Wire;

/// What can become of an input.
pub const ENDS: &[&str] = &["unreadable", "success", "transient", "definitive", "misconfigured", "refresh"];

/// See the module.
pub fn check(data: &[u8]) -> &'static str {
    let Some((wire, status)) = Wire::read(data).and_then(|wire| wire.status().map(|status| (wire, status)))
    else {
        return "unreadable";
    };
    let (headers, body) = (&wire.headers, &wire.body);
    let refresh = of_refresh(status, headers, body, &wire.rejected, &wire.misconfigured);
    table(&refresh, status, headers, body, is_dead(&wire, status, body));
    let never = of_refresh(status, headers, body, &[], &wire.rejected);
    assert!(!matches!(never, Verdict::Definitive(_)), "an empty list ended a session");
    let never = of_refresh(status, headers, body, &wire.rejected, &wire.rejected);
    assert!(!matches!(never, Verdict::Definitive(_)), "what is not to end a session ended it");
    let sign_in = of_sign_in(status, headers, body, &wire.rejected, &wire.misconfigured);
    table(&sign_in, status, headers, body, is_wrong_password(&wire, status, body));

    if is_about_the_token(status, headers) {
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        let challenges = lower(headers, WWW_AUTHENTICATE.as_str());
        let kinds = lower(headers, CONTENT_TYPE.as_str());
        assert!(!challenges.iter().any(|text| text.contains("insufficient_scope")), "a scope is no token");
        assert!(
            challenges.iter().any(|text| text.contains("bearer"))
                || kinds.iter().any(|text| text.contains("json")),
            "a 401 that is not the API's"
        );
        return "refresh";
    }
    match refresh {
        Verdict::Success(_) => "success",
        Verdict::Transient(_) => "transient",
        Verdict::Definitive(_) => "definitive",
        Verdict::Misconfigured(_) => "misconfigured",
    }
}

/// The table of both kinds of reply, in the other direction: from what is seen to what must be said.
fn table(verdict: &Verdict, status: StatusCode, headers: &HeaderMap, body: &[u8], is_dead: bool) {
    let json = object(body);
    let transient = match verdict {
        Verdict::Transient(transient) => Some(transient.kind),
        Verdict::Success(_) | Verdict::Definitive(_) | Verdict::Misconfigured(_) => None,
    };
    match status.as_u16() {
        429 => assert_eq!(transient, Some(TransientKind::Throttled)),
        408 | 500..=599 => assert_eq!(transient, Some(TransientKind::ServerUnavailable)),
        _ if json.is_none() => assert_eq!(transient, Some(TransientKind::NotTheApi)),
        200..=299 => assert!(matches!(verdict, Verdict::Success(said) if Some(said) == json.as_ref())),
        100..=399 => assert_eq!(transient, Some(TransientKind::NotTheApi)),
        _ => assert_eq!(matches!(verdict, Verdict::Definitive(_)), is_dead, "{verdict:?}"),
    }
    match verdict {
        Verdict::Success(_) => {}
        Verdict::Transient(transient) => {
            is_one_line(&transient.detail);
            assert_eq!(transient.retry_after, asked_to_wait(headers, transient.retry_after));
        }
        Verdict::Definitive(reason) => is_one_line(&reason.detail),
        Verdict::Misconfigured(detail) => is_one_line(detail),
    }
}

fn is_one_line(detail: &str) {
    assert!(!detail.trim().is_empty(), "it says nothing");
    assert!(detail.chars().count() <= 200, "it says too much");
    assert!(!detail.chars().any(char::is_control), "it is not plain text");
}

/// A wait can only come from a `Retry-After`: seconds as they stand, a date only with the reply's own.
fn asked_to_wait(headers: &HeaderMap, found: Option<Duration>) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::trim);
    let digits = asked.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    match digits {
        Some(text) => Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX))),
        None => found.filter(|_| asked.is_some() && headers.contains_key(DATE)),
    }
}

pub(crate) fn is_dead(wire: &Wire<'_>, status: StatusCode, body: &[u8]) -> bool {
    let on = |list: &Value, rules: &[_]| !rules.is_empty() && is_on_the_list(status, body, list);
    on(&wire.written.0, &wire.rejected) && !on(&wire.written.1, &wire.misconfigured)
}

/// Judged by the list as it is written, and by serde_json's own pointers.
fn is_on_the_list(status: StatusCode, body: &[u8], list: &Value) -> bool {
    let Some(json) = object(body) else { return false };
    let rules = list.as_array().into_iter().flatten();
    rules.filter(|rule| rule["status"] == status.as_u16()).any(|rule| {
        let Some(pointer) = rule["pointer"].as_str() else { return true };
        let expected: Vec<&Value> = match rule["any"].as_array() {
            Some(any) => any.iter().collect(),
            None => vec![&rule["equals"]],
        };
        let says = |found: &Value| {
            let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            !found.is_object() && !found.is_array() && expected.iter().any(|it| plain(it) == plain(found))
        };
        places(&json, pointer).into_iter().any(|found| match found.as_array() {
            Some(list) => list.iter().any(says),
            None => says(found),
        })
    })
}

/// Where a pointer leads, its stars replaced by each index.
fn places<'a>(json: &'a Value, pointer: &str) -> Vec<&'a Value> {
    let parts: Vec<&str> = pointer.split('/').collect();
    for (at, part) in parts.iter().enumerate() {
        let list = json.pointer(&parts[..at].join("/")).and_then(Value::as_array);
        if let (&"*", Some(list)) = (part, list) {
            let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            let each = (0..list.len()).flat_map(|index| {
                parts[at] = index.to_string();
                places(json, &parts.join("/"))
            });
            return each.collect();
        }
    }
    json.pointer(pointer).into_iter().collect()
}

pub(crate) fn is_wrong_password(wire: &Wire<'_>, status: StatusCode, body: &[u8]) -> bool {
    let Some(json) = object(body) else { return false };
    let usual = match status.as_u16() {
        401 => json["error"] != "invalid_client",
        400 => json["error"] == "invalid_grant",
        _ => false,
    };
    let on = |list: &Value, rules: &[_]| !rules.is_empty() && is_on_the_list(status, body, list);
    (usual || on(&wire.written.0, &wire.rejected)) && !on(&wire.written.1, &wire.misconfigured)
}

fn object(body: &[u8]) -> Option<Value> {
    serde_json::from_slice::<Value>(body).ok().filter(Value::is_object)
}

fn lower(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers.get_all(name).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase()).collect()
}
