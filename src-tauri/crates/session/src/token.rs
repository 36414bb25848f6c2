//! Tokens, and what may be known of them: fingerprint, claims, lifetime.
//! Not here: when a token is due (`policy`), and where it is kept (`ports::Vault`).

use std::cell::Cell;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::HeaderValue;
use jsonwebtoken::dangerous::insecure_decode_claims;
use secrecy::{ExposeSecret, SecretString};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::lifetime::{Lifetime, TimeClaims};
use crate::sync::Arc;

/// The longest token that is accepted, in bytes (P11).
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Rises with every new `TokenSet`, sign-in and sign-out; a result that carries an older one is stale (R10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(pub(crate) u64);

impl Generation {
    /// The number, for display.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }

    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// The first 8 hex digits of a token's SHA-256: tells two tokens apart, tells nothing of either.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 4]);

impl Fingerprint {
    fn of(token: &str) -> Self {
        let digest = Sha256::digest(token.as_bytes());
        Self([digest[0], digest[1], digest[2], digest[3]])
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a text cannot be used as a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Nothing in it.
    #[error("the token is empty")]
    Empty,
    /// More than [`MAX_TOKEN_BYTES`].
    #[error("the token is longer than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    /// It holds what cannot stand in a header (RFC 6750 section 2.1).
    #[error("the token holds characters that cannot be sent in a header")]
    NotAHeader,
}

/// An access token, its header prepared once. It can be neither printed nor serialised (P2); cloning shares it.
#[derive(Clone)]
pub struct AccessToken(Arc<Access>);

struct Access {
    /// The same header so many times, each counting its own clones: threads that ask at once do not wait for one counter.
    headers: [HeaderValue; COPIES],
    fingerprint: Fingerprint,
    claims: Option<Box<RawValue>>,
    times: TimeClaims,
}

impl AccessToken {
    /// Takes a token as the server gave it. A JWT's claims are read without verification: they schedule, they authorise nothing (R1).
    ///
    /// # Errors
    /// [`TokenError`] when it is empty, too long, or cannot stand in a header.
    pub fn new(token: &str) -> Result<Self, TokenError> {
        check_length(token)?;
        let headers = prepared(token)?;
        let claims = insecure_decode_claims::<Box<RawValue>>(token).ok();
        let times = claims.as_deref().map(TimeClaims::read).unwrap_or_default();
        Ok(Self(Arc::new(Access { headers, fingerprint: Fingerprint::of(token), claims, times })))
    }

    /// The `Authorization` header's value, marked sensitive; prepared once, so that cloning it allocates nothing.
    #[inline]
    #[must_use]
    pub fn header(&self) -> &HeaderValue {
        &self.0.headers[this_threads_copy()]
    }

    /// Tells this token from another.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.0.fingerprint
    }

    /// The decoded claims as JSON text, exact; `None` for an opaque token.
    #[must_use]
    pub fn claims(&self) -> Option<&str> {
        self.0.claims.as_deref().map(RawValue::get)
    }

    /// The times it claims; none for an opaque token.
    #[must_use]
    pub fn times(&self) -> TimeClaims {
        self.0.times
    }
}

/// How many copies of a header there are.
const COPIES: usize = 4;

/// On cache lines of its own, with the counter that `Bytes` puts before it.
#[repr(align(128))]
struct Apart(Box<[u8]>);

impl AsRef<[u8]> for Apart {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

fn prepared(token: &str) -> Result<[HeaderValue; COPIES], TokenError> {
    let text = format!("Bearer {token}");
    let mut copies = [const { HeaderValue::from_static("") }; COPIES];
    for copy in &mut copies {
        let bytes = Bytes::from_owner(Apart(text.as_bytes().into()));
        *copy = HeaderValue::from_maybe_shared(bytes).map_err(|_| TokenError::NotAHeader)?;
        copy.set_sensitive(true);
    }
    Ok(copies)
}

/// Which copy the current thread takes: threads take them in turn.
#[inline]
fn this_threads_copy() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static COPY: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    let taken = COPY.get();
    if taken < COPIES {
        return taken;
    }
    let taken = NEXT.fetch_add(1, Ordering::Relaxed) % COPIES;
    COPY.set(taken);
    taken
}

/// A refresh token. It can be neither printed nor serialised (P2), and is zeroised when dropped.
#[derive(Clone)]
pub struct RefreshToken(SecretString);

impl RefreshToken {
    /// Takes a token as the server gave it.
    ///
    /// # Errors
    /// [`TokenError`] when it is empty or too long.
    pub fn new(token: String) -> Result<Self, TokenError> {
        check_length(&token)?;
        Ok(Self(SecretString::from(token)))
    }

    /// The token itself, for the request's body and the vault only.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Tells this token from another.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.expose())
    }

    /// The times it claims, if it is a JWT; none for an opaque token, as most are. They are for showing: when it ends is the
    /// server's to say (R6).
    #[must_use]
    pub fn times(&self) -> TimeClaims {
        let claims = insecure_decode_claims::<Box<RawValue>>(self.expose()).ok();
        claims.as_deref().map(TimeClaims::read).unwrap_or_default()
    }
}

fn check_length(token: &str) -> Result<(), TokenError> {
    match token.len() {
        0 => Err(TokenError::Empty),
        len if len > MAX_TOKEN_BYTES => Err(TokenError::TooLong),
        _ => Ok(()),
    }
}

/// An access token with the life that was worked out when it was received, and the refresh token that follows it.
#[derive(Clone)]
pub struct TokenSet {
    /// What is sent with a call.
    pub access: AccessToken,
    /// How long it lives; `None` when nothing tells (an opaque token): Fresh until a 401 (R1).
    pub lifetime: Option<Lifetime>,
    /// What buys the next one; `None` when the server gave none.
    pub refresh: Option<RefreshToken>,
    /// How long that lives, where it or a reply said so. For showing: nothing is decided by it (R6). Shared, for the set is
    /// cloned with each change of the session.
    pub refresh_lifetime: Option<Arc<Lifetime>>,
}
