//! What many write first: the token behind an async lock, refreshed while it is held. Not here: a library.

use http::HeaderValue;
use tokio::sync::Mutex;

use super::{MARGIN, Peer};
use crate::world::{Refresher, World, bearer};
use crate::{Failure, clock};

struct Kept {
    token: Option<(HeaderValue, u64)>,
    refresher: Option<Refresher>,
}

/// A token behind `tokio::sync::Mutex`.
pub struct Mutexed(Mutex<Kept>);

impl Peer for Mutexed {
    const NAME: &'static str = "mutex";
    const SIGNS_OUT: bool = true;

    async fn open(world: &World) -> Result<Self, Failure> {
        let refresher = Refresher::new(world, world.sign_in().await?.refresh_token);
        Ok(Self(Mutex::new(Kept { token: None, refresher: Some(refresher) })))
    }

    async fn header(&self) -> Result<HeaderValue, String> {
        let mut kept = self.0.lock().await;
        let margin = u64::try_from(MARGIN.as_nanos()).unwrap_or(u64::MAX);
        if let Some((header, until)) = &kept.token
            && clock::now() + margin < *until
        {
            return Ok(header.clone());
        }
        let tokens = kept.refresher.as_ref().ok_or("signed out")?.refresh().await?;
        let header = bearer(&tokens.access_token)?;
        kept.token = Some((header.clone(), clock::now() + tokens.expires_in * 1_000_000_000));
        Ok(header)
    }

    async fn sign_out(&self) {
        *self.0.lock().await = Kept { token: None, refresher: None };
    }
}
