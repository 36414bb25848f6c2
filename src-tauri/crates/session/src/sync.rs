//! The one place the engine takes its synchronisation and its chance from, so that a model checker can stand in for both:
//! the feature `shuttle` explores schedules of the whole engine, `loom` every schedule of `single_flight`'s slot.
//! Not here: any of the engine's own state. Neither feature is ever on in a program.

use std::cell::Cell;
use std::future::Future;

pub(crate) use std::sync::{Arc, Weak};

// They know no executor, so they are the same under a model; `point` stands where a switch beside them matters.
pub(crate) use futures::channel::{mpsc, oneshot};
pub(crate) use tokio::sync::watch;

pub(crate) use self::primitives::{
    ArcSwap, AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Mutex, MutexGuard, Ordering, dice, point,
};

/// Locks. A panic while the lock was held leaves data that is still whole, as every critical section here is a plain assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

thread_local! {
    static LOADED: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Loads the dice of this thread: from now on each throw follows from `seed`, so that a simulation can be told again to
/// the letter. No program calls it; a model checker throws its own.
pub fn load_dice(seed: u64) {
    LOADED.set(Some(seed));
}

/// The next throw of loaded dice, 0 to 1 (SplitMix64).
#[cfg(not(any(feature = "shuttle", feature = "loom")))]
#[expect(clippy::cast_precision_loss, reason = "53 bits are what a throw has")]
fn loaded_throw() -> Option<f64> {
    let state = LOADED.get()?.wrapping_add(0x9e37_79b9_7f4a_7c15);
    LOADED.set(Some(state));
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Some(((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64)
}

/// Runs a future as a task of its own, which nobody's giving up can end (R3).
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    #[cfg(feature = "shuttle")]
    drop(shuttle::future::spawn(task));
    #[cfg(not(feature = "shuttle"))]
    drop(tokio::spawn(task));
}

#[cfg(not(any(feature = "shuttle", feature = "loom")))]
mod primitives {
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
    pub(crate) use std::sync::{Mutex, MutexGuard};

    pub(crate) use arc_swap::ArcSwap;

    /// A throw, 0 to 1.
    pub(crate) fn dice() -> f64 {
        super::loaded_throw().unwrap_or_else(rand::random)
    }

    /// Where another task may come in between; nothing outside of a model.
    #[inline(always)]
    pub(crate) fn point() {}
}

#[cfg(all(feature = "loom", not(feature = "shuttle")))]
mod primitives {
    pub(crate) use arc_swap::ArcSwap;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
    pub(crate) use loom::sync::{Mutex, MutexGuard};

    pub(crate) fn dice() -> f64 {
        rand::random()
    }

    pub(crate) fn point() {}
}

#[cfg(feature = "shuttle")]
mod primitives {
    use shuttle::rand::Rng;

    pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
    pub(crate) use shuttle::sync::{Mutex, MutexGuard};

    use super::{Arc, lock};

    pub(crate) fn dice() -> f64 {
        shuttle::rand::thread_rng().r#gen()
    }

    pub(crate) fn point() {
        AtomicBool::new(false).load(Ordering::SeqCst);
    }

    /// `arc_swap::ArcSwap` with a switch before and after each look and each change.
    pub(crate) struct ArcSwap<T>(Mutex<Arc<T>>);

    impl<T> ArcSwap<T> {
        pub(crate) fn from_pointee(value: T) -> Self {
            Self(Mutex::new(Arc::new(value)))
        }

        pub(crate) fn load(&self) -> Arc<T> {
            self.load_full()
        }

        pub(crate) fn load_full(&self) -> Arc<T> {
            Arc::clone(&lock(&self.0))
        }

        pub(crate) fn store(&self, next: Arc<T>) {
            *lock(&self.0) = next;
        }
    }
}
