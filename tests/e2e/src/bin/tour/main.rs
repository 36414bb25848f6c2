//! The guided tour: the real app, on a screen in memory and on its embedded server, walked from login to login and back.
//! Not in it: proofs (`tests/promises.rs`); a step fails only when the app does not do what its caption says.

mod album;
mod steps;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use session_keeper_e2e::{Rig, Setting, workspace};

use crate::album::{Album, THEMES};
use crate::steps::{STEPS, Step};

fn main() -> ExitCode {
    match walk() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("The tour ended early: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn walk() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut album = Album::open(&workspace().join("tour"))?;
        let begun = now();
        let mut rig = Rig::set_up(&Setting { embedded: true, ..Setting::default() }).await?;
        say(&format!("A screen, a bus and a keyring of its own: {}", shown(begun.elapsed())));
        let begun = now();
        rig.start(steps::SHARP).await?;
        say(&format!("The app's window: {}", shown(begun.elapsed())));
        for step in STEPS {
            take(step, &mut rig, &mut album).await?;
        }
        rig.stop().await?;
        let pictures = STEPS.len() * THEMES.len();
        say(&format!("{} steps, {pictures} pictures: {}", STEPS.len(), album.finish()?.display()));
        Ok(())
    })
}

/// Does one step, says what came of it, and takes its pictures.
async fn take(step: &Step, rig: &mut Rig, album: &mut Album) -> Result<()> {
    let begun = now();
    let outcome = (step.act)(rig).await;
    let took = shown(begun.elapsed());
    // The pictures are taken in any case: they show what was there instead.
    let pictures = album.next(step.name, step.caption, outcome.as_deref().unwrap_or("This step failed."));
    let taken = pose(rig, &pictures).await;
    let figures = outcome.with_context(|| format!("step {:?} ({})", step.name, pictures[0].display()))?;
    taken?;
    say(&format!("{took:>8}  {:<16} {}", step.name, figures.replace('\n', " ")));
    Ok(())
}

/// One picture in light colours and one in dark ones, of the same moment as nearly as can be.
async fn pose(rig: &Rig, pictures: &[PathBuf; 2]) -> Result<()> {
    let page = rig.page()?;
    for (theme, picture) in THEMES.iter().zip(pictures) {
        page.paint(theme).await?;
        page.picture(picture).await?;
    }
    Ok(())
}

fn shown(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[expect(clippy::disallowed_methods, reason = "the tour measures real steps of a real app")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::print_stdout, reason = "this program's purpose is to tell a person what it does")]
fn say(line: &str) {
    println!("{line}");
}
