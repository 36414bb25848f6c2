//! A server's ways, as data: paths, encodings, field names, what means "this refresh token is dead".
//! Not here: any request (`endpoint` builds them) and any reading of a file (`settings`, behind the feature `presets`).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::pointer;
pub use crate::pointer::Pointers;

/// All that the engine must know of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerProfile {
    /// The address all paths are relative to; checked by [`crate::confine::check_base`].
    pub base: Url,
    /// How to sign in; `None` where that is done elsewhere, in a browser perhaps. Who has a refresh token from there puts it
    /// into the [`Vault`](crate::ports::Vault) and calls [`Session::restore`](crate::Session::restore).
    pub login: Option<LoginRequest>,
    /// How to refresh.
    pub refresh: TokenRequest,
    /// How to revoke; `None` where the server has no way to.
    pub logout: Option<TokenRequest>,
    /// Where the replies keep what we need.
    pub tokens: TokenPointers,
    /// What means "this refresh token is dead" (R6): an allow-list.
    pub rejected: Vec<ReplyRule>,
    /// What means "this client or this request is refused, whatever the token": it goes before `rejected`, so that a wide rule
    /// there can be narrowed, and before what means "wrong name or password".
    pub misconfigured: Vec<ReplyRule>,
}

/// How a request's fields are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// `application/json`
    #[default]
    Json,
    /// `application/x-www-form-urlencoded` (RFC 6749 section 4.3.2)
    Form,
}

/// The sign-in request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// Relative to the base.
    pub path: String,
    /// How the fields are sent.
    #[serde(default)]
    pub encoding: Encoding,
    /// The field that carries the name; with a slash in front a place in a JSON body, such as `/user/email`.
    pub username_field: String,
    /// The field that carries the password.
    pub password_field: String,
    /// Fields sent as they are.
    #[serde(default)]
    pub extra: Map<String, Value>,
    /// What means "wrong name or password", besides a 401 and RFC 6749's `invalid_grant`.
    #[serde(default)]
    pub wrong_credentials: Vec<ReplyRule>,
}

/// How a request carries its token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendAs {
    /// The refresh token in a field of the body, JSON or form.
    #[default]
    Field,
    /// The refresh token in the header: `Authorization: Bearer …`.
    Bearer,
    /// For `logout` only: an access token in the header, got by one more refresh. For servers whose sign-out knows no other.
    Access,
}

/// The method of a request that carries a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum TokenMethod {
    /// `POST`
    #[default]
    Post,
    /// `PUT`
    Put,
    /// `DELETE`
    Delete,
}

/// A request that carries a token: the refresh, the sign-out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// Relative to the base.
    pub path: String,
    /// The method.
    #[serde(default)]
    pub method: TokenMethod,
    /// How the fields are sent.
    #[serde(default)]
    pub encoding: Encoding,
    /// How the token is sent.
    #[serde(default)]
    pub send: SendAs,
    /// The field that carries the refresh token, where a field does; as `username_field` it may be a place.
    #[serde(default)]
    pub token_field: String,
    /// Fields sent as they are.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// Where login and refresh replies keep what we need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenPointers {
    /// The access token.
    pub access: Pointers,
    /// The refresh token, if the reply has one.
    #[serde(default)]
    pub refresh: Pointers,
    /// How long the access token lives, if the reply says.
    #[serde(default)]
    pub expires_in: Pointers,
    /// What `expires_in` and `refresh_expires_in` count.
    #[serde(default)]
    pub expires_unit: ExpiresUnit,
    /// How long the refresh token lives, if the reply says (Keycloak's `refresh_expires_in`). Shown, and never acted on.
    #[serde(default)]
    pub refresh_expires_in: Pointers,
    /// The user's fields, if the reply carries them.
    #[serde(default)]
    pub user: Pointers,
}

/// What `expires_in` and `refresh_expires_in` count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExpiresUnit {
    /// Seconds (RFC 6749 section 5.1).
    #[default]
    #[serde(rename = "s")]
    Seconds,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
}

