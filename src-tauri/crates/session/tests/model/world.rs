//! A world for the model: every port is one stand-in that takes time by letting others go first, and watches what is asked of it.
//! No lock of it is held while another task can run. Not here: what happens in it (`stories`), and how often (`check`).

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Request, Response};
use session_engine::error::{
    CallError, ExpiryCode, ExpiryReason, StoreError, Transient, TransientKind, TransportError, VaultError,
};
use session_engine::event::{EventRecord, FailedAs, SessionEvent};
use session_engine::ports::{
    Clock, Credentials, EndpointError, Journal, JournalEntry, Observer, ProfileStore, TokenEndpoint,
    TokenReply, Transport, Vault, VaultEntry,
};
use session_engine::{AccessToken, ApiReply, ApiRequest, Moment, Profile, RefreshToken, Session};
use shuttle::future::yield_now;
use shuttle::rand::Rng;

use crate::rules;

/// How long an access token lives.
const LIFE: Duration = Duration::from_secs(1800);

/// What the engine gives the vault and the journal for one operation; the model's always answer, so neither runs out.
const PATIENCE: [Duration; 2] = [Duration::from_secs(8), Duration::from_secs(2)];

/// The longest wait that runs out in a story with timers but without time-outs of requests.
const SHORT_OF_A_TIMEOUT: Duration = Duration::from_secs(29);

/// What the token endpoint does with a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// As a server does.
    Serve,
    /// 503, and nothing is done.
    Unavailable,
    /// It serves, and the reply is lost.
    LoseReply,
    /// The session is over.
    Dead,
    /// Our own adapter breaks.
    Panic,
    /// No answer, ever; the server may have served all the same (F21).
    Hang,
}

/// How an operation of the vault or of the journal goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Works,
    /// It does nothing, and says so.
    Refuses,
    /// It does as asked, and says that it did not.
    Denies,
}

/// Which waits run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timers {
    /// None: whatever waits must be woken by what it waits for.
    Never,
    /// Backoff, pauses and deadlines of calls, at any moment.
    Waits,
    /// These and the deadlines of requests.
    All,
}

#[derive(Default)]
pub(crate) struct Truth {
    now: Duration,
    timers: Option<Timers>,
    families: Vec<Family>,
    vault: Option<VaultEntry>,
    vault_busy: bool,
    noted: Option<JournalEntry>,
    /// From now on vault and journal work.
    mended: bool,
    /// Refresh tokens that the vault was asked to keep, and either did or said that it did not.
    kept: BTreeSet<String>,
    flying: Vec<String>,
    calls: BTreeMap<usize, Call>,
    expired: BTreeMap<String, usize>,
    started: usize,
    ended: usize,
    /// Refreshes that ended a session, and that was not told yet.
    ending: usize,
    replies: usize,
    revoking: usize,
    breaches: Vec<String>,
}

/// One sign-in and all that came of it at the server; its tokens are numbered from 1.
struct Family {
    account: String,
    alive: bool,
    /// The newest refresh token.
    current: usize,
    /// The newest refresh token that the client was told of.
    told: usize,
    /// No access token up to this one is accepted any more.
    refused: usize,
    issued_at: BTreeMap<usize, Duration>,
}

/// A call as the world sees it.
#[derive(Default)]
struct Call {
    /// How many families there were when the call had surely looked at the session.
    looked: Option<usize>,
    parked: bool,
    sending: bool,
    /// Whose session ended while it was parked and not yet sent.
    not_as: BTreeSet<String>,
    /// Who signed out, or gave way, while it was being answered.
    not_from: BTreeSet<String>,
    sent_as: Option<String>,
}

pub(crate) struct World {
    truth: Mutex<Truth>,
    weather: &'static [Weather],
    timers: Timers,
    vault: &'static [Mood],
    journal: &'static [Mood],
}

impl World {
    pub(crate) fn new(
        weather: &'static [Weather],
        timers: Timers,
        vault: &'static [Mood],
        journal: &'static [Mood],
    ) -> Arc<Self> {
        Arc::new(Self { truth: Mutex::default(), weather, timers, vault, journal })
    }

    fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap()
    }

    /// Writes a breach down; a panic here would be caught by the engine, as any of a port.
    pub(crate) fn breach(&self, rule: &str, what: &str) {
        self.truth().breaches.push(format!("{rule}: {what}"));
    }

    /// From now on waits run out, if they do in this story.
    pub(crate) fn start_timers(&self) {
        self.truth().timers = Some(self.timers);
    }

    /// How many refreshes began.
    pub(crate) fn started(&self) -> usize {
        self.truth().started
    }

    pub(crate) fn breaches(&self) -> Vec<String> {
        self.truth().breaches.clone()
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.truth().now += time;
    }

    /// No access token given so far is accepted any more.
    pub(crate) fn refuse_access(&self) {
        self.truth().families.iter_mut().for_each(|family| family.refused = family.current);
    }

    /// A vault in which an earlier run of the program left a session; gives its token's fingerprint.
    pub(crate) fn leave_in_vault(&self, account: &str) -> String {
        let refresh = RefreshToken::new(self.truth().begin(account)).unwrap();
        let fingerprint = refresh.fingerprint().to_string();
        self.truth().vault = Some(VaultEntry { account: account.to_owned(), refresh });
        fingerprint
    }

    /// A journal in which an earlier run of the program left this.
    pub(crate) fn leave_in_journal(&self, entry: JournalEntry) {
        self.truth().noted = Some(entry);
    }

    /// The server serves the first session's token once more than anybody was told of.
    pub(crate) fn serve_unheard(&self) {
        self.truth().families[0].current += 1;
    }

    /// From now on vault and journal work.
    pub(crate) fn mend(&self) {
        self.truth().mended = true;
    }

    pub(crate) fn journal_holds(&self) -> JournalEntry {
        self.truth().noted.clone().unwrap_or_default()
    }

    fn mood(&self, moods: &[Mood]) -> Mood {
        match moods {
            _ if self.truth().mended => Mood::Works,
            [only] => *only,
            moods => moods[shuttle::rand::thread_rng().gen_range(0..moods.len())],
        }
    }

    pub(crate) fn vault_holds(&self) -> Option<(String, RefreshToken)> {
        let truth = self.truth();
        truth.vault.as_ref().map(|entry| (entry.account.clone(), entry.refresh.clone()))
    }

    /// How often the end of this account's session was told.
    pub(crate) fn ends(&self, account: &str) -> usize {
        self.truth().expired.get(account).copied().unwrap_or_default()
    }

    /// How many refresh requests were answered with tokens.
    pub(crate) fn replies(&self) -> usize {
        self.truth().replies
    }

    /// Whether each refresh that started was said to have ended, and nothing is being revoked.
    pub(crate) fn is_quiet(&self) -> bool {
        let truth = self.truth();
        truth.started == truth.ended && truth.revoking == 0 && truth.flying.is_empty()
    }

    /// One call, watched.
    pub(crate) async fn call(&self, session: &Session, number: usize) -> Result<ApiReply, CallError> {
        self.truth().calls.insert(number, Call::default());
        let mut call = pin!(session.call(ApiRequest::get(format!("notes/{number}"))));
        let outcome = poll_fn(|context| {
            self.truth().call(number).parked = false;
            let polled = call.as_mut().poll(context);
            let mut truth = self.truth();
            let families = truth.families.len();
            let call = truth.call(number);
            call.looked.get_or_insert(families);
            call.parked = polled.is_pending();
            polled
        })
        .await;
        let truth = self.truth();
        let call = &truth.calls[&number];
        let from_another =
            outcome.is_ok() && call.sent_as.as_ref().is_some_and(|account| call.not_from.contains(account));
        drop(truth);
        if from_another {
            self.breach(rules::OWN_TOKEN, "an answer was given after its session had ended");
        }
        outcome
    }

    async fn takes(&self) {
        let times = [1, 1, 2, 6][shuttle::rand::thread_rng().gen_range(0..4)];
        for _ in 0..times {
            yield_now().await;
        }
    }

    fn answer(&self, token: &str, weather: Weather) -> Result<TokenReply, EndpointError> {
        let mut truth = self.truth();
        let (at, number) = read(token);
        let family = &mut truth.families[at];
        if weather == Weather::Dead {
            family.alive = false;
        }
        if !family.alive {
            return Err(dead());
        }
        if weather == Weather::Unavailable {
            return Err(lost(TransientKind::ServerUnavailable));
        }
        if family.current == number {
            family.current += 1;
        }
        let number = family.current;
        truth.replies += 1;
        Ok(truth.tokens(at, number))
    }
}

