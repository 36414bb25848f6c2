//! Where a key of a settings text stands, so that a mistake is told with its line.
//! Not here: what is a mistake (`settings`).

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// What is wrong with a settings text, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{message}", .line.map(|line| format!("line {line}: ")).unwrap_or_default(), .key.as_ref().map(|key| format!("{key}: ")).unwrap_or_default())]
pub struct Problem {
    /// The line, from 1; `None` where the key is not in the text.
    pub line: Option<usize>,
    /// The key, dotted; an element of a list by its index: `rejected[0].status`.
    pub key: Option<String>,
    /// What is wrong and what is allowed, in whole sentences.
    pub message: String,
}

/// A settings text, to find lines in.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a>(pub(crate) &'a str);

impl Source<'_> {
    /// The text as a table.
    pub(crate) fn table(&self) -> Result<Table, Problem> {
        toml::from_str(self.0).map_err(|error: toml::de::Error| {
            let line = error.span().map(|span| self.line(span.start));
            Problem { line, key: None, message: sentence(error.message()) }
        })
    }

    /// A table as a type; the first thing that does not fit is told.
    pub(crate) fn read<T: DeserializeOwned>(&self, table: Table) -> Result<T, Problem> {
        serde_path_to_error::deserialize(Value::Table(table))
            .map_err(|error| self.misfit(&error.path().to_string(), error.inner().message()))
    }

    /// A problem with the value of a key.
    pub(crate) fn at(&self, key: &str, message: &str) -> Problem {
        Problem { line: self.line_of(key), key: Some(key.to_owned()), message: sentence(message) }
    }

    /// What serde found; an unknown or missing key is named in its message only.
    fn misfit(&self, path: &str, message: &str) -> Problem {
        let (unknown, missing) =
            (message.strip_prefix("unknown field `"), message.strip_prefix("missing field `"));
        let name = unknown.or(missing).and_then(|rest| rest.split('`').next());
        let path = path.trim_end_matches(".?").trim_matches('.');
        let key = match name {
            Some(name) if path.is_empty() || path == "?" => name.to_owned(),
            Some(name) if path.rsplit('.').next() != Some(name) => format!("{path}.{name}"),
            Some(_) | None => path.to_owned(),
        };
        let message = match message.split_once("expected struct") {
            Some((found, _)) => format!("{found}expected a table"),
            None if missing.is_some() => "This key is missing".to_owned(),
            None => message.trim().to_owned(),
        };
        self.at(&key, &message)
    }

    fn line(&self, offset: usize) -> usize {
        self.0.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
    }

    /// The line of a dotted key, or of the longest part of it that stands in the text.
    fn line_of(&self, key: &str) -> Option<usize> {
        let document = DeTable::parse(self.0).ok()?;
        let mut table = document.get_ref();
        let mut found = None;
        'keys: for part in key.split('.') {
            let mut steps = part.split('[');
            let name = steps.next().unwrap_or(part);
            let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref() == name) else { break };
            found = Some(Spanned::span(key).start);
            let mut value = value;
            for step in steps {
                let element = step.trim_end_matches(']').parse().ok().and_then(|index: usize| {
                    let DeValue::Array(list) = value.get_ref() else { return None };
                    list.get(index)
                });
                let Some(element) = element else { break 'keys };
                found = Some(element.span().start);
                value = element;
            }
            let DeValue::Table(inner) = value.get_ref() else { break };
            table = inner;
        }
        found.map(|offset| self.line(offset))
    }
}

/// With a capital letter and one full stop.
fn sentence(words: &str) -> String {
    let words = words.trim().trim_end_matches('.');
    let mut letters = words.chars();
    match letters.next() {
        Some(first) if first.is_lowercase() => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        _ => format!("{words}."),
    }
}
