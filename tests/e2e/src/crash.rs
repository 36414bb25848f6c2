//! Ends the app as a power cut would, at a moment of choice: SIGKILL, and nobody is told.
//! Not in it: what must be there afterwards (`tests/crashes`).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use demo_api::{Counts, Handle};
use rustix::process::{Pid, Signal, kill_process};

use crate::page::Page;
use crate::rig::{Rig, app_binary, has_ended, until};

/// How often it is looked whether the moment has come.
const LOOK: Duration = Duration::from_micros(200);

/// When the app is killed.
#[derive(Clone, Debug)]
pub enum Moment {
    /// This long after the deed was begun.
    After(Duration),
    /// This long after the first change of one of these files.
    Written(Files, Duration),
    /// This long after one of the server's counts has risen.
    Counted(fn(&Counts) -> u64, Duration),
}

/// Files of the app, or of its keyring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// Of the session's journal.
    Journal,
    /// Of what is kept of the user.
    Record,
    /// Of the keyring.
    Vault,
}

impl Rig {
    /// Does something with the page, kills the app at a moment, and waits until it is gone.
    ///
    /// # Errors
    /// When the deed fails before the app is killed, or the moment does not come.
    pub async fn kill_at(
        &mut self,
        moment: Moment,
        deed: impl AsyncFnOnce(&Page) -> Result<()>,
    ) -> Result<()> {
        let trap = Trap::set(self, moment)?;
        let prey = self.processes();
        let sprung = tokio::task::spawn_blocking(move || trap.spring());
        let done = deed(self.page()?).await;
        // A deed that the kill cut off fails, of course.
        if done.is_err() && !self.processes().is_empty() {
            sprung.abort();
            return done.context("while the app was alive");
        }
        sprung.await??;
        self.bury(&prey).await
    }

    /// Starts the app without a driver, kills it at a moment, and waits until it is gone.
    ///
    /// # Errors
    /// When it cannot be started, or the moment does not come.
    pub async fn kill_at_start(&mut self, moment: Moment) -> Result<()> {
        let trap = Trap::set(self, moment)?;
        let mut app = self.stage.command(app_binary()?, "start")?.spawn()?;
        let trap = Trap { prey: vec![app.id()], ..trap };
        tokio::task::spawn_blocking(move || trap.spring()).await??;
        app.wait()?;
        Ok(())
    }

    /// Waits until the killed are gone and lets go of the driver.
    async fn bury(&mut self, dead: &[u32]) -> Result<()> {
        until("the killed app to be gone", async || Ok(dead.iter().all(|id| has_ended(*id)))).await?;
        if let Some(page) = self.page.take() {
            // The driver has lost its app, and may or may not mind.
            let _lost = page.close().await;
        }
        Ok(())
    }
}

/// Waits for a moment on a thread of its own, and kills.
struct Trap {
    prey: Vec<u32>,
    moment: Moment,
    watch: Watch,
}

enum Watch {
    Nothing,
    Signs { files: Files, run: PathBuf, before: Signs },
    Counts { handle: Handle, before: Counts },
}

/// What is seen of some files from outside: names, numbers, sizes and times.
type Signs = BTreeSet<String>;

impl Trap {
    fn set(rig: &Rig, moment: Moment) -> Result<Self> {
        let watch = match &moment {
            Moment::After(_) => Watch::Nothing,
            Moment::Written(files, _) => {
                let run = rig.folder().to_owned();
                Watch::Signs { files: *files, before: files.signs(&run), run }
            }
            Moment::Counted(..) => {
                let handle = rig.server()?.handle().clone();
                Watch::Counts { before: handle.counts(), handle }
            }
        };
        Ok(Self { prey: rig.processes(), moment, watch })
    }

    fn spring(self) -> Result<()> {
        ensure!(!self.prey.is_empty(), "there is no app to kill");
        let (Moment::After(later) | Moment::Written(_, later) | Moment::Counted(_, later)) = self.moment;
        let mut looks = 0_u32;
        while !self.has_come() {
            looks += 1;
            if looks == 50_000 {
                bail!("{:?} did not come", self.moment);
            }
            std::thread::sleep(LOOK);
        }
        std::thread::sleep(later);
        for id in self.prey {
            let id = Pid::from_raw(i32::try_from(id)?).context("a process without a number")?;
            kill_process(id, Signal::KILL).context("the app was gone before it was killed")?;
        }
        Ok(())
    }

    fn has_come(&self) -> bool {
        match (&self.watch, &self.moment) {
            (Watch::Signs { files, run, before }, _) => files.signs(run) != *before,
            (Watch::Counts { handle, before }, Moment::Counted(count, _)) => {
                count(&handle.counts()) > count(before)
            }
            _ => true,
        }
    }
}

impl Files {
    fn signs(self, run: &Path) -> Signs {
        let (folder, start) = match self {
            Self::Journal => (run.join("app/keepsakes"), "journal."),
            Self::Record => (run.join("app/keepsakes"), "user-"),
            Self::Vault => (run.join("data/keyrings"), ""),
        };
        let mut signs = Signs::new();
        collect(&folder, start, &mut signs);
        signs
    }
}

fn collect(folder: &Path, start: &str, signs: &mut Signs) {
    // What goes while it is looked at is a change like any other.
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let Ok(about) = entry.metadata() else { continue };
        let name = entry.file_name();
        if about.is_dir() {
            collect(&entry.path(), start, signs);
        } else if name.as_encoded_bytes().starts_with(start.as_bytes()) {
            use std::os::unix::fs::MetadataExt;
            let seen = (name, about.ino(), about.len(), about.mtime(), about.mtime_nsec());
            signs.insert(format!("{seen:?}"));
        }
    }
}
