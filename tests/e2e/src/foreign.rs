//! A server that nobody here wrote, for the app to be pointed at: SimpleJWT, as `tests/interop` installs and starts it.
//! Not in it: what else it is asked (`tests/interop`, without a window).

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::process::Process;
use crate::stage::workspace;

/// The account that it has.
pub const FOREIGN_ACCOUNT: (&str, &str) = ("ada", "analytical-engine");

/// SimpleJWT with rotation and its blacklist; it ends when dropped.
#[derive(Debug)]
pub struct SimpleJwt {
    process: Process,
    _home: TempDir,
}

impl SimpleJwt {
    /// Starts it, with access tokens that live this many seconds.
    ///
    /// # Errors
    /// When the servers are not installed, or it does not come up.
    pub async fn start(access_seconds: u32) -> Result<Self> {
        tokio::task::spawn_blocking(move || {
            let home = tempfile::Builder::new().prefix("simplejwt-").tempdir()?;
            let seconds = access_seconds.to_string();
            let options = [("ROTATES", "yes"), ("ACCESS_SECONDS", seconds.as_str())];
            let log = home.path().join("said.log");
            let process = Process::start(&workspace(), "simplejwt.py", &options, home.path(), &log)?;
            Ok::<_, std::io::Error>(Self { process, _home: home })
        })
        .await?
        .context("SimpleJWT")
    }

    /// What answers, by name and version.
    #[must_use]
    pub fn versions(&self) -> &str {
        &self.process.versions
    }

    /// Where it listens.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/", self.process.address)
    }
}
