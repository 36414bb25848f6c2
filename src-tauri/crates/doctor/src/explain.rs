//! What a request that went wrong wants to say, and the setting that would mend it.
//! Not here: what is so when all goes well (`examine`).

use http::header::LOCATION;
use serde_json::Value;
use session_engine::error::TransportErrorKind;
use session_engine::ports::EndpointError;

use crate::finding::{Finding, FindingCode, Setting, Severity};
use crate::redact::Redactor;
use crate::report::StepName;
use crate::witness::Passed;

/// The most keys of a reply that are named.
const MOST_KEYS: usize = 12;

/// A finding that must be mended.
pub(crate) fn problem(code: FindingCode, sentence: impl Into<String>) -> Finding {
    Finding { code, severity: Severity::Problem, sentence: sentence.into(), settings: Vec::new() }
}

/// A finding that is good to know.
pub(crate) fn remark(code: FindingCode, sentence: impl Into<String>) -> Finding {
    Finding { severity: Severity::Remark, ..problem(code, sentence) }
}

impl Finding {
    /// With a setting that would mend it: a text.
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.settings.push(Setting { key: key.to_owned(), value: Value::from(value).to_string() });
        self
    }
}

/// What is common to every request: no connection, a redirect, a wrong path, an outage. `None`: the reply is about something else.
pub(crate) fn general(step: StepName, key: &str, path: &str, passed: &Passed) -> Option<Finding> {
    let what = step.title();
    let status = match &passed.reply {
        Ok(reply) => reply.status().as_u16(),
        Err(error) => {
            let (code, advice) = match error.kind {
                TransportErrorKind::NotSent => (
                    FindingCode::Unreachable,
                    "Check base_url: the name, the port, and that the server runs and has a certificate this computer trusts.",
                ),
                TransportErrorKind::NoAnswer | TransportErrorKind::ConnectionLost => {
                    (FindingCode::NoAnswer, "Look into the server's log; try again when it answers.")
                }
                TransportErrorKind::ReplyTooLarge(_) => {
                    (FindingCode::NotTheApi, "This is hardly the API: check the path.")
                }
            };
            return Some(problem(code, format!("{what}: {} {advice}", error.detail)));
        }
    };
    match status {
        300..=399 => Some(redirect(what, key, path, status, passed)),
        404 | 405 => Some(problem(
            FindingCode::WrongPath,
            format!(
                "{what}: the server answers {status} to {path:?}. Correct {key}; paths are relative to base_url."
            ),
        )),
        429 => Some(problem(
            FindingCode::Throttled,
            format!("{what}: the server asks for fewer requests (429). Wait a while, then test again."),
        )),
        500..=599 => Some(problem(
            FindingCode::ServerError,
            format!(
                "{what}: the server answers {status}. The session would take it for an outage and stay; look into the server's log."
            ),
        )),
        _ => None,
    }
}

fn redirect(what: &str, key: &str, path: &str, status: u16, passed: &Passed) -> Finding {
    let location = passed.header(LOCATION).unwrap_or_default();
    let asked = passed.request.uri().path();
    let target = passed.request.uri().to_string();
    let target = url::Url::parse(&target).and_then(|url| url.join(location));
    let finding = |advice: &str| {
        problem(
            FindingCode::Redirect,
            format!(
                "{what}: the server answers {status} to {path:?} and sends elsewhere, which is never followed with credentials. {advice}"
            ),
        )
    };
    match target {
        Ok(target) if target.path() == format!("{asked}/") && !key.is_empty() => {
            finding(&format!("Only the slash at the end is missing: set {key} to \"{path}/\"."))
                .with(key, &format!("{path}/"))
        }
        Ok(target) if target.scheme() == "https" && passed.request.uri().scheme_str() == Some("http") => {
            finding("It wants https: correct base_url.")
        }
        _ => finding(&format!("Correct {key}, or base_url.")),
    }
}

