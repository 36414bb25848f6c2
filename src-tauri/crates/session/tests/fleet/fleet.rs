//! A fleet, simulated: how very many clients load the refresh endpoint after an outage, each by the engine's own policy code.
//! The outage was long, no token is valid; the server comes back at zero, bears so much a second, and answers 503 to the rest.
//! Not here: a client's inner life; what it does to the server follows from its tokens, its calls and the dice. `npm run bench:fleet`
//! builds this file, too, and runs it with a million.

use std::time::Duration;

use session_engine::policy::backoff;
use session_engine::{Freshness, Lifetime, Moment, Origin, Receipt, RefreshPolicy, TimeClaims};

/// The timer's looks (R14).
const LOOK_EVERY_S: u64 = 30;

/// Failures in a row that each client has behind it: the pauses between its attempts are as long as they get (R15).
const FAILED_BEFORE: u32 = 9;

/// How the clients choose their moments.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// At the window's start; after a failure once a second, all alike.
    Neither,
    /// The engine's pauses after a failure, without dice; at the window's start.
    BackoffOnly,
    /// The engine, were it to throw the first moment after the outage over the last `apart` (0 to 1) of the life before the window
    /// only, and the moment inside the window over the first `inside` (0 to 1) of what it throws it over. It is 1 and 1 as it is.
    Engine {
        /// Zero: not before the window at all.
        apart: f64,
        /// Zero: at the window's start.
        inside: f64,
    },
}

impl Way {
    /// The engine as it is.
    pub const AS_IT_IS: Self = Self::Engine { apart: 1.0, inside: 1.0 };
}

/// What is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Fleet {
    /// How they choose.
    pub way: Way,
    /// How many there are.
    pub clients: u32,
    /// How long an access token lives.
    pub life: Duration,
    /// What the server bears, to what all clients ask of it on average once they are spread.
    pub capacity: f64,
    /// How far apart the calls of one client are on average.
    pub calls_every: Duration,
    /// Whether the server tells whom it turns away to come back at a moment of the next five minutes, each at another.
    pub retry_after: bool,
    /// How long it is watched.
    pub hours: usize,
}

impl Fleet {
    /// Clients in use, with a call a minute, watched for a day.
    #[must_use]
    pub fn of(clients: u32, life: Duration) -> Self {
        let calls_every = Duration::from_secs(60);
        Self { way: Way::AS_IT_IS, clients, life, capacity: 2.0, calls_every, retry_after: false, hours: 24 }
    }
}

/// What was seen at the refresh endpoint.
#[derive(Clone, Debug)]
pub struct Load {
    /// Requests in each minute.
    pub minutes: Vec<u32>,
    /// The minute in which the last client had its first token; the number of minutes, if one never had.
    pub served_by: usize,
    /// Requests a second, were the clients spread evenly.
    pub mean_per_s: f64,
}

impl Load {
    /// The busiest of all minutes, to the mean.
    #[must_use]
    pub fn burst(&self) -> f64 {
        self.busiest(0..self.minutes.len())
    }

    /// The busiest minute after all had a token, to the mean.
    #[must_use]
    pub fn peak(&self) -> f64 {
        self.busiest((self.served_by + 1).min(self.minutes.len() - 1)..self.minutes.len())
    }

    /// The same for `minutes` in a row, so that chance evens out where clients are few.
    #[must_use]
    pub fn peak_over(&self, minutes: usize) -> f64 {
        let after = &self.minutes[(self.served_by + 1).min(self.minutes.len() - 1)..];
        let busiest = after.windows(minutes).map(|window| window.iter().sum::<u32>()).max().unwrap_or(0);
        f64::from(busiest) / (self.mean_per_s * 60.0 * minutes as f64)
    }

    /// The busiest minute of the last hour, to the mean.
    #[must_use]
    pub fn last_hour(&self) -> f64 {
        self.busiest(self.minutes.len() - 60..self.minutes.len())
    }

    /// All requests.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.minutes.iter().map(|n| u64::from(*n)).sum()
    }

    fn busiest(&self, minutes: std::ops::Range<usize>) -> f64 {
        let busiest = self.minutes[minutes].iter().copied().max().unwrap_or(0);
        f64::from(busiest) / (self.mean_per_s * 60.0)
    }
}

/// Lets the fleet live, with `dice` that fall from 0 to below 1.
pub fn simulate(fleet: Fleet, dice: &mut dyn FnMut() -> f64) -> Load {
    let mut world = World { fleet, policy: RefreshPolicy::default(), dice };
    let a_few = 2_000;
    let alone: u64 = (0..a_few).map(|_| world.due(0)).sum();
    let mean_per_s = f64::from(fleet.clients) * f64::from(a_few) / alone as f64;
    let (minutes, served_by) = world.run((mean_per_s * fleet.capacity) as usize);
    Load { minutes, served_by, mean_per_s }
}

struct World<'a> {
    fleet: Fleet,
    policy: RefreshPolicy,
    dice: &'a mut dyn FnMut() -> f64,
}

