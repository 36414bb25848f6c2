//! The settings that come out of a walk: the user's own text, comments and all, with what would mend the findings put in.
//! Not here: whether they are good; they are read and tested again.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use crate::finding::Setting;

/// `text` with the settings of all findings; as it was where it cannot be read.
pub(crate) fn keep<'a>(text: &str, settings: impl Iterator<Item = &'a Setting>) -> String {
    let Ok(mut document) = text.parse::<DocumentMut>() else { return text.to_owned() };
    for setting in settings {
        put(&mut document, setting);
    }
    document.to_string()
}

fn put(document: &mut DocumentMut, setting: &Setting) {
    let Ok(value) = setting.value.parse::<Value>() else { return };
    let (tables, key) = match setting.key.rsplit_once('.') {
        Some((tables, key)) => (tables, key),
        None => ("", setting.key.as_str()),
    };
    if let Value::Array(entries) = &value
        && entries.iter().all(Value::is_inline_table)
    {
        let mut list = ArrayOfTables::new();
        for entry in entries.iter().filter_map(Value::as_inline_table) {
            list.push(entry.clone().into_table());
        }
        document.insert(key, Item::ArrayOfTables(list));
        return;
    }
    let mut table: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for name in tables.split('.').filter(|name| !name.is_empty()) {
        let item = table.entry(name).or_insert(Item::Table(Table::new()));
        let Some(inner) = item.as_table_like_mut() else { return };
        table = inner;
    }
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        }
        _ => {
            table.insert(key, Item::Value(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_own_lines_and_comments_stay_and_what_mends_is_put_in() {
        let text = "# mine\nbackend = \"simplejwt\"\n[login]\npath = \"api/token\" # short\n";
        let setting = |key: &str, value: &str| Setting { key: key.to_owned(), value: value.to_owned() };
        let settings = [
            setting("login.path", "\"api/token/\""),
            setting("tokens.access", "\"/data/access\""),
            setting("rejected", "[{ status = 401, pointer = \"/code\", equals = \"dead\" }]"),
        ];
        let kept = keep(text, settings.iter());
        assert_eq!(
            kept,
            "# mine\nbackend = \"simplejwt\"\n[login]\npath = \"api/token/\" # short\n\n[tokens]\naccess = \"/data/access\"\n\n[[rejected]]\nstatus = 401\npointer = \"/code\"\nequals = \"dead\"\n"
        );
        assert_eq!(keep("not toml at all", settings.iter()), "not toml at all");
    }
}
