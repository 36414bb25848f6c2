//! The dev panel's waterfall: a lane a call, one bar a refresh, the table with the same rows, and what its keys and buttons do.
//! Not in it: its geometry; that is in the UI's own tests.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use session_keeper_e2e::{Page, Setting, play};
use thirtyfour::Key;

/// The timer leaves the refresh to the calls.
const BY_CALLS: Setting =
    Setting { embedded: true, config: "[policy]\nrefresh_ahead = false\n", ..Setting::USUAL };

/// What is drawn of each lane, in order from above, and of the refreshes.
const DRAWN: &str = "
    const all = (query, of = document) => [...of.querySelectorAll(query)];
    const end = (part) => part.x.baseVal.value + part.width.baseVal.value;
    return {
        lanes: all('[data-testid=\"lane\"]').map((lane) => ({
            says: lane.ariaLabel, phase: lane.dataset.phase,
            parts: all('.part', lane).map((part) => part.classList[1].slice(5)),
            hatched: all('.part-waiting', lane).every((part) => (part.getAttribute('fill') ?? '').startsWith('url(#')),
            inOrder: all('.part', lane).every((part, at, parts) => at === 0 || part.x.baseVal.value >= parts[at - 1].x.baseVal.value),
            waitEnds: all('.part-waiting', lane).map(end)[0],
        })),
        bars: all('[data-testid=\"refresh-bar\"]').map((bar) => ({ outcome: bar.dataset.outcome, end: end(bar) })),
        knots: all('.tie-knot').length,
    };";

/// R3, R4: twenty calls find the token due. While they wait and after: twenty lanes, all tied to exactly one bar; the caption counts
/// them, and the table says the same of each.
#[test]
fn twenty_due_calls_are_twenty_lanes_tied_to_one_refresh_bar_and_the_table_says_the_same() -> Result<()> {
    play(&BY_CALLS, async |rig| {
        let page = rig.page()?;
        due(page).await?;
        page.flip("slow-refresh", true).await?;
        page.click("waterfall-clear").await?;
        page.fire(20).await?;

        page.counts("lane[data-phase=\"waiting\"]", 20).await?;
        page.counts("refresh-bar[data-outcome=\"running\"]", 1).await?;
        let live = page.eval(DRAWN).await?;
        assert_eq!(live["knots"], 20, "each lane is tied to the bar");
        each(&live["lanes"], 20, |lane| {
            assert_eq!(lane["parts"], json!(["checking", "waiting"]), "{lane}");
            assert_eq!(lane["hatched"], true, "{lane}");
        });

        page.counts("lane[data-phase=\"done\"]", 20).await?;
        page.counts("refresh-bar", 1).await?;
        let drawn = page.eval(DRAWN).await?;
        assert_eq!(drawn["bars"][0]["outcome"], "succeeded");
        assert_eq!(drawn["knots"], 20);
        let bar_ends = drawn["bars"][0]["end"].as_f64().unwrap_or_default();
        each(&drawn["lanes"], 20, |lane| {
            let parts = rows(
                &lane["parts"],
                if slow(lane) { 4 } else { lane["parts"].as_array().map_or(0, Vec::len) },
            );
            assert_eq!(parts[..3], ["checking", "waiting", "sending"], "{lane}");
            assert!(parts[3..].iter().all(|part| part == "receiving"), "{lane}");
            assert_eq!((&lane["hatched"], &lane["inOrder"]), (&json!(true), &json!(true)), "{lane}");
            let wait_ends = lane["waitEnds"].as_f64().unwrap_or_default();
            assert!((wait_ends - bar_ends).abs() < 4.0, "waited to {wait_ends}, the bar ends at {bar_ends}");
        });
        let caption = page.text("waterfall-caption").await?;
        let (counts, longest) = caption.rsplit_once(" · longest wait ").unwrap_or_default();
        assert_eq!(counts, "20 requests · 1 refresh · 19 shared", "{caption}");
        let seconds: f64 = longest.trim_end_matches(" s").parse()?;
        assert!((3.0..10.0).contains(&seconds), "the server held the refresh back for 3 s: {caption}");

        page.click("waterfall-as-table").await?;
        page.shows("waterfall-table").await?;
        let table = page
            .eval(
                "const table = document.querySelector('[data-testid=\"waterfall-table\"]');
                 const cells = (row) => [...row.cells].map((cell) => cell.innerText.trim());
                 const rows = [...table.tBodies[0].rows];
                 return { caption: table.caption.textContent, refreshes: rows.filter((row) => row.matches('.table-refresh')).map(cells),
                          calls: rows.filter((row) => !row.matches('.table-refresh')).map(cells) };",
            )
            .await?;
        assert_eq!(table["caption"], caption.as_str());
        each(&table["refreshes"], 1, |row| {
            assert!(row[0].as_str().is_some_and(|says| says.ends_with("20 callers waited")), "{row}");
        });
        let mut shared = 0;
        for (lane, row) in drawn["lanes"].as_array().into_iter().flatten().zip(rows(&table["calls"], 20)) {
            let (says, name) = (text(&lane["says"]), text(&row[0]));
            assert!(says.starts_with(&format!("Call {name} found the token due")), "{says} is not {name}");
            assert_eq!((text(&row[1]), text(&row[8])), ("due", "200"), "{row}");
            shared += u32::from(text(&row[2]).ends_with(", shared"));
        }
        assert_eq!(shared, 19, "{table}");
        Ok(())
    })
}

