//! *check*: "is the token fresh? give me the header", on one thread and on two. `cargo bench --bench check`
//! Not here: in which order the rounds come and what is made of them (`scripts/bench.mjs`).

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use criterion::{Criterion, criterion_group, criterion_main};
use http::HeaderValue;
use peers::peer::{Aliri, Aws, Azure, Entra, Google, Mutexed, Naive, Ours, Peer, Yup};
use peers::server::{self, Mode};
use peers::world::{World, bearer};
use session_engine::SystemClock;
use session_engine::ports::Clock;

const THREADS: [usize; 2] = [1, 2];

/// As long as the slowest of `threads` took for `times` runs of its own.
fn together(threads: usize, times: u64, run: impl Fn() + Sync) -> Duration {
    let start = Barrier::new(threads);
    std::thread::scope(|scope| {
        let one = || {
            start.wait();
            let begun = Instant::now();
            (0..times).for_each(|_| run());
            begun.elapsed()
        };
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|one| one.join().expect("a thread that measures")).max().unwrap_or_default()
    })
}

fn part(c: &mut Criterion, name: &str, run: impl Fn() + Sync) {
    for threads in THREADS {
        c.bench_function(&format!("{threads}/{name}"), |bencher| {
            bencher.iter_custom(|times| together(threads, times, &run))
        });
    }
}

/// The header as a future has it that might have waited, as each library's does: what that takes whoever wrote it.
async fn handed_out(header: &HeaderValue, is_fresh: &AtomicBool) -> Result<HeaderValue, String> {
    if is_fresh.load(Ordering::Relaxed) {
        return Ok(header.clone());
    }
    tokio::task::yield_now().await;
    Err("not fresh".into())
}

fn part_handed_out(c: &mut Criterion, header: &HeaderValue) {
    let is_fresh = AtomicBool::new(true);
    for threads in THREADS {
        c.bench_function(&format!("{threads}/part: header from a future"), |bencher| {
            bencher.iter_custom(|times| {
                together(threads, 1, || {
                    futures::executor::block_on(async {
                        for _ in 0..times {
                            let _ = black_box(handed_out(header, &is_fresh).await);
                        }
                    });
                })
            });
        });
    }
}

fn at_once(c: &mut Criterion, runtime: &tokio::runtime::Runtime, world: &World) {
    let ours = runtime.block_on(async {
        let ours = Ours::open(world).await.expect("a session");
        ours.header().await.expect("a first header");
        ours
    });
    assert!(ours.0.authorization_now().is_some());
    part(c, "ours, at once", || drop(black_box(ours.0.authorization_now())));
}

fn peer<P: Peer>(c: &mut Criterion, runtime: &tokio::runtime::Runtime, world: &World) {
    for threads in THREADS {
        c.bench_function(&format!("{threads}/{}", P::NAME), |bencher| {
            let peer = runtime.block_on(async {
                let peer = P::open(world).await.expect("a peer");
                peer.header().await.expect("a first header");
                peer
            });
            let ask = || {
                let _inside = runtime.enter();
                let asked = std::pin::pin!(peer.header());
                let mut context = std::task::Context::from_waker(std::task::Waker::noop());
                asked.poll(&mut context)
            };
            assert!(matches!(ask(), std::task::Poll::Ready(Ok(_))));
            bencher.iter_custom(|times| {
                together(threads, 1, || {
                    futures::executor::block_on(async {
                        let _inside = runtime.enter();
                        for _ in 0..times {
                            let _ = black_box(peer.header().await);
                        }
                    });
                })
            });
        });
    }
}

fn check(c: &mut Criterion) {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime
            .block_on(server::serve(|calls, orders| tell.send((calls, orders)).expect("who asked")))
            .expect("a server");
    });
    let (calls, orders) = told.recv().expect("a server");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let world = World::at(&calls.to_string(), &orders.to_string()).expect("a world");
    runtime.block_on(world.behave(3600, 0, Mode::Well)).expect("a server");

    let header = bearer(&runtime.block_on(world.sign_in()).expect("tokens").access_token).expect("a header");
    let cell = ArcSwap::from_pointee(0u64);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    part(c, "part: both clocks", || {
        black_box(clock.now());
    });
    part(c, "part: atomic load", || drop(black_box(cell.load())));
    part(c, "part: header clone", || drop(black_box(header.clone())));
    part_handed_out(c, &header);
    at_once(c, &runtime, &world);
    peer::<Ours>(c, &runtime, &world);
    peer::<Aliri>(c, &runtime, &world);
    peer::<Aws>(c, &runtime, &world);
    peer::<Azure>(c, &runtime, &world);
    peer::<Entra>(c, &runtime, &world);
    peer::<Google>(c, &runtime, &world);
    peer::<Yup>(c, &runtime, &world);
    peer::<Mutexed>(c, &runtime, &world);
    peer::<Naive>(c, &runtime, &world);
    runtime.shutdown_background();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(600)).without_plots();
    targets = check
}
criterion_main!(benches);
