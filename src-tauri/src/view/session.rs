//! The session as it is, told whenever it changes, and its end.
//! Not here: where the values come from (`program`), and the words of the UI.

use std::time::Duration;

use serde::Serialize;
use session_engine::error::ExpiryReason;
use session_engine::{SessionState, Status};
use specta::Type;
use tauri_specta::Event;

use super::error::{CommandErrorCode, code_of};
use super::ms;
use crate::keepsakes::LastHere;

/// The session as it is now. Times in milliseconds.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// Rises with every change.
    pub seq: u64,
    /// One word for it.
    pub state: SessionState,
    /// Its generation.
    pub generation: u64,
    /// Who is signed in; after an end, the name to prefill.
    pub account: Option<String>,
    /// Why it ended; also when that was before this start and nobody has signed in since.
    pub reason: Option<ExpiryReason>,
    /// What may be known of the access token.
    pub token: Option<TokenView>,
    /// Refreshes fail just now.
    pub degraded: Option<DegradedView>,
    /// Where this user was last (R13).
    pub route: Option<String>,
    /// What the user should know.
    pub banners: Vec<Banner>,
    /// How far the demo's clock, by which events are told, is ahead of this machine's; 0 with a real server.
    pub clock_ahead_ms: u64,
}

/// What may be known of an access token.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TokenView {
    /// SHA-256, 8 hex digits.
    pub fingerprint: String,
    /// The same of the refresh token.
    pub refresh_fingerprint: Option<String>,
    /// Not a JWT.
    pub opaque: bool,
    /// What is left, at the moment of this view; below zero: how long it has been over.
    pub left_ms: Option<i64>,
    /// The whole life.
    pub lifetime_ms: Option<u64>,
    /// Due when less than this is left.
    pub window_ms: Option<u64>,
    /// What is left of the refresh token, where that is known; its end is the server's to say.
    pub refresh_left_ms: Option<u64>,
    /// The refresh token's whole life.
    pub refresh_lifetime_ms: Option<u64>,
    /// The decoded claims, exact JSON text.
    pub claims: Option<String>,
}

/// A row of failed refreshes.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DegradedView {
    /// How many failed.
    pub attempts: u32,
    /// When the next comes.
    pub next_attempt_in_ms: u64,
    /// How long it has lasted.
    pub since_ms: u64,
    /// What went wrong last.
    pub reason: String,
    /// The same as a code.
    pub code: CommandErrorCode,
    /// Trying on may never help: signing in again is offered (R5).
    pub offers_sign_in: bool,
}

/// Something the user should know, over the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct Banner {
    /// What it is about.
    pub kind: BannerKind,
    /// One sentence.
    pub message: String,
}

/// What a banner is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum BannerKind {
    /// The server cannot be reached.
    Offline,
    /// The keyring does not work.
    Vault,
    /// A clock is wrong.
    Clock,
    /// The profile or the draft cannot be kept.
    Store,
}

/// Sent whenever the session changes.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub struct SessionChanged(pub SessionView);

/// Sent exactly once when a session ends by itself (R6).
#[derive(Clone, Debug, Serialize, Type, Event)]
#[serde(rename_all = "camelCase")]
pub struct SessionExpired {
    /// Why.
    pub reason: ExpiryReason,
    /// Whose session it was.
    pub account: String,
    /// The number of the engine's event.
    pub seq: u64,
}

impl SessionView {
    /// The engine's status, with what the shell knows beside it.
    pub(crate) fn new(
        status: Status,
        route: Option<String>,
        last: LastHere,
        damage: Option<String>,
        first_seq: u64,
        clock_ahead: Duration,
    ) -> Self {
        let mut banners = Vec::new();
        let mut banner =
            |kind, message: Option<String>| banners.extend(message.map(|message| Banner { kind, message }));
        let unreachable = status.trouble.network.clone();
        banner(
            BannerKind::Offline,
            status.outage.as_ref().map(|outage| outage.cause.to_string()).or(unreachable),
        );
        banner(BannerKind::Vault, status.trouble.vault.clone());
        banner(BannerKind::Clock, status.trouble.clock.clone());
        banner(BannerKind::Store, status.trouble.store.clone().or(damage));
        Self {
            seq: first_seq.saturating_add(status.seq),
            state: status.state,
            generation: status.generation.get(),
            account: status.account.or(last.account),
            reason: status.reason.or(last.ended),
            token: status.token.map(|token| TokenView {
                fingerprint: token.fingerprint.to_string(),
                refresh_fingerprint: token.refresh_fingerprint.map(|fingerprint| fingerprint.to_string()),
                opaque: token.claims.is_none(),
                left_ms: token.left_ms,
                lifetime_ms: token.lifetime.map(ms),
                window_ms: token.window.map(ms),
                refresh_left_ms: token.refresh_left.map(ms),
                refresh_lifetime_ms: token.refresh_lifetime.map(ms),
                claims: token.claims,
            }),
            degraded: status.outage.map(|outage| DegradedView {
                attempts: outage.attempts,
                next_attempt_in_ms: ms(outage.next_attempt_in),
                since_ms: ms(outage.lasted),
                code: code_of(&outage.cause),
                reason: outage.cause.to_string(),
                offers_sign_in: outage.offers_sign_in,
            }),
            route,
            banners,
            clock_ahead_ms: ms(clock_ahead),
        }
    }
}
