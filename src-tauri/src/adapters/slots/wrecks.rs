//! What is damaged is put aside under a name of its own, neither read nor overwritten again (P13). The last few are kept.
//! Not here: what counts as damaged (`slots`).

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::adapters::clock::wall_ms;

/// Stands between the slot's name and the time, Unix milliseconds.
const MARK: &str = ".corrupt-";

/// How many are kept of one slot.
const MOST: usize = 4;

/// Moves what is at `slot` aside, whatever it is, and gives its new name.
pub(super) fn put_aside(slot: &Path) -> io::Result<String> {
    let (folder, mut wrecks) = (slot.parent().unwrap_or(Path::new("")), wrecks_of(slot));
    // Later than those that are there, also within a millisecond or when the clock was set back: none is overwritten, and the
    // oldest is the oldest.
    let last = wrecks.last().map_or(0, |(time, _)| time.saturating_add(1));
    let mut name = mark(slot);
    name.push(wall_ms().max(last).to_string());
    let aside = folder.join(&name);
    fs::rename(slot, &aside)?;
    wrecks.truncate((wrecks.len() + 1).saturating_sub(MOST));
    for (_, old) in wrecks {
        if let Err(error) = fs::remove_file(&old) {
            tracing::warn!(%error, file = %old.display(), "an old damaged record cannot be removed");
        }
    }
    Ok(name.to_string_lossy().into_owned())
}

/// Removes all of a record: its slots, what was being written, and what was put aside of it, which is the user's, too (R12).
pub(super) fn remove_all(folder: &Path, name: &str) -> io::Result<()> {
    let start = format!("{name}.");
    let is_of_it = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(start.as_bytes()))
    };
    let listed = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        listed => listed?,
    };
    let mut all = listed.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    all.retain(is_of_it);
    // In a folder there is nothing that was written here.
    all.retain(|path| !fs::symlink_metadata(path).is_ok_and(|about| about.is_dir()));
    all.iter().try_for_each(fs::remove_file)?;
    super::sync_folder(folder)
}

fn mark(slot: &Path) -> OsString {
    let mut mark = slot.file_name().unwrap_or_default().to_owned();
    mark.push(MARK);
    mark
}

/// What was put aside of a slot before, with its time, oldest first.
fn wrecks_of(slot: &Path) -> Vec<(i64, PathBuf)> {
    let mark = mark(slot);
    let time = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        name.strip_prefix(mark.to_str()?)?.parse().ok()
    };
    let listed = slot.parent().and_then(|folder| fs::read_dir(folder).ok());
    let paths = listed.into_iter().flatten().flatten().map(|entry| entry.path());
    let mut wrecks: Vec<_> = paths.filter_map(|path| Some((time(&path)?, path))).collect();
    wrecks.sort_unstable();
    wrecks
}
