//! `Landing`: one word for all who wait for it, told once; and before that, perhaps, the word that it takes its time.
//! Not here: what the word is about (`single_flight`), and any deadline.
//!
//! A thousand who wait are woken once each, outside of the lock and from one list; who is woken reads the word without a lock. A
//! channel that keeps its waiters in a chain through all of them took three times as long to let ten thousand go.

use std::future::poll_fn;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use crate::sync::{Arc, AtomicBool, Mutex, Ordering, lock};

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

struct Board<W> {
    word: OnceLock<W>,
    slow: AtomicBool,
    waiting: Mutex<Waiting>,
}

/// Who is to be woken. Each waking begins a new round.
#[derive(Default)]
struct Waiting {
    round: u64,
    wakers: Vec<Option<Waker>>,
}

/// A word to be told; `at_worst` is told when nobody else does.
pub(crate) fn landing<W: Clone>(at_worst: W) -> (Teller<W>, Landing<W>) {
    let board = Board {
        word: OnceLock::new(),
        slow: AtomicBool::new(false),
        waiting: Mutex::new(Waiting::default()),
    };
    let board = Arc::new(board);
    (Teller { board: Arc::clone(&board), at_worst: Some(at_worst) }, Landing { board, place: None })
}

impl<W> Teller<W> {
    /// Tells all, whether they wait already or come later. Only the first word counts.
    pub(crate) fn tell(&self, word: W) {
        if self.board.word.set(word).is_ok() {
            self.board.wake();
        }
    }

    /// Says that it takes its time.
    pub(crate) fn tell_slow(&self) {
        self.board.slow.store(true, Ordering::Release);
        self.board.wake();
    }
}

impl<W> Drop for Teller<W> {
    fn drop(&mut self) {
        if let Some(word) = self.at_worst.take() {
            self.tell(word);
        }
    }
}

impl<W> Board<W> {
    fn wake(&self) {
        let wakers = {
            let mut waiting = lock(&self.waiting);
            waiting.round += 1;
            std::mem::take(&mut waiting.wakers)
        };
        wakers.into_iter().flatten().for_each(Waker::wake);
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
            return Poll::Ready(heard);
        }
        let mut waiting = lock(&self.board.waiting);
        if let Some(heard) = self.heard(or_slow) {
            return Poll::Ready(heard); // told since the look, and those who were to be woken are
        }
        let waker = context.waker();
        match self.place.filter(|(round, _)| *round == waiting.round) {
            Some((_, at)) => {
                if !waiting.wakers[at].as_ref().is_some_and(|old| old.will_wake(waker)) {
                    waiting.wakers[at] = Some(waker.clone());
                }
            }
            None => {
                self.place = Some((waiting.round, waiting.wakers.len()));
                waiting.wakers.push(Some(waker.clone()));
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
        let mut waiting = lock(&self.board.waiting);
        if round == waiting.round {
            waiting.wakers[at] = None; // who gave up is not woken, and nothing of theirs is kept
        }
    }
}

#[cfg(all(test, not(any(feature = "shuttle", feature = "loom"))))]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::task::Wake;

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
