//! The commands the page may call: a doc line and one delegating expression each.
//! Not here: any behaviour (`program`), and who may call what (`permissions/`).

use session_doctor::{Report, Step};
use tauri::State;
use tauri::ipc::Channel;

use crate::call_phases::CallPhases;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::log::LogFolder;
use crate::settings_file::SettingsFile;
use crate::tickets::Tickets;
use crate::view::{
    ApiCall, ApiReplyView, CallProgress, CommandError, EventBatch, ExportView, FaultView, ProfileSlotView,
    ProfileView, SessionView, SettingsDraft, SettingsView, StartupView,
};
use crate::windows::PanelWindow;

/// What the window needs before anything else.
#[tauri::command]
#[specta::specta]
pub async fn startup(desk: State<'_, Desk>, caller: Caller) -> Result<StartupView, CommandError> {
    Ok(desk.startup(caller.name()).await)
}

/// The session as it is now.
#[tauri::command]
#[specta::specta]
pub async fn session(desk: State<'_, Desk>) -> Result<SessionView, CommandError> {
    Ok(desk.session().await)
}

/// Signs in, once for a ticket: a second session would stay open at the server, and nobody know of it. Null: every time.
#[tauri::command]
#[specta::specta]
pub async fn sign_in(
    desk: State<'_, Desk>,
    tickets: State<'_, Tickets>,
    username: String,
    password: String,
    ticket: Option<u64>,
) -> Result<SessionView, CommandError> {
    tickets.take(ticket)?;
    desk.program().await?.sign_in(username, password).await
}

/// Signs out; also offline.
#[tauri::command]
#[specta::specta]
pub async fn sign_out(desk: State<'_, Desk>, remember: bool) -> Result<SessionView, CommandError> {
    desk.program().await?.sign_out(remember).await
}

/// Sends a call of the API through the interceptor.
#[tauri::command]
#[specta::specta]
pub async fn api_call(
    desk: State<'_, Desk>,
    phases: State<'_, CallPhases>,
    call: ApiCall,
) -> Result<ApiReplyView, CommandError> {
    desk.program().await?.api_call(call, &phases).await
}

/// From now on the phases of this page's calls.
#[tauri::command]
#[specta::specta]
pub async fn watch_calls(
    phases: State<'_, CallPhases>,
    progress: Channel<Vec<CallProgress>>,
) -> Result<(), CommandError> {
    phases.tell(progress);
    Ok(())
}

/// The kept profile.
#[tauri::command]
#[specta::specta]
pub async fn profile(desk: State<'_, Desk>) -> Result<Option<ProfileView>, CommandError> {
    desk.program().await?.profile().await
}

/// Reads the profile from the server through the interceptor, and keeps it.
#[tauri::command]
#[specta::specta]
pub async fn reload_profile(desk: State<'_, Desk>) -> Result<ProfileView, CommandError> {
    desk.program().await?.reload_profile().await
}

/// The note that is not sent yet.
#[tauri::command]
#[specta::specta]
pub async fn draft(desk: State<'_, Desk>) -> Result<String, CommandError> {
    desk.program().await?.draft().await
}

/// Keeps the note that is not sent yet.
#[tauri::command]
#[specta::specta]
pub async fn save_draft(desk: State<'_, Desk>, text: String) -> Result<(), CommandError> {
    desk.program().await?.save_draft(text).await
}

/// Keeps where the user is.
#[tauri::command]
#[specta::specta]
pub async fn save_route(desk: State<'_, Desk>, route: String) -> Result<(), CommandError> {
    desk.program().await?.save_route(route).await
}

/// "Retry now": passes the backoff by (R15).
#[tauri::command]
#[specta::specta]
pub async fn retry_now(desk: State<'_, Desk>) -> Result<(), CommandError> {
    desk.program().await?.refresh_now().await;
    Ok(())
}

/// Tries the keyring again.
#[tauri::command]
#[specta::specta]
pub async fn retry_vault(desk: State<'_, Desk>) -> Result<(), CommandError> {
    desk.program().await?.retry_vault().await;
    Ok(())
}

/// The settings as a form: the file's own, or those of a text.
#[tauri::command]
#[specta::specta]
pub async fn settings(
    file: State<'_, SettingsFile>,
    text: Option<String>,
) -> Result<SettingsView, CommandError> {
    file.view(text).await
}

