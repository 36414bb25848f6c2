//! scratch
use anyhow::Result;
use session_keeper_e2e::{Setting, play};
#[test]
fn timing() -> Result<()> {
    play(&Setting { embedded: true, ..Setting::default() }, async |rig| {
        rig.page()?.sign_in().await?;
        for _ in 0..4 {
            rig.restart().await?;
            let page = rig.page()?;
            page.shows("home-view").await?;
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            let v = page.eval("const n = performance.getEntriesByType('navigation')[0].toJSON(); return { n: {fetch:n.fetchStart, rs: n.responseStart, re: n.responseEnd, di: n.domInteractive, dcl: n.domContentLoadedEventEnd, load: n.loadEventEnd}, p: performance.getEntriesByType('paint').map(p => p.name+' '+p.startTime), r: performance.getEntriesByType('resource').map(r => r.name.slice(-50)+' '+r.startTime.toFixed(0)+'..'+r.responseEnd.toFixed(0)), m: performance.getEntriesByType('mark').map(p => p.name+' '+p.startTime) }").await?;
            println!("{}", serde_json::to_string_pretty(&v)?);
        }
        Ok(())
    })
}
