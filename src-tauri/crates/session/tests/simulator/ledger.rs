//! The ledger of refreshes: each request that is sent must have its cause, its pace and its right to the token (R2, R3, R9, R15, R16).
//! Not here: the way of a request (`wire`).
//!
//! Each refresh request is paid for by exactly one of these, and each of these pays once:
//! - an access token of which less than the window is left by the client's own clocks: one request a token,
//! - an access token that came after a flight that had failed: the same one request, though it is not due (R14),
//! - an access token that the API refused with a 401: the same one request, though it is not due,
//! - a restart, which comes back without an access token: one request,
//! - a person who pressed "Retry now": one flight,
//! - a request that failed (a fault of the world, or its reply was lost): the next request.
//!
//! So over a whole session: requests <= tokens due, refused or after a failure + restarts + by hand + failed requests. And once more at the end,
//! without looking at single tokens: each rests (its life less its window) before it is due, so
//! successes <= S and requests <= S + failed requests, where
//! S = running time / shortest rest + suspends + clock jumps (either may make a token due) + sign-ins + restarts + 401s + by hand
//! + tokens after a failure that went early.

use session_engine::event::Trigger;

use crate::ground::Ground;
use crate::keep::Fields;
use crate::rules;
use crate::server::{Issued, Seen};
use crate::stay::Phase;

/// How long the end may take after the server's word, in nanoseconds: the vault is asked whether there is a newer token (F28),
/// after what it is doing.
const LONGEST_DOUBT: u64 = 1_001_000_000;

/// Six attempts in so long at most.
const TEN_SECONDS_MS: u64 = 10_000;

#[derive(Default)]
pub(crate) struct Ledger {
    /// Flights that were announced and have not sent yet: the stay, and what asked for it.
    announced: Vec<(u64, Trigger)>,
    /// Requests in the air: their number and stay.
    air: Vec<(u64, u64)>,
    /// What asked for the flight that sent last.
    trigger: Option<Trigger>,
    requests: u64,
    /// The shortest time a token was surely not due.
    shortest_rest_ms: Option<i64>,
}

/// How a refresh request ended, as the client saw it.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// A new token, and the user's fields that came with it.
    Renewed(Issued, Option<Fields>),
    Dead(&'static str),
    Failed,
    /// With a `Retry-After` of so many seconds.
    Throttled(u64),
}

impl Ground {
    pub(crate) fn flight_announced(&mut self, trigger: Trigger) {
        self.ledger.announced.push((self.stay.number, trigger));
    }

    /// The stay a refresh token belongs to; 0: one that is over.
    fn stay_of(&self, token: usize) -> u64 {
        let family = self.server.refresh.get(token).map(|token| token.family);
        if self.stay.phase == Phase::In && self.stay.family == family { self.stay.number } else { 0 }
    }

    /// A refresh request leaves the client. Gives its number.
    pub(crate) fn refresh_sent(&mut self, token: usize) -> u64 {
        self.tally.refreshes += 1;
        self.ledger.requests += 1;
        let (request, stay) = (self.ledger.requests, self.stay_of(token));
        self.may_be_sent(token);
        let announced = self.ledger.announced.iter().position(|(of, _)| *of == stay);
        if stay == 0 {
            // Its session was over before it went out; it may have been announced after that.
            let first = self.ledger.announced.iter().position(|(of, _)| *of != self.stay.number);
            let first = first.or((!self.ledger.announced.is_empty()).then_some(0));
            first.map(|at| self.ledger.announced.remove(at));
        } else {
            if self.ledger.air.iter().any(|(_, of)| *of == stay) {
                self.breaks(rules::ONE_FLIGHT, || {
                    format!("refresh token {token} while another request is in the air")
                });
            }
            if let Some(at) = announced {
                self.ledger.trigger = Some(self.ledger.announced.swap_remove(at).1);
            }
            self.has_a_cause(token, announced.is_some());
            self.keeps_the_pace();
        }
        self.ledger.air.push((request, stay));
        request
    }

    fn may_be_sent(&mut self, token: usize) {
        let Some(seen) = self.server.refresh.get(token).map(|token| token.seen) else {
            return self.breaks(rules::NOT_AGAIN, || format!("refresh token {token} was never given"));
        };
        let again = match seen {
            Seen::Open => false,
            // After a death of the program in the middle of a write, or with a vault that fails, the vault may be behind.
            Seen::Spent(life) | Seen::Dead(life) => {
                life == self.life || self.safe.taken_up != Some((token, true))
            }
        };
        if again {
            let life = self.life;
            self.breaks(rules::NOT_AGAIN, || {
                format!("refresh token {token} is {seen:?}, sent again in life {life}")
            });
        }
    }

