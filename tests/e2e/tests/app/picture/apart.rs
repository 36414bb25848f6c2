//! The dev panel in a window of its own: there and back, closed in each way, found again, fed, and gone with the main window.
//! Not in it: what its page may not do (`webview`), and what the panel shows (`waterfall`, `export`).

use anyhow::{Context, Result};
use serde_json::{Value, json};
use session_keeper_e2e::{
    ACCOUNT, MAIN_WINDOW, PANEL_KEYS, PANEL_WINDOW, Page, Rig, Setting, Stands, play, until,
};

/// The timer leaves the refresh to the calls.
const BY_CALLS: Setting =
    Setting { embedded: true, config: "[policy]\nrefresh_ahead = false\n", ..Setting::USUAL };

/// Where a person puts the two windows.
const PANEL_PLACE: Stands = Stands { x: 640, y: 420, width: 980, height: 520 };
const MAIN_PLACE: Stands = Stands { x: 210, y: 130, width: 1024, height: 700 };

/// R3: what happened before is there at once, what happens in the main window is drawn as it happens, and in the drawer again nothing is missing.
#[test]
fn the_panel_in_its_own_window_sees_all_that_the_main_one_does_and_comes_back() -> Result<()> {
    play(&BY_CALLS, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        detach(rig).await?;
        assert_eq!(page.attribute("dev-toggle", "data-place").await?, "window");
        assert_eq!(page.attribute("dev-toggle", "aria-label").await?, "Developer panel, in its own window");

        rig.in_panel(async |panel| {
            panel.counts("event-row[data-kind=\"call-finished\"]", 5).await?;
            assert_eq!(panel.count("nav-home").await?, 0, "the panel is alone");
            for ahead in ["10", "20"] {
                panel.click("pass-time[data-minutes=\"10\"]").await?;
                let told = format!("return document.querySelector('[data-testid=\"demo-clock\"]').innerText.startsWith('{ahead}')");
                panel.until("ten minutes to pass", &told).await?;
            }
            panel.root_becomes("session", &["due"]).await.map(drop)
        })
        .await?;
        page.root_becomes("session", &["due"]).await?;
        page.fire(20).await?;
        page.counts("call-row[data-status=\"ok\"][data-generation=\"2\"]", 20).await?;
        rig.in_panel(async |panel| {
            panel.root_becomes("session", &["fresh"]).await?;
            panel.counts("lane[data-phase=\"done\"]", 20).await?;
            panel.counts("refresh-bar[data-outcome=\"succeeded\"]", 1).await?;
            panel.reads("count-calls", "25").await?;
            panel.reads("count-refreshes", "1").await?;
            leave_by(panel, "[data-testid=\"dev-attach\"]").await
        })
        .await?;

        rig.window_goes(PANEL_WINDOW).await?;
        page.shows("dev-panel").await?;
        page.counts("event-row[data-kind=\"call-finished\"]", 25).await?;
        page.until("the focus on the panel", "return document.activeElement.matches('.dev-title')").await?;
        assert_eq!(page.attribute("dev-toggle", "data-place").await?, "drawer");
        page.fire(3).await?;
        page.reads("count-calls", "28").await
    })
}

/// In it or in the main one by the keys, by its close button, and by its cross: the panel is closed, and opens again where it was.
#[test]
fn it_is_closed_by_each_of_its_ways_and_the_toggle_brings_it_to_the_front() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        detach(rig).await?;
        rig.give_keyboard().await?;
        assert!(!rig.has_keyboard(PANEL_WINDOW)?);
        page.click("dev-toggle").await?;
        until("the window to come to the front", async || rig.has_keyboard(PANEL_WINDOW)).await?;
        assert!(rig.window(PANEL_WINDOW)?.is_some());

        rig.press_in(PANEL_WINDOW, &PANEL_KEYS)?;
        closed(rig).await.context("by the keys in it")?;
        rig.press_in(MAIN_WINDOW, &PANEL_KEYS)?;
        opened(rig).await.context("by the keys in the main window")?;
        rig.press_in(MAIN_WINDOW, &PANEL_KEYS)?; // it may not have come up all the way
        closed(rig).await.context("by the keys in the main window")?;
        page.click("dev-toggle").await?;
        opened(rig).await?;
        rig.close_window(PANEL_WINDOW)?;
        closed(rig).await.context("by its close button")?;
        page.click("dev-toggle").await?;
        opened(rig).await?;
        rig.in_panel(async |panel| leave_by(panel, "[aria-label=\"Close the developer panel\"]").await)
            .await?;
        closed(rig).await.context("by its cross")?;
        assert_eq!(page.count("dev-panel").await?, 0, "it has not gone into the drawer");
        Ok(())
    })
}

