//! One run of the real app: its folders, its server, its stage, and the page in its window.
//! Not in it: what a run proves; that is in `tests/` and in the tour.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures::FutureExt;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::{Capabilities, WebDriver};

use crate::evidence;
use crate::kept::{self, Kept};
use crate::page::Page;
use crate::server::Server;
use crate::stage::{Keyring, Stage};

/// What a run starts from.
#[derive(Debug)]
pub struct Setting {
    /// The keyring the app finds.
    pub keyring: Keyring,
    /// The demo server embedded in the app, instead of one in the test's own process.
    pub embedded: bool,
    /// Whether a server of one's own, as the test's is, comes with the dev panel; the embedded one always does.
    pub panel: bool,
    /// Added to the app's `config.toml`.
    pub config: &'static str,
}

impl Setting {
    /// A keyring that is open, and the server in the test's own process.
    pub const USUAL: Self = Self { keyring: Keyring::Unlocked, embedded: false, panel: true, config: "" };
}

impl Default for Setting {
    fn default() -> Self {
        Self::USUAL
    }
}

/// A run: drop it and everything it started ends.
#[derive(Debug)]
pub struct Rig {
    pub(crate) page: Option<Page>,
    server: Option<Server>,
    pub(crate) stage: Stage,
    folder: TempDir,
}

impl Rig {
    /// Everything but the app itself.
    ///
    /// # Errors
    /// When a program around the app does not come up.
    pub async fn set_up(setting: &Setting) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("keeper-").tempdir()?;
        let server =
            if setting.embedded { None } else { Some(Server::start(&folder.path().join("server")).await?) };
        let target = server.as_ref().map_or_else(String::new, |server| {
            let panel = if setting.panel { "[dev]\npanel = true\n" } else { "" };
            format!("backend = \"demo\"\nbase_url = \"{}\"\n{panel}", server.base_url())
        });
        std::fs::write(folder.path().join("config.toml"), format!("{target}{}", setting.config))?;
        let stage = Stage::set_up(folder.path(), setting.keyring).await?;
        Ok(Self { page: None, server, stage, folder })
    }

    /// Starts the app and waits for its page. `environment` is for this start only.
    ///
    /// # Errors
    /// When the app does not come up.
    pub async fn start(&mut self, environment: &[&str]) -> Result<()> {
        let driver = self.window_of(&app_binary()?, environment).await?;
        self.page = Some(Page::open(driver).await?);
        Ok(())
    }

    /// Starts another program with a webview in the app's place.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start_other(&mut self, program: &Path) -> Result<()> {
        let driver = self.window_of(program, &[]).await?;
        self.page = Some(Page::of_another(driver).await?);
        Ok(())
    }

    async fn window_of(&self, program: &Path, environment: &[&str]) -> Result<WebDriver> {
        // `env` becomes the app; this way the environment belongs to the start and not to the bridge.
        let mut words = environment.to_vec();
        let path = program.to_string_lossy().into_owned();
        words.push(&path);
        let mut wanted = Capabilities::new();
        wanted.set("tauri:options", json!({ "application": "/usr/bin/env", "args": words }))?;
        WebDriver::new(self.stage.driver_url(), wanted)
            .await
            .with_context(|| format!("starting {}", program.display()))
    }

    /// A program on this run's screen, bus and folders, without a driver; it writes to `<log>.log`.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub fn command(&self, program: &Path, log: &str) -> Result<std::process::Command> {
        self.stage.command(program, log)
    }

    /// The screen's name, as in `DISPLAY`.
    #[must_use]
    pub fn display(&self) -> &str {
        self.stage.display()
    }

    /// Ends the app and waits until its processes are gone.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&mut self) -> Result<()> {
        let running = self.processes();
        if let Some(page) = self.page.take() {
            page.close().await?;
        }
        until("the app to end", async || Ok(running.iter().all(|id| has_ended(*id)))).await
    }

    /// Ends the app and starts it again, on the same data, keyring and server.
    ///
    /// # Errors
    /// When it does not end or does not come up.
    pub async fn restart(&mut self) -> Result<()> {
        self.stop().await?;
        self.start(&[]).await
    }

    /// The page in the app's window.
    ///
    /// # Errors
    /// When the app is not running.
    pub fn page(&self) -> Result<&Page> {
        self.page.as_ref().context("the app is not running")
    }

    /// Looks at the page in the dev panel's own window, which opens now or is there already.
    ///
    /// # Errors
    /// When there is none, or what is to be seen there is not.
    pub async fn in_panel<T>(&self, look: impl AsyncFnOnce(&Page) -> Result<T>) -> Result<T> {
        let page = self.page()?;
        let main = page.driver.window().await?;
        until("the panel's own page", async || Ok(page.driver.windows().await?.len() > 1)).await?;
        let panel = page.driver.windows().await?.into_iter().find(|window| *window != main);
        page.driver.switch_to_window(panel.context("it has gone again")?).await?;
        let seen = look(page).await;
        page.driver.switch_to_window(main).await?;
        seen
    }

    /// The server in this process.
    ///
    /// # Errors
    /// When the setting asked for the embedded one.
    pub fn server(&self) -> Result<&Server> {
        self.server.as_ref().context("this run is on the embedded server")
    }

    /// The folder with everything this run writes: `app/` is the app's own.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the app has kept of its users: the newest record of each on the disk.
    ///
    /// # Errors
    /// When what is there cannot be read.
    pub fn kept(&self) -> Result<BTreeMap<String, Kept>> {
        kept::newest(&self.folder().join("app"))
    }

    /// Waits until this place is kept as the one to come back to: a stop here is a kill, and waits for nothing.
    ///
    /// # Errors
    /// When that does not happen in time.
    pub async fn keeps_route(&self, wanted: &str) -> Result<()> {
        until(&format!("{wanted} to be kept"), async || {
            Ok(self.kept()?.values().any(|kept| kept.route.as_deref() == Some(wanted)))
        })
        .await
    }

    /// Waits until this draft is kept.
    ///
    /// # Errors
    /// When that does not happen in time.
    pub async fn keeps_draft(&self, wanted: &str) -> Result<()> {
        until("the draft to be kept", async || Ok(self.kept()?.values().any(|kept| kept.draft == wanted)))
            .await
    }

    /// The ids of the app's processes that are alive.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        let Ok(app) = app_binary() else { return Vec::new() };
        let is_app = |id: &u32| std::fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == app);
        self.all_processes().into_iter().filter(is_app).collect()
    }

    /// The ids of all processes of this run: the app's, its webview's, and those around them.
    #[must_use]
    pub fn all_processes(&self) -> Vec<u32> {
        let mark = format!("SESSION_KEEPER_DATA_DIR={}", self.folder().join("app").display());
        let is_ours = |id: &u32| {
            std::fs::read(format!("/proc/{id}/environ"))
                .is_ok_and(|all| all.split(|byte| *byte == 0).any(|one| one == mark.as_bytes()))
        };
        let Ok(all) = std::fs::read_dir("/proc") else { return Vec::new() };
        all.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_ours).collect()
    }
}

