//! The command line: the window without arguments, `doctor` for a check-up in a terminal, without a display.
//! Not here: the walk (`checkup`), and anything of Tauri: what stands here is decided before that starts.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::{Long, Short, Value};
use secrecy::SecretString;
use session_doctor::{Paint, Report, Step, StepStatus, table};
use session_engine::ports::Credentials;
use tokio_util::sync::CancellationToken;

use crate::checkup::{self, Asked};
use crate::config::{self, Settings};
use crate::desk::DEMO_ACCOUNT;

/// Nothing was found that must be mended.
const HEALTHY: u8 = 0;

/// Something was.
const FINDINGS: u8 = 1;

/// The arguments, the settings or the password are missing or wrong: nothing was asked of the server.
const CANNOT_RUN: u8 = 2;

/// The variable that the password may come in.
const PASSWORD: &str = "SESSION_KEEPER_PASSWORD";

/// Back to the line's begin, and the line empty (ECMA-48: CR, EL).
const OVER_THE_LINE: &str = "\r\x1b[K";

const HELP: &str = "\
Session Keeper keeps a session alive, loses nothing of its user's, and shows why each thing happened.

Usage:
  session-keeper                   opens the window
  session-keeper doctor [options]  walks through a server and says what it finds

Options of doctor:
  --config FILE   the settings to test; else those of the window; else a demo server is walked through
  --user NAME     who signs in; asked for if it is not given
  --reuse         also uses spent refresh tokens again, which may end the session
                  and takes half a minute where they work
  --json          prints the report as JSON

Everywhere:
  -h, --help      this text
  -V, --version   the version

The password is asked for, or read from SESSION_KEEPER_PASSWORD; it is never an argument.
Exit code of doctor: 0 healthy, 1 something must be mended, 2 it could not run or was stopped.
";

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Window,
    Doctor(Options),
    Help,
    Version,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    config: Option<PathBuf>,
    user: Option<String>,
    reuse: bool,
    json: bool,
}

/// Does what the arguments ask for. `None`: the window is wanted.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let code = match read(arguments) {
        Ok(Wanted::Window) => return None,
        Ok(Wanted::Help) => print(HELP),
        Ok(Wanted::Version) => print(concat!("session-keeper ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Wanted::Doctor(options)) => doctor(&options),
        Err(why) => cannot_run(&format!("{why}. See session-keeper --help.")),
    };
    Some(ExitCode::from(code))
}

fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Wanted, lexopt::Error> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut wanted = Wanted::Window;
    while let Some(argument) = parser.next()? {
        wanted = match (argument, wanted) {
            (Short('h') | Long("help"), _) => return Ok(Wanted::Help),
            (Short('V') | Long("version"), _) => return Ok(Wanted::Version),
            (Value(word), Wanted::Window) if word == "doctor" => Wanted::Doctor(Options::default()),
            (Long("config"), Wanted::Doctor(options)) => {
                Wanted::Doctor(Options { config: Some(parser.value()?.into()), ..options })
            }
            (Long("user"), Wanted::Doctor(options)) => {
                let user = parser.value()?.into_string().map_err(lexopt::Error::NonUnicodeValue)?;
                Wanted::Doctor(Options { user: Some(user), ..options })
            }
            (Long("reuse"), Wanted::Doctor(options)) => Wanted::Doctor(Options { reuse: true, ..options }),
            (Long("json"), Wanted::Doctor(options)) => Wanted::Doctor(Options { json: true, ..options }),
            (argument, _) => return Err(argument.unexpected()),
        };
    }
    Ok(wanted)
}

fn doctor(options: &Options) -> u8 {
    match examine(options) {
        Ok(report) => {
            let text = match options.json {
                true => serde_json::to_string_pretty(&report).unwrap_or_default() + "\n",
                false => table(&report, paint()),
            };
            let code = if report.healthy { HEALTHY } else { FINDINGS };
            print(&text).max(code)
        }
        Err(why) => cannot_run(&why),
    }
}

