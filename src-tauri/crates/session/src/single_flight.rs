//! `SingleFlight`: one piece of work for all who ask for it at the same time, run as a task that none of them owns (R3).
//! Not here: tokens, sessions, time; it knows keys and results only.
//!
//! The flight clears its own place when it lands; a waiter never does. So a waiter that wakes late cannot wipe out a newer
//! flight, which is how `f ??= refresh(); await f; f = null` starts a second refresh.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;

use futures::FutureExt;

use crate::landing::{Landing, landing};
use crate::sync::{Arc, AtomicUsize, Mutex, Ordering, lock, point, spawn};

/// The work panicked, or its runtime went away (F20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crashed;

/// What all who are aboard get.
pub(crate) type Landed<T, E> = Result<Result<T, E>, Crashed>;

/// A seat in a flight.
pub(crate) struct Seat<T: Clone, E: Clone> {
    /// The number the flight was given when it started.
    pub(crate) flight: u64,
    /// Whether the flight was in the air already.
    pub(crate) shared: bool,
    /// Resolves when it lands.
    pub(crate) landing: Landing<Landed<T, E>>,
}

/// Flights by key; only a flight of the newest key can be joined.
pub(crate) struct SingleFlight<K, T: Clone, E: Clone> {
    runway: Runway<K, Landing<Landed<T, E>>>,
}

impl<K, T, E> SingleFlight<K, T, E>
where
    K: Copy + Ord + Send + 'static,
    T: Clone + Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
{
    pub(crate) fn new() -> Self {
        Self { runway: Runway::new() }
    }

    /// Joins the flight for `key`, or starts one with `work` under the number `flight`. `None`: the key has landed already, or
    /// a newer one is in the air; look at the world again. `work` gets a count of those aboard; it is dropped unrun where it is not needed.
    /// `called_off` lets all who are aboard go before the landing; the flight flies on. Once `slow` is over they are told that it
    /// takes its time. One such wait of each kind serves them all.
    pub(crate) fn board<W>(
        &self,
        key: K,
        flight: u64,
        called_off: impl Future<Output = E> + Send + 'static,
        slow: impl Future<Output = ()> + Send + 'static,
        work: impl FnOnce(Aboard) -> W,
    ) -> Option<Seat<T, E>>
    where
        W: Future<Output = Result<T, E>> + Send + 'static,
    {
        let seat = |(flight, landing)| Seat { flight, shared: true, landing };
        if let Some(joined) = self.runway.join(key) {
            return joined.map(seat); // nothing was prepared in vain
        }
        let aboard = Arc::new(AtomicUsize::new(1));
        let work = work(Aboard(Arc::clone(&aboard)));
        let (teller, landing) = landing(Err(Crashed));
        let clearance = match self.runway.board(key, flight, aboard, landing.clone()) {
            Boarding::Joined(joined) => return joined.map(seat),
            Boarding::TakeOff(clearance) => clearance,
        };
        spawn(async move {
            let mut work = pin!(AssertUnwindSafe(work).catch_unwind());
            let (mut called_off, mut slow) = (pin!(called_off.fuse()), pin!(slow.fuse()));
            let result = loop {
                tokio::select! {
                    biased;
                    result = &mut work => break result.map_err(|_| Crashed),
                    why = &mut called_off => teller.tell(Ok(Err(why))),
                    () = &mut slow => teller.tell_slow(),
                }
            };
            clearance.land(matches!(result, Ok(Ok(_))));
            point();
            // Nobody may be left to hear it, or they were called off; the result is kept by the work itself.
            teller.tell_in_turns(result).await;
        });
        Some(Seat { flight, shared: false, landing })
    }

    /// Whether the flight for `key` is in the air.
    pub(crate) fn is_airborne(&self, key: K) -> bool {
        self.runway.is_airborne(key)
    }
}

/// How many have boarded, counted up to the moment it is asked.
pub(crate) struct Aboard(Arc<AtomicUsize>);

