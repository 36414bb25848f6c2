//! The black box as a file that can be shown to others: JSON lines, one event each, whoever and whatever is private left out (P1).
//! Not here: tokens, which no event holds in the first place, and where the text goes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::black_box::Counters;
use crate::event::EventRecord;

/// What an export leaves out, in words for who reads it.
pub const LEFT_OUT: [&str; 4] = [
    "account names: each is a number instead",
    "what follows the question mark in a path, and long parts of a path",
    "e-mail addresses, addresses of pages and anything that looks like a token or a key in a sentence",
    "tokens, passwords, bodies and headers: the log never had them",
];

/// A part of a path or a word of a sentence that is longer may be a key; it is left out.
const LONGEST_WORD: usize = 24;

/// Makes the text: a head that says what it is, then the events, oldest first.
#[must_use]
pub(crate) fn export(events: &[EventRecord], counters: Counters) -> String {
    let head = json!({
        "format": "session-keeper-events",
        "version": 1,
        "events": events.len(),
        "forgotten": events.first().map_or(0, |first| first.seq.saturating_sub(1)),
        "counters": counters,
        "leftOut": LEFT_OUT,
    });
    let mut names = Names::default();
    let mut text = head.to_string();
    for event in events {
        text.push('\n');
        text.push_str(&names.line(event));
    }
    text.push('\n');
    text
}

/// The numbers that stand for accounts.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    fn line(&mut self, event: &EventRecord) -> String {
        match serde_json::to_value(event) {
            Ok(Value::Object(fields)) => Value::Object(self.redacted(fields)).to_string(),
            Ok(_) | Err(_) => json!({ "seq": event.seq, "kind": "unreadable" }).to_string(),
        }
    }

    fn redacted(&mut self, fields: Map<String, Value>) -> Map<String, Value> {
        let redact = |(key, value): (String, Value)| {
            let value = match value {
                Value::String(text) => Value::String(self.text(&key, &text)),
                Value::Object(inner) => Value::Object(self.redacted(inner)),
                plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) => plain,
            };
            (key, value)
        };
        fields.into_iter().map(redact).collect()
    }

    fn text(&mut self, key: &str, text: &str) -> String {
        match key {
            "account" => {
                let next = self.0.len() + 1;
                format!("account-{}", self.0.entry(text.to_owned()).or_insert(next))
            }
            "path" => path(text),
            "kind" | "code" | "trigger" | "verdict" | "freshness" | "source" | "operation" | "without"
            | "method" | "oldFingerprint" | "fingerprint" => text.to_owned(),
            _ => sentence(text),
        }
    }
}

fn path(text: &str) -> String {
    let (path, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
    let parts: Vec<_> = path
        .split('/')
        .map(|part| if part.len() > LONGEST_WORD || part.contains('@') { "…" } else { part })
        .collect();
    format!("{}{}", parts.join("/"), if query.is_some() { "?…" } else { "" })
}

fn sentence(text: &str) -> String {
    let private = |word: &str| {
        word.contains('@') || word.contains("://") || word.len() > LONGEST_WORD || word.starts_with("eyJ")
    };
    let words: Vec<_> = text.split_whitespace().map(|word| if private(word) { "…" } else { word }).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{ExpiryCode, ExpiryReason};
    use crate::event::SessionEvent;
    use crate::policy::Freshness;

    fn record(seq: u64, event: SessionEvent) -> EventRecord {
        EventRecord { seq, at_ms: 1_700_000_000_000, generation: 3, event }
    }

    fn expired(account: &str, detail: &str) -> SessionEvent {
        let reason = ExpiryReason { code: ExpiryCode::Rejected, detail: detail.into() };
        SessionEvent::SessionExpired { account: account.into(), reason }
    }

    #[test]
    fn p1_an_export_says_what_happened_and_not_to_whom() {
        let path = "people/ada@example.com/1f0c9d57-52c1-4e4f-9a47-08d1f2a6c9b1/?api_key=s3cret";
        let checked = SessionEvent::CallChecked {
            call: 1,
            method: "GET".into(),
            path: path.into(),
            freshness: Freshness::Due,
            left_ms: Some(5),
            window_ms: None,
        };
        let said =
            "Token eyJhbGciOiJIUzI1NiJ9.e30.c2ln of ada@example.com at https://a.example/x?y=z is dead";
        let events = [
            record(7, checked),
            record(8, expired("ada@example.com", said)),
            record(9, expired("bob", "no")),
            record(10, SessionEvent::SignedOut { account: "ada@example.com".into(), remembered: true }),
        ];
        let text = export(&events, Counters::default());
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for secret in ["ada", "bob", "eyJ", "s3cret", "api_key", "example", "1f0c9d57"] {
            assert!(!text.replace("account names", "").contains(secret), "{secret} in {text}");
        }
        assert_eq!((&lines[0]["events"], &lines[0]["forgotten"]), (&json!(4), &json!(6)));
        assert_eq!((&lines[1]["path"], &lines[1]["freshness"]), (&json!("people/…/…/?…"), &json!("due")));
        assert_eq!(lines[2]["reason"]["detail"], "Token … of … at … is dead");
        assert_eq!(lines[2]["reason"]["code"], "rejected");
        let accounts: Vec<_> = lines[2..].iter().map(|line| &line["account"]).collect();
        assert_eq!(accounts, ["account-1", "account-2", "account-1"]);
    }
}
