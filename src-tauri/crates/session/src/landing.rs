//! `Landing`: one word for all who wait for it, told once; and before that, perhaps, the word that it takes its time.
//! Not here: what the word is about (`single_flight`), and any deadline.
//!
//! A thousand who wait are woken once each, outside of the lock and from one list, by the teller and by each other; who is woken reads
//! the word without a lock. A channel that keeps its waiters in a chain through all of them took three times as long to let ten thousand go,
//! and a teller who wakes them alone, at one go, nearly twice as long to let one thousand go where threads are more than processors.

use std::future::poll_fn;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use crate::sync::{Arc, AtomicBool, AtomicUsize, Mutex, Ordering, lock};

/// Who tells. Dropped with nothing told, it tells the word it was made with.
pub(crate) struct Teller<W> {
    board: Arc<Board<W>>,
    at_worst: Option<W>,
}

/// Where the word is waited for.
pub(crate) struct Landing<W> {
    board: Arc<Board<W>>,
    /// The round in which it was put down to be woken, and where.
    place: Option<(u64, usize)>,
}

/// Away from the count of those who share it, which each of them lowers as it goes: who reads the word would wait for that.
#[repr(align(128))]
struct Board<W> {
    word: OnceLock<W>,
    slow: AtomicBool,
    waiting: Mutex<Waiting>,
    /// Those who waited for the word, once it is told.
    waking: OnceLock<Waking>,
}

/// Who is to be woken. Each waking begins a new round.
#[derive(Default)]
struct Waiting {
    round: u64,
    places: Vec<Place>,
}

/// One who waits; empty where they gave up, or are woken.
type Place = Mutex<Option<Waker>>;

/// Who is being woken for the word. The teller wakes them all, and who is awake helps: should another thread be given the teller's
/// processor for a millisecond, they go on.
struct Waking {
    places: Vec<Place>,
    next: AtomicUsize,
}

/// So many the teller wakes before those who are awake have their turn. More at once are only handed from one thread to another.
const IN_ONE_TURN: usize = 2;

/// A word to be told; `at_worst` is told when nobody else does.
pub(crate) fn landing<W: Clone>(at_worst: W) -> (Teller<W>, Landing<W>) {
    let board = Board {
        word: OnceLock::new(),
        slow: AtomicBool::new(false),
        waiting: Mutex::new(Waiting::default()),
        waking: OnceLock::new(),
    };
    let board = Arc::new(board);
    (Teller { board: Arc::clone(&board), at_worst: Some(at_worst) }, Landing { board, place: None })
}

impl<W> Teller<W> {
    /// Tells all, whether they wait already or come later. Only the first word counts.
    pub(crate) fn tell(&self, word: W) {
        self.board.say(word);
        while self.board.wake_one() {}
    }

