//! The keyring's five situations, in the real window: the app starts in each, silently restored where a token can be had; where
//! none can, it says so, tells no untruth about the session, and nothing else is lost (F22, F23, R13, P6).
//! Not in it: each operation on each keyring, with its times and its words; those are the vault's own tests.

use std::time::Duration;

use anyhow::Result;
use session_keeper_e2e::{ACCOUNT, Keyring, Rig, Setting, play};

const DRAFT: &str = "What no keyring keeps";
const BANNER: &str = "banner[data-kind=\"vault\"]";

/// F22, R13: a keyring that works. A restart shows the home view at once, with everything; and so does the next.
#[test]
fn f22_r13_with_a_keyring_that_works_the_app_is_silently_restored() -> Result<()> {
    play(&Setting::default(), async |rig| {
        sign_in_with_a_draft(rig).await?;
        for _ in 0..2 {
            rig.restart().await?;
            is_silently_restored(rig).await?;
        }
        Ok(())
    })
}

/// F22, P6: no keyring at all. The app starts, says so, and works from memory; the draft outlives a restart, which the session
/// does not; once there is a keyring, "Try again" makes it one that is silently restored.
#[test]
fn f22_p6_without_a_keyring_the_app_says_so_and_one_that_comes_later_is_used() -> Result<()> {
    play(&Setting { keyring: Keyring::Absent, ..Setting::default() }, async |rig| {
        rig.page()?.shows(BANNER).await?;
        sign_in_with_a_draft(rig).await?;
        rig.page()?.shows(BANNER).await?;
        rig.restart().await?;
        asks_to_sign_in(rig).await?;
        rig.page()?.sign_in().await?;
        rig.page()?.holds("draft", DRAFT).await?;
        rig.start_keyring().await?;
        rig.page()?.click("retry-vault").await?;
        rig.page()?.gone(BANNER).await?;
        rig.restart().await?;
        is_silently_restored(rig).await
    })
}

/// F22, R13: a session that only lived in memory is over with the program. Where there is a keyring by the next start, the login view
/// says why, and signing in leads back to the view one was at; and why it ended is still said after one more restart.
#[test]
fn f22_r13_after_a_session_that_was_not_kept_one_is_back_at_the_view_one_left() -> Result<()> {
    play(&Setting { keyring: Keyring::Absent, ..Setting::default() }, async |rig| {
        rig.page()?.sign_in().await?;
        rig.page()?.go_to("settings").await?;
        rig.stop().await?;
        rig.start_keyring().await?;
        rig.start(&[]).await?;
        let notice = "login-notice[data-kind=\"not-kept\"]";
        rig.page()?.shows(notice).await?;
        rig.restart().await?;
        rig.page()?.shows(notice).await?;
        let page = rig.page()?;
        assert_eq!(page.value("login-username").await?, ACCOUNT.0);
        page.submit_login(ACCOUNT.0, ACCOUNT.1).await?;
        page.shows("settings-view").await?;
        assert_eq!(page.routes_seen().await?, ["login", "settings"]);
        rig.restart().await?;
        rig.page()?.shows("settings-view").await?;
        assert_eq!(rig.page()?.count("login-notice").await?, 0);
        Ok(())
    })
}

/// F22, P7: a locked keyring. The app starts at once and says so; unlocked, and tried again, the session is back without a
/// password.
#[test]
fn f22_p7_with_a_locked_keyring_the_app_starts_and_try_again_after_unlocking_restores_the_session()
-> Result<()> {
    play(&Setting::default(), async |rig| {
        sign_in_with_a_draft(rig).await?;
        rig.stop().await?;
        rig.lock_keyring().await?;
        rig.start(&[]).await?;
        asks_to_sign_in(rig).await?;
        rig.unlock_keyring().await?;
        rig.page()?.click("retry-vault").await?;
        is_back(rig).await?;
        assert_eq!(rig.server()?.counts().logins, 1);
        rig.restart().await?;
        is_silently_restored(rig).await
    })
}

/// F22, R8: killed while the app runs. The next refresh is kept in memory and said; revived and tried again, the keyring has the
/// newest token.
#[test]
fn f22_r8_a_keyring_that_is_killed_mid_run_and_revived_costs_nothing() -> Result<()> {
    play(&Setting::default(), async |rig| {
        sign_in_with_a_draft(rig).await?;
        rig.server()?.handle().set_grace(Duration::ZERO);
        rig.kill_keyring().await?;
        refresh(rig).await?;
        rig.page()?.shows(BANNER).await?;
        rig.start_keyring().await?;
        rig.page()?.click("retry-vault").await?;
        rig.page()?.gone(BANNER).await?;
        rig.restart().await?;
        is_silently_restored(rig).await?;
        assert_eq!(rig.server()?.counts().reuses_detected, 0, "the newest token was not kept");
        Ok(())
    })
}