/// A reply whose body is still on the way is drawn as receiving, live and after, and the table has its time.
#[test]
fn a_reply_that_comes_in_pieces_is_drawn_as_receiving_while_it_comes_and_after() -> Result<()> {
    play(&Setting { panel: true, ..Setting::USUAL }, async |rig| {
        let page = rig.page()?;
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.open_dev_panel().await?;
        page.click("waterfall-clear").await?;
        rig.server()?.handle().set_activity_time(Duration::from_secs(4));
        page.fire(5).await?;
        page.counts("lane[data-phase=\"receiving\"]", 1).await?;
        let live = page.eval(DRAWN).await?;
        each(&live["lanes"], 5, |lane| {
            let under_way = lane["phase"] == "receiving";
            assert_eq!(under_way, slow(lane), "{lane}");
            assert!(!under_way || lane["parts"] == json!(["checking", "sending", "receiving"]), "{lane}");
        });
        page.counts("lane[data-phase=\"done\"]", 5).await?;
        page.counts("event-row[data-kind=\"call-answered\"]", 1).await?;
        page.click("waterfall-as-table").await?;
        page.shows("waterfall-table").await?;
        let received = page
            .eval(
                "const rows = [...document.querySelector('[data-testid=\"waterfall-table\"]').tBodies[0].rows];
                 return rows.find((row) => row.innerText.includes('api/activity/')).cells[6].innerText",
            )
            .await?;
        assert!(text(&received).starts_with("4"), "received in {received}");
        Ok(())
    })
}

