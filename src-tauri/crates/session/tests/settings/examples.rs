//! Every preset has its example, and every example its preset.
//! Not here: whether an example keeps somebody signed in (`tests/examples.rs` at the top runs them).

use std::collections::BTreeSet;
use std::path::Path;

use session_engine::presets;

#[test]
fn each_preset_has_an_example_of_its_name_that_uses_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let there = std::fs::read_dir(&folder).unwrap();
    let there: BTreeSet<String> = there
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let wanted: BTreeSet<String> = presets::all().iter().map(|preset| preset.name.to_owned()).collect();
    assert_eq!(there, wanted);
    for name in wanted {
        let text = std::fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        assert!(text.contains(&format!("backend = \"{name}\"")), "{name}");
    }
}
