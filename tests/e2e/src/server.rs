//! The demo server in the test's own process, where its counts can be read and its faults switched.
//! Not in it: the server itself (the crate `demo-api`).

use std::path::Path;

use anyhow::{Context, Result};
use demo_api::{Counts, Demo, Handle, IssuedTokens, LoggedRequest};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The account every test signs in with.
pub const ACCOUNT: (&str, &str) = ("ada@example.com", "analytical-engine");

/// Somebody else.
pub const OTHER: (&str, &str) = ("grace@example.com", "nanosecond-wire");

/// A running server; it ends when dropped.
pub struct Server {
    handle: Handle,
    issued: IssuedTokens,
    base_url: String,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(folder: &Path) -> Result<Self> {
        let folder = folder.to_owned();
        let demo =
            tokio::task::spawn_blocking(move || Demo::open(&folder)).await?.context("the demo server")?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base_url = format!("http://{}/", listener.local_addr()?);
        let (handle, issued) = (demo.handle(), demo.keep_issued());
        let run = demo.run(listener, std::future::pending());
        let task = tokio::spawn(async move {
            // It never shuts down; that it ended early shows in the app, as "offline".
            let _ended = run.await;
        });
        Ok(Self { handle, issued, base_url, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Its faults and settings.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// What it has counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.handle.counts()
    }

    /// Every token it has signed.
    #[must_use]
    pub fn issued(&self) -> Vec<String> {
        self.issued.all()
    }

    /// The API calls it has seen, in order of arrival: those that carried one of its access tokens.
    #[must_use]
    pub fn api_calls(&self) -> Vec<LoggedRequest> {
        self.handle.request_log().into_iter().filter(|request| request.access_serial.is_some()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("base_url", &self.base_url).field("counts", &self.counts()).finish()
    }
}
