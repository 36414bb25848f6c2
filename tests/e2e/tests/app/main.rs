//! The real app in its real window, driven through its webview's own driver. One program of tests, so that all of them share the
//! processors to the end, and none is linked more than once.
//! Not in it: what happens without a window; the engine's tests and the app's own (`tests/`) have that.

mod crashes;
mod idle;
mod keyrings;
mod own_server;
mod picture;
mod promises;
mod recovery;
mod secrets;
mod webview;
