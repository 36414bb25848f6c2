//! The stories, as data, and how one is lived: who does what at the same time, and what must be so when all is at rest.
//! Not here: what is watched while it goes on (`world`), and the schedules (`check`).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::select;
use session_engine::ports::{Asked, Credentials, JournalEntry, Owed};
use session_engine::server::{LoginRequest, ServerProfile, TokenPointers, TokenRequest};
use session_engine::{Ports, RefreshPolicy, RefreshToken, Session, SessionState, Status};
use shuttle::future::{JoinHandle, block_on, spawn, yield_now};
use shuttle::rand::Rng;

use crate::rules;
use crate::world::{Mood, Timers, Weather, World};

/// How the token of who is signed in (Ada) is when the story begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    Fresh,
    Due,
    Expired,
    /// Nobody is signed in, and the vault holds Ada's session.
    InVault,
    /// The same, and the journal says that the program was stopped while it asked for a refresh (R9).
    Interrupted,
    /// The same, and the journal says that the vault is to forget it: Ada signed out (R12).
    ToBeWiped,
}

/// What somebody does, as a task of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Call,
    /// A call whose caller gives up at some moment.
    GivenUp,
    /// "Retry now".
    RefreshNow,
    /// … and again when that is over.
    RefreshTwice,
    SignOut,
    SignIn(&'static str),
    Restore,
    /// … and calls when that is over.
    RestoreAndCall,
    RetryVault,
    /// The server accepts no access token given so far: what it answers to calls on their way is a late 401.
    Refuse,
    /// The token runs out.
    RunOut,
}

impl Start {
    /// The program was just started, and an earlier run has left something.
    fn is_a_restart(self) -> bool {
        matches!(self, Self::InVault | Self::Interrupted | Self::ToBeWiped)
    }
}

pub(crate) struct Story {
    pub(crate) name: &'static str,
    pub(crate) start: Start,
    pub(crate) acts: &'static [Act],
    /// What refreshes meet, one of these each time.
    pub(crate) weather: &'static [Weather],
    pub(crate) timers: Timers,
    /// How operations of the vault and of the journal go, one of these each time.
    pub(crate) vault: &'static [Mood],
    pub(crate) journal: &'static [Mood],
    /// Whether the timer refreshes ahead of the calls.
    pub(crate) ahead: bool,
    /// Each act only happens half of the time.
    pub(crate) perhaps: bool,
    /// How many refreshes there is a reason for.
    pub(crate) most_refreshes: Option<usize>,
}

use Act::{
    Call, GivenUp, RefreshNow, RefreshTwice, Refuse, Restore, RestoreAndCall, RetryVault, RunOut, SignIn,
    SignOut,
};
use Mood::{Denies, Refuses, Works};
use Weather::{Dead, Hang, LoseReply, Panic, Serve, Unavailable};

const PLAIN: Story = Story {
    name: "",
    start: Start::Due,
    acts: &[],
    weather: &[Serve],
    timers: Timers::Never,
    vault: &[Works],
    journal: &[Works],
    ahead: false,
    perhaps: false,
    most_refreshes: None,
};

