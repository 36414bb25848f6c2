//! JSON pointers (RFC 6901) as a server's settings use them: several in a row, and `*` for each element of an array.
//! Not here: what stands at the end of one.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// What stands for each element of an array in a pointer.
const EACH: &str = "*";

/// Pointers that are tried one after the other; the first that leads to what is wanted is taken. None: nothing is looked for.
///
/// In settings it is a text, or a list of texts: `access = ["/meta/access_token", "/data/access_token"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pointers(Vec<String>);

impl Pointers {
    /// Nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The pointers as they are written.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The first place that has what `wanted` takes.
    pub(crate) fn first<'a, T>(
        &self,
        json: &'a Value,
        wanted: impl Fn(&'a Value) -> Option<T> + Copy,
    ) -> Option<T> {
        self.iter().find_map(|pointer| all(json, pointer).into_iter().find_map(wanted))
    }

    /// The same in a JSON text, so that what is found there stays as it was written (R11).
    pub(crate) fn first_in_text<T>(
        &self,
        text: &RawValue,
        wanted: impl Fn(&str) -> Option<T> + Copy,
    ) -> Option<T> {
        self.iter().find_map(|pointer| in_text(text, &keys(pointer), wanted))
    }
}

/// One pointer; what is none, or empty, leads nowhere. [`check`] tells.
impl From<&str> for Pointers {
    fn from(pointer: &str) -> Self {
        Self(if pointer.is_empty() { Vec::new() } else { vec![pointer.to_owned()] })
    }
}

impl Serialize for Pointers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => serializer.serialize_str(one),
            several => serializer.collect_seq(several),
        }
    }
}

impl<'de> Deserialize<'de> for Pointers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;
        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = Pointers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON pointer such as \"/data/access\", or a list of them")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                check(text).map_err(E::custom)?;
                Ok(Pointers::from(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut pointers = Vec::new();
                while let Some(Checked(pointer)) = list.next_element()? {
                    pointers.push(pointer);
                }
                Ok(Pointers(pointers))
            }
        }
        deserializer.deserialize_any(OneOrSeveral)
    }
}

/// One pointer of a list: checked where it stands, so that a mistake is told with its place.
struct Checked(String);

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_one = check(&text).and_then(|()| {
            if text.is_empty() { Err("a list of pointers has no empty one".to_owned()) } else { Ok(()) }
        });
        is_one.map(|()| Self(text)).map_err(D::Error::custom)
    }
}

/// Whether the text is a pointer, or empty.
///
/// # Errors
/// A sentence that says what is wrong and what is allowed.
pub fn check(pointer: &str) -> Result<(), String> {
    let what = "a JSON pointer (RFC 6901)";
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err(format!("{pointer:?} is not {what}: it starts with a slash, e.g. \"/data/access\""));
    }
    let escapes = pointer.split('~').skip(1);
    if escapes.into_iter().any(|rest| !rest.starts_with(['0', '1'])) {
        return Err(format!("{pointer:?} is not {what}: after ~ stands 0 (for ~) or 1 (for a slash)"));
    }
    Ok(())
}

/// Everything the pointer leads to; more than one thing only through `*`.
pub(crate) fn all<'a>(json: &'a Value, pointer: &str) -> Vec<&'a Value> {
    if pointer.is_empty() || check(pointer).is_err() {
        return Vec::new();
    }
    keys(pointer).iter().fold(vec![json], |found, key| {
        let next = found.into_iter().flat_map(|value| match value {
            Value::Object(object) => object.get(key).into_iter().collect(),
            Value::Array(list) if key == EACH => list.iter().collect(),
            Value::Array(list) => index(key).and_then(|at| list.get(at)).into_iter().collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        });
        next.collect()
    })
}

fn in_text<T>(text: &RawValue, keys: &[String], wanted: impl Fn(&str) -> Option<T> + Copy) -> Option<T> {
    let Some((key, keys)) = keys.split_first() else { return wanted(text.get()) };
    if let Ok(object) = serde_json::from_str::<std::collections::HashMap<String, &RawValue>>(text.get()) {
        return in_text(object.get(key)?, keys, wanted);
    }
    let list: Vec<&RawValue> = serde_json::from_str(text.get()).ok()?;
    if key == EACH {
        list.into_iter().find_map(|element| in_text(element, keys, wanted))
    } else {
        in_text(list.get(index(key)?)?, keys, wanted)
    }
}

fn keys(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect()
}

