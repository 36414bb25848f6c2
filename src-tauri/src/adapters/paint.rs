//! How windows are painted on Linux: without a graphics card on the processor itself, and not through OpenGL made up in software.
//! Not here: what is painted, and machines that have a card; there GTK and WebKit decide.

/// Where the kernel offers graphics cards to programs.
#[cfg(target_os = "linux")]
const CARDS: &str = "/dev/dri";

/// What GTK and WebKit are told where there is no card. Each of the three loads Mesa into this process before there is a window: GTK to
/// draw, WebKit to find out whether pictures can reach the window through a card's memory, and to ask Mesa which card it would take
/// (it is given a name instead, of a card that is then never opened).
#[cfg(target_os = "linux")]
const WITHOUT_A_CARD: [(&str, &str); 3] = [
    ("GDK_GL", "disable"),
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ("WEBKIT_WEB_RENDER_DEVICE_FILE", "none"),
];

/// Call it before there is a second thread: the environment is no place to write to later. Where there is no graphics card, GTK
/// would load Mesa's compiler of shaders into this process, and WebKit into the page's, which composes each picture by it: half the
/// memory, and most of the time until the first picture. Whoever has set one of the variables is not overruled.
#[cfg(target_os = "linux")]
pub fn suit_the_machine() {
    if !has_card(std::path::Path::new(CARDS)) {
        for (variable, value) in WITHOUT_A_CARD {
            let _ = glib::setenv(variable, value, false); // fails for an impossible name only
        }
    }
}

/// Other systems see to it themselves.
#[cfg(not(target_os = "linux"))]
pub fn suit_the_machine() {}

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
