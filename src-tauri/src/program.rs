//! The program behind the commands: the session, what is kept, the demo server, and who watches.
//! Not here: Tauri's side of a command (`commands`), how the parts are made (`compose`), and any rule of the session (the engine).

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use secrecy::SecretString;
use serde::de::IgnoredAny;
use session_engine::error::ExpiryReason;
use session_engine::event::{EventRecord, SessionEvent};
use session_engine::ports::Credentials;
use session_engine::{ApiRequest, CallPhase, MAX_BODY_BYTES, Session, SessionState};
use tauri::ipc::Channel;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::adapters::clock::DemoClock;
use crate::adapters::events::{EventFeed, EventSink};
use crate::call_phases::CallPhases;
use crate::config::Settings;
use crate::keepsakes::{Keepsake, Keepsakes, LastHere};
use crate::view::{
    ApiCall, ApiMethod, ApiReplyView, CommandError, CommandErrorCode, EventBatch, FaultView, ProfileField,
    ProfileSlotView, ProfileView, SessionChanged, SessionExpired, SessionView,
};
use crate::watchers::Watchers;

/// The longest draft that is kept, in bytes.
const LONGEST_DRAFT: usize = 16 * 1024 * 1024;

/// The longest route that is kept, in bytes.
const LONGEST_ROUTE: usize = 512;

