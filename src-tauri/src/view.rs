//! What crosses to the UI: views, events, and why a command failed. Nothing here can hold a token; the engine's token types cannot be serialised.
//! Not here: where the values come from (`program`), and the words for events (the UI's).

use std::time::Duration;

mod call;
mod error;
mod panel;
mod profile;
mod session;
mod settings;
mod startup;

pub use call::{ApiCall, ApiMethod, ApiReplyView, CallProgress};
pub use error::{CommandError, CommandErrorCode, FieldError};
pub use panel::{EventBatch, ExportView, FaultView, PanelLeft, ProgramReopened};
pub use profile::{ProfileField, ProfileSlotView, ProfileView};
pub use session::{Banner, BannerKind, DegradedView, SessionChanged, SessionExpired, SessionView, TokenView};
pub use settings::{FieldView, PresetView, SettingsDraft, SettingsValue, SettingsView};
pub use startup::{BackendView, DemoAccount, StartupProblem, StartupView, WindowName};

/// Whole milliseconds.
fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
