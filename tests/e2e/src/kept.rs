//! What the app has kept on the disk about its users, as seen from outside.
//! Not in it: how it is kept; only as much of the format is known here as tells the newest record.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A user's record.
#[derive(Debug, Deserialize)]
pub struct Kept {
    /// Whose it is.
    account: String,
    /// The profile, to the letter.
    pub profile: Option<Box<RawValue>>,
    /// The note that is not sent yet.
    #[serde(default)]
    pub draft: String,
    /// The place to come back to.
    pub route: Option<String>,
}

#[derive(Deserialize)]
struct File {
    slot: Slot,
}

#[derive(Deserialize)]
struct Slot {
    generation: u64,
    record: String,
}

/// The newest record of each user below the app's folder. What is still being written is no record yet.
///
/// # Errors
/// When a folder cannot be read.
pub(crate) fn newest(app: &Path) -> Result<BTreeMap<String, Kept>> {
    let mut newest = BTreeMap::<String, (u64, Kept)>::new();
    let folder = app.join("keepsakes");
    if !folder.exists() {
        return Ok(BTreeMap::new());
    }
    for server in std::fs::read_dir(folder)?.flatten() {
        for file in std::fs::read_dir(server.path())?.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            // What is written beside the two slots is kept only once it has become one of them.
            let is_slot =
                name.starts_with("user-") && [".a.json", ".b.json"].iter().any(|end| name.ends_with(end));
            // A file may go while it is looked at.
            let Some(bytes) = is_slot.then(|| std::fs::read(file.path()).ok()).flatten() else { continue };
            let Ok(File { slot }) = serde_json::from_slice(&bytes) else { continue };
            let Ok(kept) = serde_json::from_str::<Kept>(&slot.record) else { continue };
            if newest.get(&kept.account).is_none_or(|(best, _)| *best < slot.generation) {
                newest.insert(kept.account.clone(), (slot.generation, kept));
            }
        }
    }
    Ok(newest.into_iter().map(|(account, (_, kept))| (account, kept)).collect())
}
