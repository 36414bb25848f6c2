//! Where the windows stood: size and position, kept in `windows.json` of the data folder from one start to the next.
//! Not here: the windows (`windows`). A file that cannot be read or written costs nothing but the memory of a size.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tauri::{LogicalPosition, LogicalSize, Monitor};
use tokio::sync::watch;

use crate::folders;

const FILE: &str = "windows.json";

/// A window that is being dragged tells of each pixel: the file is written when it has been still for this long.
const STILL: Duration = Duration::from_millis(300);

/// No side of a window is longer, in logical pixels; a file that says so is not ours.
const LONGEST: u32 = 16_384;

/// So much of a window must be on a screen for it to be found and taken hold of, in logical pixels.
const GRIP: i32 = 48;

/// Where a window stands, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its frame's left edge.
    pub x: i32,
    /// Its frame's upper edge.
    pub y: i32,
    /// Inside of the frame.
    pub width: u32,
    /// Inside of the frame.
    pub height: u32,
    /// It fills the screen; the rest is what it was before.
    #[serde(default)]
    pub maximized: bool,
}

/// How a window stands now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// Here, this large inside.
    At(LogicalPosition<i32>, LogicalSize<u32>),
    /// It fills the screen.
    Maximized,
}

type Known = BTreeMap<String, Place>;

/// The place of each window, by its label.
pub struct Places {
    known: watch::Sender<Known>,
    file: Option<PathBuf>,
}

impl Places {
    /// As the last start left them in `data_dir`; without one nothing is kept.
    #[must_use]
    pub fn read(data_dir: Option<&Path>) -> Self {
        let file = data_dir.map(|data_dir| data_dir.join(FILE));
        let known = file.as_deref().map(read).unwrap_or_default();
        Self { known: watch::Sender::new(known), file }
    }

    /// Where this window stood last.
    #[must_use]
    pub fn of(&self, window: &str) -> Option<Place> {
        self.known.borrow().get(window).copied()
    }

    /// Notes where it stands now.
    pub fn note(&self, window: &str, standing: Standing) {
        self.known.send_if_modified(|known| {
            let before = known.get(window).copied();
            let now = match standing {
                Standing::At(at, size) => {
                    Some(Place { x: at.x, y: at.y, width: size.width, height: size.height, maximized: false })
                }
                Standing::Maximized => before.map(|before| Place { maximized: true, ..before }),
            };
            let Some(now) = now.filter(|now| now.is_sane() && before != Some(*now)) else { return false };
            known.insert(window.to_owned(), now);
            true
        });
    }

    /// Writes the file whenever a window has come to rest, until these places are dropped.
    pub fn keep(&self) -> impl Future<Output = ()> + Send + use<> {
        let (mut changes, file) = (self.known.subscribe(), self.file.clone());
        async move {
            let Some(file) = file else { return };
            while changes.changed().await.is_ok() {
                while tokio::time::timeout(STILL, changes.changed()).await.is_ok_and(|change| change.is_ok())
                {
                }
                let (file, known) = (file.clone(), changes.borrow_and_update().clone());
                let written = tokio::task::spawn_blocking(move || write(&file, &known)).await;
                if let Err(error) = written.map_err(io::Error::other).flatten() {
                    tracing::debug!(%error, "the windows' places are not kept");
                }
            }
        }
    }

    /// Writes at once what [`Self::keep`] has not come to yet, at the program's end.
    pub fn finish(&self) {
        let Some(file) = &self.file else { return };
        let known = self.known.borrow().clone();
        if known != read(file)
            && let Err(error) = write(file, &known)
        {
            tracing::debug!(%error, "the windows' places are not kept");
        }
    }
}

impl Place {
    fn is_sane(&self) -> bool {
        let is_side = |side: u32| side > 0 && side <= LONGEST;
        is_side(self.width) && is_side(self.height)
    }

    /// Whether enough of its upper edge is on one of the screens: they may be others than last time.
    #[must_use]
    pub fn can_be_seen(&self, screens: &[Monitor]) -> bool {
        screens.iter().any(|screen| {
            let scale = screen.scale_factor();
            self.is_within(screen.position().to_logical(scale), screen.size().to_logical(scale))
        })
    }