/// Walks through the server that the settings describe, and tells each step.
#[tauri::command]
#[specta::specta]
pub async fn test_settings(
    file: State<'_, SettingsFile>,
    draft: SettingsDraft,
    username: String,
    password: String,
    reuse: bool,
    steps: Channel<Step>,
) -> Result<Option<Report>, CommandError> {
    file.test(draft, username, password, reuse, &steps).await
}

/// Stops the walk that runs.
#[tauri::command]
#[specta::specta]
pub async fn stop_test(file: State<'_, SettingsFile>) -> Result<(), CommandError> {
    file.stop_test();
    Ok(())
}

/// Saves the settings, and goes on with them.
#[tauri::command]
#[specta::specta]
pub async fn save_settings(
    desk: State<'_, Desk>,
    file: State<'_, SettingsFile>,
    draft: SettingsDraft,
) -> Result<StartupView, CommandError> {
    file.save(&desk, draft).await
}

/// Shows the folder of the logs.
#[tauri::command]
#[specta::specta]
pub async fn open_logs(logs: State<'_, LogFolder>) -> Result<(), CommandError> {
    logs.open()
}

/// Dev panel: the black box, then every event from now on.
#[tauri::command]
#[specta::specta]
pub async fn watch_events(
    desk: State<'_, Desk>,
    caller: Caller,
    events: Channel<EventBatch>,
) -> Result<(), CommandError> {
    desk.program().await?.watch_events(caller.label(), &events);
    Ok(())
}

/// Dev panel: no more events by this channel.
#[tauri::command]
#[specta::specta]
pub async fn unwatch_events(desk: State<'_, Desk>, caller: Caller, channel: u32) -> Result<(), CommandError> {
    desk.program().await?.unwatch_events(caller.label(), channel);
    Ok(())
}

/// Dev panel: the event log as a file that can be shown to others.
#[tauri::command]
#[specta::specta]
pub async fn export_events(
    desk: State<'_, Desk>,
    archive: Option<String>,
) -> Result<ExportView, CommandError> {
    desk.program().await?.export_events(archive).await
}

/// Dev panel: where the kept profile is on the disk.
#[tauri::command]
#[specta::specta]
pub async fn profile_slot(desk: State<'_, Desk>) -> Result<Option<ProfileSlotView>, CommandError> {
    desk.program().await?.profile_slot().await
}

/// Dev panel: refreshes now, due or not.
#[tauri::command]
#[specta::specta]
pub async fn refresh_now(desk: State<'_, Desk>) -> Result<(), CommandError> {
    desk.program().await?.refresh_now().await;
    Ok(())
}

/// Dev panel: a window of its own for it, if there is none yet; to the front, if it is to come there.
#[tauri::command]
#[specta::specta]
pub async fn detach_panel(panel: State<'_, PanelWindow>, front: bool) -> Result<(), CommandError> {
    panel.open(front)
}

/// Dev panel: back into the main window.
#[tauri::command]
#[specta::specta]
pub async fn attach_panel(panel: State<'_, PanelWindow>) -> Result<(), CommandError> {
    panel.put_back().await;
    Ok(())
}

/// Dev panel: closes its own window.
#[tauri::command]
#[specta::specta]
pub async fn close_panel(panel: State<'_, PanelWindow>) -> Result<(), CommandError> {
    panel.close().await;
    Ok(())
}

/// Dev panel: the demo server's switches.
#[tauri::command]
#[specta::specta]
pub async fn faults(desk: State<'_, Desk>) -> Result<Vec<FaultView>, CommandError> {
    Ok(desk.program().await?.faults())
}

/// Dev panel: turns one of them.
#[tauri::command]
#[specta::specta]
pub async fn set_fault(
    desk: State<'_, Desk>,
    name: String,
    on: bool,
) -> Result<Vec<FaultView>, CommandError> {
    desk.program().await?.set_fault(&name, on)
}

/// Dev panel: lets time pass for this program and the demo server.
#[tauri::command]
#[specta::specta]
pub async fn pass_time(desk: State<'_, Desk>, seconds: u32) -> Result<SessionView, CommandError> {
    desk.program().await?.pass_time(seconds).await
}

/// Dev panel: turns all of them off.
#[tauri::command]
#[specta::specta]
pub async fn reset_faults(desk: State<'_, Desk>) -> Result<Vec<FaultView>, CommandError> {
    Ok(desk.program().await?.reset_faults())
}
