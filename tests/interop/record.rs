//! What a claim has shown of a server, written down for the table "works with".
//! Not here: the table itself (`scripts/interop.mjs` makes it of these files).

use std::fs::{create_dir_all, write};
use std::path::PathBuf;

use super::server::Server;

/// Where it is written.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/test-results/interop"))
}

/// The claim held, in these words. The last thing that a claim does.
pub(crate) fn shown(server: &Server, column: &str, words: &str) {
    put(server, column, words);
}

/// Which versions answered.
pub(crate) fn version(server: &Server, versions: &str) {
    put(server, "line", &format!("{}\n{}\n{versions}", server.package, server.set));
}

fn put(server: &Server, name: &str, text: &str) {
    let folder = folder().join("shown").join(server.key());
    create_dir_all(&folder).unwrap();
    write(folder.join(name), text).unwrap();
}
