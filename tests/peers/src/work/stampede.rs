//! *stampede*: so many calls at once on an expired token. Not here: the bare figures beside it are, so that they are of the same run.

use std::sync::Arc;

use http::HeaderValue;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::peer::Peer;
use crate::server::Mode;
use crate::work::{LONG_S, expired};
use crate::world::{Refresher, World, bearer};
use crate::{Failure, clock};

/// How many connections the calls share.
const CONNECTIONS: usize = 64;

/// All callers at once on one token that has run out.
///
/// # Errors
/// When the server cannot be reached.
pub async fn stampede<P: Peer>(world: &World, callers: usize) -> Result<Value, Failure> {
    let peer = Arc::new(expired::<P>(world, 50).await?);
    let started = clock::now();
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let peer = peer.clone();
        tasks.spawn(async move {
            let header = peer.header().await;
            (clock::now(), header.ok())
        });
    }
    let released = tasks.join_all().await;
    let headers = released.iter().filter_map(|(_, header)| header.clone()).collect();
    let served = calls(world, headers).await?;
    let ended = clock::now();
    let counted = world.count().await?;
    let last = released.iter().map(|(at, _)| *at).max().unwrap_or(0);
    Ok(json!({
        "refreshes": counted.asked,
        "reused": counted.reused,
        "failures": callers - served,
        "release_ms": (counted.answered_at > 0).then(|| clock::ms(counted.answered_at, last)),
        "total_ms": clock::ms(started, ended),
    }))
}

/// One refresh, then the calls with a fixed header: what the whole cannot be quicker than.
///
/// # Errors
/// When the server cannot be reached.
pub async fn bare(world: &World, callers: usize) -> Result<Value, Failure> {
    world.behave(LONG_S, 50, Mode::Well).await?;
    let refresher = Refresher::new(world, world.sign_in().await?.refresh_token);
    let started = clock::now();
    let header = bearer(&refresher.refresh().await?.access_token)?;
    let served = calls(world, vec![header; callers]).await?;
    let failures = callers - served;
    Ok(json!({ "refreshes": 1, "failures": failures, "total_ms": clock::ms(started, clock::now()) }))
}

/// One call for each header; how many the server took.
async fn calls(world: &World, headers: Vec<HeaderValue>) -> Result<usize, Failure> {
    let (url, gate) = (world.api()?, Arc::new(Semaphore::new(CONNECTIONS)));
    let mut tasks = JoinSet::new();
    for header in headers {
        let (world, url, gate) = (world.clone(), url.clone(), gate.clone());
        tasks.spawn(async move {
            let _place = gate.acquire().await;
            world.call(&url, header).await
        });
    }
    Ok(tasks.join_all().await.into_iter().filter(|well| *well).count())
}

/// So many tasks that wait for one word and then do nothing: what a release cannot be quicker than.
///
/// # Errors
/// Never.
pub async fn wake_up(callers: usize) -> Result<Value, Failure> {
    let (said, tasks) = waiting(callers);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let at = clock::now();
    said.send_replace(true);
    Ok(json!({ "release_ms": clock::ms(at, last(tasks).await) }))
}

/// The same, and the word is said when one refresh has been answered: what a library's release cannot be quicker than, as it must read
/// the reply before anybody can be let go.
///
/// # Errors
/// When the server cannot be reached.
pub async fn reply(world: &World, callers: usize) -> Result<Value, Failure> {
    world.behave(LONG_S, 50, Mode::Well).await?;
    let refresher = Refresher::new(world, world.sign_in().await?.refresh_token);
    let (said, tasks) = waiting(callers);
    bearer(&refresher.refresh().await?.access_token)?;
    said.send_replace(true);
    let last = last(tasks).await;
    Ok(json!({ "release_ms": clock::ms(world.count().await?.answered_at, last) }))
}

/// So many who wait for the word; each tells when it has heard it.
fn waiting(callers: usize) -> (watch::Sender<bool>, JoinSet<u64>) {
    let said = watch::Sender::new(false);
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let mut hears = said.subscribe();
        tasks.spawn(async move {
            let _ = hears.wait_for(|said| *said).await; // fails only when the word is not said any more
            clock::now()
        });
    }
    (said, tasks)
}

async fn last(tasks: JoinSet<u64>) -> u64 {
    tasks.join_all().await.into_iter().max().unwrap_or(0)
}
