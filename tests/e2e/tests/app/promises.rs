//! The promises, each kept by the real app: its window, its webview, its keyring, and a server whose counts decide.
//! Not in it: the many ways a refresh can go wrong; those are the engine's own tests.

use std::time::Duration;

use anyhow::Result;
use demo_api::{Counts, Fault};
use serde_json::json;
use session_keeper_e2e::{ACCOUNT, Setting, play, until};

const MINUTE: Duration = Duration::from_secs(60);
/// Not to be held exactly by a JavaScript number, so a profile that went through one shows it.
const LARGE: u64 = 9_007_199_254_740_993;

/// Promise 1 (R1): the access token's lifetime is checked right before every API request.
#[test]
fn every_call_is_checked_before_it_is_sent() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.open_dev_panel().await?;

        let calls = server.counts().api_calls;
        assert!(calls >= 5, "{calls}");
        page.reads("count-calls", &calls.to_string()).await?;
        page.counts("event-row[data-kind=\"call-checked\"]", calls).await?;
        page.counts("event-row[data-kind=\"call-sent\"]", calls).await?;
        page.reads("count-refreshes", "0").await?;

        let generation = page.attribute("token-state", "data-generation").await?;
        page.counts(&format!("call-row[data-generation=\"{generation}\"]"), 5).await?;
        let left: f64 = page.attribute("token-state", "data-expires-in").await?.parse()?;
        assert!((1_700.0..=1_800.0).contains(&left), "{left} s of 30 minutes left");
        assert_eq!(page.attribute("token-state", "data-window").await?, "600");
        assert_eq!(page.root("session").await?, "fresh");
        Ok(())
    })
}

/// Promises 2 and 3 (R2, R3, R4, F1): five calls find nine minutes left; they pause for one refresh and go out with its token.
#[test]
fn five_calls_at_nine_minutes_left_pause_for_one_refresh_and_go_out_with_the_new_token() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        server.handle().set_login_age(21 * MINUTE);
        let hold = server.handle().hold_refreshes();
        page.sign_in().await?;
        page.counts("call-row[data-status=\"waiting\"]", 5).await?;
        assert_eq!(server.api_calls(), [], "nothing is sent while the refresh runs");
        assert_eq!(page.root("session").await?, "refreshing");
        drop(hold);
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.root_becomes("session", &["fresh"]).await?;

        let counts = server.counts();
        assert_eq!((counts.refreshes, counts.max_parallel_refreshes), (1, 1), "{counts:?}");
        assert_eq!((counts.api_with_superseded_token, counts.api_unauthorized), (0, 0), "{counts:?}");
        let calls = server.api_calls();
        assert!(calls.len() >= 5, "{calls:?}");
        assert!(
            calls.iter().all(|call| call.access_serial == calls[0].access_serial),
            "one token for all: {calls:?}"
        );
        assert!(calls.iter().all(|call| call.status == Some(200)), "{calls:?}");

        page.open_dev_panel().await?;
        page.reads("count-refreshes", "1").await?;
        Ok(())
    })
}

/// Promise 3 (R3, F1, F2): fresh with more than ten minutes left, due below; then 200 calls at once are one refresh.
#[test]
fn two_hundred_calls_on_a_due_token_are_one_refresh() -> Result<()> {
    let setting = Setting { config: "[policy]\nrefresh_ahead = false\n", ..Setting::default() };
    play(&setting, async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        server.handle().set_login_age(20 * MINUTE - Duration::from_secs(8));
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        assert_eq!(server.counts().refreshes, 0, "more than ten minutes left: none");
        page.root_becomes("session", &["due"]).await?;
        server.handle().reset_counts();

        page.fire(200).await?;
        until("200 calls at the server", async || Ok(server.counts().api_calls >= 200)).await?;
        page.root_becomes("session", &["fresh"]).await?;
        page.open_dev_panel().await?;
        page.reads("count-refreshes", "1").await?;
        let counts = server.counts();
        assert_eq!(
            (counts.api_calls, counts.refreshes, counts.max_parallel_refreshes),
            (200, 1, 1),
            "{counts:?}"
        );
        assert_eq!((counts.api_with_superseded_token, counts.api_unauthorized), (0, 0), "{counts:?}");
        page.gone("call-row[data-status=\"error\"]").await
    })
}