impl Truth {
    fn call(&mut self, number: usize) -> &mut Call {
        self.calls.entry(number).or_default()
    }

    fn begin(&mut self, account: &str) -> String {
        let account = account.to_owned();
        let issued_at = BTreeMap::new();
        self.families.push(Family { account, alive: true, current: 1, told: 1, refused: 0, issued_at });
        format!("r.{}.1", self.families.len() - 1)
    }

    fn tokens(&mut self, family: usize, number: usize) -> TokenReply {
        let now = self.now;
        self.families[family].issued_at.insert(number, now);
        TokenReply {
            access: AccessToken::new(&format!("a.{family}.{number}")).unwrap(),
            refresh: Some(RefreshToken::new(format!("r.{family}.{number}")).unwrap()),
            expires_in: Some(LIFE),
            refresh_expires_in: None,
            server_date_ms: None,
            user: None,
        }
    }

    /// A session was said to have ended, for all calls that do not run just now.
    fn over(&mut self, is_over: impl Fn(&str) -> bool, answers_too: bool) {
        let over: Vec<String> =
            self.families.iter().map(|f| f.account.clone()).filter(|a| is_over(a)).collect();
        for call in self.calls.values_mut().filter(|call| call.parked) {
            if call.sending && answers_too {
                call.not_from.extend(over.iter().cloned());
            }
            if !call.sending {
                call.not_as.extend(over.iter().cloned());
            }
        }
    }
}

fn read(token: &str) -> (usize, usize) {
    let mut parts = token.split('.').skip(1).map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap())
}

fn dead() -> EndpointError {
    EndpointError::Definitive(ExpiryReason { code: ExpiryCode::Rejected, detail: "revoked".into() })
}

fn lost(kind: TransientKind) -> EndpointError {
    EndpointError::Transient(Transient { kind, detail: "no".into(), retry_after: None })
}

struct Flying<'a>(&'a World, &'a str);

impl Drop for Flying<'_> {
    fn drop(&mut self) {
        let mut truth = self.0.truth();
        let at = truth.flying.iter().position(|flying| flying == self.1);
        at.map(|at| truth.flying.swap_remove(at));
    }
}

#[async_trait]
impl TokenEndpoint for World {
    async fn sign_in(&self, credentials: &Credentials) -> Result<TokenReply, EndpointError> {
        self.takes().await;
        let reply = {
            let mut truth = self.truth();
            let token = truth.begin(&credentials.username);
            truth.tokens(read(&token).0, 1)
        };
        self.takes().await;
        Ok(reply)
    }

