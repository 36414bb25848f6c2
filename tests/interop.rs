//! Servers that nobody here wrote, as they are installed from their registries, against the real engine over its real transport.
//! Not here: setting them up and the table of what was shown (`scripts/interop.mjs`); faults no good server has (`faults.rs`).
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed expectation fails the test"
)]

mod interop {
    /// The vault, profile store, journal and observer in memory that the hostile server's tests use.
    #[path = "../faults/kept.rs"]
    pub(crate) mod kept;

    pub(crate) mod claims;
    pub(crate) mod clock;
    pub(crate) mod doctor;
    pub(crate) mod front;
    pub(crate) mod guest;
    pub(crate) mod process;
    pub(crate) mod record;
    pub(crate) mod running;
    pub(crate) mod server;

    mod allauth;
    mod flask_jwt;
    mod matrix;
    mod oauth_toolkit;
    mod oidc_provider;
    mod simplejwt;
}
