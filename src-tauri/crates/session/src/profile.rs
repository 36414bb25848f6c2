//! The user's profile: any JSON object, every value kept to the letter, and the merge that loses nothing (R11).
//! Not here: where it is stored (`ports::ProfileStore`), and when it is written (`keeper`).

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Objects deeper than this are replaced, not merged.
const DEEPEST_MERGE: usize = 32;

/// A profile's fields in the server's order, their values as the JSON text the server sent, so that a number above 2^53 stays what it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile(IndexMap<String, Box<RawValue>>);

/// What a merge did, counted in top-level fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeCount {
    /// Fields with another value than before.
    pub changed: usize,
    /// Fields that were not there before.
    pub added: usize,
}

impl Profile {
    /// Reads a JSON object.
    ///
    /// # Errors
    /// When the text is not a JSON object.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The fields in order, each with its value as JSON text.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.get()))
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes over what `newer` says. A field that is absent or null there stays as it was; objects are merged field by field (R11).
    pub fn merge(&mut self, newer: &Profile) -> MergeCount {
        let mut count = MergeCount::default();
        for (key, value) in &newer.0 {
            match self.0.get_mut(key) {
                None => {
                    self.0.insert(key.clone(), value.clone());
                    count.added += 1;
                }
                Some(old) => {
                    let merged = merged(old, value, DEEPEST_MERGE);
                    if merged.get() != old.get() {
                        *old = merged;
                        count.changed += 1;
                    }
                }
            }
        }
        count
    }

    /// How `newer` differs from this one.
    #[must_use]
    pub fn compare(&self, newer: &Profile) -> MergeCount {
        newer.0.iter().fold(MergeCount::default(), |count, (key, value)| match self.0.get(key) {
            None => MergeCount { added: count.added + 1, ..count },
            Some(old) if old.get() != value.get() => MergeCount { changed: count.changed + 1, ..count },
            Some(_) => count,
        })
    }
}

impl PartialEq for Profile {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.fields().zip(other.fields()).all(|(a, b)| a == b)
    }
}

fn merged(old: &RawValue, new: &RawValue, depth: usize) -> Box<RawValue> {
    if new.get() == "null" {
        return old.to_owned();
    }
    let (Ok(mut inner), Ok(newer)) = (Profile::parse(old.get()), Profile::parse(new.get())) else {
        let is_object = |value: &RawValue| value.get().starts_with('{');
        // An object with a key that is no text (half a surrogate pair) can be kept, not merged: nothing is taken away.
        return if is_object(old) && is_object(new) { old.to_owned() } else { new.to_owned() };
    };
    if depth == 0 {
        return new.to_owned();
    }
    let mut touched = false;
    for (key, value) in &newer.0 {
        let next = match inner.0.get(key) {
            None => value.clone(),
            Some(old) => merged(old, value, depth - 1),
        };
        let before = inner.0.insert(key.clone(), next.clone());
        touched |= before.is_none_or(|before| before.get() != next.get());
    }
    if !touched {
        return old.to_owned();
    }
    serde_json::value::to_raw_value(&inner).unwrap_or_else(|_| new.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn profile(json: &str) -> Profile {
        Profile::parse(json).unwrap()
    }

    #[test]
    fn r11_absent_and_null_delete_nothing_and_unknown_fields_stay() {
        let mut kept =
            profile(r#"{"first_name":"Ada","custom":{"a":1,"b":{"c":[1,2]}},"roles":["x"],"middle":null}"#);
        let count = kept
            .merge(&profile(r#"{"first_name":null,"custom":{"b":{"d":2}},"roles":["x","y"],"new":1.10}"#));
        let expected = r#"{"first_name":"Ada","custom":{"a":1,"b":{"c":[1,2],"d":2}},"roles":["x","y"],"middle":null,"new":1.10}"#;
        assert_eq!(serde_json::to_string(&kept).unwrap(), expected);
        assert_eq!(count, MergeCount { changed: 2, added: 1 });
    }

    #[test]
    fn r11_an_object_that_cannot_be_read_takes_no_field_away() {
        for (old, new) in [
            (r#"{"a":{"b":1}}"#, r#"{"a":{"\ud800":2}}"#),
            (r#"{"a":{"\ud800":1,"b":1}}"#, r#"{"a":{"c":2}}"#),
        ] {
            let mut kept = profile(old);
            assert_eq!(kept.merge(&profile(new)), MergeCount::default());
            assert_eq!(serde_json::to_string(&kept).unwrap(), old);
        }
    }

    #[test]
    fn r11_values_are_kept_to_the_letter() {
        let text = r#"{"big":9007199254740993,"price":1.10,"huge":1e400,"text":"\u00e9"}"#;
        assert_eq!(serde_json::to_string(&profile(text)).unwrap(), text);
    }

    #[test]
    fn r11_merging_the_same_profile_changes_nothing() {
        let text = r#"{"a":{"b":{"c":1}},"n":null}"#;
        let mut kept = profile(text);
        assert_eq!(kept.merge(&profile(text)), MergeCount::default());
        assert_eq!(serde_json::to_string(&kept).unwrap(), text);
    }

    proptest! {
        #[test]
        fn r11_no_reply_can_take_a_field_away(old in "\\{(\"[a-c]\":(1|null|\\{\"x\":2\\}),){0,4}\"z\":0\\}", new in "\\{(\"[a-c]\":(3|null|\\{\"y\":4\\}),){0,4}\"z\":null\\}") {
            let mut kept = profile(&old);
            let before = kept.clone();
            kept.merge(&profile(&new));
            for (key, _) in before.fields() {
                prop_assert!(kept.fields().any(|(k, _)| k == key));
            }
            prop_assert!(kept.fields().any(|field| field == ("z", "0")));
        }
    }
}
