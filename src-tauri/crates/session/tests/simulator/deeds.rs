//! What a user, an administrator or the computer does, and how it is done to the session.
//! Not here: when (`life`), and what must hold (`rules`).

use std::time::Duration;

use session_engine::ports::Credentials;
use session_engine::{ApiRequest, Session};

use crate::dice::Dice;
use crate::ground::{Track, World};
use crate::hours::nanos;
use crate::keep::Mood;
use crate::life::PEOPLE;
use crate::rules;
use crate::weather::Sky;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// So many calls at once; the second: the caller gives up after so many milliseconds.
    Calls(u64),
    CallsGivenUp(u64, u64),
    /// Calls of a path that always says 401, some seconds apart.
    AlwaysRefused,
    Activity,
    ReloadProfile,
    Retry,
    SignIn(&'static str),
    /// Whether to remember.
    SignOut(bool),
    /// The server's administrator ends the session; refuses all access tokens there are.
    Revoke,
    Refuse,
    Weather,
    /// By so many milliseconds; 0: it is set right.
    SetWall(i64),
    Keyring(Mood),
    /// Shut the lid for so many seconds.
    Suspend(u64),
    /// Away for so many seconds, the computer stays on.
    Away(u64),
    /// The program dies, is off for so many seconds; whether the computer was switched off, too.
    Kill(u64, bool),
    /// Something is to happen while the next refresh is in the air.
    Trap,
    /// All faults end for a while.
    Peace,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

impl Deed {
    /// What somebody at the computer does next.
    pub(crate) fn any(dice: &mut Dice, vault_ails: bool) -> Self {
        let calls = Self::Calls(dice.weigh(&[(12, 1), (8, 2), (5, 4), (1, 20)]));
        let given_up = Self::CallsGivenUp(dice.below(3) + 1, dice.below(6_000));
        let remember = dice.chance(700);
        let who = dice.pick(&PEOPLE);
        let nap = dice.pick(&[20, 60, 400, 1_800, 7_200]) + dice.below(60);
        let off = dice.pick(&[0, 2, 30, 900]);
        let ails = if vault_ails { 14 } else { 0 };
        let mood = dice.weigh(&[(3, Mood::Fails), (1, Mood::Hangs)]);
        let jumped = Self::a_jump(dice);
        dice.weigh(&[
            (640, calls),
            (30, given_up),
            (8, Self::AlwaysRefused),
            (120, Self::Activity),
            (20, Self::ReloadProfile),
            (14, Self::Retry),
            (3, Self::SignIn(who)),
            (5, Self::SignOut(remember)),
            (2, Self::Revoke),
            (6, Self::Refuse),
            (46, Self::Weather),
            (14, jumped),
            (ails, Self::Keyring(mood)),
            (22, Self::Suspend(nap)),
            (8, Self::Kill(off, false)),
            (40, Self::Trap),
            (4, Self::Peace),
        ])
    }

    /// What may happen while a refresh is in the air.
    pub(crate) fn sprung(dice: &mut Dice) -> Self {
        let remember = dice.chance(700);
        let who = dice.pick(&PEOPLE);
        let nap = dice.pick(&[25, 300, 4_000, 30_000]);
        let off = dice.pick(&[0, 1, 60, 4_000]);
        let reboot = dice.chance(300);
        let jumped = Self::a_jump(dice);
        dice.weigh(&[
            (10, Self::Kill(off, reboot)),
            (8, Self::Suspend(nap)),
            (2, Self::SignOut(remember)),
            (2, Self::SignIn(who)),
            (5, Self::Calls(5)),
            (3, Self::Retry),
            (1, Self::Revoke),
            (1, Self::Refuse),
            (3, jumped),
        ])
    }

    fn a_jump(dice: &mut Dice) -> Self {
        let by = dice.pick(&[MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, 24 * HOUR_MS, 365 * 24 * HOUR_MS]);
        Self::SetWall(dice.pick(&[by, -by, 0]))
    }
}

/// A call on its way; gone when it ended, or its caller gave up.
struct OnItsWay(World, u64);

impl Drop for OnItsWay {
    fn drop(&mut self) {
        let mut ground = self.0.ground();
        ground.calls.remove(&self.1);
        if std::thread::panicking() {
            ground.breaks(rules::NOBODY_HANGS, || format!("call {} panicked", self.1));
        }
    }
}

impl OnItsWay {
    /// It begins now, in the stay that is now.
    fn begin(world: &World, path: &str) -> (Self, String) {
        let mut ground = world.ground();
        ground.numbers += 1;
        ground.tally.calls += 1;
        let (number, stay) = (ground.numbers, ground.stay.number);
        let started = ground.hours.run;
        ground.calls.insert(number, Track { started, sent: 0, replies: 0, waits: 1 });
        (Self(world.clone(), number), format!("{path}?{number}-{stay}"))
    }

    fn end(self, answered: bool) {
        let mut ground = self.0.ground();
        let policy = ground.plan.policy;
        let Some(track) = ground.calls.get(&self.1) else { return };
        let patience = nanos(policy.pause_at_most + policy.call_deadline + Duration::from_millis(1));
        let (took, most) = (ground.hours.run - track.started, track.waits * patience + track.replies);
        ground.tally.answered += u64::from(answered);
        if took > most {
            ground.breaks(rules::NOBODY_HANGS, || {
                format!("call {} took {took} ns, {most} is the most", self.1)
            });
        }
    }
}

pub(crate) async fn call(world: World, session: Session, path: &'static str) -> Option<u16> {
    let (way, path) = OnItsWay::begin(&world, path);
    let outcome = session.call(ApiRequest::get(path)).await;
    way.end(outcome.is_ok());
    outcome.ok().map(|reply| reply.response.status().as_u16())
}

async fn reload(world: World, session: Session) {
    let (way, path) = OnItsWay::begin(&world, "me/");
    // Its own writes come after the reply, on the disk.
    let _ = session.reload_profile(&path).await;
    drop(way);
}

pub(crate) fn sign_in(world: &World, session: &Session, name: &'static str) -> tokio::task::JoinHandle<bool> {
    world.ground().arriving.push(name);
    let (world, session) = (world.clone(), session.clone());
    tokio::spawn(async move {
        let done = session.sign_in(Credentials { username: name.into(), password: "secret".into() }).await;
        let mut ground = world.ground();
        let at = ground.arriving.iter().position(|arriving| *arriving == name);
        at.map(|at| ground.arriving.swap_remove(at));
        done.is_ok()
    })
}

/// Does it. What concerns the program's life is `life`'s.
pub(crate) fn act(world: &World, session: &Session, deed: Deed) {
    let spawned = session.clone();
    let of = world.clone();
    match deed {
        Deed::Calls(count) => {
            for _ in 0..count {
                tokio::spawn(call(world.clone(), session.clone(), "api/notes/"));
            }
        }
        Deed::CallsGivenUp(count, after) => {
            for _ in 0..count {
                let given_up = tokio::spawn(call(world.clone(), session.clone(), "api/notes/"));
                let nap = world.nap(Duration::from_millis(after));
                tokio::spawn(async move {
                    nap.await;
                    given_up.abort();
                });
            }
        }
        Deed::AlwaysRefused => drop(tokio::spawn(async move {
            for _ in 0..3 {
                call(of.clone(), spawned.clone(), "always-401/").await;
                of.nap(Duration::from_secs(4)).await;
            }
        })),
        Deed::Activity => session.note_activity(),
        Deed::ReloadProfile => drop(tokio::spawn(reload(of, spawned))),
        Deed::Retry => {
            world.ground().retrying += 1;
            tokio::spawn(async move {
                spawned.refresh_now().await;
                of.ground().retrying -= 1;
            });
        }
        Deed::SignIn(name) => {
            let idle = world.ground().arriving.is_empty();
            if idle {
                drop(sign_in(world, session, name));
            }
        }
        Deed::SignOut(remember) => {
            let ground = &mut *world.ground();
            ground.leaving += 1;
            if let Some(grave) = &mut ground.grave {
                grave.is_closed(); // what the vault could not bring back yet, it is not to bring back any more
            }
            tokio::spawn(async move {
                spawned.sign_out(remember).await;
                of.ground().leaving -= 1;
            });
        }
        Deed::Revoke => {
            let ground = &mut *world.ground();
            if let Some(family) = ground.stay.family {
                ground.server.end(family, "revoked by the server");
            }
        }
        Deed::Refuse => {
            let server = &mut world.ground().server;
            server.refused_below = server.access.len();
        }
        Deed::Weather => {
            let ground = &mut *world.ground();
            let (sky, lasts) = Sky::spell(&mut ground.dice);
            ground.sky = (sky, ground.hours.truth() + nanos(lasts));
        }
        Deed::SetWall(by) => {
            let ground = &mut *world.ground();
            let hours = &mut ground.hours;
            hours.wall_off_ms = if by == 0 { 0 } else { hours.wall_off_ms + by };
            ground.tally.clock_jumps += 1;
            ground.tally.faults += 1;
        }
        Deed::Keyring(mood) => {
            let ground = &mut *world.ground();
            ground.safe.mood = mood;
            ground.tally.faults += 1;
        }
        Deed::Trap => {
            let ground = &mut *world.ground();
            ground.trap = Some(Deed::sprung(&mut ground.dice));
        }
        Deed::Suspend(seconds) => {
            let ground = &mut *world.ground();
            ground.hours.sleep_for(Duration::from_secs(seconds));
            if ground.plan.boot_stands {
                ground.hours.boot_stood_for(Duration::from_secs(seconds));
            }
            ground.tally.suspends += 1;
            if ground.dice.chance(400) && ground.sky.1 < ground.hours.truth() {
                let lasts = ground.dice.secs(1, 9);
                ground.sky = (Sky::Offline, ground.hours.truth() + nanos(lasts));
            }
        }
        Deed::Away(seconds) => world.ground().calendar.away = Some(Duration::from_secs(seconds)),
        Deed::Kill(..) | Deed::Peace => {}
    }
}
