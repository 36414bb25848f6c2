//! A hostile server on real sockets: the real transport and the real engine meet bytes no good server sends (R5, R7, R9, P4, P5, P11, P12).
//! Not here: faults that a token endpoint states politely; the engine's own tests and the demo server's have those.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed expectation fails the test"
)]

mod faults {
    pub(crate) mod child;
    pub(crate) mod kept;
    pub(crate) mod mishap;
    pub(crate) mod wire;
    pub(crate) mod world;

    mod bombs;
    mod deadlines;
    mod framing;
    mod head_first;
    mod limits;
    mod lost;
    mod network;
    mod not_the_api;
    mod pooled;
    mod redirects;
    mod replies;
    mod server_clock;
    mod throttled;
}
