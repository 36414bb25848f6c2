//! Reading a JSON object from a request, within limits.
//! Not here: which fields an endpoint wants beyond being text.

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use bytes::BytesMut;
use http_body_util::BodyExt;
use serde_json::{Map, Value};

use super::answers;

/// The most that is read into memory.
const LIMIT: usize = 1024 * 1024;
/// The most that is read and thrown away, so that a client is done sending when it is told 413.
const PATIENCE: usize = 8 * LIMIT;

/// What the client sent, or the answer that says what is wrong with it.
pub(crate) type Read<T> = Result<T, Box<Response>>;

/// The fields of a JSON object.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) async fn read(request: Request) -> Read<Self> {
        let is_json = is_json(request.headers());
        let bytes = read_limited(request.into_body()).await?;
        if !is_json {
            return Err(Box::new(answers::wrong_media_type()));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(Box::new(answers::bad_json("expected an object"))),
            // The message names line and column, never what stands there.
            Err(error) if error.is_data() => Err(Box::new(answers::bad_json("expected an object"))),
            Err(error) => Err(Box::new(answers::bad_json(&error.to_string()))),
        }
    }

    /// The named fields, each a text that is not blank.
    pub(crate) fn texts<const N: usize>(&self, names: [&str; N]) -> Read<[&str; N]> {
        let found = names.map(|name| (name, self.text(name)));
        let errors: Vec<_> =
            found.iter().filter_map(|(name, text)| text.err().map(|error| (*name, error))).collect();
        if errors.is_empty() {
            Ok(found.map(|(_, text)| text.unwrap_or_default()))
        } else {
            Err(Box::new(answers::invalid_fields(&errors)))
        }
    }

    fn text(&self, name: &str) -> Result<&str, &'static str> {
        match self.0.get(name) {
            None => Err("This field is required."),
            Some(Value::Null) => Err("This field may not be null."),
            Some(Value::String(text)) if text.trim().is_empty() => Err("This field may not be blank."),
            Some(Value::String(text)) => Ok(text),
            Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Err("Not a valid string.")
            }
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
}

async fn read_limited(mut body: Body) -> Read<BytesMut> {
    let mut kept = BytesMut::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Box::new(answers::bad_json("the body broke off")))?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if seen <= LIMIT {
            kept.extend_from_slice(&data);
        } else if seen > PATIENCE {
            break;
        }
    }
    if seen > LIMIT { Err(Box::new(answers::too_large())) } else { Ok(kept) }
}
