//! A lane: jobs that run one at a time, in the order they were handed in, owned by nobody who waits for them.
//! It replaces an async lock held over slow storage (R17): whoever gives up leaves the job in the lane. Not here: what the jobs do.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};

use crate::sync::{mpsc, oneshot, point, spawn};

/// Clone it to hand in jobs from several places; the lane ends when the last clone is dropped.
#[derive(Clone)]
pub(crate) struct Lane(mpsc::UnboundedSender<BoxFuture<'static, ()>>);

impl Lane {
    /// Starts the lane as a task of its own.
    pub(crate) fn start() -> Self {
        let (jobs, mut queue) = mpsc::unbounded::<BoxFuture<'static, ()>>();
        spawn(async move {
            while let Some(job) = queue.next().await {
                // A job that panicked told nobody a result; those after it run all the same.
                let _ = AssertUnwindSafe(job).catch_unwind().await;
            }
        });
        Self(jobs)
    }

    /// Hands a job in at once, before the returned future is first polled. `None`: the job panicked or the runtime is going down.
    pub(crate) fn run<T: Send + 'static, J: Future<Output = T> + Send + 'static>(
        &self,
        job: J,
    ) -> impl Future<Output = Option<T>> + Send + use<T, J> {
        let (tell, told) = oneshot::channel();
        let job = async move {
            let result = job.await;
            point();
            let _ = tell.send(result);
        };
        point();
        let _ = self.0.unbounded_send(job.boxed());
        async move { told.await.ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{Arc, Mutex, lock};

    #[tokio::test]
    async fn jobs_run_in_order_also_those_whose_caller_gave_up_or_that_panicked() {
        let (lane, seen) = (Lane::start(), Arc::new(Mutex::new(Vec::new())));
        let note = |n: u32| {
            let seen = Arc::clone(&seen);
            async move {
                tokio::task::yield_now().await;
                lock(&seen).push(n);
            }
        };
        drop(lane.run(note(1)));
        let crashed = lane.run(async { std::panic::resume_unwind(Box::new("boom")) });
        let last = lane.run(note(2));
        assert_eq!(crashed.await, None::<()>);
        last.await.unwrap();
        assert_eq!(*lock(&seen), [1, 2]);
    }
}
