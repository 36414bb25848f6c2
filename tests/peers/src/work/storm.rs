//! *storm*: calls one after another on 5-minute tokens. *naive interleavings*: callers that come while a refresh lands, again and again.
//! Not here: calls at once on a token that has run out (`stampede`).

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::Failure;
use crate::peer::Peer;
use crate::server::Mode;
use crate::world::World;

/// SimpleJWT's and allauth's default.
const FIVE_MINUTES_S: u64 = 300;

/// So many calls one after another.
///
/// # Errors
/// When the server cannot be reached.
pub async fn storm<P: Peer>(world: &World, calls: usize) -> Result<Value, Failure> {
    world.behave(FIVE_MINUTES_S, 0, Mode::Well).await?;
    world.forget().await?;
    let peer = P::open(world).await?;
    let (url, mut failures) = (world.api()?, 0);
    for _ in 0..calls {
        let well = match peer.header().await {
            Ok(header) => world.call(&url, header).await,
            Err(_) => false,
        };
        failures += u64::from(!well);
    }
    let counted = world.count().await?;
    Ok(json!({ "calls": calls, "refreshes": counted.asked, "reused": counted.reused, "failures": failures }))
}

/// Rounds of callers, each coming at a moment of its own around the end of the refresh.
///
/// # Errors
/// When the server cannot be reached.
pub async fn interleavings<P: Peer>(world: &World, rounds: usize, callers: usize) -> Result<Value, Failure> {
    world.behave(FIVE_MINUTES_S, 0, Mode::Well).await?;
    world.forget().await?;
    let mut failures = 0;
    for round in 0..rounds {
        let peer = Arc::new(P::open(world).await?);
        let mut tasks = JoinSet::new();
        for caller in 0..callers {
            let peer = peer.clone();
            let turns = (caller * 7_919 + round * 104_729) % 400; // the same in every run
            tasks.spawn(async move {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
                peer.header().await.is_ok()
            });
        }
        failures += tasks.join_all().await.into_iter().filter(|well| !well).count();
    }
    let counted = world.count().await?;
    let extra = i64::try_from(counted.asked)? - i64::try_from(rounds)?;
    Ok(
        json!({ "rounds": rounds, "callers": callers, "extra_refreshes": extra, "reused": counted.reused, "failures": failures }),
    )
}
