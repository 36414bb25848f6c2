//! The gate every open store passes: the plugin saves at exit whatever store is open, so at exit none may be (P13).
//! Not here: what is done with a store.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, RunEvent, Runtime};

/// How long the exit waits for a disk that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Counts the open stores of one app. Cloning shares it.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<(Mutex<Inside>, Condvar)>);

#[derive(Default)]
struct Inside {
    stores: usize,
    shut: bool,
}

impl Gate {
    /// The gate of `app`.
    pub(super) fn of<R: Runtime>(app: &AppHandle<R>) -> Self {
        app.manage(Self::default()); // does nothing if there is one
        app.state::<Self>().inner().clone()
    }

    /// Lets one store be open for as long as the pass lives; none once the gate is shut.
    pub(super) fn enter(&self) -> Option<Pass> {
        let mut inside = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        (!inside.shut).then(|| {
            inside.stores += 1;
            Pass(self.clone())
        })
    }

    /// Returns when no store is open, and from then on none is.
    pub(super) fn shut(&self) {
        let (inside, left) = &*self.0;
        let mut inside = inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.shut = true;
        let waited = left.wait_timeout_while(inside, PATIENCE, |inside| inside.stores > 0);
        let (inside, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if inside.stores > 0 {
            tracing::error!("the disk does not answer; a record may be cut off");
        }
    }
}

/// One store is open.
pub(super) struct Pass(Gate);

impl Drop for Pass {
    fn drop(&mut self) {
        let (inside, left) = &*self.0.0;
        inside.lock().unwrap_or_else(PoisonError::into_inner).stores -= 1;
        left.notify_all();
    }
}

/// Shuts the gate at exit. Add it before the store plugin, which would save what is open.
#[must_use]
pub fn shut_at_exit<R: Runtime>() -> TauriPlugin<R> {
    let on_event = |app: &AppHandle<R>, event: &RunEvent| {
        if matches!(event, RunEvent::Exit) {
            Gate::of(app).shut();
        }
    };
    tauri::plugin::Builder::new("slots").on_event(on_event).build()
}
