//! Builds what Tauri needs at compile time: the context, the capabilities and the app's own permissions.
//! Nothing of the UI is built here; `npm run build:ui` does that.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A build without the dev panel has no permission for its commands either (P10).
    let permissions = match cfg!(feature = "dev-panel") {
        true => "src-tauri/permissions/**/*",
        false => "src-tauri/permissions/session.toml",
    };
    // Tauri watches its own folders for changes, and not those that are named here.
    println!("cargo:rerun-if-changed=src-tauri/permissions");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().permissions_path_pattern(permissions));
    Ok(tauri_build::try_build(attributes)?)
}