/// A sign-in or a refresh that gave no tokens.
pub(crate) fn token_request(
    step: StepName,
    path: &str,
    passed: &Passed,
    error: &EndpointError,
    pointer: &str,
    redactor: &Redactor,
) -> Finding {
    let table = if step == StepName::SignIn { "login" } else { "refresh" };
    if let Some(finding) = general(step, &format!("{table}.path"), path, passed) {
        return finding;
    }
    let what = step.title();
    let status = passed.status().unwrap_or_default();
    match (error, passed.json()) {
        (_, Some(json)) if (200..=299).contains(&status) && json.is_object() => {
            no_token("access", FindingCode::NoAccessToken, step, pointer, &json, redactor)
        }
        (EndpointError::Definitive(reason), _) if step == StepName::SignIn => problem(
            FindingCode::SignInRefused,
            format!(
                "The server does not know this name with this password ({}). Check both; if they are right, check login.username_field and login.password_field.",
                redactor.words(&reason.detail)
            ),
        ),
        (EndpointError::Definitive(reason), _) => problem(
            FindingCode::RefreshRefused,
            format!(
                "{what}: the server takes a refresh token for dead that it has just issued ({}). Check refresh.token_field and tokens.refresh.",
                redactor.words(&reason.detail)
            ),
        ),
        (_, _) if status == 415 => problem(
            FindingCode::WrongEncoding,
            format!(
                "{what}: the server does not take this encoding (415). Set {table}.encoding to \"json\" or \"form\", whichever it is not now."
            ),
        ),
        (_, Some(json)) if json.is_object() => {
            let named = names(&json, redactor);
            problem(
                FindingCode::RequestRefused,
                format!(
                    "{what}: the server refuses the request as it is ({status}; its reply names {named}). Compare the field names in [{table}] with the server's documentation, and what it wants in {table}.extra."
                ),
            )
        }
        (_, _) => problem(
            FindingCode::NotTheApi,
            format!(
                "{what}: what answers {path:?} is not the API's JSON ({status}). Correct {table}.path, or base_url."
            ),
        ),
    }
}

/// A good reply without a token where one is expected: says which texts it does have, and which of them may be meant.
pub(crate) fn no_token(
    kind: &str,
    code: FindingCode,
    step: StepName,
    pointer: &str,
    json: &Value,
    redactor: &Redactor,
) -> Finding {
    let texts = texts(json);
    let shown: Vec<_> =
        texts.iter().map(|(at, _)| redactor.words(at)).filter(|at| at != "…").take(MOST_KEYS).collect();
    let has =
        if shown.is_empty() { "no text at all".to_owned() } else { format!("texts at {}", shown.join(", ")) };
    let sentence = format!(
        "{}: the reply has no {kind} token at {pointer}. It has {has}. Set tokens.{kind} to the one that is the {kind} token.",
        step.title()
    );
    let finding = problem(code, sentence);
    match candidate(kind, &texts) {
        Some(at) if redactor.words(at) == at => finding.with(&format!("tokens.{kind}"), at),
        _ => finding,
    }
}

/// The one text whose name says that it is the token.
fn candidate<'a>(kind: &str, texts: &'a [(String, String)]) -> Option<&'a str> {
    let is_token = |text: &str| text.len() >= 16 && !text.chars().any(char::is_whitespace);
    let name = |at: &str| at.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let plain = ["token", "jwt", "auth_token", "authtoken"];
    let tokens = texts.iter().filter(|(_, text)| is_token(text));
    let mut named = tokens.clone().filter(|(at, _)| name(at).contains(kind));
    let mut unnamed = tokens.filter(|(at, _)| kind == "access" && plain.contains(&name(at).as_str()));
    named.next().or_else(|| unnamed.next()).map(|(at, _)| at.as_str())
}

fn names(json: &Value, redactor: &Redactor) -> String {
    let keys = json.as_object().into_iter().flatten().map(|(key, _)| redactor.words(key));
    let keys: Vec<_> = keys.take(MOST_KEYS).collect();
    if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") }
}

/// The pointers (RFC 6901) to all texts in a reply, with the texts.
pub(crate) fn texts(value: &Value) -> Vec<(String, String)> {
    fn walk(at: String, value: &Value, depth: usize, found: &mut Vec<(String, String)>) {
        match value {
            Value::String(text) => found.push((at, text.clone())),
            Value::Object(fields) if depth > 0 => {
                for (key, value) in fields {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    walk(format!("{at}/{key}"), value, depth - 1, found);
                }
            }
            Value::Array(_) | Value::Object(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }
    let mut found = Vec::new();
    walk(String::new(), value, 5, &mut found);
    found
}
