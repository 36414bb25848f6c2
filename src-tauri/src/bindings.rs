//! The commands and events as the UI sees them, and the TypeScript made of them (`ui/src/ipc/bindings.ts`).
//! Not here: the types themselves (`view`), and which of the commands a window may call (`doors`, `permissions/`).

use tauri::Runtime;
use tauri_specta::{Builder, Commands, collect_commands, collect_events};

use crate::{commands, view};

/// All commands and events.
#[must_use]
pub fn builder<R: Runtime>() -> Builder<R> {
    Builder::<R>::new()
        .commands(commands())
        .events(collect_events![
            view::SessionChanged,
            view::SessionExpired,
            view::PanelLeft,
            view::ProgramReopened
        ])
        .disable_serde_phases() // a type crosses in one direction only
        .dangerously_cast_bigints_to_number() // all are milliseconds and counters, far below 2^53
}

/// What every build has, and what is named besides.
macro_rules! commands_and {
    ($($more:tt)*) => {
        collect_commands![
            commands::startup,
            commands::session,
            commands::sign_in,
            commands::sign_out,
            commands::api_call,
            commands::watch_calls,
            commands::profile,
            commands::reload_profile,
            commands::draft,
            commands::save_draft,
            commands::save_route,
            commands::retry_now,
            commands::retry_vault,
            commands::settings,
            commands::test_settings,
            commands::stop_test,
            commands::save_settings,
            commands::open_logs,
            $($more)*
        ]
    };
}

#[cfg(feature = "dev-panel")]
fn commands<R: Runtime>() -> Commands<R> {
    commands_and![
        commands::watch_events,
        commands::unwatch_events,
        commands::export_events,
        commands::profile_slot,
        commands::refresh_now,
        commands::detach_panel,
        commands::attach_panel,
        commands::close_panel,
        commands::faults,
        commands::set_fault,
        commands::reset_faults,
        commands::pass_time,
    ]
}

#[cfg(not(feature = "dev-panel"))]
fn commands<R: Runtime>() -> Commands<R> {
    commands_and![]
}
