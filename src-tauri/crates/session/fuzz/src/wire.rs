//! A reply as text, so that seeds can be written by hand: a line of words, a line of free text, the list of what means
//! "dead" as JSON, or an object of that list and the one of what does not, the headers, an empty line, the body. Not here: any property.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use session_engine::server::ReplyRule;

/// What one input says.
pub(crate) struct Wire<'a> {
    /// The first line's words.
    pub(crate) words: Vec<&'a str>,
    /// The second line: the secret, where a target has one.
    pub(crate) free: &'a str,
    /// The third line, as it is written: what means "dead", and what does not mean it all the same.
    pub(crate) written: (Value, Value),
    /// The same as rules; none where one cannot be read.
    pub(crate) rejected: Vec<ReplyRule>,
    /// And these.
    pub(crate) misconfigured: Vec<ReplyRule>,
    /// `name: value` lines that can be headers.
    pub(crate) headers: HeaderMap,
    /// The rest, any bytes.
    pub(crate) body: Bytes,
}

impl<'a> Wire<'a> {
    pub(crate) fn read(data: &'a [u8]) -> Option<Self> {
        let (head, body) = match data.windows(2).position(|two| two == b"\n\n") {
            Some(at) => (&data[..at], &data[at + 2..]),
            None => (data, &data[data.len()..]),
        };
        let mut lines = std::str::from_utf8(head).ok()?.split('\n');
        let words = lines.next()?.split_whitespace().collect();
        let free = lines.next()?;
        let mut written: Value = serde_json::from_str(lines.next()?).unwrap_or_default();
        let written = match written.is_object() {
            true => (written["rejected"].take(), written["misconfigured"].take()),
            false => (written, Value::Null),
        };
        let rules = |list: &Value| serde_json::from_value(list.clone()).unwrap_or_default();
        let (rejected, misconfigured) = (rules(&written.0), rules(&written.1));
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .filter_map(|(name, value)| {
                Some((HeaderName::try_from(name).ok()?, HeaderValue::from_str(value).ok()?))
            })
            .collect();
        Some(Self {
            words,
            free,
            written,
            rejected,
            misconfigured,
            headers,
            body: Bytes::copy_from_slice(body),
        })
    }

    /// The word that is a status.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        self.words.iter().find_map(|word| StatusCode::try_from(*word).ok())
    }
}