/// Promise 4 (R11, R13, F15): refreshes whose replies carry half a user, then a restart without a network, lose no field.
#[test]
fn a_custom_profile_field_survives_three_refreshes_and_a_restart_without_a_network() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        server.handle().set_profile_field(ACCOUNT.0, "badge", json!(LARGE))?;
        server.handle().set_profile_field(
            ACCOUNT.0,
            "desk",
            json!({ "floor": 3, "plants": ["fern", null] }),
        )?;
        page.sign_in().await?;
        page.go_to("profile").await?;
        page.reads("profile-field[data-key=\"badge\"]", &LARGE.to_string()).await?;
        let before = fields(rig).await?;

        let page = rig.page()?;
        server.handle().set_refresh_user(Some(json!({ "first_name": null, "badge": null })));
        page.go_to("home").await?;
        page.open_dev_panel().await?;
        for refreshes in 1..=3 {
            page.click("refresh-now").await?;
            page.reads("count-refreshes", &refreshes.to_string()).await?;
            page.counts("event-row[data-kind=\"refresh-succeeded\"]", refreshes).await?;
        }
        assert_eq!(server.counts().refreshes_ok, 3);
        // From here on the server cannot help: what is shown is what was kept.
        server.handle().set_fault(Fault::Offline, true);
        page.go_to("profile").await?;
        page.shows("profile-field").await?;
        assert_eq!(fields(rig).await?, before, "after three refreshes");
        rig.keeps_route("/profile").await?;

        rig.stop().await?;
        rig.start(&[]).await?;
        rig.page()?.shows("profile-view").await?;
        rig.page()?.reads("profile-field[data-key=\"badge\"]", &LARGE.to_string()).await?;
        assert_eq!(fields(rig).await?, before, "after a restart");
        let routes = rig.page()?.routes_seen().await?;
        assert!(!routes.iter().any(|route| route == "login"), "the login view flashed: {routes:?}");
        Ok(())
    })
}

/// R13: a restart comes back to where the person was, also when they had been there before; the login view never flashes.
#[test]
fn a_restart_comes_back_to_the_last_place() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.go_to("settings").await?;
        page.go_to("home").await?;
        page.open_dev_panel().await?;
        page.click("refresh-now").await?;
        page.shows("event-row[data-kind=\"refresh-succeeded\"]").await?;
        page.go_to("settings").await?;
        page.go_to("home").await?;
        rig.keeps_route("/home").await?;
        rig.restart().await?;
        rig.page()?.shows("home-view").await?;
        assert_eq!(rig.page()?.routes_seen().await?, ["home"]);
        Ok(())
    })
}

/// Promise 5 (R6, R12, F9): a dead refresh token leads to the login view once, with the reason; the way back is short.
#[test]
fn a_revoked_refresh_token_leads_to_login_once_and_back_to_the_same_place_with_the_draft() -> Result<()> {
    const DRAFT: &str = "Note to self: the engine weaves algebraic patterns";
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.fill("draft", DRAFT).await?;
        page.open_dev_panel().await?;

        server.handle().revoke_all_refresh_tokens()?;
        server.handle().set_fault(Fault::ExpireAccess, true);
        page.click("nav-profile").await?;
        page.root_becomes("route", &["login"]).await?;
        page.shows("login-notice").await?;
        assert_eq!(page.root("session").await?, "expired");
        assert_eq!(page.value("login-username").await?, ACCOUNT.0, "the name is filled in");
        page.counts("event-row[data-kind=\"session-expired\"]", 1).await?;
        assert_eq!(server.counts().refreshes, 1);

        page.fill("login-password", ACCOUNT.1).await?;
        page.click("login-submit").await?;
        page.root_becomes("route", &["profile"]).await?;
        page.shows("profile-view").await?;
        page.go_to("home").await?;
        page.holds("draft", DRAFT).await
    })
}

/// Promise 5 (R6): calls that pause for a refresh which is rejected never reach the server.
#[test]
fn calls_paused_for_a_rejected_refresh_are_never_sent() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        server.handle().set_login_age(21 * MINUTE);
        server.handle().set_refresh_delay(Duration::from_secs(1));
        server.handle().set_fault(Fault::RevokeRefresh, true);
        page.submit_login(ACCOUNT.0, ACCOUNT.1).await?;
        page.root_becomes("session", &["expired"]).await?;
        page.root_becomes("route", &["login"]).await?;
        page.shows("login-notice").await?;
        let counts = server.counts();
        assert_eq!((counts.refreshes, counts.api_calls), (1, 0), "{counts:?}");
        Ok(())
    })
}