    async fn refresh(&self, token: &RefreshToken) -> Result<TokenReply, EndpointError> {
        let (at, number) = read(token.expose());
        let (twice, spent) = {
            let mut truth = self.truth();
            let twice = truth.flying.iter().any(|flying| flying == token.expose());
            truth.flying.push(token.expose().to_owned());
            (twice, truth.families[at].told > number)
        };
        let _flying = Flying(self, token.expose());
        if twice {
            self.breach(rules::ONE_FLIGHT, token.expose());
        }
        if spent {
            self.breach(rules::NO_REUSE, token.expose());
        }
        let weather = self.weather[shuttle::rand::thread_rng().gen_range(0..self.weather.len())];
        self.takes().await;
        let reply = match weather {
            Weather::Panic => std::panic::resume_unwind(Box::new("the adapter broke")),
            Weather::LoseReply => {
                let _ = self.answer(token.expose(), weather);
                Err(lost(TransientKind::ConnectionLost))
            }
            Weather::Hang => {
                if shuttle::rand::thread_rng().r#gen() {
                    let _ = self.answer(token.expose(), weather);
                }
                std::future::pending().await
            }
            Weather::Serve | Weather::Unavailable | Weather::Dead => self.answer(token.expose(), weather),
        };
        self.takes().await;
        if let Ok(TokenReply { refresh: Some(fresh), .. }) = &reply {
            self.truth().families[at].told = read(fresh.expose()).1;
        }
        reply
    }

    async fn revoke(&self, token: &RefreshToken) -> Result<(), EndpointError> {
        self.truth().revoking += 1;
        let _revoking = Revoking(self);
        self.takes().await;
        self.truth().families[read(token.expose()).0].alive = false;
        Ok(())
    }
}

struct Revoking<'a>(&'a World);

impl Drop for Revoking<'_> {
    fn drop(&mut self) {
        self.0.truth().revoking -= 1;
    }
}

struct Sending<'a>(&'a World, usize);

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        self.0.truth().call(self.1).sending = false;
    }
}

#[async_trait]
impl Transport for World {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let number = request.uri().path().trim_start_matches("/notes/").parse().unwrap();
        let access =
            request.headers()[AUTHORIZATION].to_str().unwrap().trim_start_matches("Bearer ").to_owned();
        let (at, token) = read(&access);
        let good = {
            let truth = &mut *self.truth();
            let family = &truth.families[at];
            let account = &family.account;
            let call = truth.calls.entry(number).or_default();
            let mut wrong = Vec::new();
            if call.looked.is_some_and(|families| at >= families) {
                wrong.push((rules::OWN_TOKEN, "sent in a session that began after the call"));
            }
            if call.sent_as.as_ref().is_some_and(|before| before != account) {
                wrong.push((rules::OWN_TOKEN, "sent again as somebody else"));
            }
            if call.not_as.contains(account) {
                wrong.push((rules::NOT_AFTER_THE_END, "it paused while the session ended, and was sent"));
            }
            if !truth.kept.contains(&format!("r.{at}.{token}")) {
                wrong.push((rules::KEPT_FIRST, "the token was used before its successor was in the vault"));
            }
            (call.sent_as, call.sending) = (Some(account.clone()), true);
            let issued_at = family.issued_at[&token];
            let good = token > family.refused && truth.now < issued_at + LIFE;
            truth.breaches.extend(wrong.into_iter().map(|(rule, what)| format!("{rule}: {what}")));
            good
        };
        let _sending = Sending(self, number);
        self.takes().await;
        let (status, body) = if good { (200, "{}") } else { (401, r#"{"code":"token_not_valid"}"#) };
        let json = Response::builder().header(CONTENT_TYPE, "application/json");
        Ok(json.status(status).body(Bytes::from_static(body.as_bytes())).unwrap())
    }
}

impl World {
    /// One operation of the vault. One that is given up may still be done; the next one waits for nothing of it.
    async fn in_the_vault<T>(&self, work: impl FnOnce(&mut Truth) -> T) -> Result<T, VaultError> {
        let busy = std::mem::replace(&mut self.truth().vault_busy, true);
        if busy {
            self.breach(rules::OLD_LOSES, "two operations of the vault at the same time");
        }
        let _busy = Busy(self);
        let mood = self.mood(self.vault);
        self.takes().await;
        if mood == Mood::Refuses {
            return Err(VaultError("locked".into()));
        }
        let done = work(&mut self.truth());
        self.takes().await;
        if mood == Mood::Works { Ok(done) } else { Err(VaultError("no word from it".into())) }
    }

