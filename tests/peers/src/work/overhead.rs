//! *overhead*: calls with the library's header beside the same calls with a fixed one, block by block, in one process, on one thread.
//! Not here: ratios, which are of one round and the caller's to make.

use std::sync::Arc;

use futures::future::{BoxFuture, join_all};
use http::HeaderValue;
use serde_json::{Value, json};
use session_engine::ApiRequest;
use url::Url;

use crate::peer::{Ours, Peer};
use crate::server::Mode;
use crate::work::LONG_S;
use crate::world::{World, bearer};
use crate::{Failure, clock};

/// Of so many calls as many as one warm what those that are counted use.
const WARM_OF: usize = 4;

/// Something that makes a call.
trait Caller: Send + Sync {
    fn call(&self) -> BoxFuture<'_, bool>;
}

struct Bare(World, Url, HeaderValue);

impl Caller for Bare {
    fn call(&self) -> BoxFuture<'_, bool> {
        Box::pin(async { self.0.call(&self.1, self.2.clone()).await })
    }
}

struct With<P>(P, World, Url);

impl<P: Peer> Caller for With<P> {
    fn call(&self) -> BoxFuture<'_, bool> {
        Box::pin(async {
            let Ok(header) = self.0.header().await else { return false };
            self.1.call(&self.2, header).await
        })
    }
}

/// A header that is there at once, and waited for only where it is not.
struct AtOnce(Ours, World, Url);

impl Caller for AtOnce {
    fn call(&self) -> BoxFuture<'_, bool> {
        Box::pin(async {
            let header = match self.0.0.authorization_now() {
                Some(fresh) => fresh.header,
                None => {
                    let Ok(header) = self.0.header().await else { return false };
                    header
                }
            };
            self.1.call(&self.2, header).await
        })
    }
}

/// `Session::call`: the path joined and confined, every decision an event, a 401 cured.
struct Whole(Ours);

impl Caller for Whole {
    fn call(&self) -> BoxFuture<'_, bool> {
        Box::pin(async {
            self.0.0.call(ApiRequest::get("api/")).await.is_ok_and(|reply| reply.response.status() == 200)
        })
    }
}

async fn caller(name: &str, world: &World) -> Result<Arc<dyn Caller>, Failure> {
    let url = world.api()?;
    if name.starts_with("bare") {
        return Ok(Arc::new(Bare(world.clone(), url, bearer(&world.sign_in().await?.access_token)?)));
    }
    if name == "ours, at once" {
        return Ok(Arc::new(AtOnce(Ours::open(world).await?, world.clone(), url)));
    }
    if name == "ours, whole call" {
        return Ok(Arc::new(Whole(Ours::open(world).await?)));
    }
    crate::with_peer!(name, P => Ok(Arc::new(With(P::open(world).await?, world.clone(), url)) as Arc<dyn Caller>))
}

/// Nanoseconds a call, for each name and round; in each round the names come in another order, so that none has the same neighbour
/// before it each time.
///
/// # Errors
/// When a call fails.
pub async fn overhead(
    world: &World,
    names: &[&str],
    rounds: usize,
    calls: usize,
    at_once: usize,
) -> Result<Value, Failure> {
    world.behave(LONG_S, 0, Mode::Well).await?;
    let mut callers = Vec::new();
    for name in names {
        let caller = caller(name, world).await?;
        block(&*caller, calls, at_once).await?; // connections are made, tokens fetched
        callers.push((*name, caller, Vec::new()));
    }
    let mut order: Vec<usize> = (0..callers.len()).collect();
    for _ in 0..rounds {
        fastrand::shuffle(&mut order);
        for &turn in &order {
            let (_, caller, took) = &mut callers[turn];
            took.push(block(&**caller, calls, at_once).await?);
        }
    }
    let took: serde_json::Map<_, _> =
        callers.into_iter().map(|(name, _, took)| (name.to_owned(), json!(took))).collect();
    Ok(json!({ "at_once": at_once, "calls": calls, "ns": took }))
}

/// One block of one caller. Its first calls are not counted: they find what the caller before it left in the caches.
async fn block(caller: &dyn Caller, calls: usize, at_once: usize) -> Result<f64, Failure> {
    run(caller, calls / WARM_OF, at_once).await?;
    let started = clock::now();
    let made = run(caller, calls, at_once).await?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    Ok(clock::now().saturating_sub(started) as f64 / made as f64)
}

/// How many calls were made, all of them well.
async fn run(caller: &dyn Caller, calls: usize, at_once: usize) -> Result<usize, Failure> {
    let each = calls / at_once;
    let one = |_| async {
        for _ in 0..each {
            if !caller.call().await {
                return false;
            }
        }
        true
    };
    let well = join_all((0..at_once).map(one)).await.into_iter().all(|well| well);
    if well { Ok(each * at_once) } else { Err("a call failed".into()) }
}
