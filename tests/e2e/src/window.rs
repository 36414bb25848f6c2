//! What a window manager does for a person, on a screen that has none: the window is given the keyboard.
//! Not in it: what the keys do (`keys.rs`).

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, InputFocus, MapState};

use crate::rig::{Rig, until};

impl Rig {
    /// Gives the app's window the keyboard, and waits until its page knows.
    ///
    /// # Errors
    /// When there is no window, or the page does not hear of it.
    pub async fn give_keyboard(&self) -> Result<()> {
        let (screen, number) = x11rb::connect(Some(self.stage.display())).context("the screen")?;
        let root = screen.setup().roots.get(number).context("no screen")?.root;
        until("the window to have the keyboard", async || {
            let mut largest = (0, None);
            for window in screen.query_tree(root)?.reply()?.children {
                // A window may go while it is looked at.
                let Ok(about) = screen.get_window_attributes(window)?.reply() else { continue };
                let Ok(size) = screen.get_geometry(window)?.reply() else { continue };
                let pixels = u32::from(size.width) * u32::from(size.height);
                if about.map_state == MapState::VIEWABLE && pixels > largest.0 {
                    largest = (pixels, Some(window));
                }
            }
            if let Some(window) = largest.1 {
                screen.set_input_focus(InputFocus::POINTER_ROOT, window, x11rb::CURRENT_TIME)?.check()?;
            }
            Ok(self.page()?.eval("return document.hasFocus()").await? == true)
        })
        .await
    }
}
