//! The windows' doors: which commands a page may call beyond those of every start, and that nothing leads out of it (P9, P10).
//! Not here: what every start allows (`capabilities/`, `permissions/`), and what a page may load (the CSP in `tauri.conf.json`).

use std::sync::{Mutex, MutexGuard, PoisonError};

use tauri::ipc::{CapabilityBuilder, Invoke};
use tauri::webview::NewWindowResponse;
use tauri::{Manager, Runtime, WebviewWindowBuilder};
use url::Url;

use crate::config::Settings;
use crate::windows::{MAIN, PANEL};

/// A permission of `permissions/dev-panel.toml` for one window.
struct Door {
    window: &'static str,
    permission: &'static str,
    commands: &'static [&'static str],
    /// There with the embedded demo server only.
    is_demos: bool,
    /// What Tauri itself must allow with it. The main window has these from the start.
    with: &'static [&'static str],
}

/// What the panel watches with, wherever it stands.
const WATCH: &[&str] = &[
    "watch_events",
    "unwatch_events",
    "export_events",
    "profile_slot",
    "refresh_now",
    "faults",
    "close_panel",
];

/// What turns the demo server's switches.
const SWITCHES: &[&str] = &["set_fault", "reset_faults", "pass_time"];

const fn door(window: &'static str, permission: &'static str, commands: &'static [&'static str]) -> Door {
    Door { window, permission, commands, is_demos: false, with: &[] }
}

/// All of them. A command that a window has no door for is Tauri's alone to judge.
const DOORS: &[Door] = &[
    door(MAIN, "dev-panel", WATCH),
    door(MAIN, "detach-panel", &["detach_panel"]),
    Door { is_demos: true, ..door(MAIN, "demo-switches", SWITCHES) },
    Door {
        with: &["core:event:allow-listen", "core:event:allow-unlisten"],
        ..door(PANEL, "panel-window", &["startup", "session", "profile", "attach_panel"])
    },
    door(PANEL, "dev-panel", WATCH),
    Door { is_demos: true, ..door(PANEL, "demo-switches", SWITCHES) },
    Door { is_demos: true, ..door(PANEL, "demo-stories", &["api_call", "sign_in", "sign_out", "draft"]) },
];

/// The doors that depend on the settings, which may change while the windows are open.
///
/// Tauri can add a permission to a running program and cannot take one away. So a door that was opened once is watched from
/// then on: [`watched`] refuses what the settings of now do not allow.
#[derive(Default)]
pub struct Doors(Mutex<State>);

#[derive(Default)]
struct State {
    /// What Tauri has been given.
    given: Vec<Key>,
    /// Those that the settings of now allow.
    open: Vec<Key>,
}

type Key = (&'static str, &'static str);

impl Door {
    const fn key(&self) -> Key {
        (self.window, self.permission)
    }

    const fn is_open_with(&self, settings: &Settings) -> bool {
        settings.dev_panel && (settings.embedded_demo || !self.is_demos)
    }
}

impl Doors {
    /// Allows the windows the dev panel's commands where there is one, and the demo server's switches where that is the backend;
    /// and nothing of both any more where they were allowed before.
    ///
    /// # Errors
    /// When Tauri refuses; the doors are shut then.
    pub fn open_for<R: Runtime>(&self, app: &impl Manager<R>, settings: &Settings) -> tauri::Result<()> {
        let wanted: Vec<_> = DOORS.iter().filter(|door| door.is_open_with(settings)).collect();
        let new: Vec<_> = {
            let mut state = self.state();
            state.open.clear();
            wanted.iter().filter(|door| !state.given.contains(&door.key())).collect()
        };
        for door in &new {
            let capability = CapabilityBuilder::new(format!("{}-of-{}", door.permission, door.window));
            let capability = capability.window(door.window).permission(door.permission);
            let all = door.with.iter().fold(capability, |all, permission| all.permission(*permission));
            app.add_capability(all)?;
        }
        let mut state = self.state();
        state.given.extend(new.iter().map(|door| door.key()));
        state.open = wanted.iter().map(|door| door.key()).collect();
        Ok(())
    }

    /// Whether the settings of now allow this window anything at all.
    #[must_use]
    pub fn are_open_to(&self, window: &str) -> bool {
        self.state().open.iter().any(|(of, _)| *of == window)
    }

