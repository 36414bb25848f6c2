//! What a failed run leaves behind: a picture, the page's HTML, and every file the run wrote (logs, stores).
//! Not in it: deciding that a run has failed.

use std::path::Path;

use anyhow::Result;

use crate::page::Page;
use crate::stage::workspace;

/// Folders whose content tells nothing.
const DULL: &[&str] = &["cache", "run", "mesa_shader_cache", "home"];

/// Fills `test-results/<name>/` anew.
///
/// # Errors
/// When it cannot be written.
pub(crate) async fn leave(name: &str, page: Option<&Page>, run: &Path) -> Result<()> {
    let target = workspace().join("test-results").join(name);
    if target.exists() {
        std::fs::remove_dir_all(&target)?;
    }
    copy(run, &target)?;
    if let Some(page) = page {
        // A page that no longer answers is told by the missing files.
        let _picture = page.picture(&target.join("page.png")).await;
        if let Ok(html) = page.html().await {
            std::fs::write(target.join("page.html"), html)?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)?.flatten() {
        let (kind, name) = (entry.file_type()?, entry.file_name());
        if kind.is_dir() && !DULL.iter().any(|dull| name == *dull) {
            copy(&entry.path(), &to.join(name))?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}
