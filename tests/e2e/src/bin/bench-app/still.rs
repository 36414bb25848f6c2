//! The app's first view as a page of its own, without a script: what any program with this view must at least draw.
//! Not here: the window it is shown in (`tests/bare-window`).

use std::path::PathBuf;

use anyhow::{Context, Result};
use session_keeper_e2e::{Rig, workspace};

/// Writes the page that is shown now, with its styles and typefaces, into a folder of the run.
pub(crate) async fn of(rig: &Rig) -> Result<PathBuf> {
    let page = rig.page()?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    page.eval(
        "for (const script of document.querySelectorAll('script, [as=script]')) script.remove(); return true",
    )
    .await?;
    let folder = rig.folder().join("still");
    let assets = workspace().join("ui/dist/assets");
    std::fs::create_dir_all(folder.join("assets"))?;
    std::fs::write(folder.join("index.html"), format!("<!doctype html>{}", page.html().await?))?;
    for asset in
        std::fs::read_dir(&assets).with_context(|| format!("{}: build the UI first", assets.display()))?
    {
        let asset = asset?;
        std::fs::copy(asset.path(), folder.join("assets").join(asset.file_name()))?;
    }
    Ok(folder)
}
