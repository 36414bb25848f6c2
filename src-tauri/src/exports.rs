//! What the developer panel writes to files that can be shown to others (P1).
//! Not here: what is left out of them (the engine for events; the panel, which has no more than events, for the archive).

use serde::de::IgnoredAny;
use session_engine::LEFT_OUT;

use crate::adapters::clock::wall_ms;
use crate::folders;
use crate::program::Program;
use crate::view::{CommandError, CommandErrorCode, ExportView};

/// The longest HTTP archive that is written, in bytes: the panel keeps ten thousand events.
const LONGEST_ARCHIVE: usize = 64 * 1024 * 1024;

impl Program {
    /// Writes the events that the panel was shown to a file of its own that can be shown to others (P1); where nobody watches, the black
    /// box. `archive`, the same calls as an HTTP archive, becomes a file beside it.
    ///
    /// # Errors
    /// [`CommandError`] when it cannot be written, or `archive` is no JSON or longer than 64 MiB.
    pub async fn export_events(&self, archive: Option<String>) -> Result<ExportView, CommandError> {
        let is_json = |text: &String| serde_json::from_str::<IgnoredAny>(text).is_ok();
        if archive.as_ref().is_some_and(|text| text.len() > LONGEST_ARCHIVE || !is_json(text)) {
            return Err(CommandError::new(CommandErrorCode::InvalidInput, "This is no HTTP archive."));
        }
        let shown = Some(self.watchers.shown()).filter(|shown| !shown.is_empty());
        let events = shown.unwrap_or_else(|| self.session.events());
        let (count, forgotten) =
            (events.len(), events.first().map_or(0, |first| first.seq.saturating_sub(1)));
        let (session, folder) = (self.session.clone(), self.exports.clone());
        let now = wall_ms();
        let file = folder.join(format!("events-{now}.jsonl"));
        let beside = archive.is_some().then(|| folder.join(format!("calls-{now}.har")));
        let (events_file, archive_file) = (file.clone(), beside.clone());
        let work = move || {
            folders::make_private(&folder)?;
            std::fs::write(&events_file, session.export_of(&events))?;
            archive_file.zip(archive).map_or(Ok(()), |(file, text)| std::fs::write(file, text))
        };
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(std::io::Error::other).flatten().map_err(|error| {
            let message = format!("{} cannot be written: {error}. Check the disk's space.", file.display());
            CommandError::new(CommandErrorCode::Store, message)
        })?;
        let left_out = LEFT_OUT.map(str::to_owned).to_vec();
        let archive = beside.map(|file| file.display().to_string());
        Ok(ExportView { file: file.display().to_string(), archive, events: count, forgotten, left_out })
    }
}
