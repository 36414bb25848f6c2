//! Measures the app beside a bare Tauri window, in turn: start, memory, idle time, round trips, frames. `bench-app BARE FETCH STILL [--short]`
//! Prints one line of JSON. Not here: building the programs and what is made of the figures (`scripts/bench-app.mjs`).

mod load;
mod screen;
mod still;
mod trips;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use session_keeper_e2e::{Rig, Setting, app_binary};

/// How often and how long.
pub(crate) struct Size {
    starts: usize,
    /// From a window's first picture to its idle time: what the start leaves to be done behind it belongs to the start.
    at_rest: Duration,
    idle: Duration,
    idle_rounds: usize,
    rounds: usize,
    trip_rounds: usize,
    trips: u32,
    calls: u32,
}

const FULL: Size = Size {
    starts: 30,
    at_rest: Duration::from_secs(30),
    idle: Duration::from_secs(60),
    idle_rounds: 2,
    rounds: 3,
    trip_rounds: 14,
    trips: 2000,
    calls: 500,
};
const SHORT: Size = Size {
    starts: 2,
    at_rest: Duration::from_secs(1),
    idle: Duration::from_secs(3),
    idle_rounds: 1,
    rounds: 1,
    trip_rounds: 1,
    trips: 20,
    calls: 50,
};

/// For a bare window that paints as the app does where there is no graphics card (`adapters/paint.rs`): what is left is the app's own.
const NO_OPENGL: [(&str, &str); 3] = [
    ("GDK_GL", "disable"),
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ("WEBKIT_WEB_RENDER_DEVICE_FILE", "none"),
];

/// A program to measure, with what is more in its environment.
pub(crate) struct Program<'a> {
    pub(crate) name: &'static str,
    pub(crate) path: &'a Path,
    pub(crate) environment: &'a [(&'a str, &'a str)],
}

/// Figures of several runs, by name.
pub(crate) type Figures = BTreeMap<&'static str, Vec<f64>>;

fn main() -> ExitCode {
    match measure() {
        Ok(found) => {
            let _ = writeln!(std::io::stdout(), "{found}"); // who closed it does not want to know
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<Value> {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let size = if words.iter().any(|word| word == "--short") { SHORT } else { FULL };
    let mut programs = words.iter().filter(|word| !word.starts_with("--")).map(PathBuf::from);
    let bare = programs.next().context("which bare window?")?;
    let fetch = programs.next().context("which window with a request?")?;
    let still = programs.next().context("which window around a page in a folder?")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut rig = Rig::set_up(&Setting { embedded: true, ..Setting::default() }).await?;
        rig.start(&[]).await?;
        rig.page()?.sign_in().await?;
        rig.stop().await?;
        let app = app_binary()?;
        let picture = still::picture().await?;
        let picture = picture.path().to_string_lossy();
        let still_page = [&NO_OPENGL[..], &[("STILL_PAGE", &picture)]].concat();
        let script_page = [&still_page[..], &[("STILL_FIRST", "script.html")]].concat();
        let programs = [
            Program { name: "app", path: &app, environment: &[] },
            Program { name: "bare", path: &bare, environment: &[] },
            Program { name: "bare, no OpenGL", path: &bare, environment: &NO_OPENGL },
            Program { name: "still", path: &still, environment: &still_page },
            Program { name: "script", path: &still, environment: &script_page },
        ];
        say("start");
        let start = starts(&rig, &programs, &size).await?;
        say("memory and idle time");
        let idle = load::idle(&rig, &programs[..3], &size).await?;
        say("with the dev panel open");
        let panel = load::with_panel(&mut rig, &size).await?;
        drop(rig);
        say("round trips");
        let trips = trips::measure(&fetch, &size).await?;
        let bytes = |path: &Path| anyhow::Ok(std::fs::metadata(path)?.len());
        let binary = json!({ "app": bytes(&app)?, "bare": bytes(&bare)? });
        Ok(json!({ "start_ms": start, "idle": idle, "panel": panel, "trips_us": trips, "binary": binary }))
    })
}

/// From exec to the first picture of the window's left part that stays.
async fn starts(rig: &Rig, programs: &[Program<'_>], size: &Size) -> Result<Figures> {
    let mut found = Figures::new();
    for round in 0..=size.starts {
        for program in programs {
            let run = load::Run::start(rig, program)?;
            let took = screen::settled(rig.display(), run.began).await?;
            run.end().await?;
            if round > 0 {
                found.entry(program.name).or_default().push(took.as_secs_f64() * 1e3); // the first fills the caches
            }
        }
    }
    Ok(found)
}

/// A line on what is being done.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "· {text}"); // who closed it does not want to know
}
