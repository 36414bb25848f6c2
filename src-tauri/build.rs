//! Builds what Tauri needs at compile time: the context, the capabilities and the app's own permissions.
//! Nothing of the UI is built here; `npm run build:ui` does that.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().permissions_path_pattern("src-tauri/permissions/**/*"));
    Ok(tauri_build::try_build(attributes)?)
}
