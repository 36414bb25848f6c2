//! What the app has kept on the disk about its user, as seen from outside.
//! Not in it: how it is kept; only as much of the format is known here as tells the newest record.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;

/// The place to come back to, from the newest record below the app's folder; none when nothing is kept yet.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn route(app: &Path) -> Result<Option<String>> {
    let mut newest = (0, None);
    for folder in std::fs::read_dir(app.join("keepsakes"))?.flatten() {
        for file in std::fs::read_dir(folder.path())?.flatten() {
            // A slot that is being written is no slot yet.
            let slot: Value = serde_json::from_slice(&std::fs::read(file.path())?).unwrap_or_default();
            let record: Value =
                serde_json::from_str(slot["slot"]["record"].as_str().unwrap_or_default()).unwrap_or_default();
            let generation = slot["slot"]["generation"].as_u64().unwrap_or_default();
            if record.get("profile").is_some() && generation > newest.0 {
                newest = (generation, record["route"].as_str().map(str::to_owned));
            }
        }
    }
    Ok(newest.1)
}
