//! P11: reading stops at 64 KiB of a token reply and at 4 MiB of an answer of the API, and memory does not grow.
//! Not here: replies that are too slow (`deadlines`).

use session_engine::MAX_TOKEN_REPLY_BYTES;
use session_engine::error::{CallError, SignInError, TransientKind};

use super::child;
use super::mishap::{kind, works_again};
use super::wire::{Script, Step, answers, good_json, reply};
use super::world::{World, body, manners, ok, policy};

const MIB: usize = 1024 * 1024;
/// What the kernel may hold between a server that writes and a client that no longer reads.
const IN_THE_KERNEL: usize = 3 * MIB;
/// And after 4 MiB were read: Linux lets a socket's buffer grow to twice what was read in one round trip. The rest is what HTTP and
/// the sender hold.
const IN_THE_KERNEL_AFTER_4_MIB: usize = 9 * MIB;
/// What a server would like to send.
const ENDLESS: usize = 256;

/// A reply of 256 MiB, in three frames.
fn endless() -> [Script; 3] {
    let flood = |head: &str, before: &str| {
        let mut part = before.as_bytes().to_vec();
        part.resize(before.len() + MIB, b'x');
        part.extend(if before.is_empty() { "" } else { "\r\n" }.as_bytes());
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{head}\r\n");
        vec![Step::Hear, Step::Say(head.into()), Step::Flood(part, ENDLESS)]
    };
    [
        flood("", ""),
        flood("transfer-encoding: chunked\r\n", "100000\r\n"),
        flood(&format!("content-length: {}\r\n", ENDLESS * MIB), ""),
    ]
}

#[tokio::test]
async fn p11_reading_an_endless_token_reply_stops_at_64_kib() {
    for script in endless() {
        let world = World::due().await;
        world.wire.next(script.clone());
        assert_eq!(ok(&world.calls(4).await), 4);
        let written = world.wire.written();
        assert!(written < MAX_TOKEN_REPLY_BYTES + IN_THE_KERNEL, "the server could write {written} bytes");
        assert_eq!(kind(world.session.status().outage.unwrap().cause), TransientKind::NotTheApi);
        works_again(&world).await;

        let world = World::new(policy(), manners());
        world.wire.next(script);
        let Err(SignInError::Transient(trouble)) = world.sign_in().await else { panic!("signed in") };
        assert_eq!(trouble.kind, TransientKind::NotTheApi);
        let written = world.wire.written();
        assert!(written < MAX_TOKEN_REPLY_BYTES + IN_THE_KERNEL, "the server could write {written} bytes");
        world.check_quiet();
    }
}

#[tokio::test]
async fn p11_reading_an_endless_answer_stops_at_4_mib_and_the_error_is_typed() {
    for script in endless() {
        let world = World::fresh().await;
        world.wire.next(script);
        let error = world.call("notes/").await.unwrap_err();
        assert_eq!(error, CallError::TooLarge { what: "reply", limit: 4 * MIB });
        let written = world.wire.written();
        assert!(written < 4 * MIB + IN_THE_KERNEL_AFTER_4_MIB, "the server could write {written} bytes");
        assert_eq!((ok(&world.calls(1).await), world.kept.refreshes_started()), (1, 0));
        world.check();
    }
}

#[tokio::test]
async fn p11_the_last_byte_that_is_allowed_is_read_and_one_more_is_not() {
    let world = World::fresh().await;
    for (length, allowed) in [(4 * MIB, true), (4 * MIB + 1, false)] {
        world.wire.next(answers(reply(200, "", &vec![b'x'; length])));
        let answer = world.call("notes/").await;
        assert_eq!(answer.as_ref().ok().map(|answer| body(answer).len()), allowed.then_some(length));
    }
    let json = good_json();
    for (length, allowed) in [(MAX_TOKEN_REPLY_BYTES, true), (MAX_TOKEN_REPLY_BYTES + 1, false)] {
        let world = World::due().await;
        let padded = format!("{json}{}", " ".repeat(length - json.len()));
        world.wire.next(answers(reply(200, "", padded.as_bytes())));
        assert_eq!(ok(&world.calls(2).await), 2);
        assert_eq!(world.session.status().outage.is_none(), allowed, "{length} bytes");
        world.check();
    }
}

#[tokio::test]
async fn p11_a_token_of_1_mib_is_not_read_to_its_end() {
    let huge = format!(r#"{{"access":"canary{}","refresh":"canary"}}"#, "x".repeat(MIB));
    for script in
        [answers(reply(200, "", huge.as_bytes())), answers(format!("HTTP/1.1 200 OK\r\n\r\n{huge}"))]
    {
        assert_eq!(super::mishap::passing(script).await, TransientKind::NotTheApi);
    }
}

#[tokio::test]
async fn p11_memory_does_not_grow_with_what_a_server_sends() {
    let grown = child::run("limits::child_reads_floods", &[]).await;
    let grown: usize = grown.trim().parse().unwrap_or_else(|_| panic!("{grown}"));
    assert!(grown < 48 * 1024, "{grown} KiB for 1.5 GiB");
}

#[tokio::test]
#[ignore = "a part of p11_memory_does_not_grow_with_what_a_server_sends, in a process of its own"]
async fn child_reads_floods() {
    let world = World::fresh().await;
    let before = child::most_memory_kib();
    for script in endless().into_iter().chain(endless()) {
        world.wire.next(script.clone());
        world.call("notes/").await.unwrap_err();
        world.wire.next(script);
        world.session.refresh_now().await;
    }
    world.check();
    child::answer(child::most_memory_kib() - before);
}
