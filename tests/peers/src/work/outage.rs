//! *outage*: a hundred calls a second through five seconds without a refresh, the token still valid or run out.
//! Not here: calls of the API itself; what is asked for is the header.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::peer::Peer;
use crate::server::Mode;
use crate::work::{LONG_S, expired};
use crate::world::World;
use crate::{Failure, clock};

/// Between two calls.
const EVERY: Duration = Duration::from_millis(10);
/// How many calls see the outage, and how many come after it.
const DURING: usize = 500;
const AFTER: usize = 500;

/// The life of a token that is in its window after eleven seconds and valid for nineteen more.
const DUE_LIFE_S: u64 = 30;
const UNTIL_DUE: Duration = Duration::from_secs(11);

/// Calls through an outage of the kind `how`; `valid`: the token is due and still valid.
///
/// # Errors
/// When the server cannot be reached.
pub async fn outage<P: Peer>(world: &World, how: Mode, valid: bool) -> Result<Value, Failure> {
    let peer = Arc::new(if valid { due::<P>(world).await? } else { expired::<P>(world, 5).await? });
    world.behave(LONG_S, 5, how).await?;
    let mut tasks = JoinSet::new();
    let started = clock::now();
    let mut ticks = tokio::time::interval(EVERY);
    let mut recovered_at = 0;
    let mut asked_during = 0;
    for call in 0..DURING + AFTER {
        ticks.tick().await;
        if call == DURING {
            world.behave(LONG_S, 5, Mode::Well).await?;
            recovered_at = clock::now();
            asked_during = world.count().await?.asked;
        }
        let peer = peer.clone();
        tasks.spawn(async move {
            let begun = clock::now();
            let well = peer.header().await.is_ok();
            (begun, clock::now(), well)
        });
    }
    let went = tasks.join_all().await;
    let counted = world.count().await?;
    let slowest = went.iter().map(|(begun, ended, _)| clock::ms(*begun, *ended)).fold(0.0, f64::max);
    let paused = went.iter().filter(|(begun, ended, _)| clock::ms(*begun, *ended) > 20.0).count();
    let first = went
        .iter()
        .filter(|(_, ended, well)| *well && *ended >= recovered_at)
        .map(|(_, ended, _)| *ended)
        .min();
    Ok(json!({
        "seconds": clock::ms(started, recovered_at) / 1e3,
        "failures": went.iter().filter(|(_, _, well)| !well).count(),
        "attempts": asked_during,
        "attempts_in_all": counted.asked,
        "slowest_ms": slowest,
        "paused": paused,
        "first_success_ms": first.map(|at| clock::ms(recovered_at, at)),
    }))
}

async fn due<P: Peer>(world: &World) -> Result<P, Failure> {
    world.behave(DUE_LIFE_S, 0, Mode::Well).await?;
    let peer = P::open(world).await?;
    peer.header().await?;
    tokio::time::sleep(UNTIL_DUE).await;
    world.forget().await?;
    Ok(peer)
}