/// R5, R15, F3: the server cannot refresh just now; the session stays, the window says so, and it passes without a call.
#[test]
fn a_503_at_the_refresh_signs_nobody_out_and_passes() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        server.handle().set_login_age(21 * MINUTE);
        server.handle().set_fault(Fault::Refresh503, true);
        page.sign_in().await?;
        page.root_becomes("session", &["degraded"]).await?;
        page.shows("banner").await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        assert_eq!(page.root("route").await?, "home");
        server.handle().set_fault(Fault::Refresh503, false);
        page.root_becomes("session", &["fresh"]).await?;
        page.gone("banner").await?;
        assert_eq!(server.counts().api_unauthorized, 0);
        Ok(())
    })
}

/// The login form says what is wrong: nothing typed, a wrong password and no network are three different things.
#[test]
fn the_login_form_tells_empty_fields_a_wrong_password_and_no_network_apart() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.submit_login("", "").await?;
        page.shows("login-username[aria-invalid=\"true\"]").await?;
        page.shows("login-password[aria-invalid=\"true\"]").await?;
        assert_eq!(server.counts(), Counts::default(), "nothing is sent");

        page.submit_login(ACCOUNT.0, "difference-engine").await?;
        page.shows("login-error[data-kind=\"wrong-credentials\"]").await?;
        assert_eq!(server.counts().login_failures, 1);

        server.handle().set_fault(Fault::Offline, true);
        page.click("login-submit").await?;
        page.shows("login-error[data-kind=\"offline\"]").await?;
        assert_eq!(page.root("session").await?, "signed-out");

        server.handle().set_fault(Fault::Offline, false);
        page.sign_in().await
    })
}

/// The embedded demo server: it runs at once, and the switches of the dev panel reach it (P10).
#[test]
fn the_embedded_server_runs_at_once_and_fails_on_demand() -> Result<()> {
    play(&Setting { embedded: true, ..Setting::default() }, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.flip("expire-access", true).await?;
        page.fire(20).await?;
        page.reads("count-refreshes", "1").await?;
        page.root_becomes("session", &["fresh"]).await?;
        page.flip("revoke-refresh", true).await?;
        page.click("refresh-now").await?;
        page.root_becomes("route", &["login"]).await?;
        page.shows("login-notice").await?;
        page.counts("event-row[data-kind=\"session-expired\"]", 1).await
    })
}

/// What each story of the dev panel ends with: a tick, by exact counts of what the engine did (R3, R5, R6, R9, R16, F29).
#[test]
fn every_scenario_of_the_dev_panel_ends_with_a_tick() -> Result<()> {
    play(&Setting { embedded: true, ..Setting::default() }, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.open_dev_panel().await?;
        page.click("dev-tab[data-tab=\"scenarios\"]").await?;
        page.counts("scenario", 10).await?;
        page.click("scenarios-run").await?;
        // The last of them begins the window anew, and while it does there is no page to ask.
        let ended = "return document.querySelectorAll('.scenario[data-result]:not([data-result=\"running\"])').length";
        for count in 1..=10_u64 {
            let so_many =
                || async { Ok(page.eval(ended).await.is_ok_and(|now| now.as_u64() >= Some(count))) };
            until(&format!("the end of {count} scenarios"), so_many).await?;
        }
        let why = page
            .eval("return [...document.querySelectorAll('.scenario')].map((row) => row.innerText)")
            .await?;
        assert_eq!(page.count("scenario[data-result=\"passed\"]").await?, 10, "{why}");
        page.reads("scenarios-told", "10 of 10 as they should").await?;
        page.counts("scenario[data-result=\"running\"]", 0).await
    })
}

/// Every field of the profile view, as shown.
async fn fields(rig: &session_keeper_e2e::Rig) -> Result<serde_json::Value> {
    rig.page()?
        .eval(
            "return [...document.querySelectorAll('[data-testid=\"profile-field\"]')]
                 .map((field) => [field.dataset.key, field.innerText.trim()])",
        )
        .await
}
