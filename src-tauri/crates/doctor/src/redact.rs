//! What may be shown of a request and a reply (P1): shapes, field names, a server's words; never a token, a password or a part of one.
//! Of what was sent, only values known to be harmless are shown; of a good reply, only its shape. Not here: what a reply means.

mod wire;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;
use session_engine::RefreshToken;
use url::form_urlencoded;

/// Stands for what is not shown.
const HIDDEN: &str = "…";

/// As many bytes of a secret in a row are taken for a part of it.
const SHORTEST_PART: usize = 12;

/// The longest body that is shown, in characters.
const LONGEST_BODY: usize = 2_000;

/// The longest text inside of one.
const LONGEST_TEXT: usize = 200;

/// Fields of a request that anybody may see.
const OPEN_FIELDS: [&str; 4] = ["grant_type", "client_id", "scope", "audience"];

/// Fields of a good reply that anybody may see.
const OPEN_ANSWERS: [&str; 4] = ["token_type", "scope", "status", "code"];

/// Knows the secrets of a walk, as they become known. Can be neither printed nor serialised.
pub(crate) struct Redactor {
    username: String,
    secrets: Vec<String>,
}

impl Redactor {
    /// For somebody of this name; the name may be shown, unless it holds a secret.
    pub(crate) fn new(username: &str) -> Self {
        Self { username: username.trim().to_owned(), secrets: Vec::new() }
    }

    /// From now on this is hidden, in every spelling it may come in.
    pub(crate) fn learn(&mut self, secret: &str) {
        if secret.is_empty() {
            return;
        }
        let json = Value::from(secret).to_string();
        let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let json = json.get(1..json.len() - 1).unwrap_or_default().to_owned();
        for spelled in [secret.to_owned(), json, form] {
            if !self.secrets.contains(&spelled) {
                self.secrets.push(spelled);
            }
        }
    }

    /// From now on what a request carries besides its known fields is hidden: a client's secret, an API key.
    pub(crate) fn learn_extra(&mut self, extra: &serde_json::Map<String, Value>) {
        for (_, value) in extra.iter().filter(|(name, _)| !OPEN_FIELDS.contains(&name.as_str())) {
            self.learn(&plain(value));
        }
    }

    /// A text of the server as it may be shown: one line, not long, without anything that is or may be a secret.
    pub(crate) fn words(&self, text: &str) -> String {
        let text: String =
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_TEXT).collect();
        if self.holds_a_part(&text) {
            return HIDDEN.to_owned();
        }
        let shown = text.split(' ').map(|word| if is_opaque(word) { HIDDEN } else { word });
        shown.collect::<Vec<_>>().join(" ")
    }

    /// The body of a reply, as it may be shown.
    pub(crate) fn body(&self, headers: &HeaderMap, body: &[u8], is_good: bool) -> String {
        if body.is_empty() {
            return "(no body)".to_owned();
        }
        let shown = match serde_json::from_slice::<Value>(body) {
            Ok(value) => pretty(&self.value("", &value, is_good, 6)),
            Err(_) => {
                let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("no type");
                let title = title(&String::from_utf8_lossy(body)).map(|title| self.words(&title));
                let title = title.map(|title| format!(", titled “{title}”")).unwrap_or_default();
                format!("({} bytes of {}{title})", body.len(), self.words(kind))
            }
        };
        if self.holds_a_long_part(&shown) { HIDDEN.to_owned() } else { cut(&shown, LONGEST_BODY) }
    }

    fn value(&self, key: &str, value: &Value, is_good: bool, depth: usize) -> Value {
        let hidden = || Value::from(HIDDEN);
        let lower = key.to_ascii_lowercase();
        let is_open = !is_good || OPEN_ANSWERS.contains(&lower.as_str()) || lower.contains("expir");
        match value {
            Value::Object(_) | Value::Array(_) if depth == 0 => hidden(),
            Value::Object(fields) => {
                let shown = fields
                    .iter()
                    .map(|(key, value)| (self.key(key), self.value(key, value, is_good, depth - 1)));
                Value::Object(shown.collect())
            }
            Value::Array(items) => {
                let shown = items.iter().take(3).map(|item| self.value(key, item, is_good, depth - 1));
                Value::Array(shown.chain((items.len() > 3).then(hidden)).collect())
            }
            Value::String(text) if self.secrets.contains(text) && text.len() >= SHORTEST_PART => {
                Value::from(fingerprint(text))
            }
            Value::String(text) if is_open => Value::from(self.words(text)),
            Value::Number(number) if is_open && !self.holds_a_part(&number.to_string()) => value.clone(),
            Value::Bool(_) | Value::Null => value.clone(),
            Value::String(_) | Value::Number(_) => hidden(),
        }
    }

    fn key(&self, key: &str) -> String {
        if self.holds_a_long_part(key) || is_opaque(key) { HIDDEN.to_owned() } else { cut(key, 64) }
    }

    fn holds_a_part(&self, text: &str) -> bool {
        self.secrets.iter().any(|secret| holds(text, secret))
    }

    /// The same for a text that has our own words in it, which a short password may be one of.
    fn holds_a_long_part(&self, text: &str) -> bool {
        self.secrets.iter().any(|secret| secret.len() >= SHORTEST_PART && holds(text, secret))
    }
}

