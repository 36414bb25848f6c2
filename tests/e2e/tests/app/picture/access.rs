//! Every view in every state, in light colours from left to right and in dark ones from right to left: nothing that somebody could not see, read or operate.
//! Not in it: the keyboard (`keyboard`), and the states that only a fake host can show (the UI's own tests).

use std::time::Duration;

use anyhow::{Context, Result};
use demo_api::Fault;
use session_keeper_e2e::{ACCOUNT, Page, Rig, Setting, play, until};

const MINUTE: Duration = Duration::from_secs(60);

/// What was looked at, and what was found there.
struct Looks {
    themes: &'static [&'static str],
    states: Vec<String>,
    barriers: Vec<String>,
}

impl Looks {
    fn in_colours(themes: &'static [&'static str]) -> Self {
        Self { themes, states: Vec::new(), barriers: Vec::new() }
    }

    /// Looks at what is shown now, in each of the colours.
    async fn at(&mut self, page: &Page, state: &str) -> Result<()> {
        for theme in self.themes {
            page.paint(theme).await?;
            let found = page.barriers().await.with_context(|| state.to_owned())?;
            self.barriers.extend(found.into_iter().map(|what| format!("{state}, {theme}: {what}")));
        }
        self.states.push(state.to_owned());
        Ok(())
    }

    fn none(self, states: usize) {
        assert_eq!(self.barriers, [""; 0], "{} barriers", self.barriers.len());
        assert_eq!(self.states.len(), states, "{:?}", self.states);
    }
}

/// WCAG 2.2 A and AA, in English and light colours.
#[test]
fn axe_finds_nothing_in_any_view_or_state_in_light_colours() -> Result<()> {
    play(&Setting::default(), async |rig| walk(rig, "en", &["light"]).await)
}

/// WCAG 2.2 A and AA, in Arabic and dark colours.
#[test]
fn axe_finds_nothing_in_any_view_or_state_in_dark_colours_from_right_to_left() -> Result<()> {
    play(&Setting::default(), async |rig| walk(rig, "ar", &["dark"]).await)
}

/// A session that nothing can prolong: the warning, the dialog over the page, and the login view after its end. And a program that cannot start.
#[test]
fn axe_finds_nothing_in_the_warning_the_dialog_over_the_page_and_the_problem_view() -> Result<()> {
    let setting = Setting { config: "[tokens]\nrefresh = \"/none\"\n", ..Setting::default() };
    play(&setting, async |rig| {
        let mut looks = Looks::in_colours(&["light", "dark"]);
        let (page, server) = (rig.page()?, rig.server()?);
        server.handle().set_login_age(26 * MINUTE);
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.shows("session-ending").await?;
        looks.at(page, "a certain end").await?;
        page.click("session-ending-sign-in").await?;
        page.shows("sign-in-dialog").await?;
        looks.at(page, "signing in over the page").await?;
        page.fill("login-password", "difference-engine").await?;
        page.click("login-submit").await?;
        page.shows("login-error[data-kind=\"wrong-credentials\"]").await?;
        looks.at(page, "a wrong password over the page").await?;
        page.click("sign-in-later").await?;
        server.handle().set_fault(Fault::ExpireAccess, true);
        page.click("home-reload").await?;
        page.shows("login-notice[data-kind=\"no-refresh-token\"]").await?;
        looks.at(page, "ended without a refresh token").await?;

        std::fs::write(
            rig.folder().join("config.toml"),
            "backend = \"demo\"\n[policy]\nrefresh_window = \"soon\"\n",
        )?;
        rig.restart().await?;
        rig.page()?.root_becomes("route", &["problem"]).await?;
        looks.at(rig.page()?, "the settings are wrong").await?;
        looks.none(5);
        Ok(())
    })
}

async fn walk(rig: &mut Rig, language: &str, themes: &'static [&'static str]) -> Result<()> {
    let mut looks = Looks::in_colours(themes);
    let page = rig.page()?;
    page.sign_in().await?;
    page.go_to("settings").await?;
    page.click(&format!("language-{language}")).await?;
    page.until("the language", &format!("return document.documentElement.lang === '{language}'")).await?;
    page.click("sign-out").await?;
    page.click("sign-out-confirm").await?;
    login(rig, &mut looks).await?;
    views(rig, &mut looks).await?;
    panel(rig, &mut looks).await?;
    conditions(rig, &mut looks).await?;
    ends(rig, &mut looks).await?;
    looks.none(27);
    Ok(())
}