pub(crate) const STORIES: [Story; 18] = [
    Story { name: "shared", acts: &[Call, Call, Call, GivenUp], most_refreshes: Some(1), ..PLAIN },
    Story { name: "sign-out", acts: &[Call, Call, RefreshNow, SignOut], ..PLAIN },
    Story { name: "other-user", acts: &[Call, Call, GivenUp, SignIn("bob")], ..PLAIN },
    Story {
        name: "two-users-and-a-sign-out",
        start: Start::Expired,
        acts: &[Call, SignIn("bob"), SignOut, SignIn("cara"), Call],
        ..PLAIN
    },
    Story {
        name: "end",
        start: Start::Expired,
        acts: &[Call, Call, GivenUp, RefreshNow],
        weather: &[Dead],
        ..PLAIN
    },
    Story {
        name: "end-and-others",
        start: Start::Expired,
        acts: &[Call, Call, RefreshNow, SignOut, SignIn("bob")],
        weather: &[Dead, Serve],
        ..PLAIN
    },
    Story {
        name: "late-401",
        start: Start::Fresh,
        acts: &[Call, Call, GivenUp, Refuse],
        most_refreshes: Some(1),
        ..PLAIN
    },
    Story {
        name: "late-401-and-others",
        start: Start::Fresh,
        acts: &[Call, Call, Refuse, RefreshNow, SignIn("bob"), SignOut],
        ..PLAIN
    },
    Story {
        name: "restore",
        start: Start::InVault,
        acts: &[Restore, Call, Call, SignIn("bob"), SignOut, RetryVault],
        perhaps: true,
        ..PLAIN
    },
    Story {
        name: "retry",
        start: Start::Expired,
        acts: &[Call, Call, RefreshNow, RefreshNow, GivenUp, SignOut],
        weather: &[Unavailable, LoseReply, Panic, Serve],
        timers: Timers::All,
        perhaps: true,
        ..PLAIN
    },
    Story {
        name: "ahead",
        acts: &[Call, RefreshNow, SignOut, SignIn("bob"), RunOut],
        weather: &[Serve, Unavailable],
        timers: Timers::Waits,
        ahead: true,
        perhaps: true,
        ..PLAIN
    },
    Story {
        name: "hang",
        start: Start::Expired,
        acts: &[Call, GivenUp, RefreshNow, SignOut, SignIn("bob")],
        weather: &[Hang, Serve],
        timers: Timers::All,
        perhaps: true,
        ..PLAIN
    },
    Story {
        name: "vault-fails",
        acts: &[Call, RefreshTwice, SignOut, SignIn("bob"), RetryVault, Restore],
        vault: &[Works, Refuses, Denies],
        perhaps: true,
        ..PLAIN
    },
    Story {
        name: "vault-fails-at-the-end",
        start: Start::Expired,
        acts: &[Call, RefreshNow, SignIn("bob"), RetryVault],
        weather: &[Dead, Serve],
        vault: &[Works, Refuses, Denies],
        perhaps: true,
        ..PLAIN
    },
    Story {
        name: "journal-fails",
        start: Start::InVault,
        acts: &[Restore, Call, RefreshNow, SignIn("bob"), SignOut, RetryVault],
        vault: &[Works, Works, Refuses, Denies],
        journal: &[Works, Refuses, Denies],
        perhaps: true,
        ..PLAIN
    },
    Story {
        name: "interrupted",
        start: Start::Interrupted,
        acts: &[RestoreAndCall, RestoreAndCall, Call, SignOut, SignIn("bob"), RetryVault],
        weather: &[Serve, Serve, Dead],
        perhaps: true,
        ..PLAIN
    },
    Story {
        name: "to-be-wiped",
        start: Start::ToBeWiped,
        acts: &[Restore, Call, SignIn("bob"), SignOut, RetryVault],
        vault: &[Works, Works, Refuses, Denies],
        perhaps: true,
        ..PLAIN
    },
    Story {
        name: "anything",
        acts: &[
            Call,
            Call,
            GivenUp,
            RefreshNow,
            SignOut,
            SignIn("bob"),
            SignIn("cara"),
            Refuse,
            RunOut,
            RetryVault,
            Restore,
        ],
        weather: &[Serve, Serve, Unavailable, LoseReply, Dead],
        timers: Timers::All,
        perhaps: true,
        ..PLAIN
    },
];

/// A sign-in or a sign-out that took effect: who it left in, and when it began and ended.
struct Left {
    account: Option<&'static str>,
    began: usize,
    ended: usize,
}

#[derive(Clone, Default)]
struct Chronicle(Arc<Mutex<(usize, Vec<Left>)>>);

impl Chronicle {
    fn tick(&self) -> usize {
        let mut chronicle = self.0.lock().unwrap();
        chronicle.0 += 1;
        chronicle.0
    }

    fn left(&self, account: Option<&'static str>, began: usize) {
        let ended = self.tick();
        self.0.lock().unwrap().1.push(Left { account, began, ended });
    }

    fn told(&self) -> String {
        let chronicle = self.0.lock().unwrap();
        let each = chronicle.1.iter().map(|left| {
            let who = left.account.unwrap_or("nobody");
            format!("{who} ({} to {})", left.began, left.ended)
        });
        each.collect::<Vec<_>>().join(", ")
    }

    /// Whether `account` may be who is in at the end: nothing began after what left them in had ended.
    fn allows(&self, account: Option<&str>) -> bool {
        let chronicle = self.0.lock().unwrap();
        let done = &chronicle.1;
        done.iter()
            .filter(|left| left.account == account)
            .any(|left| !done.iter().any(|other| other.account != account && other.began > left.ended))
    }
}

