//! The page is taken for hostile, in the real webview: what it may call, load, reach and open (P3, P9, P10).
//! Not in it: what the permissions say of every command in each setting (`src-tauri/src/doors.rs`), and where tokens are (`secrets`).

mod trap;

use std::path::{Path, PathBuf};

use self::trap::Trap;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use session_keeper_e2e::{Page, Rig, Setting, play, workspace};

/// Who a trap may catch.
const NOBODY: [&str; 0] = [];

/// What the page may call whatever the settings, of Tauri's own commands.
const OPEN: [&str; 2] = ["plugin:event|listen", "plugin:event|unlisten"];

/// P9, P10: every command of Tauri, of its plugins and of the dev panel is refused to the page, and nothing comes of it.
#[test]
fn no_command_that_is_not_the_pages_can_be_called_from_it() -> Result<()> {
    play(&Setting { panel: false, ..Setting::default() }, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.go_to("settings").await?;
        rig.keeps_route("/settings").await?;
        let before = traces(rig).await?;
        let mut commands = foreign_commands()?;
        assert!(commands.len() > 150, "{}", commands.len());
        commands.extend(
            "watch_events unwatch_events export_events profile_slot refresh_now faults set_fault reset_faults pass_time detach_panel attach_panel close_panel"
                .split(' ')
                .map(str::to_owned),
        );
        let answers = ask_all(page, &commands).await?;
        let open: Vec<_> = commands.iter().zip(&answers).filter(|(_, answer)| !refused(answer)).collect();
        assert!(open.is_empty(), "{open:?}");
        assert_eq!(traces(rig).await?, before, "one of them has done something");

        assert_eq!(page.count("dev-toggle").await?, 0);
        let press = "window.dispatchEvent(new KeyboardEvent('keydown', { key: 'D', ctrlKey: true, shiftKey: true, cancelable: true }));
             return document.querySelector('.window-drawer') === null";
        assert_eq!(page.eval(press).await?, json!(true), "the shortcut opens a panel that is not there");
        Ok(())
    })
}

/// P9, P10: with the panel asked for, a real server's still has no switches; Tauri shows itself nowhere, and prototypes are frozen.
#[test]
fn the_panel_of_a_real_server_has_no_switches_and_the_page_cannot_reach_behind_its_bridge() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let page = rig.page()?;
        page.shows("login-form").await?;
        let commands = ["faults", "set_fault", "reset_faults", "pass_time"].map(str::to_owned);
        let answers = ask_all(page, &commands).await?;
        assert_eq!(answers[0]["value"], json!([]));
        for answer in &answers[1..] {
            assert!(answer["error"].as_str().is_some_and(|why| why.contains("not allowed")), "{answer}");
        }
        let page_sees = page
            .eval(
                "let threw = false;
                 try { (function () { 'use strict'; Object.prototype.then = () => 1; })(); } catch { threw = true; }
                 Object.prototype.sloppy = 1;
                 return { global: typeof window.__TAURI__, threw, frozen: Object.isFrozen(Object.prototype),
                          polluted: ({}).then !== undefined || ({}).sloppy !== undefined };",
            )
            .await?;
        assert_eq!(
            page_sees,
            json!({ "global": "undefined", "threw": true, "frozen": true, "polluted": false })
        );
        Ok(())
    })
}

/// P9: whatever is smuggled into the page is not run, loads nothing, and leads nowhere.
#[test]
fn nothing_that_is_injected_into_the_page_runs_loads_or_leads_away() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let page = rig.page()?;
        page.shows("login-form").await?;
        let trap = Trap::set("127.0.0.1:0")?;
        trap.must_work().await?;
        let injections = INJECTIONS.replace("TRAP", &trap.address);
        let start = "().then((told) => { window.told = told; }); return true";
        page.eval(&format!("window.told = null; const play = {injections}; play{start}")).await?;
        let told = page.until("the injections", "return window.told").await?;
        let told = told.as_object().context("no outcomes")?;
        assert!(told.len() >= 30, "{told:?}");
        let kept_out = |outcome: &Value| {
            let wanted = outcome["wanted"].as_str().unwrap_or_default();
            let violated = outcome["violated"].as_array().is_some_and(|all| all.contains(&json!(wanted)));
            outcome["did"] == json!(false) && (wanted.is_empty() || violated)
        };
        let holes: Vec<_> = told.iter().filter(|(_, outcome)| !kept_out(outcome)).collect();
        assert!(holes.is_empty(), "{holes:?}");
        assert_eq!(trap.caught(), NOBODY, "by an injection");

        lead_away(page, &trap, "login-form").await?;
        // A download would be under way by now: the page's next answers come after it.
        page.reload().await?;
        page.shows("login-form").await?;
        assert_eq!(trap.caught(), NOBODY, "by a second window");
        assert_eq!(downloads(rig)?, Vec::<PathBuf>::new());
        Ok(())
    })
}

