//! The desk of the tests: the shell's commands on Tauri's mock runtime, over the real engine, store and demo server.
//! Not here: any expectation.

use std::collections::HashMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use async_trait::async_trait;
use demo_api::{Demo, Handle};
use futures::FutureExt;
use serde_json::{Value, json};
use session_engine::error::VaultError;
use session_engine::ports::{Vault, VaultEntry};
use session_keeper::adapters::slots::PluginSlots;
use session_keeper::call_phases::CallPhases;
use session_keeper::compose::{self, Parts};
use session_keeper::desk::Desk;
use session_keeper::doors::Doors;
use session_keeper::places::Places;
use session_keeper::program::{Program, UiEvent};
use session_keeper::settings_file::SettingsFile;
use session_keeper::tickets::Tickets;
use session_keeper::windows::PanelWindow;
use session_keeper::{bindings, config};
use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponse, InvokeResponseBody};
use tauri::test::{INVOKE_KEY, MockRuntime, mock_builder, mock_context, noop_assets};
use tauri::webview::InvokeRequest;
use tauri::{App, Manager, WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;
use tokio::sync::watch;

/// The demo server's first account.
pub(crate) const ADA: &str = "ada@example.com";
/// Its password.
pub(crate) const PASSWORD: &str = "analytical-engine";

/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// The shell without a window, and the server it talks to.
pub(crate) struct TestDesk {
    app: App<MockRuntime>,
    page: WebviewWindow<MockRuntime>,
    heard: Arc<Mutex<Heard>>,
    /// The server's switches and counts.
    pub(crate) demo: Handle,
    /// Stands in for the OS keyring, which `tests/e2e` meets for real.
    pub(crate) vault: Arc<TestVault>,
    folder: Arc<TempDir>,
    settings: String,
}

/// What the page was told.
#[derive(Default)]
struct Heard {
    expired: usize,
    texts: Vec<String>,
    channels: HashMap<u32, Sender<Value>>,
}

impl TestDesk {
    /// With a demo server of the test's own, set as a real one.
    pub(crate) fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let demo = Demo::open(&folder.path().join("server")).unwrap();
        let handle = demo.handle();
        let address = tauri::async_runtime::block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tauri::async_runtime::spawn(demo.run(listener, std::future::pending()));
            address
        });
        let settings = format!("backend = \"demo\"\nbase_url = \"http://{address}/\"\n");
        Self::open(folder, handle, Arc::default(), settings)
    }

    /// With the embedded demo server, as without any settings.
    pub(crate) fn embedded() -> Self {
        Self::embedded_with("")
    }

    /// The same with `settings`: what `config.toml` would say.
    pub(crate) fn embedded_with(settings: &str) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let stand_in = Demo::in_memory().unwrap().handle(); // the embedded server's own handle is behind the commands
        Self::open(folder, stand_in, Arc::default(), settings.to_owned())
    }

    /// Ends the shell and starts it again over the same files and the same vault.
    pub(crate) fn restart(self) -> Self {
        let Self { app, demo, vault, folder, settings, .. } = self;
        app.cleanup_before_exit();
        drop(app);
        Self::open(folder, demo, vault, settings)
    }

    fn open(folder: Arc<TempDir>, demo: Handle, vault: Arc<TestVault>, settings: String) -> Self {
        let heard = Arc::new(Mutex::new(Heard::default()));
        let bindings = bindings::builder::<MockRuntime>();
        let app = mock_builder()
            .plugin(tauri_plugin_store::Builder::new().build())
            .invoke_handler(bindings.invoke_handler())
            .channel_interceptor({
                let heard = Arc::clone(&heard);
                move |_, callback, _, body| {
                    hear_channel(&heard, callback.0, body);
                    true
                }
            })
            .build(mock_context(noop_assets()))
            .unwrap();
        bindings.mount_events(&app);
        let parsed = config::parse(&settings, &PathBuf::from("config.toml")).unwrap();
        let (handle, told, kept, data) =
            (app.handle().clone(), Arc::clone(&heard), Arc::clone(&vault), folder.path().join("data"));
        let open = move |settings, first_seq| {
            let (handle, told, kept, data) = (handle.clone(), told.clone(), kept.clone(), data.clone());
            async move {
                let parts = Parts {
                    data_dir: &data,
                    records: Box::new(PluginSlots::new(handle)),
                    vault: Some(kept),
                    emit: Box::new(move |event| hear_event(&told, &event)),
                };
                compose::start_from(first_seq, settings, parts).await
            }
            .boxed()
        };
        app.manage(CallPhases::default());
        app.manage(Tickets::default());
        app.manage(Desk::new(open(parsed, 0)));
        app.manage(Doors::default());
        app.manage(Places::read(None));
        app.manage(PanelWindow::new(app.handle(), folder.path().join("webview")));
        app.manage(SettingsFile::new(folder.path().join("config/config.toml"), Box::new(open)));
        let page = WebviewWindowBuilder::new(&app, "main", Default::default()).build().unwrap();
        Self { app, page, heard, demo, vault, folder, settings }
    }

    /// The settings of the server that this desk has beside the embedded one.
    pub(crate) fn own_server(&self) -> &str {
        &self.settings
    }

    /// The file that holds this slot of the one user's record.
    pub(crate) fn slot_file(&self, slot: &str) -> PathBuf {
        let end = format!(".{}.json", slot.to_ascii_lowercase());
        let is_it = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("user-") && name.ends_with(&end)
        };
        let folders = std::fs::read_dir(self.folder.path().join("data/keepsakes")).unwrap();
        let files = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
        files.map(|file| file.unwrap().path()).find(is_it).unwrap()
    }

    /// The settings' file.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.folder.path().join("config/config.toml")
    }

    /// The program that runs now, for as long as anything holds it.
    pub(crate) fn program(&self) -> Weak<Program> {
        let desk = self.app.state::<Desk>();
        Arc::downgrade(&block_on(desk.program()).unwrap_or_else(|error| panic!("{}", error.message)))
    }

    /// Waits until nothing holds a program any more.
    pub(crate) fn until_gone(&self, program: &Weak<Program>) {
        self.until(|| program.strong_count() == 0);
    }

    /// Walks through the server that a draft describes; all steps that were told on the way.
    pub(crate) fn test_settings(&self, arguments: Value) -> (Result<Value, Value>, Vec<Value>) {
        self.test_settings_and(arguments, |_| ())
    }

    /// The same, with something to do at each step.
    pub(crate) fn test_settings_and(
        &self,
        mut arguments: Value,
        at_each: impl Fn(&Value),
    ) -> (Result<Value, Value>, Vec<Value>) {
        let (tell, told) = mpsc::channel();
        self.heard.lock().unwrap().channels.insert(3, tell);
        arguments["steps"] = "__CHANNEL__:3".into();
        let walking = self.invoke("test_settings", arguments);
        let mut steps = Vec::new();
        for _ in 0..4_000 {
            steps.extend(told.try_iter().inspect(&at_each));
            if let Ok(report) = walking.recv_timeout(Duration::from_millis(5)) {
                steps.extend(told.try_iter());
                return (report, steps);
            }
        }
        panic!("the walk does not end: {steps:?}")
    }

    /// The labels of all windows.
    pub(crate) fn windows(&self) -> Vec<String> {
        let mut labels: Vec<_> = self.app.webview_windows().into_keys().collect();
        labels.sort();
        labels
    }

    /// Calls a command that must succeed, from another window, which is there from then on.
    pub(crate) fn ok_in(&self, window: &str, command: &str, arguments: Value) -> Value {
        let page = self.app.get_webview_window(window);
        let page = page.unwrap_or_else(|| {
            WebviewWindowBuilder::new(&self.app, window, Default::default()).build().unwrap()
        });
        let answer = self.invoke_from(&page, command, arguments).recv_timeout(PATIENCE).unwrap();
        answer.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Calls a command that must succeed.
    pub(crate) fn ok(&self, command: &str, arguments: Value) -> Value {
        self.invoke(command, arguments)
            .recv_timeout(PATIENCE)
            .unwrap()
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Calls a command that must fail.
    pub(crate) fn err(&self, command: &str, arguments: Value) -> Value {
        self.invoke(command, arguments).recv_timeout(PATIENCE).unwrap().expect_err(command)
    }

    /// Signs Ada in.
    pub(crate) fn sign_in(&self) -> Value {
        let session = self.ok("sign_in", json!({ "username": ADA, "password": PASSWORD }));
        self.until(|| !self.kept_profile_or_none().is_empty());
        session
    }

    /// One call of the API.
    pub(crate) fn call(&self, method: &str, path: &str, body: Option<&str>) -> Result<Value, Value> {
        self.start_call(method, path, body).recv_timeout(PATIENCE).unwrap()
    }

    /// Many calls, all on their way before the first is answered.
    pub(crate) fn calls_at_once(&self, count: usize, path: &str) -> Vec<Value> {
        self.all_at_once(count, path).into_iter().map(Result::unwrap).collect()
    }

    /// The same, of which each must fail.
    pub(crate) fn failing_calls_at_once(&self, count: usize, path: &str) -> Vec<Value> {
        self.all_at_once(count, path).into_iter().map(Result::unwrap_err).collect()
    }

    fn all_at_once(&self, count: usize, path: &str) -> Vec<Result<Value, Value>> {
        let started: Vec<_> = (0..count).map(|_| self.start_call("GET", path, None)).collect();
        started.into_iter().map(|reply| reply.recv_timeout(PATIENCE).unwrap()).collect()
    }

    fn start_call(&self, method: &str, path: &str, body: Option<&str>) -> Receiver<Result<Value, Value>> {
        let call = json!({ "method": method, "path": path, "body": body });
        self.invoke("api_call", json!({ "call": call }))
    }

    fn invoke(&self, command: &str, arguments: Value) -> Receiver<Result<Value, Value>> {
        self.invoke_from(&self.page, command, arguments)
    }

    fn invoke_from(
        &self,
        page: &WebviewWindow<MockRuntime>,
        command: &str,
        arguments: Value,
    ) -> Receiver<Result<Value, Value>> {
        let (tell, told) = mpsc::channel();
        let heard = Arc::clone(&self.heard);
        let request = InvokeRequest {
            cmd: command.into(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" }.parse().unwrap(),
            body: InvokeBody::Json(arguments),
            headers: Default::default(),
            invoke_key: INVOKE_KEY.into(),
        };
        let reply = move |_, _, response, _, _| {
            let result = match response {
                InvokeResponse::Ok(body) => Ok(value(&body)),
                InvokeResponse::Err(error) => Err(error.0),
            };
            heard.lock().unwrap().texts.push(format!("{result:?}"));
            let _ = tell.send(result);
        };
        page.as_ref().clone().on_message(request, Box::new(reply));
        told
    }

    /// The kept profile's fields.
    pub(crate) fn kept_profile(&self) -> Vec<Value> {
        let fields = self.kept_profile_or_none();
        assert!(!fields.is_empty(), "no profile is kept");
        fields
    }

    fn kept_profile_or_none(&self) -> Vec<Value> {
        self.ok("profile", json!({}))["fields"].as_array().cloned().unwrap_or_default()
    }

    /// Subscribes to the phases of calls, like the page; each message is a batch.
    pub(crate) fn watch_calls(&self, channel: u32) -> Receiver<Value> {
        let (tell, told) = mpsc::channel();
        self.heard.lock().unwrap().channels.insert(channel, tell);
        self.ok("watch_calls", json!({ "progress": format!("__CHANNEL__:{channel}") }));
        told
    }

    /// A call that the page knows by `ticket`.
    pub(crate) fn start_call_with(&self, ticket: u64, path: &str) -> Receiver<Result<Value, Value>> {
        let call = json!({ "method": "GET", "path": path, "body": null, "ticket": ticket });
        self.invoke("api_call", json!({ "call": call }))
    }

    /// Subscribes like the dev panel.
    pub(crate) fn watch_events(&self) -> Receiver<Value> {
        let (tell, told) = mpsc::channel();
        self.heard.lock().unwrap().channels.insert(2, tell);
        self.ok("watch_events", json!({ "events": "__CHANNEL__:2" }));
        told
    }

    /// The same from another window, by a channel of this number.
    pub(crate) fn watch_events_in(&self, window: &str, channel: u32) -> Receiver<Value> {
        let (tell, told) = mpsc::channel();
        self.heard.lock().unwrap().channels.insert(channel, tell);
        self.ok_in(window, "watch_events", json!({ "events": format!("__CHANNEL__:{channel}") }));
        told
    }

    /// All kinds of event up to and with the first `kind`.
    pub(crate) fn until_kind(&self, events: &Receiver<Value>, kind: &str) -> Vec<String> {
        let mut kinds = Vec::new();
        while !kinds.iter().any(|known| known == kind) {
            let batch = events.recv_timeout(PATIENCE).unwrap();
            kinds.extend(
                batch["events"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|event| event["kind"].as_str().unwrap().to_owned()),
            );
        }
        kinds
    }

    /// How many `session-expired` the page heard, once it heard `count`.
    pub(crate) fn until_expired_events(&self, count: usize) -> usize {
        self.until(|| self.heard.lock().unwrap().expired >= count);
        self.ok("session", json!({})); // one more turn for a second one to arrive
        self.heard.lock().unwrap().expired
    }

    /// Everything any command or channel sent to the page, as text.
    pub(crate) fn all_that_crossed(&self) -> String {
        self.heard.lock().unwrap().texts.join("\n")
    }

    /// Overwrites the middle of the newest file of Ada's record.
    pub(crate) fn damage_newest_record(&self) {
        let mut files = Vec::new();
        files_below(&self.folder.path().join("data/keepsakes"), &mut files);
        let generation = |file: &PathBuf| {
            let slot: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
            slot["slot"]["generation"].as_u64().unwrap()
        };
        files.retain(|file| file.file_name().unwrap().to_string_lossy().starts_with("user-"));
        let newest = files.iter().max_by_key(|file| generation(file)).unwrap();
        let mut bytes = std::fs::read(newest).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x20;
        std::fs::write(newest, bytes).unwrap();
    }

    /// Waits for something that is on its way, without sleeping longer than needed.
    pub(crate) fn until(&self, mut holds: impl FnMut() -> bool) {
        let waited = async {
            while !holds() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let ended: Result<(), _> = block_on(async { tokio::time::timeout(PATIENCE, waited).await });
        ended.expect("it did not come about");
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tauri::async_runtime::block_on(future)
}

fn hear_channel(heard: &Mutex<Heard>, channel: u32, body: &InvokeResponseBody) {
    let message = value(body);
    let mut heard = heard.lock().unwrap();
    heard.texts.push(message.to_string());
    if let Some(listener) = heard.channels.get(&channel) {
        let _ = listener.send(message);
    }
}

fn hear_event(heard: &Mutex<Heard>, event: &UiEvent) {
    let mut heard = heard.lock().unwrap();
    match event {
        UiEvent::Changed(changed) => heard.texts.push(serde_json::to_string(changed).unwrap()),
        UiEvent::Expired(expired) => {
            heard.texts.push(serde_json::to_string(expired).unwrap());
            heard.expired += 1;
        }
    }
}

fn value(body: &InvokeResponseBody) -> Value {
    match body {
        InvokeResponseBody::Json(text) => serde_json::from_str(text).unwrap(),
        InvokeResponseBody::Raw(bytes) => Value::String(String::from_utf8_lossy(bytes).into_owned()),
    }
}

fn files_below(folder: &std::path::Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, files) } else { files.push(path) }
    }
}

/// An error's code.
pub(crate) fn code(error: &Value) -> &str {
    error["code"].as_str().unwrap_or("no code")
}

/// A vault in memory that can break down.
#[derive(Default)]
pub(crate) struct TestVault {
    entry: Mutex<Option<VaultEntry>>,
    tokens: Mutex<Vec<String>>,
    broken: AtomicBool,
    held: watch::Sender<bool>,
    saving: AtomicBool,
}

impl TestVault {
    /// Whether a write from now on stays under way.
    pub(crate) fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Whether a write is under way, and held.
    pub(crate) fn is_saving(&self) -> bool {
        self.saving.load(Ordering::SeqCst)
    }

    /// From now on nothing works.
    pub(crate) fn break_down(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }

    /// From now on all works again.
    pub(crate) fn mend(&self) {
        self.broken.store(false, Ordering::SeqCst);
    }

    /// Whether a token is kept.
    pub(crate) fn holds_a_token(&self) -> bool {
        self.entry.lock().unwrap().is_some()
    }

    /// Every token that was ever kept.
    pub(crate) fn all_tokens(&self) -> Vec<String> {
        self.tokens.lock().unwrap().clone()
    }

    fn works(&self) -> Result<(), VaultError> {
        if self.broken.load(Ordering::SeqCst) {
            Err(VaultError("The keyring does not work.".into()))
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl Vault for TestVault {
    async fn load(&self) -> Result<Option<VaultEntry>, VaultError> {
        self.works()?;
        Ok(self.entry.lock().unwrap().clone())
    }

    async fn save(&self, entry: &VaultEntry) -> Result<(), VaultError> {
        self.works()?;
        let mut held = self.held.subscribe();
        self.saving.store(*held.borrow(), Ordering::SeqCst);
        let _let_go = held.wait_for(|held| !held).await;
        self.tokens.lock().unwrap().push(entry.refresh.expose().to_owned());
        *self.entry.lock().unwrap() = Some(entry.clone());
        Ok(())
    }

    async fn clear(&self) -> Result<(), VaultError> {
        self.works()?;
        *self.entry.lock().unwrap() = None;
        Ok(())
    }
}