/// P8: both windows are where they were put, and the panel where it was; and who had closed it does not find it.
#[test]
fn after_a_restart_both_windows_stand_where_they_stood_and_the_panel_watches() -> Result<()> {
    play(&Setting::default(), async |rig| {
        rig.page()?.sign_in().await?;
        detach(rig).await?;
        rig.place_window(PANEL_WINDOW, PANEL_PLACE).await?;
        rig.place_window(MAIN_WINDOW, MAIN_PLACE).await?;
        kept(rig, &[("dev-panel", PANEL_PLACE), ("main", MAIN_PLACE)]).await?;
        // Twice: a window that grew by its frame with each start would be seen.
        for _ in 0..2 {
            rig.restart().await?;
            assert_eq!(rig.window_opens(MAIN_WINDOW).await?, MAIN_PLACE);
            assert_eq!(rig.window_opens(PANEL_WINDOW).await?, PANEL_PLACE);
            let page = rig.page()?;
            assert_eq!(page.attribute("dev-toggle", "data-place").await?, "window");
            page.counts("call-row[data-status=\"ok\"]", 5).await?;
            rig.in_panel(async |panel| panel.counts("event-row[data-kind=\"call-finished\"]", 5).await)
                .await?;
        }
        rig.close_window(PANEL_WINDOW)?;
        closed(rig).await?;
        rig.restart().await?;
        rig.page()?.counts("call-row[data-status=\"ok\"]", 5).await?;
        assert_eq!(rig.window(PANEL_WINDOW)?, None);
        Ok(())
    })
}

#[test]
fn when_the_main_window_is_closed_the_program_ends_and_the_panels_window_with_it() -> Result<()> {
    play(&Setting::default(), async |rig| {
        rig.page()?.sign_in().await?;
        detach(rig).await?;
        assert_eq!(rig.processes().len(), 1);
        rig.close_window(MAIN_WINDOW)?;
        until("the program to end", async || Ok(rig.processes().is_empty())).await?;
        rig.window_goes(PANEL_WINDOW).await
    })
}

/// What is chosen in the main window is seen in the other at once; and nothing there that not everybody could use.
#[test]
fn theme_and_language_reach_it_at_once_and_axe_finds_nothing_there() -> Result<()> {
    play(&BY_CALLS, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        detach(rig).await?;
        page.go_to("settings").await?;
        for theme in ["dark", "light"] {
            page.eval(&format!(
                "document.querySelector('[data-testid=\"theme-{theme}\"]').click(); return true"
            ))
            .await?;
            let barriers = rig
                .in_panel(async |panel| {
                    panel
                        .until(
                            theme,
                            &format!("return document.documentElement.dataset.theme === {}", json!(theme)),
                        )
                        .await?;
                    panel.shows("event-row").await?;
                    panel.barriers().await
                })
                .await?;
            assert_eq!(barriers, [""; 0], "in {theme} colours");
        }
        page.eval("document.querySelector('[data-testid=\"language-ar\"]').click(); return true").await?;
        rig.in_panel(async |panel| {
            panel
                .until(
                    "Arabic",
                    "return document.documentElement.lang === 'ar' && document.documentElement.dir === 'rtl'",
                )
                .await?;
            assert_eq!(panel.text("dev-panel h2").await?, "Developer panel");
            Ok(())
        })
        .await
    })
}

/// F29: the story begins the window anew that it was started in.
#[test]
fn f29_a_scenario_that_begins_the_window_anew_goes_on_in_the_panels_own() -> Result<()> {
    play(&BY_CALLS, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        detach(rig).await?;
        page.eval("window.stayed = true; return true").await?;
        rig.in_panel(async |panel| {
            panel.eval("window.stayed = true; return true").await?;
            panel.click("dev-tab[data-tab=\"scenarios\"]").await?;
            panel.click("scenario[data-scenario=\"restart\"]").await?;
            // While it begins anew there is no page to ask.
            let result = "return window.stayed === undefined && document.querySelector('[data-scenario=\"restart\"][data-result]:not([data-result=\"running\"])')?.dataset.result || ''";
            until("the story's end", async || Ok(panel.eval(result).await.is_ok_and(|result| result != ""))).await?;
            assert_eq!(panel.eval(result).await?, "passed");
            Ok(())
        })
        .await?;
        assert_eq!(page.eval("return window.stayed").await?, true, "the main window was begun anew");
        assert!(rig.window(PANEL_WINDOW)?.is_some());
        Ok(())
    })
}

