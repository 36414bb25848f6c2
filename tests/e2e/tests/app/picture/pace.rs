//! How well the window answers while 500 calls run and the dev panel draws them: measured in the page, frame by frame.
//! And whether it lasts.
//! Not in it: a limit. A figure from a busy machine is told and not judged.

use std::io::Write;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use session_keeper_e2e::{Page, Setting, play, until};
use thirtyfour::Key;

/// Notes when each frame begins, and when a timer that wants to run every 20 ms does.
const WATCH: &str = "
    window.pace = { frames: [], turns: [] };
    const frame = (at) => { window.pace.frames.push(at); requestAnimationFrame(frame); };
    requestAnimationFrame(frame);
    setInterval(() => window.pace.turns.push(performance.now()), 20);
    return true";

/// Fires them, and notes when.
const FIRE: &str = "
    window.pace.fired = performance.now();
    window.pace.done = null;
    document.querySelector('[data-testid=\"calls-fire\"]').click();
    return true";

/// When all are answered, and drawn in the panel. Asked seldom, and from outside: who looks at each change slows it down.
const DONE: &str = "
    const all = document.querySelectorAll('[data-testid=\"call-row\"][data-status=\"ok\"]').length === 500;
    const panel = document.querySelector('[data-testid=\"waterfall-caption\"]');
    return all && (!panel || panel.innerText.startsWith('500 requests'))";

/// The longest time without a frame, and without a turn of the timer, from the firing to now.
const GAPS: &str = "
    const { frames, turns, fired } = window.pace;
    const now = performance.now();
    const longest = (all) => {
        const marks = [fired, ...all.filter((at) => at > fired), now];
        return Math.max(...marks.slice(1).map((at, index) => at - marks[index]));
    };
    return { frame: longest(frames), turn: longest(turns), frames: frames.filter((at) => at > fired).length, ms: now - fired };";

/// R3: 500 calls at once, the dev panel closed, open, and open with a token that the server refuses: all are answered by one refresh, all
/// are in the picture, and the window goes on drawing.
#[test]
fn five_hundred_calls_with_the_panel_open_are_all_answered_and_the_window_answers_too() -> Result<()> {
    play(&Setting { embedded: true, ..Setting::default() }, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.fill("calls-count", "500").await?;
        page.eval(WATCH).await?;
        fire_all(page, "the panel closed").await?;
        page.open_dev_panel().await?;
        page.shows("event-row").await?;
        fire_all(page, "the panel open").await?;
        page.flip("expire-access", true).await?;
        fire_all(page, "the panel open, the token refused").await?;
        page.reads("count-refreshes", "1").await?;
        page.root_becomes("session", &["fresh"]).await?;
        page.gone("call-row[data-status=\"error\"]").await
    })
}

/// What the log has in the page, and where the focus is in it.
const LOG: &str = "
    const rows = [...document.querySelectorAll('[data-testid=\"event-row\"]')];
    const place = (row) => Number(row?.getAttribute('aria-posinset'));
    return { rows: rows.length, lanes: document.querySelectorAll('[data-testid=\"lane\"]').length,
             elements: document.querySelectorAll('[data-testid=\"dev-panel\"] *').length,
             first: place(rows[0]), last: place(rows.at(-1)), focus: place(document.activeElement) }";

/// The place of the first row that is in view, with the log filled by rows from above to below; a row in the middle of ten thousand.
const IN_VIEW_FROM: &str = "
    const log = document.querySelector('.log');
    const seen = [...log.querySelectorAll('[aria-posinset]')].filter((row) =>
        row.offsetTop + row.offsetHeight > log.scrollTop && row.offsetTop < log.scrollTop + log.clientHeight);
    const filled = seen.length > 1 && seen[0].offsetTop <= log.scrollTop
        && seen.at(-1).offsetTop + seen.at(-1).offsetHeight >= log.scrollTop + log.clientHeight - 8;
    const from = Number(seen[0]?.getAttribute('aria-posinset'));
    return filled";

