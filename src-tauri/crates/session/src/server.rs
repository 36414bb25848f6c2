//! A server's ways, as data: paths, encodings, field names, what means "this refresh token is dead".
//! Not here: any request (`endpoint` builds them) and any reading of a file (the shell's `config`).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

/// All that the engine must know of a server.
#[derive(Clone, Debug)]
pub struct ServerProfile {
    /// The address all paths are relative to; checked by [`crate::confine::check_base`].
    pub base: Url,
    /// How to sign in.
    pub login: LoginRequest,
    /// How to refresh.
    pub refresh: TokenRequest,
    /// How to revoke; `None` where the server has no way to.
    pub logout: Option<TokenRequest>,
    /// Where the replies keep what we need.
    pub tokens: TokenPointers,
    /// What means "this refresh token is dead" (R6): an allow-list.
    pub rejected: Vec<Rejected>,
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
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// Relative to the base.
    pub path: String,
    /// How the fields are sent.
    #[serde(default)]
    pub encoding: Encoding,
    /// The field that carries the name.
    pub username_field: String,
    /// The field that carries the password.
    pub password_field: String,
    /// Fields sent as they are.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// A request that carries the refresh token.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// Relative to the base.
    pub path: String,
    /// How the fields are sent.
    #[serde(default)]
    pub encoding: Encoding,
    /// The field that carries the refresh token.
    pub token_field: String,
    /// Fields sent as they are.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// JSON pointers (RFC 6901) into login and refresh replies.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenPointers {
    /// The access token.
    pub access: String,
    /// The refresh token, if the reply has one.
    pub refresh: String,
    /// Seconds the access token lives, if the reply says.
    pub expires_in: String,
    /// The user's fields, if the reply carries them.
    pub user: String,
}

/// One reply that means "this refresh token is dead".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejected {
    /// The reply's status.
    pub status: u16,
    /// Where in the reply's JSON to look (RFC 6901).
    pub pointer: String,
    /// What must stand there.
    pub equals: String,
}
