//! The tour's steps, in order: a name, what is to be seen, and what is done to see it. To add a step, add a line.
//! Not in it: pictures, timing and the end of the tour.

use anyhow::{Result, ensure};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use session_keeper_e2e::Rig;

/// The environment of a start, twice as sharp as the screen needs it.
pub(crate) const SHARP: &[&str] = &["GDK_SCALE=2", "GTK_THEME=Adwaita"];
const DRAFT: &str =
    "The Analytical Engine weaves algebraic patterns just as the Jacquard loom weaves flowers.";

/// What a step answers: a line of figures.
type Act = for<'a> fn(&'a mut Rig) -> LocalBoxFuture<'a, Result<String>>;

/// One step.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) caption: &'static str,
    pub(crate) act: Act,
}

const fn step(name: &'static str, caption: &'static str, act: Act) -> Step {
    Step { name, caption, act }
}

/// All of them.
pub(crate) const STEPS: &[Step] = &[
    step("login", "The login view, with the demo account at hand", |rig| login(rig).boxed_local()),
    step("home", "Signed in: five calls, each checked before it is sent", |rig| home(rig).boxed_local()),
    step("one-refresh", "The token is refused: five calls, one refresh, nobody notices", |rig| {
        one_refresh(rig).boxed_local()
    }),
    step("waiting", "The refresh takes its time: twenty calls wait for it", |rig| waiting(rig).boxed_local()),
    step("refreshed", "One refresh later all twenty went out with the new token", |rig| {
        refreshed(rig).boxed_local()
    }),
    step("profile", "The profile, with every field the server ever sent", |rig| profile(rig).boxed_local()),
    step("degraded", "The server cannot refresh just now: nobody is signed out, and calls go on", |rig| {
        degraded(rig).boxed_local()
    }),
    step("recovered", "The server is back, the session goes on", |rig| recovered(rig).boxed_local()),
    step("offline", "No network: said at once, and still signed in", |rig| offline(rig).boxed_local()),
    step("settings", "The settings", |rig| settings(rig).boxed_local()),
    step("expired", "The refresh token was revoked: the login view says why", |rig| {
        expired(rig).boxed_local()
    }),
    step("back", "Back in the same place, and the draft is still there", |rig| back(rig).boxed_local()),
    step("restart", "After a restart: still signed in, and the login view has not flashed", |rig| {
        restart(rig).boxed_local()
    }),
    step("dev-panel", "The dev panel, after twenty calls on one refresh", |rig| dev_panel(rig).boxed_local()),
    step("signed-out", "Signed out", |rig| signed_out(rig).boxed_local()),
];

async fn login(rig: &mut Rig) -> Result<String> {
    rig.page()?.shows("login-form").await?;
    Ok("route login, nobody signed in".into())
}

async fn home(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.sign_in().await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    Ok("5 calls, 5 ok".into())
}

async fn one_refresh(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.flip("expire-access", true).await?;
    page.fire(5).await?;
    page.counts("event-row[data-kind=\"refresh-succeeded\"]", 1).await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    page.reads("count-refreshes", "1").await?;
    page.reads("count-shared", "4").await?;
    page.flip("expire-access", false).await?;
    figures(rig).await
}

async fn waiting(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.flip("slow-refresh", true).await?;
    page.flip("expire-access", true).await?;
    page.fire(20).await?;
    page.counts("call-row[data-status=\"waiting\"]", 20).await?;
    Ok("20 calls waiting, 1 refresh on its way (the server takes 3 s)".into())
}

async fn refreshed(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.counts("call-row[data-status=\"ok\"]", 20).await?;
    page.reads("count-refreshes", "2").await?;
    figures(rig).await
}

async fn profile(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.click("faults-reset").await?;
    page.click("dev-toggle").await?;
    page.gone("dev-panel").await?;
    page.go_to("profile").await?;
    page.shows("profile-field").await?;
    Ok(format!("{} fields", page.count("profile-field").await?))
}

async fn degraded(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.go_to("home").await?;
    page.flip("refresh-503", true).await?;
    page.click("refresh-now").await?;
    page.root_becomes("session", &["degraded"]).await?;
    page.shows("banner").await?;
    page.fire(5).await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    figures(rig).await
}

async fn recovered(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.click("faults-reset").await?;
    page.root_becomes("session", &["fresh"]).await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    page.gone("banner").await?;
    figures(rig).await
}

async fn offline(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.flip("offline", true).await?;
    page.fire(5).await?;
    page.counts("call-row[data-status=\"error\"]", 5).await?;
    page.counts("event-row[data-kind=\"call-failed\"]", 5).await?;
    page.click("refresh-now").await?;
    page.shows("banner[data-kind=\"offline\"]").await?;
    ensure!(page.root("route").await? == "home", "somebody was signed out");
    figures(rig).await
}

async fn settings(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.click("faults-reset").await?;
    page.click("dev-toggle").await?;
    page.gone("dev-panel").await?;
    page.go_to("settings").await?;
    Ok("route settings".into())
}

async fn expired(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.go_to("home").await?;
    page.fill("draft", DRAFT).await?;
    page.flip("revoke-refresh", true).await?;
    page.click("refresh-now").await?;
    page.root_becomes("route", &["login"]).await?;
    page.text("login-notice").await
}

async fn back(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.open_dev_panel().await?;
    page.click("faults-reset").await?;
    page.click("dev-toggle").await?;
    page.gone("dev-panel").await?;
    page.sign_in().await?;
    page.holds("draft", DRAFT).await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    Ok("route home, the draft as it was".into())
}

async fn restart(rig: &mut Rig) -> Result<String> {
    rig.stop().await?;
    rig.start(SHARP).await?;
    let page = rig.page()?;
    page.go_to("home").await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    let routes = page.routes_seen().await?;
    ensure!(!routes.iter().any(|route| route == "login"), "the login view flashed");
    Ok(format!("routes seen since the start: {}", routes.join(", ")))
}

async fn dev_panel(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.flip("slow-refresh", true).await?;
    page.flip("expire-access", true).await?;
    page.fire(20).await?;
    page.counts("call-row[data-status=\"ok\"]", 20).await?;
    figures(rig).await
}

async fn signed_out(rig: &mut Rig) -> Result<String> {
    let page = rig.page()?;
    page.click("faults-reset").await?;
    page.click("dev-toggle").await?;
    page.gone("dev-panel").await?;
    page.click("sign-out").await?;
    page.click("sign-out-confirm").await?;
    page.shows("login-form").await?;
    Ok("route login".into())
}

/// The dev panel's counts, as it shows them.
async fn figures(rig: &Rig) -> Result<String> {
    let page = rig.page()?;
    let mut parts = Vec::new();
    for name in ["calls", "refreshes", "shared", "failures"] {
        parts.push(format!("{} {name}", page.text(&format!("count-{name}")).await?));
    }
    Ok(parts.join(", "))
}
