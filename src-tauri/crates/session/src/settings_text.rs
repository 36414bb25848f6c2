//! Settings as a TOML text that a person can read: what differs from the preset, a comment line above each key.
//! Not here: reading one (`settings`).

use std::fmt::Write as _;

use toml::{Table, Value};

use crate::presets;
use crate::settings_file::{File, KEYS, MORE_KEYS, REMOVABLE, Settings};
use crate::settings_source::Problem;

/// The tables whose path a preset may leave open.
const OPEN_PATHS: [&str; 2] = ["login", "refresh"];

/// Writes settings over a preset.
pub(crate) fn over(settings: &Settings, preset: &str) -> Result<String, Problem> {
    let unwritable =
        |error: toml::ser::Error| Problem { line: None, key: None, message: format!("{error}.") };
    let whole = Table::try_from(File::of(Settings { backend: preset.to_owned(), ..settings.clone() }))
        .map_err(unwritable)?;
    let under = bare(preset).map_err(unwritable)?;
    let mut text = String::new();
    if let Some(preset) = presets::named(preset) {
        let _ = writeln!(text, "# {}", preset.about);
    }
    let (mut top, mut tables) = (String::new(), String::new());
    let mut table_of_last = "";
    for (key, about) in KEYS.into_iter().chain(MORE_KEYS) {
        let (mine, theirs) = (lookup(&whole, key), lookup(&under, key));
        let difference = match (mine, theirs) {
            (Some(Value::Table(mine)), theirs) => {
                if !key.contains('.') {
                    continue; // its keys have lines of their own
                }
                let mut mine = mine.clone();
                mine.retain(|field, value| theirs.and_then(|theirs| theirs.get(field)) != Some(value));
                (!mine.is_empty()).then_some(Value::Table(mine))
            }
            (Some(mine), theirs) => (Some(mine) != theirs).then(|| mine.clone()),
            (None, Some(_)) if REMOVABLE.contains(&key) => Some(Value::Boolean(false)),
            (None, _) => None,
        };
        let Some(value) = difference else { continue };
        match (key.split_once('.'), &value) {
            (Some((table, name)), value) => {
                if table_of_last != table {
                    let _ = writeln!(tables, "\n[{table}]");
                    table_of_last = table;
                }
                let _ = writeln!(tables, "# {about}\n{name} = {value}");
            }
            (None, Value::Array(rules)) if rules.iter().all(Value::is_table) && !rules.is_empty() => {
                let _ = writeln!(tables, "\n# {about}");
                for rule in rules {
                    let _ = writeln!(tables, "[[{key}]]\n{rule}", rule = lines(rule));
                }
            }
            (None, value) => {
                let _ = writeln!(top, "# {about}\n{key} = {value}");
            }
        }
    }
    Ok(text + &top + tables.trim_end_matches('\n') + if tables.is_empty() { "" } else { "\n" })
}

/// What a preset says by itself, in the words in which settings are written.
fn bare(preset: &str) -> Result<Table, toml::ser::Error> {
    let own = presets::named(preset).map(|preset| preset.table).unwrap_or_default();
    let mut whole = own.clone();
    whole.insert("backend".to_owned(), "".into());
    let open =
        OPEN_PATHS.into_iter().filter(|table| own.get(*table).is_some_and(|it| it.get("path").is_none()));
    let open: Vec<&str> = open.collect();
    for table in &open {
        if let Some(table) = whole.get_mut(*table).and_then(Value::as_table_mut) {
            table.insert("path".to_owned(), "".into());
        }
    }
    let Ok(file) = whole.try_into::<File>() else { return Ok(own) };
    let mut whole = Table::try_from(file)?;
    whole.remove("backend");
    for table in open {
        if let Some(table) = whole.get_mut(table).and_then(Value::as_table_mut) {
            table.remove("path");
        }
    }
    Ok(whole)
}

fn lookup<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    match key.split_once('.') {
        Some((outer, name)) => table.get(outer)?.get(name),
        None => table.get(key),
    }
}

/// A table's keys, a line each.
fn lines(table: &Value) -> String {
    let keys = table.as_table().into_iter().flatten();
    keys.map(|(key, value)| format!("{key} = {value}\n")).collect()
}
