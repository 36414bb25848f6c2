//! No token, no password and no part of either is in a report, whatever the server echoes (P1).
//! Not here: the rules of redaction one by one (`src/redact.rs`).

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, WWW_AUTHENTICATE};
use http::{HeaderValue, Request, Response, StatusCode};
use serde_json::{Value, json};
use session_doctor::{Paint, Report, Step, table};
use std::sync::Mutex;

use crate::support::{PASSWORD, Tamper, Ward, with_json};

/// The part that all tokens of the demo server share says nothing.
const SHARED_HEADER: &str = "eyJ0eXAi";

/// Everything that can be seen of a walk, and every secret there was.
async fn seen(mut ward: Ward, tamper: Option<Tamper>) -> (String, Vec<String>, Report) {
    ward.tamper = tamper;
    let issued = ward.issued.clone();
    let steps = Mutex::new(String::new());
    let report = ward
        .walk_watched(&|step: &Step| {
            steps.lock().unwrap().push_str(&format!("{step:?}\n{}\n", serde_json::to_string(step).unwrap()));
        })
        .await;
    let mut all = steps.into_inner().unwrap();
    all.push_str(&serde_json::to_string(&report).unwrap());
    all.push_str(&table(&report, Paint::Plain));
    let mut secrets = vec![PASSWORD.to_owned()];
    for token in issued.all() {
        secrets.extend(token.split('.').map(str::to_owned));
    }
    (all, secrets, report)
}

fn assert_silent(all: &str, secrets: &[String]) {
    for secret in secrets.iter().filter(|secret| !secret.starts_with(SHARED_HEADER)) {
        for part in secret.as_bytes().windows(12.min(secret.len())) {
            let part = std::str::from_utf8(part).unwrap();
            assert!(!all.contains(part), "{part:?}, a part of a secret, is shown in:\n{all}");
        }
    }
}

fn echo(status: StatusCode, request: &Request<Bytes>, kind: &'static str) -> Response<Bytes> {
    let sent = String::from_utf8_lossy(request.body()).into_owned();
    let bearer = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("none");
    let body = match kind {
        "text/html" => format!("<html><title>{sent} {bearer}</title><pre>{sent}</pre></html>"),
        _ => json!({ "detail": format!("you sent {sent} and {bearer}"), "echo": serde_json::from_str::<Value>(&sent).ok(), (sent): bearer }).to_string(),
    };
    let mut reply = Response::new(Bytes::from(body));
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let spoken = HeaderValue::from_str(&format!("Bearer error=\"{}\"", bearer.replace('"', ""))).unwrap();
    reply.headers_mut().insert(WWW_AUTHENTICATE, spoken);
    let elsewhere = HeaderValue::from_str(&format!(
        "/elsewhere/{}?token={}",
        bearer.replace(' ', "/"),
        bearer.replace(' ', "")
    ))
    .unwrap();
    reply.headers_mut().insert(LOCATION, elsewhere);
    reply
}

#[tokio::test]
async fn p1_a_walk_through_a_healthy_server_tells_no_secret() {
    let ward = Ward { reuse: true, ..Ward::new().await };
    let (all, secrets, report) = seen(ward, None).await;
    assert!(secrets.len() > 12, "a login and several refreshes were to be told of: {}", secrets.len());
    assert_silent(&all, &secrets);
    let sign_in = &report.steps[0].exchanges[0];
    assert!(
        sign_in.request.contains("ada@example.com") && sign_in.request.contains("\"password\": \"…\""),
        "{}",
        sign_in.request
    );
    assert!(!sign_in.reply.contains("Lovelace"), "a user's fields are nobody's business: {}", sign_in.reply);
}

#[tokio::test]
async fn p1_a_server_that_echoes_everything_in_errors_pages_and_headers_tells_no_secret_through_the_doctor() {
    for status in [400, 401, 422, 500, 307, 200] {
        let status = StatusCode::from_u16(status).unwrap();
        for kind in ["application/json", "text/html"] {
            for from in [1, 3, 6] {
                let tamper: Tamper = Box::new(
                    move |at, request, reply| if at >= from { echo(status, request, kind) } else { reply },
                );
                let ward = Ward { reuse: true, ..Ward::new().await };
                let (all, secrets, _) = seen(ward, Some(tamper)).await;
                assert_silent(&all, &secrets);
            }
        }
    }
}

#[tokio::test]
async fn p1_tokens_at_places_that_nobody_looks_for_are_not_shown_either() {
    let tamper: Tamper = Box::new(|_, _, reply| {
        if !reply.status().is_success() {
            return reply;
        }
        with_json(reply, |body| {
            let inner = body.clone();
            *body = json!({ "result": [{ "deep": inner }], "code": inner["access"], "token_type": inner["refresh"], "status": inner });
        })
    });
    let (all, secrets, _) = seen(Ward::new().await, Some(tamper)).await;
    assert_silent(&all, &secrets);
}
