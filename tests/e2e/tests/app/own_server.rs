//! A server of one's own, in the real window: set up, tested and saved by a person, and then a session's whole life at SimpleJWT.
//! Not in it: every key and every mistake (`tests/ipc`, the UI's own tests), and what the test of a connection finds (`session-doctor`).

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use session_keeper_e2e::{FOREIGN_ACCOUNT, Page, Rig, Setting, SimpleJwt, play};

/// A program as `npm start` runs it, and one line for the dev panel, which the file keeps.
const FRESH: Setting = Setting { embedded: true, config: PANEL, ..Setting::USUAL };
const PANEL: &str = "# mine\n[dev]\npanel = true\n\n[policy]\nrefresh_ahead = false\n";

/// They know where one signs in and where one refreshes, and nothing else: the test says what is still missing, and takes it away.
#[test]
fn a_person_who_knows_only_their_login_and_refresh_urls_gets_to_a_working_session() -> Result<()> {
    play(&FRESH, async |rig| {
        let server = SimpleJwt::start(300).await?;
        let page = rig.page()?;
        page.click("login-setup").await?;
        choose(page, "custom").await?;

        // Nothing is filled in yet: each missing key is told at its own field, and nothing is tried or written.
        page.click("settings-save").await?;
        page.shows("settings-base-url[aria-invalid=\"true\"]").await?;
        page.fill("settings-base-url", "http://example.com/").await?;
        page.fill(&field("login.path"), "api/token/").await?;
        page.fill(&field("refresh.path"), "api/token/refresh/").await?;
        page.click("settings-save").await?;
        page.shows("settings-base-url[aria-invalid=\"true\"]").await?;
        assert_eq!(config(rig)?, PANEL, "a mistake is not written");

        page.fill("settings-base-url", &server.base_url()).await?;
        test(page).await?;
        page.shows("settings-step[data-step=\"sign-in\"][data-status=\"failed\"]").await?;
        let finding = page.text("settings-finding[data-severity=\"problem\"]").await?;
        ensure!(finding.contains("/access"), "it does not say where the token is: {finding}");

        page.eval("document.querySelector('.server-more').open = true; return true").await?;
        page.fill(&field("tokens.access"), "/access").await?;
        page.fill(&field("tokens.refresh"), "/refresh").await?;
        page.fill(&field("refresh.token_field"), "refresh").await?;
        test(page).await?;
        for step in ["sign-in", "refresh", "rotation"] {
            page.shows(&format!("settings-step[data-step=\"{step}\"][data-status=\"passed\"]")).await?;
        }
        for fact in ["access", "window", "rotation", "clocks"] {
            page.shows(&format!("settings-fact[data-fact=\"{fact}\"]")).await?;
        }
        let html = page.html().await?;
        ensure!(!html.contains(FOREIGN_ACCOUNT.1) && !html.contains("eyJ"), "a secret is in the page");

        save_and_sign_in(page).await?;
        let written = config(rig)?;
        ensure!(written.contains("# mine\n[dev]") && written.contains(&server.base_url()), "{written}");
        Ok(())
    })
}

