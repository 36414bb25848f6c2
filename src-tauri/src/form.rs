//! The settings as a form: its fields, what a file says in them, and the file that a filled-in form means.
//! Not here: what a preset has in the fields (`presets`), how one key stands in a file (`dotted`), what the keys mean and whether a
//! value is good (`session_engine::settings`), and the file itself (`settings_file`).

use toml_edit::{DocumentMut, Item};

use crate::view::{CommandError, CommandErrorCode, FieldError, SettingsDraft, SettingsValue};

mod dotted;
mod presets;

pub(crate) use presets::presets;

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

/// Tables that stay when another preset is chosen: they are about the program, not about the server.
const KEPT_TABLES: [&str; 2] = ["policy", "dev"];

/// The preset that a text names, and what it says for the keys of the form.
pub(crate) fn read(text: &str) -> (String, Vec<SettingsValue>) {
    let document = text.parse::<DocumentMut>().unwrap_or_default();
    let backend = document.get("backend").and_then(Item::as_str).unwrap_or(USUAL_BACKEND).to_owned();
    let open = session_engine::presets::named(&backend).map(|preset| preset.open).unwrap_or_default();
    let mut keys: Vec<String> = open.into_iter().map(|open| open.key).collect();
    for (key, _) in FIELDS {
        if !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    }
    let value = |key: String| Some(SettingsValue { value: dotted::text_at(&document, &key)?, key });
    (backend, keys.into_iter().filter_map(value).collect())
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
            dotted::take(&mut document, key);
        } else if dotted::text_at(&document, key).as_deref() != Some(value) {
            dotted::set(&mut document, key, value)?;
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

/// A mistake in a field.
pub(crate) fn on_field(key: &str, message: &str) -> CommandError {
    let field = FieldError { field: key.to_owned(), message: message.to_owned() };
    CommandError { fields: vec![field], ..CommandError::new(CommandErrorCode::InvalidInput, message) }
}

#[cfg(test)]
mod tests {
    use session_engine::settings::Settings;

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
}
