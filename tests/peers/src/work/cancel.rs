//! *cancel*: the first caller, or all of them, dropped in the middle of a refresh. Not here: timeouts.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Failure;
use crate::peer::Peer;
use crate::work::expired;
use crate::world::World;

const CALLERS: usize = 100;

/// Drops the first of a hundred callers, or `all`, 20 ms into a refresh of 50 ms; asks once more afterwards.
///
/// # Errors
/// When the server cannot be reached.
pub async fn cancel<P: Peer>(world: &World, all: bool) -> Result<Value, Failure> {
    let peer = Arc::new(expired::<P>(world, 50).await?);
    let ask = || {
        let peer = peer.clone();
        tokio::spawn(async move { peer.header().await.is_ok() })
    };
    let mut callers = vec![ask()];
    tokio::time::sleep(Duration::from_millis(5)).await;
    callers.extend((1..CALLERS).map(|_| ask()));
    tokio::time::sleep(Duration::from_millis(15)).await;
    let dropped = if all { CALLERS } else { 1 };
    callers.iter().take(dropped).for_each(tokio::task::JoinHandle::abort);
    let mut survived = 0;
    for caller in callers.into_iter().skip(dropped) {
        survived += usize::from(caller.await.unwrap_or(false));
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let afterwards = peer.header().await.is_ok();
    let counted = world.count().await?;
    Ok(
        json!({ "survived": survived, "of": CALLERS - dropped, "refreshes": counted.asked, "reused": counted.reused, "works_afterwards": afterwards }),
    )
}
