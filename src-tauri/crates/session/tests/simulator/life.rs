//! A session's thirty days: mornings and nights, busy hours and breaks, and the lives of the program among them. Each life
//! is a runtime of its own; when the program dies it is dropped with all that was under way, as a kill does it.
//! Not here: what is done (`deeds`), and what must hold (`rules`).

use std::sync::Arc;
use std::time::Duration;

use session_engine::server::ServerProfile;
use session_engine::{HttpTokenEndpoint, Ports, Session};

use crate::deeds::{Deed, act};
use crate::ground::{Ground, World};
use crate::hours::nanos;
use crate::keep::Mood;
use crate::rest::{at_rest, is_back, recovers};
use crate::rules;
use crate::stay::Phase;

/// Who uses this computer.
pub(crate) const PEOPLE: [&str; 2] = ["ada", "bob"];

/// The day's plan, by the true time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Calendar {
    ends: u64,
    bedtime: u64,
    next_break: u64,
    /// How long the user is away from a computer that stays on.
    pub(crate) away: Option<Duration>,
}

/// How a life of the program ended.
#[derive(Clone, Debug)]
pub(crate) struct Grave {
    account: Option<&'static str>,
    arriving: Vec<&'static str>,
    leaving: bool,
    /// The vault had not taken the last write.
    behind: bool,
    /// Something was under way that the death cut off.
    torn: bool,
}

impl Grave {
    /// Who was here has signed out since.
    pub(crate) fn is_closed(&mut self) {
        (self.account, self.torn) = (None, false);
    }

    /// Whether who is here now has a right to be.
    pub(crate) fn gives_back(&self, here: Option<&str>) -> bool {
        match here {
            None => self.account.is_none() || self.leaving || self.behind,
            Some(name) => {
                let as_before = self.account == Some(name) || self.arriving.contains(&name);
                as_before || (self.account.is_none() && self.torn)
            }
        }
    }
}

impl Ground {
    /// The program is about to die.
    fn digs_a_grave(&mut self) {
        let moving = !self.arriving.is_empty() || self.leaving > 0;
        let torn = moving || self.safe.busy > 0 || self.pages.busy > 0 || !self.nothing_in_the_air();
        self.safe.excused |= torn || self.safe.behind;
        self.safe.lost |= self.safe.behind;
        if self.grave.is_some() && self.stay.phase == Phase::Out {
            return; // what is in the earlier one was not taken up yet
        }
        self.grave = Some(Grave {
            account: self.stay.account,
            arriving: std::mem::take(&mut self.arriving),
            leaving: self.leaving > 0,
            behind: self.safe.behind,
            torn,
        });
    }

    /// It is dead: what was in its memory is gone.
    fn buries(&mut self) {
        self.forget_flights();
        self.calls.clear();
        self.arriving.clear();
        self.arrived.clear();
        self.incurable.clear();
        (self.leaving, self.retrying, self.alarm) = (0, 0, None);
        (self.safe.taken_up, self.safe.behind) = (None, false);
        self.shelf.was_torn();
        self.next_stay(Phase::Out, None);
        self.shelf.brought.clear();
    }
}

/// How long the program is off, and whether the computer is, too.
type Off = (u64, bool);

/// Lives a session from its first day to its last.
pub(crate) fn live(world: &World, server: &Arc<ServerProfile>, days: u64) {
    world.ground().calendar.ends = days * nanos(Duration::from_secs(86_400));
    while let Some((seconds, reboot)) = one_life(world, server) {
        let ground = &mut *world.ground();
        ground.hours.sleep_for(Duration::from_secs(seconds));
        if reboot {
            ground.hours.boot();
        }
        ground.life += 1;
        ground.tally.restarts += 1;
        if ground.broken.is_some() {
            return;
        }
    }
    world.ground().no_more_than_lifetimes_ask();
}

fn one_life(world: &World, server: &Arc<ServerProfile>) -> Option<Off> {
    let seed = world.ground().dice.next();
    session_engine::load_dice(seed);
    let turning = world.clone();
    let runtime =
        tokio::runtime::Builder::new_current_thread().on_thread_park(move || turning.turn()).build().unwrap();
    let off = runtime.block_on(from_start_to_death(world, server));
    if off.is_some() {
        world.ground().digs_a_grave();
    }
    drop(runtime);
    if off.is_some() {
        world.ground().buries();
    }
    off
}