    fn is_shut(&self, window: &str, command: &str) -> bool {
        let is_its = |door: &&Door| door.window == window && door.commands.contains(&command);
        DOORS.iter().find(is_its).is_some_and(|door| !self.state().open.contains(&door.key()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses, in Tauri's words, what the settings of now do not allow; Tauri's own permissions have been asked before.
pub fn watched<R: Runtime>(
    handler: impl Fn(Invoke<R>) -> bool + Send + Sync + 'static,
) -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    move |invoke| {
        let command = invoke.message.command().to_owned();
        let webview = invoke.message.webview_ref();
        let doors = webview.try_state::<Doors>();
        if doors.is_some_and(|doors| doors.is_shut(webview.label(), &command)) {
            invoke.resolver.reject(format!("{command} not allowed: not with these settings"));
            return true;
        }
        handler(invoke)
    }
}

/// No page but ours, no window but ours, no file to the disk, no network.
///
/// # Errors
/// None that a build of ours can have: an address in it would have to be wrong.
pub fn shut<'a, R: Runtime, M: Manager<R>>(
    window: WebviewWindowBuilder<'a, R, M>,
    dev_url: Option<Url>,
) -> tauri::Result<WebviewWindowBuilder<'a, R, M>> {
    let window = window
        .on_navigation(move |url| is_our_page(url, dev_url.as_ref()))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false);
    without_network(window)
}

/// WebKit opens connections before it asks whether it may (a link that is clicked, `preconnect`), and no policy of a page
/// stops it. The page comes from the program and speaks to nobody else, so its connections are sent where nobody listens.
#[cfg(all(target_os = "linux", feature = "custom-protocol"))]
fn without_network<'a, R: Runtime, M: Manager<R>>(
    window: WebviewWindowBuilder<'a, R, M>,
) -> tauri::Result<WebviewWindowBuilder<'a, R, M>> {
    /// Port 1 is root's alone, and no system of today has anything there.
    const NOBODY: &str = "http://127.0.0.1:1/";
    Ok(window.proxy_url(Url::parse(NOBODY).map_err(tauri::Error::InvalidUrl)?))
}

#[cfg(not(all(target_os = "linux", feature = "custom-protocol")))]
fn without_network<'a, R: Runtime, M: Manager<R>>(
    window: WebviewWindowBuilder<'a, R, M>,
) -> tauri::Result<WebviewWindowBuilder<'a, R, M>> {
    Ok(window)
}

