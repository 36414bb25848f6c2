//! What a window needs before anything else: which window it is, the server, and why the program cannot run.
//! Not here: the session (`session`), and how settings are changed (`settings`).

use serde::Serialize;
use specta::Type;

use crate::config::{ConfigProblem, Settings};

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
