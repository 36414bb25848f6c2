//! A request and its reply as lines that may be shown (P1): of what is sent, only values known to be harmless.
//! Not here: what is a secret, and the body of a reply (`redact`).

use http::HeaderName;
use http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::Value;
use url::form_urlencoded;

use super::{HIDDEN, OPEN_FIELDS, Redactor, SHORTEST_PART, fingerprint, plain, pretty};
use crate::report::Exchange;
use crate::witness::Passed;

/// Headers that are shown.
const OPEN_HEADERS: [HeaderName; 6] = [CONTENT_TYPE, DATE, WWW_AUTHENTICATE, RETRY_AFTER, LOCATION, ALLOW];

impl Redactor {
    /// What passed, as it may be shown.
    pub(crate) fn exchange(&self, passed: &Passed) -> Exchange {
        Exchange {
            request: self.request(passed),
            reply: self.reply(passed),
            status: passed.status(),
            took_ms: u64::try_from(passed.took.as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn request(&self, passed: &Passed) -> String {
        let request = &passed.request;
        let address = format!("{}{}", request.uri().path(), request.uri().query().map_or("", |_| "?…"));
        let mut lines = vec![format!("{} {address}", request.method())];
        for name in [CONTENT_TYPE, AUTHORIZATION] {
            let Some(value) = request.headers().get(&name).and_then(|value| value.to_str().ok()) else {
                continue;
            };
            let shown = match value.split_once(' ').filter(|_| name == AUTHORIZATION) {
                Some((scheme, token)) => format!("{scheme} {}", fingerprint(token)),
                None if name == AUTHORIZATION => HIDDEN.to_owned(),
                None => value.to_owned(),
            };
            lines.push(format!("{name}: {shown}"));
        }
        let text = String::from_utf8_lossy(request.body());
        if !text.is_empty() {
            lines.push(String::new());
            lines.push(match serde_json::from_str::<Value>(&text) {
                Ok(fields @ Value::Object(_)) => pretty(&self.sent("", &fields)),
                _ => {
                    let fields = form_urlencoded::parse(text.as_bytes());
                    let shown = fields.map(|(name, value)| format!("{name}={}", self.field(&name, &value)));
                    shown.collect::<Vec<_>>().join("&")
                }
            });
        }
        lines.join("\n")
    }

    fn reply(&self, passed: &Passed) -> String {
        let reply = match &passed.reply {
            Ok(reply) => reply,
            Err(error) => return format!("(no reply) {}", error.detail),
        };
        let status = reply.status();
        let mut lines =
            vec![format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or_default())];
        for name in OPEN_HEADERS {
            for value in reply.headers().get_all(&name) {
                let value = String::from_utf8_lossy(value.as_bytes());
                let value = value
                    .split_once('?')
                    .filter(|_| name == LOCATION)
                    .map_or_else(|| self.words(&value), |(path, _)| format!("{}?{HIDDEN}", self.words(path)));
                lines.push(format!("{name}: {value}"));
            }
        }
        lines.push(String::new());
        lines.push(self.body(reply.headers(), reply.body(), status.is_success()));
        lines.join("\n")
    }

    /// What a request sends, with its own fields' names and hardly any of its values.
    fn sent(&self, name: &str, value: &Value) -> Value {
        match value {
            Value::Object(fields) => {
                let shown = fields.iter().map(|(name, value)| (name.clone(), self.sent(name, value)));
                Value::Object(shown.collect())
            }
            Value::Array(_) | Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {
                Value::from(self.field(name, &plain(value)))
            }
        }
    }

    /// A field of a request: what anybody may see, or that something is there.
    pub(super) fn field(&self, name: &str, value: &str) -> String {
        let is_open = OPEN_FIELDS.contains(&name) || value == self.username;
        if is_open && !self.holds_a_part(value) {
            value.to_owned()
        } else if value.len() >= SHORTEST_PART && name.to_ascii_lowercase().contains("token") {
            fingerprint(value)
        } else {
            HIDDEN.to_owned()
        }
    }
}