async fn from_start_to_death(world: &World, server: &Arc<ServerProfile>) -> Option<Off> {
    let shared = Arc::new(world.clone());
    let ports = Ports {
        endpoint: Arc::new(HttpTokenEndpoint::new(shared.clone(), Arc::clone(server))),
        transport: shared.clone(),
        vault: shared.clone(),
        store: shared.clone(),
        journal: shared.clone(),
        clock: shared.clone(),
        observer: shared,
    };
    let policy = world.ground().plan.policy;
    let session = Session::new(ports, Arc::clone(server), policy);
    session.restore().await;
    is_back(world, &session);
    loop {
        let between = pause(world).await;
        let deed = between.unwrap_or_else(|| next_deed(world));
        let (over, broken) = {
            let ground = world.ground();
            (ground.hours.truth() >= ground.calendar.ends, ground.broken.is_some())
        };
        if over || broken {
            finale(world, &session).await;
            return None;
        }
        world.ground().say(|| format!("{deed:?}"));
        if let Deed::Kill(seconds, reboot) = deed {
            return Some((seconds, reboot));
        }
        if deed == Deed::Peace {
            recovers(world, &session).await;
            at_rest(world, &session);
            world.ground().peace = false;
        } else if world.ground().stay.phase != Phase::In && matches!(deed, Deed::Calls(_) | Deed::Activity) {
            comes_back(world, &session).await;
        } else {
            act(world, &session, deed);
        }
        if world.ground().safe.mood != Mood::Works && world.ground().dice.chance(120) {
            world.ground().safe.mood = Mood::Works;
            session.retry_vault().await;
            is_back(world, &session);
        }
        at_rest(world, &session);
    }
}

/// Who sees the login view signs in, if the vault cannot bring the session back.
async fn comes_back(world: &World, session: &Session) {
    if world.ground().grave.is_some() {
        if world.ground().safe.mood == Mood::Works {
            session.retry_vault().await;
            is_back(world, session);
        }
        return;
    }
    let who = world.ground().dice.weigh(&[(4, PEOPLE[0]), (1, PEOPLE[1])]);
    act(world, session, Deed::SignIn(who));
}

/// Until the next thing to do; `Some`: something comes in between.
async fn pause(world: &World) -> Option<Deed> {
    let until = {
        let ground = &mut *world.ground();
        let gap = ground.calendar.away.take().unwrap_or_else(|| ground.dice.secs(20, 840));
        ground.hours.run + nanos(gap)
    };
    loop {
        let next = world.ground().alarm.map_or(until, |(at, _)| at.min(until));
        tokio::select! {
            biased;
            () = world.bell().notified() => {}
            () = world.nap_until(next) => {
                let due = world.ground().alarm.take_if(|(at, _)| *at <= next);
                if due.is_some() || next == until {
                    return due.map(|(_, deed)| deed);
                }
            }
        }
    }
}

/// What is next on the day's plan.
fn next_deed(world: &World) -> Deed {
    let ground = &mut *world.ground();
    let (now, dice, calendar) = (ground.hours.truth(), &mut ground.dice, &mut ground.calendar);
    if now >= calendar.bedtime {
        let weekend = dice.chance(160);
        let night = if weekend { dice.minutes(2280, 3720) } else { dice.minutes(720, 960) };
        let night = if calendar.bedtime == 0 { Duration::ZERO } else { night };
        calendar.bedtime = now + nanos(night + dice.minutes(300, 540));
        calendar.next_break = now + nanos(night + dice.minutes(40, 100));
        return match dice.below(100) {
            _ if night.is_zero() => Deed::Calls(1),
            0..60 => Deed::Suspend(night.as_secs()),
            60..92 => Deed::Kill(night.as_secs(), true),
            _ => Deed::Away(night.as_secs()),
        };
    }
    if now >= calendar.next_break {
        let lasts = dice.minutes(10, 70);
        calendar.next_break = now + nanos(lasts + dice.minutes(40, 100));
        let lid = dice.chance(500);
        return if lid { Deed::Suspend(lasts.as_secs()) } else { Deed::Away(lasts.as_secs()) };
    }
    Deed::any(dice, ground.plan.vault_ails)
}

/// The last day: the faults end, the session works, and all agrees.
async fn finale(world: &World, session: &Session) {
    {
        let ground = &mut *world.ground();
        (ground.trap, ground.alarm, ground.safe.mood) = (None, None, Mood::Works);
    }
    recovers(world, session).await;
    session.retry_vault().await;
    is_back(world, session);
    // Whatever is under way has its deadline.
    for _ in 0..40 {
        world.nap(Duration::from_secs(5)).await;
        if at_rest(world, session) {
            return;
        }
    }
    world
        .ground()
        .breaks(rules::NOBODY_HANGS, || "something is still under way long after the last fault".into());
}
