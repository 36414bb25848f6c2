//! The app's first picture as a page of its own, without a script, and with one of one line: what any program with this view must at least draw.
//! Not here: the window it is shown in (`tests/bare-window`).

use std::time::Duration;

use anyhow::{Context, Result};
use session_keeper_e2e::{Rig, Setting, workspace};
use tempfile::TempDir;

/// The home view before any call is answered, with its styles and typefaces, in a folder.
pub(crate) async fn picture() -> Result<TempDir> {
    let mut rig = Rig::set_up(&Setting::default()).await?;
    rig.start(&[]).await?;
    let page = rig.page()?;
    page.sign_in().await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    rig.server()?.handle().set_latency(Duration::from_secs(20));
    page.reload().await?;
    page.shows("home-view").await?;
    page.eval(
        "for (const script of document.querySelectorAll('script, [as=script]')) script.remove(); return true",
    )
    .await?;
    let html = page.html().await?;
    rig.stop().await?;
    let folder = tempfile::tempdir()?;
    let copies = folder.path().join("assets");
    std::fs::create_dir(&copies)?;
    std::fs::write(folder.path().join("index.html"), format!("<!doctype html>{html}"))?;
    let (painter, script) = by_script(&html)?;
    std::fs::write(folder.path().join("script.html"), painter)?;
    std::fs::write(copies.join("script.js"), script)?;
    let assets = workspace().join("ui/dist/assets");
    for asset in
        std::fs::read_dir(&assets).with_context(|| format!("{}: build the UI first", assets.display()))?
    {
        let asset = asset?;
        std::fs::copy(asset.path(), copies.join(asset.file_name()))?;
    }
    Ok(folder)
}

/// The same picture with an empty body, and the one line that fills it: the least that a view drawn by a script costs.
fn by_script(html: &str) -> Result<(String, String)> {
    let (head, rest) = html.split_once("<body").context("no body")?;
    let (attributes, body) = rest.split_once('>').context("no body")?;
    let (body, end) = body.rsplit_once("</body>").context("no end of the body")?;
    let page = format!(
        "<!doctype html>{head}<script type=\"module\" src=\"/assets/script.js\"></script><body{attributes}></body>{end}"
    );
    Ok((page, format!("document.body.innerHTML = {};", serde_json::to_string(body)?)))
}
