//! How the webview paints on Linux: without a graphics card on the processor itself, and not through OpenGL made up in software.
//! Not here: what is painted, and machines that have a card; there WebKit decides.

use tauri::{Runtime, WebviewWindow};

/// Where the kernel offers graphics cards to programs.
#[cfg(target_os = "linux")]
const CARDS: &str = "/dev/dri";

/// Call it before the window's page is loaded. Where there is no graphics card, WebKit would load a compiler of shaders into the
/// page's process and compose each picture by it: half its memory, and most of the time until the first picture.
///
/// # Errors
/// When the window is gone.
#[cfg(target_os = "linux")]
pub fn suit_the_machine<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

    if has_card(std::path::Path::new(CARDS)) {
        return Ok(());
    }
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Other systems' webviews see to it themselves.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn suit_the_machine<R: Runtime>(_: &WebviewWindow<R>) -> tauri::Result<()> {
    Ok(())
}

/// A node for rendering is there: `renderD128` and its like.
#[cfg(target_os = "linux")]
fn has_card(folder: &std::path::Path) -> bool {
    let is_node = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("renderD");
    std::fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(is_node))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::has_card;

    #[test]
    fn a_card_is_there_only_where_the_kernel_offers_a_node_for_rendering() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_card(&folder.path().join("absent")));
        std::fs::write(folder.path().join("card0"), "").unwrap(); // a screen without a renderer, as a server has it
        assert!(!has_card(folder.path()));
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_card(folder.path()));
    }
}
