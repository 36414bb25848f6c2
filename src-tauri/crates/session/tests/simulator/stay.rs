//! A stay: from one sign-in, or restart, to the next change of who is signed in, as the events and the server tell it.
//! Not here: whether a change was by right (`watch`) and what a stay may ask of the server (`ledger`).

use session_engine::Moment;

use crate::ground::Ground;
use crate::keep::Fields;
use crate::plan::Says;
use crate::server::Issued;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    #[default]
    Out,
    In,
    Ended,
}

#[derive(Default)]
pub(crate) struct Stay {
    pub(crate) number: u64,
    pub(crate) phase: Phase,
    pub(crate) account: Option<&'static str>,
    pub(crate) family: Option<usize>,
    /// The token that is used, and the one that has come and is not used yet.
    pub(crate) grant: Option<Grant>,
    pub(crate) coming: Option<Grant>,
    /// The user's fields that came with the latter.
    pub(crate) brought: Option<Fields>,
    /// Causes for a refresh: a restart, a request that failed.
    pub(crate) restored: bool,
    pub(crate) failed: bool,
    /// A flight of it failed, and none has given a token since.
    pub(crate) outage: bool,
    /// When requests were sent since the last success, by the boot clock in milliseconds.
    pub(crate) asked: Vec<u64>,
    /// What `Retry-After` asked for, by the boot clock in milliseconds.
    pub(crate) not_before: u64,
    /// The server said that this session is over: why, and until when it must have ended, by the runtime's timers.
    pub(crate) over: Option<(&'static str, u64)>,
}

/// An access token as the client has it: the rules' own reckoning of its life, apart from the engine's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grant {
    pub(crate) access: usize,
    pub(crate) refresh: usize,
    at: Moment,
    /// `None`: it is never due by itself.
    life: Option<Life>,
    /// The client cannot know when it is over.
    pub(crate) lied: bool,
    /// What the user had done to the wall clock when it came.
    pub(crate) wall_off_ms: i64,
    pub(crate) issued_at: u64,
    /// The true time at which calls could go with it.
    pub(crate) published_at: u64,
    pub(crate) refused: bool,
    /// Its refresh was asked for.
    pub(crate) spent: bool,
    /// It came after a flight that had failed.
    pub(crate) after_outage: bool,
}

#[derive(Clone, Copy, Debug)]
struct Life {
    left_ms: i64,
    window_ms: i64,
}

impl Grant {
    /// Less than the window is left, by the client's clocks.
    pub(crate) fn is_due(&self, now: Moment) -> bool {
        let Some(life) = self.life else { return false };
        let ran = i64::try_from(now.since(self.at).as_millis()).unwrap();
        let by_wall = now.wall_ms - self.at.wall_ms;
        life.left_ms - ran.max(by_wall) <= life.window_ms
    }

    /// It came after a failure, is the first since, and may leave the step of all others: once, whatever its age (R14).
    pub(crate) fn may_come_early(&self) -> bool {
        self.after_outage && self.life.is_some()
    }

    /// How long it is surely not due, in milliseconds, while no clock jumps.
    pub(crate) fn rest_ms(&self) -> Option<i64> {
        self.life.map(|life| life.left_ms - life.window_ms)
    }
}

impl Ground {
    /// What the client can make of an access token that came just now.
    pub(crate) fn grant(&self, issued: Issued, at_sign_in: bool) -> Grant {
        let (plan, at) = (&self.plan, self.hours.moment());
        let access = self.server.access[issued.access];
        let life_ms = access.expires_ms - access.issued_ms;
        let date = plan.says_date.then_some(access.issued_ms + plan.date_off_ms);
        let (total, left) = match plan.says {
            Says::Both => (life_ms, access.expires_ms - date.unwrap_or(access.issued_ms)),
            Says::Exp => {
                let left = (access.expires_ms - date.unwrap_or(at.wall_ms)).max(0);
                (left, left)
            }
            Says::ExpiresIn | Says::Nothing => (life_ms, life_ms),
        };
        let left_ms = left.clamp(0, total);
        let base = std::time::Duration::from_millis(
            u64::try_from(if at_sign_in { total } else { left_ms }).unwrap(),
        );
        let window = plan.policy.refresh_window.min(base.mul_f64(plan.policy.window_fraction));
        let window_ms = i64::try_from(window.as_millis()).unwrap();
        let unknown = plan.says == Says::Nothing || left_ms == 0;
        Grant {
            access: issued.access,
            refresh: access.refresh,
            at,
            life: (!unknown).then_some(Life { left_ms, window_ms }),
            lied: unknown || left_ms > life_ms + 1000,
            wall_off_ms: self.hours.wall_off_ms,
            issued_at: access.issued_at,
            published_at: self.hours.truth(),
            refused: false,
            spent: false,
            after_outage: self.stay.outage,
        }
    }

    /// Somebody came or went: what belonged to the stay before is over.
    pub(crate) fn next_stay(&mut self, phase: Phase, account: Option<&'static str>) {
        let number = self.stay.number + 1;
        self.stay = Stay { number, phase, account, ..Stay::default() };
        self.shelf.leave();
    }
}
