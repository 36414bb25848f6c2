//! What crosses to the UI: views and events (and, in `error`, why a command failed). Nothing here can hold a token; the engine's token types cannot be serialised.
//! Not here: where the values come from (`program`), and the words for events (the UI's).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use session_engine::error::ExpiryReason;
use session_engine::event::{EventRecord, Waiting};
use session_engine::{ApiReply, CallPhase, Counters, SessionState, Status};
use specta::Type;
use tauri_specta::Event;

use crate::config::{ConfigProblem, Settings};
use crate::keepsakes::{LastHere, SlotFound};

mod error;
mod settings;

use error::code_of;
pub use error::{CommandError, CommandErrorCode, FieldError};
pub use settings::{FieldView, PresetView, SettingsDraft, SettingsValue, SettingsView};

/// What the window needs before anything else.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StartupView {
    /// The window that asks: its page decides by it what it shows.
    pub window: WindowName,
    /// Why the program cannot run; then only this is shown.
    pub problem: Option<StartupProblem>,
    /// The server the program talks to.
    pub backend: BackendView,
    /// The program's version.
    pub version: String,
}

/// One of the program's windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum WindowName {
    /// The main one.
    Main,
    /// The dev panel's own.
    DevPanel,
}

/// Why the program cannot run.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StartupProblem {
    /// One line.
    pub title: String,
    /// The file that is wrong.
    pub file: Option<String>,
    /// The line in it, from 1.
    pub line: Option<usize>,
    /// The key that is wrong, dotted.
    pub key: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

/// The server the program talks to.
#[derive(Clone, Debug, Default, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BackendView {
    /// `demo`, `simplejwt`, `oauth2` or `custom`.
    pub name: String,
    /// The address all paths are relative to.
    pub base_url: String,
    /// The demo account, while the embedded demo server is the backend.
    pub demo_account: Option<DemoAccount>,
    /// Paths the home view loads in parallel.
    pub home_calls: Vec<String>,
    /// Where the profile is read.
    pub profile_path: Option<String>,
    /// Where a note is posted.
    pub notes_path: Option<String>,
    /// Whether there is a dev panel.
    pub dev_panel: bool,
}

/// An account anyone may use.
#[derive(Clone, Debug, Serialize, Type)]
pub struct DemoAccount {
    /// The name.
    pub username: String,
    /// The password; it is public.
    pub password: String,
}

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

/// The event log as a file that can be shown to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExportView {
    /// Where it was written.
    pub file: String,
    /// Where the HTTP archive was, if there was one to write.
    pub archive: Option<String>,
    /// How many events are in it.
    pub events: usize,
    /// How many came before them and are not kept.
    pub forgotten: u64,
    /// What is not in it, in words.
    pub left_out: Vec<String>,
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

/// Sent to the main window when the dev panel's own has gone.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub struct PanelLeft {
    /// The panel goes on in the main window; else it was closed.
    pub back: bool,
}

/// Sent to the dev panel's own window when the program was opened anew, with other settings: what it shows is of the one before.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub struct ProgramReopened;

/// A call of the API, as the page asks for it.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct ApiCall {
    /// The method.
    pub method: ApiMethod,
    /// Relative to the server's base address.
    pub path: String,
    /// JSON text.
    pub body: Option<String>,
    /// By which the page knows the call when its phases are told (`watch_calls`). A call is sent once for a ticket; null: every time.
    pub ticket: Option<u64>,
}

/// The methods a page may use.
#[derive(Clone, Copy, Debug, Deserialize, Type)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "RFC 9110 section 9.3 documents them")]
pub enum ApiMethod {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// The API's answer, whatever its status. Times in milliseconds.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ApiReplyView {
    /// The call's number in the events.
    pub call: u64,
    /// The status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// The body as text.
    pub body: String,
    /// The generation of the token it went with.
    pub generation: u64,
    /// How long it paused.
    pub waited_ms: u64,
    /// How long it took in all.
    pub took_ms: u64,
}

/// Where a call is. Silent for a call that need not wait.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(tag = "phase", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[allow(missing_docs, reason = "as session_engine::CallPhase")]
pub enum CallProgress {
    /// It pauses.
    Waiting { ticket: u64, call: u64, why: Waiting },
    /// It goes out after a pause.
    Sending { ticket: u64, call: u64, generation: u64, waited_ms: u64 },
}

/// The kept profile.
#[derive(Clone, Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// Whose it is.
    pub account: String,
    /// When it was last written, Unix milliseconds.
    pub updated_at_ms: i64,
    /// Its fields in order.
    pub fields: Vec<ProfileField>,
}

/// Where the kept profile is on the disk: the newest slot whose checksum is right (P13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProfileSlotView {
    /// `A` or `B`.
    pub slot: char,
    /// Rises with each write of the user's record: profile, draft or route.
    pub generation: u64,
    /// When the profile in it was written, Unix milliseconds.
    pub written_at_ms: i64,
}

/// One field of a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct ProfileField {
    /// Its name.
    pub key: String,
    /// Its value, exact JSON text.
    pub json: String,
}

/// Events for the dev panel, a batch at a time.
#[derive(Clone, Debug, Serialize, Type)]
pub struct EventBatch {
    /// Oldest first.
    pub events: Vec<EventRecord>,
    /// Counted up to the last of them.
    pub counters: Counters,
}

/// One of the demo server's fault switches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct FaultView {
    /// Its name.
    pub name: String,
    /// Whether it is on.
    pub on: bool,
    /// What it does, one sentence.
    pub description: String,
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

impl From<(SlotFound, i64)> for ProfileSlotView {
    fn from((slot, written_at_ms): (SlotFound, i64)) -> Self {
        Self { slot: slot.name, generation: slot.generation, written_at_ms }
    }
}

impl BackendView {
    pub(crate) fn new(settings: &Settings, demo_account: Option<DemoAccount>) -> Self {
        Self {
            name: settings.backend.clone(),
            base_url: settings.server.base.to_string(),
            demo_account,
            home_calls: settings.home_calls.clone(),
            profile_path: settings.profile_path.clone(),
            notes_path: settings.notes_path.clone(),
            dev_panel: settings.dev_panel,
        }
    }
}

impl StartupProblem {
    pub(crate) fn of_window(why: &str) -> Self {
        let title = "The window cannot be prepared".to_owned();
        Self { title, file: None, line: None, key: None, message: format!("{why}.") }
    }
}

impl From<&ConfigProblem> for StartupProblem {
    fn from(problem: &ConfigProblem) -> Self {
        Self {
            title: "The settings cannot be used".to_owned(),
            file: Some(problem.file.display().to_string()),
            line: problem.line,
            key: problem.key.clone(),
            message: problem.message.clone(),
        }
    }
}

impl From<ApiReply> for ApiReplyView {
    fn from(reply: ApiReply) -> Self {
        let content_type = reply.response.headers().get(http::header::CONTENT_TYPE);
        Self {
            call: reply.call,
            status: reply.response.status().as_u16(),
            content_type: content_type.and_then(|kind| kind.to_str().ok()).map(str::to_owned),
            body: String::from_utf8_lossy(reply.response.body()).into_owned(),
            generation: reply.generation.get(),
            waited_ms: ms(reply.waited),
            took_ms: ms(reply.took),
        }
    }
}

impl CallProgress {
    pub(crate) fn new(ticket: u64, phase: CallPhase) -> Self {
        match phase {
            CallPhase::Waiting { call, why } => Self::Waiting { ticket, call, why },
            CallPhase::Sending { call, generation, waited } => {
                Self::Sending { ticket, call, generation: generation.get(), waited_ms: ms(waited) }
            }
        }
    }
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
