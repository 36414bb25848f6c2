//! Runs one piece of work with one library and prints its figures as one line of JSON; or is the server.
//! Not here: the order of the runs, medians and ratios (`scripts/bench.mjs`).

use std::time::Duration;

use peers::server::{self, Mode};
use peers::work::{cancel, leave, memory, outage, overhead, stampede, storm};
use peers::world::World;
use peers::{Failure, with_peer};
use serde_json::Value;

const USAGE: &str = "peers serve | peers WORK PEER[,PEER] CALLS ORDERS [NUMBER]...";

fn main() -> Result<(), Failure> {
    as_many_files_as_allowed()?;
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let one_thread = matches!(words.first(), Some(&"serve" | &"overhead"));
    let mut runtime = if one_thread {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    let runtime = runtime.worker_threads(2).enable_all().build()?;
    let done = runtime.block_on(async {
        match words.as_slice() {
            ["serve"] => {
                server::serve(|calls, orders| println!("{calls} {orders}")).await.map(|()| Value::Null)
            }
            [work, peer, calls, orders, numbers @ ..] => {
                let numbers = numbers.iter().map(|text| text.parse()).collect::<Result<Vec<usize>, _>>()?;
                let world = World::at(calls, orders)?;
                let known = world.behave(3600, 0, Mode::Well).await;
                known.map_err(|error| format!("no server there: {error}"))?;
                tokio::time::timeout(Duration::from_secs(300), run(work, peer, &world, &numbers)).await?
            }
            _ => Err(USAGE.into()),
        }
    })?;
    println!("{done}");
    runtime.shutdown_background();
    Ok(())
}

async fn run(work: &str, peer: &str, world: &World, numbers: &[usize]) -> Result<Value, Failure> {
    let number = |at: usize| numbers.get(at).copied().ok_or(USAGE);
    match (work, peer) {
        ("overhead", names) => {
            let names: Vec<_> = names.split(';').collect();
            overhead::overhead(world, &names, number(0)?, number(1)?, number(2)?).await
        }
        ("stampede", "bare") => stampede::bare(world, number(0)?).await,
        ("stampede", "wake-up") => stampede::wake_up(number(0)?).await,
        ("stampede", "reply") => stampede::reply(world, number(0)?).await,
        ("memory", "bare") => memory::bare(number(0)?).await,
        ("stampede", _) => with_peer!(peer, P => stampede::stampede::<P>(world, number(0)?).await),
        ("memory", _) => with_peer!(peer, P => memory::memory::<P>(world, number(0)?).await),
        ("storm", _) => with_peer!(peer, P => storm::storm::<P>(world, number(0)?).await),
        ("interleavings", _) => {
            with_peer!(peer, P => storm::interleavings::<P>(world, number(0)?, number(1)?).await)
        }
        ("busy-valid", _) => with_peer!(peer, P => outage::outage::<P>(world, Mode::Busy, true).await),
        ("busy-expired", _) => with_peer!(peer, P => outage::outage::<P>(world, Mode::Busy, false).await),
        ("gone-valid", _) => with_peer!(peer, P => outage::outage::<P>(world, Mode::Gone, true).await),
        ("gone-expired", _) => with_peer!(peer, P => outage::outage::<P>(world, Mode::Gone, false).await),
        ("cancel-first", _) => with_peer!(peer, P => cancel::cancel::<P>(world, false).await),
        ("cancel-all", _) => with_peer!(peer, P => cancel::cancel::<P>(world, true).await),
        ("sign-out", _) => with_peer!(peer, P => leave::leave::<P>(world, u64::try_from(number(0)?)?).await),
        _ => Err(USAGE.into()),
    }
}

/// Ten thousand connections are more than the thousand that a shell allows; no library is to fail by that.
fn as_many_files_as_allowed() -> Result<(), Failure> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let all = rustix::process::Rlimit { current: limit.maximum, maximum: limit.maximum };
    Ok(rustix::process::setrlimit(rustix::process::Resource::Nofile, all)?)
}
