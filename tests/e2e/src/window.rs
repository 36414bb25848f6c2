//! What a window manager and a keyboard do for a person, on a screen that has neither: windows by their titles, looked at, moved, typed into, closed.
//! Not in it: what is in the page of the main window (`page.rs`), and the keys that WebDriver sends there (`keys.rs`).

use anyhow::{Context, Result, bail};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConfigureWindowAux, ConnectionExt, EventMask, InputFocus, KEY_PRESS_EVENT,
    KEY_RELEASE_EVENT, MapState, StackMode, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use crate::rig::{Rig, until};

/// The title of the main window.
pub const MAIN_WINDOW: &str = "Session Keeper";

/// The title of the dev panel's own window.
pub const PANEL_WINDOW: &str = "Session Keeper · Developer panel";

/// The keys that open and close the dev panel, as the screen calls them: Control, Shift, D.
pub const PANEL_KEYS: [u32; 3] = [0xffe3, 0xffe1, 0x64];

/// Where a window stands on the screen, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
}

/// A connection to this run's screen.
struct Screen {
    connection: RustConnection,
    root: Window,
}

impl Rig {
    /// Gives the app's main window the keyboard, and waits until its page knows.
    ///
    /// # Errors
    /// When there is no window, or the page does not hear of it.
    pub async fn give_keyboard(&self) -> Result<()> {
        until("the window to have the keyboard", async || {
            self.focus_window(MAIN_WINDOW)?;
            Ok(self.page()?.eval("return document.hasFocus()").await? == true)
        })
        .await
    }

    /// Where the window of this title stands; none if there is none to be seen.
    ///
    /// # Errors
    /// When the screen does not answer.
    pub fn window(&self, title: &str) -> Result<Option<Stands>> {
        let screen = self.screen()?;
        let Some(window) = screen.find(title)? else { return Ok(None) };
        // It may go while it is looked at.
        let at = screen.connection.get_geometry(window)?.reply().ok();
        Ok(at.map(|at| Stands {
            x: at.x.into(),
            y: at.y.into(),
            width: at.width.into(),
            height: at.height.into(),
        }))
    }

    /// Waits until there is a window of this title.
    ///
    /// # Errors
    /// When that does not happen in time.
    pub async fn window_opens(&self, title: &str) -> Result<Stands> {
        until(&format!("a window {title:?}"), async || Ok(self.window(title)?.is_some())).await?;
        self.window(title)?.with_context(|| format!("{title:?} has gone again"))
    }

    /// Waits until there is no window of this title.
    ///
    /// # Errors
    /// When that does not happen in time.
    pub async fn window_goes(&self, title: &str) -> Result<()> {
        until(&format!("the window {title:?} to go"), async || Ok(self.window(title)?.is_none())).await
    }

    /// Puts a window elsewhere and makes it larger or smaller, as a person does with the mouse.
    ///
    /// # Errors
    /// When there is none, or it does not come to stand there.
    pub async fn place_window(&self, title: &str, wanted: Stands) -> Result<()> {
        let screen = self.screen()?;
        let window = screen.find(title)?.with_context(|| format!("no window {title:?}"))?;
        let change =
            ConfigureWindowAux::new().x(wanted.x).y(wanted.y).width(wanted.width).height(wanted.height);
        screen.connection.configure_window(window, &change)?.check()?;
        until("the window to stand there", async || Ok(self.window(title)? == Some(wanted))).await
    }

    /// Presses keys together in a window, on a keyboard.
    ///
    /// # Errors
    /// When there is no such window, or no such key.
    pub fn press_in(&self, title: &str, keys: &[u32]) -> Result<()> {
        self.focus_window(title)?;
        let screen = self.screen()?;
        let codes = keys.iter().map(|key| screen.code_of(*key)).collect::<Result<Vec<_>>>()?;
        let down = codes.iter().map(|code| (KEY_PRESS_EVENT, *code));
        let up = codes.iter().rev().map(|code| (KEY_RELEASE_EVENT, *code));
        for (kind, code) in down.chain(up) {
            screen
                .connection
                .xtest_fake_input(kind, code, x11rb::CURRENT_TIME, screen.root, 0, 0, 0)?
                .check()?;
        }
        Ok(())
    }

    /// Presses a window's close button.
    ///
    /// # Errors
    /// When there is none.
    pub fn close_window(&self, title: &str) -> Result<()> {
        let screen = self.screen()?;
        let window = screen.find(title)?.with_context(|| format!("no window {title:?}"))?;
        let data = [screen.atom("WM_DELETE_WINDOW")?, x11rb::CURRENT_TIME, 0, 0, 0];
        let close = ClientMessageEvent::new(32, window, screen.atom("WM_PROTOCOLS")?, data);
        screen.connection.send_event(false, window, EventMask::NO_EVENT, close)?.check()?;
        Ok(())
    }

    /// Whether the window of this title has the keyboard.
    ///
    /// # Errors
    /// When the screen does not answer.
    pub fn has_keyboard(&self, title: &str) -> Result<bool> {
        let screen = self.screen()?;
        let focus = screen.connection.get_input_focus()?.reply()?.focus;
        let Some(window) = screen.find(title)? else { return Ok(false) };
        // GTK gives it to a window of its own inside of the one that is seen.
        Ok(focus == window || screen.connection.query_tree(window)?.reply()?.children.contains(&focus))
    }

    fn focus_window(&self, title: &str) -> Result<()> {
        let screen = self.screen()?;
        let Some(window) = screen.find(title)? else { return Ok(()) };
        let to_front = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
        screen.connection.configure_window(window, &to_front)?.check()?;
        screen.connection.set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME)?.check()?;
        Ok(())
    }

    fn screen(&self) -> Result<Screen> {
        let (connection, number) = x11rb::connect(Some(self.stage.display())).context("the screen")?;
        let root = connection.setup().roots.get(number).context("no screen")?.root;
        Ok(Screen { connection, root })
    }
}

impl Screen {
    /// The window of this title that can be seen.
    fn find(&self, title: &str) -> Result<Option<Window>> {
        let (name, text) = (self.atom("_NET_WM_NAME")?, self.atom("UTF8_STRING")?);
        for window in self.connection.query_tree(self.root)?.reply()?.children {
            // A window may go while it is looked at.
            let Ok(about) = self.connection.get_window_attributes(window)?.reply() else { continue };
            let Ok(named) = self.connection.get_property(false, window, name, text, 0, 64)?.reply() else {
                continue;
            };
            if about.map_state == MapState::VIEWABLE && named.value == title.as_bytes() {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }

    fn code_of(&self, key: u32) -> Result<u8> {
        let (first, last) = (self.connection.setup().min_keycode, self.connection.setup().max_keycode);
        let map = self.connection.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let each = usize::from(map.keysyms_per_keycode);
        let found = map.keysyms.chunks(each).zip(first..=last).find(|(keys, _)| keys.first() == Some(&key));
        match found {
            Some((_, code)) => Ok(code),
            None => bail!("the keyboard has no key {key:#x}"),
        }
    }

    fn atom(&self, name: &str) -> Result<u32> {
        Ok(self.connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }
}
