//! The one place the engine takes its synchronisation from, so that a model checker can stand in for it.
//! Not here: any of the engine's own state.

use std::future::Future;

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
pub(crate) use std::sync::{Arc, Mutex, MutexGuard};

/// Locks. A panic while the lock was held leaves data that is still whole, as every critical section here is a plain assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Runs a future as a task of its own, which nobody's giving up can end (R3).
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    drop(tokio::spawn(task));
}