fn examine(options: &Options) -> Result<Report, String> {
    let no_home = "This user has no home folder: name the settings with --config FILE.";
    let file = options.config.clone().or_else(config::config_file).ok_or(no_home)?;
    // A file that was named must be there; the window's own may be missing, and then the demo server is meant.
    let is_named = options.config.is_some() || std::env::var_os("SESSION_KEEPER_CONFIG").is_some();
    let toml = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_named => String::new(),
        Err(error) => return Err(format!("{} cannot be read: {error}.", file.display())),
    };
    let settings = config::parse(&toml, &file).map_err(|problem| problem.to_string())?;
    let is_demo = settings.embedded_demo && options.user.is_none();
    let (username, password) = if is_demo {
        (DEMO_ACCOUNT.0.to_owned(), SecretString::from(DEMO_ACCOUNT.1))
    } else {
        (user(options)?, password()?)
    };
    let credentials = Credentials { username, password };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| format!("No threads can be started: {error}."))?;
    let asked = Asked { toml, credentials, reuse: options.reuse };
    runtime
        .block_on(walk(settings, asked))?
        .ok_or_else(|| "Stopped; the session it had is signed out.".to_owned())
}

/// The walk, with the step that runs on a terminal's last line; Ctrl+C stops it and signs out.
async fn walk(settings: Settings, asked: Asked) -> Result<Option<Report>, String> {
    let is_watched = std::io::stderr().is_terminal() && !is_dumb();
    let tell = |step: &Step| {
        if is_watched && step.status == StepStatus::Running {
            say(&format!("{OVER_THE_LINE}  · {} … {}", step.name.title(), step.summary));
        } else if is_watched {
            say(OVER_THE_LINE);
        }
    };
    let stop = CancellationToken::new();
    let mut walk = std::pin::pin!(checkup::walk(settings, asked, &tell, &stop));
    tokio::select! {
        report = &mut walk => return report,
        _ = tokio::signal::ctrl_c() => stop.cancel(),
    }
    walk.await
}

fn user(options: &Options) -> Result<String, String> {
    if let Some(user) = &options.user {
        return Ok(user.clone());
    }
    if !std::io::stdin().is_terminal() {
        return Err("Nobody is there to be asked for the name: give it with --user NAME.".to_owned());
    }
    let mut name = String::new();
    say("Name: ");
    std::io::stdin().read_line(&mut name).map_err(|error| format!("The name cannot be read: {error}."))?;
    Ok(name.trim().to_owned())
}

fn password() -> Result<SecretString, String> {
    if let Some(password) = std::env::var_os(PASSWORD) {
        let password = password.into_string().map_err(|_| format!("{PASSWORD} is not text."))?;
        return Ok(SecretString::from(password));
    }
    rpassword::prompt_password("Password: ").map(SecretString::from).map_err(|_| {
        format!("Nobody is there to be asked for the password: set {PASSWORD}, or start it in a terminal.")
    })
}

/// Colours only where somebody looks at a terminal that wants them (no-color.org).
fn paint() -> Paint {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if std::io::stdout().is_terminal() && !unwanted && !is_dumb() { Paint::Colours } else { Paint::Plain }
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Prints, also into a pipe that is closed early.
fn print(text: &str) -> u8 {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => CANNOT_RUN,
        Ok(()) | Err(_) => HEALTHY,
    }
}

fn cannot_run(why: &str) -> u8 {
    say(&format!("session-keeper: {why}\n"));
    CANNOT_RUN
}

fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes()); // who closed it does not want to know
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_words(words: &str) -> Result<Wanted, lexopt::Error> {
        read(words.split_whitespace().map(OsString::from))
    }

    #[test]
    fn no_argument_is_the_window_and_doctor_takes_its_options() {
        assert_eq!(read_words("").unwrap(), Wanted::Window);
        let options =
            Options { config: Some("a.toml".into()), user: Some("ada".into()), reuse: true, json: true };
        let words = "doctor --config a.toml --user=ada --reuse --json";
        assert_eq!(read_words(words).unwrap(), Wanted::Doctor(options));
        assert_eq!(read_words("doctor -h").unwrap(), Wanted::Help);
        assert_eq!(read_words("--version").unwrap(), Wanted::Version);
    }

    #[test]
    fn p1_a_password_is_no_argument_and_what_is_not_known_is_refused() {
        for words in
            ["doctor --password x", "doctor x", "--config a", "nurse", "doctor --config", "-x", "--json"]
        {
            assert!(read_words(words).is_err(), "{words}");
        }
    }
}
