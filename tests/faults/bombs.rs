//! P11: a compressed reply is not inflated. Nothing asked for it.
//! Not here: replies that are long as they come (`limits`).

use session_engine::error::TransientKind;

use super::mishap::passing;
use super::wire::{answers, good_json, reply};
use super::world::{World, body};

/// A gzip file of zeros, 158 times as long when it is inflated.
fn bomb(length: usize) -> Vec<u8> {
    // After the head, a block of fixed Huffman codes (RFC 1951, 3.2.6): a literal 0, then "258 times the same again".
    let mut bits = vec![1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0];
    while bits.len() < length * 8 {
        bits.extend([1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
    }
    let body = bits.chunks(8).map(|eight| eight.iter().rev().fold(0_u8, |byte, bit| byte << 1 | bit));
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff].into_iter().chain(body).collect()
}

#[tokio::test]
async fn p11_a_compressed_refresh_is_not_the_apis_json_whatever_it_says_it_is() {
    for encoding in ["gzip", "x-gzip", "deflate", "br", "zstd", "gzip, gzip", "compress", "nonsense"] {
        let headers = format!("content-type: application/json\r\ncontent-encoding: {encoding}\r\n");
        let cause = passing(answers(reply(200, &headers, &bomb(60 * 1024)))).await;
        assert_eq!(cause, TransientKind::NotTheApi, "{encoding}");
    }
}

#[tokio::test]
async fn p11_a_compressed_answer_is_handed_on_byte_for_byte() {
    let world = World::fresh().await;
    let bomb = bomb(3 * 1024 * 1024);
    for encoding in ["gzip", "deflate", "br", "zstd"] {
        let headers = format!("content-type: application/json\r\ncontent-encoding: {encoding}\r\n");
        world.wire.next(answers(reply(200, &headers, &bomb)));
        let answered = world.call("notes/").await.unwrap();
        assert_eq!(answered.response.headers()["content-encoding"], encoding);
        assert!(body(&answered)[..] == bomb[..], "{encoding}: {} bytes", body(&answered).len());
    }
    assert!(world.wire.heard("notes/").iter().all(|heard| !heard.head.contains("accept-encoding")));
    world.check();
}

#[tokio::test]
async fn a_reply_that_only_says_that_it_is_compressed_is_read_as_what_it_is() {
    let world = World::due().await;
    world.wire.next(answers(reply(200, "content-encoding: gzip\r\n", good_json().as_bytes())));
    assert!(world.calls(2).await.iter().all(Result::is_ok));
    assert!(world.session.status().outage.is_none());
    world.check();
}