    async fn in_the_journal<T>(&self, work: impl FnOnce(&mut Truth) -> T) -> Result<T, StoreError> {
        let mood = self.mood(self.journal);
        yield_now().await;
        if mood == Mood::Refuses {
            return Err(StoreError("full".into()));
        }
        let done = work(&mut self.truth());
        if mood == Mood::Works { Ok(done) } else { Err(StoreError("not certain".into())) }
    }
}

struct Busy<'a>(&'a World);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.truth().vault_busy = false;
    }
}

#[async_trait]
impl Vault for World {
    async fn load(&self) -> Result<Option<VaultEntry>, VaultError> {
        self.in_the_vault(|truth| truth.vault.clone()).await
    }

    async fn save(&self, entry: &VaultEntry) -> Result<(), VaultError> {
        let saved = self.in_the_vault(|truth| truth.vault = Some(entry.clone())).await;
        self.truth().kept.insert(entry.refresh.expose().to_owned());
        saved
    }

    async fn clear(&self) -> Result<(), VaultError> {
        self.in_the_vault(|truth| truth.vault = None).await
    }
}

#[async_trait]
impl ProfileStore for World {
    async fn load(&self, _account: &str) -> Result<Option<Profile>, StoreError> {
        Ok(None)
    }

    async fn save(&self, _account: &str, _profile: &Profile) -> Result<(), StoreError> {
        Ok(())
    }

    async fn forget(&self, _account: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Journal for World {
    async fn load(&self) -> Result<Option<JournalEntry>, StoreError> {
        self.in_the_journal(|truth| truth.noted.clone()).await
    }

    async fn note(&self, entry: &JournalEntry) -> Result<(), StoreError> {
        self.in_the_journal(|truth| truth.noted = Some(entry.clone())).await
    }

    async fn clear(&self) -> Result<(), StoreError> {
        self.in_the_journal(|truth| truth.noted = None).await
    }
}

#[async_trait]
impl Clock for World {
    fn now(&self) -> Moment {
        let boot = self.truth().now;
        Moment { wall_ms: i64::try_from(boot.as_millis()).unwrap(), boot }
    }

    async fn sleep(&self, duration: Duration) {
        let timers = self.truth().timers.unwrap_or(Timers::Never);
        let runs_out = match timers {
            Timers::Never => false,
            Timers::Waits => !PATIENCE.contains(&duration) && duration <= SHORT_OF_A_TIMEOUT,
            Timers::All => !PATIENCE.contains(&duration),
        };
        if !runs_out {
            return std::future::pending().await;
        }
        let until = self.truth().now + duration;
        for _ in 0..[1, 3, 9, 27][shuttle::rand::thread_rng().gen_range(0..4)] {
            yield_now().await;
        }
        let mut truth = self.truth();
        truth.now = truth.now.max(until);
    }
}

impl Observer for World {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the model watches a few of the events")]
    fn on_event(&self, record: &EventRecord) {
        let truth = &mut *self.truth();
        match &record.event {
            SessionEvent::RefreshStarted { .. } => truth.started += 1,
            SessionEvent::RefreshSucceeded { .. } | SessionEvent::RefreshDiscarded { .. } => truth.ended += 1,
            // A definitive one is over when the end was told: what the vault is to do was handed in by then.
            SessionEvent::RefreshFailed { verdict: FailedAs::Definitive, .. } => truth.ending += 1,
            SessionEvent::RefreshFailed { .. } => truth.ended += 1,
            SessionEvent::SessionExpired { account, .. } => {
                truth.ended += truth.ending;
                truth.ending = 0;
                let times = truth.expired.entry(account.clone()).or_default();
                *times += 1;
                if *times > 1 {
                    truth.breaches.push(format!("{}: told {times} times", rules::ONE_END));
                }
                truth.over(|other| other == account, false);
            }
            SessionEvent::SignedOut { account, .. } => truth.over(|other| other == account, true),
            SessionEvent::SignedIn { account, .. } => truth.over(|other| other != account, true),
            SessionEvent::CallChecked { path, .. } => {
                let families = truth.families.len();
                let number = path.trim_start_matches("notes/").parse().unwrap();
                truth.call(number).looked.get_or_insert(families);
            }
            _ => {}
        }
    }
}
