//! The shell: the only Rust that knows Tauri. It starts the window, and the program behind it.
//! Not here: any rule of the session (`session-engine`), any behaviour of a command (`program`).
//!
//! # Layout
//! `lib → compose → adapters`, `commands → desk → program → session engine`; `view` is what crosses to the UI.

pub mod adapters;
pub mod bindings;
pub mod commands;
pub mod compose;
pub mod config;
pub mod desk;
pub mod folders;
pub mod keepsakes;
mod log;
pub mod program;
pub mod view;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use tauri::{App, AppHandle, Manager, Runtime, WebviewUrl, WebviewWindowBuilder};
use tauri_specta::Event;

use crate::adapters::slots::PluginSlots;
use crate::compose::Parts;
use crate::config::{ConfigProblem, Settings};
use crate::desk::Desk;
use crate::program::{Program, UiEvent};
use crate::view::StartupProblem;

/// The one window.
const WINDOW: &str = "main";

/// The exit code when the settings cannot be used.
const BAD_SETTINGS: u8 = 2;

/// Runs the program until its window is closed.
#[must_use]
pub fn run() -> ExitCode {
    folders::keep_new_files_private();
    let settings = read_settings();
    let data_dir = config::data_dir().filter(|_| settings.is_ok());
    let _log = log::start(data_dir.as_deref());
    let failed = settings.as_ref().err().map(say_on_stderr);
    let scratch = std::env::temp_dir().join(format!("session-keeper-{}", std::process::id()));
    let webview_dir = data_dir.as_ref().map_or_else(|| scratch.clone(), |data_dir| data_dir.join("webview"));
    let bindings = bindings::builder::<tauri::Wry>();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| show_window(app)))
        .plugin(tauri_plugin_store::Builder::new().build())
        .invoke_handler(bindings.invoke_handler())
        .setup(move |app| {
            bindings.mount_events(app);
            open_desk(app, settings, data_dir);
            open_window(app, &webview_dir)?;
            Ok(())
        })
        .build(context());
    match app {
        Ok(app) => {
            let code = app.run_return(|_, _| ());
            let _ = std::fs::remove_dir_all(scratch); // there only if the settings were bad
            failed.unwrap_or_else(|| ExitCode::from(u8::try_from(code).unwrap_or(1)))
        }
        Err(error) => {
            say(&format!("The window cannot be opened: {error}."));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::exit, reason = "in what the macro makes")]
fn context() -> tauri::Context {
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

/// Opens the program behind the window: the window does not wait for it.
fn open_desk(app: &App, settings: Result<Settings, ConfigProblem>, data_dir: Option<PathBuf>) {
    let handle = app.handle().clone();
    let desk = Desk::new(async move {
        let settings = settings.map_err(|problem| StartupProblem::from(&problem))?;
        open_program(handle, settings, data_dir).await
    });
    let opening = desk.opening();
    app.manage(desk);
    tauri::async_runtime::spawn(async move {
        if let Err(problem) = opening.await {
            tracing::error!(title = problem.title, message = problem.message, "the program cannot be opened");
        }
    });
}

async fn open_program(
    app: AppHandle,
    settings: Settings,
    data_dir: Option<PathBuf>,
) -> Result<Arc<Program>, StartupProblem> {
    let data_dir = data_dir.unwrap_or_default();
    let parts = Parts {
        data_dir: &data_dir,
        records: Box::new(PluginSlots::new(app.clone())),
        vault: None,
        emit: Box::new(move |event| emit(&app, event)),
    };
    compose::start(settings, parts).await
}

/// Sends an event to the window.
pub fn emit<R: Runtime>(app: &AppHandle<R>, event: UiEvent) {
    let sent = match event {
        UiEvent::Changed(changed) => changed.emit_to(app, WINDOW),
        UiEvent::Expired(expired) => expired.emit_to(app, WINDOW),
    };
    if let Err(error) = sent {
        tracing::warn!(%error, "an event could not be sent to the window");
    }
}

/// Opens the window. What its webview writes goes into the data folder, too; with bad settings into one that is removed.
fn open_window(app: &App, webview_dir: &Path) -> tauri::Result<()> {
    let home = app.config().build.dev_url.clone();
    WebviewWindowBuilder::new(app, WINDOW, WebviewUrl::default())
        .data_directory(webview_dir.to_owned())
        .title("Session Keeper")
        .inner_size(1180.0, 820.0)
        .min_inner_size(480.0, 480.0)
        .on_navigation(move |url| is_our_page(url, home.as_ref()))
        .build()?;
    Ok(())
}

/// No navigation away (P9).
fn is_our_page(url: &url::Url, dev_url: Option<&url::Url>) -> bool {
    let ours = url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost");
    ours || (cfg!(not(feature = "custom-protocol"))
        && dev_url.is_some_and(|dev| dev.origin() == url.origin()))
}

fn show_window<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(WINDOW) {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

fn say_on_stderr(problem: &ConfigProblem) -> ExitCode {
    say(&problem.to_string());
    ExitCode::from(BAD_SETTINGS)
}

#[expect(clippy::print_stderr, reason = "for who starts the program from a terminal")]
fn say(text: &str) {
    eprintln!("session-keeper: {text}");
}
