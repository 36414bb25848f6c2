//! What is found most often in applications: `shared ??= refresh(); await shared; shared = null`, the JWT read with each call, and a
//! failed refresh taken for the session's end. Not here: a library.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use http::HeaderValue;
use serde::Deserialize;

use super::{MARGIN, Peer};
use crate::Failure;
use crate::world::{Refresher, World, bearer};

#[derive(Deserialize)]
struct Claims {
    exp: u64,
}

#[derive(Default)]
struct Kept {
    access: Option<String>,
    refresher: Option<Arc<Refresher>>,
    shared: Option<Shared<BoxFuture<'static, Result<(), String>>>>,
}

/// The naive shared future.
pub struct Naive(Arc<Mutex<Kept>>);

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Naive {
    fn current(&self) -> Option<String> {
        let access = lock(&self.0).access.clone()?;
        let claims: Claims = jsonwebtoken::dangerous::insecure_decode_claims(&access).ok()?;
        let now = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
        (now + MARGIN.as_secs() < claims.exp).then_some(access)
    }

    fn begin(&self, refresher: Arc<Refresher>) -> Shared<BoxFuture<'static, Result<(), String>>> {
        let kept = self.0.clone();
        let work = async move {
            let done = refresher.refresh().await;
            let mut kept = lock(&kept);
            match done {
                Ok(tokens) => {
                    kept.access = Some(tokens.access_token);
                    kept.refresher = Some(refresher);
                    Ok(())
                }
                Err(error) => {
                    kept.access = None;
                    kept.refresher = None;
                    Err(error)
                }
            }
        };
        work.boxed().shared()
    }
}

impl Peer for Naive {
    const NAME: &'static str = "naive";
    const SIGNS_OUT: bool = true;

    async fn open(world: &World) -> Result<Self, Failure> {
        let refresher = Arc::new(Refresher::new(world, world.sign_in().await?.refresh_token));
        Ok(Self(Arc::new(Mutex::new(Kept { refresher: Some(refresher), ..Kept::default() }))))
    }

    async fn header(&self) -> Result<HeaderValue, String> {
        if let Some(access) = self.current() {
            return bearer(&access);
        }
        let shared = {
            let mut kept = lock(&self.0);
            let refresher = kept.refresher.clone().ok_or("signed out")?;
            kept.shared.get_or_insert_with(|| self.begin(refresher)).clone()
        };
        let done = shared.await;
        lock(&self.0).shared = None; // whoever wakes late wipes out what is new
        done?;
        let access = lock(&self.0).access.clone().ok_or("signed out")?;
        bearer(&access)
    }

    async fn sign_out(&self) {
        *lock(&self.0) = Kept::default();
    }
}