/// Lives a story once, in whatever order the scheduler chooses; panics with the rules that were broken.
pub(crate) fn live(story: &Story) {
    let world = World::new(story.weather, story.timers, story.vault, story.journal);
    let chronicle = Chronicle::default();
    block_on(async {
        let session = begin(story, &world, &chronicle).await;
        let acts = story.acts.iter().enumerate();
        let tasks: Vec<JoinHandle<()>> = acts
            .filter(|_| !story.perhaps || shuttle::rand::thread_rng().r#gen())
            .map(|(number, act)| {
                spawn(perform(*act, number, world.clone(), session.clone(), chronicle.clone()))
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        at_rest(story, &world, &session, &chronicle).await;
        drop(session);
        for _ in 0..5_000 {
            if Arc::strong_count(&world) == 1 {
                return;
            }
            yield_now().await;
        }
        world.breach(rules::NOBODY_HANGS, "a task of the engine outlives its session");
    });
    let breaches = world.breaches();
    assert!(breaches.is_empty(), "broken in the story {:?}: {breaches:#?}", story.name);
}

async fn begin(story: &Story, world: &Arc<World>, chronicle: &Chronicle) -> Session {
    let ports = Ports {
        transport: world.clone(),
        endpoint: world.clone(),
        vault: world.clone(),
        store: world.clone(),
        journal: world.clone(),
        clock: world.clone(),
        observer: world.clone(),
    };
    let policy = RefreshPolicy { refresh_ahead: story.ahead, ..RefreshPolicy::default() };
    if story.start.is_a_restart() {
        let fingerprint = world.leave_in_vault("ada");
        world.leave_in_journal(match story.start {
            Start::Interrupted => {
                if shuttle::rand::thread_rng().r#gen() {
                    world.serve_unheard();
                }
                JournalEntry {
                    asked: Some(Asked { attempt: 1, fingerprint, at_ms: 0 }),
                    ..JournalEntry::default()
                }
            }
            Start::ToBeWiped => JournalEntry {
                owed: Some(Owed::Wipe { fingerprint: Some(fingerprint) }),
                ..JournalEntry::default()
            },
            Start::InVault | Start::Fresh | Start::Due | Start::Expired => JournalEntry::default(),
        });
    }
    let session = Session::new(ports, Arc::new(server()), policy);
    if story.start.is_a_restart() {
        chronicle.left(None, 0); // nobody is in until somebody restores
    } else {
        session.sign_in(credentials("ada")).await.unwrap();
    }
    if story.start != Start::ToBeWiped {
        chronicle.left(Some("ada"), 0);
    }
    world.start_timers();
    match story.start {
        Start::Fresh | Start::InVault | Start::Interrupted | Start::ToBeWiped => {}
        Start::Due => world.pass(Duration::from_secs(1300)),
        Start::Expired => world.pass(Duration::from_secs(1900)),
    }
    session
}

async fn perform(act: Act, number: usize, world: Arc<World>, session: Session, chronicle: Chronicle) {
    let began = chronicle.tick();
    match act {
        Call => drop(world.call(&session, number).await),
        GivenUp => {
            let patience = async {
                for _ in 0..shuttle::rand::thread_rng().gen_range(0..24) {
                    yield_now().await;
                }
            };
            drop(select(std::pin::pin!(world.call(&session, number)), std::pin::pin!(patience)).await);
        }
        RefreshNow => session.refresh_now().await,
        RefreshTwice => {
            session.refresh_now().await;
            session.refresh_now().await;
        }
        SignOut => {
            session.sign_out(true).await;
            chronicle.left(None, began);
        }
        SignIn(account) => {
            if session.sign_in(credentials(account)).await.is_ok() {
                chronicle.left(Some(account), began);
            }
        }
        Restore => session.restore().await,
        RestoreAndCall => {
            session.restore().await;
            drop(world.call(&session, number).await);
        }
        RetryVault => session.retry_vault().await,
        Refuse => world.refuse_access(),
        RunOut => world.pass(Duration::from_secs(1900)),
    }
}

/// All calls have come back. What runs on by itself ends, too; then memory, vault and story agree.
async fn at_rest(story: &Story, world: &World, session: &Session, chronicle: &Chronicle) {
    let (status, held) = when_quiet(story, world, session).await;
    let signed_in = match status.state {
        SessionState::SignedOut | SessionState::Expired => None,
        SessionState::Fresh | SessionState::Due | SessionState::Degraded | SessionState::Refreshing => {
            status.account.clone()
        }
    };
    if held.as_ref().map(|(account, _)| account) != signed_in.as_ref() {
        let kept = held.as_ref().map(|(account, _)| account.as_str());
        world.breach(rules::OLD_LOSES, &format!("memory has {signed_in:?}, the vault {kept:?}"));
    }
    let in_memory = status.token.as_ref().and_then(|token| token.refresh_fingerprint);
    let in_vault = held.map(|(_, refresh)| refresh.fingerprint());
    if in_memory.is_some() && in_memory != in_vault {
        world.breach(rules::OLD_LOSES, "memory and vault hold different tokens");
    }
    if !chronicle.allows(status.account.as_deref()) {
        world.breach(rules::OLD_LOSES, &format!("{:?} at the end of {}", status.account, chronicle.told()));
    }
    if status.state == SessionState::Expired
        && status.account.as_ref().is_some_and(|account| world.ends(account) != 1)
    {
        world.breach(rules::ONE_END, "the session ended and nobody was told");
    }
    let noted = world.journal_holds();
    if noted.owed.is_some() {
        world.breach(
            rules::OLD_LOSES,
            &format!("the vault is as it should be, and the journal has {noted:?}"),
        );
    }
    let has_a_good_token = status.token.is_some() && status.outage.is_none();
    if has_a_good_token && status.account.as_deref() == Some("ada") && !is_crossed_out(world).await {
        world.breach(rules::OLD_LOSES, "a new token is there, and the journal has an attempt that is open");
    }
    if story.most_refreshes.is_some_and(|most| world.replies() > most) {
        world.breach(rules::NO_NEEDLESS_REFRESH, &format!("{} refreshes", world.replies()));
    }
}

/// Whether no attempt is open. A flight says that it succeeded, and then crosses its attempt out: nobody waits for that.
async fn is_crossed_out(world: &World) -> bool {
    for _ in 0..2_000 {
        if world.journal_holds().asked.is_none() {
            return true;
        }
        yield_now().await;
    }
    false
}

/// Waits until nothing goes on, and looks at memory and vault while it is so. What was handed in to the vault's lane before
/// `restore` is done after it, and with a session or an empty vault it changes nothing.
async fn when_quiet(
    story: &Story,
    world: &World,
    session: &Session,
) -> (Status, Option<(String, RefreshToken)>) {
    for _ in 0..20_000 {
        let started = world.started();
        if world.is_quiet() && session.status().state != SessionState::Refreshing {
            let before = session.status();
            if story.vault.len() + story.journal.len() > 2 {
                world.mend();
                session.retry_vault().await;
            }
            session.restore().await;
            let (status, held) = (session.status(), world.vault_holds());
            let may_come_back = matches!(story.start, Start::InVault | Start::Interrupted);
            if before.account.is_none() && status.account.is_some() && !may_come_back {
                world.breach(rules::OLD_LOSES, "signed out, and the vault still held a session");
            }
            if world.is_quiet() && world.started() == started {
                return (status, held);
            }
        }
        yield_now().await;
    }
    world.breach(rules::NOBODY_HANGS, "the engine does not come to rest");
    (session.status(), world.vault_holds())
}

fn credentials(name: &str) -> Credentials {
    Credentials { username: name.to_owned(), password: "secret".into() }
}

fn server() -> ServerProfile {
    let request = |path: &str| TokenRequest {
        path: path.to_owned(),
        token_field: "refresh".into(),
        ..TokenRequest::default()
    };
    ServerProfile {
        base: session_engine::confine::check_base("http://127.0.0.1:8000/").unwrap(),
        login: Some(LoginRequest {
            path: "token/".into(),
            username_field: "username".into(),
            password_field: "password".into(),
            ..LoginRequest::default()
        }),
        refresh: request("token/refresh/"),
        logout: Some(request("token/blacklist/")),
        tokens: TokenPointers {
            access: "/access".into(),
            refresh: "/refresh".into(),
            expires_in: "/expires_in".into(),
            user: "/user".into(),
            ..TokenPointers::default()
        },
        rejected: Vec::new(),
        misconfigured: Vec::new(),
    }
}
