//! R15: what a server may ask for in `Retry-After`, and how much of it it gets.
//! Not here: how the attempts are spread without it (the engine's `policy`).

use std::time::Duration;

use session_engine::error::TransientKind;

use super::mishap::works_again;
use super::wire::{answers, reply};
use super::world::{World, ok};

/// The pause after a first failure that nobody asked to be longer.
const OWN: (f64, f64) = (0.0, 1.1);
/// Five minutes, the most that is granted.
const CAP: (f64, f64) = (290.0, 300.0);

async fn pause_after(status: u16, headers: &str) -> Duration {
    let world = World::due().await;
    world.wire.next(answers(reply(status, headers, b"{}")));
    assert_eq!(ok(&world.calls(4).await), 4);
    let outage = world.session.status().outage.unwrap();
    assert_eq!(super::mishap::kind(outage.cause) == TransientKind::Throttled, status == 429);
    works_again(&world).await; // "Retry now" passes it by
    outage.next_attempt_in
}

#[tokio::test]
async fn r15_whatever_a_server_asks_for_it_gets_between_our_own_pause_and_five_minutes() {
    for (asked, (least, most)) in [
        ("0", OWN),
        ("-1", OWN),
        ("", OWN),
        ("soon", OWN),
        ("1.5", OWN),
        ("NaN", OWN),
        ("0x40", OWN),
        ("1e9", OWN),
        ("\u{663}\u{660}", OWN),
        ("30", (20.0, 30.0)),
        ("1000000000000000000", CAP),
        ("18446744073709551615", CAP),
        ("18446744073709551616", CAP),
        ("999999999999999999999999999999999999999999", CAP),
    ] {
        for status in [429, 503] {
            let pause = pause_after(status, &format!("retry-after: {asked}\r\n")).await.as_secs_f64();
            assert!((least..=most).contains(&pause), "{status} {asked}: {pause} s");
        }
    }
}

#[tokio::test]
async fn r15_a_date_counts_from_the_servers_own_date_and_without_one_not_at_all() {
    let at = |time: &str| format!("Sun, 06 Nov 1994 {time} GMT");
    for (date, asked, (least, most)) in [
        (Some(at("08:49:00")), at("08:49:37"), (27.0, 37.0)),
        (Some(at("08:49:37")), at("08:49:00"), OWN),
        (Some(at("08:49:00")), "Fri, 31 Dec 9999 23:59:59 GMT".to_owned(), CAP),
        (Some("yesterday".to_owned()), at("08:49:37"), OWN),
        (None, "Fri, 31 Dec 9999 23:59:59 GMT".to_owned(), OWN),
        (None, at("08:49:37"), OWN),
    ] {
        let date = date.map(|date| format!("date: {date}\r\n")).unwrap_or_default();
        let pause = pause_after(429, &format!("{date}retry-after: {asked}\r\n")).await.as_secs_f64();
        assert!((least..=most).contains(&pause), "{date} {asked}: {pause} s");
    }
}
