//! The harness that runs the real app in its real webview, on a screen in memory, with a keyring and a server of its own.
//! Not in it: what is proved with it (`tests/promises.rs`) and shown with it (`src/bin/tour.rs`).
//!
//! # Layout
//! `rig` one run of the app → `page` what is seen in its window, `moves` what a person does there,
//! `keys` by the keyboard alone, `axe` what not everybody could see or use of it, `letters` what larger letters leave no room for · `server` the server in this process,
//! `foreign` one that nobody here wrote · `stage` screen, bus, keyring, WebDriver bridge, `window` what a window manager does → `kept` what the app wrote, `crash` its end at a chosen moment, `keyring` what others
//! do with that, `canary` tokens where none may be, `evidence` what a failed run leaves.

mod axe;
mod canary;
mod crash;
mod evidence;
mod foreign;
mod kept;
mod keyring;
mod keys;
mod letters;
mod moves;
mod page;
/// The process of a server from a registry, as the tests without a window start it.
#[path = "../../interop/process.rs"]
mod process;
mod rig;
mod server;
mod stage;
mod window;

pub use canary::{Canaries, all_below};
pub use crash::{Files, Moment};
pub use foreign::{FOREIGN_ACCOUNT, SimpleJwt};
pub use kept::Kept;
pub use keys::Focus;
pub use page::Page;
pub use rig::{Rig, Setting, app_binary, play, until};
pub use server::{ACCOUNT, OTHER, Server};
pub use stage::{Keyring, workspace};
pub use window::{MAIN_WINDOW, PANEL_KEYS, PANEL_WINDOW, Stands};
