//! What the program costs while nobody does anything: its own process sleeps, and holds nothing that it does not use.
//! Not in it: how much processor time that is, the webview's too (`npm run bench:app`).

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use session_keeper_e2e::{Rig, Setting, play};

/// Signed in, the panel closed, the demo server inside: no thread of the program looks at anything twice a second, not even one of a
/// library's. An event may come in one span or the other; a thread that polls is there in each.
#[test]
fn a_program_that_is_left_alone_has_no_thread_that_polls() -> Result<()> {
    play(&Setting { embedded: true, ..Setting::default() }, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        let mut restless = Vec::new();
        for _ in 0..8 {
            restless = restless_for(rig, Duration::from_secs(5)).await?;
            if restless.is_empty() {
                return Ok(());
            }
        }
        bail!("five seconds, eight times, and each time: {restless:?}")
    })
}

/// The names of the program's threads that woke up more than three times in two seconds, with how often they did.
/// Real time, as the threads are of a real process and what is looked for is that nothing happens in it.
async fn restless_for(rig: &Rig, span: Duration) -> Result<Vec<(String, u64)>> {
    let before = wakeups(rig)?;
    tokio::time::sleep(span).await;
    let woke = wakeups(rig)?.into_iter().map(|(thread, (name, all))| {
        let earlier = before.get(&thread).map_or(0, |(_, earlier)| *earlier);
        (name, all - earlier)
    });
    Ok(woke.filter(|(_, times)| *times > span.as_secs() * 3 / 2).collect())
}

/// How often each thread of the program has gone to sleep since it began, by its number.
fn wakeups(rig: &Rig) -> Result<BTreeMap<u32, (String, u64)>> {
    let mut found = BTreeMap::new();
    for process in rig.processes() {
        for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
            let thread = thread?;
            // One that has just ended polls nothing.
            let Ok(status) = std::fs::read_to_string(thread.path().join("status")) else { continue };
            let field = |name: &str| {
                let line = status.lines().find_map(|line| line.strip_prefix(name));
                line.map(str::trim).with_context(|| format!("no {name} in {status}"))
            };
            let number = thread.file_name().to_string_lossy().parse()?;
            found.insert(number, (field("Name:")?.to_owned(), field("voluntary_ctxt_switches:")?.parse()?));
        }
    }
    ensure!(found.len() > 3, "the program has no threads: {found:?}");
    Ok(found)
}

/// Where there is no graphics card OpenGL would be Mesa's compiler of shaders, which is as large as all the rest of the program.
#[test]
fn without_a_graphics_card_no_opengl_is_loaded_into_the_program() -> Result<()> {
    if Path::new("/dev/dri").exists() {
        return Ok(()); // GTK and WebKit decide themselves
    }
    play(&Setting::default(), async |rig| {
        rig.page()?.shows("login-form").await?;
        let processes = rig.processes();
        ensure!(!processes.is_empty(), "the program does not run");
        for process in processes {
            let maps = std::fs::read_to_string(format!("/proc/{process}/maps"))?;
            ensure!(maps.contains("libwebkit2gtk"), "{process} is not the program");
            for mesas in ["libEGL_mesa", "swrast_dri", "libgallium", "libLLVM"] {
                ensure!(!maps.contains(mesas), "{mesas} is loaded");
            }
        }
        Ok(())
    })
}
