//! What goes wrong and mends itself, in the real window: expired with the server down, a lost reply, a reload in the middle.
//! Not in it: the promises (`promises`) and every other way a refresh can fail; those are the engine's own tests.

use std::time::Duration;

use anyhow::Result;
use demo_api::Fault;
use session_keeper_e2e::{ACCOUNT, Setting, play, until};

const MINUTE: Duration = Duration::from_secs(60);

/// F4, R5: no valid token and no refresh to be had: the calls wait, and go out by themselves when the server is back.
#[test]
fn calls_without_a_valid_token_wait_for_the_server_and_go_out_when_it_is_back() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        server.handle().set_fault(Fault::Refresh503, true);
        server.handle().set_fault(Fault::ExpireAccess, true);
        page.fire(5).await?;
        page.root_becomes("session", &["degraded"]).await?;
        page.counts("call-row[data-status=\"waiting\"]", 5).await?;
        server.handle().set_fault(Fault::Refresh503, false);
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.root_becomes("session", &["fresh"]).await?;
        assert_eq!(server.counts().refreshes_ok, 1);
        Ok(())
    })
}

/// F7, R9: the server rotates and its reply is lost: the same refresh token is sent again, and nobody notices.
#[test]
fn a_reply_lost_after_the_rotation_is_mended_before_anybody_notices() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        server.handle().set_login_age(21 * MINUTE);
        server.handle().set_fault(Fault::LoseReply, true);
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.root_becomes("session", &["fresh"]).await?;
        let counts = server.counts();
        assert_eq!(
            (counts.refreshes, counts.replays_answered, counts.reuses_detected),
            (2, 1, 0),
            "{counts:?}"
        );
        assert_eq!(counts.api_with_superseded_token, 0, "{counts:?}");
        page.gone("banner").await
    })
}

/// R5: the token is good, so no refresh tries the server: what the view could not load is tried again by itself, and the banner goes.
#[test]
fn what_could_not_be_loaded_comes_by_itself_when_the_server_is_back_though_the_token_is_good() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        server.handle().set_fault(Fault::Offline, true);
        page.click("home-reload").await?;
        page.counts("call-row[data-status=\"error\"]", 5).await?;
        page.shows("banner[data-kind=\"offline\"]").await?;
        server.handle().set_fault(Fault::Offline, false);
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.gone("banner").await?;
        assert_eq!(server.counts().refreshes, 0);
        Ok(())
    })
}

/// F29, F30, R3: the page is reloaded while a refresh is under way: it goes on, is the only one, and the new page shows the session.
#[test]
fn a_page_reloaded_during_a_refresh_neither_loses_it_nor_starts_another() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        server.handle().set_login_age(21 * MINUTE);
        let hold = server.handle().hold_refreshes();
        page.sign_in().await?;
        page.root_becomes("session", &["refreshing"]).await?;
        page.reload().await?;
        page.root_becomes("route", &["home"]).await?;
        page.root_becomes("session", &["refreshing"]).await?;
        drop(hold);
        page.root_becomes("session", &["fresh"]).await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        assert_eq!(server.counts().refreshes, 1);
        Ok(())
    })
}

/// F29: a note that waits for a refresh when the page is reloaded reaches the server once; the page sends it once more as it goes.
#[test]
fn a_note_on_its_way_when_the_page_is_reloaded_is_posted_once() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        let is_posted = |status: u16| (200..300).contains(&status);
        let posted = || {
            let all = server.handle().request_log();
            let notes =
                all.iter().filter(|request| request.method == "POST" && request.path.contains("notes"));
            notes.filter(|request| request.status.is_some_and(is_posted)).count()
        };
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        let hold = server.handle().hold_refreshes();
        server.handle().set_fault(Fault::ExpireAccess, true);
        page.fill("draft", "A thought that is sent once").await?;
        page.click("draft-post").await?;
        page.root_becomes("session", &["refreshing"]).await?;
        page.reload().await?;
        page.root_becomes("route", &["home"]).await?;
        drop(hold);
        page.root_becomes("session", &["fresh"]).await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        until("the note at the server", async || Ok(posted() > 0)).await?;
        page.click("home-reload").await?; // whatever was sent beside it has had its turn by then
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        assert_eq!(posted(), 1);
        Ok(())
    })
}

/// F29: a sign-in that is under way when the page is reloaded opens one session at the server; the page sends it once more as it goes.
#[test]
fn a_sign_in_on_its_way_when_the_page_is_reloaded_opens_one_session() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        server.handle().set_latency(Duration::from_secs(2));
        page.submit_login(ACCOUNT.0, ACCOUNT.1).await?;
        page.shows("login-submit[aria-busy=\"true\"]").await?;
        page.reload().await?;
        page.root_becomes("route", &["home"]).await?;
        server.handle().set_latency(Duration::ZERO);
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.click("home-reload").await?; // whatever was sent beside it has had its turn by then
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        assert_eq!(server.counts().logins, 1);
        assert_eq!(page.root("session").await?, "fresh");
        Ok(())
    })
}

/// F18, R12: who signs in next sees nothing of who was there before: no name, no draft, no profile.
#[test]
fn the_next_user_sees_nothing_of_the_last() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.sign_in().await?;
        page.fill("draft", "Ada's own thought").await?;
        let hold = server.handle().hold_refreshes();
        server.handle().set_fault(Fault::ExpireAccess, true);
        page.fire(5).await?;
        page.root_becomes("session", &["refreshing"]).await?;
        page.click("sign-out").await?;
        page.click("sign-out-confirm").await?;
        page.root_becomes("route", &["login"]).await?;
        assert_eq!(page.value("login-username").await?, "");
        server.handle().set_fault(Fault::ExpireAccess, false);
        page.submit_login("grace@example.com", "nanosecond-wire").await?;
        page.root_becomes("route", &["home"]).await?;
        page.root_becomes("session", &["fresh"]).await?;
        drop(hold); // the answer to the last user's refresh comes now, if anybody still listens
        assert_eq!(page.value("draft").await?, "");
        page.go_to("profile").await?;
        page.shows("profile-field[data-key=\"email\"]").await?;
        assert!(page.text("profile-field[data-key=\"email\"]").await?.contains("grace@example.com"));
        assert!(!page.html().await?.contains(ACCOUNT.0), "nothing names the last user");
        Ok(())
    })
}
