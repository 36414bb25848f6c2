//! The kept inputs of the fuzz targets, asked again on stable Rust with every run: seeds made by hand, what the fuzzer found
//! of interest, and every input that once broke a property. Not here: the properties (`fuzz/src`).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed expectation fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "the same files are a crate of their own for the fuzzer")]
mod properties;

use properties::{TARGETS, Target};

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus-kept")
}

/// Checks every kept input of the target; every end that the target names must be reached by one.
fn replay(name: &str) {
    let Target { check, ends, .. } = TARGETS.into_iter().find(|target| target.name == name).unwrap();
    let (mut reached, mut broken) = (BTreeSet::new(), Vec::new());
    for entry in fs::read_dir(kept().join(name)).unwrap() {
        let file = entry.unwrap().path();
        let input = fs::read(&file).unwrap();
        match catch_unwind(AssertUnwindSafe(|| check(&input))) {
            Ok(end) => _ = reached.insert(end),
            Err(_) => broken.push(file.file_name().unwrap().to_owned()),
        }
    }
    assert!(broken.is_empty(), "these break a property, the panics above say which: {broken:?}");
    assert_eq!(reached, ends.iter().copied().collect(), "an end that no kept input reaches, or one unnamed");
}

#[test]
fn r1_r16_p12_every_kept_jwt_is_read_or_refused_and_its_life_obeys_the_rules() {
    replay("jwt");
}

#[test]
fn p3_p5_no_kept_path_leaves_its_base() {
    replay("path");
}

#[test]
fn r11_no_kept_merge_loses_a_field() {
    replay("profile");
}

#[test]
fn p1_p11_p12_no_kept_token_reply_shows_a_secret_or_ends_a_session_that_is_not_on_the_list() {
    replay("reply");
}

#[test]
fn r5_r6_r7_every_kept_reply_gets_the_verdict_the_table_says() {
    replay("verdict");
}

#[test]
fn every_folder_of_kept_inputs_is_a_target_that_is_asked() {
    let folders: BTreeSet<String> = fs::read_dir(kept())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders, TARGETS.iter().map(|target| target.name.to_owned()).collect());
}
