//! `config.toml`: reading it, over a preset, and saying exactly what is wrong with it and where (DESIGN section 7).
//! Not here: the presets themselves (`presets/*.toml`), and what the settings do.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use session_engine::server::{LoginRequest, Rejected, ServerProfile, TokenPointers, TokenRequest};
use session_engine::{RefreshPolicy, WhenDue, confine};
use toml::{Spanned, Table, Value};
use url::Url;

/// The file's name in the app's config folder.
const FILE_NAME: &str = "config.toml";

/// The app's folder below the user's config and data folders.
const APP_FOLDER: &str = "dev.session-keeper.app";

/// The presets by name; adding one is one line here and one file.
const PRESETS: [(&str, &str); 4] = [
    ("demo", include_str!("../presets/demo.toml")),
    ("simplejwt", include_str!("../presets/simplejwt.toml")),
    ("oauth2", include_str!("../presets/oauth2.toml")),
    ("custom", include_str!("../presets/custom.toml")),
];

/// What stands in for the base address until the embedded demo server has a port.
const DEMO_BASE: &str = "http://127.0.0.1/";

/// All settings, complete and checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The preset's name.
    pub backend: String,
    /// The embedded demo server is the backend: `demo` without a `base_url`.
    pub embedded_demo: bool,
    /// How to talk to the server.
    pub server: ServerProfile,
    /// Paths the home view loads in parallel.
    pub home_calls: Vec<String>,
    /// Where a note is posted.
    pub notes_path: Option<String>,
    /// Where the profile is read.
    pub profile_path: Option<String>,
    /// The times that decide.
    pub policy: RefreshPolicy,
    /// Whether there is a dev panel: as `[dev]` says, else with the embedded demo server only; never in a build without it (P10).
    pub dev_panel: bool,
}

/// What is wrong with the file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{}: {message}", .file.display(), .line.map(|line| format!(":{line}")).unwrap_or_default(), .key.as_ref().map(|key| format!(" ({key})")).unwrap_or_default())]
pub struct ConfigProblem {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The key, dotted.
    pub key: Option<String>,
    /// What is wrong and what is allowed.
    pub message: String,
}

