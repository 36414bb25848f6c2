//! The session as it ought to be: one plain state and what each operation makes of it, without a task, a lock or a wait.
//! Chance (jitter) is kept as a span of time; an operation whose result would depend on the throw is not asked for.
//! Not here: the engine. Only its tables of backoffs are shared, which have tests of their own.

use std::collections::BTreeMap;

use session_engine::error::{ExpiryCode, TransientKind};
use session_engine::policy::{TRIES_AFTER_A_LOST_REPLY, backoff, replay_after};

use crate::operation::{Fault, Operation, USERS};
use crate::server::Server;
use crate::span::{Ms, Span, ms};

pub(crate) const LIFE: Ms = 1_800_000;
pub(crate) const WINDOW: Ms = 600_000;
const PAUSE: Ms = 5_000;
const CALL_DEADLINE: Ms = 10_000;
const REFRESH_TIMEOUT: Ms = 30_000;
const LEFT_ALONE: Ms = 60_000;
pub(crate) const RETRY_AFTER_S: u64 = 100;

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) now: Ms,
    /// By how much the wall clock was set, in all.
    pub(crate) wall: Ms,
    pub(crate) server: Server,
    pub(crate) phase: Phase,
    pub(crate) vault: Vault,
    pub(crate) journal: Journal,
    pub(crate) kept: BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>,
    pub(crate) told: Told,
    pub(crate) network_lost: bool,
    incurable_since: Option<Span>,
    flight: Option<Flight>,
    /// What the last operation gave, and what the API saw of it.
    pub(crate) gave: Option<Outcome>,
    pub(crate) sent: Vec<Sent>,
    /// What comes of the last operation depends on a throw of the dice.
    pub(crate) in_doubt: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Phase {
    Out,
    In(Held),
    Expired(&'static str, ExpiryCode),
}

#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) who: &'static str,
    pub(crate) refresh: u32,
    pub(crate) access: Option<Access>,
    rejected: bool,
    pub(crate) outage: Option<Outage>,
    /// What the end is called should the token be refused, and how often an earlier run had asked with it.
    doubt: Option<(ExpiryCode, u32)>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Access {
    pub(crate) grant: u32,
    pub(crate) issued: Span,
    /// The wall's setting when it came.
    wall: Ms,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Outage {
    pub(crate) attempts: u32,
    pub(crate) next: Span,
    cause: Outcome,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Vault {
    pub(crate) broken: bool,
    pub(crate) holds: Option<(&'static str, u32)>,
    pub(crate) trouble: bool,
    behind: bool,
    known: Option<u32>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    pub(crate) broken: bool,
    pub(crate) trouble: bool,
    pub(crate) holds: Noted,
    /// As it should be, and whether it is known to hold that.
    noted: Noted,
    kept: bool,
    /// This run of the program has noted something itself.
    ours: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Noted {
    /// Which attempt with which refresh token is open, and since when.
    pub(crate) asked: Option<(u32, u32, Ms)>,
    pub(crate) owed: Option<Owed>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owed {
    Save(&'static str),
    Wipe(Option<u32>),
}

/// How often what was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) signed_in: u32,
    pub(crate) signed_out: u32,
    pub(crate) restored: u32,
    pub(crate) expired: u32,
    pub(crate) started: u32,
    pub(crate) succeeded: u32,
    pub(crate) failed: u32,
    pub(crate) discarded: u32,
    pub(crate) replayed: u32,
    pub(crate) interrupted: u32,
    pub(crate) degraded: u32,
    pub(crate) recovered: u32,
}

/// What an operation gives, and what failed in an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Status(u16),
    SignedOut,
    Expired(ExpiryCode),
    Unavailable(TransientKind),
    Misconfigured,
}

/// So many calls that the API saw at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) count: usize,
    pub(crate) who: &'static str,
    pub(crate) grant: u32,
    pub(crate) status: u16,
    pub(crate) vault_was_current: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    Fresh,
    Due,
    Expired,
}

#[derive(Clone, Copy, Debug)]
struct Flight {
    landing: Span,
    tries: u32,
    lost: bool,
    manual: bool,
    reply: Reply,
}

/// What the token endpoint answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reply {
    Tokens { refresh: u32, grant: u32, at: Span },
    Dead,
    Trouble(Outcome, Option<u64>),
}

enum Wait {
    Landed(Option<Outcome>),
    Late,
}

impl Model {
    /// The program was just started for the first time.
    pub(crate) fn new(strict: bool) -> Self {
        Self {
            now: 0,
            wall: 0,
            server: Server::new(strict),
            phase: Phase::Out,
            vault: Vault::default(),
            journal: Journal { kept: true, ..Journal::default() },
            kept: BTreeMap::new(),
            told: Told::default(),
            network_lost: false,
            incurable_since: None,
            flight: None,
            gave: None,
            sent: Vec::new(),
            in_doubt: false,
        }
    }

    pub(crate) fn apply(&mut self, operation: &Operation) {
        (self.gave, self.in_doubt) = (None, false);
        self.sent.clear();
        let mut at = Span::at(self.now);
        match *operation {
            Operation::SignIn(who) => self.gave = Some(self.sign_in(who)),
            Operation::SignOut { remember } => self.sign_out(remember),
            Operation::Call { count, stubborn } => self.gave = Some(self.call(&mut at, count, stubborn)),
            Operation::Pass(time) => at = at + time,
            Operation::Suspend(seconds) => at = at + seconds * 1000,
            Operation::SetWall(seconds) => self.wall += seconds * 1000,
            Operation::Meet(fault) => self.server.fault = fault,
            Operation::LoseReplies(count) => self.server.losing = count,
            Operation::EndAtServer => self.server.end_all(),
            Operation::RefuseAccess => self.server.refused_up_to = self.server.grants,
            Operation::SayUser(user) => self.server.user = user,
            Operation::VaultBreaks(broken) => self.vault.broken = broken,
            Operation::JournalBreaks(broken) => self.journal.broken = broken,
            Operation::Restart => self.restart(&mut at),
            Operation::RetryNow => {
                if matches!(self.phase, Phase::In(_)) {
                    self.board(&mut at, None, true);
                }
            }
            Operation::RetryVault => match self.phase {
                Phase::In(_) | Phase::Expired(..) => self.align(),
                Phase::Out => self.restore(&mut at),
            },
        }
        if self.flight.is_some() {
            self.board(&mut at, None, false); // what flies on is waited for
        }
        self.now = at.hi + 3;
    }

    fn sign_in(&mut self, who: &'static str) -> Outcome {
        self.server.sign_ins += 1;
        if let Some(refused) = self.server.fault.of_a_sign_in() {
            return refused;
        }
        let (refresh, grant) = self.server.begin();
        self.save(who, refresh);
        if let Phase::In(before) = &self.phase {
            self.server.revoke(before.refresh);
        }
        let access = Access { grant, issued: Span::at(self.now), wall: self.wall };
        self.phase = Phase::In(Held::new(who, refresh, Some(access), None));
        self.network_lost = false;
        self.told.signed_in += 1;
        self.merge(who);
        Outcome::Done
    }

    fn sign_out(&mut self, remember: bool) {
        let before = std::mem::replace(&mut self.phase, Phase::Out);
        self.align();
        let who = match before {
            Phase::Out => return,
            Phase::Expired(who, _) => who,
            Phase::In(held) => {
                self.server.revoke(held.refresh);
                held.who
            }
        };
        self.told.signed_out += 1;
        if !remember {
            self.kept.remove(who);
        }
    }

    fn restart(&mut self, at: &mut Span) {
        self.phase = Phase::Out;
        self.vault = Vault { broken: self.vault.broken, holds: self.vault.holds, ..Vault::default() };
        self.journal =
            Journal { broken: self.journal.broken, holds: self.journal.holds, ..Journal::default() };
        (self.network_lost, self.incurable_since) = (false, None);
        self.restore(at);
    }

    /// R9, R12, R13.
    fn restore(&mut self, at: &mut Span) {
        self.journal.load();
        if self.vault.behind {
            return self.align();
        }
        self.vault.trouble = self.vault.broken;
        if self.vault.broken {
            return;
        }
        let (out, owed) = (matches!(self.phase, Phase::Out), self.journal.noted.owed);
        self.vault.known = self.vault.holds.map(|(_, token)| token);
        match (self.vault.holds, owed) {
            (Some((_, token)), Some(Owed::Wipe(which))) if which.is_none_or(|which| which == token) => {
                self.align();
            }
            // R10: nobody is to find themselves in the session of who was here before.
            (Some((who, _)), Some(Owed::Save(whose))) if whose != who => {
                self.align();
                self.was_not_kept(whose, out);
            }
            (Some((who, refresh)), _) if out => {
                let asked = self.journal.noted.asked.filter(|(_, token, _)| *token == refresh);
                let doubt = match (owed, asked) {
                    (Some(Owed::Save(whose)), _) if whose == who => Some((ExpiryCode::NotKept, 0)),
                    (_, Some((attempt, ..))) => Some((ExpiryCode::Interrupted, attempt)),
                    (_, None) => None,
                };
                self.phase = Phase::In(Held::new(who, refresh, None, doubt));
                self.told.restored += 1;
                if asked.is_some() {
                    self.told.interrupted += 1;
                    self.board(at, None, false);
                }
            }
            (Some(_), _) => {}
            (None, owed) => {
                self.journal.note(|noted| noted.owed = None);
                if let Some(Owed::Save(whose)) = owed {
                    self.was_not_kept(whose, out);
                }
            }
        }
    }

    /// P6: the session lived in memory only, and the program ended.
    fn was_not_kept(&mut self, whose: &'static str, out: bool) {
        if out {
            self.phase = Phase::Expired(whose, ExpiryCode::NotKept);
            self.told.expired += 1;
        }
    }

    /// So many calls at the same time, which all fare alike (R3).
    fn call(&mut self, at: &mut Span, count: usize, stubborn: bool) -> Outcome {
        let (mut resent, mut renewed, mut excused, mut give_up) = (false, false, false, None);
        loop {
            if let Some(outcome) = self.pass(at, &mut renewed, &mut excused, &mut give_up) {
                return outcome;
            }
            let Phase::In(Held { who, refresh, access: Some(access), .. }) = self.phase else {
                unreachable!()
            };
            if self.server.fault == Fault::Offline {
                self.network_lost = true;
                *at = at.after(5);
                return Outcome::Unavailable(TransientKind::Offline);
            }
            self.network_lost = false;
            let good = !stubborn && access.grant > self.server.refused_up_to;
            let status = if good { 200 } else { 401 };
            let vault_was_current =
                self.vault.holds.is_some_and(|(_, token)| token == self.server.current(refresh));
            self.sent.push(Sent { count, who, grant: access.grant, status, vault_was_current });
            *at = at.after(5);
            let known =
                stubborn && self.incurable_since.is_some_and(|since| self.is_before(*at, since + LEFT_ALONE));
            if stubborn && resent {
                self.incurable_since = Some(*at);
            }
            if good || resent || known {
                return Outcome::Status(status);
            }
            self.held().rejected = true;
            (resent, renewed, give_up) = (true, false, None);
        }
    }

    /// R2, R5, R6: waits until there is a token to go with (`None`), or a reason not to go.
    fn pass(
        &mut self,
        at: &mut Span,
        renewed: &mut bool,
        excused: &mut bool,
        give_up: &mut Option<Span>,
    ) -> Option<Outcome> {
        loop {
            let held = match &self.phase {
                Phase::Out => return Some(Outcome::SignedOut),
                Phase::Expired(_, code) => return Some(Outcome::Expired(*code)),
                Phase::In(held) => held.clone(),
            };
            let freshness = self.freshness(*at);
            let next = held.outage.map(|outage| outage.next);
            let backing_off =
                freshness != Freshness::Fresh && next.is_some_and(|next| self.is_before(*at, next));
            let cause =
                held.outage.map_or(Outcome::Unavailable(TransientKind::NoAnswer), |outage| outage.cause);
            match (freshness, next) {
                (Freshness::Fresh, _) => return None,
                (Freshness::Due, _) if *renewed || *excused || backing_off => return None,
                (Freshness::Due, _) => match self.board(at, Some(Span::at(PAUSE)), false) {
                    Wait::Landed(None) => *renewed = true,
                    Wait::Landed(Some(_)) | Wait::Late => *excused = true,
                },
                (Freshness::Expired, Some(next)) if backing_off => {
                    let until = *give_up.get_or_insert(*at + CALL_DEADLINE);
                    if cause == Outcome::Misconfigured {
                        return Some(cause);
                    }
                    if !self.is_before(next, until) {
                        *at = until;
                        return Some(cause);
                    }
                    *at = next.after(0);
                }
                (Freshness::Expired, _) => {
                    let until = *give_up.get_or_insert(*at + CALL_DEADLINE);
                    match self.board(at, Some(until - *at), false) {
                        Wait::Late => return Some(cause),
                        Wait::Landed(Some(Outcome::Misconfigured)) => return Some(Outcome::Misconfigured),
                        Wait::Landed(None) => *renewed = true,
                        Wait::Landed(Some(_)) => {}
                    }
                }
            }
        }
    }

    /// Joins the flight, or starts it, and waits for its landing for as long (`None`: however long it takes).
    fn board(&mut self, at: &mut Span, patience: Option<Span>, manual: bool) -> Wait {
        let flight = match self.flight.take() {
            Some(flying) => flying,
            None => self.take_off(*at, manual),
        };
        if let Some(patience) = patience
            && !self.is_before(flight.landing, *at + patience.lo)
        {
            self.flight = Some(flight);
            *at = Span { lo: at.lo + patience.lo, hi: at.hi + patience.hi }.after(0);
            return Wait::Late;
        }
        *at = Span { lo: flight.landing.lo.max(at.lo), hi: flight.landing.hi.max(at.hi) };
        Wait::Landed(self.land(flight))
    }

    /// R3, R9: one flight, which asks up to three times when replies are lost.
    fn take_off(&mut self, began: Span, manual: bool) -> Flight {
        let held = self.held().clone();
        let before = held.outage.map_or(0, |outage| outage.attempts) + held.doubt.map_or(0, |doubt| doubt.1);
        let most = if held.outage.is_some() { 1 } else { TRIES_AFTER_A_LOST_REPLY };
        let (mut at, mut tries, mut lost) = (began, 0, false);
        self.told.started += 1;
        let reply = loop {
            tries += 1;
            self.journal.note(|noted| noted.asked = Some((before + tries, held.refresh, at.lo)));
            let hangs = self.server.losing == 0 && self.server.fault == Fault::Hang;
            let panics = self.server.losing == 0 && self.server.fault == Fault::Panic;
            let reply = self.server.refresh(held.refresh, at);
            at = if panics { at } else { at.after(20) };
            if hangs {
                (at, lost) = ((began + REFRESH_TIMEOUT).after(0), true);
                break reply;
            }
            let is_lost = matches!(reply, Reply::Trouble(Outcome::Unavailable(TransientKind::NoAnswer), _));
            lost |= is_lost || panics;
            if !is_lost || tries == most {
                break reply;
            }
            self.told.replayed += 1;
            at = Span { lo: at.lo + ms(replay_after(0.0)), hi: at.hi + ms(replay_after(1.0)) }.after(0);
        };
        Flight { landing: at, tries, lost, manual, reply }
    }

    /// R5, R6, R8: what comes of it; `None`: a new token.
    fn land(&mut self, flight: Flight) -> Option<Outcome> {
        let held = self.held().clone();
        let open = flight.lost || held.doubt.is_some();
        if !open || !matches!(flight.reply, Reply::Trouble(..)) {
            self.journal.note(|noted| noted.asked = None);
        }
        match flight.reply {
            Reply::Tokens { refresh, grant, at } => {
                self.save(held.who, refresh);
                let issued = Span { lo: at.lo, hi: flight.landing.hi };
                let access = Access { grant, issued, wall: self.wall };
                self.phase = Phase::In(Held::new(held.who, refresh, Some(access), None));
                self.merge(held.who);
                self.told.succeeded += 1;
                self.told.recovered += u32::from(held.outage.is_some());
                self.network_lost = false;
                None
            }
            Reply::Dead => {
                let by_loss = if flight.lost { ExpiryCode::ReplyLost } else { ExpiryCode::Rejected };
                let code = held.doubt.map_or(by_loss, |(code, _)| code);
                self.phase = Phase::Expired(held.who, code);
                self.align();
                self.told.failed += 1;
                self.told.expired += 1;
                Some(Outcome::Expired(code))
            }
            Reply::Trouble(cause, retry_after) => {
                let before = held.outage;
                let (attempts, failures) = (
                    before.map_or(0, |outage| outage.attempts),
                    before.map_or(0, |o| o.attempts) + flight.tries,
                );
                let planned =
                    before.filter(|_| flight.manual && retry_after.is_none()).map(|outage| outage.next);
                let planned = planned.filter(|next| self.is_before(flight.landing, *next));
                let asked = retry_after.map(std::time::Duration::from_secs);
                let (soonest, latest) =
                    (ms(backoff(failures, 0.0, asked)), ms(backoff(failures, 1.0, asked)));
                let drawn = Span { lo: flight.landing.lo + soonest, hi: flight.landing.hi + latest + 1 };
                let outage = Outage {
                    attempts: if planned.is_some() { attempts } else { failures },
                    next: planned.unwrap_or(drawn),
                    cause,
                };
                let held = self.held();
                held.outage = Some(outage);
                if flight.lost {
                    held.doubt.get_or_insert((ExpiryCode::ReplyLost, 0));
                }
                self.told.failed += 1;
                self.told.degraded += u32::from(before.is_none());
                Some(cause)
            }
        }
    }

    /// R8, R12: what memory holds goes into the vault, or the vault is emptied.
    fn align(&mut self) {
        if let Phase::In(held) = &self.phase {
            let (who, refresh) = (held.who, held.refresh);
            return self.save(who, refresh);
        }
        (self.vault.trouble, self.vault.behind) = (self.vault.broken, self.vault.broken);
        let known = self.vault.known;
        self.journal.note(|noted| noted.owed = Some(Owed::Wipe(known)));
        if !self.vault.broken {
            (self.vault.holds, self.vault.known) = (None, None);
            self.journal.note(|noted| noted.owed = None);
        }
    }

    fn save(&mut self, who: &'static str, refresh: u32) {
        (self.vault.trouble, self.vault.behind) = (self.vault.broken, self.vault.broken);
        let owed = self.vault.broken.then_some(Owed::Save(who));
        self.journal.note(|noted| noted.owed = owed);
        if !self.vault.broken {
            (self.vault.holds, self.vault.known) = (Some((who, refresh)), Some(refresh));
        }
    }

    /// R11.
    fn merge(&mut self, who: &'static str) {
        for (field, value) in USERS[self.server.user] {
            let kept = self.kept.entry(who).or_default();
            if *value != "null" || !kept.contains_key(field) {
                kept.insert(field, value);
            }
        }
    }

    /// R1: the smaller of what the two clocks say.
    pub(crate) fn freshness(&mut self, at: Span) -> Freshness {
        let held = self.held();
        let Some(access) = held.access.filter(|_| !held.rejected) else { return Freshness::Expired };
        let ends = access.issued + (LIFE - (self.wall - access.wall).max(0));
        if !self.is_before(at, ends) {
            return Freshness::Expired;
        }
        self.in_doubt |= ends.lo - at.hi < PAUSE + 2_000; // a pause would not be a whole one
        if self.is_before(ends + -WINDOW, at) { Freshness::Due } else { Freshness::Fresh }
    }

    fn held(&mut self) -> &mut Held {
        match &mut self.phase {
            Phase::In(held) => held,
            Phase::Out | Phase::Expired(..) => unreachable!("nobody is in"),
        }
    }

    fn is_before(&mut self, a: Span, b: Span) -> bool {
        self.in_doubt |= a.hi >= b.lo && a.lo < b.hi;
        a.hi < b.lo
    }
}

impl Journal {
    fn load(&mut self) {
        if self.ours {
            return;
        }
        (self.trouble, self.kept) = (self.broken, !self.broken);
        self.noted = if self.broken { Noted::default() } else { self.holds };
    }

    fn note(&mut self, change: impl FnOnce(&mut Noted)) {
        let before = self.noted;
        change(&mut self.noted);
        if self.kept && self.noted == before {
            return;
        }
        (self.trouble, self.kept, self.ours) = (self.broken, !self.broken, true);
        if !self.broken {
            self.holds = self.noted;
        }
    }
}

impl Held {
    fn new(
        who: &'static str,
        refresh: u32,
        access: Option<Access>,
        doubt: Option<(ExpiryCode, u32)>,
    ) -> Self {
        Self { who, refresh, access, rejected: false, outage: None, doubt }
    }
}