    /// The same, but in turns with those who are woken.
    pub(crate) async fn tell_in_turns(&self, word: W) {
        self.board.say(word);
        while (0..IN_ONE_TURN).all(|_| self.board.wake_one()) {
            let mut had_theirs = false;
            // Not tokio's `yield_now`: that comes back when its thread has nothing else to do, and other threads would wait for work.
            poll_fn(|context| {
                if std::mem::replace(&mut had_theirs, true) {
                    return Poll::Ready(());
                }
                context.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
        }
    }

    /// Says that it takes its time.
    pub(crate) fn tell_slow(&self) {
        self.board.slow.store(true, Ordering::Release);
        self.board.next_round().iter().for_each(wake);
    }
}

impl<W> Drop for Teller<W> {
    fn drop(&mut self) {
        if let Some(word) = self.at_worst.take() {
            self.tell(word); // it may have been told, and not all be woken yet
        }
    }
}

impl<W> Board<W> {
    fn say(&self, word: W) {
        if self.word.set(word).is_ok() {
            let waking = Waking { places: self.next_round(), next: AtomicUsize::new(0) };
            let _ = self.waking.set(waking); // once, as the word is
        }
    }

    /// Those who waited up to now; who waits from now on is of the next round.
    fn next_round(&self) -> Vec<Place> {
        let mut waiting = lock(&self.waiting);
        waiting.round += 1;
        std::mem::take(&mut waiting.places)
    }

    /// Wakes the next of those who waited for the word. Whether there was one.
    fn wake_one(&self) -> bool {
        self.waking.get().is_some_and(Waking::wake_one)
    }
}

impl Waking {
    fn wake_one(&self) -> bool {
        if self.next.load(Ordering::Relaxed) >= self.places.len() {
            return false; // all who come later only read
        }
        let place = self.places.get(self.next.fetch_add(1, Ordering::Relaxed));
        place.inspect(|place| wake(place)).is_some()
    }
}

fn wake(place: &Place) {
    let waker = lock(place).take();
    if let Some(waker) = waker {
        waker.wake(); // outside of the lock: it may run what it likes
    }
}

impl<W: Clone> Landing<W> {
    /// Resolves with the word.
    pub(crate) async fn landed(&mut self) -> W {
        poll_fn(|context| match self.hear(context, false) {
            Poll::Ready(Some(word)) => Poll::Ready(word),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        })
        .await
    }

    /// Resolves with the word, or with `None` once it takes its time.
    pub(crate) async fn landed_or_slow(&mut self) -> Option<W> {
        poll_fn(|context| self.hear(context, true)).await
    }

    fn hear(&mut self, context: &mut Context<'_>, or_slow: bool) -> Poll<Option<W>> {
        if let Some(heard) = self.heard(or_slow) {
            self.board.wake_one();
            return Poll::Ready(heard);
        }
        let mut waiting = lock(&self.board.waiting);
        if let Some(heard) = self.heard(or_slow) {
            return Poll::Ready(heard); // told since the look, and those who were to be woken are
        }
        let waker = context.waker();
        match self.place.filter(|(round, _)| *round == waiting.round) {
            Some((_, at)) => {
                let mut place = lock(&waiting.places[at]);
                if !place.as_ref().is_some_and(|old| old.will_wake(waker)) {
                    *place = Some(waker.clone());
                }
            }
            None => {
                self.place = Some((waiting.round, waiting.places.len()));
                waiting.places.push(Mutex::new(Some(waker.clone())));
            }
        }
        Poll::Pending
    }

    fn heard(&self, or_slow: bool) -> Option<Option<W>> {
        match self.board.word.get() {
            Some(word) => Some(Some(word.clone())),
            None if or_slow && self.board.slow.load(Ordering::Acquire) => Some(None),
            None => None,
        }
    }
}

impl<W> Clone for Landing<W> {
    fn clone(&self) -> Self {
        Self { board: Arc::clone(&self.board), place: None }
    }
}

impl<W> Drop for Landing<W> {
    fn drop(&mut self) {
        let Some((round, at)) = self.place.filter(|_| self.board.word.get().is_none()) else { return };
        let waiting = lock(&self.board.waiting);
        if round == waiting.round {
            *lock(&waiting.places[at]) = None; // who gave up is not woken, and nothing of theirs is kept
        }
    }
}

#[cfg(all(test, not(any(feature = "shuttle", feature = "loom"))))]
mod tests {
    use std::task::Wake;

    use futures::FutureExt;
    use futures::future::BoxFuture;

    use super::*;

    /// Counts how often it is woken.
    #[derive(Default)]
    struct Counted(AtomicUsize);

    impl Wake for Counted {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn poll(landing: &mut Landing<u32>, counted: &Arc<Counted>, or_slow: bool) -> Poll<Option<u32>> {
        let waker = Waker::from(Arc::clone(counted));
        landing.hear(&mut Context::from_waker(&waker), or_slow)
    }

    #[test]
    fn r3_each_who_waits_is_woken_once_and_who_gave_up_is_not() {
        let (teller, first) = landing(0);
        let woken = [const { None::<Arc<Counted>> }; 3].map(|_| Arc::<Counted>::default());
        let mut all = [first.clone(), first.clone(), first];
        for (landing, woken) in all.iter_mut().zip(&woken) {
            assert!(poll(landing, woken, true).is_pending() && poll(landing, woken, true).is_pending());
        }
        let [mut one, two, mut three] = all;
        drop(two);
        teller.tell(7);
        teller.tell(8);
        assert_eq!(woken.each_ref().map(|woken| woken.0.load(Ordering::SeqCst)), [1, 0, 1]);
        assert_eq!(
            (poll(&mut one, &woken[0], true), poll(&mut three, &woken[2], false)),
            (Poll::Ready(Some(7)), Poll::Ready(Some(7)))
        );
        assert_eq!(
            poll(&mut three.clone(), &woken[1], false),
            Poll::Ready(Some(7)),
            "who comes later hears it, too"
        );
    }

    /// Five who wait, and a teller who has woken the first two and let go of the thread.
    fn halfway<'a>(teller: &'a Teller<u32>, first: &Landing<u32>) -> (Waiters, BoxFuture<'a, ()>) {
        let woken: [_; 5] = std::array::from_fn(|_| Arc::<Counted>::default());
        let mut all = std::array::from_fn(|_| first.clone());
        for (landing, woken) in all.iter_mut().zip(&woken) {
            assert!(poll(landing, woken, true).is_pending());
        }
        let mut telling = teller.tell_in_turns(7).boxed();
        assert!(telling.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending());
        (Waiters { all, woken }, telling)
    }

    struct Waiters {
        all: [Landing<u32>; 5],
        woken: [Arc<Counted>; 5],
    }

    impl Waiters {
        fn counts(&self) -> [usize; 5] {
            self.woken.each_ref().map(|woken| woken.0.load(Ordering::SeqCst))
        }
    }

    #[test]
    fn r3_who_is_awake_wakes_the_next_while_the_teller_has_no_processor() {
        let (teller, first) = landing(0);
        let (mut waiters, telling) = halfway(&teller, &first);
        assert_eq!(waiters.counts(), [1, 1, 0, 0, 0]);
        for at in [0, 2] {
            assert_eq!(poll(&mut waiters.all[at], &waiters.woken[at], true), Poll::Ready(Some(7)));
        }
        assert_eq!(waiters.counts(), [1, 1, 1, 1, 0]);
        drop(telling);
        teller.tell(8);
        assert_eq!(waiters.counts(), [1; 5]);
    }

    #[test]
    fn f19_whoever_takes_away_the_teller_between_two_turns_leaves_nobody_asleep() {
        let (teller, first) = landing(0);
        let (mut waiters, telling) = halfway(&teller, &first);
        drop(telling);
        drop(teller);
        assert_eq!(waiters.counts(), [1; 5]);
        assert_eq!(poll(&mut waiters.all[4], &waiters.woken[4], false), Poll::Ready(Some(7)));
    }

    #[test]
    fn r2_who_asks_to_know_is_told_that_it_is_slow_and_waits_on_for_the_word() {
        let (teller, mut landing) = landing(0);
        let woken = Arc::<Counted>::default();
        assert!(poll(&mut landing, &woken, true).is_pending());
        teller.tell_slow();
        assert_eq!(poll(&mut landing, &woken, true), Poll::Ready(None));
        assert!(poll(&mut landing, &woken, false).is_pending());
        teller.tell(7);
        assert_eq!(
            (poll(&mut landing, &woken, false), woken.0.load(Ordering::SeqCst)),
            (Poll::Ready(Some(7)), 2)
        );
    }

    #[test]
    fn f20_a_teller_that_goes_without_a_word_tells_the_worst() {
        let (teller, mut landing) = landing(9);
        let woken = Arc::<Counted>::default();
        assert!(poll(&mut landing, &woken, false).is_pending());
        drop(teller);
        assert_eq!(
            (poll(&mut landing, &woken, false), woken.0.load(Ordering::SeqCst)),
            (Poll::Ready(Some(9)), 1)
        );
    }
}