/// An array's index: digits without a leading zero (RFC 6901 section 4).
fn index(key: &str) -> Option<usize> {
    let plain = key == "0" || (!key.starts_with('0') && key.bytes().all(|byte| byte.is_ascii_digit()));
    plain.then(|| key.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_pointer_leads_through_objects_and_arrays_and_by_a_star_to_each_element() {
        let json =
            json!({ "data": [{ "code": "a" }, { "code": "b" }, 3], "*": 4, "x/y": { "~": 5 }, "~1": 6 });
        for (pointer, expected) in [
            ("/data/1/code", vec![json!("b")]),
            ("/data/*/code", vec![json!("a"), json!("b")]),
            ("/data/2", vec![json!(3)]),
            ("/*", vec![json!(4)]),
            ("/x~1y/~0", vec![json!(5)]),
            ("/~01", vec![json!(6)]),
            ("/~01", vec![json!(6)]),
            ("/data/01", vec![]),
            ("/data/-", vec![]),
            ("/data/+1", vec![]),
            ("/data/9", vec![]),
            ("/data/0/code/0", vec![]),
            ("data", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(all(&json, pointer), expected.iter().collect::<Vec<_>>(), "{pointer}");
        }
    }

    #[test]
    fn the_first_pointer_that_leads_to_what_is_wanted_is_taken() {
        let pointers: Pointers = serde_json::from_str(r#"["/a", "/list/*/b"]"#).unwrap();
        let ask = |json: Value| pointers.first(&json, |value| value.as_str().map(str::to_owned));
        assert_eq!(ask(json!({ "a": "x", "list": [{ "b": "y" }] })).as_deref(), Some("x"));
        assert_eq!(ask(json!({ "a": 7, "list": [{ "b": 1 }, { "b": "y" }] })).as_deref(), Some("y"));
        assert_eq!(ask(json!({ "list": [] })), None);
        assert_eq!(Pointers::default().first(&json!({}), Some), None);
    }

    #[test]
    fn r11_the_same_is_found_in_a_text_and_stays_as_it_was_written() {
        let text: &RawValue = serde_json::from_str(r#"{"l":[{},{"u":{"n":1.10}}],"z":2}"#).unwrap();
        let ask = |pointer: &str| Pointers::from(pointer).first_in_text(text, |found| Some(found.to_owned()));
        assert_eq!(ask("/l/1/u").as_deref(), Some(r#"{"n":1.10}"#));
        assert_eq!(ask("/l/*/u/n").as_deref(), Some("1.10"));
        assert_eq!((ask("/l/0/u"), ask("/z/0"), ask("/l/01"), ask("")), (None, None, None, None));
    }

    #[test]
    fn what_is_no_pointer_is_said() {
        for bad in ["access", " /a", "/a~2", "/a~", "*"] {
            assert!(check(bad).is_err(), "{bad}");
            assert!(serde_json::from_value::<Pointers>(json!(bad)).is_err(), "{bad}");
            assert!(serde_json::from_value::<Pointers>(json!(["/a", bad])).is_err(), "{bad}");
        }
        assert!(serde_json::from_value::<Pointers>(json!([""])).is_err());
        for good in [json!("/a~0b~1/0"), json!([]), json!(["/a", "/b"]), json!("/")] {
            let read: Pointers = serde_json::from_value(good.clone()).unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), good);
        }
        assert!(serde_json::from_value::<Pointers>(json!("")).unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn without_a_star_it_is_what_serde_json_finds(pointer in "(/(a|b|0|1|01|~0|~1|)){1,4}") {
            let json = json!({ "a": [{ "b": [1, { "": 2 }] }, 3], "b": { "0": { "1": 4 }, "~": { "/": 5 } }, "": [[6]] });
            prop_assert_eq!(all(&json, &pointer), json.pointer(&pointer).into_iter().collect::<Vec<_>>());
            let text = json.to_string();
            let text: &RawValue = serde_json::from_str(&text).unwrap();
            let found = Pointers::from(pointer.as_str()).first_in_text(text, |found| Some(found.to_owned()));
            prop_assert_eq!(found, json.pointer(&pointer).map(Value::to_string));
        }

        #[test]
        fn p12_no_pointer_makes_it_panic(pointer in "\\PC{0,12}", json in "[\\[\\]{}\":,a0-9*]{0,24}") {
            if let Ok(json) = serde_json::from_str::<Value>(&json) {
                let _ = all(&json, &pointer);
            }
        }
    }
}
