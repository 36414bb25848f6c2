//! Settings as a TOML text over a preset: reading it, saying exactly what is wrong with it and where, and writing it back.
//! Behind the feature `presets`. Not here: where such a text is kept, and the presets themselves (`presets`).

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::presets::{self, Preset};
pub use crate::settings_file::Settings;
use crate::settings_file::{File, REMOVABLE};
pub use crate::settings_source::Problem;
use crate::settings_source::Source;
use crate::settings_text;

/// The preset that is meant where a text names none.
const USUAL_BACKEND: &str = "demo";

/// The preset that a text is written over if the settings' own has something that no key can take away.
const PLAINEST: &str = "custom";

impl Settings {
    /// Reads a text: the preset that its `backend` names, and over it every key that it has.
    ///
    /// ```
    /// let settings = session_engine::settings::Settings::parse(r#"
    ///     backend = "simplejwt"
    ///     base_url = "https://example.com/"
    ///     [policy]
    ///     refresh_window = "2m"
    /// "#)?;
    /// assert_eq!(settings.server.refresh.path, "api/token/refresh/");
    ///
    /// let problem = session_engine::settings::Settings::parse("\nbase_url = \"http://example.com\"").unwrap_err();
    /// assert_eq!((problem.line, problem.key.as_deref()), (Some(2), Some("base_url")));
    /// # Ok::<(), session_engine::settings::Problem>(())
    /// ```
    ///
    /// # Errors
    /// [`Problem`] for the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        Ok(Reader::default().read::<NoTables>(text)?.settings)
    }

    /// Writes them: only what differs from the preset, a comment line above each key. [`Settings::parse`] reads the same from
    /// it, with `custom` for a preset where the settings lack an `extra` field that their own cannot do without.
    ///
    /// # Errors
    /// [`Problem`] where an `extra` field holds what TOML has no word for, a null.
    pub fn to_toml(&self) -> Result<String, Problem> {
        let text = settings_text::over(self, &self.backend)?;
        if Self::parse(&text).as_ref() == Ok(self) { Ok(text) } else { settings_text::over(self, PLAINEST) }
    }
}

/// Reads texts that also have tables of the program's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader<'a> {
    /// The names of those tables. They are read as the type that [`Reader::read`] is asked for.
    pub own_tables: &'a [&'a str],
    /// A preset's name, and the address that stands in where a text of this preset has none.
    pub stand_in: Option<(&'a str, &'a str)>,
}

/// What a [`Reader`] read.
#[derive(Clone, Debug)]
pub struct Read<T> {
    /// The settings.
    pub settings: Settings,
    /// The program's own tables.
    pub own: T,
    /// The address is the one that stands in.
    pub stands_in: bool,
}

#[derive(serde::Deserialize)]
struct NoTables {}

impl Reader<'_> {
    /// Reads a text as [`Settings::parse`] does.
    ///
    /// # Errors
    /// [`Problem`] for the first thing that is wrong.
    pub fn read<T: DeserializeOwned>(&self, text: &str) -> Result<Read<T>, Problem> {
        let source = Source(text);
        let mut own = source.table()?;
        let preset = preset_of(&own, source)?;
        let mut theirs = Table::new();
        for name in self.own_tables {
            if let Some(table) = own.remove(*name) {
                theirs.insert((*name).to_owned(), table);
            }
        }
        let mut whole = preset.table.clone();
        overlay(&mut whole, own);
        whole.insert("backend".to_owned(), preset.name.into());
        let stand_in =
            self.stand_in.filter(|(name, _)| *name == preset.name && !whole.contains_key("base_url"));
        if let Some((_, base)) = stand_in {
            whole.insert("base_url".to_owned(), base.into());
        }
        take_away(&mut whole, source)?;
        all_there(&whole, &preset, source)?;
        let file: File = source.read(whole).map_err(|problem| self.also_allowed(problem))?;
        let settings = file.check(source)?;
        Ok(Read { settings, own: source.read(theirs)?, stands_in: stand_in.is_some() })
    }

    /// An unknown key at the top could have been meant for a table of the program's own.
    fn also_allowed(&self, problem: Problem) -> Problem {
        let at_top = problem.key.as_ref().is_some_and(|key| !key.contains('.'));
        if !at_top || !problem.message.starts_with("Unknown field") || self.own_tables.is_empty() {
            return problem;
        }
        let message =
            format!("{}, `{}`.", problem.message.trim_end_matches('.'), self.own_tables.join("`, `"));
        Problem { message, ..problem }
    }
}

fn preset_of(own: &Table, source: Source<'_>) -> Result<Preset, Problem> {
    let name = match own.get("backend") {
        None => USUAL_BACKEND,
        Some(Value::String(name)) => name.as_str(),
        Some(_) => return Err(source.at("backend", "this must be a text: the name of a preset")),
    };
    presets::named(name).ok_or_else(|| {
        let known: Vec<&str> = presets::all().iter().map(|preset| preset.name).collect();
        let message = format!("there is no preset of the name {name:?}; allowed are: {}", known.join(", "));
        source.at("backend", &message)
    })
}

/// The text's keys win; tables are overlaid key by key, lists are replaced.
fn overlay(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => overlay(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

/// `logout = false` takes the preset's table away.
fn take_away(whole: &mut Table, source: Source<'_>) -> Result<(), Problem> {
    for key in REMOVABLE {
        let (table, name) = match key.split_once('.') {
            Some((outer, name)) => (whole.get_mut(outer).and_then(Value::as_table_mut), name),
            None => (Some(&mut *whole), key),
        };
        let Some(table) = table else { continue };
        match table.get(name) {
            Some(Value::Boolean(false)) => drop(table.remove(name)),
            Some(Value::Boolean(true)) => {
                let what = if key.contains('.') { "a path" } else { "a table" };
                return Err(source.at(key, &format!("this must be {what}, or false for none")));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether what the preset leaves to the user and nothing works without is there.
fn all_there(whole: &Table, preset: &Preset, source: Source<'_>) -> Result<(), Problem> {
    for open in preset.open.iter().filter(|open| open.required) {
        let (table, name) = match open.key.split_once('.') {
            Some((outer, name)) => (whole.get(outer), name),
            None => (None, open.key.as_str()),
        };
        let missing = match table {
            Some(Value::Table(table)) => !table.contains_key(name),
            Some(_) => false, // of a wrong type, which is told in its place
            None => !open.key.contains('.') && !whole.contains_key(name),
        };
        if missing {
            let example = open.example.as_ref().map(|example| format!(" For example: {name} = {example}"));
            let message = format!("this key is missing. {}{}", open.about, example.unwrap_or_default());
            return Err(source.at(&open.key, &message));
        }
    }
    Ok(())
}