    fn is_within(&self, at: LogicalPosition<i32>, size: LogicalSize<u32>) -> bool {
        let length = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
        let right = at.x.saturating_add(length(size.width));
        let below = at.y.saturating_add(length(size.height));
        self.x.saturating_add(length(self.width)) >= at.x.saturating_add(GRIP)
            && self.x <= right.saturating_sub(GRIP)
            && self.y >= at.y
            && self.y <= below.saturating_sub(GRIP)
    }
}

/// What is there and makes sense.
fn read(file: &Path) -> Known {
    let bytes = std::fs::read(file).unwrap_or_default();
    let mut known: Known = serde_json::from_slice(&bytes).unwrap_or_default();
    known.retain(|_, place| place.is_sane());
    known
}

fn write(file: &Path, known: &Known) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        folders::make_private(folder)?; // it may be quicker than the program that is being opened
    }
    folders::replace_file(file, &serde_json::to_vec(known)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place = Place { x: 40, y: 60, width: 900, height: 600, maximized: false };

    fn at(place: Place) -> Standing {
        Standing::At(
            LogicalPosition { x: place.x, y: place.y },
            LogicalSize { width: place.width, height: place.height },
        )
    }

    /// The places after these were noted and the file was written.
    async fn kept(folder: &Path, noted: &[Standing]) -> Places {
        let places = Places::read(Some(folder));
        let keeping = tokio::spawn(places.keep());
        for standing in noted {
            places.note("main", *standing);
            tokio::task::yield_now().await;
        }
        drop(places);
        keeping.await.unwrap();
        Places::read(Some(folder))
    }

    #[tokio::test(start_paused = true)]
    async fn p8_a_window_is_found_again_where_it_stood_and_the_file_is_its_owners() {
        let folder = tempfile::tempdir().unwrap();
        let places = kept(folder.path(), &[at(Place { x: 1, ..HERE }), at(HERE)]).await;
        assert_eq!((places.of("main"), places.of("dev-panel")), (Some(HERE), None));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_that_fills_the_screen_keeps_the_size_it_has_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let places = kept(folder.path(), &[at(HERE), Standing::Maximized]).await;
        assert_eq!(places.of("main"), Some(Place { maximized: true, ..HERE }));
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_that_is_dragged_is_written_once_it_is_still() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::read(Some(folder.path()));
        let keeping = tokio::spawn(places.keep());
        for x in 0..20 {
            places.note("main", at(Place { x, ..HERE }));
            tokio::time::sleep(STILL / 2).await;
            assert!(!folder.path().join(FILE).exists(), "written while it moves, at {x}");
        }
        drop(places);
        keeping.await.unwrap();
        assert_eq!(Places::read(Some(folder.path())).of("main"), Some(Place { x: 19, ..HERE }));
    }

    #[test]
    fn what_was_moved_just_before_the_end_is_kept_too() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::read(Some(folder.path()));
        places.note("main", at(HERE));
        places.finish();
        assert_eq!(Places::read(Some(folder.path())).of("main"), Some(HERE));
        Places::read(None).finish();
    }

    #[test]
    fn a_file_that_is_damaged_or_says_nonsense_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        for text in [
            "",
            "{",
            "[1]",
            r#"{"main":7}"#,
            r#"{"main":{"x":0,"y":0,"width":0,"height":9}}"#,
            r#"{"main":{"x":0,"y":0,"width":9,"height":4000000000}}"#,
        ] {
            std::fs::write(folder.path().join(FILE), text).unwrap();
            assert_eq!(Places::read(Some(folder.path())).of("main"), None, "{text}");
        }
    }

    #[test]
    fn a_window_on_a_screen_that_is_no_more_is_not_put_there() {
        let screen = (LogicalPosition { x: 0, y: 0 }, LogicalSize { width: 1920, height: 1080 });
        let is_seen = |x, y| Place { x, y, ..HERE }.is_within(screen.0, screen.1);
        assert!(is_seen(0, 0) && is_seen(1872, 1032) && is_seen(-852, 0));
        assert!(!is_seen(1873, 0) && !is_seen(-853, 0) && !is_seen(0, -1) && !is_seen(0, 1033));
    }
}
