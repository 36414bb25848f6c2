//! `config.toml`: where it is, and what the window adds to the engine's settings: the embedded demo server and `[dev]`.
//! Not here: the keys, the presets and their problems (`session_engine::settings`), and what the settings do.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use session_engine::RefreshPolicy;
use session_engine::server::ServerProfile;
use session_engine::settings::{self, Problem, Reader};

/// The file's name in the app's config folder.
const FILE_NAME: &str = "config.toml";

/// The app's folder below the user's config and data folders.
const APP_FOLDER: &str = "dev.session-keeper.app";

/// What stands in for the base address until the embedded demo server has a port.
const DEMO_BASE: &str = "http://127.0.0.1/";

/// How the file is read: over the engine's settings.
const READER: Reader<'_> = Reader { own_tables: &["dev"], stand_in: Some(("demo", DEMO_BASE)) };

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
    let read: settings::Read<OwnTables> = READER.read(text).map_err(|Problem { line, key, message }| {
        ConfigProblem { file: file.to_owned(), line, key, message }
    })?;
    let settings = read.settings;
    Ok(Settings {
        backend: settings.backend,
        embedded_demo: read.stands_in,
        server: settings.server,
        home_calls: settings.home_calls,
        notes_path: settings.notes_path,
        profile_path: settings.profile_path,
        policy: settings.policy,
        dev_panel: cfg!(feature = "dev-panel") && read.own.dev.panel.unwrap_or(read.stands_in),
    })
}

/// The tables that are the window's.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct OwnTables {
    dev: DevTable,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DevTable {
    panel: Option<bool>,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        let login = settings.server.login.unwrap();
        assert_eq!((login.username_field.as_str(), login.path.as_str()), ("email", "api/token/"));
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

    /// The engine's own table of mistakes is longer; these are the file's.
    #[test]
    fn a_mistake_is_named_with_file_key_and_line_also_in_a_table_of_the_window() {
        for (text, line, key, part) in [
            ("# hi\nbase_ulr = \"https://x\"", Some(2), "base_ulr", "`dev`"),
            ("[dev]\npanel = 1", Some(2), "dev.panel", "boolean"),
            ("[dev]\npannel = true", Some(2), "dev.pannel", "`panel`"),
            ("dev = 1", Some(1), "dev", "a table"),
            ("backend = \"simplejwt\"\n", None, "base_url", "missing"),
        ] {
            let (found_line, found_key, message) = problem(text);
            assert_eq!((found_line, found_key.as_deref()), (line, Some(key)), "{text}: {message}");
            assert!(message.contains(part), "{text}: {message}");
        }
        let words = read("\nbackend = 3").unwrap_err().to_string();
        assert!(words.starts_with("config.toml:2 (backend): "), "{words}");
    }

    #[test]
    fn a_file_that_is_not_toml_is_named_with_its_line() {
        let (line, _, message) = problem("backend = \"demo\"\nthis is not toml");
        assert_eq!(line, Some(2), "{message}");
    }
}
