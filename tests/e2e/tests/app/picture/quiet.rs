//! What a person notices of their session: nothing while it goes well, a quiet word when it is slow, and where they are at its end.
//! Not in it: what is decided about the session (`promises`, `recovery`, and the engine's own tests).

use std::time::Duration;

use anyhow::{Context, Result};
use demo_api::Fault;
use serde_json::json;
use session_keeper_e2e::{ACCOUNT, Page, Setting, play, until};

const MINUTE: Duration = Duration::from_secs(60);
const DRAFT: &str = "The engine weaves algebraic patterns";

/// Notes everything that changes around the view: words about the session, banners, dialogs, what is busy, and the nodes of the sections.
const NOTE: &str = "
    const status = () => document.querySelector('[data-testid=\"session-status\"]').innerText.trim();
    const seen = { words: [[performance.now(), status()]], strange: [], replaced: 0, refreshing: null };
    window.noted = seen;
    const root = document.documentElement;
    new MutationObserver((changes) => {
        if (status() !== seen.words.at(-1)[1]) seen.words.push([performance.now(), status()]);
        if (root.dataset.session === 'refreshing') seen.refreshing ??= performance.now();
        for (const query of ['.banner', 'dialog', '[aria-busy=\"true\"]', '.skeleton', '[data-testid=\"login-form\"]'])
            if (document.querySelector(query)) seen.strange.push(query);
        seen.replaced += changes.flatMap((change) => [...change.removedNodes]).filter((node) => node.matches?.('.row, .figure, .section')).length;
    }).observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    return true";

/// What scrolls has a bar in a place of its own. The system's lies over the page, over dialogs too, and fades for three seconds after
/// each load, which is a picture after the other.
#[test]
fn what_scrolls_has_a_bar_that_takes_its_own_place_and_does_not_fade() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.open_dev_panel().await?;
        let places =
            "const places = ['.content', '.log', '.dev-scroll'].map((name) => document.querySelector(name));
            const scrolls = (place) => place?.scrollHeight > place?.clientHeight;
            return places.every(scrolls) && places.map((place) => place.offsetWidth - place.clientWidth)";
        assert_eq!(page.until("all three to scroll", places).await?, json!([10, 10, 10]));
        // From right to left the bar is at the other side, and nothing lies below it.
        page.eval("document.documentElement.dir = 'rtl'; return true").await?;
        let hidden =
            "const place = document.querySelector('.content'); return place.scrollWidth - place.clientWidth";
        assert_eq!(page.eval(hidden).await?, json!(0));
        Ok(())
    })
}

/// R14: a refresh that is quick shows nothing at all; one that takes more than a second two quiet words, beside the name, and nothing else.
#[test]
fn a_quick_refresh_shows_nothing_and_a_slow_one_a_quiet_word_after_a_second() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.eval(NOTE).await?;
        let refresh = async |nth| {
            server.handle().set_fault(Fault::ExpireAccess, true);
            page.fire(5).await?;
            until("a refresh", async || Ok(server.counts().refreshes_ok == nth)).await?;
            page.root_becomes("session", &["fresh"]).await?;
            page.counts("call-row[data-status=\"ok\"]", 5).await
        };
        refresh(1).await?;
        let quick = page.eval("return window.noted").await?;
        assert_eq!(
            (&quick["words"][0][1], &quick["words"][1]),
            (&json!("Session active"), &json!(null)),
            "{quick}"
        );
        assert_eq!((&quick["strange"], &quick["replaced"]), (&json!([]), &json!(0)), "{quick}");
        assert!(quick["refreshing"].is_number(), "the page was never told of a refresh: {quick}");

        server.handle().set_refresh_delay(Duration::from_secs(3));
        page.eval("window.noted.refreshing = null; return true").await?;
        refresh(2).await?;
        page.reads("session-status", "Session active").await?;
        let slow = page.eval("return window.noted").await?;
        let words: Vec<_> =
            slow["words"].as_array().into_iter().flatten().map(|word| word[1].clone()).collect();
        assert_eq!(words, ["Session active", "Renewing the session…", "Session active"]);
        let after =
            slow["words"][1][0].as_f64().zip(slow["refreshing"].as_f64()).map(|(said, begun)| said - begun);
        assert!(after.is_some_and(|after| after >= 990.0), "said after {after:?} ms");
        assert_eq!((&slow["strange"], &slow["replaced"]), (&json!([]), &json!(0)), "{slow}");
        Ok(())
    })
}

/// R5, R15: offline is said with the seconds to the next try; what is there stays readable; Retry now passes the wait by.
#[test]
fn offline_is_said_with_a_countdown_and_retry_now_passes_it_by() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.go_to("profile").await?;
        page.shows("profile-field").await?;
        page.go_to("home").await?;
        page.open_dev_panel().await?;
        server.handle().set_fault(Fault::Offline, true);
        page.click("refresh-now").await?;
        page.shows("banner[data-kind=\"offline\"]").await?;
        assert!(page.text("banner").await?.starts_with(
            "The server can’t be reached. You stay signed in, and what is here stays readable."
        ));

        const SECONDS: &str = "const left = Number(/Next try in (\\d+) s/.exec(document.querySelector('[data-testid=\"banner\"]')?.innerText)?.[1])";
        // Attempts grow rarer with the outage: a pause of five seconds can be watched, and a click comes into it.
        page.until(
            "a pause of five seconds",
            &format!("{SECONDS}; if (left >= 5) window.first = left; return left >= 5"),
        )
        .await?;
        page.until("the countdown", &format!("{SECONDS}; return left === window.first - 1")).await?;
        page.go_to("profile").await?;
        page.shows("profile-field").await?;
        assert_eq!(page.root("route").await?, "profile");

        page.until("a pause of four seconds", &format!("{SECONDS}; return left >= 4")).await?;
        server.handle().set_fault(Fault::Offline, false);
        page.click("retry-now").await?;
        page.gone("banner").await?;
        page.root_becomes("session", &["fresh"]).await?;
        let by_hand = "const started = [...document.querySelectorAll('[data-testid=\"event-row\"][data-kind=\"refresh-started\"]')];
             return started.at(-1).textContent.includes('by hand')";
        page.until("the attempt by hand in the log", by_hand).await?;
        Ok(())
    })
}

