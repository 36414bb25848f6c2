//! P4: a redirect is not followed, so that no secret reaches who is named in it.
//! Not here: paths that lead elsewhere, which the engine refuses before it sends (P3).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use session_engine::error::{SignInError, TransientKind};
use tokio::net::TcpListener;

use super::mishap::passing;
use super::wire::{answers, reply};
use super::world::{World, manners, ok, policy};

const STATUSES: [u16; 6] = [300, 301, 302, 303, 307, 308];

/// Another origin, which nobody may ask for anything.
pub(crate) struct Trap {
    pub(crate) address: String,
    caught: Arc<AtomicUsize>,
}

impl Trap {
    pub(crate) async fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let caught = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&caught);
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, caught }
    }

    pub(crate) fn caught(&self) -> usize {
        self.caught.load(Ordering::SeqCst)
    }

    /// Replies that send there: without a body, and with the API's kind of body.
    fn replies(&self, status: u16) -> [Vec<u8>; 2] {
        let location =
            format!("location: http://{}/evil\r\nrefresh: 0; url=http://{}/\r\n", self.address, self.address);
        [reply(status, &location, b""), reply(status, &location, br#"{"access":"x","refresh":"y"}"#)]
    }
}

#[tokio::test]
async fn p4_a_sign_in_that_is_sent_elsewhere_does_not_go() {
    let trap = Trap::set().await;
    for status in STATUSES {
        for reply in trap.replies(status) {
            let world = World::new(policy(), manners());
            world.wire.next(answers(reply));
            let Err(SignInError::Transient(trouble)) = world.sign_in().await else { panic!("{status}") };
            assert_eq!((trouble.kind, world.wire.connections()), (TransientKind::NotTheApi, 1), "{status}");
            assert!(world.kept.refresh_token().is_none());
            world.check_quiet();
        }
    }
    assert_eq!(trap.caught(), 0);
}

#[tokio::test]
async fn p4_a_refresh_that_is_sent_elsewhere_does_not_go() {
    let trap = Trap::set().await;
    for status in STATUSES {
        for reply in trap.replies(status) {
            assert_eq!(passing(answers(reply)).await, TransientKind::NotTheApi, "{status}");
        }
    }
    assert_eq!(trap.caught(), 0);
}

#[tokio::test]
async fn p4_a_call_that_is_sent_elsewhere_does_not_go_and_its_caller_sees_where_to() {
    let trap = Trap::set().await;
    let world = World::fresh().await;
    let mut sent = 1; // the sign-in
    for status in STATUSES {
        for reply in trap.replies(status) {
            world.wire.next(answers(reply));
            assert_eq!(world.call("notes/").await.unwrap().response.status().as_u16(), status);
            sent += 1;
            assert_eq!(world.wire.connections(), sent);
        }
    }
    assert_eq!((trap.caught(), world.kept.refreshes_started()), (0, 0));
    assert_eq!(ok(&world.calls(1).await), 1);
    world.check();
}

#[tokio::test]
async fn p4_a_revocation_that_is_sent_elsewhere_does_not_go() {
    let trap = Trap::set().await;
    let world = World::fresh().await;
    world.wire.next(answers(trap.replies(307)[0].clone()));
    world.session.sign_out(true).await;
    super::world::soon(async {
        while world.wire.heard("logout/").is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    })
    .await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!((trap.caught(), world.wire.connections()), (0, 2));
    world.check_quiet();
}
