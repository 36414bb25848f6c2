//! The embedded demo server of Session Keeper: a real HTTP API with real tokens that can be made to fail on purpose.
//! Not here: anything of the client's side (the engine and this crate never see each other) and any way to flip a
//! fault over HTTP; faults are reached through [`Handle`], inside the process, only.
//!
//! # Layout
//! ```text
//! demo        Demo: open the data folder, run on a listener, hand out handles
//! handle      Handle: faults, settings, counts and the request log, for the dev panel and for tests
//! fault       Fault: the eleven ways to fail, their names and sentences
//! switches    what is switched on, and the settings          hold    answers kept back until told
//! counts, request_log    what happened
//! serve       accept loop, connections that can be cut, shutdown that always ends
//! http/       gate (who may ask) → record (log, Date) → token_endpoints | api → answers
//! families    the life of a login: rotation, grace, reuse detection          family    its row in the database
//! jwt, key    the signed tokens, the key that signs them     issued    all of them, for tests that search for them
//! database    the SQLite file        accounts, content, seed    what is in it
//! clock       the only place that reads the time             error    DemoError
//! ```

mod accounts;
mod clock;
mod content;
mod counts;
mod cut;
mod database;
mod demo;
mod error;
mod families;
mod family;
mod fault;
mod handle;
mod hold;
mod http;
mod issued;
mod jwt;
mod key;
mod request_log;
mod seed;
mod serve;
mod state;
mod switches;

pub use counts::Counts;
pub use demo::Demo;
pub use error::DemoError;
pub use fault::{Fault, UnknownFault};
pub use handle::Handle;
pub use hold::RefreshHold;
pub use issued::IssuedTokens;
pub use request_log::LoggedRequest;
