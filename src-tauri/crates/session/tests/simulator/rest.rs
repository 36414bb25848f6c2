//! What is compared when nothing is under way: vault, memory, profile and what the user did; after a restart; after a fault.
//! Not here: the rules that are watched all the time (`wire`, `ledger`, `watch`).

use std::time::Duration;

use session_engine::{RefreshToken, Session, SessionState};

use crate::deeds::{call, sign_in};
use crate::ground::{Ground, World};
use crate::hours::nanos;
use crate::keep::Mood;
use crate::life::PEOPLE;
use crate::rules;
use crate::server::refresh_text;
use crate::stay::Phase;

/// How long the slowest reply takes.
const SLOWEST_REPLY: Duration = Duration::from_secs(31);

impl Ground {
    fn is_at_rest(&self) -> bool {
        let nobody = self.arriving.is_empty() && self.leaving == 0 && self.retrying == 0;
        nobody
            && self.nothing_in_the_air()
            && self.safe.busy == 0
            && self.shelf.busy == 0
            && self.pages.busy == 0
    }
}

/// Compares all that should agree. `false`: something is under way.
pub(crate) fn at_rest(world: &World, session: &Session) -> bool {
    let status = session.status();
    let ground = &mut *world.ground();
    let policy = ground.plan.policy;
    let longest = nanos(2 * (policy.pause_at_most + policy.call_deadline + SLOWEST_REPLY));
    if let Some((call, _)) = ground.calls.iter().find(|(_, track)| ground.hours.run - track.started > longest)
    {
        let call = *call;
        ground.breaks(rules::NOBODY_HANGS, || format!("call {call} is still on its way"));
    }
    if !ground.is_at_rest() {
        return false;
    }
    ground.tally.rests += 1;
    let phase = match status.state {
        SessionState::SignedOut => Phase::Out,
        SessionState::Expired => Phase::Ended,
        SessionState::Fresh | SessionState::Due | SessionState::Refreshing | SessionState::Degraded => {
            Phase::In
        }
    };
    let account = status.account.filter(|_| phase == Phase::In);
    if phase != ground.stay.phase || account.as_deref() != ground.stay.account {
        let (told, whose) = (ground.stay.phase, ground.stay.account);
        ground.breaks(rules::ENDS_BY_RIGHT, || {
            format!("{phase:?} of {account:?}, and should be {told:?} of {whose:?}")
        });
    }
    let holds = ground.safe.holds;
    let in_vault = holds.map(|(_, token)| RefreshToken::new(refresh_text(token)).unwrap().fingerprint());
    let in_memory = status.token.and_then(|token| token.refresh_fingerprint);
    let agree = match phase {
        Phase::In => {
            account.as_deref() == holds.map(|(account, _)| account)
                && (in_memory.is_none() || in_memory == in_vault)
        }
        Phase::Out | Phase::Ended => holds.is_none(),
    };
    if !agree && !ground.safe.behind && ground.grave.is_none() {
        ground.breaks(rules::AGREE, || format!("{phase:?} of {account:?}, and the vault holds {holds:?}"));
    }
    if !ground.shelf.brought.is_empty() {
        let brought = ground.shelf.brought.clone();
        ground.breaks(rules::PROFILE_KEPT, || format!("brought and never kept: {brought:?}"));
    }
    if !ground.shelf.forgetting.is_empty() {
        let forgetting = ground.shelf.forgetting.clone();
        ground.breaks(rules::PROFILE_KEPT, || {
            format!("signed out to be forgotten, and was not: {forgetting:?}")
        });
    }
    PEOPLE.into_iter().for_each(|whose| ground.profile_is_whole(whose));
    true
}

/// After a restart: who should be there is there (R13).
pub(crate) fn is_back(world: &World, session: &Session) {
    let status = session.status();
    let here =
        status.account.filter(|_| !matches!(status.state, SessionState::SignedOut | SessionState::Expired));
    let ground = &mut *world.ground();
    if ground.safe.mood != Mood::Works && !ground.peace {
        return; // it could not be read; the grave stays open until it can
    }
    let Some(grave) = ground.grave.take() else { return };
    let here = here.as_deref();
    let by_right = grave.gives_back(here);
    if !by_right {
        ground.breaks(rules::BACK, || format!("{here:?} is back, after {grave:?}"));
    }
}

/// All faults are over: how long until a call is answered?
pub(crate) async fn recovers(world: &World, session: &Session) {
    let status = session.status();
    let policy = {
        let ground = &mut *world.ground();
        ground.peace = true;
        ground.tally.recoveries += 1;
        ground.say(|| "peace".into());
        ground.plan.policy
    };
    let signed_in = world.ground().stay.phase == Phase::In;
    if !signed_in {
        if world.ground().arriving.is_empty() && world.ground().leaving == 0 {
            world.nap(Duration::from_secs(20)).await;
            let done = sign_in(world, session, PEOPLE[0]).await.unwrap_or(false);
            let status = call(world.clone(), session.clone(), "api/notes/").await;
            let ground = &mut *world.ground();
            if (!done || status != Some(200)) && ground.leaving == 0 {
                ground.breaks(rules::RECOVERS, || format!("sign-in {done}, then {status:?}"));
            }
        }
        return;
    }
    let planned = status.outage.map_or(Duration::ZERO, |outage| outage.next_attempt_in);
    // What was sent before meets its fate still: its deadline, and the longest pause after it.
    let sent = if world.ground().nothing_in_the_air() {
        Duration::ZERO
    } else {
        policy.refresh_timeout + Duration::from_secs(300)
    };
    let (asked, most) = (world.ground().hours.run, planned.max(sent) + SLOWEST_REPLY);
    while call(world.clone(), session.clone(), "api/notes/").await != Some(200) {
        if is_late(world, asked, most) {
            return;
        }
        world.nap(Duration::from_millis(500)).await;
    }
}

/// The session ended, or has taken longer than it may.
fn is_late(world: &World, asked: u64, most: Duration) -> bool {
    let ground = &mut *world.ground();
    let took = ground.hours.run - asked;
    if ground.stay.phase == Phase::In && took > nanos(most) {
        ground.breaks(rules::RECOVERS, || format!("not after {took} ns, {most:?} is the most"));
    }
    ground.stay.phase != Phase::In || ground.broken.is_some()
}
