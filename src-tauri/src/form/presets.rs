//! The presets as forms: which fields each has, and what it has in them itself.
//! Not here: the presets (`session_engine::presets`), and what a file says (`form`).

use serde_json::{Map, Value as Json};
use session_engine::presets::{self, Preset};
use session_engine::settings::Settings;
use toml_edit::{Array, DocumentMut, InlineTable, Value};

use super::{FIELDS, USUAL_BACKEND, dotted};
use crate::view::{FieldView, PresetView};

/// All presets with their fields.
pub(crate) fn presets() -> Vec<PresetView> {
    presets::all().iter().map(preset_view).collect()
}

fn preset_view(preset: &Preset) -> PresetView {
    let open = preset.open.iter().map(|open| FieldView {
        key: open.key.clone(),
        preset: value_of(preset, &open.key),
        about: Some(open.about.clone()),
        example: open.example.as_deref().map(plain_example),
        required: open.required && preset.name != USUAL_BACKEND,
        open: true,
        choices: choices(&open.key),
    });
    let is_open = |key: &str| preset.open.iter().any(|open| open.key == key);
    let more = FIELDS.iter().filter(|(key, _)| !is_open(key)).map(|(key, _)| FieldView {
        key: (*key).to_owned(),
        preset: value_of(preset, key),
        about: None,
        example: None,
        required: false,
        open: false,
        choices: choices(key),
    });
    PresetView {
        name: preset.name.to_owned(),
        about: preset.about.clone(),
        fields: open.chain(more).collect(),
    }
}

fn choices(key: &str) -> Vec<String> {
    let known = FIELDS.iter().find(|(known, _)| *known == key);
    known.map_or(&[][..], |(_, choices)| choices).iter().map(|choice| (*choice).to_owned()).collect()
}

/// An example without the quotes that TOML wants.
fn plain_example(example: &str) -> String {
    example
        .parse::<Value>()
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_else(|| example.to_owned())
}

/// What the preset itself has for a key.
fn value_of(preset: &Preset, key: &str) -> String {
    let Some(whole) = whole(preset) else { return String::new() };
    let found = key.split('.').try_fold(&whole, |at, name| at.get(name));
    let is_left_open = preset.open.iter().any(|open| open.key == key && open.required);
    found.filter(|_| !is_left_open).map(json_text).unwrap_or_default()
}

/// A preset's settings in the words of the file, with its own examples where it leaves something open.
fn whole(preset: &Preset) -> Option<Json> {
    let mut document = DocumentMut::new();
    document.insert("backend", toml_edit::value(preset.name));
    for open in preset.open.iter().filter(|open| open.required) {
        dotted::put(&mut document, &open.key, open.example.as_ref()?.parse::<Value>().ok()?);
    }
    let settings = Settings::parse(&document.to_string()).ok()?;
    let server = &settings.server;
    let mut whole = Map::new();
    let mut add = |name: &str, table: Option<Json>| whole.extend(table.map(|table| (name.to_owned(), table)));
    add("login", server.login.as_ref().and_then(|login| serde_json::to_value(login).ok()));
    add("refresh", serde_json::to_value(&server.refresh).ok());
    add("logout", server.logout.as_ref().and_then(|logout| serde_json::to_value(logout).ok()));
    add("tokens", serde_json::to_value(&server.tokens).ok());
    add("rejected", serde_json::to_value(&server.rejected).ok());
    add("profile", settings.profile_path.map(|path| serde_json::json!({ "path": path })));
    add("home", Some(serde_json::json!({ "calls": settings.home_calls })));
    Some(Json::Object(whole))
}

fn json_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(items) if items.iter().all(Json::is_string) => {
            items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", ")
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
            toml_of(value).map(|value| value.to_string().trim().to_owned()).unwrap_or_default()
        }
    }
}

fn toml_of(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => number.as_f64()?.into(),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => Value::Array(items.iter().filter_map(toml_of).collect::<Array>()),
        Json::Object(fields) => {
            let fields = fields.iter().filter_map(|(key, value)| Some((key.as_str(), toml_of(value)?)));
            Value::InlineTable(fields.collect::<InlineTable>())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_has_its_open_fields_first_and_its_own_values_in_the_rest() {
        let all = presets();
        assert_eq!(all.first().map(|preset| preset.name.as_str()), Some("demo"));
        for preset in &all {
            assert_eq!(preset.fields[0].key, "base_url", "{}", preset.name);
            assert!(preset.fields.is_sorted_by_key(|field| !field.open), "{}", preset.name);
            for (key, _) in FIELDS {
                assert_eq!(preset.fields.iter().filter(|field| field.key == key).count(), 1, "{key}");
            }
        }
        let field = |name: &str, key: &str| {
            let preset = all.iter().find(|preset| preset.name == name).unwrap();
            preset.fields.iter().find(|field| field.key == key).unwrap().clone()
        };
        assert_eq!(field("simplejwt", "refresh.path").preset, "api/token/refresh/");
        assert_eq!(field("custom", "login.path").preset, "");
        assert!(field("custom", "login.path").required && !field("demo", "base_url").required);
        assert_eq!(field("custom", "login.path").example.as_deref(), Some("auth/login"));
        assert_eq!(
            field("simplejwt", "login.encoding"),
            FieldView {
                preset: "json".into(),
                choices: vec!["json".into(), "form".into()],
                ..field("demo", "login.encoding")
            }
        );
        assert!(
            field("simplejwt", "rejected").preset.starts_with("[{ status = 401"),
            "{:?}",
            field("simplejwt", "rejected")
        );
    }
}
