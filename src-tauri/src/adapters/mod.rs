//! The adapters: one foreign crate a file, each behind a port of the engine.
//! Not here: any decision about the session.

pub mod clock;
pub mod events;
pub mod handles;
pub mod keyring;
pub mod lock;
pub mod paint;
pub mod slots;
