//! `config.toml` in the window: shown as a form, tested, and saved, which applies it without a restart.
//! Not here: the form (`form`), the walk (`checkup`), the program that is replaced (`desk`).

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use futures::future::BoxFuture;
use secrecy::SecretString;
use session_doctor::{Report, Step};
use session_engine::ports::Credentials;
use tauri::ipc::Channel;
use tokio_util::sync::CancellationToken;

use crate::checkup::{self, Asked};
use crate::config::{self, ConfigProblem, Settings};
use crate::desk::{Desk, Opened};
use crate::view::{CommandError, CommandErrorCode, SettingsDraft, SettingsView, StartupView, WindowName};
use crate::{folders, form};

/// Opens the program with other settings, its views numbered from the given number on.
pub type Open = Box<dyn Fn(Settings, u64) -> BoxFuture<'static, Opened> + Send + Sync>;

/// The settings' file, and how the program is opened anew with it.
pub struct SettingsFile {
    file: PathBuf,
    open: Open,
    is_saving: AtomicBool,
    test: Mutex<CancellationToken>,
}

impl SettingsFile {
    /// For the file at `file`; `open` is called after it was saved.
    #[must_use]
    pub fn new(file: PathBuf, open: Open) -> Self {
        Self { file, open, is_saving: AtomicBool::new(false), test: Mutex::default() }
    }

    /// The form of a text; of the file's own if there is none.
    ///
    /// # Errors
    /// [`CommandError`] when the text is not the settings of any server.
    pub async fn view(&self, text: Option<String>) -> Result<SettingsView, CommandError> {
        let text = match text {
            Some(text) => {
                self.check(&text)?;
                text
            }
            None => read(self.file.clone()).await?,
        };
        let (backend, values) = form::read(&text);
        let file = self.file.display().to_string();
        Ok(SettingsView { file, text, backend, values, presets: form::presets() })
    }

    /// Walks through the server that the form describes. Name and password are used and forgotten. A test that still runs is
    /// stopped. `None`: this one was.
    ///
    /// # Errors
    /// [`CommandError`] by field where a field is wrong.
    pub async fn test(
        &self,
        draft: SettingsDraft,
        username: String,
        password: String,
        reuse: bool,
        steps: &Channel<Step>,
    ) -> Result<Option<Report>, CommandError> {
        let toml = form::write(&draft)?;
        let settings = self.check(&toml)?;
        let credentials = Credentials { username, password: SecretString::from(password) };
        let tell = |step: &Step| {
            let _ = steps.send(step.clone()); // fails only when the page is gone
        };
        let stop = CancellationToken::new();
        self.stop_and_watch_for(stop.clone());
        let walked = checkup::walk(settings, Asked { toml, credentials, reuse }, &tell, &stop).await;
        walked.map_err(|why| CommandError::new(CommandErrorCode::Internal, why))
    }

    /// Stops the test that runs, if one does; it signs out and ends.
    pub fn stop_test(&self) {
        self.stop_and_watch_for(CancellationToken::new());
    }

    /// Saves the form and applies it: the session ends cleanly, profile and draft stay, and the program is opened anew.
    ///
    /// # Errors
    /// [`CommandError`] by field where a field is wrong, or when the file cannot be written; nothing is changed then.
    pub async fn save(&self, desk: &Desk, draft: SettingsDraft) -> Result<StartupView, CommandError> {
        let text = form::write(&draft)?;
        let settings = self.check(&text)?;
        if self.is_saving.swap(true, Ordering::AcqRel) {
            return Err(CommandError::new(
                CommandErrorCode::InvalidInput,
                "The settings are being saved already.",
            ));
        }
        let saved = self.apply(desk, settings, text).await;
        self.is_saving.store(false, Ordering::Release);
        saved
    }

    async fn apply(
        &self,
        desk: &Desk,
        settings: Settings,
        text: String,
    ) -> Result<StartupView, CommandError> {
        let file = self.file.clone();
        let write = move || folders::replace_file(&file, text.as_bytes());
        let written = tokio::task::spawn_blocking(write).await;
        written.map_err(io::Error::other).flatten().map_err(|error| self.unwritable(&error))?;
        let first_seq = desk.close().await;
        desk.replace((self.open)(settings, first_seq));
        Ok(desk.startup(WindowName::Main).await)
    }

    fn stop_and_watch_for(&self, next: CancellationToken) {
        let mut test = self.test.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *test, next);
        drop(test);
        before.cancel(); // R17: who hears of it runs after the lock
    }

    fn check(&self, text: &str) -> Result<Settings, CommandError> {
        config::parse(text, &self.file).map_err(|problem| problem_of(&problem))
    }

    fn unwritable(&self, error: &io::Error) -> CommandError {
        let message =
            format!("{} cannot be written: {error}. {}", self.file.display(), folders::advice(error));
        CommandError::new(CommandErrorCode::Store, message)
    }
}

fn problem_of(problem: &ConfigProblem) -> CommandError {
    match &problem.key {
        Some(key) => form::on_field(key, &problem.message),
        None => CommandError::new(CommandErrorCode::InvalidInput, problem.message.clone()),
    }
}

/// The file's text; none is an empty one.
async fn read(file: PathBuf) -> Result<String, CommandError> {
    let name = file.display().to_string();
    let text = tokio::task::spawn_blocking(move || std::fs::read_to_string(file)).await;
    match text.map_err(io::Error::other).flatten() {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => {
            let message = format!("{name} cannot be read: {error}. Mend its permissions.");
            Err(CommandError::new(CommandErrorCode::Store, message))
        }
    }
}
