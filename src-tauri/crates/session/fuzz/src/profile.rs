//! R11: a merge takes no field away, at whatever depth, keeps every untouched value to the letter, and done twice is done once.
//! The input: the profile that is kept, a line `===`, what the server says. Not here: objects deeper than the merge goes.

use session_engine::Profile;

/// What can become of an input.
pub const ENDS: &[&str] = &["not text", "not two objects", "nothing new", "merged"];

/// As deep as the engine merges.
const DEEPEST: usize = 32;

/// See the module.
pub fn check(data: &[u8]) -> &'static str {
    let Some((old, new)) = std::str::from_utf8(data).ok().and_then(|text| text.split_once("\n===\n")) else {
        return "not text";
    };
    let (Ok(old), Ok(new)) = (Profile::parse(old), Profile::parse(new)) else { return "not two objects" };
    let mut kept = old.clone();
    let differs = old.compare(&new);
    let count = kept.merge(&new);

    let order: Vec<&str> = kept.fields().map(|(key, _)| key).take(old.len()).collect();
    assert!(old.fields().map(|(key, _)| key).eq(order), "the old fields come first, in their order");
    assert_eq!(kept.len(), old.len() + count.added, "added is what was not there");
    assert_eq!(count.added, differs.added);
    assert!(count.changed <= differs.changed, "more changed than differs");
    for (key, text) in old.fields() {
        let now = field(&kept, key).unwrap_or_else(|| panic!("{key:?} is lost"));
        match field(&new, key) {
            None | Some("null") => assert_eq!(now, text, "{key:?} was not spoken of"),
            Some(said) => holds_both(text, said, now, DEEPEST),
        }
    }
    for (key, said) in new.fields().filter(|(key, _)| field(&old, key).is_none()) {
        assert_eq!(field(&kept, key), Some(said), "{key:?} is new");
    }

    let text = serde_json::to_string(&kept).unwrap_or_default();
    assert_eq!(Profile::parse(&text).ok().as_ref(), Some(&kept), "what is written is what is read");
    let before = kept.clone();
    let again = kept.merge(&new);
    assert_eq!((again.added, again.changed), (0, 0), "the second merge changes something");
    assert_eq!(kept, before);
    if count.added + count.changed == 0 { "nothing new" } else { "merged" }
}

/// Of two objects nothing is lost; of anything else the new value stands as it was said.
fn holds_both(old: &str, said: &str, now: &str, depth: usize) {
    let (Ok(old), Ok(new)) = (Profile::parse(old), Profile::parse(said)) else {
        let both_objects = old.starts_with('{') && said.starts_with('{');
        assert!(now == said || (both_objects && now == old), "{now} is neither the new value nor the old");
        assert!(!both_objects || now == old, "an object that cannot be read took {old} away");
        return;
    };
    let Ok(now) = Profile::parse(now) else { panic!("{now} is no object any more") };
    if depth == 0 {
        return;
    }
    for (key, text) in old.fields() {
        let now = field(&now, key).unwrap_or_else(|| panic!("{key:?} is lost, within"));
        match field(&new, key) {
            None | Some("null") => assert_eq!(now, text, "{key:?} was not spoken of, within"),
            Some(said) => holds_both(text, said, now, depth - 1),
        }
    }
    for (key, said) in new.fields().filter(|(key, _)| field(&old, key).is_none()) {
        assert_eq!(field(&now, key), Some(said), "{key:?} is new, within");
    }
}

fn field<'a>(profile: &'a Profile, key: &str) -> Option<&'a str> {
    profile.fields().find(|(name, _)| *name == key).map(|(_, text)| text)
}
