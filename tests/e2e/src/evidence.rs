//! What a failed run leaves behind: a picture, the page's HTML, and every file the run wrote (logs, stores).
//! Not in it: deciding that a run has failed.

use std::path::Path;

use anyhow::Result;

use crate::page::Page;
use crate::stage::workspace;

/// Folders whose content tells nothing.
const DULL: &[&str] = &["cache", "run", "mesa_shader_cache", "home"];

/// How much of a log a failure prints.
const LOG_LINES: usize = 40;

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
    tell_the_end_of_the_log(&target);
    if let Some(page) = page {
        // A page that no longer answers is told by the missing files.
        let _picture = page.picture(&target.join("page.png")).await;
        if let Ok(html) = page.html().await {
            std::fs::write(target.join("page.html"), html)?;
        }
    }
    Ok(())
}

/// Where only the run's output is left, as on a build server, it is all there is to go by.
#[expect(clippy::print_stdout, reason = "so that it stands with the test that failed")]
fn tell_the_end_of_the_log(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            tell_the_end_of_the_log(&path);
        } else if name.to_string_lossy().starts_with("session-keeper") {
            let Ok(log) = std::fs::read_to_string(&path) else { continue };
            let lines: Vec<&str> = log.lines().collect();
            let end = lines.get(lines.len().saturating_sub(LOG_LINES)..).unwrap_or_default();
            println!("the end of {}:\n{}", path.display(), end.join("\n"));
        }
    }
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