/// The longest time that passes at once, in seconds: 31 days.
const LONGEST_PASS: u32 = 31 * 24 * 60 * 60;

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

    /// Sends a call through the interceptor.
    ///
    /// # Errors
    /// [`CommandError`] when the API did not answer; whatever status it answers is a reply.
    pub async fn api_call(&self, call: ApiCall, phases: &CallPhases) -> Result<ApiReplyView, CommandError> {
        let teller = phases.take(call.ticket)?;
        let request = request(call)?;
        self.ready().await;
        let watch = |phase: CallPhase| {
            if let Some(teller) = &teller {
                teller.tell(phase);
            }
        };
        Ok(self.session.call_watched(request, &watch).await?.into())
    }

    /// The kept profile.
    ///
    /// # Errors
    /// [`CommandError`] when nobody is signed in or it cannot be read.
    pub async fn profile(&self) -> Result<Option<ProfileView>, CommandError> {
        let kept = self.kept().await?;
        Ok(profile_view(kept))
    }

    /// Where the kept profile is on the disk, read and checked anew (P13).
    ///
    /// # Errors
    /// [`CommandError`] when nobody is signed in or it cannot be read.
    pub async fn profile_slot(&self) -> Result<Option<ProfileSlotView>, CommandError> {
        self.ready().await;
        let found = self.keepsakes.slot_of(&self.account()?).await?;
        Ok(found.map(ProfileSlotView::from))
    }

    /// Reads the profile from the server and keeps it.
    ///
    /// # Errors
    /// [`CommandError`]; the kept profile is then as it was.
    pub async fn reload_profile(&self) -> Result<ProfileView, CommandError> {
        let path = self.settings.profile_path.as_deref().ok_or_else(|| {
            CommandError::new(
                CommandErrorCode::Misconfigured,
                "config.toml names no [profile] path to read the profile from.",
            )
        })?;
        self.session.reload_profile(path).await?;
        let kept = self.kept().await?;
        profile_view(kept)
            .ok_or_else(|| CommandError::new(CommandErrorCode::Store, "The profile could not be kept."))
    }

    /// Where both copies of what was kept were damaged, the profile comes from the server again (P13).
    pub(crate) async fn rebuild_profile(&self) {
        let status = self.session.status();
        let (Some(account), Some(_)) = (status.account, &self.settings.profile_path) else { return };
        let is_lost = self.keepsakes.of(&account).await.is_ok_and(|kept| kept.profile.is_none());
        if is_lost
            && self.keepsakes.damage().is_some()
            && let Err(error) = self.reload_profile().await
        {
            tracing::warn!(?error, "the profile is not rebuilt yet; its view asks for it again");
        }
    }

    /// The note that is not sent yet.
    ///
    /// # Errors
    /// [`CommandError`] when nobody is signed in or it cannot be read.
    pub async fn draft(&self) -> Result<String, CommandError> {
        Ok(self.kept().await?.draft)
    }

    /// Keeps the note that is not sent yet; also when the session has just ended, so that it is there again after signing in.
    ///
    /// # Errors
    /// [`CommandError`] when it cannot be kept.
    pub async fn save_draft(&self, text: String) -> Result<(), CommandError> {
        if text.len() > LONGEST_DRAFT {
            return Err(too_large("The draft is longer than 16 MB and cannot be kept. Make it shorter."));
        }
        self.change(move |kept| kept.draft = text).await
    }

    /// Keeps where the user is, to come back there (R13).
    ///
    /// # Errors
    /// [`CommandError`] when it cannot be kept.
    pub async fn save_route(&self, route: String) -> Result<(), CommandError> {
        if !route.starts_with('/') || route.len() > LONGEST_ROUTE {
            return Err(CommandError::new(
                CommandErrorCode::InvalidInput,
                "A route starts with a slash and is short.",
            ));
        }
        self.change(move |kept| kept.route = Some(route)).await
    }

    /// "Retry now", and the dev panel's "Refresh now".
    pub async fn refresh_now(&self) {
        self.session.refresh_now().await;
    }

    /// Tries the keyring again.
    pub async fn retry_vault(&self) {
        self.session.retry_vault().await;
    }

    /// Sends the black box, then every event from then on, each once. A window watches once: what it watched by before hears no
    /// more. Windows do not take events from each other.
    pub fn watch_events(&self, window: &str, events: &Channel<EventBatch>) {
        let (session, watchers) = (self.session.clone(), Arc::clone(&self.watchers));
        let (window, events) = (window.to_owned(), events.clone());
        self.feed.between(move |last| {
            let known = session.events().into_iter().filter(|record| record.seq <= last).collect();
            watchers.begin(window, &events, known, session.counters());
        });
    }

    /// Sends no more events by this channel. A window that watches anew may say so before it takes leave of the channel it had.
    pub fn unwatch_events(&self, window: &str, channel: u32) {
        let (watchers, window) = (Arc::clone(&self.watchers), window.to_owned());
        self.feed.between(move |_| watchers.end(&window, channel));
    }

    /// A window has gone.
    pub fn forget_window(&self, window: &str) {
        let (watchers, window) = (Arc::clone(&self.watchers), window.to_owned());
        self.feed.between(move |_| watchers.forget(&window));
    }

    /// The demo server's switches; none when a real server is set (P10).
    pub fn faults(&self) -> Vec<FaultView> {
        let faults = self.demo.as_ref().map(demo_api::Handle::faults).unwrap_or_default();
        let view = |(fault, on): (demo_api::Fault, bool)| FaultView {
            name: fault.name().to_owned(),
            on,
            description: fault.describe().to_owned(),
        };
        faults.into_iter().map(view).collect()
    }

    /// Turns one of the demo server's switches.
    ///
    /// # Errors
    /// [`CommandError`] for a name that is none, or when a real server is set (P10).
    pub fn set_fault(&self, name: &str, on: bool) -> Result<Vec<FaultView>, CommandError> {
        let invalid = |message| CommandError::new(CommandErrorCode::InvalidInput, message);
        let demo = self
            .demo
            .as_ref()
            .ok_or_else(|| invalid("The switches belong to the demo server, which does not run."))?;
        let fault =
            name.parse::<demo_api::Fault>().map_err(|_| invalid("There is no switch of this name."))?;
        demo.set_fault(fault, on);
        Ok(self.faults())
    }

    /// Turns all of them off.
    pub fn reset_faults(&self) -> Vec<FaultView> {
        if let Some(demo) = &self.demo {
            demo.reset_faults();
        }
        self.faults()
    }

    /// Lets time pass for this program and the demo server: tokens grow old, and nobody waits for it.
    ///
    /// # Errors
    /// [`CommandError`] for more than a month at once, or when a real server is set (P10).
    pub async fn pass_time(&self, seconds: u32) -> Result<SessionView, CommandError> {
        let invalid = |message| CommandError::new(CommandErrorCode::InvalidInput, message);
        let clock = self
            .demo_clock
            .as_ref()
            .ok_or_else(|| invalid("The clock belongs to the demo server, which does not run."))?;
        if seconds > LONGEST_PASS {
            return Err(invalid("A month at most passes at once."));
        }
        clock.pass(Duration::from_secs(u64::from(seconds)));
        self.ready().await;
        self.changed().await;
        Ok(self.view().await)
    }

    /// What is kept of who is signed in.
    async fn kept(&self) -> Result<Keepsake, CommandError> {
        self.session.note_activity();
        self.ready().await;
        Ok(self.keepsakes.of(&self.account()?).await?)
    }

    /// Who is signed in.
    fn account(&self) -> Result<String, CommandError> {
        let status = self.session.status();
        let signed_in = !matches!(status.state, SessionState::SignedOut | SessionState::Expired);
        status.account.filter(|_| signed_in).ok_or_else(signed_out)
    }

    async fn change(&self, change: impl FnOnce(&mut Keepsake) + Send + 'static) -> Result<(), CommandError> {
        self.session.note_activity();
        self.ready().await;
        let account = self.session.status().account.ok_or_else(signed_out)?;
        let (session, owner) = (self.session.clone(), account.clone());
        let still_ours = move || session.status().account == Some(owner);
        match self.keepsakes.change(&account, still_ours, change).await? {
            true => Ok(()),
            false => Err(signed_out()),
        }
    }
}

