//! From the first sign-in to the last sign-out without a mouse: only keys, and each stop of the focus can be seen.
//! Not in it: a single click, nor the focus set from outside.

use anyhow::Result;
use demo_api::Fault;
use session_keeper_e2e::{ACCOUNT, Page, Rig, Setting, play};
use thirtyfour::Key;

const DRAFT: &str = "Written without a mouse";

/// Signs in at the second try, walks all views, changes a setting, writes, fires calls, opens and walks the dev panel, is signed out by the server, comes
/// back to the same place, and signs out.
#[test]
fn keys_alone_lead_from_sign_in_to_sign_out_and_the_focus_is_always_seen() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        sign_in(rig).await?;

        page.tab_to("nav-settings").await?;
        page.press(Key::Enter).await?;
        page.shows("settings-view").await?;
        page.tab_to("theme-system").await?;
        page.press(Key::Right).await?;
        page.until("light", "return document.documentElement.dataset.theme === 'light'").await?;
        page.press(Key::Right).await?;
        page.until("dark", "return document.documentElement.dataset.theme === 'dark'").await?;
        go_to(page, "profile").await?;
        page.shows("profile-field").await?;
        go_to(page, "home").await?;
        page.tab_to("draft").await?;
        page.press(DRAFT).await?;
        rig.keeps_draft(DRAFT).await?;
        page.tab_to("calls-count").await?;
        page.press_with(&[Key::Control], 'a').await?;
        page.press("7").await?;
        page.press(Key::Enter).await?;
        page.counts("call-row[data-status=\"ok\"]", 7).await?;

        page.press_with(&[Key::Control, Key::Shift], 'd').await?;
        page.shows("dev-panel").await?;
        page.tab_to("dev-tab[data-tab=\"token\"]").await?;
        page.press(Key::Right).await?;
        page.shows("dev-tab[data-tab=\"profile\"][aria-selected=\"true\"]").await?;
        page.tab_to("lane").await?;
        page.press(Key::Down).await?;
        page.shows("waterfall-card").await?;
        page.tab_to("event-row").await?;
        page.tab_to("refresh-now").await?;
        page.press(Key::Enter).await?;
        page.counts("event-row[data-kind=\"refresh-succeeded\"]", 1).await?;
        page.press_with(&[Key::Control, Key::Shift], 'd').await?;
        page.gone("dev-panel").await?;

        server.handle().revoke_all_refresh_tokens()?;
        server.handle().set_fault(Fault::ExpireAccess, true);
        page.tab_to("nav-profile").await?;
        page.press(Key::Enter).await?;
        page.root_becomes("route", &["login"]).await?;
        page.shows("login-notice").await?;
        page.focuses("login-password").await?;
        assert_eq!(page.value("login-username").await?, ACCOUNT.0);
        server.handle().set_fault(Fault::ExpireAccess, false);
        page.press(ACCOUNT.1).await?;
        page.press(Key::Enter).await?;
        page.root_becomes("route", &["profile"]).await?;
        has_page(page).await?;
        go_to(page, "home").await?;
        page.holds("draft", DRAFT).await?;

        page.tab_to("sign-out").await?;
        page.press(Key::Enter).await?;
        // Enter by mistake does no harm.
        page.focuses("sign-out-cancel").await?;
        page.press(Key::Escape).await?;
        page.gone("sign-out-confirm").await?;
        page.focuses("sign-out").await?;
        page.press(Key::Enter).await?;
        page.focuses("sign-out-cancel").await?;
        page.press(Key::Enter).await?;
        page.gone("sign-out-confirm").await?;
        page.focuses("sign-out").await?;
        page.press(Key::Enter).await?;
        page.focuses("sign-out-cancel").await?;
        page.tab_to("sign-out-confirm").await?;
        page.press(Key::Enter).await?;
        page.root_becomes("route", &["login"]).await?;
        page.focuses("login-username").await?;
        assert_eq!(page.root("session").await?, "signed-out");
        Ok(())
    })
}

/// Tab leads through the sidebar as it is seen: from the links by what a banner offers to the panel and the way out.
#[test]
fn the_focus_comes_by_a_banner_where_it_stands() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        sign_in(rig).await?;
        server.handle().set_fault(Fault::Refresh503, true);
        server.handle().set_fault(Fault::ExpireAccess, true);
        page.tab_to("home-reload").await?;
        page.press(Key::Enter).await?;
        page.root_becomes("session", &["degraded"]).await?;
        page.shows("retry-now").await?;
        page.tab_to("nav-settings").await?;
        let mut met = Vec::new();
        while met.last().is_none_or(|last| last != "sign-out") {
            page.press(Key::Tab).await?;
            met.push(page.focus().await?.name);
            assert!(met.len() < 8, "{met:?}");
        }
        met.retain(|name| ["retry-now", "dev-toggle", "sign-out"].contains(&name.as_str()));
        assert_eq!(met, ["retry-now", "dev-toggle", "sign-out"]);
        Ok(())
    })
}

/// At the second try, and until the home view has its calls.
async fn sign_in(rig: &Rig) -> Result<()> {
    let page = rig.page()?;
    rig.give_keyboard().await?;
    page.focuses("login-username").await?;
    page.press(ACCOUNT.0).await?;
    page.tab_to("login-password").await?;
    page.press("difference-engine").await?;
    page.press(Key::Enter).await?;
    page.shows("login-error[data-kind=\"wrong-credentials\"]").await?;
    page.focuses("login-password").await?; // all of it selected
    page.press(ACCOUNT.1).await?;
    page.press(Key::Enter).await?;
    page.root_becomes("route", &["home"]).await?;
    has_page(page).await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await
}

/// The focus is where the page begins, and not nowhere.
async fn has_page(page: &Page) -> Result<()> {
    page.until("the focus on the page", "return document.activeElement.localName === 'main'").await.map(drop)
}

async fn go_to(page: &Page, view: &str) -> Result<()> {
    page.tab_to(&format!("nav-{view}")).await?;
    page.press(Key::Enter).await?;
    page.shows(&format!("{view}-view")).await
}
