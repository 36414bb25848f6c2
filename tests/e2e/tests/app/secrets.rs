//! The promises of security that only the running app can show: where no token is, and who may read what it writes.
//! Not in it: promises of the engine and the shell that their own tests keep; and tokens in files after a kill (`crashes`).

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use demo_api::Fault;
use serde_json::Value;
use session_keeper_e2e::{ACCOUNT, Canaries, Keyring, Page, Rig, Setting, all_below, play, until};

/// A start that logs all there is to log.
const TRACE: &[&str] = &["SESSION_KEEPER_LOG=trace"];

/// A password that is none.
const WRONG: &str = "difference-engine";

/// P1, P6: sign-ins, refreshes that go well, fail, get lost and are refused, a restart, an export and a sign-out, all logged at TRACE:
/// no part of any token the server signed is in a file, the page, its storage, what was said to it, an argument or an environment.
#[test]
fn p1_after_a_whole_life_at_trace_no_part_of_any_token_is_anywhere_but_in_memory_and_the_keyring()
-> Result<()> {
    play(&Setting::default(), async |rig| {
        let mut seen = Sightings::default();
        first_part(rig, &mut seen).await?;
        start_traced(rig).await?;
        rig.page()?.root_becomes("route", &["home"]).await?;
        last_part(rig, &mut seen).await?;
        search(rig, &seen)
    })
}

/// P1, P6: the same where there is no keyring and the tokens are in memory alone; the restart is a sign-in then.
#[test]
fn p1_p6_without_a_keyring_a_whole_life_at_trace_leaves_no_part_of_any_token_either() -> Result<()> {
    play(&Setting { keyring: Keyring::Absent, ..Setting::default() }, async |rig| {
        let mut seen = Sightings::default();
        first_part(rig, &mut seen).await?;
        start_traced(rig).await?;
        rig.page()?.sign_in().await?;
        last_part(rig, &mut seen).await?;
        search(rig, &seen)
    })
}

/// P6, R8: without a keyring the token stays in memory, the window says so, and nothing is written in its stead.
#[test]
fn without_a_keyring_the_session_lives_in_memory_and_the_window_says_so() -> Result<()> {
    play(&Setting { keyring: Keyring::Absent, ..Setting::default() }, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.shows("banner[data-kind=\"vault\"]").await?;
        rig.restart().await?;
        rig.page()?.root_becomes("route", &["login"]).await?;
        assert_eq!(rig.page()?.root("session").await?, "signed-out");
        let (found, _) = everything(rig)?.found_below(rig.folder(), &[rig.folder().join("server")])?;
        assert_eq!(found, [""; 0]);
        Ok(())
    })
}

/// P8: files 0600, folders 0700, whatever the app has written.
#[test]
fn what_the_app_writes_is_for_its_owner_alone() -> Result<()> {
    play(&Setting { embedded: true, ..Setting::default() }, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.go_to("profile").await?;
        page.shows("profile-field").await?;
        let written = all_below(&rig.folder().join("app"))?;
        assert!(!written.is_empty());
        for path in written {
            let about = std::fs::metadata(&path)?;
            let wanted = if about.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(about.permissions().mode() & 0o777, wanted, "{}", path.display());
        }
        Ok(())
    })
}

/// From a wrong password to an export, with refreshes that go well, fail, and get lost.
async fn first_part(rig: &mut Rig, seen: &mut Sightings) -> Result<()> {
    start_traced(rig).await?;
    let (page, server) = (rig.page()?, rig.server()?);
    page.submit_login(ACCOUNT.0, WRONG).await?;
    page.shows("login-error[data-kind=\"wrong-credentials\"]").await?;
    seen.look(rig, "a wrong password").await?;
    page.sign_in().await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    page.fill("draft", "Not a token").await?;
    page.open_dev_panel().await?;
    seen.look(rig, "signed in").await?;

    let handle = server.handle();
    handle.set_fault(Fault::ExpireAccess, true);
    page.fire(5).await?;
    until("a refresh", async || Ok(server.counts().refreshes_ok == 1)).await?;
    page.root_becomes("session", &["fresh"]).await?;
    page.shows("event-row[data-kind=\"refresh-succeeded\"]").await?;
    seen.look(rig, "refreshed").await?;

    handle.set_fault(Fault::Refresh503, true);
    page.click("refresh-now").await?;
    page.root_becomes("session", &["degraded"]).await?;
    seen.look(rig, "a refresh that fails").await?;
    handle.set_fault(Fault::Refresh503, false);
    page.root_becomes("session", &["fresh"]).await?;

    handle.set_fault(Fault::LoseReply, true);
    page.click("refresh-now").await?;
    until("a lost reply to be mended", async || Ok(server.counts().replays_answered == 1)).await?;
    page.root_becomes("session", &["fresh"]).await?;
    handle.set_fault(Fault::LoseReply, false);
    handle.set_fault(Fault::Offline, true);
    page.click("refresh-now").await?;
    page.root_becomes("session", &["degraded"]).await?;
    seen.look(rig, "offline").await?;
    handle.set_fault(Fault::Offline, false);
    page.root_becomes("session", &["fresh"]).await?;
    page.click("events-export").await?;
    page.shows("export-file").await?;
    seen.look(rig, "exported").await
}

