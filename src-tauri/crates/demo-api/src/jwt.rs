//! The demo's tokens: HS256 JWTs with the claims that SimpleJWT uses, and a few of the demo's own.
//! Not here: whether a token is still good; that is for `families` and the clock to say. Tokens have no `Debug`.

use std::sync::OnceLock;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::DemoError;
use crate::issued::IssuedTokens;
use crate::key::SigningKey;

/// Which of the two tokens.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TokenType {
    Access,
    Refresh,
}

/// What a token says. The same claims under the same key give the same token, byte for byte.
#[derive(Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) token_type: TokenType,
    pub(crate) exp: i64,
    pub(crate) iat: i64,
    pub(crate) jti: String,
    pub(crate) user_id: i64,
    /// The login this token descends from.
    pub(crate) family: String,
    /// The number of an access token; rises with every one issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) serial: Option<u64>,
}

/// Signs and reads tokens.
pub(crate) struct Mint {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    /// Takes what is signed, once somebody has asked for it.
    issued: OnceLock<IssuedTokens>,
}

impl Mint {
    pub(crate) fn new(key: &SigningKey) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // Times are judged by the demo's own clock, which can be moved; see `families`.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        Self {
            encoding: EncodingKey::from_secret(key.bytes()),
            decoding: DecodingKey::from_secret(key.bytes()),
            validation,
            issued: OnceLock::new(),
        }
    }

    /// Keeps every token that is signed from now on.
    pub(crate) fn keep_issued(&self) -> IssuedTokens {
        self.issued.get_or_init(IssuedTokens::default).clone()
    }

    pub(crate) fn sign(&self, claims: &Claims) -> Result<String, DemoError> {
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encoding)
            .map_err(|_| DemoError::Crypto("sign a token"))?;
        if let Some(issued) = self.issued.get() {
            issued.note(&token);
        }
        Ok(token)
    }

    /// The claims of a token that we signed and that is of the wanted type.
    pub(crate) fn read(&self, token: &str, wanted: TokenType) -> Option<Claims> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?.claims;
        (claims.token_type == wanted).then_some(claims)
    }
}

/// What is kept of a refresh token: its SHA-256.
pub(crate) fn fingerprint(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