fn is_our_page(url: &Url, dev_url: Option<&Url>) -> bool {
    let ours = match cfg!(windows) {
        true => {
            matches!(url.scheme(), "http" | "https")
                && url.host_str() == Some("tauri.localhost")
                && url.port().is_none()
        }
        false => url.scheme() == "tauri" && url.host_str() == Some("localhost"),
    };
    let in_development = cfg!(not(feature = "custom-protocol"));
    ours || (in_development && dev_url.is_some_and(|dev| dev.origin() == url.origin()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;
    use std::sync::mpsc;
    use std::time::Duration;

    use serde_json::{Value, json};
    use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponse};
    use tauri::test::{INVOKE_KEY, MockRuntime, mock_builder};
    use tauri::webview::InvokeRequest;

    use super::*;
    use crate::{bindings, config};

    const REAL: &str = "base_url = \"https://example.com/\"\n";
    /// The commands that get past the app's real permissions, of all there are; there is no program behind them.
    fn callable(settings: &str, window: &str) -> BTreeSet<String> {
        callable_after(&[settings], window)
    }

    /// The same after these settings were set one after the other, in one run of the program.
    fn callable_after(settings: &[&str], window: &str) -> BTreeSet<String> {
        let bindings = bindings::builder::<MockRuntime>();
        let app = mock_builder()
            .plugin(tauri_plugin_store::Builder::new().build())
            .invoke_handler(watched(bindings.invoke_handler()))
            .build(crate::context())
            .unwrap();
        app.manage(Doors::default());
        let set = |settings: &&str| {
            let settings = config::parse(settings, Path::new("config.toml")).unwrap();
            app.state::<Doors>().open_for(&app, &settings).unwrap();
        };
        set(&settings[0]);
        let page = WebviewWindowBuilder::new(&app, window, Default::default()).build().unwrap();
        settings[1..].iter().for_each(set);
        let answer = |command: &str| {
            let (tell, told) = mpsc::channel();
            let request = InvokeRequest {
                cmd: command.to_owned(),
                callback: CallbackFn(0),
                error: CallbackFn(1),
                url: if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" }
                    .parse()
                    .unwrap(),
                body: InvokeBody::Json(json!({})),
                headers: Default::default(),
                invoke_key: INVOKE_KEY.into(),
            };
            let reply = Box::new(move |_, _, response, _, _| tell.send(response).unwrap());
            page.as_ref().clone().on_message(request, reply);
            told.recv_timeout(Duration::from_secs(20)).unwrap()
        };
        let passes = |command: &&String| match answer(command) {
            InvokeResponse::Ok(_) => true,
            InvokeResponse::Err(error) => !refused(&error.0),
        };
        all_commands().iter().filter(passes).cloned().collect()
    }

    fn refused(error: &Value) -> bool {
        error.as_str().is_some_and(|text| {
            ["not allowed", "not found", "Permissions associated", "Plugin not found"]
                .iter()
                .any(|words| text.contains(words))
        })
    }

    /// Our own commands as `commands.rs` has them, and every command of Tauri and its plugins that this build knows.
    fn all_commands() -> Vec<String> {
        let own = include_str!("commands.rs").lines().filter_map(|line| {
            let name = line.strip_prefix("pub async fn ")?;
            Some(name.split('(').next()?.to_owned())
        });
        let manifests: Value =
            serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/acl-manifests.json"))).unwrap();
        let foreign = manifests.as_object().unwrap().iter().filter(|(plugin, _)| *plugin != "__app-acl__");
        let foreign = foreign.flat_map(|(plugin, manifest)| {
            let plugin = plugin.trim_start_matches("core:").to_owned();
            let permissions = manifest["permissions"].as_object().unwrap().values();
            let commands =
                permissions.flat_map(|permission| permission["commands"]["allow"].as_array().unwrap());
            let name = move |command: &Value| format!("plugin:{plugin}|{}", command.as_str().unwrap());
            commands.map(name).collect::<BTreeSet<_>>()
        });
        own.chain(foreign).collect()
    }

    fn everyday() -> BTreeSet<String> {
        let own = "startup session sign_in sign_out api_call watch_calls profile reload_profile draft save_draft save_route retry_now retry_vault settings test_settings stop_test save_settings open_logs";
        own.split(' ').chain(["plugin:event|listen", "plugin:event|unlisten"]).map(str::to_owned).collect()
    }

    fn and(more: &[&str]) -> BTreeSet<String> {
        let more = more.iter().filter(|_| cfg!(feature = "dev-panel"));
        everyday().into_iter().chain(more.map(|name| (*name).to_owned())).collect()
    }

    /// What the main window has with a panel, and what besides on the demo server.
    fn panel() -> Vec<&'static str> {
        [WATCH, &["detach_panel"]].concat()
    }

    fn demo() -> Vec<&'static str> {
        [&panel(), SWITCHES].concat()
    }

    /// What the panel's own window has: with any server, and besides on the demo server.
    const ALONE: &str = "startup session profile attach_panel watch_events unwatch_events export_events profile_slot refresh_now faults close_panel plugin:event|listen plugin:event|unlisten";
    const ALONE_ON_DEMO: &str = "set_fault reset_faults pass_time api_call sign_in sign_out draft";

    fn alone(parts: &[&str]) -> BTreeSet<String> {
        let names = parts.iter().flat_map(|part| part.split(' ')).filter(|_| cfg!(feature = "dev-panel"));
        names.map(str::to_owned).collect()
    }

    #[test]
    fn p9_of_all_commands_of_the_app_of_tauri_and_of_its_plugins_only_those_listed_are_open() {
        let all = all_commands();
        assert!(all.len() > 150 && all.iter().any(|name| name == "plugin:store|load"), "{all:?}");
        assert_eq!(callable(REAL, MAIN), everyday());
    }

    #[test]
    fn p9_another_window_may_call_nothing() {
        assert_eq!(callable("", "other"), BTreeSet::new());
    }

    #[test]
    fn p10_the_panel_and_the_switches_are_the_demo_servers_and_a_real_server_has_no_switches_whatever_is_set()
    {
        assert_eq!(callable("", MAIN), and(&demo()));
        assert_eq!(callable(&format!("{REAL}[dev]\npanel = true"), MAIN), and(&panel()));
        assert_eq!(callable("[dev]\npanel = false", MAIN), everyday());
    }

    /// P9: no sign-in and no call from there but for the demo's scenarios, no settings, nothing that an end user does.
    #[test]
    fn p9_p10_the_panels_own_window_may_call_what_the_panel_does_and_nothing_else() {
        assert_eq!(callable("", PANEL), alone(&[ALONE, ALONE_ON_DEMO]));
        assert_eq!(callable(&format!("{REAL}[dev]\npanel = true"), PANEL), alone(&[ALONE]));
        assert_eq!(callable(REAL, PANEL), BTreeSet::new());
        assert_eq!(callable("[dev]\npanel = false", PANEL), BTreeSet::new());
    }

    /// The commands in the code of the page that the panel's own window shows, as Rust names them.
    fn called_by_the_panels_page() -> BTreeSet<String> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src");
        let mut files: Vec<_> = [
            "boot.tsx",
            "ipc/first.ts",
            "session/session.ts",
            "features/frame/PanelWindow.tsx",
            "features/dev-panel",
        ]
        .map(|name| source.join(name))
        .into();
        let mut called = BTreeSet::new();
        while let Some(file) = files.pop() {
            if file.is_dir() {
                files.extend(std::fs::read_dir(file).unwrap().map(|entry| entry.unwrap().path()));
            } else if !file.to_string_lossy().contains(".test.") {
                let code = std::fs::read_to_string(file).unwrap().replace("callApi(", "commands.apiCall(");
                called.extend(code.split("commands.").skip(1).map(|after| {
                    let name = after.split(|letter: char| !letter.is_alphanumeric()).next().unwrap();
                    let lower = |letter: char| match letter.is_uppercase() {
                        true => format!("_{}", letter.to_lowercase()),
                        false => letter.to_string(),
                    };
                    name.chars().map(lower).collect::<String>()
                }));
            }
        }
        called
    }

    #[test]
    fn p9_the_panels_own_window_may_call_exactly_what_the_code_of_its_page_calls() {
        let own = [ALONE, ALONE_ON_DEMO].into_iter().flat_map(|part| part.split(' '));
        let own: BTreeSet<_> = own.filter(|name| !name.starts_with("plugin:")).map(str::to_owned).collect();
        assert_eq!(called_by_the_panels_page(), own);
    }

    #[test]
    fn p10_the_doors_follow_the_settings_while_the_windows_are_open() {
        let set = format!("{REAL}[dev]\npanel = true");
        assert_eq!(callable_after(&["", REAL], MAIN), everyday());
        assert_eq!(callable_after(&["", &set], MAIN), and(&panel()));
        assert_eq!(callable_after(&[REAL, ""], MAIN), and(&demo()));
        assert_eq!(callable_after(&["", REAL, ""], MAIN), and(&demo()));
        assert_eq!(callable_after(&[&set, REAL, "", REAL], MAIN), everyday());
        assert_eq!(callable_after(&["", &set], PANEL), alone(&[ALONE]));
        assert_eq!(callable_after(&["", REAL, ""], PANEL), alone(&[ALONE, ALONE_ON_DEMO]));
        // Tauri's own are not ours to watch; the window is closed when the settings allow it no more (`windows`).
        assert_eq!(callable_after(&["", REAL], PANEL), alone(&["plugin:event|listen plugin:event|unlisten"]));
    }

    #[test]
    fn p10_a_build_without_the_dev_panel_has_neither_its_commands_nor_their_permissions() {
        let acl = include_str!(concat!(env!("OUT_DIR"), "/acl-manifests.json"));
        let handler = bindings::builder::<MockRuntime>();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bindings.ts");
        handler.export(specta_typescript::Typescript::default(), &file).unwrap();
        let typescript = std::fs::read_to_string(file).unwrap();
        for command in demo().into_iter().chain(["attach_panel"]) {
            let quoted = format!("\"{command}\"");
            let built_in = cfg!(feature = "dev-panel");
            assert_eq!(
                (acl.contains(&quoted), typescript.contains(&quoted)),
                (built_in, built_in),
                "{command}"
            );
        }
    }

    #[test]
    fn p9_no_address_but_the_apps_own_is_a_page_of_the_window() {
        let ours = |text: &str| is_our_page(&text.parse().unwrap(), None);
        let home =
            if cfg!(windows) { "http://tauri.localhost/" } else { "tauri://localhost/index.html#/home" };
        assert!(ours(home));
        for foreign in [
            "https://example.com/",
            "http://127.0.0.1:5183/",
            "http://tauri.localhost:8080/",
            "http://tauri.localhost.example.com/",
            "tauri://elsewhere/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "about:srcdoc",
            "blob:tauri://localhost/1",
            "javascript:alert(1)",
        ] {
            assert!(!ours(foreign), "{foreign}");
        }
    }
}
