//! Keeps Tauri's handles alive under many calls: a count in them that is not atomic is kept far from zero.
//! Not here: any other use of a handle.
//!
//! Every handle of Tauri (app, window, webview) holds tao's window target, and that an `Rc`. Tauri clones handles on the main
//! thread and drops them on the runtime's, for each asynchronous command, so now and then one change of the count is lost. Some
//! ten thousand calls on, the count comes to zero while the target is in use, and the heap is corrupted
//! (tauri-apps/tauri#15408 and #15793; the same on Linux as on Windows). Until the count is atomic there, it starts so high that
//! what is lost cannot matter.

use std::mem::ManuallyDrop;

use tauri::{AppHandle, Runtime};

/// Lost changes go both ways, so their sum grows as the root of the number of calls: with a distance of about ten the process
/// died after ten thousand calls; with this it would after some 10^10.
const DISTANCE: usize = 1 << 14;

/// Raises the count for as long as the process runs. Nothing else is kept: a handle has no memory of its own. Takes about 2 ms.
pub fn keep_count_from_zero<R: Runtime>(app: &AppHandle<R>) {
    for _ in 0..DISTANCE {
        let _never_dropped = ManuallyDrop::new(app.clone());
    }
}
