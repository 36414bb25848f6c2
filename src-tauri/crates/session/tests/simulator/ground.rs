//! The ground a session stands on: all that a session's stand-ins share, behind one lock that is never held across an await.
//! Not here: what each stand-in does with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use session_engine::event::EventRecord;
use session_engine::ports::Observer;

use crate::deeds::Deed;
use crate::dice::Dice;
use crate::hours::Hours;
use crate::keep::{Fields, Pages, Safe, Shelf};
use crate::ledger::Ledger;
use crate::life::{Calendar, Grave};
use crate::plan::Plan;
use crate::server::Server;
use crate::stay::{Grant, Stay};
use crate::tally::Tally;
use crate::weather::Sky;

#[derive(Clone)]
pub(crate) struct World(Arc<Inner>);

struct Inner {
    ground: Mutex<Ground>,
    pub(crate) bell: tokio::sync::Notify,
}

pub(crate) struct Ground {
    pub(crate) hours: Hours,
    pub(crate) dice: Dice,
    pub(crate) plan: Plan,
    pub(crate) server: Server,
    /// The sky, and until when by the true time.
    pub(crate) sky: (Sky, u64),
    /// No fault of any kind, from now on.
    pub(crate) peace: bool,
    pub(crate) safe: Safe,
    pub(crate) shelf: Shelf,
    pub(crate) pages: Pages,
    pub(crate) stay: Stay,
    pub(crate) ledger: Ledger,
    pub(crate) calls: HashMap<u64, Track>,
    pub(crate) numbers: u64,
    pub(crate) calendar: Calendar,
    /// How the last life of the program ended.
    pub(crate) grave: Option<Grave>,
    /// Which life of the program this is.
    pub(crate) life: u32,
    /// Who is signing in just now, and how many sign-outs and "Retry now" are under way.
    pub(crate) arriving: Vec<&'static str>,
    pub(crate) leaving: usize,
    /// Sign-ins whose tokens the client has.
    pub(crate) arrived: Vec<(&'static str, Grant, Option<Fields>)>,
    /// Paths whose 401 a new token did not cure, and when, by the boot clock in milliseconds.
    pub(crate) incurable: HashMap<String, u64>,
    pub(crate) retrying: usize,
    /// What is to happen when the next refresh is in the air.
    pub(crate) trap: Option<Deed>,
    /// What is to happen, and when by the runtime's timers.
    pub(crate) alarm: Option<(u64, Deed)>,
    pub(crate) tally: Tally,
    pub(crate) broken: Option<Broken>,
    pub(crate) digest: u64,
    /// What happened, in words: only when a session is told again.
    pub(crate) log: Option<Vec<String>>,
}

/// A rule that did not hold.
#[derive(Clone, Debug)]
pub(crate) struct Broken {
    pub(crate) rule: &'static str,
    pub(crate) what: String,
}

/// One call on its way.
pub(crate) struct Track {
    pub(crate) started: u64,
    pub(crate) sent: u32,
    /// What its replies took, by the runtime's timers.
    pub(crate) replies: u64,
    /// How often it may wait for a token: once more after a 401.
    pub(crate) waits: u64,
}

impl World {
    pub(crate) fn new(seed: u64, told: bool) -> Self {
        let mut dice = Dice::new(seed);
        let plan = Plan::throw(&mut dice);
        let log = told.then(|| vec![format!("{plan:#?}")]);
        Self(Arc::new(Inner {
            ground: Mutex::new(Ground {
                hours: Hours::default(),
                dice,
                plan,
                server: Server::default(),
                sky: (Sky::Fine, 0),
                peace: false,
                safe: Safe::default(),
                shelf: Shelf::default(),
                pages: Pages::default(),
                stay: Stay::default(),
                ledger: Ledger::default(),
                calls: HashMap::new(),
                numbers: 0,
                calendar: Calendar::default(),
                grave: None,
                life: 0,
                arriving: Vec::new(),
                leaving: 0,
                arrived: Vec::new(),
                incurable: HashMap::new(),
                retrying: 0,
                trap: None,
                alarm: None,
                tally: Tally::default(),
                broken: None,
                digest: seed,
                log,
            }),
            bell: tokio::sync::Notify::new(),
        }))
    }

    pub(crate) fn ground(&self) -> MutexGuard<'_, Ground> {
        self.0.ground.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Rings when the alarm was set.
    pub(crate) fn bell(&self) -> &tokio::sync::Notify {
        &self.0.bell
    }

    /// All tasks are idle: on to the next timer.
    pub(crate) fn turn(&self) {
        let waker = {
            let mut ground = self.ground();
            ground.no_end_is_missing();
            ground.hours.turn()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Ground {
    pub(crate) fn breaks(&mut self, rule: &'static str, what: impl FnOnce() -> String) {
        if self.broken.is_none() {
            let what = what();
            self.say(|| format!("BROKEN {rule}: {what}"));
            self.broken = Some(Broken { rule, what });
        }
    }

    pub(crate) fn say(&mut self, what: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            let (truth, run) = (self.hours.truth() / 1_000_000, self.hours.run / 1_000_000);
            let (day, clock) = (truth / 86_400_000, truth % 86_400_000);
            let (hour, minute, second) = (clock / 3_600_000, clock / 60_000 % 60, clock / 1000 % 60);
            log.push(format!(
                "day {day:2} {hour:02}:{minute:02}:{second:02}.{:03} (run {run} ms, life {}) {}",
                clock % 1000,
                self.life,
                what()
            ));
        }
    }

    /// Mixes a number into the trace of what happened.
    pub(crate) fn trace(&mut self, number: u64) {
        self.digest = (self.digest ^ number).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    }

    pub(crate) fn server_ms(&self) -> i64 {
        self.hours.true_ms() + self.plan.skew_ms
    }

    /// The true time and the server's.
    pub(crate) fn server_now(&self) -> (u64, i64) {
        (self.hours.truth(), self.server_ms())
    }
}

impl Observer for World {
    fn on_event(&self, record: &EventRecord) {
        self.ground().hears(record);
    }
}