/// Where the settings are read from: `SESSION_KEEPER_CONFIG`, else the app's config folder.
#[must_use]
pub fn config_file() -> Option<PathBuf> {
    let named = std::env::var_os("SESSION_KEEPER_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
    named.or_else(|| Some(dirs::config_dir()?.join(APP_FOLDER).join(FILE_NAME)))
}

/// Where the program writes: `SESSION_KEEPER_DATA_DIR`, else the app's data folder.
#[must_use]
pub fn data_dir() -> Option<PathBuf> {
    let named =
        std::env::var_os("SESSION_KEEPER_DATA_DIR").filter(|path| !path.is_empty()).map(PathBuf::from);
    named.or_else(|| Some(dirs::data_dir()?.join(APP_FOLDER)))
}

/// Reads the settings. No file: the demo server.
///
/// # Errors
/// [`ConfigProblem`] for the first thing that is wrong.
pub fn load(file: &Path) -> Result<Settings, ConfigProblem> {
    match std::fs::read_to_string(file) {
        Ok(text) => parse(&text, file),
        Err(error)
            if error.kind() == std::io::ErrorKind::NotFound
                && std::env::var_os("SESSION_KEEPER_CONFIG").is_none() =>
        {
            parse("", file)
        }
        Err(error) => Err(ConfigProblem {
            file: file.to_owned(),
            line: None,
            key: None,
            message: format!(
                "The file cannot be read ({error}). Mend its name or its permissions, or remove it to use the demo server."
            ),
        }),
    }
}

/// Reads the settings from a text; `file` is named in problems.
///
/// # Errors
/// [`ConfigProblem`] for the first thing that is wrong.
pub fn parse(text: &str, file: &Path) -> Result<Settings, ConfigProblem> {
    let source = Source { text, file };
    let own: Table = toml::from_str(text).map_err(|error: toml::de::Error| {
        source.problem(error.span().map(|span| span.start), None, error.message())
    })?;
    let backend = match own.get("backend") {
        None => "demo",
        Some(Value::String(name)) => name.as_str(),
        Some(_) => return Err(source.at("backend", "This must be a text: the name of a preset.")),
    };
    let preset =
        PRESETS.iter().find(|(name, _)| *name == backend).map(|(_, text)| *text).ok_or_else(|| {
            let known = PRESETS.map(|(name, _)| name).join(", ");
            source
                .at("backend", &format!("There is no preset of the name {backend:?}. Allowed are: {known}."))
        })?;
    let mut whole: Table =
        toml::from_str(preset).map_err(|error| source.problem(None, None, error.message()))?;
    let backend = backend.to_owned();
    overlay(&mut whole, own);
    let file: File = serde_path_to_error::deserialize(Value::Table(whole)).map_err(|error| {
        let path = error.path().to_string();
        source.at_value(&path, error.into_inner().message())
    })?;
    file.check(backend, &source)
}

/// The file as it is written, over its preset.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[expect(dead_code, reason = "read before the preset is chosen")]
    backend: Option<String>,
    base_url: Option<String>,
    login: LoginRequest,
    refresh: TokenRequest,
    logout: Option<TokenRequest>,
    tokens: TokenPointers,
    #[serde(default)]
    rejected: Vec<Rejected>,
    profile: Option<ProfileTable>,
    home: HomeTable,
    #[serde(default)]
    policy: PolicyTable,
    #[serde(default)]
    dev: DevTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileTable {
    path: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HomeTable {
    #[serde(default)]
    calls: Vec<String>,
    notes: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DevTable {
    panel: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PolicyTable {
    refresh_window: Option<Span>,
    window_fraction: Option<f64>,
    when_due: Option<WhenDue>,
    pause_at_most: Option<Span>,
    call_deadline: Option<Span>,
    refresh_timeout: Option<Span>,
    refresh_ahead: Option<bool>,
    idle_after: Option<Span>,
}

/// A time such as `10m` or `5s`.
#[derive(Clone, Copy)]
struct Span(Duration);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let span = humantime::parse_duration(&text).map_err(|error| {
            serde::de::Error::custom(format!("{text:?} is not a time such as \"10m\" or \"5s\": {error}"))
        })?;
        if span.is_zero() {
            Err(serde::de::Error::custom("a time must be longer than nothing"))
        } else {
            Ok(Self(span))
        }
    }
}

impl File {
    fn check(self, backend: String, source: &Source<'_>) -> Result<Settings, ConfigProblem> {
        let embedded_demo = backend == "demo" && self.base_url.is_none();
        let base = match &self.base_url {
            Some(text) => {
                confine::check_base(text).map_err(|why| source.at("base_url", &format!("{why}.")))?
            }
            None if embedded_demo => {
                confine::check_base(DEMO_BASE).map_err(|why| source.at("base_url", &why))?
            }
            None => {
                return Err(source.at(
                    "base_url",
                    "This key is missing: the address of the server, e.g. \"https://example.com/\".",
                ));
            }
        };
        let paths = [("login.path", Some(&self.login.path)), ("refresh.path", Some(&self.refresh.path))];
        let more = [
            ("logout.path", self.logout.as_ref().map(|logout| &logout.path)),
            ("profile.path", self.profile.as_ref().map(|profile| &profile.path)),
            ("home.notes", self.home.notes.as_ref()),
        ];
        let calls = self.home.calls.iter().map(|path| ("home.calls", Some(path)));
        for (key, path) in paths.into_iter().chain(more).chain(calls) {
            if let Some(path) = path {
                source.check_path(&base, key, path)?;
            }
        }
        let tokens = &self.tokens;
        for (key, pointer) in [
            ("access", &tokens.access),
            ("refresh", &tokens.refresh),
            ("expires_in", &tokens.expires_in),
            ("user", &tokens.user),
        ] {
            if !pointer.is_empty() && !pointer.starts_with('/') {
                return Err(source.at(
                    &format!("tokens.{key}"),
                    "A JSON pointer starts with a slash, e.g. \"/data/access\" (RFC 6901).",
                ));
            }
        }
        Ok(Settings {
            policy: self.policy.check(source)?,
            dev_panel: cfg!(feature = "dev-panel") && self.dev.panel.unwrap_or(embedded_demo),
            backend,
            embedded_demo,
            server: ServerProfile {
                base,
                login: self.login,
                refresh: self.refresh,
                logout: self.logout,
                tokens: self.tokens,
                rejected: self.rejected,
            },
            home_calls: self.home.calls,
            notes_path: self.home.notes,
            profile_path: self.profile.map(|profile| profile.path),
        })
    }
}

impl PolicyTable {
    fn check(self, source: &Source<'_>) -> Result<RefreshPolicy, ConfigProblem> {
        let usual = RefreshPolicy::default();
        let time = |own: Option<Span>, usual| own.map_or(usual, |span| span.0);
        let window_fraction = self.window_fraction.unwrap_or(usual.window_fraction);
        if !(0.0..=0.9).contains(&window_fraction) {
            return Err(source.at("policy.window_fraction", "This must be a number from 0 to 0.9."));
        }
        Ok(RefreshPolicy {
            refresh_window: time(self.refresh_window, usual.refresh_window),
            window_fraction,
            when_due: self.when_due.unwrap_or(usual.when_due),
            pause_at_most: time(self.pause_at_most, usual.pause_at_most),
            call_deadline: time(self.call_deadline, usual.call_deadline),
            refresh_timeout: time(self.refresh_timeout, usual.refresh_timeout),
            refresh_ahead: self.refresh_ahead.unwrap_or(usual.refresh_ahead),
            idle_after: time(self.idle_after, usual.idle_after),
        })
    }
}

/// The user's text, to find lines in.
struct Source<'a> {
    text: &'a str,
    file: &'a Path,
}

impl Source<'_> {
    fn problem(&self, offset: Option<usize>, key: Option<&str>, message: &str) -> ConfigProblem {
        let line =
            offset.map(|offset| self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1);
        ConfigProblem {
            file: self.file.to_owned(),
            line,
            key: key.map(str::to_owned),
            message: message.to_owned(),
        }
    }

    fn at(&self, key: &str, message: &str) -> ConfigProblem {
        self.problem(self.offset(key), Some(key), message)
    }

    /// What serde found; an unknown key is named in its message only.
    fn at_value(&self, path: &str, message: &str) -> ConfigProblem {
        let quoted =
            message.strip_prefix("unknown field `").or_else(|| message.strip_prefix("missing field `"));
        let named = quoted.and_then(|rest| rest.split('`').next());
        let path = path.trim_end_matches(".?").trim_matches('.');
        let key = match named {
            Some(name) if path.is_empty() || path == "?" => name.to_owned(),
            Some(name) if path.rsplit('.').next() != Some(name) => format!("{path}.{name}"),
            Some(_) | None => path.to_owned(),
        };
        self.at(&key, &format!("{}.", message.trim().trim_end_matches('.')))
    }

    fn check_path(&self, base: &Url, key: &str, path: &str) -> Result<(), ConfigProblem> {
        match confine::join(base, path) {
            Ok(_) => Ok(()),
            Err(why) => Err(self.at(
                key,
                &format!("{path:?} cannot be used as a path: {why}. Paths are relative to base_url."),
            )),
        }
    }

    /// Where a dotted key stands, or the longest part of it that does.
    fn offset(&self, key: &str) -> Option<usize> {
        let document = toml::de::DeTable::parse(self.text).ok()?;
        let mut table = document.get_ref();
        let mut found = None;
        for part in key.split('.') {
            let Some((name, value)) = table.iter().find(|(name, _)| name.get_ref() == part) else { break };
            found = Some(Spanned::span(name).start);
            let toml::de::DeValue::Table(inner) = value.get_ref() else { break };
            table = inner;
        }
        found
    }
}