/// Ten thousand events are kept, and only those around the reader are in the page: keys lead to the first and the last of them, a search
/// finds one that is not in the page, and 500 more calls are drawn as before.
#[test]
fn of_ten_thousand_events_only_what_is_in_view_is_in_the_page_and_all_are_reached() -> Result<()> {
    play(&Setting { embedded: true, ..Setting::default() }, async |rig| {
        let page = rig.page()?;
        with_the_panel_open(page).await?;
        for round in 1..=7 {
            page.eval(FIRE).await?;
            let calls = (5 + 500 * round).to_string();
            page.reads("count-calls", &calls).await?;
            page.counts("call-row[data-status=\"ok\"]", 500).await?;
        }
        told("the panel open and 10,000 events kept", &page.eval(GAPS).await?)?;

        page.counts("event-row", 100).await?;
        let log = page.eval(LOG).await?;
        assert_eq!((&log["first"], &log["last"]), (&json!(9_901), &json!(10_000)), "{log}");
        let figure = |name: &str| log[name].as_u64().unwrap_or(u64::MAX);
        assert!(figure("lanes") < 150 && figure("elements") < 3_000, "{log}");

        page.eval(
            "document.querySelector('[data-testid=\"event-row\"][tabindex=\"0\"]').focus(); return true",
        )
        .await?;
        for (key, place) in [(Key::Home, 1), (Key::Down, 2), (Key::End, 10_000), (Key::Up, 9_999)] {
            page.press(key).await?;
            let log = page.eval(LOG).await?;
            assert_eq!((&log["focus"], &log["rows"]), (&json!(place), &json!(100)), "{place}: {log}");
        }
        page.eval(
            "const log = document.querySelector('.log'); log.scrollTop = log.scrollHeight / 2; return true",
        )
        .await?;
        let halfway = page
            .until(
                "the rows of the middle",
                &format!("{IN_VIEW_FROM} && Math.abs(from - 5000) < 300 && from"),
            )
            .await?;
        page.eval("document.querySelector('.log').scrollTop -= 400; return true").await?;
        let above =
            page.until("the rows above them", &format!("{IN_VIEW_FROM} && from < {halfway} && from")).await?;
        assert!(halfway.as_i64() > above.as_i64().map(|row| row + 5), "{halfway}, then {above}");
        page.click("event-newest").await?;
        page.until("the newest row", &format!("{IN_VIEW_FROM} && from > 9900")).await?;
        page.fill("event-search", "call 1000 ").await?;
        page.counts("event-row[data-kind=\"call-finished\"]", 1).await?;
        page.shows("event-row[data-kind=\"call-checked\"]").await
    })
}

/// A program that is used all day goes on: 20,000 calls, answered on two threads each. Tauri's handles are counted by an `Rc` that both
/// threads change; where it came to zero the heap was corrupted, most often within these (`adapters/handles.rs`).
#[test]
fn f1_twenty_thousand_calls_in_a_row_leave_the_program_as_well_as_before() -> Result<()> {
    play(&Setting { embedded: true, ..Setting::default() }, async |rig| {
        let page = rig.page()?;
        with_the_panel_open(page).await?;
        for round in 1..=40 {
            // A fourth of the time somebody watches, which is where most of the work is then.
            match round {
                1..=10 => page.click("waterfall-clear").await?,
                11 => page.click("dev-toggle").await?,
                _ => (),
            }
            page.eval(FIRE).await?;
            until("500 answers", async || Ok(page.eval(DONE).await? == true))
                .await
                .with_context(|| format!("in round {round}"))?;
        }
        page.open_dev_panel().await?;
        page.reads("count-calls", "20005").await
    })
}

/// Signed in, the panel open and watching, 500 calls ready to be fired.
async fn with_the_panel_open(page: &Page) -> Result<()> {
    page.sign_in().await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    page.open_dev_panel().await?;
    page.shows("event-row").await?;
    page.fill("calls-count", "500").await?;
    page.eval(WATCH).await.map(drop)
}

/// Fires them, waits for the last, and tells the figures.
async fn fire_all(page: &Page, what: &str) -> Result<()> {
    if page.count("dev-panel").await? > 0 {
        page.click("waterfall-clear").await?;
    }
    page.eval(FIRE).await?;
    until("500 answers", async || Ok(page.eval(DONE).await? == true)).await?;
    // A window that stands still for good would not come to its next frame.
    let drawn = "return window.pace.frames.at(-1) > window.pace.fired";
    until("a frame", async || Ok(page.eval(drawn).await? == true)).await?;
    told(what, &page.eval(GAPS).await?)
}

fn told(what: &str, gaps: &Value) -> Result<()> {
    let figure = |name: &str| gaps[name].as_f64().unwrap_or_default();
    // Past the test harness, which keeps what a passing test prints to itself.
    writeln!(
        std::io::stdout(),
        "\nPACE 500 calls, {what}: longest frame gap {:.0} ms, longest turn {:.0} ms, {} frames in {:.0} ms",
        figure("frame"),
        figure("turn"),
        gaps["frames"],
        figure("ms")
    )
    .context("standard output")
}