/// F22, R9: killed, and not back before the app was started anew. The token it kept is an older one; the server takes none twice:
/// the login view says that the newest was not kept, and all but the session is there.
#[test]
fn f22_r9_a_keyring_that_died_with_an_older_token_ends_the_session_for_the_reason_that_is_true() -> Result<()>
{
    play(&Setting::default(), async |rig| {
        sign_in_with_a_draft(rig).await?;
        rig.server()?.handle().set_grace(Duration::ZERO);
        rig.kill_keyring().await?;
        refresh(rig).await?;
        rig.page()?.shows(BANNER).await?;
        rig.stop().await?;
        rig.start(&[]).await?;
        asks_to_sign_in(rig).await?;
        rig.start_keyring().await?;
        rig.page()?.click("retry-vault").await?;
        rig.page()?.root_becomes("session", &["expired"]).await?;
        rig.page()?.shows("login-notice[data-kind=\"not-kept\"]").await?;
        assert_eq!(rig.page()?.value("login-username").await?, ACCOUNT.0);
        rig.page()?.fill("login-password", ACCOUNT.1).await?;
        rig.page()?.click("login-submit").await?;
        is_back(rig).await?;
        rig.restart().await?;
        is_silently_restored(rig).await
    })
}

/// F23: several entries of ours, as after a backup was played back. The newest is taken, and the next refresh leaves one.
#[test]
fn f23_r13_with_several_entries_the_newest_restores_the_session() -> Result<()> {
    play(&Setting::default(), async |rig| {
        sign_in_with_a_draft(rig).await?;
        rig.server()?.handle().set_grace(Duration::ZERO);
        let old = rig.entries().await?.remove(0);
        refresh(rig).await?;
        rig.stop().await?;
        rig.add_entry(&old).await?;
        assert_eq!(rig.entries().await?.len(), 2);
        rig.start(&[]).await?;
        is_silently_restored(rig).await?;
        refresh(rig).await?;
        assert_eq!((rig.entries().await?.len(), rig.server()?.counts().reuses_detected), (1, 0));
        Ok(())
    })
}

async fn sign_in_with_a_draft(rig: &Rig) -> Result<()> {
    let page = rig.page()?;
    page.sign_in().await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    page.fill("draft", DRAFT).await?;
    rig.keeps_draft(DRAFT).await
}

/// One refresh, by the dev panel, to its end.
async fn refresh(rig: &Rig) -> Result<()> {
    let (page, before) = (rig.page()?, rig.server()?.counts().refreshes_ok);
    page.open_dev_panel().await?;
    let generation = page.attribute("token-state", "data-generation").await?;
    page.click("refresh-now").await?;
    page.gone(&format!("token-state[data-generation=\"{generation}\"]")).await?;
    assert_eq!(rig.server()?.counts().refreshes_ok, before + 1);
    Ok(())
}

/// Right after a start: at home from the first moment on, without a banner or a password, and all is there.
async fn is_silently_restored(rig: &Rig) -> Result<()> {
    let logins = rig.server()?.counts().logins;
    is_back(rig).await?;
    assert_eq!(rig.page()?.routes_seen().await?, ["home"], "another view flashed");
    assert_eq!(rig.page()?.count("banner").await?, 0);
    assert_eq!(rig.server()?.counts().logins, logins);
    Ok(())
}

/// Signed in, with calls that are answered, the draft, and the profile to the letter.
async fn is_back(rig: &Rig) -> Result<()> {
    let page = rig.page()?;
    page.root_becomes("session", &["fresh"]).await?;
    page.root_becomes("route", &["home"]).await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    page.holds("draft", DRAFT).await?;
    let served = rig.server()?.handle().profile(ACCOUNT.0)?;
    let kept = rig.kept()?.remove(ACCOUNT.0).and_then(|kept| kept.profile);
    assert_eq!(kept.map(|profile| profile.get().to_owned()).as_deref(), Some(served.get()));
    Ok(())
}

/// Right after a start without a token: the login view with the banner, no other reason, and nothing lost but the session.
async fn asks_to_sign_in(rig: &Rig) -> Result<()> {
    let page = rig.page()?;
    page.root_becomes("route", &["login"]).await?;
    page.shows(BANNER).await?;
    assert_eq!(page.root("session").await?, "signed-out");
    assert_eq!(page.count("login-notice").await?, 0);
    assert_eq!(page.value("login-username").await?, ACCOUNT.0);
    let kept = rig.kept()?.remove(ACCOUNT.0);
    assert_eq!(kept.map(|kept| kept.draft).as_deref(), Some(DRAFT));
    Ok(())
}