/// The user's keys win; tables are overlaid key by key, arrays are replaced.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, ConfigProblem> {
        parse(text, Path::new("config.toml"))
    }

    fn problem(text: &str) -> (Option<usize>, Option<String>, String) {
        let problem = read(text).unwrap_err();
        (problem.line, problem.key, problem.message)
    }

    #[test]
    fn no_file_is_the_embedded_demo_server() {
        let settings = read("").unwrap();
        assert!(settings.embedded_demo);
        assert_eq!(settings.home_calls.len(), 5);
        assert_eq!(settings.policy, RefreshPolicy::default());
    }

    #[test]
    fn a_key_of_the_file_overrides_one_key_of_the_preset() {
        let settings = read("backend = \"simplejwt\"\nbase_url = \"http://127.0.0.1:8000\"\n[login]\nusername_field = \"email\"\n[policy]\nrefresh_window = \"2m\"\n").unwrap();
        assert!(!settings.embedded_demo);
        assert_eq!(settings.server.base.as_str(), "http://127.0.0.1:8000/");
        assert_eq!(
            (settings.server.login.username_field.as_str(), settings.server.login.path.as_str()),
            ("email", "api/token/")
        );
        assert_eq!(settings.policy.refresh_window, Duration::from_secs(120));
    }

    #[test]
    fn the_demo_preset_with_an_address_is_a_server_of_ones_own() {
        assert!(!read("base_url = \"http://127.0.0.1:9/\"").unwrap().embedded_demo);
    }

    #[test]
    fn p10_the_dev_panel_is_the_demo_servers_unless_it_is_asked_for_or_sent_away_by_name() {
        let real = "base_url = \"https://example.com/\"\n";
        for (text, there) in [
            (String::new(), true),
            ("[dev]\npanel = false".to_owned(), false),
            (real.to_owned(), false),
            (format!("{real}[dev]\npanel = true"), true),
            (format!("backend = \"simplejwt\"\n{real}"), false),
        ] {
            let built_in = cfg!(feature = "dev-panel");
            assert_eq!(read(&text).unwrap().dev_panel, there && built_in, "{text}");
        }
    }

    #[test]
    fn every_mistake_is_named_with_key_and_line() {
        for (text, line, key, part) in [
            ("backend = \"nosuch\"", Some(1), "backend", "simplejwt"),
            ("\nbackend = 3", Some(2), "backend", "text"),
            ("backend = \"simplejwt\"\n", None, "base_url", "missing"),
            ("base_url = \"http://example.com\"", Some(1), "base_url", "https"),
            ("# hi\nbase_ulr = \"https://x\"", Some(2), "base_ulr", "unknown field"),
            ("[login]\npath = 3", Some(2), "login.path", "invalid type"),
            ("[login]\npth = \"x\"", Some(2), "login.pth", "unknown field"),
            ("[login]\nencoding = \"xml\"", Some(2), "login.encoding", "form"),
            ("[login]\npath = \"//evil/\"", Some(2), "login.path", "relative"),
            ("[tokens]\naccess = \"access\"", Some(2), "tokens.access", "slash"),
            ("[policy]\nrefresh_window = \"ten\"", Some(2), "policy.refresh_window", "10m"),
            ("[policy]\nwindow_fraction = 1.5", Some(2), "policy.window_fraction", "0.9"),
            ("[dev]\npanel = 1", Some(2), "dev.panel", "boolean"),
            ("[home]\ncalls = [\"../x\"]", Some(2), "home.calls", "dot segment"),
            ("backend = \"custom\"\nbase_url = \"https://x\"", None, "login.path", "missing field"),
        ] {
            let (found_line, found_key, message) = problem(text);
            assert_eq!((found_line, found_key.as_deref()), (line, Some(key)), "{text}: {message}");
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    #[test]
    fn a_file_that_is_not_toml_is_named_with_its_line() {
        let (line, _, message) = problem("backend = \"demo\"\nthis is not toml");
        assert_eq!(line, Some(2), "{message}");
    }

    #[test]
    fn every_preset_reads_with_an_address_and_its_paths() {
        for (name, _) in PRESETS {
            let paths =
                if name == "custom" { "[login]\npath = \"l\"\n[refresh]\npath = \"r\"\n" } else { "" };
            let text = format!("backend = \"{name}\"\nbase_url = \"https://example.com/\"\n{paths}");
            assert!(read(&text).is_ok(), "{name}: {:?}", read(&text).err());
        }
    }
}
