//! The presets: servers whose ways are known, each one file of `presets/`. Adding one touches no Rust.
//! Behind the feature `presets`. Not here: a user's file over a preset (`settings`).

use serde::Deserialize;
use toml::{Table, Value};

/// Each file's name without its ending, and its text; made by `build.rs`.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/presets.rs"));

/// The table of a preset's file that is about the preset itself.
const ABOUT: &str = "preset";

/// A server's ways under a name.
#[derive(Clone, Debug)]
pub struct Preset {
    /// The name, as `backend = "…"` has it.
    pub name: &'static str,
    /// One sentence: which server it is for.
    pub about: String,
    /// What it leaves to the user, `base_url` first.
    pub open: Vec<OpenKey>,
    pub(crate) table: Table,
    order: i64,
}

/// A key that a preset leaves to the user.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenKey {
    /// The key, dotted.
    pub key: String,
    /// What it says.
    pub about: String,
    /// What it may look like, as TOML.
    #[serde(default, deserialize_with = "as_toml")]
    pub example: Option<String>,
    /// Nothing works without it.
    #[serde(default)]
    pub required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    order: i64,
    about: String,
    #[serde(default)]
    open: Vec<OpenKey>,
}

/// All presets, in the order in which to show them.
#[must_use]
pub fn all() -> Vec<Preset> {
    let mut presets: Vec<Preset> = FILES.iter().filter_map(|(name, text)| read(name, text).ok()).collect();
    presets.sort_by_key(|preset| preset.order);
    presets
}

/// The preset of this name.
#[must_use]
pub fn named(name: &str) -> Option<Preset> {
    let (name, text) = FILES.iter().find(|(known, _)| *known == name)?;
    read(name, text).ok()
}

/// A preset's file. An embedded one that cannot be read is left out; a test keeps that from happening.
fn read(name: &'static str, text: &str) -> Result<Preset, toml::de::Error> {
    let mut table: Table = toml::from_str(text)?;
    let about = table.remove(ABOUT).unwrap_or_else(|| Value::Table(Table::new()));
    let About { order, about, mut open } = about.try_into()?;
    open.insert(
        0,
        OpenKey {
            key: "base_url".into(),
            about: "The address of the server, which all paths are relative to: https, or http to a literal loopback address."
                .into(),
            example: Some("\"https://example.com/\"".into()),
            required: true,
        },
    );
    Ok(Preset { name, about, open, table, order })
}

fn as_toml<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Some(Value::deserialize(deserializer)?.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_preset_that_says_what_it_is() {
        for (name, text) in FILES {
            let preset = read(name, text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(preset.about.ends_with('.') && preset.about.len() < 160, "{name}: {:?}", preset.about);
            assert!(preset.open.iter().all(|open| open.about.ends_with('.')), "{name}");
        }
        let in_folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/presets")).unwrap().count();
        assert_eq!((all().len(), FILES.len()), (in_folder, in_folder));
    }

    #[test]
    fn they_are_shown_in_their_order_the_demo_first_and_custom_last() {
        let names: Vec<&str> = all().iter().map(|preset| preset.name).collect();
        assert_eq!((names.first(), names.last()), (Some(&"demo"), Some(&"custom")));
        let mut orders: Vec<i64> = all().iter().map(|preset| preset.order).collect();
        orders.dedup();
        assert_eq!(orders.len(), names.len(), "two presets have one place");
    }

    #[test]
    fn there_is_no_preset_of_another_name() {
        assert!(named("nosuch").is_none() && named("").is_none());
        assert_eq!(named("custom").map(|preset| preset.open[1].key.clone()), Some("login.path".into()));
    }
}
