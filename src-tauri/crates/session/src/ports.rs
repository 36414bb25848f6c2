//! What the engine asks of the world. Each port has one adapter in the shell and a stand-in in the tests.
//! Not here: any of those adapters, except the token endpoint over a transport (`endpoint`).

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::error::{ExpiryReason, StoreError, Transient, TransportError, VaultError};
use crate::event::EventRecord;
use crate::lifetime::Moment;
use crate::profile::Profile;
use crate::token::{AccessToken, RefreshToken};

/// How much of a reply is read at most, in bytes; rides in the request's extensions (P11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyLimit(pub usize);

/// Sends a request to an absolute URL and gives the whole reply. Follows no redirect (P4), limits the reply (P11) to its own
/// limit or the request's [`ReplyLimit`], whichever is less.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// # Errors
    /// [`TransportError`] when no whole reply came; any status is a reply.
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError>;

    /// The same, and calls `answered` with the status when the head of the reply has come and its body is still on the way: once
    /// at most, and not at all for a reply that comes in one piece. A transport that cannot tell leaves it at [`send`](Self::send).
    ///
    /// # Errors
    /// As [`send`](Self::send); the head may have come all the same.
    async fn send_watched(
        &self,
        request: http::Request<Bytes>,
        answered: &(dyn Fn(http::StatusCode) + Send + Sync),
    ) -> Result<http::Response<Bytes>, TransportError> {
        let _ = answered;
        self.send(request).await
    }
}

/// Who signs in. The password can be neither printed nor serialised.
#[derive(Clone)]
pub struct Credentials {
    /// The name, as typed.
    pub username: String,
    /// The password.
    pub password: SecretString,
}

/// What a sign-in or a refresh gives.
pub struct TokenReply {
    /// The new access token.
    pub access: AccessToken,
    /// The new refresh token; `None` keeps the old one (R8).
    pub refresh: Option<RefreshToken>,
    /// `expires_in`.
    pub expires_in: Option<Duration>,
    /// How long the refresh token lives, where the reply says so.
    pub refresh_expires_in: Option<Duration>,
    /// The reply's `Date`, Unix milliseconds.
    pub server_date_ms: Option<i64>,
    /// The user's fields, where the reply carries them (R11).
    pub user: Option<Profile>,
}

/// Why the token endpoint gave none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointError {
    /// It may work later.
    Transient(Transient),
    /// The token, or the name and password, is refused for good.
    Definitive(ExpiryReason),
    /// The client or the request is refused, whatever the token.
    Misconfigured(String),
}

/// Where tokens come from.
#[async_trait]
pub trait TokenEndpoint: Send + Sync + 'static {
    /// # Errors
    /// [`EndpointError`]; definitive means: wrong name or password.
    async fn sign_in(&self, credentials: &Credentials) -> Result<TokenReply, EndpointError>;
    /// # Errors
    /// [`EndpointError`]; definitive means: this refresh token is dead.
    async fn refresh(&self, token: &RefreshToken) -> Result<TokenReply, EndpointError>;
    /// Tells the server to forget the token. Does nothing where the server has no way to.
    ///
    /// # Errors
    /// [`EndpointError`] when the server did not say that it did.
    async fn revoke(&self, token: &RefreshToken) -> Result<(), EndpointError>;
}

/// Who is signed in: the name they signed in with, trimmed.
pub type Account = String;

/// What the vault keeps.
#[derive(Clone)]
pub struct VaultEntry {
    /// Whose token it is.
    pub account: Account,
    /// The refresh token at rest.
    pub refresh: RefreshToken,
}

/// The refresh token at rest. Calls come one at a time.
#[async_trait]
pub trait Vault: Send + Sync + 'static {
    /// # Errors
    /// [`VaultError`] when the vault cannot be read; an empty vault is `None`.
    async fn load(&self) -> Result<Option<VaultEntry>, VaultError>;
    /// # Errors
    /// [`VaultError`] when it is not certain that the entry is kept.
    async fn save(&self, entry: &VaultEntry) -> Result<(), VaultError>;
    /// # Errors
    /// [`VaultError`] when it is not certain that nothing is left.
    async fn clear(&self) -> Result<(), VaultError>;
}

/// What is kept of a user on this device. Calls come one at a time.
#[async_trait]
pub trait ProfileStore: Send + Sync + 'static {
    /// # Errors
    /// [`StoreError`] when it cannot be read; nothing kept is `None`.
    async fn load(&self, account: &str) -> Result<Option<Profile>, StoreError>;
    /// # Errors
    /// [`StoreError`] when it is not certain that the profile is kept.
    async fn save(&self, account: &str, profile: &Profile) -> Result<(), StoreError>;
    /// Forgets all of this user (R12).
    ///
    /// # Errors
    /// [`StoreError`] when it is not certain that nothing is left.
    async fn forget(&self, account: &str) -> Result<(), StoreError>;
}

/// What a crash must not make us forget of a refresh and of the vault (R9, R12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JournalEntry {
    /// A refresh that was sent, or about to be, and whose end is not known.
    pub asked: Option<Asked>,
    /// What the vault could not be made to hold, or to forget.
    pub owed: Option<Owed>,
    /// Who signed out, as long as the store has not forgotten them (R12).
    pub leaving: Vec<Account>,
}

impl JournalEntry {
    /// Nothing is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A refresh as it was written down before it was sent (R9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Which attempt with this token it was; the first is 1.
    pub attempt: u32,
    /// The refresh token's fingerprint.
    pub fingerprint: String,
    /// When, by the wall clock, Unix milliseconds.
    pub at_ms: i64,
}

/// What the vault owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owed {
    /// It did not take this account's newest token: what it holds is older, or nothing (P6).
    Save {
        /// Whose token it is.
        account: Account,
    },
    /// It is to forget what it holds: somebody signed out (R12).
    Wipe {
        /// The fingerprint of what it is to forget; `None`: whatever it holds.
        fingerprint: Option<String>,
    },
}

/// Keeps one [`JournalEntry`] so that it outlasts a crash. Calls come one at a time.
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// # Errors
    /// [`StoreError`] when it cannot be read; nothing noted is `None`.
    async fn load(&self) -> Result<Option<JournalEntry>, StoreError>;
    /// Puts the entry in the place of the last.
    ///
    /// # Errors
    /// [`StoreError`] when it is not certain that it outlasts a crash.
    async fn note(&self, entry: &JournalEntry) -> Result<(), StoreError>;
    /// # Errors
    /// [`StoreError`] when it is not certain that nothing is left.
    async fn clear(&self) -> Result<(), StoreError>;
}

/// The only source of time (R1).
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// Both clocks, read together.
    fn now(&self) -> Moment;
    /// Waits for as long, by whatever clock the runtime's timers have.
    async fn sleep(&self, duration: Duration);
    /// The same for who lets something on this machine work for so long and no longer: a clock that can be moved ahead, as a demo's,
    /// must not move this, for nothing has worked meanwhile.
    async fn work_time(&self, duration: Duration) {
        self.sleep(duration).await;
    }
}

/// Is told of every decision, after it was taken and outside any lock (R17). Must return at once.
pub trait Observer: Send + Sync + 'static {
    /// Something was decided.
    fn on_event(&self, record: &EventRecord);
}