impl Aboard {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Who may fly: the part behind the lock, which knows no futures. `L` is what those who join are given.
struct Runway<K, L>(Arc<Mutex<Slot<K, L>>>);

struct Slot<K, L> {
    airborne: Option<Airborne<K, L>>,
    /// The newest key that has landed well: it never flies again.
    landed: Option<K>,
}

struct Airborne<K, L> {
    key: K,
    flight: u64,
    aboard: Arc<AtomicUsize>,
    landing: L,
}

/// The flight's number and its landing; `None`: the key has landed already, or a newer one is in the air.
type Joined<L> = Option<(u64, L)>;

enum Boarding<K: Copy + Ord, L> {
    Joined(Joined<L>),
    TakeOff(Clearance<K, L>),
}

impl<K: Copy + Ord, L: Clone> Slot<K, L> {
    /// `None`: nothing flies that could be joined, and the key may take off.
    fn join(&self, key: K) -> Option<Joined<L>> {
        if self.landed.is_some_and(|landed| key <= landed) {
            return Some(None);
        }
        let airborne = self.airborne.as_ref().filter(|airborne| airborne.key >= key)?;
        if airborne.key > key {
            return Some(None);
        }
        airborne.aboard.fetch_add(1, Ordering::Relaxed);
        Some(Some((airborne.flight, airborne.landing.clone())))
    }
}

impl<K: Copy + Ord, L: Clone> Runway<K, L> {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Slot { airborne: None, landed: None })))
    }

    fn join(&self, key: K) -> Option<Joined<L>> {
        lock(&self.0).join(key)
    }

    fn board(&self, key: K, flight: u64, aboard: Arc<AtomicUsize>, landing: L) -> Boarding<K, L> {
        let mut slot = lock(&self.0);
        if let Some(joined) = slot.join(key) {
            return Boarding::Joined(joined);
        }
        slot.airborne = Some(Airborne { key, flight, aboard, landing });
        Boarding::TakeOff(Clearance { slot: Arc::clone(&self.0), key, flight })
    }

    fn is_airborne(&self, key: K) -> bool {
        lock(&self.0).airborne.as_ref().is_some_and(|airborne| airborne.key == key)
    }
}

/// Clears the flight's own place exactly once, also when the task is dropped unfinished.
struct Clearance<K: Copy + Ord, L> {
    slot: Arc<Mutex<Slot<K, L>>>,
    key: K,
    flight: u64,
}

impl<K: Copy + Ord, L> Clearance<K, L> {
    fn land(self, well: bool) {
        if well {
            let mut slot = lock(&self.slot);
            slot.landed = slot.landed.max(Some(self.key));
        }
    }
}

