//! Replies that refuse something: what the engine takes them for, which entries of `[[rejected]]` match, which one would.
//! Not here: the verdict itself, which is the engine's.

use serde_json::Value;
use session_engine::server::{ReplyRule, ServerProfile};
use session_engine::verdict::{self, Verdict};

use crate::redact::Redactor;
use crate::report::{ErrorBody, Meaning, StepName};
use crate::witness::Passed;

/// Where servers keep the word that names an error.
const NAMES: [&str; 6] = ["error", "code", "errcode", "error_code", "status", "type"];

/// The reply as an entry of the report, if it refuses something.
pub(crate) fn of(
    step: StepName,
    passed: &Passed,
    server: &ServerProfile,
    redactor: &Redactor,
) -> Option<ErrorBody> {
    let reply = passed.reply.as_ref().ok().filter(|reply| !reply.status().is_success())?;
    let judge = |list: &[ReplyRule], misconfigured: &[ReplyRule]| {
        verdict::of_refresh(reply.status(), reply.headers(), reply.body(), list, misconfigured)
    };
    let verdict = if step == StepName::SignIn {
        let wrong = server.login.as_ref().map_or(&[][..], |login| &login.wrong_credentials);
        let (status, headers) = (reply.status(), reply.headers());
        verdict::of_sign_in(status, headers, reply.body(), wrong, &server.misconfigured)
    } else {
        judge(&server.rejected, &server.misconfigured)
    };
    let matches = |rule: &ReplyRule| matches!(judge(std::slice::from_ref(rule), &[]), Verdict::Definitive(_));
    let matched = server.rejected.iter().enumerate().filter(|(_, rule)| matches(rule));
    Some(ErrorBody {
        step,
        status: reply.status().as_u16(),
        body: redactor.body(reply.headers(), reply.body(), false),
        meaning: meaning(&verdict),
        matched_by: matched.map(|(at, _)| at + 1).collect(),
    })
}

fn meaning(verdict: &Verdict) -> Meaning {
    match verdict {
        Verdict::Success(_) => Meaning::Success,
        Verdict::Transient(_) => Meaning::Transient,
        Verdict::Definitive(_) => Meaning::Definitive,
        Verdict::Misconfigured(_) => Meaning::Misconfigured,
    }
}

/// The entry of `[[rejected]]` that would match this reply: status, pointer and what stands there. `None` where nothing in
/// the reply names the error, or where an outage says the same.
pub(crate) fn entry_for(passed: &Passed, redactor: &Redactor) -> Option<(u16, String, String)> {
    let (status, json) = (passed.status()?, passed.json()?);
    if !matches!(status, 400..=428 | 430..=499) {
        return None;
    }
    let name = |key: &&str| {
        let value = match json.get(key)? {
            Value::String(text) => text.clone(),
            number @ Value::Number(_) => number.to_string(),
            Value::Object(_) | Value::Array(_) | Value::Bool(_) | Value::Null => return None,
        };
        let is_a_word = !value.is_empty() && value.len() <= 64 && redactor.words(&value) == value;
        is_a_word.then(|| (status, format!("/{key}"), value))
    };
    NAMES.iter().find_map(name)
}
