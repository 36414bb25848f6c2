//! The generated TypeScript in `ui/src/ipc/bindings.ts` is what the Rust types say.
//! Not here: whether the UI uses it; the TypeScript compiler says that.
//!
//! To write it anew: `npm run bindings`.

use std::fs;
use std::path::Path;

use specta_typescript::Typescript;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/ipc/bindings.ts");

#[test]
fn the_committed_bindings_are_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("bindings.ts");
    let header = "// Generated from the Rust types by `npm run bindings`; a test keeps it up to date.\n// Not here: anything written by hand.\n";
    session_keeper::bindings::builder::<tauri::Wry>()
        .export(Typescript::default().header(header), &fresh)
        .unwrap();
    let fresh = fs::read_to_string(fresh).unwrap();
    if std::env::var_os("SESSION_KEEPER_WRITE_BINDINGS").is_some() {
        fs::write(COMMITTED, &fresh).unwrap();
    }
    let committed = fs::read_to_string(Path::new(COMMITTED)).unwrap();
    assert!(
        committed == fresh,
        "ui/src/ipc/bindings.ts is not what the Rust types say; run `npm run bindings`"
    );
}