impl<K: Copy + Ord, L> Drop for Clearance<K, L> {
    fn drop(&mut self) {
        let mut slot = lock(&self.slot);
        if slot.airborne.as_ref().is_some_and(|airborne| airborne.flight == self.flight) {
            slot.airborne = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;
    use tokio::sync::Notify;

    type Flights = SingleFlight<u64, u64, &'static str>;

    /// Work that counts its runs and lands when told to.
    #[derive(Clone, Default)]
    struct Tower {
        runs: Arc<AtomicUsize>,
        gate: Arc<Notify>,
    }

    impl Tower {
        fn work(
            &self,
            result: Result<u64, &'static str>,
        ) -> impl Future<Output = Result<u64, &'static str>> + Send + 'static {
            let tower = self.clone();
            async move {
                tower.runs.fetch_add(1, Ordering::SeqCst);
                tower.gate.notified().await;
                result
            }
        }

        fn runs(&self) -> usize {
            self.runs.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn r3_a_thousand_who_ask_at_once_share_one_flight() {
        let (flights, tower) = (Flights::new(), Tower::default());
        let seats: Vec<_> = (0..1000)
            .map(|n| flights.board(1, n, pending(), pending(), |_| tower.work(Ok(7))).unwrap())
            .collect();
        tokio::task::yield_now().await;
        tower.gate.notify_one();
        for mut seat in seats {
            assert_eq!(seat.landing.landed().await, Ok(Ok(7)));
            assert_eq!(seat.flight, 0);
        }
        assert_eq!(tower.runs(), 1);
    }

    #[tokio::test]
    async fn r3_a_late_waiter_of_an_old_flight_does_not_wipe_out_a_newer_one() {
        let (flights, tower) = (Flights::new(), Tower::default());
        let mut first = flights.board(1, 1, pending(), pending(), |_| tower.work(Err("failed"))).unwrap();
        let mut late = first.landing.clone();
        tower.gate.notify_one();
        assert_eq!(first.landing.landed().await, Ok(Err("failed")));
        let mut second = flights.board(1, 2, pending(), pending(), |_| tower.work(Ok(2))).unwrap();
        assert_eq!(late.landed().await, Ok(Err("failed")), "the late waiter hears of its own flight only");
        let mut third = flights.board(1, 3, pending(), pending(), |_| tower.work(Ok(3))).unwrap();
        assert!(third.shared && third.flight == 2, "the second flight is still the one to join");
        tower.gate.notify_one();
        assert_eq!(second.landing.landed().await, Ok(Ok(2)));
        assert_eq!(third.landing.landed().await, Ok(Ok(2)));
        assert_eq!(tower.runs(), 2);
    }

    #[tokio::test]
    async fn r3_a_key_that_landed_never_flies_again() {
        let (flights, tower) = (Flights::new(), Tower::default());
        let mut seat = flights.board(5, 1, pending(), pending(), |_| tower.work(Ok(1))).unwrap();
        tower.gate.notify_one();
        seat.landing.landed().await.unwrap().unwrap();
        assert!(flights.board(5, 2, pending(), pending(), |_| tower.work(Ok(2))).is_none());
        assert!(flights.board(4, 3, pending(), pending(), |_| tower.work(Ok(3))).is_none());
        assert!(flights.board(6, 4, pending(), pending(), |_| tower.work(Ok(4))).is_some());
    }

    #[tokio::test]
    async fn f19_the_flight_lands_though_all_who_waited_gave_up() {
        let (flights, tower) = (Flights::new(), Tower::default());
        drop(flights.board(1, 1, pending(), pending(), |_| tower.work(Ok(1))).unwrap());
        let mut seat = flights.board(1, 2, pending(), pending(), |_| tower.work(Ok(2))).unwrap();
        assert!(seat.shared);
        tower.gate.notify_one();
        assert_eq!(seat.landing.landed().await, Ok(Ok(1)));
        assert_eq!(tower.runs(), 1);
    }

    #[tokio::test]
    async fn r10_all_who_are_aboard_are_let_go_when_it_is_called_off_and_it_lands_all_the_same() {
        let (flights, tower, word) = (Flights::new(), Tower::default(), Arc::new(Notify::new()));
        let called_off = {
            let word = Arc::clone(&word);
            async move {
                word.notified().await;
                "called off"
            }
        };
        let mut first = flights.board(1, 1, called_off, pending(), |_| tower.work(Ok(1))).unwrap();
        let mut second = flights.board(1, 2, pending(), pending(), |_| tower.work(Ok(2))).unwrap();
        word.notify_one();
        assert_eq!(
            (first.landing.landed().await, second.landing.landed().await),
            (Ok(Err("called off")), Ok(Err("called off")))
        );
        assert!(flights.is_airborne(1), "it flies on");
        tower.gate.notify_one();
        while flights.is_airborne(1) {
            tokio::task::yield_now().await;
        }
        assert!(
            flights.board(1, 3, pending(), pending(), |_| tower.work(Ok(3))).is_none(),
            "it has landed well"
        );
        assert_eq!(tower.runs(), 1);
    }

    #[tokio::test]
    async fn f20_a_panic_is_a_result_and_the_next_flight_takes_off() {
        let flights = Flights::new();
        let mut seat = flights
            .board(1, 1, pending(), pending(), |_| async { std::panic::resume_unwind(Box::new("boom")) })
            .unwrap();
        assert_eq!(seat.landing.landed().await, Err(Crashed));
        let mut next = flights.board(1, 2, pending(), pending(), |_| async { Ok(2) }).unwrap();
        assert_eq!(next.landing.landed().await, Ok(Ok(2)));
    }

    #[tokio::test]
    async fn r10_a_newer_key_takes_off_beside_an_older_flight_and_the_older_cannot_clear_it() {
        let (flights, old, new) = (Flights::new(), Tower::default(), Tower::default());
        let mut first = flights.board(1, 1, pending(), pending(), |_| old.work(Ok(1))).unwrap();
        let mut second = flights.board(2, 2, pending(), pending(), |_| new.work(Ok(2))).unwrap();
        assert!(
            flights.board(1, 3, pending(), pending(), |_| old.work(Ok(3))).is_none(),
            "the old key cannot be joined any more"
        );
        old.gate.notify_one();
        assert_eq!(first.landing.landed().await, Ok(Ok(1)));
        let joined = flights.board(2, 4, pending(), pending(), |_| new.work(Ok(4))).unwrap();
        assert!(joined.shared && joined.flight == 2);
        new.gate.notify_one();
        assert_eq!(second.landing.landed().await, Ok(Ok(2)));
    }
}

#[cfg(all(test, feature = "loom"))]
#[expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests: a failure is a failed test, the count is shown"
)]
mod all_schedules {
    use loom::sync::Condvar;
    use loom::thread;

    use super::*;

    /// How a flight ends.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum End {
        Well,
        Fails,
        /// The work panics, or its task is dropped: nothing lands, the clearance is only dropped.
        Crashes,
    }

    /// What those aboard wait for, in loom's own terms.
    #[derive(Clone)]
    struct Told(Arc<(Mutex<Option<u64>>, Condvar)>);

    impl Told {
        fn new() -> Self {
            Self(Arc::new((Mutex::new(None), Condvar::new())))
        }

        fn tell(&self, flight: u64) {
            *lock(&self.0.0) = Some(flight);
            self.0.1.notify_all();
        }

        fn hear(&self) -> u64 {
            let mut told = lock(&self.0.0);
            loop {
                match *told {
                    Some(flight) => return flight,
                    None => told = self.0.1.wait(told).unwrap(),
                }
            }
        }
    }

    /// The air over one runway: how many fly for each key just now, and how many landed well.
    #[derive(Default)]
    struct Air {
        flying: [std::sync::atomic::AtomicUsize; 3],
        landed: [std::sync::atomic::AtomicUsize; 3],
    }

    #[derive(Clone, Copy)]
    struct Task {
        key: usize,
        end: End,
        /// It joins, and gives up before the landing.
        gives_up: bool,
    }

    const fn task(key: usize, end: End) -> Task {
        Task { key, end, gives_up: false }
    }

    /// One task: joins or starts a flight as `SingleFlight::board` does, and waits for what it is told.
    fn run(task: Task, number: u64, runway: &Runway<usize, Told>, air: &Air) {
        let told = Told::new();
        match runway.board(task.key, number, Arc::new(AtomicUsize::new(1)), told.clone()) {
            Boarding::Joined(None) => {}
            Boarding::Joined(Some((flight, landing))) => {
                assert_ne!(flight, number);
                if !task.gives_up {
                    assert_eq!(landing.hear(), flight, "who joined hears of the flight that was joined");
                }
            }
            Boarding::TakeOff(clearance) => {
                let at_once = air.flying[task.key].fetch_add(1, Ordering::SeqCst);
                assert_eq!(at_once, 0, "two flights for one key");
                assert_eq!(air.landed[task.key].load(Ordering::SeqCst), 0, "a key that landed flies again");
                thread::yield_now();
                air.flying[task.key].fetch_sub(1, Ordering::SeqCst);
                if task.end == End::Well {
                    air.landed[task.key].fetch_add(1, Ordering::SeqCst);
                }
                match task.end {
                    End::Well | End::Fails => clearance.land(task.end == End::Well),
                    End::Crashes => drop(clearance),
                }
                told.tell(number);
            }
        }
    }

    /// Every schedule of three tasks; gives how many there were.
    fn in_every_schedule(tasks: [Task; 3]) {
        let schedules = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = Arc::clone(&schedules);
        loom::model(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let (runway, air) = (Arc::new(Runway::new()), Arc::new(Air::default()));
            let others: Vec<_> = (1..3)
                .map(|at| {
                    let (runway, air) = (Arc::clone(&runway), Arc::clone(&air));
                    thread::spawn(move || run(tasks[at], at as u64, &runway, &air))
                })
                .collect();
            run(tasks[0], 0, &runway, &air);
            others.into_iter().for_each(|other| other.join().unwrap());
            let slot = lock(&runway.0);
            assert!(slot.airborne.is_none(), "a flight that is over still holds the runway");
            let well = (0..3).rfind(|key| air.landed[*key].load(Ordering::SeqCst) > 0);
            assert_eq!(slot.landed, well, "the newest key that landed well is remembered");
        });
        println!("loom: {} schedules", schedules.load(Ordering::SeqCst));
    }

    #[test]
    fn r3_all_join_one_that_lands() {
        in_every_schedule([task(1, End::Well); 3]);
    }

    #[test]
    fn r3_after_one_that_fails_another_may_start_but_never_beside_it() {
        in_every_schedule([task(1, End::Fails), task(1, End::Well), task(1, End::Fails)]);
    }

    #[test]
    fn f19_f20_one_gives_up_and_one_crashes() {
        let gives_up = Task { gives_up: true, ..task(1, End::Well) };
        in_every_schedule([task(1, End::Crashes), gives_up, task(1, End::Well)]);
    }

    #[test]
    fn r10_a_newer_key_beside_an_older_one() {
        in_every_schedule([task(1, End::Well), task(2, End::Fails), task(2, End::Well)]);
    }
}
