//! libFuzzer's way into `session_fuzz::jwt`.
//! Not here: what must hold, which is there, so that `cargo test` can ask the same of the kept inputs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    session_fuzz::jwt::check(data);
});
