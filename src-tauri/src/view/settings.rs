//! The settings as a form, and as they cross back: every value is a text, as a person types it.
//! Not here: how a form becomes a file (`form`), and any text of the UI.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The settings of a file, as a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// Where they are kept.
    pub file: String,
    /// The file's text, comments and all.
    pub text: String,
    /// The preset it names.
    pub backend: String,
    /// What the file says itself, by key.
    pub values: Vec<SettingsValue>,
    /// All presets, in the order in which to show them.
    pub presets: Vec<PresetView>,
}

/// One key with what is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SettingsValue {
    /// The key, dotted.
    pub key: String,
    /// As a person types it; empty: the preset's.
    pub value: String,
}

/// A preset and the form it comes with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct PresetView {
    /// Its name.
    pub name: String,
    /// One sentence: which server it is for.
    pub about: String,
    /// Its fields, those that it leaves open first.
    pub fields: Vec<FieldView>,
}

/// One field of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct FieldView {
    /// The key, dotted.
    pub key: String,
    /// What the preset has; empty: nothing.
    pub preset: String,
    /// What it is for, where the preset says.
    pub about: Option<String>,
    /// What it may look like.
    pub example: Option<String>,
    /// Nothing works without it.
    pub required: bool,
    /// The preset leaves it to the user.
    pub open: bool,
    /// All that it can be; empty: any text.
    pub choices: Vec<String>,
}

/// The form as it comes back.
#[derive(Clone, Debug, Deserialize, Type)]
pub struct SettingsDraft {
    /// The text it was made of: what the form has no field for stays as it is there.
    pub text: String,
    /// The preset.
    pub backend: String,
    /// What is set.
    pub values: Vec<SettingsValue>,
}