/// Gone, or a zombie without a living thread; until then a process still holds its files and its name on the bus.
pub(crate) fn has_ended(process: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{process}/stat")) else { return true };
    let is_zombie = stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']));
    is_zombie && std::fs::read_dir(format!("/proc/{process}/task")).map_or(0, Iterator::count) <= 1
}

/// Plays a story on a running app; when it fails, what was there to see is left in `test-results/<test name>/`.
///
/// # Errors
/// When the stage cannot be set up or the story fails.
pub fn play(setting: &Setting, story: impl AsyncFnOnce(&mut Rig) -> Result<()>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut rig = Rig::set_up(setting).await?;
        let told = async {
            rig.start(&[]).await?;
            story(&mut rig).await
        };
        let outcome = AssertUnwindSafe(told).catch_unwind().await;
        if !matches!(outcome, Ok(Ok(()))) {
            let name = std::thread::current().name().unwrap_or("run").replace("::", "-");
            evidence::leave(&name, rig.page.as_ref(), rig.folder()).await?;
        }
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Waits for something outside the page, such as a count at the server.
///
/// # Errors
/// When it does not happen within 20 s.
pub async fn until<C, F>(what: &str, mut condition: C) -> Result<()>
where
    C: FnMut() -> F,
    F: Future<Output = Result<bool>>,
{
    for _ in 0..800 {
        if condition().await? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    bail!("waited 20 s for {what}")
}

/// The app beside this program, or the one named by `SESSION_KEEPER_APP`.
///
/// # Errors
/// When it is not there.
pub fn app_binary() -> Result<PathBuf> {
    let path = match std::env::var_os("SESSION_KEEPER_APP") {
        Some(path) => PathBuf::from(path),
        None => {
            let here = std::env::current_exe()?;
            let folder =
                here.ancestors().skip(1).find(|folder| !folder.ends_with("deps")).context("no folder")?;
            folder.join("session-keeper")
        }
    };
    path.canonicalize().with_context(|| format!("{} is missing: build the app first", path.display()))
}
