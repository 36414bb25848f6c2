//! Opens the program behind the windows, ties its events to them, and opens it anew when the settings are saved.
//! Not here: what the program is made of (`compose`), and who waits for it (`desk`).

use std::path::PathBuf;

use futures::FutureExt;
use tauri::{App, AppHandle, EventTarget, Manager, Runtime};
use tauri_specta::Event;

use crate::adapters::slots::PluginSlots;
use crate::compose::{self, Parts};
use crate::config::{self, Settings};
use crate::desk::{Desk, Opened};
use crate::doors::Doors;
use crate::program::UiEvent;
use crate::settings_file::SettingsFile;
use crate::view::{ProgramReopened, StartupProblem};
use crate::windows::{MAIN, PANEL, PanelWindow};

/// Opens the program behind the window: the window does not wait for it.
pub(crate) fn open_desk(app: &App, settings: Result<Settings, StartupProblem>, data_dir: Option<PathBuf>) {
    let handle = app.handle().clone();
    let desk = Desk::new(async move { open_program(handle, settings?, data_dir, 0).await });
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
    first_seq: u64,
) -> Opened {
    let data_dir = data_dir.unwrap_or_default();
    let parts = Parts {
        data_dir: &data_dir,
        records: Box::new(PluginSlots::new(app.clone())),
        vault: None,
        emit: Box::new(move |event| emit(&app, event)),
    };
    compose::start_from(first_seq, settings, parts).await
}

/// The settings' file; when it is saved the program is opened anew behind the same windows, with the doors that belong to it.
pub(crate) fn settings_file(app: &AppHandle, data_dir: Option<PathBuf>) -> SettingsFile {
    let app = app.clone();
    let open = move |settings: Settings, first_seq| {
        let (app, data_dir) = (app.clone(), data_dir.clone());
        async move {
            let opened = app.state::<Doors>().open_for(&app, &settings);
            if !app.state::<Doors>().are_open_to(PANEL) {
                app.state::<PanelWindow>().shut();
            }
            opened.map_err(|error| StartupProblem::of_window(&error.to_string()))?;
            let program = open_program(app.clone(), settings, data_dir, first_seq).await;
            if let Err(error) = ProgramReopened.emit_to(&app, PANEL) {
                tracing::warn!(%error, "the panel's window could not be told of the program that is new");
            }
            program
        }
        .boxed()
    };
    SettingsFile::new(config::config_file().unwrap_or_else(|| PathBuf::from("config.toml")), Box::new(open))
}

/// Sends an event to our windows, to each once.
fn emit<R: Runtime>(app: &AppHandle<R>, event: UiEvent) {
    let sent = match event {
        UiEvent::Changed(changed) => changed.emit_filter(app, is_ours),
        UiEvent::Expired(expired) => expired.emit_filter(app, is_ours),
    };
    if let Err(error) = sent {
        tracing::warn!(%error, "an event could not be sent to the windows");
    }
}

fn is_ours(target: &EventTarget) -> bool {
    let (EventTarget::AnyLabel { label }
    | EventTarget::Window { label }
    | EventTarget::Webview { label }
    | EventTarget::WebviewWindow { label }) = target
    else {
        return false;
    };
    [MAIN, PANEL].contains(&label.as_str())
}