impl World<'_> {
    fn throw(&mut self) -> f64 {
        (self.dice)()
    }

    /// When a client that got its token at `at_s` asks for the next: its timer, or a call that finds the token due.
    fn due(&mut self, at_s: u64) -> u64 {
        let (life_s, lifetime) = (self.fleet.life.as_secs(), issued(at_s, self.fleet.life));
        let due_s = at_s + (self.fleet.life - self.policy.window(&lifetime)).as_secs() + 1;
        let Way::Engine { inside, .. } = self.fleet.way else { return due_s };
        let (dice, phase) = (self.throw(), (self.throw() * LOOK_EVERY_S as f64) as u64);
        let (mut no, mut yes) = (at_s, at_s + life_s);
        while yes - no > 1 {
            let middle = no.midpoint(yes);
            if self.policy.is_time_ahead(&lifetime, moment(middle), inside * dice) {
                yes = middle;
            } else {
                no = middle;
            }
        }
        let looked_s = looks_after(yes, phase);
        let between = self.fleet.calls_every.as_secs_f64();
        let called_s = due_s + (-between * (1.0 - self.throw()).ln()) as u64;
        looked_s.min(called_s)
    }

    /// When it asks to be apart from the others, at `at_s` with a token of its own since `since_s`, or turned away just now.
    fn apart(&mut self, since_s: u64, at_s: u64) -> Option<u64> {
        let Way::Engine { apart, .. } = self.fleet.way else { return None };
        let dice = if at_s > since_s { self.throw() } else { 1.0 - apart * self.throw() };
        let after = self.policy.apart_after(&issued(since_s, self.fleet.life), dice)?;
        let phase = (self.throw() * LOOK_EVERY_S as f64) as u64;
        (apart > 0.0).then(|| looks_after(at_s + after.as_secs(), phase))
    }

    /// Whether who is turned away at `at_s` was early on purpose, with a token of `since_s`, and is not told when to come back.
    fn is_put_off(&self, since_s: u64, at_s: u64) -> bool {
        let lifetime = issued(since_s, self.fleet.life);
        !self.fleet.retry_after && self.policy.freshness(Some(&lifetime), moment(at_s)) == Freshness::Fresh
    }

    fn after_failure(&mut self, failures: u32) -> u64 {
        match self.fleet.way {
            Way::Neither => 1,
            Way::BackoffOnly => backoff(failures, 0.5, None).as_secs().max(1),
            Way::Engine { .. } => {
                let asked =
                    self.fleet.retry_after.then(|| Duration::from_secs_f64(1.0 + 299.0 * self.throw()));
                backoff(failures, self.throw(), asked).as_secs_f64().round().max(1.0) as u64
            }
        }
    }

    /// Requests in each minute, and the minute in which the last client had its first token.
    fn run(&mut self, capacity: usize) -> (Vec<u32>, usize) {
        let (seconds, clients) = (self.fleet.hours * 3600, self.fleet.clients);
        let mut asks: Vec<Vec<u32>> = vec![Vec::new(); seconds];
        let mut failures = vec![FAILED_BEFORE as u8; clients as usize];
        let (mut since, mut due) = (vec![None; clients as usize], vec![0u64; clients as usize]);
        for client in 0..clients {
            let together = !matches!(self.fleet.way, Way::Engine { .. });
            let at = if together { 0 } else { (self.throw() * 60.0) as usize }; // somewhere between two attempts
            asks[at].push(client);
        }
        let (mut minutes, mut without, mut served_by) = (vec![0u32; seconds / 60], clients, seconds / 60);
        for second in 0..seconds {
            let now = std::mem::take(&mut asks[second]);
            minutes[second / 60] += now.len() as u32;
            let first = (self.throw() * now.len() as f64) as usize; // whom the server hears first is chance
            for (at, client) in now[first..].iter().chain(&now[..first]).enumerate() {
                let (me, now_s) = (*client as usize, second as u64);
                let next = if at < capacity {
                    if since[me].replace(now_s).is_none() {
                        without -= 1;
                        served_by = if without == 0 { second / 60 } else { served_by };
                    }
                    due[me] = self.due(now_s);
                    let after_outage = std::mem::take(&mut failures[me]) > 0;
                    let apart = if after_outage { self.apart(now_s, now_s) } else { None };
                    apart.map_or(due[me], |apart| apart.min(due[me]))
                } else if let Some(since_s) = since[me].filter(|since_s| self.is_put_off(*since_s, now_s)) {
                    self.apart(since_s, now_s).map_or(due[me], |apart| apart.min(due[me]))
                } else {
                    failures[me] = failures[me].saturating_add(1);
                    second as u64 + self.after_failure(u32::from(failures[me]))
                };
                if let Some(place) = asks.get_mut(next as usize) {
                    place.push(*client);
                }
            }
        }
        (minutes, served_by)
    }
}

/// The timer's first look from `at_s` on, `phase` seconds after each half minute.
fn looks_after(at_s: u64, phase: u64) -> u64 {
    at_s + (phase + LOOK_EVERY_S - at_s % LOOK_EVERY_S) % LOOK_EVERY_S
}

fn moment(at_s: u64) -> Moment {
    Moment { wall_ms: 1_700_000_000_000 + at_s as i64 * 1000, boot: Duration::from_secs(at_s) }
}

/// The life of a token that a refresh gave at `at_s`.
fn issued(at_s: u64, life: Duration) -> Lifetime {
    let at = moment(at_s);
    let expires_at_ms = Some(at.wall_ms + life.as_millis() as i64);
    let times = TimeClaims { expires_at_ms, issued_at_ms: Some(at.wall_ms) };
    let receipt = Receipt { at, server_date_ms: None, expires_in: None, origin: Origin::Refresh };
    Lifetime::of(times, receipt).expect("a life that is known")
}
