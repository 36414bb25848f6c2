//! Settings as a text: every mistake is named with its key and line, and what is written is read back the same.
//! Not here: what a server's ways do (`tests/engine`, `endpoint`), and the shell's own table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers outside of #[test] functions; a failure there is a failed test"
)]

mod examples;
mod mistakes;
mod presets;
mod replies;
mod written;

use session_engine::settings::Settings;

/// What a preset needs besides its name to be whole.
pub(crate) fn with_preset(name: &str) -> String {
    let paths = if name == "custom" { "[login]\npath = \"in\"\n[refresh]\npath = \"re\"\n" } else { "" };
    format!("backend = \"{name}\"\nbase_url = \"https://example.com/\"\n{paths}")
}

pub(crate) fn read(text: &str) -> Settings {
    Settings::parse(text).unwrap_or_else(|problem| panic!("{problem}\n{text}"))
}
