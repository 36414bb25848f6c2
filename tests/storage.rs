//! What is kept on the disk survives the disk: damage, a full disk, a kill, a second process (P8, P13, P14, F24 to F26, F28).
//! Through the real store plugin on Tauri's mock runtime, and the real program where it matters. Not here: what is kept
//! (`keepsakes`), and the keyring.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed expectation fails the test"
)]

mod storage {
    mod child;
    mod crash;
    mod damage;
    mod disk;
    mod exit;
    mod oddities;
    mod one_process;
    #[cfg(target_os = "linux")]
    mod program;
    mod rebuilt;
    mod round_trip;
    mod shelf;
    #[cfg(target_os = "linux")]
    mod theatre;
}

/// The shell without a window, as the tests of the commands have it.
#[path = "ipc/desk.rs"]
#[expect(dead_code, reason = "these tests need only a part of it")]
mod desk;
