//! The program's windows: the main one, and one for the dev panel where it was taken out of the main one.
//! Not here: what their pages may do (`doors`), where they stood last (`places`), and whether the panel is open (its page keeps that).

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Manager, Runtime, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use tauri_specta::Event;
use tokio::sync::watch;

use crate::desk::Desk;
use crate::doors::{self, Doors};
use crate::places::{Places, Standing};
use crate::view::{CommandError, CommandErrorCode, PanelLeft};

/// The main window's label.
pub const MAIN: &str = "main";

/// The label of the panel's own window.
pub const PANEL: &str = "dev-panel";

/// Asks what every page asks first, before the page's own script is there: so long as that is fetched and read, the answers
/// are on their way (`ui/src/ipc/first.ts`).
const ASK_FIRST: &str =
    "window.askedFirst = ['startup', 'session'].map((what) => window.__TAURI_INTERNALS__.invoke(what));";

/// A window as it is before anybody has moved it.
struct Look {
    label: &'static str,
    title: &'static str,
    /// In logical pixels, inside of the frame.
    size: (f64, f64),
    least: (f64, f64),
}

const MAIN_LOOK: Look =
    Look { label: MAIN, title: "Session Keeper", size: (1180.0, 820.0), least: (480.0, 480.0) };

const PANEL_LOOK: Look = Look {
    label: PANEL,
    title: "Session Keeper · Developer panel",
    size: (1120.0, 640.0),
    least: (480.0, 320.0),
};

/// The panel's own window: there or not. It hides Tauri's runtime from the commands.
pub struct PanelWindow {
    host: Box<dyn Host>,
    leaving: Mutex<Leaving>,
    /// Rises each time one has gone.
    gone: watch::Sender<u64>,
}

/// Why the panel's window goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// A person closes it, and the panel with it.
    #[default]
    Closed,
    /// The panel goes back into the main window.
    Back,
    /// Nobody wants it gone, and it is not to be forgotten: the settings allow it no more, or the program ends.
    Shut,
}

/// What the window stands on.
trait Host: Send + Sync {
    /// Whether the settings of now allow it.
    fn is_allowed(&self) -> bool;
    fn open(&self, front: bool) -> tauri::Result<()>;
    /// Whether there is one, which then goes; when it has gone, [`PanelWindow::has_gone`] is told.
    fn destroy(&self) -> bool;
    fn gone(&self, leaving: Leaving);
}

impl PanelWindow {
    /// On this app; what its webview writes goes into `webview_dir`, as the main window's does, so that the two share it.
    #[must_use]
    pub fn new<R: Runtime>(app: &AppHandle<R>, webview_dir: PathBuf) -> Self {
        Self::on(OnTauri { app: app.clone(), webview_dir })
    }

    fn on(host: impl Host + 'static) -> Self {
        Self { host: Box::new(host), leaving: Mutex::default(), gone: watch::Sender::new(0) }
    }

    /// Opens it if it is not there. `front`: before the others, with the keyboard.
    ///
    /// # Errors
    /// [`CommandError`] when there can be no such window.
    pub fn open(&self, front: bool) -> Result<(), CommandError> {
        let failed = |why: String| CommandError::new(CommandErrorCode::Internal, why);
        let forbidden = || failed("These settings allow no developer panel.".to_owned());
        if !self.host.is_allowed() {
            return Err(forbidden());
        }
        self.host.open(front).map_err(|error| failed(format!("The window cannot be opened: {error}.")))?;
        if !self.host.is_allowed() {
            self.shut(); // the settings have changed while it was made
            return Err(forbidden());
        }
        Ok(())
    }

    /// Closes it, and the panel with it. Comes back when it has gone: until then there cannot be another.
    pub async fn close(&self) {
        self.leave(Leaving::Closed).await;
    }

    /// Closes it; the panel is in the main window again. Comes back when it has gone.
    pub async fn put_back(&self) {
        self.leave(Leaving::Back).await;
    }

    /// Closes it without a word: it is to be there again when it may. Waits for nothing.
    pub fn shut(&self) {
        *self.leaving() = Leaving::Shut;
        if !self.host.destroy() {
            self.has_gone();
        }
    }

    /// It is gone, by whomever.
    fn has_gone(&self) {
        let leaving = std::mem::take(&mut *self.leaving());
        self.host.gone(leaving);
        self.gone.send_modify(|times| *times += 1);
    }

