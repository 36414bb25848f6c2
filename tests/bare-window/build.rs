//! Builds what Tauri needs at compile time. Nothing else.

fn main() {
    tauri_build::build();
}