/// The login view and what can be wrong with a sign-in.
async fn login(rig: &Rig, looks: &mut Looks) -> Result<()> {
    let (page, server) = (rig.page()?, rig.server()?);
    page.shows("login-form").await?;
    looks.at(page, "login").await?;
    page.click("login-submit").await?;
    page.shows("login-username[aria-invalid=\"true\"]").await?;
    looks.at(page, "login, nothing filled in").await?;
    page.submit_login(ACCOUNT.0, "difference-engine").await?;
    page.shows("login-error[data-kind=\"wrong-credentials\"]").await?;
    looks.at(page, "login, a wrong password").await?;
    server.handle().set_fault(Fault::Offline, true);
    page.click("login-submit").await?;
    page.shows("login-error[data-kind=\"offline\"]").await?;
    looks.at(page, "login, offline").await?;
    server.handle().set_fault(Fault::Offline, false);
    page.click("login-setup").await?;
    page.shows("settings-preset").await?;
    looks.at(page, "login, setting up a server").await?;
    page.click("login-setup").await?;
    server.handle().set_latency(Duration::from_secs(4));
    page.submit_login(ACCOUNT.0, ACCOUNT.1).await?;
    page.shows("login-submit[aria-busy=\"true\"]").await?;
    looks.at(page, "login, on its way").await?;
    page.root_becomes("route", &["home"]).await?;
    looks.at(page, "home, on its way").await?;
    server.handle().set_latency(Duration::ZERO);
    Ok(())
}

/// Home, profile, settings, and the dialog that asks before a sign-out.
async fn views(rig: &Rig, looks: &mut Looks) -> Result<()> {
    let (page, server) = (rig.page()?, rig.server()?);
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    looks.at(page, "home").await?;
    page.fill("draft", "A thought").await?;
    page.fill("calls-count", "501").await?;
    page.click("calls-fire").await?;
    page.shows("calls-count[aria-invalid=\"true\"]").await?;
    looks.at(page, "home, a draft and too many calls").await?;
    page.go_to("profile").await?;
    page.shows("profile-field").await?;
    looks.at(page, "profile").await?;
    page.go_to("settings").await?;
    page.shows("settings-preset").await?;
    looks.at(page, "settings").await?;
    page.eval("document.querySelector('.server-more').open = true; return true").await?;
    page.fill("settings-username", ACCOUNT.0).await?;
    page.fill("settings-password", ACCOUNT.1).await?;
    page.click("settings-test").await?;
    page.until(
        "the end of the test",
        "return !document.querySelector('[data-testid=\"settings-test\"]').matches('[aria-busy=\"true\"]')",
    )
    .await?;
    looks.at(page, "settings, all of them, and a test of the server").await?;
    page.click("sign-out").await?;
    page.shows("sign-out-confirm").await?;
    looks.at(page, "signing out").await?;
    page.click("sign-out-cancel").await?;
    page.gone("sign-out-confirm").await?;
    page.go_to("home").await?;
    let hold = server.handle().hold_refreshes();
    server.handle().set_fault(Fault::ExpireAccess, true);
    page.fire(5).await?;
    page.counts("call-row[data-status=\"waiting\"]", 5).await?;
    looks.at(page, "home, calls that wait").await?;
    drop(hold);
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    server.handle().set_fault(Fault::ExpireAccess, false);
    Ok(())
}

/// The dev panel's sheets, its table, a card, and what it says of an export.
async fn panel(rig: &Rig, looks: &mut Looks) -> Result<()> {
    let page = rig.page()?;
    page.open_dev_panel().await?;
    page.shows("lane").await?;
    for sheet in ["token", "profile", "scenarios"] {
        page.click(&format!("dev-tab[data-tab=\"{sheet}\"]")).await?;
        page.shows(&format!("dev-tab[data-tab=\"{sheet}\"][aria-selected=\"true\"]")).await?;
        looks.at(page, &format!("dev panel, {sheet}")).await?;
    }
    page.eval("document.querySelector('[data-testid=\"lane\"]').focus(); return true").await?;
    page.shows("waterfall-card").await?;
    looks.at(page, "dev panel, a call's card").await?;
    page.click("waterfall-as-table").await?;
    page.shows("waterfall-table").await?;
    looks.at(page, "dev panel, the table").await?;
    page.click("waterfall-as-table").await?;
    page.click("events-export").await?;
    page.shows("export-file").await?;
    looks.at(page, "dev panel, exported").await?;
    page.press(thirtyfour::Key::Escape).await?;
    page.gone("export-file").await
}