/// P10: saved settings open the program anew: the panel goes on with it, is gone where there may be none, and is back where there may.
#[test]
fn p10_with_other_settings_it_goes_on_or_goes_and_is_back_when_it_may_be() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        detach(rig).await?;
        let text = std::fs::read_to_string(rig.folder().join("config.toml"))?;
        rig.give_keyboard().await?;

        save(rig, &format!("{text}[policy]\nrefresh_window = \"9m\"\n")).await?;
        sign_in(page).await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.fire(7).await?;
        page.counts("call-row[data-status=\"ok\"]", 7).await?;
        rig.in_panel(async |panel| {
            // Of this program all, and nothing of the one before, which it has shown until now.
            panel.counts("event-row[data-kind=\"call-finished\"]", 12).await?;
            panel.counts("event-row[data-kind=\"signed-in\"]", 1).await?;
            panel.reads("count-calls", "12").await?;
            assert_eq!(panel.attribute("token-state", "data-window").await?, "540");
            Ok(())
        })
        .await?;
        assert!(!rig.has_keyboard(PANEL_WINDOW)?, "it has come before the one that somebody works in");

        save(rig, &text.replace("panel = true", "panel = false")).await?;
        rig.window_goes(PANEL_WINDOW).await?;
        sign_in(page).await?;
        assert_eq!(page.count("dev-toggle").await?, 0);
        let refused = page
            .eval("window.told = null; window.__TAURI_INTERNALS__.invoke('detach_panel', { front: true }).catch((why) => { window.told = why; }); return true")
            .await;
        refused?;
        let why = page.until("the refusal", "return window.told").await?;
        assert!(why.as_str().is_some_and(|why| why.contains("not allowed")), "{why}");

        save(rig, &text).await?;
        rig.window_opens(PANEL_WINDOW).await?;
        sign_in(page).await?;
        rig.in_panel(async |panel| panel.counts("event-row[data-kind=\"signed-in\"]", 1).await).await
    })
}

/// The panel from the drawer into its own window.
async fn detach(rig: &Rig) -> Result<()> {
    let page = rig.page()?;
    page.open_dev_panel().await?;
    page.click("dev-detach").await?;
    page.gone("dev-panel").await?;
    opened(rig).await?;
    rig.in_panel(async |panel| panel.shows("dev-panel").await).await
}

/// Presses a button that takes the window away: not at once, as the window could not answer any more.
async fn leave_by(panel: &Page, button: &str) -> Result<()> {
    panel.shows("dev-panel").await?;
    let press =
        format!("setTimeout(() => document.querySelector({}).click(), 50); return true", json!(button));
    panel.eval(&press).await.map(drop)
}

async fn opened(rig: &Rig) -> Result<()> {
    rig.page()?.shows("dev-toggle[data-place=\"window\"]").await?;
    rig.window_opens(PANEL_WINDOW).await.map(drop)
}

async fn closed(rig: &Rig) -> Result<()> {
    rig.window_goes(PANEL_WINDOW).await?;
    rig.page()?.shows("dev-toggle[data-place=\"closed\"]").await
}

/// Waits until the windows' places are on the disk: a stop here is a kill.
async fn kept(rig: &Rig, wanted: &[(&str, Stands)]) -> Result<()> {
    until("the places to be kept", async || {
        let Ok(text) = std::fs::read_to_string(rig.folder().join("app/windows.json")) else {
            return Ok(false);
        };
        let known: Value = serde_json::from_str(&text).context("windows.json")?;
        let is = |window: &str, at: &Stands| {
            let known = &known[window];
            (&known["x"], &known["y"], &known["width"], &known["height"])
                == (&json!(at.x), &json!(at.y), &json!(at.width), &json!(at.height))
        };
        Ok(wanted.iter().all(|(window, at)| is(window, at)))
    })
    .await
}

/// Back from the settings, where the person was.
async fn sign_in(page: &Page) -> Result<()> {
    page.submit_login(ACCOUNT.0, ACCOUNT.1).await?;
    page.root_becomes("route", &["settings"]).await?;
    page.go_to("home").await
}

/// Saves other settings in their view, and waits until the page is the new program's.
async fn save(rig: &Rig, text: &str) -> Result<()> {
    let page = rig.page()?;
    page.go_to("home").await?;
    std::fs::write(rig.folder().join("config.toml"), text)?; // the view shows the file's, and writes what it shows
    page.go_to("settings").await?;
    page.shows("settings-base-url").await?;
    page.eval("document.querySelector('.window').old = true; return true").await?;
    page.click("settings-save").await?;
    page.until("the page of the new program", "return !document.querySelector('.window').old").await?;
    page.shows("login-form").await
}
