//! What is to be seen on the screen, and since when.
//! Not here: what it means; the same is asked of every window.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, ImageFormat, MapState, Window};
use x11rb::rust_connection::RustConnection;

/// A picture that stays for so long is the one that was waited for.
const STAYS: Duration = Duration::from_millis(1500);

/// The part of a window that is looked at: where the app has its navigation, and any page its first words.
const PART: (i16, i16, u16, u16) = (8, 8, 190, 300);

/// How long after `began` the window shows what it then goes on showing, in its left upper part.
///
/// # Errors
/// When there is no such window within 30 s.
pub(crate) async fn settled(display: &str, began: Instant) -> Result<Duration> {
    let display = display.to_owned();
    tokio::task::spawn_blocking(move || watch(&display, began)).await?
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn watch(display: &str, began: Instant) -> Result<Duration> {
    let (screen, number) = x11rb::connect(Some(display))?;
    let root = screen.setup().roots[number].root;
    let mut seen: Option<(u64, Instant)> = None;
    while began.elapsed() < Duration::from_secs(30) {
        let now = Instant::now();
        match (picture(&screen, root)?, seen) {
            (Some(shown), Some((before, since))) if shown == before => {
                if since.elapsed() > STAYS {
                    return Ok(since.duration_since(began));
                }
            }
            (Some(shown), _) => seen = Some((shown, now)),
            (None, _) => seen = None,
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    bail!("no window has settled within 30 s")
}

/// The part as a number; `None` while there is no window, or one colour only.
fn picture(screen: &RustConnection, root: Window) -> Result<Option<u64>> {
    let Some((x, y)) = place(screen, root)? else { return Ok(None) };
    let (left, top, width, height) = PART;
    let asked = screen.get_image(ImageFormat::Z_PIXMAP, root, x + left, y + top, width, height, !0)?;
    let Ok(image) = asked.reply() else { return Ok(None) }; // it has just gone
    let is_plain = image.data.chunks_exact(4).all(|pixel| pixel == &image.data[..4]);
    let mut hash = DefaultHasher::new();
    image.data.hash(&mut hash);
    Ok((!is_plain).then(|| hash.finish()))
}

fn place(screen: &RustConnection, root: Window) -> Result<Option<(i16, i16)>> {
    for window in screen.query_tree(root)?.reply()?.children {
        let Ok(looks) = screen.get_window_attributes(window)?.reply() else { continue };
        let Ok(size) = screen.get_geometry(window)?.reply() else { continue };
        if looks.map_state == MapState::VIEWABLE && size.width > 400 && size.height > 400 {
            return Ok(Some((size.x, size.y)));
        }
    }
    Ok(None)
}
