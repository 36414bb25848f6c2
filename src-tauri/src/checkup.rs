//! A check-up: the doctor's walk with this program's settings, transport and clock; a demo server of its own where that is meant.
//! Not here: the walk (`session_doctor`), the terminal (`cli`), the window (`program`).

use std::net::Ipv4Addr;
use std::sync::Arc;

use demo_api::Demo;
use session_doctor::{Patient, Report, Step};
use session_engine::HttpTransport;
use session_engine::ports::Credentials;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::adapters::clock::SystemClock;
use crate::compose::USER_AGENT;
use crate::config::Settings;

/// What a check-up needs besides the settings.
pub struct Asked {
    /// The settings as they are written.
    pub toml: String,
    /// Who signs in; never kept.
    pub credentials: Credentials,
    /// Use spent tokens again.
    pub reuse: bool,
}

/// Walks through the server of the settings and tells `watch` of each step. `None`: it was stopped, and has signed out.
///
/// # Errors
/// A sentence, when the walk cannot begin.
pub async fn walk(
    mut settings: Settings,
    asked: Asked,
    watch: &(dyn Fn(&Step) + Send + Sync),
    stop: &CancellationToken,
) -> Result<Option<Report>, String> {
    let _demo = if settings.embedded_demo { Some(own_demo(&mut settings).await?) } else { None };
    let transport = HttpTransport::named(&settings.server.base, USER_AGENT)
        .map_err(|error| format!("{error} The certificates of this computer may be missing."))?;
    let profile = settings.profile_path.clone().map(|path| ("profile.path", path));
    let call = profile.or_else(|| settings.home_calls.first().map(|path| ("home.calls", path.clone())));
    let patient = Patient {
        has_profile: settings.profile_path.is_some(),
        server: Arc::new(settings.server),
        policy: settings.policy,
        call,
        toml: asked.toml,
        credentials: asked.credentials,
        reuse: asked.reuse,
    };
    Ok(session_doctor::walk(patient, Arc::new(transport), Arc::new(SystemClock), watch, stop).await)
}

/// Ends the demo server when it is dropped.
struct OwnDemo(tokio::task::JoinHandle<()>);

impl Drop for OwnDemo {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A demo server in memory, for this walk only: the one that runs, if one does, is left alone.
async fn own_demo(settings: &mut Settings) -> Result<OwnDemo, String> {
    let cannot = |why: String| format!("The demo server cannot start: {why}.");
    let demo = tokio::task::spawn_blocking(Demo::in_memory).await;
    let demo = demo.map_err(|error| cannot(error.to_string()))?.map_err(|error| cannot(error.to_string()))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.map_err(|error| cannot(error.to_string()))?;
    let address = listener.local_addr().map_err(|error| cannot(error.to_string()))?;
    settings.server.base =
        Url::parse(&format!("http://{address}/")).map_err(|error| cannot(error.to_string()))?;
    Ok(OwnDemo(tokio::spawn(async move {
        let _ = demo.run(listener, std::future::pending()).await; // it ends with this task
    })))
}
