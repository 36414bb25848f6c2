//! What leaves the window by the developer panel: a file of events, and an HTTP archive as a file and by the clipboard (P1).
//! Not in it: everything else that tokens might be found in (`secrets`).

use anyhow::{Context, Result};
use demo_api::Fault;
use serde_json::Value;
use session_keeper_e2e::{ACCOUNT, Canaries, Setting, play};
use thirtyfour::Key;

/// P1: after sign-in, a rotation, an outage and a refused refresh, both exports hold all of it, no part of any token the server ever
/// signed, no password and no account, and both say what is left out.
#[test]
fn p1_both_exports_hold_every_call_and_no_part_of_a_token_and_say_what_is_left_out() -> Result<()> {
    play(&Setting::default(), async |rig| {
        let (page, server) = (rig.page()?, rig.server()?);
        page.sign_in().await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        page.open_dev_panel().await?;
        server.handle().set_fault(Fault::ExpireAccess, true);
        page.fire(5).await?;
        page.shows("event-row[data-kind=\"refresh-succeeded\"]").await?;
        page.counts("call-row[data-status=\"ok\"]", 5).await?;
        server.handle().set_fault(Fault::ExpireAccess, false);
        server.handle().set_fault(Fault::Offline, true);
        page.fire(3).await?;
        page.counts("event-row[data-kind=\"call-failed\"]", 3).await?;
        server.handle().set_fault(Fault::Offline, false);
        server.handle().revoke_all_refresh_tokens()?;
        page.click("refresh-now").await?;
        page.root_becomes("route", &["login"]).await?;
        page.shows("event-row[data-kind=\"session-expired\"]").await?;

        page.click("events-export").await?;
        let file = page.text("export-file").await?;
        let events = std::fs::read_to_string(&file).context(file)?;
        let file = page.text("export-archive").await?;
        let archive_file = std::fs::read_to_string(&file).context(file)?;
        let left_out = page
            .eval(
                "return [...document.querySelectorAll('.export-left-out li')].map((what) => what.innerText)",
            )
            .await?;
        let har_left_out = page.text("har-left-out").await?;
        for told in [left_out.to_string(), har_left_out] {
            for what in ["token", "headers", "bodies", "account"] {
                assert!(told.contains(what), "that {what} are left out is not said: {told}");
            }
        }
        page.click("har-copy").await?;
        page.until(
            "the copy",
            "return document.querySelector('.export-har [role=\"status\"]').innerText === 'Copied.'",
        )
        .await?;
        page.press(Key::Escape).await?;
        page.gone("export-file").await?;
        // As a person takes it out of the clipboard; the field makes one line of it.
        page.click("event-search").await?;
        page.press_with(&[Key::Control], 'v').await?;
        page.until(
            "what was copied",
            "return document.querySelector('[data-testid=\"event-search\"]').value.length > 100",
        )
        .await?;
        let archive = page.value("event-search").await?;

        let lines = events.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
        for kind in ["signed-in", "call-checked", "refresh-succeeded", "call-failed", "session-expired"] {
            assert!(lines.iter().any(|line| line["kind"] == kind), "{kind} is not in the file");
        }
        let archive_read: Value = serde_json::from_str(&archive)?;
        assert_eq!(
            serde_json::from_str::<Value>(&archive_file)?,
            archive_read,
            "the file and the copy differ"
        );
        let entries = archive_read["log"]["entries"].as_array().context("no entries")?;
        assert_eq!(archive_read["log"]["version"], "1.2");
        let calls = entries.iter().filter(|entry| entry["_session"]["call"].is_u64()).count();
        assert_eq!(
            calls,
            lines
                .iter()
                .filter(|line| matches!(line["kind"].as_str(), Some("call-finished" | "call-failed")))
                .count()
        );
        assert!(calls >= 13, "{calls}");

        let issued = server.issued();
        assert!(issued.len() >= 4, "{}", issued.len());
        let canaries = Canaries::of(&issued, &[ACCOUNT.1, ACCOUNT.0])?;
        for (place, content) in
            [("the file", &events), ("the archive", &archive), ("its file", &archive_file)]
        {
            assert_eq!(canaries.found_in(content.as_bytes()), None, "in {place}");
            // It would have been found.
            let part = &issued[0][issued[0].len() / 2..][..16];
            assert!(canaries.found_in(format!("{content}{part}").as_bytes()).is_some());
        }
        Ok(())
    })
}