/// One kind of reply: its status, and what its JSON says, if that matters.
///
/// Only the API's JSON with a status of 400 to 499 can be one, and neither 408 nor 429: the others pass by themselves (R5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RuleText", into = "RuleText")]
pub struct ReplyRule {
    status: u16,
    says: Option<(String, Vec<String>)>,
}

impl ReplyRule {
    /// Any JSON object with this status.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status, says: None }
    }

    /// This status, and at `pointer` stands `what`: a text, or a number or truth value as JSON writes it. Where an array
    /// stands, one of its elements is enough.
    #[must_use]
    pub fn says(status: u16, pointer: &str, what: &str) -> Self {
        Self { status, says: Some((pointer.to_owned(), vec![what.to_owned()])) }
    }

    /// Whether a reply is of this kind.
    #[must_use]
    pub fn matches(&self, status: u16, json: &Value) -> bool {
        self.status == status
            && self.says.as_ref().is_none_or(|(place, expected)| {
                pointer::all(json, place).into_iter().any(|found| match found.as_array() {
                    Some(list) => list.iter().any(|element| is_one_of(element, expected)),
                    None => is_one_of(found, expected),
                })
            })
    }
}

fn is_one_of(found: &Value, expected: &[String]) -> bool {
    match found {
        Value::String(text) => expected.contains(text),
        Value::Object(_) | Value::Array(_) => false,
        Value::Null | Value::Bool(_) | Value::Number(_) => expected.contains(&found.to_string()),
    }
}

/// A [`ReplyRule`] as it is written: a status; or a status, a pointer, and `equals` or `any`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    equals: Option<Plain>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any: Option<Vec<Plain>>,
}

impl TryFrom<RuleText> for ReplyRule {
    type Error = String;

    fn try_from(text: RuleText) -> Result<Self, String> {
        if !(400..500).contains(&text.status) || matches!(text.status, 408 | 429) {
            return Err(format!(
                "status {} cannot stand here: allowed are 400 to 499, and neither 408 nor 429, as the others pass by themselves",
                text.status
            ));
        }
        let says = match (text.pointer, text.equals, text.any) {
            (None, None, None) => None,
            (None, _, _) => {
                return Err("with `equals` or `any` goes a `pointer` that says where to look".into());
            }
            (Some(pointer), Some(equals), None) => Some((pointer, vec![equals.0])),
            (Some(pointer), None, Some(any)) if !any.is_empty() => {
                Some((pointer, any.into_iter().map(|plain| plain.0).collect()))
            }
            (Some(_), _, _) => {
                return Err(
                    "with a `pointer` goes either `equals` or a list `any` that says what must stand there"
                        .into(),
                );
            }
        };
        if let Some((place, _)) = &says {
            pointer::check(place)?;
            if place.is_empty() {
                return Err(
                    "an empty `pointer` leads nowhere: leave it out, or write one such as \"/code\"".into()
                );
            }
        }
        Ok(Self { status: text.status, says })
    }
}

impl From<ReplyRule> for RuleText {
    fn from(rule: ReplyRule) -> Self {
        let (pointer, mut expected) =
            rule.says.map_or((None, Vec::new()), |(pointer, expected)| (Some(pointer), expected));
        let one = (expected.len() == 1).then(|| Plain(expected.remove(0)));
        let any = (!expected.is_empty()).then(|| expected.into_iter().map(Plain).collect());
        Self { status: rule.status, pointer, equals: one, any }
    }
}

/// A text, a number or a truth value, as the text that JSON has for it.
struct Plain(String);

impl Serialize for Plain {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyPlain;
        impl serde::de::Visitor<'_> for AnyPlain {
            type Value = Plain;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, a number, true or false")
            }
            fn visit_str<E>(self, text: &str) -> Result<Plain, E> {
                Ok(Plain(text.to_owned()))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Plain, E> {
                Ok(Plain(value.to_string()))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Plain, E> {
                Ok(Plain(value.to_string()))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Plain, E> {
                Ok(Plain(value.to_string()))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Plain, E> {
                Ok(Plain(Value::from(value).to_string()))
            }
        }
        deserializer.deserialize_any(AnyPlain)
    }
}
