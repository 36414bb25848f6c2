//! A server's words without the secrets that it was sent: it may echo them (P1).
//! Not here: how a server's words are made one line of plain text (`verdict`).

use serde_json::Value;
use url::form_urlencoded;

use crate::error::{ExpiryReason, Transient};
use crate::ports::EndpointError;

/// As many bytes of a secret in a row are taken for a part of it (P1).
const SHORTEST_PART: usize = 12;

impl EndpointError {
    /// A server may echo what it was sent; no secret, and no part of one, goes further (P1).
    pub(crate) fn without(self, secret: &str) -> Self {
        let clean = |text: String| {
            if holds_part_of(&text, secret) { "the server's words held a secret".to_owned() } else { text }
        };
        match self {
            Self::Transient(transient) => {
                Self::Transient(Transient { detail: clean(transient.detail), ..transient })
            }
            Self::Definitive(reason) => {
                Self::Definitive(ExpiryReason { detail: clean(reason.detail), ..reason })
            }
            Self::Misconfigured(detail) => Self::Misconfigured(clean(detail)),
        }
    }
}

/// Whether the text holds the secret, in any spelling it was sent in, or as much of it as a cut text may still show.
fn holds_part_of(text: &str, secret: &str) -> bool {
    let json = Value::from(secret).to_string();
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    [secret, json.get(1..json.len() - 1).unwrap_or_default(), &form].into_iter().any(|spelled| {
        let spelled: String = spelled.chars().filter(|c| !c.is_control()).collect(); // as the server's words are shown
        let part = spelled.len().min(SHORTEST_PART);
        part > 0
            && text
                .as_bytes()
                .windows(part)
                .any(|seen| spelled.as_bytes().windows(part).any(|secret| secret == seen))
    })
}