/// P1 to P5 of the promises, at a server that nobody here wrote: 25 calls that find the token due share one refresh, the rotated token is
/// the one that a restart finds, the profile is exact, and who is no longer active is shown the login view with the server's words.
#[test]
fn at_simplejwt_with_rotation_one_refresh_serves_all_and_the_end_is_shown_with_its_reason() -> Result<()> {
    play(&FRESH, async |rig| {
        let server = SimpleJwt::start(20).await?;
        let page = rig.page()?;
        page.sign_in().await?; // the demo's session, which saving ends
        page.go_to("settings").await?;
        choose(page, "simplejwt").await?;
        page.fill("settings-base-url", &server.base_url()).await?;
        page.eval("document.querySelector('.server-more').open = true; return true").await?;
        page.fill(&field("profile.path"), "api/me/").await?;
        page.fill(&field("home.calls"), "api/notes/").await?;
        save_and_sign_in(page).await?;
        page.counts("call-row[data-status=\"ok\"]", 1).await?;
        page.open_dev_panel().await?;

        page.root_becomes("session", &["due"]).await?;
        page.fire(25).await?;
        page.counts("call-row[data-status=\"ok\"][data-generation=\"2\"]", 25).await?;
        page.reads("count-refreshes", "1").await?;
        page.reads("count-shared", "24").await?;
        page.counts("refresh-bar", 1).await?;

        page.go_to("profile").await?;
        page.shows("profile-field[data-key=\"employee_number\"]").await?;
        ensure!(page.text("profile-field[data-key=\"employee_number\"]").await?.contains("9007199254740993"));
        rig.keeps_route("/profile").await?;

        // The old token is on the blacklist: only the one that the rotation gave can bring the session back.
        rig.restart().await?;
        let page = rig.page()?;
        page.root_becomes("route", &["profile"]).await?;
        page.root_becomes("session", &["fresh"]).await?;
        assert_eq!(page.routes_seen().await?, ["profile"], "another view flashed");

        // An administrator sets the user inactive; the next refresh is refused for good.
        assert_eq!(call(page, "PATCH", "api/me/").await?["status"], 200);
        page.root_becomes("session", &["due"]).await?;
        page.go_to("home").await?;
        page.root_becomes("route", &["login"]).await?;
        page.shows("login-notice[data-kind=\"rejected\"]").await?;
        ensure!(page.text("login-notice").await?.contains("No active account found for the given token."));
        assert_eq!(page.value("login-username").await?, FOREIGN_ACCOUNT.0);
        Ok(())
    })
}

async fn choose(page: &Page, preset: &str) -> Result<()> {
    page.shows("settings-preset").await?;
    let body = format!(
        "const select = document.querySelector('[data-testid=\"settings-preset\"]');
         select.value = {};
         select.dispatchEvent(new Event('change', {{ bubbles: true }}));
         return true",
        json!(preset)
    );
    page.eval(&body).await.map(drop)
}

fn field(key: &str) -> String {
    format!("settings-field[data-key=\"{key}\"]")
}

async fn test(page: &Page) -> Result<()> {
    page.fill("settings-username", FOREIGN_ACCOUNT.0).await?;
    page.fill("settings-password", FOREIGN_ACCOUNT.1).await?;
    page.click("settings-test").await?;
    page.until("the test to end", "return !document.querySelector('[data-testid=\"settings-test\"]').disabled && document.querySelector('[data-testid=\"settings-toml\"]')").await?;
    Ok(())
}

/// Without a restart: the login view of the new server, and a session there.
async fn save_and_sign_in(page: &Page) -> Result<()> {
    page.click("settings-save").await?;
    page.shows("login-form").await?;
    page.gone("login-demo").await?; // the demo server's account is not offered any more
    page.submit_login(FOREIGN_ACCOUNT.0, FOREIGN_ACCOUNT.1).await?;
    page.root_becomes("session", &["fresh"]).await?;
    page.root_becomes("route", &["home"]).await?;
    page.shows("home-view").await
}

fn config(rig: &Rig) -> Result<String> {
    Ok(std::fs::read_to_string(rig.folder().join("config.toml"))?)
}

/// A call of the API through the program, as the page's own are.
async fn call(page: &Page, method: &str, path: &str) -> Result<Value> {
    page.eval(&format!(
        "const inside = window.__TAURI_INTERNALS__;
         window.answered = undefined;
         inside.invoke('api_call', {{
             call: {{ method: {}, path: {}, body: null, ticket: null }},
         }}).then((reply) => {{ window.answered = reply; }}, (error) => {{ window.answered = {{ error }}; }});
         return true",
        json!(method),
        json!(path)
    ))
    .await?;
    page.until("the call to be answered", "return window.answered").await
}