/// R12: who signs out without a network is out, here and after a restart with one; nothing of theirs is left.
#[test]
fn r12_signing_out_works_offline_and_stays_so_when_the_network_is_back() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.fill("draft", DRAFT).await?;
        rig.keeps_draft(DRAFT).await?;
        rig.server()?.handle().set_fault(Fault::Offline, true);
        page.click("sign-out").await?;
        page.shows("sign-out-remember").await?;
        page.click("sign-out-confirm").await?;
        page.root_becomes("route", &["login"]).await?;
        assert_eq!(page.root("session").await?, "signed-out");
        rig.server()?.handle().set_fault(Fault::Offline, false);
        rig.restart().await?;
        let page = rig.page()?;
        page.shows("login-form").await?;
        assert_eq!(
            (page.root("session").await?, page.value("login-username").await?),
            ("signed-out".into(), String::new())
        );
        assert!(rig.kept()?.values().all(|kept| kept.draft.is_empty()), "the draft is still on the disk");
        page.sign_in().await?;
        assert_eq!(page.value("draft").await?, "");
        Ok(())
    })
}

/// R6, R13: the session ends under somebody who has scrolled and written: the reason in words, their name, the focus in the password;
/// and after it the same view, as far down, with the draft.
#[test]
fn r6_the_end_of_a_session_keeps_name_place_scroll_and_draft() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.sign_in().await?;
        let down = write_and_scroll(page).await?;
        server.handle().revoke_all_refresh_tokens()?;
        server.handle().set_fault(Fault::ExpireAccess, true);
        // Not by the mouse, which would scroll to the button.
        page.eval("document.querySelector('[data-testid=\"home-reload\"]').click(); return true").await?;
        page.root_becomes("route", &["login"]).await?;
        let notice = page.text("login-notice").await?;
        assert!(notice.starts_with("The server ended your session."), "{notice}");
        assert_eq!(page.value("login-username").await?, ACCOUNT.0);
        page.focuses("login-password").await?;
        server.handle().set_fault(Fault::ExpireAccess, false);
        page.press(ACCOUNT.1).await?;
        page.press(thirtyfour::Key::Enter).await?;
        page.root_becomes("route", &["home"]).await?;
        page.holds("draft", DRAFT).await?;
        page.until(
            "the scroll",
            &format!("return Math.abs(document.querySelector('main').scrollTop - {down}) <= 1"),
        )
        .await?;
        Ok(())
    })
}

/// R13: a session that nothing can prolong is warned of before its end; signing in then is a dialog, and the page behind it is not touched.
#[test]
fn a_certain_end_is_warned_of_and_signing_in_over_the_page_keeps_it_as_it_is() -> Result<()> {
    let setting = Setting { config: "[tokens]\nrefresh = \"/none\"\n", ..Setting::default() };
    play(&setting, async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        server.handle().set_login_age(25 * MINUTE + MINUTE / 2);
        page.sign_in().await?;
        page.shows("session-ending").await?;
        assert!(page.text("session-ending").await?.starts_with("Session ends in 5 min."));
        let down = write_and_scroll(page).await?;
        page.eval("document.querySelector('[data-testid=\"draft\"]').stayed = true; return true").await?;

        server.handle().set_login_age(Duration::ZERO);
        page.click("session-ending-sign-in").await?;
        page.shows("sign-in-dialog").await?;
        page.focuses("login-password").await?;
        assert_eq!(page.value("login-username").await?, ACCOUNT.0);
        assert_eq!(
            page.eval("return document.querySelector('[data-testid=\"login-username\"]').readOnly").await?,
            true
        );
        page.press(ACCOUNT.1).await?;
        page.press(thirtyfour::Key::Enter).await?;
        page.gone("sign-in-dialog").await?;
        page.gone("session-ending").await?;
        let after = page
            .eval("const draft = document.querySelector('[data-testid=\"draft\"]'); return [draft.stayed, draft.value, document.querySelector('main').scrollTop]")
            .await?;
        assert_eq!(after, json!([true, DRAFT, down]), "the page behind the dialog was touched");
        assert_eq!(page.routes_seen().await?, ["login", "home"]);
        Ok(())
    })
}

/// A draft that is kept, and a view that is scrolled; how far down.
async fn write_and_scroll(page: &Page) -> Result<i64> {
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    page.fill("draft", DRAFT).await?;
    page.eval("document.querySelector('main').scrollTop = 120; return true").await?;
    let down = page.until("the scroll", "return document.querySelector('main').scrollTop").await?;
    down.as_i64().filter(|down| *down > 40).with_context(|| format!("there is nothing to scroll: {down}"))
}