/// P9, P10: the dev panel's own window, at a real server: of all commands that there are it may call the panel's; nothing leads out of it.
#[test]
fn the_panels_own_window_is_as_shut_as_the_main_one_and_has_fewer_doors() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.open_dev_panel().await?;
        page.click("dev-detach").await?;
        page.gone("dev-panel").await?;
        let trap = Trap::set("127.0.0.1:0")?;
        trap.must_work().await?;
        let before = traces(rig).await?;
        let mut commands = foreign_commands()?;
        commands.extend(NOT_THE_PANELS.split(' ').map(str::to_owned));
        rig.in_panel(async |panel| {
            panel.shows("dev-panel").await?;
            let answers = ask_all(panel, &commands).await?;
            let open: Vec<_> = commands.iter().zip(&answers).filter(|(_, answer)| !refused(answer)).collect();
            assert!(open.is_empty(), "{open:?}");
            lead_away(panel, &trap, "dev-panel").await
        })
        .await?;
        assert_eq!(traces(rig).await?, before, "one of them has done something");
        assert_eq!(trap.caught(), NOBODY);
        Ok(())
    })
}

/// P3: whatever path the page asks for, only the configured server is spoken to.
#[test]
fn no_path_that_the_page_asks_for_reaches_another_host_or_port() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        let port = server.base_url().trim_end_matches('/').rsplit(':').next().context("no port")?;
        let traps = [
            Trap::set("127.0.0.1:0")?,
            Trap::set(&format!("127.0.0.2:{port}"))?,
            Trap::set(&format!("[::1]:{port}"))?,
        ];
        let mut paths = kept_paths()?;
        for trap in &traps {
            trap.must_work().await?;
            paths.extend(NASTY.iter().map(|path| path.replace("TRAP", &trap.address)));
        }
        let port = traps[0].address.rsplit(':').next().unwrap_or_default();
        paths.extend(NASTY.iter().map(|path| path.replace("TRAP", &format!("localhost:{port}"))));
        let seen = server.handle().request_log().len();
        page.eval(&format!(
            "const invoke = window.__TAURI_INTERNALS__.invoke;
             const call = (path) => invoke('api_call', {{ call: {{ method: 'GET', path, body: null, ticket: null }} }})
                 .then((reply) => ({{ status: reply.status }}), (error) => ({{ code: error.code ?? String(error) }}));
             window.answers = null;
             Promise.all({}.map(call)).then((all) => {{ window.answers = all; }});
             return true",
            json!(paths)
        ))
        .await?;
        let answers = page.until("all answers", "return window.answers").await?;
        let answers = answers.as_array().context("no answers")?;
        let mut refused = 0;
        for (path, answer) in paths.iter().zip(answers) {
            match answer["code"].as_str() {
                Some("path-not-allowed") => refused += 1,
                Some(code) => panic!("{path:?}: {code}"),
                // A name without a meaning to us is a path below the base; the server that is set answered it.
                None => assert!(answer["status"].as_u64().is_some(), "{path:?}: {answer}"),
            }
        }
        assert!(refused > 150, "{refused} of {} were refused", paths.len());
        assert_eq!(
            server.handle().request_log().len() - seen,
            paths.len() - refused,
            "each call is one request"
        );
        for trap in &traps {
            assert_eq!(trap.caught(), NOBODY, "{}", trap.address);
        }
        Ok(())
    })
}

/// P9: what the plugin store tells every webview of what it keeps is not told: the page may listen, and hears nothing.
#[test]
fn nothing_that_is_kept_is_broadcast_to_the_page() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.eval(
            "const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
             window.heard = []; window.listens = false;
             const listen = (event) => invoke('plugin:event|listen', { event, target: { kind: 'Any' },
                 handler: transformCallback((told) => window.heard.push(told.event)) });
             Promise.all(['store://change', 'session-changed'].map(listen)).then(() => { window.listens = true; });
             return true",
        )
        .await?;
        page.until("the listeners", "return window.listens").await?;
        page.fill("draft", "a thought of one's own").await?;
        page.go_to("settings").await?;
        rig.keeps_route("/settings").await?;
        // Sent after all that the store had to say, by the same way.
        page.click("sign-out").await?;
        page.click("sign-out-confirm").await?;
        page.until("an event that is sent", "return window.heard.includes('session-changed')").await?;
        let heard = page.eval("return window.heard.filter((event) => event.startsWith('store'))").await?;
        assert_eq!(heard, json!([]));
        Ok(())
    })
}