/// Tells two tokens apart and tells nothing of either.
pub(crate) fn fingerprint(token: &str) -> String {
    let known = RefreshToken::new(token.to_owned()).map(|token| token.fingerprint().to_string());
    known.map_or_else(|_| HIDDEN.to_owned(), |fingerprint| format!("{HIDDEN} ({fingerprint})"))
}

fn holds(text: &str, secret: &str) -> bool {
    let part = secret.len().min(SHORTEST_PART);
    part > 0
        && text
            .as_bytes()
            .windows(part)
            .any(|seen| secret.as_bytes().windows(part).any(|secret| secret == seen))
}

/// A word that may be a token: long, and no word of a language.
fn is_opaque(word: &str) -> bool {
    let run = |c: char| c.is_ascii_alphanumeric() || "_-+/=.~%".contains(c);
    word.split(|c| !run(c)).any(|run| {
        let odd =
            run.chars().any(|c| c.is_ascii_digit()) || run.chars().skip(1).any(|c| c.is_ascii_uppercase());
        (run.len() >= 20 && odd) || run.len() >= 64
    })
}

fn title(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower.get(start..)?.find('<')?;
    Some(html.get(start..end)?.trim().to_owned()).filter(|title| !title.is_empty())
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((at, _)) => format!("{}{HIDDEN}", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        let mut redactor = Redactor::new("ada");
        redactor.learn("hunter2-and-more");
        redactor
    }

    #[test]
    fn p1_of_a_good_reply_only_its_shape_is_shown_known_or_not() {
        let body = br#"{"data":{"access":"eyJhbGciOi.x.y","id":9007199254740993,"roles":["a","b","c","d"]},"expires_in":300,"ok":true}"#;
        let shown = redactor().body(&HeaderMap::new(), body, true);
        let compact: String = shown.split_whitespace().collect();
        assert_eq!(
            compact,
            r#"{"data":{"access":"…","id":"…","roles":["…","…","…","…"]},"expires_in":300,"ok":true}"#
        );
    }

    #[test]
    fn p1_a_servers_words_are_shown_without_what_may_be_a_token() {
        let redactor = redactor();
        for (text, shown) in [
            ("Token is blacklisted", "Token is blacklisted"),
            ("authentication_credentials_were_not_provided", "authentication_credentials_were_not_provided"),
            ("bad token aGVsbG8td29ybGQtMTIzNDU2 given", "bad token … given"),
            ("password hunter2-and-more is wrong", "…"),
            ("starts with hunter2-and-m", "…"),
            ("two\r\nlines", "two  lines"),
        ] {
            assert_eq!(redactor.words(text), shown);
        }
    }

    #[test]
    fn p1_a_page_is_shown_by_its_size_and_title_only() {
        let page = b"<html><TITLE> Server Error </TITLE><pre>password=hunter2-and-more</pre>";
        assert_eq!(
            redactor().body(&HeaderMap::new(), page, false),
            "(71 bytes of no type, titled “Server Error”)"
        );
    }

    #[test]
    fn p1_a_key_a_number_and_a_short_password_can_be_a_secret_too() {
        let mut redactor = Redactor::new("1234");
        redactor.learn("1234");
        redactor.learn("a-secret-that-is-a-key");
        let shown = redactor.body(
            &HeaderMap::new(),
            br#"{"pin":1234,"a-secret-that-is-a-key":"you sent 1234"}"#,
            false,
        );
        assert!(!shown.contains("1234") && !shown.contains("a-secret"), "{shown}");
        assert_eq!(redactor.field("username", "1234"), "…");
    }
}
