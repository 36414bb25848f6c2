//! The same window with the libraries that the program stands on, each used once and to no purpose: what their weight is.
//! Not here: anything of the program. It is built to be weighed, and never started.

use argon2::{Argon2, PasswordHasher};
use axum::{Json, Router, routing::post};
use serde_json::Value;
use tracing_subscriber::layer::SubscriberExt;

type Failed = Box<dyn std::error::Error>;

/// A request over TLS.
async fn send() -> Result<String, Failed> {
    Ok(reqwest::Client::new().get("https://localhost/").send().await?.text().await?)
}

/// A server that answers with what it is sent.
async fn serve() -> Result<(), Failed> {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    Ok(axum::serve(port, Router::new().route("/", post(|Json(told): Json<Value>| async { Json(told) })))
        .await?)
}

/// A row in a database, a password's hash, a token signed and read.
fn keep() -> Result<(), Failed> {
    rusqlite::Connection::open_in_memory()?.query_row("SELECT 1", [], |row| row.get::<_, u32>(0))?;
    Argon2::default().hash_password(b"password").map_err(|error| error.to_string())?;
    let key = jsonwebtoken::EncodingKey::from_secret(b"secret");
    let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &Value::Null, &key)?;
    let key = jsonwebtoken::DecodingKey::from_secret(b"secret");
    jsonwebtoken::decode::<Value>(&token, &key, &jsonwebtoken::Validation::default())?;
    Ok(())
}

/// An entry in the Secret Service.
fn lock_away() -> Result<(), Failed> {
    keyring_core::set_default_store(zbus_secret_service_keyring_store::Store::new()?);
    Ok(keyring_core::Entry::new("bare-window", "nobody")?.set_password("secret")?)
}

/// Settings that are read, and written as they were; a log.
fn note() -> Result<(), Failed> {
    let settings: Value = toml::from_str("key = 1")?;
    let written: toml_edit::DocumentMut = "key = 1".parse()?;
    let (lines, _guard) = tracing_appender::non_blocking(tracing_appender::rolling::daily("logs", "log"));
    let layer = tracing_subscriber::fmt::layer().with_writer(lines);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer))?;
    tracing::info!(%settings, %written, "read");
    Ok(())
}

#[tauri::command]
async fn all() -> Result<(), String> {
    send().await.map_err(|error| error.to_string())?;
    serve().await.map_err(|error| error.to_string())?;
    for part in [keep, lock_away, note] {
        part().map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn main() {
    let window = tauri::Builder::default()
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(tauri_plugin_single_instance::init(|_, _, _| ()))
        .invoke_handler(tauri::generate_handler![all]);
    if let Err(error) = window.run(tauri::generate_context!()) {
        eprintln!("{error}");
    }
}
