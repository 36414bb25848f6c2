//! Why a command failed, as it crosses to the UI: a code to switch on, a sentence that says what to do.
//! Not here: the engine's own errors, which are mapped here, and the words of the UI.

use serde::Serialize;
use session_engine::ProfileError;
use session_engine::error::{CallError, RefreshError, SignInError, StoreError, Transient, TransientKind};
use session_engine::event::ErrorCode;
use specta::Type;

use super::ms;

/// Why a command failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CommandError {
    /// For the UI to switch on.
    pub code: CommandErrorCode,
    /// One sentence that says what to do.
    pub message: String,
    /// It may work later.
    pub transient: bool,
    /// When to try again, if the server said.
    pub retry_after_ms: Option<u64>,
    /// What is wrong with which field of a form.
    pub fields: Vec<FieldError>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct FieldError {
    /// `username`, `password` or `text`; of the settings the key, dotted.
    pub field: String,
    /// One sentence.
    pub message: String,
}

/// The codes of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it; session_engine::event::ErrorCode documents most")]
pub enum CommandErrorCode {
    SignedOut,
    SessionExpired,
    WrongCredentials,
    InvalidInput,
    Offline,
    ServerUnavailable,
    Throttled,
    Timeout,
    PathNotAllowed,
    TooLarge,
    NotJson,
    Misconfigured,
    Store,
    Internal,
}

impl CommandError {
    /// A failure with a sentence, definitive, about no field.
    pub(crate) fn new(code: CommandErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), transient: false, retry_after_ms: None, fields: Vec::new() }
    }

    fn on_field(self, field: &str) -> Self {
        let message = self.message.clone();
        Self { fields: vec![FieldError { field: field.to_owned(), message }], ..self }
    }

    fn transient(transient: &Transient) -> Self {
        Self {
            transient: true,
            retry_after_ms: transient.retry_after.map(ms),
            ..Self::new(ErrorCode::from(transient.kind).into(), advice(transient))
        }
    }
}

/// What happened and what to do, in one or two sentences.
fn advice(transient: &Transient) -> String {
    let what_to_do = match transient.kind {
        TransientKind::Offline | TransientKind::ConnectionLost => {
            "Check the network; it is tried again by itself."
        }
        TransientKind::NoAnswer | TransientKind::ServerUnavailable => "Try again in a moment.",
        TransientKind::Throttled => "Wait a moment before trying again.",
        TransientKind::NotTheApi => {
            "If this network has a sign-in page, open it in a browser, then try again."
        }
        TransientKind::Internal => "Try again; if it happens again, report it.",
    };
    format!("{} {what_to_do}", transient.detail)
}

fn misconfigured(detail: &str) -> CommandError {
    let message = format!(
        "The server does not accept the way this program asks ({detail}). Check the settings in config.toml."
    );
    CommandError::new(CommandErrorCode::Misconfigured, message)
}

impl From<CallError> for CommandError {
    fn from(error: CallError) -> Self {
        let code = CommandErrorCode::from(ErrorCode::from(&error));
        match error {
            CallError::SignedOut => Self::new(code, "Nobody is signed in any more. Sign in and try again."),
            CallError::SessionExpired(_) => {
                Self::new(code, "Your session has ended. Sign in again; nothing you wrote is lost.")
            }
            CallError::Unavailable(transient) => Self::transient(&transient),
            CallError::Misconfigured(detail) => misconfigured(&detail),
            CallError::PathNotAllowed(why) => {
                Self::new(code, format!("This path does not lead to the configured server: {why}."))
            }
            CallError::TooLarge { what, limit } => Self::new(
                code,
                format!("The {what} is larger than {} MB, which is the limit. Make it shorter.", limit >> 20),
            ),
        }
    }
}

impl From<SignInError> for CommandError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Missing { field } => {
                let message = if field == "username" {
                    "Enter your name or e-mail address."
                } else {
                    "Enter your password."
                };
                Self::new(CommandErrorCode::InvalidInput, message).on_field(field)
            }
            SignInError::NoLogin => Self::new(
                CommandErrorCode::Misconfigured,
                "Signing in to this server is done elsewhere: config.toml has no [login]. Add one with the path where a name and a password are sent, and start again.",
            ),
            SignInError::WrongCredentials => {
                let message =
                    "The server does not know this name with this password. Check both and try again.";
                Self::new(CommandErrorCode::WrongCredentials, message).on_field("password")
            }
            SignInError::Transient(transient) => Self::transient(&transient),
            SignInError::Misconfigured(detail) => misconfigured(&detail),
            SignInError::Superseded => {
                Self::new(CommandErrorCode::SignedOut, "Another sign-in or a sign-out came in between.")
            }
        }
    }
}

impl From<ProfileError> for CommandError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Call(error) => error.into(),
            ProfileError::Status(status) => {
                let message = format!(
                    "The server answered {} where the profile was expected. The kept one is shown.",
                    status.as_u16()
                );
                Self {
                    transient: status.is_server_error(),
                    ..Self::new(CommandErrorCode::ServerUnavailable, message)
                }
            }
            ProfileError::NotAnObject => Self::new(
                CommandErrorCode::NotJson,
                "The server's profile is not a JSON object. The kept one is shown.",
            ),
            ProfileError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::new(CommandErrorCode::Store, error.0)
    }
}

impl From<ErrorCode> for CommandErrorCode {
    fn from(code: ErrorCode) -> Self {
        match code {
            ErrorCode::SignedOut => Self::SignedOut,
            ErrorCode::SessionExpired => Self::SessionExpired,
            ErrorCode::Offline => Self::Offline,
            ErrorCode::ServerUnavailable => Self::ServerUnavailable,
            ErrorCode::Throttled => Self::Throttled,
            ErrorCode::Timeout => Self::Timeout,
            ErrorCode::PathNotAllowed => Self::PathNotAllowed,
            ErrorCode::TooLarge => Self::TooLarge,
            ErrorCode::Misconfigured => Self::Misconfigured,
            ErrorCode::Internal => Self::Internal,
        }
    }
}

pub(super) fn code_of(cause: &RefreshError) -> CommandErrorCode {
    match cause {
        RefreshError::Transient(transient) => ErrorCode::from(transient.kind).into(),
        RefreshError::Misconfigured(_) => CommandErrorCode::Misconfigured,
        RefreshError::Definitive(_) => CommandErrorCode::SessionExpired,
        RefreshError::Superseded => CommandErrorCode::SignedOut,
    }
}
