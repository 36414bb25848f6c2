//! The real vault against real keyrings, each on a bus of its own, and the program over them (P6, P7, F22, F23).
//! Not here: the window over a keyring, which `tests/e2e` shows, and what the engine does with a vault, which its own tests have.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed expectation fails the test"
)]

mod keyring {
    pub(crate) mod bus;
    pub(crate) mod child;
    pub(crate) mod prompter;
    pub(crate) mod shelf;
    pub(crate) mod teller;

    mod opening;
    mod parts;
    mod program;
    mod several;
    mod stuck;
}
