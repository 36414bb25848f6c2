//! The demo server as a client meets it: over a real socket, by real HTTP. Each test's name is what it shows.
//! Not here: anything that looks inside the crate; what cannot be seen from outside is not promised.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

mod faults;
mod gate;
mod restart;
mod rotation;
mod sign_in;
mod support;
mod work;
