//! *sign-out during a refresh*: does a late answer bring the user back? Not here: whether the server was told.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Failure;
use crate::peer::Peer;
use crate::server::Mode;
use crate::work::LONG_S;
use crate::world::World;

/// So many times: a refresh is on its way, the user signs out at a moment of its own, the refresh ends; is there a header again?
///
/// # Errors
/// When the server cannot be reached.
pub async fn leave<P: Peer>(world: &World, times: u64) -> Result<Value, Failure> {
    if !P::SIGNS_OUT {
        return Ok(json!({ "not_offered": true }));
    }
    world.behave(LONG_S, 2, Mode::Well).await?;
    let mut back = 0;
    for time in 0..times {
        let peer = Arc::new(P::open(world).await?);
        let asking = peer.clone();
        let asked = tokio::spawn(async move { asking.header().await.is_ok() });
        tokio::time::sleep(Duration::from_micros(time * 7_919 % 5_000)).await;
        peer.sign_out().await;
        let _ = asked.await;
        tokio::time::sleep(Duration::from_millis(1)).await;
        back += u64::from(peer.header().await.is_ok());
    }
    Ok(json!({ "times": times, "back": back }))
}
