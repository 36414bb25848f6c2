//! One dotted key in a TOML document: what stands there as a text, set from a text, put, taken away. All else in it stays.
//! Not here: which keys there are (`form`).

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

use super::on_field;
use crate::view::CommandError;

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

/// The word that takes a table away: `logout = false`.
const NONE: &str = "false";

/// What stands at a dotted key, as a person types it; `false`: its table is taken away.
pub(super) fn text_at(document: &DocumentMut, key: &str) -> Option<String> {
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

/// Sets a dotted key to what a person has typed.
pub(super) fn set(document: &mut DocumentMut, key: &str, text: &str) -> Result<(), CommandError> {
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
pub(super) fn put(document: &mut DocumentMut, key: &str, value: Value) {
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
pub(super) fn take(document: &mut DocumentMut, key: &str) {
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
