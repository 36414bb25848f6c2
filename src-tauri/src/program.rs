//! The program behind the commands: its parts, and the session from signing in to the program's end.
//! Not here: calls (`calls`), what is kept (`kept`), who watches (`telling`), the demo server (`demo`); Tauri's side of a command
//! (`commands`), how the parts are made (`compose`), and any rule of the session (the engine).

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;
use session_engine::ports::Credentials;
use session_engine::{Session, SessionState};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::adapters::clock::DemoClock;
use crate::adapters::events::EventFeed;
use crate::config::Settings;
use crate::keepsakes::{Keepsakes, LastHere};
use crate::view::{CommandError, CommandErrorCode, SessionChanged, SessionExpired, SessionView};
use crate::watchers::Watchers;

mod calls;
mod demo;
mod kept;
mod telling;

/// The running program.
pub struct Program {
    pub(crate) settings: Settings,
    pub(crate) session: Session,
    pub(crate) keepsakes: Keepsakes,
    pub(crate) demo: Option<demo_api::Handle>,
    pub(crate) demo_clock: Option<Arc<DemoClock>>,
    /// Where exports are written.
    pub(crate) exports: PathBuf,
    pub(crate) emit: Box<dyn Fn(UiEvent) + Send + Sync>,
    /// Who watches.
    pub(crate) watchers: Arc<Watchers>,
    /// The order of its events, in which windows begin and cease to watch.
    pub(crate) feed: EventFeed,
    /// Views are numbered from here on, so that those of a program before this one are older.
    pub(crate) first_seq: u64,
    /// The tasks that run for this program only; they end with it.
    pub(crate) tasks: Mutex<Vec<Task>>,
    /// It is closed: nobody signs in here any more.
    pub(crate) closed: AtomicBool,
    /// Becomes true once the vault has been asked (R13): before that nobody can say that nobody is signed in.
    pub(crate) restored: watch::Receiver<bool>,
}

/// A task of a program, and how it is ended.
pub(crate) enum Task {
    /// Cut off.
    Pump(JoinHandle<()>),
    /// Asked to end, and waited for.
    Demo(oneshot::Sender<()>, JoinHandle<()>),
}

/// What is sent to the window unasked.
pub enum UiEvent {
    /// The session changed.
    Changed(Box<SessionChanged>),
    /// The session ended by itself.
    Expired(SessionExpired),
}

impl Program {
    /// The session as it is; waits for the vault's answer at the start, so that login never flashes (R13).
    pub async fn session_view(&self) -> SessionView {
        self.ready().await;
        self.view().await
    }

    async fn ready(&self) {
        if !*self.restored.borrow() {
            let _ = self.restored.clone().wait_for(|restored| *restored).await;
        }
    }

    async fn view(&self) -> SessionView {
        let status = self.session.status();
        let signed_in = !matches!(status.state, SessionState::SignedOut | SessionState::Expired);
        let route = match status.account.as_deref().filter(|_| signed_in) {
            Some(account) => self.keepsakes.of(account).await.ok().and_then(|kept| kept.route),
            None => None,
        };
        let last =
            if status.account.is_none() { self.keepsakes.last_here().await } else { LastHere::default() };
        let ahead = self.demo.as_ref().map(demo_api::Handle::clock_ahead).unwrap_or_default();
        SessionView::new(status, route, last, self.keepsakes.damage(), self.first_seq, ahead)
    }

    /// Signs in.
    ///
    /// # Errors
    /// [`CommandError`] by field where a field is wrong.
    pub async fn sign_in(&self, username: String, password: String) -> Result<SessionView, CommandError> {
        if self.closed.load(Ordering::Acquire) {
            return Err(signed_out());
        }
        let credentials = Credentials { username, password: SecretString::from(password) };
        self.session.sign_in(credentials).await?;
        let here = self.session.status().account;
        if here.is_some()
            && let Err(error) = self.keepsakes.set_last_here(here).await
        {
            tracing::warn!(%error, "the name could not be kept"); // the store's banner says it once a profile is written
        }
        Ok(self.view().await)
    }

    /// Signs out; also offline.
    ///
    /// # Errors
    /// [`CommandError`] when the name of who was here could not be forgotten; the session is over all the same.
    pub async fn sign_out(&self, remember: bool) -> Result<SessionView, CommandError> {
        // Before the session ends: the login view shows at once, and would fill in a name that is to be forgotten.
        let forgotten = match remember {
            true => Ok(()),
            false => self.keepsakes.set_last_here(None).await,
        };
        self.session.sign_out(remember).await;
        forgotten?;
        Ok(self.view().await)
    }

    /// Ends it, because another takes its place: signs out at the server and here, keeps profile and draft, stops its tasks.
    /// Gives the number that the next program's views start from.
    pub async fn close(&self) -> u64 {
        self.closed.store(true, Ordering::Release);
        self.ready().await;
        self.session.sign_out(true).await;
        self.watchers.forget_all();
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            match task {
                Task::Pump(pump) => pump.abort(),
                Task::Demo(stop, demo) => {
                    drop(stop);
                    let _ = demo.await; // it gives requests in progress two seconds
                }
            }
        }
        self.first_seq.saturating_add(self.session.status().seq).saturating_add(1)
    }

    /// "Retry now", and the dev panel's "Refresh now".
    pub async fn refresh_now(&self) {
        self.session.refresh_now().await;
    }

    /// Tries the keyring again.
    pub async fn retry_vault(&self) {
        self.session.retry_vault().await;
    }
}

fn signed_out() -> CommandError {
    CommandError::new(CommandErrorCode::SignedOut, "Nobody is signed in any more. Sign in and try again.")
}

fn too_large(message: &str) -> CommandError {
    CommandError::new(CommandErrorCode::TooLarge, message)
}
