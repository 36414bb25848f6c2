//! Virtual time: the runtime's timers as a heap, and three clocks over it. Time moves only when every task is idle, and
//! then straight to the next timer. Not here: what happens at which hour (`life`).

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use session_engine::Moment;
use session_engine::ports::Clock;

use crate::ground::World;

const START_MS: i64 = 1_767_225_600_000; // 2026-01-01

/// As many looks at the clock without time going by are a loop that never ends.
const MOST_LOOKS: u32 = 200_000;

/// All in nanoseconds, but the wall's.
#[derive(Default)]
pub(crate) struct Hours {
    /// The runtime's timers: stand still while the computer is suspended or off.
    pub(crate) run: u64,
    /// How long it was suspended or off, in all.
    pub(crate) slept: u64,
    /// When it was switched on, by the true time.
    booted: u64,
    /// How long the boot clock stood still since then.
    stood: u64,
    /// What the user did to the wall clock.
    pub(crate) wall_off_ms: i64,
    timers: BinaryHeap<Reverse<(u64, u64, usize)>>,
    slots: Vec<Option<(u64, Waker)>>,
    free: Vec<usize>,
    armed: u64,
    looks: u32,
}

pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX / 4)
}

impl Hours {
    /// The world's time, which nothing stops.
    pub(crate) fn truth(&self) -> u64 {
        self.run + self.slept
    }

    pub(crate) fn true_ms(&self) -> i64 {
        START_MS + i64::try_from(self.truth() / 1_000_000).unwrap()
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment {
            wall_ms: self.true_ms() + self.wall_off_ms,
            boot: Duration::from_nanos(self.truth() - self.booted - self.stood),
        }
    }

    /// The computer sleeps: the world goes on, the runtime's timers do not.
    pub(crate) fn sleep_for(&mut self, time: Duration) {
        self.slept += nanos(time);
    }

    /// The boot clock of some computers stands still while they sleep.
    pub(crate) fn boot_stood_for(&mut self, time: Duration) {
        self.stood += nanos(time);
    }

    /// The computer starts anew: its boot clock begins at nothing.
    pub(crate) fn boot(&mut self) {
        (self.booted, self.stood) = (self.truth(), 0);
    }

    fn arm(&mut self, until: u64, waker: Waker) -> usize {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.armed += 1;
        self.slots[slot] = Some((self.armed, waker));
        self.timers.push(Reverse((until, self.armed, slot)));
        slot
    }

    fn disarm(&mut self, slot: usize) {
        self.slots[slot] = None;
        self.free.push(slot);
    }

    /// Moves to the next timer. `None`: there is none.
    pub(crate) fn turn(&mut self) -> Option<Waker> {
        while let Some(Reverse((until, armed, slot))) = self.timers.pop() {
            if self.slots[slot].as_ref().is_some_and(|(of, _)| *of == armed) {
                self.looks = 0;
                self.run = self.run.max(until);
                return self.slots[slot].as_ref().map(|(_, waker)| waker.clone());
            }
        }
        None
    }
}

/// Waits by the runtime's timers.
pub(crate) struct Nap {
    world: World,
    until: u64,
    slot: Option<usize>,
}

impl World {
    pub(crate) fn nap(&self, time: Duration) -> Nap {
        let until = self.ground().hours.run.saturating_add(nanos(time));
        self.nap_until(until)
    }

    pub(crate) fn nap_until(&self, until: u64) -> Nap {
        Nap { world: self.clone(), until, slot: None }
    }
}

impl Future for Nap {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let nap = &mut *self;
        let mut ground = nap.world.ground();
        let hours = &mut ground.hours;
        if let Some(slot) = nap.slot.take() {
            hours.disarm(slot);
        }
        if hours.run >= nap.until {
            return Poll::Ready(());
        }
        nap.slot = Some(hours.arm(nap.until, context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Nap {
    fn drop(&mut self) {
        if let Some(slot) = self.slot.take() {
            self.world.ground().hours.disarm(slot);
        }
    }
}

#[async_trait]
impl Clock for World {
    fn now(&self) -> Moment {
        let mut ground = self.ground();
        ground.hours.looks += 1;
        let (looks, now) = (ground.hours.looks, ground.hours.moment());
        if looks == MOST_LOOKS {
            ground.breaks(crate::rules::NOBODY_HANGS, || "a loop in which no time goes by".to_owned());
            drop(ground);
            panic!("a loop in which no time goes by");
        }
        now
    }

    async fn sleep(&self, duration: Duration) {
        self.nap(duration).await;
    }
}