/// What lasts: no keyring, a clock that is wrong, no server; and a view that cannot be loaded.
async fn conditions(rig: &mut Rig, looks: &mut Looks) -> Result<()> {
    rig.kill_keyring().await?;
    let (page, server) = (rig.page()?, rig.server()?);
    server.handle().set_access_lifetime(Duration::ZERO);
    page.click("refresh-now").await?;
    page.shows("banner[data-kind=\"vault\"]").await?;
    page.shows("banner[data-kind=\"clock\"]").await?;
    looks.at(page, "no keyring and a wrong clock, above the dev panel").await?;
    server.handle().set_access_lifetime(30 * MINUTE);
    page.click("refresh-now").await?;
    page.gone("banner[data-kind=\"clock\"]").await?;
    server.handle().set_fault(Fault::Offline, true);
    page.click("refresh-now").await?;
    page.shows("banner[data-kind=\"offline\"]").await?;
    page.click("dev-toggle").await?;
    page.gone("dev-panel").await?;
    looks.at(page, "no keyring and no server").await?;
    page.fire(3).await?;
    page.counts("call-row[data-status=\"error\"]", 3).await?;
    looks.at(page, "home, calls that failed").await?;
    page.go_to("profile").await?;
    page.click("profile-reload").await?;
    page.shows("profile-kept").await?;
    looks.at(page, "profile, as kept on this device").await?;
    server.handle().set_fault(Fault::Offline, false);
    // The next attempt by itself may be quicker than a click.
    page.eval("document.querySelector('[data-testid=\"retry-now\"]')?.click(); return true").await?;
    page.gone("banner[data-kind=\"offline\"]").await?;
    rig.start_keyring().await
}

/// The ends of a session, each with its reason.
async fn ends(rig: &mut Rig, looks: &mut Looks) -> Result<()> {
    let (page, server) = (rig.page()?, rig.server()?);
    server.handle().revoke_all_refresh_tokens()?;
    server.handle().set_fault(Fault::ExpireAccess, true);
    page.click("nav-home").await?;
    page.shows("login-notice[data-kind=\"rejected\"]").await?;
    looks.at(page, "ended by the server").await?;
    server.handle().set_fault(Fault::ExpireAccess, false);

    // A refresh token is taken once only, and a reply is lost.
    server.handle().set_grace(Duration::ZERO);
    server.handle().set_fault(Fault::LoseReply, true);
    page.fill("login-password", ACCOUNT.1).await?;
    page.click("login-submit").await?;
    page.root_becomes("session", &["fresh"]).await?;
    server.handle().set_fault(Fault::ExpireAccess, true);
    page.go_to("home").await?;
    page.click("home-reload").await?;
    page.shows("login-notice[data-kind=\"reply-lost\"]").await?;
    looks.at(page, "ended by a lost reply").await?;
    server.handle().set_fault(Fault::ExpireAccess, false);

    // The same, and the program is stopped in the middle.
    page.fill("login-password", ACCOUNT.1).await?;
    page.click("login-submit").await?;
    page.root_becomes("session", &["fresh"]).await?;
    let before = server.counts().refreshes_ok;
    server.handle().set_refresh_delay(5 * MINUTE);
    server.handle().set_fault(Fault::ExpireAccess, true);
    page.eval("document.querySelector('[data-testid=\"home-reload\"]').click(); return true").await?;
    until("the rotation", async || Ok(server.counts().refreshes_ok > before)).await?;
    server.handle().set_refresh_delay(Duration::ZERO);
    rig.restart().await?;
    rig.page()?.shows("login-notice[data-kind=\"interrupted\"]").await?;
    looks.at(rig.page()?, "ended by a stop in the middle").await
}
