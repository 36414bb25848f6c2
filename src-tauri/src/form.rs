//! The settings as a form: which fields a preset has, what a file says in them, and the file that a filled-in form means.
//! Not here: what the keys mean and whether a value is good (`session_engine::settings`), and the file itself (`settings_file`).

use serde_json::{Map, Value as Json};
use session_engine::presets::{self, Preset};
use session_engine::settings::Settings;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

use crate::view::{
    CommandError, CommandErrorCode, FieldError, FieldView, PresetView, SettingsDraft, SettingsValue,
};

/// The preset that is meant where a file names none.
const USUAL_BACKEND: &str = "demo";

/// The fields that every preset has, besides those that it leaves open; and what each can be, where that is not any text.
const FIELDS: [(&str, &[&str]); 18] = [
    ("base_url", &[]),
    ("login.path", &[]),
    ("login.encoding", &["json", "form"]),
    ("login.username_field", &[]),
    ("login.password_field", &[]),
    ("refresh.path", &[]),
    ("refresh.encoding", &["json", "form"]),
    ("refresh.send", &["field", "bearer"]),
    ("refresh.token_field", &[]),
    ("logout.path", &[]),
    ("tokens.access", &[]),
    ("tokens.refresh", &[]),
    ("tokens.expires_in", &[]),
    ("tokens.refresh_expires_in", &[]),
    ("tokens.user", &[]),
    ("rejected", &[]),
    ("profile.path", &[]),
    ("home.calls", &[]),
];

/// Keys whose value is TOML, as no text could say it.
const RAW: [&str; 1] = ["rejected"];

/// Keys whose value may be a list, its elements parted by commas.
const LISTS: [&str; 6] = [
    "home.calls",
    "tokens.access",
    "tokens.refresh",
    "tokens.expires_in",
    "tokens.refresh_expires_in",
    "tokens.user",
];

/// Tables that stay when another preset is chosen: they are about the program, not about the server.
const KEPT_TABLES: [&str; 2] = ["policy", "dev"];

/// The word that takes a table away: `logout = false`.
const NONE: &str = "false";

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
        put(&mut document, &open.key, open.example.as_ref()?.parse::<Value>().ok()?);
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

/// The preset that a text names, and what it says for the keys of the form.
pub(crate) fn read(text: &str) -> (String, Vec<SettingsValue>) {
    let document = text.parse::<DocumentMut>().unwrap_or_default();
    let backend = document.get("backend").and_then(Item::as_str).unwrap_or(USUAL_BACKEND).to_owned();
    let open = presets::named(&backend).map(|preset| preset.open).unwrap_or_default();
    let mut keys: Vec<String> = open.into_iter().map(|open| open.key).collect();
    for (key, _) in FIELDS {
        if !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    }
    let value = |key: String| Some(SettingsValue { value: item_text(&document, &key)?, key });
    (backend, keys.into_iter().filter_map(value).collect())
}

fn item_text(document: &DocumentMut, key: &str) -> Option<String> {
    let mut item = document.as_item();
    for name in key.split('.') {
        if item.as_bool() == Some(false) && key.ends_with(".path") {
            return Some(NONE.to_owned());
        }
        item = item.get(name)?;
    }
    match item {
        Item::Value(Value::String(text)) => Some(text.value().clone()),
        Item::Value(Value::Array(items)) if items.iter().all(Value::is_str) => {
            Some(items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
        }
        Item::Value(value) => Some(value.to_string().trim().to_owned()),
        Item::ArrayOfTables(list) => Some(list.clone().into_array().to_string().trim().to_owned()),
        Item::Table(_) | Item::None => None,
    }
}

/// The file that a filled-in form means. What the form has no field for stays as it was, comments too.
pub(crate) fn write(draft: &SettingsDraft) -> Result<String, CommandError> {
    let old = draft.text.parse::<DocumentMut>().unwrap_or_default();
    let (named, _) = read(&draft.text);
    let mut document = if named == draft.backend { old } else { without_server(&old) };
    if document.get("backend").is_none() {
        document.insert("backend", toml_edit::value(draft.backend.as_str()));
    }
    for SettingsValue { key, value } in &draft.values {
        let value = value.trim();
        if value.is_empty() {
            take(&mut document, key);
        } else if item_text(&document, key).as_deref() != Some(value) {
            set(&mut document, key, value)?;
        }
    }
    Ok(document.to_string())
}

fn without_server(old: &DocumentMut) -> DocumentMut {
    let mut document = DocumentMut::new();
    for name in KEPT_TABLES {
        if let Some(table) = old.get(name) {
            document.insert(name, table.clone());
        }
    }
    document
}

fn set(document: &mut DocumentMut, key: &str, text: &str) -> Result<(), CommandError> {
    if let (NONE, Some(table)) = (text, key.strip_suffix(".path")) {
        document.insert(table, toml_edit::value(false));
        return Ok(());
    }
    let value = if RAW.contains(&key) {
        text.parse::<Value>().map_err(|_| {
            let example = "[{ status = 401, pointer = \"/code\", equals = \"token_not_valid\" }]";
            on_field(key, &format!("This must be a list in TOML, such as {example}."))
        })?
    } else if LISTS.contains(&key) && (text.contains(',') || key == "home.calls") {
        Value::Array(text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect::<Array>())
    } else {
        text.into()
    };
    put(document, key, value);
    Ok(())
}

/// Puts a value at a dotted key; what stands in its place goes, with comments behind it kept.
fn put(document: &mut DocumentMut, key: &str, value: Value) {
    if let (Value::Array(items), false) = (&value, key.contains('.'))
        && items.iter().all(Value::is_inline_table)
    {
        let mut list = ArrayOfTables::new();
        for entry in items.iter().filter_map(Value::as_inline_table) {
            list.push(entry.clone().into_table());
        }
        document.insert(key, Item::ArrayOfTables(list));
        return;
    }
    let (tables, name) = key.rsplit_once('.').unwrap_or(("", key));
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for name in tables.split('.').filter(|name| !name.is_empty()) {
        if table.get(name).is_some_and(|item| !item.is_table_like()) {
            table.remove(name); // `logout = false` was there
        }
        let item = table.entry(name).or_insert_with(|| {
            let mut made = Table::new();
            made.set_implicit(true);
            Item::Table(made)
        });
        let Some(inner) = item.as_table_like_mut() else { return };
        table = inner;
    }
    match table.get_mut(name) {
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        }
        _ => {
            table.insert(name, Item::Value(value));
        }
    }
}