    async fn leave(&self, leaving: Leaving) {
        // Before it is asked for: Tauri has forgotten a window before it says that it has gone, so one that is there is still to say so.
        let mut gone = self.gone.subscribe();
        *self.leaving() = leaving;
        if self.host.destroy() {
            let _ = gone.changed().await; // fails only when this is dropped, with the program
        } else {
            self.has_gone(); // the main window's page may think that it is there
        }
    }

    fn leaving(&self) -> std::sync::MutexGuard<'_, Leaving> {
        self.leaving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct OnTauri<R: Runtime> {
    app: AppHandle<R>,
    webview_dir: PathBuf,
}

impl<R: Runtime> Host for OnTauri<R> {
    fn is_allowed(&self) -> bool {
        self.app.state::<Doors>().are_open_to(PANEL)
    }

    fn open(&self, front: bool) -> tauri::Result<()> {
        if let Some(window) = self.app.get_webview_window(PANEL) {
            if front {
                bring_to_front(&window);
            }
            return Ok(());
        }
        let window = match build(&self.app, &PANEL_LOOK, self.webview_dir.clone(), front) {
            // Asked for twice at once; the other one makes it.
            Err(tauri::Error::WindowLabelAlreadyExists(_) | tauri::Error::WebviewLabelAlreadyExists(_)) => {
                return Ok(());
            }
            built => built?,
        };
        let app = self.app.clone();
        window.on_window_event(move |event| {
            if matches!(event, WindowEvent::Destroyed) {
                app.state::<PanelWindow>().has_gone();
            }
        });
        Ok(())
    }

    fn destroy(&self) -> bool {
        self.app.get_webview_window(PANEL).is_some_and(|window| window.destroy().is_ok())
    }

    fn gone(&self, leaving: Leaving) {
        if let Some(program) = self.app.state::<Desk>().open_program() {
            program.forget_window(PANEL);
        }
        let back = match leaving {
            Leaving::Shut => return,
            Leaving::Closed => false,
            Leaving::Back => true,
        };
        if back {
            show_main(&self.app);
        }
        if let Err(error) = (PanelLeft { back }).emit_to(&self.app, MAIN) {
            tracing::warn!(%error, "the main window could not be told that the panel's has gone");
        }
    }
}

/// Opens the main window. When it is closed the program ends: the panel's window does not keep it.
///
/// # Errors
/// When Tauri cannot.
pub(crate) fn open_main<R: Runtime>(app: &AppHandle<R>, webview_dir: PathBuf) -> tauri::Result<()> {
    let window = build(app, &MAIN_LOOK, webview_dir, true)?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            app.state::<PanelWindow>().shut();
        }
    });
    Ok(())
}

/// Brings the main window to the front.
pub(crate) fn show_main<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        bring_to_front(&window);
    }
}

fn bring_to_front<R: Runtime>(window: &WebviewWindow<R>) {
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
}

/// What a webview writes goes into the data folder, too; if that is not ours, into one that is removed.
fn build<R: Runtime>(
    app: &AppHandle<R>,
    look: &Look,
    webview_dir: PathBuf,
    front: bool,
) -> tauri::Result<WebviewWindow<R>> {
    let places = app.state::<Places>();
    let mut window = WebviewWindowBuilder::new(app, look.label, WebviewUrl::default())
        .data_directory(webview_dir)
        .initialization_script(ASK_FIRST)
        .title(look.title)
        .focused(front)
        .min_inner_size(look.least.0, look.least.1)
        .inner_size(look.size.0, look.size.1);
    if let Some(place) = places.of(look.label) {
        window =
            window.inner_size(f64::from(place.width), f64::from(place.height)).maximized(place.maximized);
        if place.can_be_seen(&app.available_monitors()?) {
            window = window.position(f64::from(place.x), f64::from(place.y));
        }
    }
    let window = doors::shut(window, app.config().build.dev_url.clone())?.build()?;
    let watched = window.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Moved(_) | WindowEvent::Resized(_))
            && let Some(standing) = standing(&watched)
        {
            watched.state::<Places>().note(watched.label(), standing);
        }
    });
    Ok(window)
}

