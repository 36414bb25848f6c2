//! What a running program costs: memory of all its processes, processor time, frames that come late.
//! Not here: how long it takes to start (`screen`), round trips (`trips`).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use session_keeper_e2e::{Rig, until};

use crate::{Figures, Program, Size, screen};

/// A program without a driver.
pub(crate) struct Run<'a> {
    pub(crate) began: Instant,
    child: Child,
    rig: &'a Rig,
    around: BTreeSet<u32>,
}

impl<'a> Run<'a> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    pub(crate) fn start(rig: &'a Rig, program: &Program<'_>) -> Result<Self> {
        let around = rig.all_processes().into_iter().collect();
        let mut command = rig.command(program.path, "run")?;
        command.envs(program.environment.iter().copied());
        let began = Instant::now();
        Ok(Self { began, child: command.spawn()?, rig, around })
    }

    /// Ends it, and waits until all its processes are gone.
    pub(crate) async fn end(mut self) -> Result<()> {
        let all = self.processes();
        self.child.kill()?;
        self.child.wait()?;
        let gone = |id: &u32| !Path::new(&format!("/proc/{id}/exe")).exists();
        until("its processes to end", async || Ok(all.iter().all(gone))).await
    }

    fn processes(&self) -> Vec<u32> {
        self.rig.all_processes().into_iter().filter(|id| !self.around.contains(id)).collect()
    }
}

/// Memory (proportional, in MiB) and processor time (ticks in ten seconds) of a window that nobody touches.
pub(crate) async fn idle(rig: &Rig, programs: &[Program<'_>], size: &Size) -> Result<Value> {
    let (mut memory, mut ticks) = (Figures::new(), Figures::new());
    for _ in 0..size.idle_rounds {
        for program in programs {
            let run = Run::start(rig, program)?;
            screen::settled(rig.display(), run.began).await?;
            tokio::time::sleep(size.at_rest).await;
            let processes = run.processes();
            memory.entry(program.name).or_default().push(pss(&processes)?);
            ticks.entry(program.name).or_default().push(spent(&processes, size.idle).await?);
            run.end().await?;
        }
    }
    Ok(json!({ "pss_mib": memory, "ticks_10s": ticks }))
}

/// The app with its panel open: left alone, and while it fires calls.
pub(crate) async fn with_panel(rig: &mut Rig, size: &Size) -> Result<Value> {
    let around: BTreeSet<_> = rig.all_processes().into_iter().collect();
    rig.start(&[]).await?;
    let page = rig.page()?;
    page.shows("home-view").await?;
    page.open_dev_panel().await?;
    tokio::time::sleep(Duration::from_secs(20)).await; // left alone: the panel takes nobody to be there any more
    let processes: Vec<_> = rig.all_processes().into_iter().filter(|id| !around.contains(id)).collect();
    let ticks = spent(&processes, size.idle).await?;
    let (mut gaps, mut took) = (Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        page.eval(WATCH_FRAMES).await?;
        let before: u64 = page.text("count-calls").await?.trim().parse()?;
        page.fire(size.calls).await?;
        let all = before + u64::from(size.calls);
        let done = format!(
            "const calls = Number(document.querySelector('[data-testid=count-calls]').textContent.replace(/\\D/g, ''));
             const open = document.querySelector('[data-testid=call-row][data-status=waiting], [data-testid=call-row][data-status=sending]');
             return calls >= {all} && !open && window.frames_seen.at(-1) && performance.now() - window.frames_since;"
        );
        took.push(page.until("all calls to be done", &done).await?.as_f64().context("no time")?);
        let longest = page.eval("window.frames_stop = true; return Math.max(...window.frames_seen);").await?;
        gaps.push(longest.as_f64().context("no frame")?);
    }
    rig.stop().await?;
    Ok(json!({ "calls": size.calls, "ticks_10s": [ticks], "longest_gap_ms": gaps, "took_ms": took }))
}

const WATCH_FRAMES: &str = "
    window.frames_seen = [];
    window.frames_stop = false;
    window.frames_since = performance.now();
    let last = window.frames_since;
    const see = () => {
        const now = performance.now();
        window.frames_seen.push(now - last);
        last = now;
        if (!window.frames_stop) requestAnimationFrame(see);
    };
    requestAnimationFrame(see);
    return true;";

/// The proportional set size of these processes, in MiB.
fn pss(processes: &[u32]) -> Result<f64> {
    let mut all = 0.0;
    for id in processes {
        let text = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        all += kib / 1024.0;
    }
    Ok(all)
}

/// The ticks of processor time that these processes spend in a while, for ten seconds of it.
async fn spent(processes: &[u32], span: Duration) -> Result<f64> {
    let before = ticks(processes)?;
    tokio::time::sleep(span).await;
    Ok((ticks(processes)? - before) * 10.0 / span.as_secs_f64())
}

fn ticks(processes: &[u32]) -> Result<f64> {
    let mut all = 0.0;
    for id in processes {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        let (_, rest) = stat.rsplit_once(") ").context("no stat")?;
        let fields: Vec<_> = rest.split(' ').collect();
        all += fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    }
    Ok(all)
}