/// Keys go from row to row, show each row's figures and find its events; a pinned or paused picture stands still while calls go on.
#[test]
fn keys_walk_the_rows_and_a_pinned_paused_or_cleared_picture_shows_just_that() -> Result<()> {
    play(&BY_CALLS, async |rig| {
        let page = rig.page()?;
        due(page).await?;
        page.click("waterfall-clear").await?;
        page.fire(6).await?;
        page.counts("lane[data-phase=\"done\"]", 6).await?;
        let row = async || page.eval("return document.activeElement.dataset.row ?? ''").await;
        let first = page.eval("return document.querySelector('[data-testid=\"lane\"]').dataset.row").await?;

        page.eval("document.querySelector('[data-testid=\"events-clear\"]').focus(); return true").await?;
        back_to_the_rows(page).await?;
        assert_eq!(row().await?, first, "the rows are one stop of Tab, and the first call is it");
        page.press(Key::Down).await?;
        let second = page.until("the next row", "return document.activeElement.dataset.row").await?;
        assert_ne!(second, first);
        page.shows("waterfall-card").await?;
        assert!(page.text("waterfall-card").await?.contains("found the token due"));
        page.press(Key::End).await?;
        let last = row().await?;
        assert!(last != first && last != second, "{last}");
        page.press(Key::Home).await?;
        assert!(text(&row().await?).starts_with("refresh "), "the bar stands above the lanes");
        assert!(page.text("waterfall-card").await?.contains("6 callers waited"));
        page.press(Key::Down).await?;
        page.press(Key::Enter).await?;
        let found = format!("{} ", text(&first));
        page.holds("event-search", &found).await?;
        page.counts("event-row[data-related]", page.count("event-row").await?).await?;
        page.shows("event-row[data-kind=\"call-finished\"]").await?;
        page.fill("event-search", "").await?;

        page.click("waterfall-pin").await?;
        let six = page.text("waterfall-caption").await?;
        assert!(six.starts_with("6 requests · 1 refresh · 5 shared"), "{six}");
        quiet(page).await?;
        page.fire(5).await?;
        calls_done(page, 11).await?;
        assert_eq!(page.text("waterfall-caption").await?, six, "pinned");
        page.click("waterfall-pin").await?;
        page.reads("waterfall-caption", "5 requests · 0 refreshes · 0 shared · no wait").await?;
        page.counts("lane", 5).await?;

        page.click("waterfall-pause").await?;
        quiet(page).await?;
        page.fire(7).await?;
        calls_done(page, 18).await?;
        assert_eq!(page.count("lane").await?, 5, "paused");
        page.click("waterfall-pause").await?;
        page.reads("waterfall-caption", "7 requests · 0 refreshes · 0 shared · no wait").await?;

        page.click("waterfall-clear").await?;
        page.counts("lane", 0).await?;
        page.counts("event-row", 0).await?;
        page.reads("waterfall-caption", "Waterfall").await
    })
}

/// Signed in, the panel open, and the token just come into its window.
async fn due(page: &Page) -> Result<()> {
    page.sign_in().await?;
    page.counts("call-row[data-status=\"ok\"]", 5).await?;
    page.open_dev_panel().await?;
    page.counts("event-row[data-kind=\"call-finished\"]", 5).await?;
    for ahead in ["10m", "20m"] {
        page.click("pass-time[data-minutes=\"10\"]").await?;
        let told = format!(
            "return document.querySelector('[data-testid=\"demo-clock\"]').innerText.replace(/\\s|in/g, '').startsWith('{ahead}')"
        );
        page.until("ten minutes to pass", &told).await?;
    }
    page.root_becomes("session", &["due"]).await.map(drop)
}

/// From the log back over the waterfall's buttons, by Shift and Tab.
async fn back_to_the_rows(page: &Page) -> Result<()> {
    for _ in 0..40 {
        page.press_with(&[Key::Shift], '\u{e004}').await?;
        if page.eval("return !!document.activeElement.dataset.row").await? == true {
            return Ok(());
        }
    }
    anyhow::bail!("Shift and Tab do not lead to the rows; {:?} has the focus", page.focus().await?)
}

/// What is fired after this is another burst: half a second of quiet parts them.
async fn quiet(page: &Page) -> Result<()> {
    let still = "const last = document.querySelector('[data-testid=\"event-row\"]:last-child')?.dataset.seq;
         if (window.quiet?.last !== last) window.quiet = { last, since: performance.now() };
         return performance.now() - window.quiet.since > 550";
    page.until("quiet", still).await.map(drop)
}

/// So many calls have ended since the log was cleared.
async fn calls_done(page: &Page, wanted: u64) -> Result<()> {
    page.counts("event-row[data-kind=\"call-finished\"]", wanted).await
}

fn rows(list: &Value, wanted: usize) -> Vec<Value> {
    let rows = list.as_array().cloned().unwrap_or_default();
    assert_eq!(rows.len(), wanted, "{rows:?}");
    rows
}

fn each(list: &Value, wanted: usize, look: impl FnMut(&Value)) {
    rows(list, wanted).iter().for_each(look);
}

/// Whether this is a lane of the list that the demo writes in pieces.
fn slow(lane: &Value) -> bool {
    text(&lane["says"]).contains(" api/activity/ ")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