/// How a window stands, if it can be told now.
fn standing<R: Runtime>(window: &WebviewWindow<R>) -> Option<Standing> {
    if window.is_minimized().ok()? || window.is_fullscreen().ok()? {
        return None;
    }
    if window.is_maximized().ok()? {
        return Some(Standing::Maximized);
    }
    let scale = window.scale_factor().ok()?;
    let (at, size) = (window.outer_position().ok()?, window.inner_size().ok()?);
    Some(Standing::At(at.to_logical(scale), size.to_logical(scale)))
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "dev-panel")]
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::Poll;

    #[cfg(feature = "dev-panel")]
    use tauri::test::mock_builder;

    use super::*;
    #[cfg(feature = "dev-panel")]
    use crate::config;

    /// A window made of paper.
    #[derive(Clone, Default)]
    struct Paper {
        is_forbidden: Arc<AtomicBool>,
        forbid_soon: bool,
        is_there: Arc<AtomicBool>,
        told: Arc<Mutex<Vec<Leaving>>>,
    }

    impl Host for Paper {
        fn is_allowed(&self) -> bool {
            !self.is_forbidden.load(Ordering::SeqCst)
        }

        fn open(&self, _: bool) -> tauri::Result<()> {
            self.is_forbidden.store(self.forbid_soon, Ordering::SeqCst);
            self.is_there.store(true, Ordering::SeqCst);
            Ok(())
        }

        fn destroy(&self) -> bool {
            self.is_there.swap(false, Ordering::SeqCst)
        }

        fn gone(&self, leaving: Leaving) {
            self.told.lock().unwrap().push(leaving);
        }
    }

    /// Opened, sent away, and gone.
    async fn told_after(leave: impl AsyncFn(&PanelWindow)) -> Vec<Leaving> {
        let paper = Paper::default();
        let window = PanelWindow::on(paper.clone());
        window.open(true).unwrap();
        tokio::join!(leave(&window), async {
            assert!(paper.told.lock().unwrap().is_empty(), "told before it has gone");
            window.has_gone();
        });
        paper.told.lock().unwrap().clone()
    }

    #[tokio::test]
    async fn the_main_window_is_told_once_how_the_panels_went() {
        assert_eq!(told_after(PanelWindow::close).await, [Leaving::Closed]);
        assert_eq!(told_after(PanelWindow::put_back).await, [Leaving::Back]);
        assert_eq!(told_after(async |window| window.shut()).await, [Leaving::Shut]);
        assert_eq!(told_after(async |_| ()).await, [Leaving::Closed], "by its close button");
    }

    #[tokio::test]
    async fn who_closes_it_waits_until_it_has_gone() {
        let paper = Paper::default();
        let window = PanelWindow::on(paper.clone());
        window.open(true).unwrap();
        let mut closing = Box::pin(window.close());
        assert_eq!(futures::poll!(&mut closing), Poll::Pending);
        window.has_gone();
        assert_eq!(futures::poll!(&mut closing), Poll::Ready(()));
        window.close().await; // there is none
    }

    #[tokio::test]
    async fn what_was_wanted_of_a_window_that_was_not_there_is_told_at_once_and_not_kept_for_the_next() {
        let paper = Paper::default();
        let window = PanelWindow::on(paper.clone());
        window.put_back().await;
        window.open(true).unwrap();
        window.has_gone();
        assert_eq!(*paper.told.lock().unwrap(), [Leaving::Back, Leaving::Closed]);
    }

    /// On Tauri's mock runtime, which knows no screen.
    #[test]
    #[cfg(feature = "dev-panel")]
    fn however_often_it_is_asked_for_the_panel_gets_one_window() {
        let app = mock_builder().build(crate::context()).unwrap();
        let (doors, settings) = (Doors::default(), config::parse("", Path::new("config.toml")).unwrap());
        doors.open_for(&app, &settings).unwrap();
        app.manage(doors);
        app.manage(Places::read(None));
        let folder = tempfile::tempdir().unwrap();
        let window = PanelWindow::new(app.handle(), folder.path().join("webview"));
        for front in [true, false, true] {
            window.open(front).unwrap();
            assert_eq!(app.webview_windows().into_keys().collect::<Vec<_>>(), [PANEL]);
        }
    }

    #[test]
    fn p10_there_is_no_window_where_the_settings_allow_none_or_come_to_allow_none_while_it_is_made() {
        let before = Paper::default();
        before.is_forbidden.store(true, Ordering::SeqCst);
        let meanwhile = Paper { forbid_soon: true, ..Paper::default() };
        for paper in [before, meanwhile] {
            assert!(PanelWindow::on(paper.clone()).open(true).is_err());
            assert!(!paper.is_there.load(Ordering::SeqCst));
        }
    }
}
