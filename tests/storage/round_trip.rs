//! P13: any text comes back as it was kept. Not here: what the texts mean.

use proptest::prelude::*;

use super::shelf::Shelf;

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC*",                                                                      // what can be printed
        proptest::collection::vec(any::<char>(), 0..200).prop_map(String::from_iter), // what cannot, too
        "[\\x00-\\x1f\"\\\\/\u{7f}\u{2028}\u{2029}\u{feff}]{0,60}", // what JSON escapes, or forgets to
        "(-?[0-9]{1,40}(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,4})?,?){0,20}", // numbers no float can hold
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn p13_any_row_of_texts_comes_back_exactly(texts in proptest::collection::vec(any_text(), 1..6)) {
        let shelf = Shelf::new();
        for text in &texts {
            shelf.write(text);
            prop_assert_eq!(shelf.read(), (Some(text.clone()), None));
        }
    }
}

#[test]
fn p13_sixteen_megabytes_come_back_exactly() {
    let shelf = Shelf::new();
    let huge = "\u{0}\"\\é🥊".repeat(16 * 1024 * 1024 / 9);
    shelf.write(&huge);
    let (record, damage) = shelf.read();
    assert!(record.as_deref() == Some(huge.as_str()), "it came back changed");
    assert_eq!(damage, None);
}
