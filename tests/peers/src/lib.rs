//! Session Keeper's engine beside other libraries that keep a token, on the same work against the same server.
//! Not here: in which order they run, and what is made of the figures (`scripts/bench.mjs`).
//!
//! # Layout
//! `server` is what all of them talk to, a process of its own; `world` is how they reach it. `peer` has one file a library, each behind
//! the same one question, "give me a header"; `work` has one file for each thing that is measured.

pub mod clock;
pub mod peer;
pub mod server;
pub mod work;
pub mod world;

/// Why something could not be measured, in words.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
