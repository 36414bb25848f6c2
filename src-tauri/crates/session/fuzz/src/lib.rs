//! What must hold of the engine for every input, however wild: one function a target, which panics when it does not.
//! Not here: where inputs come from. `fuzz_targets` has libFuzzer make them; `tests/corpora` reads the kept ones.

pub mod jwt;
pub mod path;
pub mod profile;
pub mod reply;
pub mod verdict;
mod wire;

/// A target: its name, its check, and every answer that the check can give.
pub struct Target {
    /// Also the name of its folder in `corpus-kept`.
    pub name: &'static str,
    /// Panics when a property is broken; else says what became of the input.
    pub check: fn(&[u8]) -> &'static str,
    /// What can become of an input. The kept corpus has an input for each, so no property holds for want of a case.
    pub ends: &'static [&'static str],
}

/// All targets.
pub const TARGETS: [Target; 5] = [
    Target { name: "jwt", check: jwt::check, ends: jwt::ENDS },
    Target { name: "path", check: path::check, ends: path::ENDS },
    Target { name: "profile", check: profile::check, ends: profile::ENDS },
    Target { name: "reply", check: reply::check, ends: reply::ENDS },
    Target { name: "verdict", check: verdict::check, ends: verdict::ENDS },
];
