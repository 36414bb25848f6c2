//! The window's doors: which commands its page may call beyond those of every start, and that nothing leads out of it (P9, P10).
//! Not here: what every start allows (`capabilities/`, `permissions/`), and what the page may load (the CSP in `tauri.conf.json`).

use std::sync::{Mutex, MutexGuard, PoisonError};

use tauri::ipc::{CapabilityBuilder, Invoke};
use tauri::webview::NewWindowResponse;
use tauri::{Manager, Runtime, WebviewWindowBuilder};
use url::Url;

use crate::config::Settings;

/// What only the dev panel may call, as `permissions/dev-panel.toml` has it.
const PANEL: (&str, [&str; 6]) = (
    "dev-panel",
    ["watch_events", "unwatch_events", "export_events", "profile_slot", "refresh_now", "faults"],
);

/// What turns the demo server's switches.
const SWITCHES: (&str, [&str; 3]) = ("demo-switches", ["set_fault", "reset_faults", "pass_time"]);

/// The doors that depend on the settings, which may change while the window is open.
///
/// Tauri can add a permission to a running program and cannot take one away. So a door that was opened once is watched from
/// then on: [`watched`] refuses what the settings of now do not allow.
#[derive(Default)]
pub struct Doors(Mutex<State>);

#[derive(Default)]
struct State {
    /// The permissions that Tauri has been given.
    given: Vec<&'static str>,
    /// Those of them that the settings of now allow.
    open: &'static [&'static str],
}

impl Doors {
    /// Allows `window` the dev panel's commands where there is one, and the demo server's switches where that is the backend;
    /// and nothing of both any more where they were allowed before.
    ///
    /// # Errors
    /// When Tauri refuses; the doors are shut then.
    pub fn open_for<R: Runtime>(
        &self,
        app: &impl Manager<R>,
        window: &str,
        settings: &Settings,
    ) -> tauri::Result<()> {
        let wanted = allowed(settings);
        let new: Vec<_> = {
            let mut state = self.state();
            state.open = &[];
            wanted.iter().copied().filter(|name| !state.given.contains(name)).collect()
        };
        for name in &new {
            let capability = CapabilityBuilder::new(format!("{name}-of-{window}")).window(window);
            app.add_capability(capability.permission(*name))?;
        }
        let mut state = self.state();
        state.given.extend(new);
        state.open = wanted;
        Ok(())
    }

    fn is_shut(&self, command: &str) -> bool {
        let is_of = |(name, commands): (&'static str, &[&str])| commands.contains(&command).then_some(name);
        let door = is_of((PANEL.0, &PANEL.1)).or_else(|| is_of((SWITCHES.0, &SWITCHES.1)));
        door.is_some_and(|door| !self.state().open.contains(&door))
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
        let doors = invoke.message.webview_ref().try_state::<Doors>();
        if doors.is_some_and(|doors| doors.is_shut(&command)) {
            invoke.resolver.reject(format!("{command} not allowed: not with these settings"));
            return true;
        }
        handler(invoke)
    }
}

/// The names of sets in `permissions/dev-panel.toml`.
fn allowed(settings: &Settings) -> &'static [&'static str] {
    match (settings.dev_panel, settings.embedded_demo) {
        (false, _) => &[],
        (true, false) => &[PANEL.0],
        (true, true) => &[PANEL.0, SWITCHES.0],
    }
}

/// No page but ours, no second window, no file to the disk, no network.
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
    use crate::{WINDOW, bindings, config};

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
            app.state::<Doors>().open_for(&app, WINDOW, &settings).unwrap();
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
        let own = "startup session sign_in sign_out api_call profile reload_profile draft save_draft save_route retry_now retry_vault settings test_settings stop_test save_settings open_logs";
        own.split(' ').chain(["plugin:event|listen", "plugin:event|unlisten"]).map(str::to_owned).collect()
    }

    fn and(more: &[&str]) -> BTreeSet<String> {
        let more = more.iter().filter(|_| cfg!(feature = "dev-panel"));
        everyday().into_iter().chain(more.map(|name| (*name).to_owned())).collect()
    }

    #[test]
    fn p9_of_all_commands_of_the_app_of_tauri_and_of_its_plugins_only_those_listed_are_open() {
        let all = all_commands();
        assert!(all.len() > 150 && all.iter().any(|name| name == "plugin:store|load"), "{all:?}");
        assert_eq!(callable(REAL, WINDOW), everyday());
    }

    #[test]
    fn p9_another_window_may_call_nothing() {
        assert_eq!(callable("", "other"), BTreeSet::new());
    }

    #[test]
    fn p10_the_panel_and_the_switches_are_the_demo_servers_and_a_real_server_has_no_switches_whatever_is_set()
    {
        assert_eq!(callable("", WINDOW), and(&[&PANEL.1[..], &SWITCHES.1].concat()));
        assert_eq!(callable(&format!("{REAL}[dev]\npanel = true"), WINDOW), and(&PANEL.1));
        assert_eq!(callable("[dev]\npanel = false", WINDOW), everyday());
    }

    #[test]
    fn p10_the_doors_follow_the_settings_while_the_window_is_open() {
        let panel = format!("{REAL}[dev]\npanel = true");
        let all = and(&[&PANEL.1[..], &SWITCHES.1].concat());
        assert_eq!(callable_after(&["", REAL], WINDOW), everyday());
        assert_eq!(callable_after(&["", &panel], WINDOW), and(&PANEL.1));
        assert_eq!(callable_after(&[REAL, ""], WINDOW), all);
        assert_eq!(callable_after(&["", REAL, ""], WINDOW), all);
        assert_eq!(callable_after(&[&panel, REAL, "", REAL], WINDOW), everyday());
    }

    #[test]
    fn p10_a_build_without_the_dev_panel_has_neither_its_commands_nor_their_permissions() {
        let acl = include_str!(concat!(env!("OUT_DIR"), "/acl-manifests.json"));
        let handler = bindings::builder::<MockRuntime>();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bindings.ts");
        handler.export(specta_typescript::Typescript::default(), &file).unwrap();
        let typescript = std::fs::read_to_string(file).unwrap();
        for command in PANEL.1.iter().chain(&SWITCHES.1) {
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
