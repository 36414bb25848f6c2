//! The desk: what Tauri manages and every command starts from. The program is opened behind it while the window comes up.
//! Not here: what a command does (`program`).

use std::future::Future;
use std::sync::Arc;

use arc_swap::ArcSwap;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use session_engine::SessionState;

use crate::program::Program;
use crate::view::{
    BackendView, CommandError, CommandErrorCode, DemoAccount, SessionView, StartupProblem, StartupView,
    WindowName,
};

/// The demo server's first account; it is shown on the login view.
pub(crate) const DEMO_ACCOUNT: (&str, &str) = ("ada@example.com", "analytical-engine");

/// A program that was opened, or why it cannot be.
pub type Opened = Result<Arc<Program>, StartupProblem>;

type Opening = Shared<BoxFuture<'static, Opened>>;

/// The program, as soon as it is open, or why it cannot be. Other settings put another in its place.
pub struct Desk(ArcSwap<Opening>);

impl Desk {
    /// Waits for `opening` when it is first asked. It must be driven by a task of its own, too.
    #[must_use]
    pub fn new(opening: impl Future<Output = Opened> + Send + 'static) -> Self {
        Self(ArcSwap::from_pointee(opening.boxed().shared()))
    }

    /// The opening itself, for the task that drives it.
    pub fn opening(&self) -> impl Future<Output = Opened> + Send + use<> {
        Opening::clone(&self.0.load())
    }

    /// Puts another program in the place of the last, which must be closed.
    pub fn replace(&self, opening: impl Future<Output = Opened> + Send + 'static) {
        self.0.store(Arc::new(opening.boxed().shared()));
    }

    /// Closes the program, if there is one. Gives the number that the next one's views start from.
    pub async fn close(&self) -> u64 {
        match self.opening().await {
            Ok(program) => program.close().await,
            Err(_) => 0,
        }
    }

    /// The open program.
    ///
    /// # Errors
    /// [`CommandError`] when it cannot be opened.
    pub async fn program(&self) -> Result<Arc<Program>, CommandError> {
        self.opening()
            .await
            .map_err(|problem| CommandError::new(CommandErrorCode::Misconfigured, problem.message))
    }

    /// The program if it is open already; nothing is waited for.
    pub fn open_program(&self) -> Option<Arc<Program>> {
        self.0.load().peek()?.as_ref().ok().cloned()
    }

    /// What this window needs first.
    pub async fn startup(&self, window: WindowName) -> StartupView {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        match self.opening().await {
            Err(problem) => {
                StartupView { window, problem: Some(problem), backend: BackendView::default(), version }
            }
            Ok(program) => {
                let demo_account = program.settings.embedded_demo.then(|| DemoAccount {
                    username: DEMO_ACCOUNT.0.to_owned(),
                    password: DEMO_ACCOUNT.1.to_owned(),
                });
                StartupView {
                    window,
                    problem: None,
                    backend: BackendView::new(&program.settings, demo_account),
                    version,
                }
            }
        }
    }

    /// The session as it is; signed out where there is no program.
    pub async fn session(&self) -> SessionView {
        match self.opening().await {
            Ok(program) => program.session_view().await,
            Err(_) => SessionView {
                seq: 0,
                state: SessionState::SignedOut,
                generation: 0,
                account: None,
                reason: None,
                token: None,
                degraded: None,
                route: None,
                banners: Vec::new(),
                clock_ahead_ms: 0,
            },
        }
    }
}