#[async_trait::async_trait]
impl EventSink for Program {
    async fn changed(&self) {
        (self.emit)(UiEvent::Changed(Box::new(SessionChanged(self.view().await))));
    }

    async fn expired(&self, record: &EventRecord) {
        if let SessionEvent::SessionExpired { account, reason } = &record.event {
            let expired = SessionExpired {
                reason: reason.clone(),
                account: account.clone(),
                seq: self.first_seq.saturating_add(record.seq),
            };
            (self.emit)(UiEvent::Expired(expired));
            self.keep_why_it_ended(account, reason).await;
        }
    }

    fn batch(&self, events: Vec<EventRecord>) {
        self.watchers.tell(&events, self.session.counters());
    }

    fn is_watched(&self) -> bool {
        !self.watchers.is_empty()
    }
}

impl Program {
    /// So that the login view can still say it after a restart.
    async fn keep_why_it_ended(&self, account: &str, reason: &ExpiryReason) {
        let session = self.session.clone();
        let still_so = move || session.status().state == SessionState::Expired;
        if let Err(error) = self.keepsakes.add_why_it_ended(account, reason.clone(), still_so).await {
            tracing::warn!(%error, "why the session ended could not be kept");
        }
    }
}

/// Checks what a page asks for and makes a request of it.
fn request(call: ApiCall) -> Result<ApiRequest, CommandError> {
    let body = call.body.unwrap_or_default();
    if body.len() > MAX_BODY_BYTES {
        return Err(too_large(&format!(
            "This is larger than {} MB, which is the limit. Make it shorter.",
            MAX_BODY_BYTES >> 20
        )));
    }
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if !body.is_empty() {
        serde_json::from_str::<IgnoredAny>(&body).map_err(|error| {
            CommandError::new(
                CommandErrorCode::NotJson,
                format!("The body is not JSON ({error}). Mend it and send it again."),
            )
        })?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let method = match call.method {
        ApiMethod::Get => Method::GET,
        ApiMethod::Post => Method::POST,
        ApiMethod::Put => Method::PUT,
        ApiMethod::Patch => Method::PATCH,
        ApiMethod::Delete => Method::DELETE,
    };
    Ok(ApiRequest { method, path: call.path, headers, body: Bytes::from(body) })
}

fn profile_view(kept: Keepsake) -> Option<ProfileView> {
    let field = |(key, json): (&str, &str)| ProfileField { key: key.to_owned(), json: json.to_owned() };
    let fields = kept.profile?.fields().map(field).collect();
    Some(ProfileView { account: kept.account, updated_at_ms: kept.profile_at_ms, fields })
}

fn signed_out() -> CommandError {
    CommandError::new(CommandErrorCode::SignedOut, "Nobody is signed in any more. Sign in and try again.")
}

fn too_large(message: &str) -> CommandError {
    CommandError::new(CommandErrorCode::TooLarge, message)
}
