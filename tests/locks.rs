//! What others wrote is pinned to the byte and listed (P15): the lock files and the list of licences, read as they are.
//! Not here: which licences and sources are allowed, and advisories (`deny.toml`, `scripts/audit.mjs`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers outside of #[test] functions; a failure there is a failed test"
)]

use std::collections::BTreeSet;
use std::path::Path;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn read(file: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Name and version of each package of `Cargo.lock` that is not ours, which must come from the registry and have a checksum.
fn crates(lock: &str) -> Result<BTreeSet<String>, String> {
    let lock: toml::Table = toml::from_str(lock).unwrap();
    let text =
        |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let mut found = BTreeSet::new();
    for package in lock["package"].as_array().unwrap() {
        let name = format!("{} {}", text(package, "name").unwrap(), text(package, "version").unwrap());
        let Some(source) = text(package, "source") else { continue }; // ours
        if source != REGISTRY {
            return Err(format!("{name} comes from {source}"));
        }
        if text(package, "checksum").is_none_or(|sum| sum.len() != 64) {
            return Err(format!("{name} has no checksum"));
        }
        found.insert(name);
    }
    Ok(found)
}

/// Name of each npm package that is locked without a checksum of its content.
fn packages_without_checksum(lock: &str) -> Vec<String> {
    let lock: serde_json::Value = serde_json::from_str(lock).unwrap();
    let packages = lock["packages"].as_object().unwrap();
    let pinned = |package: &serde_json::Value| {
        package["integrity"].as_str().is_some_and(|sum| sum.starts_with("sha512-"))
    };
    packages
        .iter()
        .filter(|(path, package)| !path.is_empty() && !pinned(package))
        .map(|(path, _)| path.clone())
        .collect()
}

#[test]
fn p15_every_crate_comes_from_the_registry_has_a_checksum_and_the_list_of_licences_is_of_these() {
    let crates = crates(&read("Cargo.lock")).unwrap();
    let list = read("docs/licences.md");
    let (_, list) = list.split_once("## Crates").expect("the list has a part of crates");
    let paragraphs = list.lines().filter_map(|line| line.strip_prefix("**")?.split_once("): "));
    let listed: Vec<_> = paragraphs.flat_map(|(_, names)| names.split(", ")).collect();
    assert!(listed.len() > 400, "{} crates: this is not the whole list", listed.len());
    let gone: Vec<_> = listed.iter().filter(|name| !crates.contains(**name)).collect();
    assert!(gone.is_empty(), "not in Cargo.lock (node scripts/audit.mjs write): {gone:?}");
}

#[test]
fn p15_every_package_of_the_page_has_a_checksum_and_none_runs_a_script_when_it_is_installed() {
    assert_eq!(packages_without_checksum(&read("package-lock.json")), Vec::<String>::new());
    let setup = read("scripts/setup.mjs");
    let installs: Vec<_> = setup
        .lines()
        .filter(|line| line.contains("\"npm\"") && (line.contains("\"ci\"") || line.contains("\"install\"")))
        .collect();
    assert!(
        !installs.is_empty(),
        "scripts/setup.mjs installs the packages in some other way than this test knows"
    );
    for line in installs {
        assert!(line.contains("--ignore-scripts"), "{line}");
    }
}

#[test]
fn p15_a_crate_from_elsewhere_and_one_without_a_checksum_are_seen() {
    let lock = |rest: &str| format!("[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n{rest}\n");
    let sum = "0".repeat(64);
    assert!(crates(&lock(&format!("source = \"{REGISTRY}\"\nchecksum = \"{sum}\""))).is_ok());
    assert!(crates(&lock(&format!("source = \"git+https://example.com/a\"\nchecksum = \"{sum}\""))).is_err());
    assert!(crates(&lock(&format!("source = \"{REGISTRY}\""))).is_err());
    let packages = r#"{"packages":{"":{},"node_modules/a":{"integrity":"sha512-x"},"node_modules/b":{}}}"#;
    assert_eq!(packages_without_checksum(packages), ["node_modules/b"]);
}
