//! F8: replies whose frame is broken, or that are hardly HTTP.
//! Not here: whole replies with the wrong thing in them (`not_the_api`, `replies`).

use futures::future::join_all;
use session_engine::error::TransientKind;
use session_engine::error::TransientKind::{ConnectionLost, NotTheApi};

use super::mishap::{lost, passing};
use super::wire::{Step, answers, good_json, reply};
use super::world::{World, ok};

const JSON: &str = "content-type: application/json\r\n";

/// All at the same time: each has a server of its own.
async fn each(cases: Vec<(&str, Vec<u8>, TransientKind)>) {
    join_all(cases.into_iter().map(|(name, bytes, expected)| async move {
        if expected == ConnectionLost {
            lost(answers(bytes)).await;
        } else {
            assert_eq!(passing(answers(bytes)).await, expected, "{name}");
        }
    }))
    .await;
}

fn raw(text: impl Into<String>) -> Vec<u8> {
    text.into().into_bytes()
}

#[tokio::test]
async fn f8_half_a_body_is_trouble_that_passes_however_it_is_framed() {
    let json = good_json();
    let half = &json[..json.len() / 2];
    let length = json.len();
    each(vec![
        ("half the JSON, its length right", reply(200, JSON, half.as_bytes()), NotTheApi),
        ("half the JSON, then the end", raw(format!("HTTP/1.1 200 OK\r\n{JSON}\r\n{half}")), NotTheApi),
        (
            "a length too long",
            raw(format!("HTTP/1.1 200 OK\r\n{JSON}content-length: {}\r\n\r\n{json}", length + 1)),
            ConnectionLost,
        ),
        (
            "a length too short",
            raw(format!("HTTP/1.1 200 OK\r\n{JSON}content-length: {}\r\n\r\n{json}", length - 1)),
            NotTheApi,
        ),
        (
            "a length of nothing",
            raw(format!("HTTP/1.1 200 OK\r\n{JSON}content-length: 0\r\n\r\n{json}")),
            NotTheApi,
        ),
        (
            "a chunk that never ends",
            raw(format!("HTTP/1.1 200 OK\r\n{JSON}transfer-encoding: chunked\r\n\r\nfff\r\n{json}")),
            ConnectionLost,
        ),
        (
            "a chunk size that is none",
            raw(format!("HTTP/1.1 200 OK\r\n{JSON}transfer-encoding: chunked\r\n\r\nzz\r\n{json}")),
            ConnectionLost,
        ),
        (
            "a chunk size beyond 64 bits",
            raw(format!(
                "HTTP/1.1 200 OK\r\n{JSON}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{json}"
            )),
            ConnectionLost,
        ),
        (
            "no last chunk",
            raw(format!(
                "HTTP/1.1 200 OK\r\n{JSON}transfer-encoding: chunked\r\n\r\n{length:x}\r\n{json}\r\n"
            )),
            ConnectionLost,
        ),
        (
            "a length that is no number",
            raw(format!("HTTP/1.1 200 OK\r\n{JSON}content-length: many\r\n\r\n{json}")),
            ConnectionLost,
        ),
        (
            "a negative length",
            raw(format!("HTTP/1.1 200 OK\r\n{JSON}content-length: -1\r\n\r\n{json}")),
            ConnectionLost,
        ),
        (
            "two lengths",
            raw(format!(
                "HTTP/1.1 200 OK\r\n{JSON}content-length: 5\r\ncontent-length: {length}\r\n\r\n{json}"
            )),
            ConnectionLost,
        ),
    ])
    .await;
}

#[tokio::test]
async fn f8_what_is_hardly_http_is_trouble_that_passes() {
    let tls_alert = vec![0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28];
    let json = good_json();
    each(vec![
        ("nothing but a line's end", raw("\r\n"), ConnectionLost),
        ("HTTP/0.9", raw(json.clone()), ConnectionLost),
        ("an HTML page without a head", raw("<html>Welcome</html>"), ConnectionLost),
        ("TLS", tls_alert, ConnectionLost),
        ("the HTTP/2 preface's answer", vec![0, 0, 0, 4, 0, 0, 0, 0, 0], ConnectionLost),
        ("SSH", raw("SSH-2.0-OpenSSH_9.9\r\n"), ConnectionLost),
        ("HTTP/3.7", raw(format!("HTTP/3.7 200 OK\r\n\r\n{json}")), ConnectionLost),
        ("a status of four digits", raw(format!("HTTP/1.1 2000 OK\r\n\r\n{json}")), ConnectionLost),
        ("a status below 100", raw(format!("HTTP/1.1 099 OK\r\n\r\n{json}")), ConnectionLost),
        ("a status of 999", reply(999, JSON, b""), NotTheApi),
        ("zeros", vec![0; 512], ConnectionLost),
        ("a header with a NUL", raw(format!("HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n{json}")), ConnectionLost),
        ("a header without a name", raw(format!("HTTP/1.1 200 OK\r\n: x\r\n\r\n{json}")), ConnectionLost),
        (
            "101, and another protocol",
            raw("HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nboo"),
            NotTheApi,
        ),
        ("204", raw("HTTP/1.1 204 None\r\n\r\n"), NotTheApi),
        ("205 with a body", reply(205, JSON, b"{}x"), NotTheApi),
    ])
    .await;
}

#[tokio::test]
async fn f8_a_head_that_is_too_large_is_trouble_that_passes() {
    let many: String = (0..1_000).map(|number| format!("x-{number}: y\r\n")).collect();
    let long = format!("x: {}\r\n", "y".repeat(1024 * 1024));
    let reason = format!("HTTP/1.1 200 {}\r\n\r\n{{}}", "y".repeat(1024 * 1024));
    each(vec![
        ("1,000 headers", reply(200, &many, good_json().as_bytes()), ConnectionLost),
        ("a header of 1 MiB", reply(200, &long, good_json().as_bytes()), ConnectionLost),
        ("a reason of 1 MiB", raw(reason), ConnectionLost),
    ])
    .await;
}

#[tokio::test]
async fn informational_replies_before_the_reply_are_passed_over() {
    let world = World::due().await;
    let early =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 102 P\r\n\r\n";
    world.wire.next(vec![Step::Hear, Step::Say(early.into()), Step::Answer]);
    world.wire.next(vec![Step::Hear, Step::Say(early.into()), Step::Answer]);
    assert_eq!(ok(&world.calls(1).await), 1);
    assert_eq!((world.wire.heard("refresh/").len(), world.wire.heard("notes/").len()), (1, 1));
    assert!(world.session.status().outage.is_none());
    world.check();
}