/// What the main window may call, or the panel's on the demo server, and the panel's at a real one may not.
const NOT_THE_PANELS: &str = "sign_in sign_out api_call reload_profile draft save_draft save_route retry_now retry_vault settings test_settings stop_test save_settings open_logs detach_panel set_fault reset_faults pass_time";

/// Every command of Tauri and its plugins in this build but those that are open, as the build itself lists them.
fn foreign_commands() -> Result<Vec<String>> {
    let list = workspace().join("gen/schemas/acl-manifests.json");
    let manifests: Value =
        serde_json::from_str(&std::fs::read_to_string(&list).context("build the app first")?)?;
    let mut commands = Vec::new();
    for (plugin, manifest) in manifests.as_object().context("no manifests")? {
        let plugin = plugin.trim_start_matches("core:");
        for permission in manifest["permissions"].as_object().into_iter().flatten().map(|(_, it)| it) {
            let allowed = permission["commands"]["allow"].as_array().into_iter().flatten();
            commands.extend(allowed.filter_map(|name| Some(format!("plugin:{plugin}|{}", name.as_str()?))));
        }
    }
    commands.retain(|name| !name.starts_with("plugin:__app-acl__") && !OPEN.contains(&name.as_str()));
    commands.sort();
    commands.dedup();
    // The single instance has no commands; that it gets none unnoticed is seen here, too.
    commands
        .extend(["plugin:single-instance|show", "plugin:store|nosuch", "no_such_command"].map(str::to_owned));
    Ok(commands)
}

fn refused(answer: &Value) -> bool {
    answer["error"].as_str().is_some_and(|why| why.contains("not allowed"))
}

/// Each would take the page away, or open another window; it is asked after each whether it is still there.
async fn lead_away(page: &Page, trap: &Trap, shown: &str) -> Result<()> {
    for departure in DEPARTURES {
        page.eval(&format!("{}; return true", departure.replace("TRAP", &trap.address))).await?;
        // That nothing comes cannot be waited for; in this time everything came that was not refused.
        let pause = "window.at ??= performance.now(); if (performance.now() - window.at < 400) return false; delete window.at; return true";
        page.until("a while to pass", pause).await?;
        page.shows(shown).await?;
        assert_eq!(trap.caught(), NOBODY, "{departure}");
        assert_eq!(page.eval("return location.origin").await?, json!("tauri://localhost"), "{departure}");
    }
    let opened = format!("return window.open('http://{}/') === null", trap.address);
    assert_eq!(page.eval(&opened).await?, json!(true), "a second window");
    Ok(())
}

/// Calls each as a page would that knows Tauri well, and gives `{ value }` or `{ error }`.
async fn ask_all(page: &Page, commands: &[String]) -> Result<Vec<Value>> {
    page.eval(&format!(
        "const bag = {{
             label: 'main', windowLabel: 'main', rid: 0, rids: [0], id: 'main', path: 'stolen.json', key: 'slot', value: 'mine',
             event: 'session-expired', eventId: 0, target: {{ kind: 'Any' }}, payload: {{ reason: 'injected' }},
             options: {{ label: 'second', url: 'https://example.com/', title: 'second' }}, name: 'offline', on: true,
             directory: 1, paths: ['a'], kind: 'Normal', theme: 'dark', visible: false, title: 'taken', events: '__CHANNEL__:1',
         }};
         window.answers = null;
         Promise.all({}.map((command) => window.__TAURI_INTERNALS__.invoke(command, bag)
             .then((value) => ({{ value: value ?? null }}), (error) => ({{ error: typeof error === 'string' ? error : JSON.stringify(error) }}))))
             .then((all) => {{ window.answers = all; }});
         return true",
        json!(commands)
    ))
    .await?;
    let answers = page.until("all answers", "return window.answers").await?;
    answers.as_array().cloned().context("no answers")
}