    fn has_a_cause(&mut self, token: usize, first: bool) {
        let now = self.hours.moment();
        let by_hand = self.ledger.trigger == Some(Trigger::Manual) && self.retrying > 0;
        let apart = self.ledger.trigger == Some(Trigger::Apart);
        let stay = &mut self.stay;
        let grant = stay.coming.as_mut().or(stay.grant.as_mut());
        let cause = if std::mem::take(&mut stay.failed) {
            stay.outage |= first;
            "failed"
        } else if !first {
            ""
        } else if std::mem::take(&mut stay.restored) {
            "restart"
        } else {
            match grant {
                Some(grant) if !grant.spent && grant.refused => {
                    grant.spent = true;
                    "401"
                }
                Some(grant) if !grant.spent && grant.is_due(now) => {
                    grant.spent = true;
                    "due"
                }
                Some(grant) if !grant.spent && apart && grant.may_come_early() => {
                    grant.spent = true;
                    "apart"
                }
                Some(_) | None if by_hand => "by hand",
                Some(_) | None => "",
            }
        };
        match cause {
            "by hand" => self.tally.by_hand += 1,
            "apart" => self.tally.apart += 1,
            _ => {}
        }
        if cause.is_empty() {
            let grant = self.stay.coming.or(self.stay.grant);
            self.breaks(rules::A_CAUSE, || {
                format!("refresh token {token}, first request of its flight: {first}, {grant:?}")
            });
        }
        self.say(|| format!("refresh token {token} sent, cause: {cause}"));
    }

    fn keeps_the_pace(&mut self) {
        if self.ledger.trigger == Some(Trigger::Manual) {
            return;
        }
        let now = u64::try_from(self.hours.moment().boot.as_millis()).unwrap();
        let not_before = self.stay.not_before;
        if now < not_before {
            self.breaks(rules::PACE, || format!("{} ms before Retry-After is over", not_before - now));
        }
        let asked = &mut self.stay.asked;
        asked.push(now);
        if let [.., seventh, _, _, _, _, _, last] = asked[..]
            && last - seventh < TEN_SECONDS_MS
        {
            self.breaks(rules::PACE, || format!("seven attempts in {} ms", last - seventh));
        }
    }

    /// The client has the answer, or has given up.
    pub(crate) fn refresh_settled(&mut self, request: u64, token: usize, end: End) {
        let at = self.ledger.air.iter().position(|(of, _)| *of == request);
        let Some((_, stay)) = at.map(|at| self.ledger.air.swap_remove(at)) else { return };
        self.say(|| format!("refresh token {token} settled: {end:?}"));
        let life = self.life;
        let ours = stay != 0 && stay == self.stay.number && self.stay.phase == Phase::In;
        match end {
            End::Renewed(issued, brought) => {
                if issued.refresh.is_some_and(|fresh| fresh != token) {
                    self.server.refresh[token].seen = Seen::Spent(life);
                }
                if ours {
                    let grant = self.grant(issued, false);
                    self.rests(grant.rest_ms());
                    (self.stay.coming, self.stay.brought) = (Some(grant), brought);
                    (self.stay.failed, self.stay.outage, self.stay.not_before) = (false, false, 0);
                    self.stay.asked.clear();
                    self.tally.renewed += 1;
                }
            }
            End::Dead(why) => {
                let seen = std::mem::replace(&mut self.server.refresh[token].seen, Seen::Dead(life));
                if ours {
                    // The program died between the server's word and the wiping of the vault: it hears the word again.
                    let again = matches!(seen, Seen::Dead(_));
                    let why = if again { "dead before a crash" } else { why };
                    self.stay.over = Some((why, self.hours.run + LONGEST_DOUBT));
                }
            }
            End::Failed | End::Throttled(_) => {
                self.tally.failed += 1;
                self.stay.failed |= ours;
                if let End::Throttled(seconds) = end
                    && ours
                {
                    let now = u64::try_from(self.hours.moment().boot.as_millis()).unwrap();
                    self.stay.not_before =
                        now + 1000 * seconds.min(session_engine::policy::RETRY_AFTER_AT_MOST.as_secs());
                }
            }
        }
    }

    pub(crate) fn rests(&mut self, rest_ms: Option<i64>) {
        if let Some(rest) = rest_ms {
            let shortest = self.ledger.shortest_rest_ms.get_or_insert(rest);
            *shortest = rest.min(*shortest);
        }
    }

    pub(crate) fn nothing_in_the_air(&self) -> bool {
        self.ledger.air.is_empty() && self.ledger.announced.iter().all(|(of, _)| *of != self.stay.number)
    }

    /// The program died: what was in the air is nobody's any more.
    pub(crate) fn forget_flights(&mut self) {
        self.ledger.air.clear();
        self.ledger.announced.clear();
    }

    /// The sum of the ledger, over the whole session.
    pub(crate) fn no_more_than_lifetimes_ask(&mut self) {
        let tally = self.tally.clone();
        let due = self.ledger.shortest_rest_ms.map_or(0, |rest| {
            let rest = u64::try_from(rest.max(1)).unwrap();
            self.hours.run / 1_000_000 / rest + tally.suspends + tally.clock_jumps
        });
        let asked_for = due + tally.signed_in + tally.restored + tally.refused + tally.by_hand + tally.apart;
        if tally.renewed > asked_for || tally.refreshes > asked_for + tally.failed {
            self.breaks(rules::NO_MORE, || format!("{asked_for} asked for, {tally:?}"));
        }
    }
}
