//! The shell: the only Rust that knows Tauri. It starts the windows, and has the program opened behind them.
//! Not here: how that is opened (`opening`), any rule of the session (`session-engine`), any behaviour of a command (`program`).
//!
//! # Layout
//! `cli → checkup → session doctor`; `lib → opening → compose → adapters`, `commands → desk → program → session engine`, `windows → doors, places`; `view` is what crosses to the UI.

pub mod adapters;
pub mod bindings;
pub mod call_phases;
pub mod caller;
pub mod checkup;
pub mod cli;
pub mod commands;
pub mod compose;
pub mod config;
pub mod desk;
pub mod doors;
mod exports;
pub mod folders;
mod form;
pub mod keepsakes;
mod log;
mod opening;
pub mod places;
pub mod program;
pub mod settings_file;
pub mod tickets;
pub mod view;
mod watchers;
pub mod windows;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use tauri::{AppHandle, Manager, RunEvent, Runtime};

use crate::adapters::handles;
use crate::adapters::lock::{self, FolderLock};
use crate::adapters::paint;
use crate::adapters::slots;
use crate::call_phases::CallPhases;
use crate::config::{ConfigProblem, Settings};
use crate::doors::Doors;
use crate::log::LogFolder;
use crate::places::Places;
use crate::tickets::Tickets;
use crate::view::StartupProblem;
use crate::windows::PanelWindow;

/// The exit code when the settings cannot be used.
const BAD_SETTINGS: u8 = 2;

/// The exit code when another process has the data folder.
const ALREADY_RUNNING: u8 = 3;

/// The data folder's lock. It is held until the process is gone: what runs on while it ends may still write.
static LOCK: OnceLock<FolderLock> = OnceLock::new();

/// Runs the program until its main window is closed.
#[must_use]
pub fn run() -> ExitCode {
    paint::suit_the_machine();
    folders::keep_new_files_private();
    let settings = read_settings();
    let data_dir = config::data_dir().filter(|_| settings.is_ok());
    let data_dir = data_dir.map(|folder| std::path::absolute(&folder).unwrap_or(folder));
    let _log = log::start(data_dir.as_deref());
    let failed = Arc::new(OnceLock::new());
    if let Err(problem) = &settings {
        say(&problem.to_string());
        let _ = failed.set(BAD_SETTINGS);
    }
    let scratch = std::env::temp_dir().join(format!("session-keeper-{}", std::process::id()));
    let (code, elsewhere) = (Arc::clone(&failed), scratch.clone());
    let bindings = bindings::builder::<tauri::Wry>();
    let app = tauri::Builder::default()
        .plugin(slots::shut_at_exit())
        .plugin(tauri_plugin_store::Builder::new().build())
        .invoke_handler(doors::watched(bindings.invoke_handler()))
        .setup(move |app| {
            handles::keep_count_from_zero(app.handle());
            bindings.mount_events(app);
            let settings = settings.map_err(|problem| StartupProblem::from(&problem));
            let settings = be_the_only_one(app.handle(), data_dir.as_deref(), &code).and(settings);
            let data_dir = data_dir.filter(|_| settings.is_ok());
            let webview_dir = data_dir.as_ref().map_or(elsewhere, |data_dir| data_dir.join("webview"));
            let doors = Doors::default();
            if let Ok(settings) = &settings {
                doors.open_for(app, settings)?;
            }
            app.manage(doors);
            app.manage(CallPhases::default());
            app.manage(Tickets::default());
            app.manage(opening::settings_file(app.handle(), data_dir.clone()));
            app.manage(LogFolder::new(data_dir.as_deref(), Box::new(|folder| open::that_detached(folder))));
            app.manage(PanelWindow::new(app.handle(), webview_dir.clone()));
            let places = Places::read(data_dir.as_deref());
            tauri::async_runtime::spawn(places.keep());
            app.manage(places);
            opening::open_desk(app, settings, data_dir);
            windows::open_main(app.handle(), webview_dir)?;
            Ok(())
        })
        .build(context());
    match app {
        Ok(app) => {
            let code = app.run_return(|app, event| {
                if matches!(event, RunEvent::ExitRequested { .. }) {
                    lock::give_up_name(app);
                }
                if matches!(event, RunEvent::Exit) {
                    app.state::<Places>().finish();
                }
            });
            let _ = std::fs::remove_dir_all(scratch); // there only if the program could not be opened
            ExitCode::from(failed.get().copied().unwrap_or_else(|| u8::try_from(code).unwrap_or(1)))
        }
        Err(error) => {
            say(&format!("The window cannot be opened: {error}."));
            ExitCode::FAILURE
        }
    }
}

/// Makes this the only process with its data folder, or ends it, or says why it cannot be (P14, F28).
fn be_the_only_one(
    app: &AppHandle,
    data_dir: Option<&Path>,
    failed: &OnceLock<u8>,
) -> Result<(), StartupProblem> {
    match lock::claim(app, data_dir, windows::show_main) {
        Ok(lock) => {
            let _ = lock.map(|lock| LOCK.set(lock));
            Ok(())
        }
        Err(error) => {
            say(&error.to_string());
            let _ = failed.set(if error.is_taken() { ALREADY_RUNNING } else { 1 });
            Err(StartupProblem::from(&error))
        }
    }
}

#[expect(clippy::exit, reason = "in what the macro makes")]
fn context<R: Runtime>() -> tauri::Context<R> {
    tauri::generate_context!()
}

fn read_settings() -> Result<Settings, ConfigProblem> {
    let no_home = || ConfigProblem {
        file: PathBuf::from("config.toml"),
        line: None,
        key: None,
        message: "This user has no home folder. Set SESSION_KEEPER_CONFIG and SESSION_KEEPER_DATA_DIR."
            .into(),
    };
    config::load(&config::config_file().ok_or_else(no_home)?)
}

#[expect(clippy::print_stderr, reason = "for who starts the program from a terminal")]
fn say(text: &str) {
    eprintln!("session-keeper: {text}");
}