/// What a command that got through would have changed: the page, its session, what is kept, what the server saw.
async fn traces(rig: &Rig) -> Result<Value> {
    let page = rig.page()?;
    let seen = page
        .eval("return [location.href, document.title, innerWidth, innerHeight, document.hidden, { ...document.querySelector('[data-route]').dataset }]")
        .await?;
    let server = rig.server()?.handle();
    let (counts, mut files) = (server.counts(), Vec::new());
    below(&rig.folder().join("app/keepsakes"), &mut files)?;
    let strays: Vec<_> =
        ["stolen.json", "exports"].map(|name| rig.folder().join("app").join(name).exists()).into();
    files.sort();
    Ok(json!([seen, counts.refreshes, counts.api_calls, files, strays, rig.processes().len()]))
}

/// Files below a folder, none if there is no such folder.
fn below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() { below(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

/// Files that a download would have left in this run's folders.
fn downloads(rig: &Rig) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    below(rig.folder(), &mut files)?;
    files.retain(|file| file.to_string_lossy().contains("smuggled"));
    Ok(files)
}

/// The paths that the fuzzer found of interest: the second line of each kept input.
fn kept_paths() -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(workspace().join("src-tauri/crates/session/fuzz/corpus-kept/path"))? {
        let Ok(text) = String::from_utf8(std::fs::read(entry?.path())?) else { continue };
        paths.extend(text.split_once('\n').map(|(_, path)| path.to_owned()));
    }
    assert!(paths.len() > 40, "{}", paths.len());
    Ok(paths)
}

/// Paths that name a trap, or climb. `TRAP` is its host and port.
const NASTY: &[&str] = &[
    "http://TRAP/",
    "HTTP://TRAP/",
    "http:TRAP/",
    "http:/TRAP/",
    "http:\\\\TRAP\\",
    "https://TRAP/",
    "ws://TRAP/",
    "ftp://TRAP/",
    "//TRAP/",
    "///TRAP/",
    "////TRAP/",
    "\\\\TRAP\\",
    "/\\TRAP/",
    "\\/TRAP/",
    "/\t/TRAP/",
    "\t//TRAP/",
    " //TRAP/",
    "/\n/TRAP/",
    "/\r/TRAP/",
    "//ada:secret@TRAP/",
    "ada@TRAP/",
    "http://127.0.0.1@TRAP/",
    "@TRAP/",
    ":@TRAP/",
    "%2f%2fTRAP/",
    "%2F%2FTRAP/",
    "/%2fTRAP/",
    "%5c%5cTRAP/",
    "/%5cTRAP/",
    "/%09/TRAP/",
    "%09//TRAP/",
    "..//TRAP/",
    "../..//TRAP/",
    "./..//TRAP/",
    "%2e%2e//TRAP/",
    "%2e%2e%2f%2fTRAP/",
    "..%2f..%2fTRAP/",
    "a/..//..//TRAP/",
    "..;//TRAP/",
    "..\\\\TRAP/",
    "\u{ff0f}\u{ff0f}TRAP/",
    "\u{ff0e}\u{ff0e}/TRAP/",
    "\u{2024}\u{2024}/TRAP/",
    "\u{2215}\u{2215}TRAP/",
    "\u{3002}\u{3002}//TRAP/",
    "\u{200b}//TRAP/",
    "\u{feff}//TRAP/",
    "?http://TRAP/",
    "#http://TRAP/",
    "a#@TRAP/",
    "javascript:fetch('http://TRAP/')",
    "data:text/html,<img src=http://TRAP/>",
    "file:///etc/passwd",
    "blob:http://TRAP/",
    "view-source:http://TRAP/",
    "tauri://TRAP/",
];

/// Each tries one thing; `TRAP` is the trap's host and port.
const INJECTIONS: &str = include_str!("webview/injections.js");

/// Each would take the page to another.
const DEPARTURES: &[&str] = &[
    "location.href = 'http://TRAP/href'",
    "location.assign('http://TRAP/assign')",
    "location.replace('http://tauri.localhost:1/')",
    "document.body.appendChild(Object.assign(document.createElement('a'), { href: 'http://TRAP/link' })).click()",
    "document.body.appendChild(Object.assign(document.createElement('a'), { href: 'http://TRAP/blank', target: '_blank' })).click()",
    "document.head.insertAdjacentHTML('beforeend', '<meta http-equiv=\"refresh\" content=\"0;url=http://TRAP/refresh\">')",
    "location.href = 'data:text/html,gone'",
    "location.href = 'blob:tauri://localhost/none'",
    "location.href = 'file:///etc/passwd'",
    "location.href = 'about:blank'",
    "location.href = 'tauri://elsewhere/'",
];