/// From a restart to a sign-out, with a refresh that is refused and another sign-in.
async fn last_part(rig: &mut Rig, seen: &mut Sightings) -> Result<()> {
    let (page, server) = (rig.page()?, rig.server()?);
    // What was said before anybody could listen is said again.
    for command in ["startup", "session", "profile", "draft", "export_events"] {
        let ask = format!(
            "window.__TAURI_INTERNALS__.invoke('{command}').then(() => {{ window.asked = true; }}); return true"
        );
        page.eval(&format!("window.asked = false; {ask}")).await?;
        page.until(command, "return window.asked").await?;
    }
    page.open_dev_panel().await?;
    page.click("refresh-now").await?;
    page.shows("event-row[data-kind=\"refresh-succeeded\"]").await?;
    page.go_to("profile").await?;
    page.shows("profile-field").await?;
    page.go_to("settings").await?;
    seen.look(rig, "restarted").await?;

    server.handle().revoke_all_refresh_tokens()?;
    server.handle().set_fault(Fault::ExpireAccess, true);
    page.click("nav-home").await?;
    page.root_becomes("route", &["login"]).await?;
    page.shows("login-notice").await?;
    seen.look(rig, "revoked").await?;
    server.handle().set_fault(Fault::ExpireAccess, false);
    page.fill("login-password", ACCOUNT.1).await?;
    page.click("login-submit").await?;
    page.root_becomes("session", &["fresh"]).await?;
    seen.look(rig, "signed in again").await?;
    page.click("sign-out").await?;
    page.click("sign-out-confirm").await?;
    page.root_becomes("route", &["login"]).await?;
    until("the sign-out at the server", async || Ok(server.counts().logouts == 1)).await?;
    seen.look(rig, "signed out").await?;
    rig.stop().await
}

/// Starts the app anew so that it logs at TRACE, and listens to what is said to its page.
async fn start_traced(rig: &mut Rig) -> Result<()> {
    rig.stop().await?;
    rig.start(TRACE).await?;
    rig.page()?.eval(include_str!("secrets/listen.js")).await.map(drop)
}

/// Looks for all tokens in all that was seen and written, and that this would have found one.
fn search(rig: &Rig, seen: &Sightings) -> Result<()> {
    let (all, server) = (everything(rig)?, rig.folder().join("server"));
    let (mut found, looked) = all.found_below(rig.folder(), std::slice::from_ref(&server))?;
    let page = Canaries::but_shown_claims(&rig.server()?.issued(), &[ACCOUNT.1, WRONG])?;
    for (place, content) in &seen.of_page {
        found.extend(page.found_in(content).map(|what| format!("{place}: {what}")));
    }
    for (place, content) in &seen.of_processes {
        found.extend(all.found_in(content).map(|what| format!("{place}: {what}")));
    }
    assert_eq!(found, [""; 0]);

    let tokens = rig.server()?.issued();
    assert!(tokens.len() >= 12, "{} tokens", tokens.len());
    assert!(looked > 20, "{looked} files");
    for (of, wanted) in
        [("app/logs", "TRACE"), ("app/logs", "SessionExpired"), ("app/exports", "refresh-succeeded")]
    {
        let is_there = all_below(&rig.folder().join(of))?.iter().any(|file| {
            std::fs::read(file).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(wanted))
        });
        assert!(is_there, "{wanted} is not in {of}");
    }
    let heard = seen.heard.join("\n");
    for wanted in [
        "session-changed",
        "session-expired",
        "wrong-credentials",
        "refresh-succeeded",
        "\"fields\":",
        "leftOut",
    ] {
        assert!(heard.contains(wanted), "{wanted} was not heard");
    }
    assert!(seen.of_processes.iter().any(|(place, _)| place.contains("WebKitWebProcess")));
    // A part of a token where none may be is found: beside the logs, and in what was heard.
    let part = &tokens[0][tokens[0].len() / 2..][..16];
    let decoy = rig.folder().join("app/logs/decoy");
    std::fs::write(&decoy, format!("x{part}x"))?;
    assert_eq!(all.found_below(rig.folder(), &[server])?.0.len(), 1);
    std::fs::remove_file(decoy)?;
    assert!(page.found_in(format!("{heard}{part}").as_bytes()).is_some());
    Ok(())
}

/// Every token so far, and the passwords.
fn everything(rig: &Rig) -> Result<Canaries> {
    Canaries::of(&rig.server()?.issued(), &[ACCOUNT.1, WRONG])
}

/// What was to be seen during a life, by place.
#[derive(Default)]
struct Sightings {
    of_page: Vec<(String, Vec<u8>)>,
    of_processes: Vec<(String, Vec<u8>)>,
    heard: Vec<String>,
}

impl Sightings {
    /// Notes all there is to see now.
    async fn look(&mut self, rig: &Rig, when: &str) -> Result<()> {
        let all = Self::gather(rig.page()?).await?;
        for place in ["html", "places"] {
            let content = all[place].as_str().unwrap_or_default();
            ensure!(!content.is_empty(), "{when}: the page has no {place}");
            self.of_page.push((format!("{when}: {place}"), content.into()));
        }
        for said in all["heard"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.of_page.push((format!("{when}: said to the page"), said.into()));
            self.heard.push(said.to_owned());
        }
        for process in rig.all_processes() {
            let at = PathBuf::from(format!("/proc/{process}"));
            let Ok(exe) = std::fs::read_link(at.join("exe")) else { continue };
            for part in ["cmdline", "environ"] {
                let place = format!("{when}: {part} of {}", exe.display());
                self.of_processes.push((place, std::fs::read(at.join(part)).unwrap_or_default()));
            }
        }
        Ok(())
    }

    async fn gather(page: &Page) -> Result<Value> {
        page.until("the page to be gathered", include_str!("secrets/look.js")).await
    }
}
