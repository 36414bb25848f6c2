//! *memory*: what a waiting call costs, beside a task that waits for one word. Not here: a program's whole memory.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::Failure;
use crate::peer::Peer;
use crate::work::expired;
use crate::world::World;

/// Bytes a caller, while so many wait for one refresh.
///
/// # Errors
/// When the server cannot be reached.
pub async fn memory<P: Peer>(world: &World, callers: usize) -> Result<Value, Failure> {
    let peer = Arc::new(expired::<P>(world, 3_000).await?);
    let before = resident()?;
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let peer = peer.clone();
            tokio::spawn(async move { peer.header().await.is_ok() })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    let bytes = resident()?.saturating_sub(before) / callers;
    let mut failures = 0;
    for task in tasks {
        failures += usize::from(!task.await?);
    }
    Ok(json!({ "callers": callers, "bytes": bytes, "failures": failures }))
}

/// The same for tasks that wait for one word.
///
/// # Errors
/// When this process cannot be looked at.
pub async fn bare(callers: usize) -> Result<Value, Failure> {
    let said = watch::Sender::new(false);
    let before = resident()?;
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let mut hears = said.subscribe();
            tokio::spawn(async move { hears.changed().await.is_ok() })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    let bytes = resident()?.saturating_sub(before) / callers;
    said.send_replace(true);
    for task in tasks {
        task.await?;
    }
    Ok(json!({ "callers": callers, "bytes": bytes, "failures": 0 }))
}

fn resident() -> Result<usize, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<usize>()? * 1024)
}
