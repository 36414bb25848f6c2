//! What is measured, one file each. Every function opens what it needs and gives its figures as JSON. Not here: what they mean.

pub mod cancel;
pub mod leave;
pub mod memory;
pub mod outage;
pub mod overhead;
pub mod stampede;
pub mod storm;

use std::time::Duration;

use crate::Failure;
use crate::peer::Peer;
use crate::server::Mode;
use crate::world::World;

/// The life of a token that is to be over soon, in seconds.
pub const SHORT_S: u64 = 2;
/// The life of a token that lasts for the whole of any measurement.
pub const LONG_S: u64 = 3600;

/// A peer whose token has just run out, at a server that gives long ones from now on and has counted nothing yet.
///
/// # Errors
/// When it cannot be had.
pub async fn expired<P: Peer>(world: &World, delay_ms: u64) -> Result<P, Failure> {
    world.behave(SHORT_S, 0, Mode::Well).await?;
    let peer = P::open(world).await?;
    peer.header().await?;
    tokio::time::sleep(Duration::from_millis(SHORT_S * 1000 + 200)).await;
    world.behave(LONG_S, delay_ms, Mode::Well).await?;
    world.forget().await?;
    Ok(peer)
}
