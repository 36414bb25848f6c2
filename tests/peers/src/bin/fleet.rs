//! A fleet, simulated: how a million clients load the refresh endpoint in the 24 hours after an outage, with the engine's own policy.
//! Prints one line of JSON. Not here: a client's inner life; what it does to the server follows from its tokens, its calls and the dice.

use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};
use session_engine::policy::backoff;
use session_engine::{Lifetime, Moment, Origin, Receipt, RefreshPolicy, TimeClaims};

/// How long it is watched.
const DAY_S: usize = 86_400;
/// The timer's looks (R14).
const LOOK_EVERY_S: u64 = 30;
/// Between two calls of one client, on average.
const CALL_EVERY_S: f64 = 60.0;
/// What the server bears, to what all clients ask of it on average.
const CAPACITY: f64 = 2.0;

/// How the clients choose their moments.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// At the window's start; after a failure once a second, all alike.
    Neither,
    /// The engine's pauses after a failure, without dice; at the window's start.
    BackoffOnly,
    /// The engine as it is.
    Engine,
    /// The engine, were its timer to begin before the window: at a moment in the last `SPREAD` of the life that is left then.
    Spread,
}

/// How much of a life before its window the moments would be spread over.
const SPREAD: f64 = 0.6;

impl Way {
    fn named(name: &str) -> Option<Self> {
        match name {
            "neither" => Some(Self::Neither),
            "backoff" => Some(Self::BackoffOnly),
            "engine" => Some(Self::Engine),
            "spread" => Some(Self::Spread),
            _ => None,
        }
    }
}

struct Fleet {
    way: Way,
    policy: RefreshPolicy,
    life: Duration,
    dice: Rng,
}

impl Fleet {
    fn issued(&self, at_s: u64) -> Option<Lifetime> {
        let at = moment(at_s);
        let times = TimeClaims {
            expires_at_ms: Some(at.wall_ms + i64::try_from(self.life.as_millis()).ok()?),
            issued_at_ms: Some(at.wall_ms),
        };
        Lifetime::of(times, Receipt { at, server_date_ms: None, expires_in: None, origin: Origin::Refresh })
    }

    /// When a client that got its token at `at_s` asks for the next: its timer, or a call that finds the token due.
    fn next(&mut self, at_s: u64) -> u64 {
        let Some(lifetime) = self.issued(at_s) else { return u64::MAX };
        let window = self.policy.window(&lifetime);
        let due_s = at_s + self.life.saturating_sub(window).as_secs() + 1;
        if matches!(self.way, Way::Neither | Way::BackoffOnly) {
            return due_s;
        }
        let dice = self.dice.f64();
        let phase = self.dice.u64(0..LOOK_EVERY_S);
        let (mut no, mut yes) = (at_s, at_s + self.life.as_secs());
        while yes - no > 1 {
            let middle = no.midpoint(yes);
            let early = self.life.saturating_sub(window).mul_f64(SPREAD * (1.0 - dice));
            let spread = self.way == Way::Spread && lifetime.left(moment(middle)) <= window + early;
            if spread || self.policy.is_time_ahead(&lifetime, moment(middle), dice) {
                yes = middle
            } else {
                no = middle
            }
        }
        let looked_s = yes + (phase + LOOK_EVERY_S - yes % LOOK_EVERY_S) % LOOK_EVERY_S;
        let called_s = due_s + (-CALL_EVERY_S * (1.0 - self.dice.f64()).ln()) as u64;
        looked_s.min(called_s)
    }

    fn after_failure(&mut self, failures: u32) -> u64 {
        match self.way {
            Way::Neither => 1,
            Way::BackoffOnly => backoff(failures, 0.5, None).as_secs().max(1),
            Way::Engine | Way::Spread => {
                backoff(failures, self.dice.f64(), None).as_secs_f64().round().max(1.0) as u64
            }
        }
    }

    /// Requests in each minute, and the minute in which the last client had its first token.
    fn run(&mut self, clients: u32, capacity: usize) -> (Vec<u32>, usize) {
        let mut asks: Vec<Vec<u32>> = vec![Vec::new(); DAY_S + 1];
        let mut failures = vec![9u8; clients as usize]; // the outage was long
        for client in 0..clients {
            let at = match self.way {
                Way::Engine | Way::Spread => (self.dice.f64() * 60.0) as usize,
                Way::Neither | Way::BackoffOnly => 0,
            };
            asks[at].push(client);
        }
        let (mut minutes, mut without, mut served_by) = (vec![0u32; DAY_S / 60], clients, 0);
        let mut had = vec![false; clients as usize];
        for second in 0..DAY_S {
            let now = std::mem::take(&mut asks[second]);
            minutes[second / 60] += u32::try_from(now.len()).unwrap_or(u32::MAX);
            let first = self.dice.usize(0..now.len().max(1)); // whom the server hears first is chance
            for (at, client) in now[first..].iter().chain(&now[..first]).enumerate() {
                let me = *client as usize;
                let next = if at < capacity {
                    failures[me] = 0;
                    if !std::mem::replace(&mut had[me], true) {
                        without -= 1;
                        served_by = second / 60;
                    }
                    self.next(second as u64)
                } else {
                    failures[me] = failures[me].saturating_add(1);
                    second as u64 + self.after_failure(u32::from(failures[me]))
                };
                if let Some(place) = usize::try_from(next).ok().and_then(|at| asks.get_mut(at)) {
                    place.push(*client);
                }
            }
        }
        (minutes, if without == 0 { served_by } else { DAY_S / 60 })
    }
}

fn moment(at_s: u64) -> Moment {
    let wall_ms = 1_700_000_000_000 + i64::try_from(at_s).unwrap_or(0) * 1000;
    Moment { wall_ms, boot: Duration::from_secs(at_s) }
}

fn simulate(way: Way, clients: u32, life: Duration) -> Value {
    let policy = RefreshPolicy::default();
    let mut fleet = Fleet { way, policy, life, dice: Rng::with_seed(1729) };
    // What one client asks on average, found out from a few alone.
    let alone: u64 = (0..2_000).map(|_| fleet.next(0)).sum();
    let mean_per_s = f64::from(clients) / (alone as f64 / 2_000.0);
    let (minutes, served_by) = fleet.run(clients, (mean_per_s * CAPACITY) as usize);
    let mean = mean_per_s * 60.0;
    let after = &minutes[(served_by + 1).min(minutes.len() - 1)..];
    let ratio = |of: &[u32]| f64::from(of.iter().copied().max().unwrap_or(0)) / mean;
    json!({
        "clients": clients,
        "life_min": life.as_secs() / 60,
        "mean_per_s": mean_per_s,
        "all_served_min": served_by,
        "burst_ratio": ratio(&minutes),
        "peak_ratio": ratio(after),
        "last_hour_ratio": ratio(&minutes[minutes.len() - 60..]),
        "requests": minutes.iter().map(|n| u64::from(*n)).sum::<u64>(),
        "minutes": minutes,
    })
}

fn main() -> Result<(), peers::Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [way, clients, life_min] = words.as_slice() else {
        return Err("fleet neither|backoff|engine|spread CLIENTS LIFE_MIN".into());
    };
    let way = Way::named(way).ok_or("no such way")?;
    println!("{}", simulate(way, clients.parse()?, Duration::from_secs(60 * life_min.parse::<u64>()?)));
    Ok(())
}