/// Removes a dotted key, and `false` in the place of its table.
fn take(document: &mut DocumentMut, key: &str) {
    let (tables, name) = key.rsplit_once('.').unwrap_or(("", key));
    if key.ends_with(".path") && document.get(tables).and_then(Item::as_bool) == Some(false) {
        document.remove(tables);
        return;
    }
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for name in tables.split('.').filter(|name| !name.is_empty()) {
        let Some(inner) = table.get_mut(name).and_then(Item::as_table_like_mut) else { return };
        table = inner;
    }
    table.remove(name);
}

/// A mistake in a field.
pub(crate) fn on_field(key: &str, message: &str) -> CommandError {
    let field = FieldError { field: key.to_owned(), message: message.to_owned() };
    CommandError { fields: vec![field], ..CommandError::new(CommandErrorCode::InvalidInput, message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str, backend: &str, values: &[(&str, &str)]) -> SettingsDraft {
        let value =
            |(key, value): &(&str, &str)| SettingsValue { key: (*key).into(), value: (*value).into() };
        SettingsDraft {
            text: text.into(),
            backend: backend.into(),
            values: values.iter().map(value).collect(),
        }
    }

    fn values(text: &str) -> Vec<(String, String)> {
        read(text).1.into_iter().map(|value| (value.key, value.value)).collect()
    }

    #[test]
    fn what_the_form_has_no_field_for_stays_comments_too() {
        let text = "# mine\nbackend = \"simplejwt\"\nbase_url = \"http://127.0.0.1:8000\" # here\n[policy]\nrefresh_window = \"2m\"\n";
        let same = write(&draft(text, "simplejwt", &[("base_url", "http://127.0.0.1:8000")])).unwrap();
        assert_eq!(same, text);
        let other = write(&draft(text, "simplejwt", &[("base_url", "http://127.0.0.1:9")])).unwrap();
        assert_eq!(other, text.replace(":8000", ":9"));
    }

    #[test]
    fn another_preset_leaves_the_servers_keys_behind_and_keeps_the_programs() {
        let text = "backend = \"simplejwt\"\n[login]\npath = \"l\"\n[policy]\nrefresh_window = \"2m\"\n[dev]\npanel = true\n";
        let other = write(&draft(text, "oauth2", &[("base_url", "https://example.com/")])).unwrap();
        let settings = Settings::parse(other.split("[dev]").next().unwrap()).unwrap();
        assert_eq!((settings.backend.as_str(), settings.server.refresh.path.as_str()), ("oauth2", "token/"));
        assert_eq!(settings.policy.refresh_window.as_secs(), 120);
        assert!(other.contains("[dev]\npanel = true") && !other.contains("[login]"), "{other}");
    }

    #[test]
    fn every_kind_of_value_is_read_as_it_was_written() {
        let typed = [
            ("base_url", "https://example.com/"),
            ("login.path", "auth/login"),
            ("login.encoding", "form"),
            ("refresh.path", "auth/refresh"),
            ("logout.path", "false"),
            ("tokens.access", "/data/access, /meta/access"),
            ("tokens.user", "/user"),
            ("rejected", "[{ status = 401, pointer = \"/code\", equals = \"dead\" }]"),
            ("home.calls", "api/a/, api/b/"),
        ];
        let text = write(&draft("", "custom", &typed)).unwrap();
        let settings = Settings::parse(&text).unwrap();
        assert_eq!(settings.home_calls, ["api/a/", "api/b/"]);
        assert!(settings.server.logout.is_none() && settings.server.rejected.len() == 1, "{text}");
        let read: Vec<_> = values(&text);
        for (key, value) in typed {
            assert!(read.contains(&(key.to_owned(), value.to_owned())), "{key} in {read:?}");
        }
        let emptied = typed.map(|(key, _)| (key, ""));
        let text = write(&draft(&text, "custom", &emptied)).unwrap();
        assert_eq!(values(&text), []);
    }

    #[test]
    fn a_list_that_is_no_toml_is_told_at_its_field() {
        let error = write(&draft("", "custom", &[("rejected", "401 token_not_valid")])).unwrap_err();
        assert_eq!(
            (error.fields[0].field.as_str(), error.code),
            ("rejected", CommandErrorCode::InvalidInput)
        );
    }

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
