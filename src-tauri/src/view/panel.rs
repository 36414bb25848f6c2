//! What the dev panel is shown besides: events, their export, the demo server's switches; and what its window tells and is told.
//! Not here: the words for events (the UI's).

use serde::Serialize;
use session_engine::Counters;
use session_engine::event::EventRecord;
use specta::Type;
use tauri_specta::Event;

/// Events for the dev panel, a batch at a time.
#[derive(Clone, Debug, Serialize, Type)]
pub struct EventBatch {
    /// Oldest first.
    pub events: Vec<EventRecord>,
    /// Counted up to the last of them.
    pub counters: Counters,
}

/// The event log as a file that can be shown to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExportView {
    /// Where it was written.
    pub file: String,
    /// Where the HTTP archive was, if there was one to write.
    pub archive: Option<String>,
    /// How many events are in it.
    pub events: usize,
    /// How many came before them and are not kept.
    pub forgotten: u64,
    /// What is not in it, in words.
    pub left_out: Vec<String>,
}

/// One of the demo server's fault switches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct FaultView {
    /// Its name.
    pub name: String,
    /// Whether it is on.
    pub on: bool,
    /// What it does, one sentence.
    pub description: String,
}

/// Sent to the main window when the dev panel's own has gone.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub struct PanelLeft {
    /// The panel goes on in the main window; else it was closed.
    pub back: bool,
}

/// Sent to the dev panel's own window when the program was opened anew, with other settings: what it shows is of the one before.
#[derive(Clone, Debug, Serialize, Type, Event)]
pub struct ProgramReopened;
