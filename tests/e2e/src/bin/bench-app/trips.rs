//! Round trips from the page: a command that does nothing, and a call of the API, through the app and through a window that only sends.
//! Not here: calls side by side; these come one after another.

use std::path::Path;

use anyhow::{Context, Result};
use session_keeper_e2e::{ACCOUNT, Page, Rig, Setting};

use crate::{Figures, Size};

/// Both talk to the same server, in this process.
pub(crate) async fn measure(fetch: &Path, size: &Size) -> Result<Figures> {
    let mut rig = Rig::set_up(&Setting::default()).await?;
    let base = rig.server()?.base_url().to_owned();
    rig.start(&[]).await?;
    rig.page()?.sign_in().await?;
    rig.stop().await?;
    let mut found = Figures::new();
    for _ in 0..size.trip_rounds {
        rig.start(&[]).await?;
        let page = rig.page()?;
        page.shows("home-view").await?;
        let invoke = "invoke('session', {})";
        found.entry("app: invoke").or_default().push(trip(page, size.trips, "", invoke).await?);
        let call = "invoke('api_call', { call: { method: 'GET', path: 'api/me/', body: null, ticket: ++window.tickets } })";
        found.entry("app: call").or_default().push(trip(page, size.trips, "", call).await?);
        rig.stop().await?;
        rig.start_other(fetch).await?;
        let page = rig.page()?;
        found
            .entry("bare: invoke")
            .or_default()
            .push(trip(page, size.trips, "", "invoke('echo', {})").await?);
        let who = serde_json::json!({ "username": ACCOUNT.0, "password": ACCOUNT.1 }).to_string();
        let sign_in = format!(
            "const [, reply] = await invoke('fetch', {{ method: 'POST', url: '{base}api/token/', token: '', body: {who:?} }});
             const token = JSON.parse(reply).access;"
        );
        let call = format!("invoke('fetch', {{ method: 'GET', url: '{base}api/me/', token, body: '' }})");
        found.entry("bare: call").or_default().push(trip(page, size.trips, &sign_in, &call).await?);
        rig.stop().await?;
    }
    Ok(found)
}

/// The mean of so many trips, in microseconds: the page's clock counts whole milliseconds. As many go before them: a page that has just
/// been loaded compiles its script meanwhile, the larger one longer, for a second or more.
async fn trip(page: &Page, trips: u32, before: &str, once: &str) -> Result<f64> {
    let script = format!(
        "const {{ invoke }} = window.__TAURI_INTERNALS__;
         window.tickets = 1e6;
         window.trip = null;
         (async () => {{
             {before}
             for (let count = 0; count < {trips}; count++) await {once};
             const since = performance.now();
             for (let count = 0; count < {trips}; count++) await {once};
             window.trip = ((performance.now() - since) * 1000) / {trips};
         }})().catch((error) => {{ window.trip = String(error?.message ?? error); }});
         return true;"
    );
    page.eval(&script).await?;
    let found = page.until("the round trips to end", "return window.trip;").await?;
    found.as_f64().with_context(|| format!("{once}: {found}"))
}
