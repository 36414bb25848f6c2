//! The house of the engine: imports point one way, and each file says what it is and what is deliberately not in it.
//! Not here: the shell's house, which Cargo keeps (the engine has no dependency on it), and the UI's, which Biome keeps.
#![expect(clippy::unwrap_used, reason = "a failed expectation fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Lowest first: a module may import only what stands above it in this list.
const FLOORS: [&str; 52] = [
    "sync",
    "confine",
    "pointer",
    "server",
    "lifetime",
    "clock_watch",
    "profile",
    "landing",
    "single_flight",
    "lane",
    "token",
    "error",
    "policy",
    "event",
    "settings_source",
    "presets",
    "settings_file",
    "settings_text",
    "settings",
    "verdict",
    "incurable",
    "black_box",
    "export",
    "ports",
    "state",
    "echo",
    "token_reply",
    "endpoint",
    "http_client",
    "system_clock",
    "noted",
    "core",
    "memory",
    "journal",
    "vault",
    "keeper",
    "revoke",
    "issued",
    "persist",
    "outcome",
    "refresh",
    "call",
    "waiter",
    "passenger",
    "authorization",
    "interceptor",
    "status",
    "ahead",
    "restore",
    "sign_in",
    "sign_out",
    "session",
];

/// Modules that may import only these: mechanism that knows no session, and pure decisions.
const STRICT: [(&str, &[&str]); 9] = [
    ("landing", &["sync"]),
    ("single_flight", &["landing", "sync"]),
    ("lane", &["sync"]),
    ("lifetime", &[]),
    ("policy", &["lifetime"]),
    ("verdict", &["error", "server"]),
    ("confine", &[]),
    ("pointer", &[]),
    ("profile", &[]),
];

/// Each module's own imports from the crate, tests and comments left out.
fn imports() -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let names = code.split("crate::").skip(1);
        let names = names.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        found.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), names.collect());
    }
    found.remove("lib");
    found.remove("secrets"); // assertions about types of every floor, compiled for tests only
    found
}

#[test]
fn imports_point_downward() {
    let floor = |module: &str| {
        let found = FLOORS.iter().position(|name| *name == module);
        found.unwrap_or_else(|| panic!("{module} has no floor: add it to FLOORS"))
    };
    for (module, imported) in imports() {
        for other in imported {
            assert!(floor(&other) < floor(&module), "{module} must not import {other}");
        }
    }
}

#[test]
fn mechanism_knows_no_session_and_decisions_are_pure() {
    let imports = imports();
    for (module, allowed) in STRICT {
        for other in &imports[module] {
            assert!(allowed.contains(&other.as_str()), "{module} must not import {other}");
        }
    }
    for pure in ["lifetime", "policy", "verdict", "confine", "pointer", "profile"] {
        let text =
            fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(format!("{pure}.rs")))
                .unwrap();
        for impure in ["async ", "spawn(", "rand::", "Mutex", ".now()"] {
            assert!(!text.contains(impure), "{pure} is to be pure and has {impure:?}");
        }
    }
}

#[test]
fn each_file_says_what_it_is_and_what_is_not_in_it() {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let head: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
        assert!(head.contains("Not here:"), "{} does not say what is not in it", path.display());
    }
}
