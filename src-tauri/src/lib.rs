//! The shell.
/// Runs.
pub fn run() -> std::process::ExitCode {
    let ctx: tauri::Context<tauri::Wry> = tauri::generate_context!();
    match tauri::Builder::default().run(ctx) { Ok(()) => std::process::ExitCode::SUCCESS, Err(_) => std::process::ExitCode::FAILURE }
}
