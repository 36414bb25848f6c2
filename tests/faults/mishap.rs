//! One refresh that goes wrong, and all that must hold then (R3, R5, R9).
//! Not here: the ways in which it goes wrong.

use session_engine::error::{RefreshError, TransientKind};
use session_engine::{RefreshPolicy, SessionState};

use super::wire::{Manners, Script};
use super::world::{World, manners, ok, policy, refresh_token, soon};

/// How many calls find the token due at the same time.
const CALLS: usize = 8;

/// How often a refresh is sent whose reply is lost (R9).
const TRIES: usize = session_engine::policy::TRIES_AFTER_A_LOST_REPLY as usize;

/// The refresh meets `script` with nine minutes left. All calls go with the valid token after that one attempt, the session
/// is degraded with the cause that is given back, and the same refresh token asked again works.
pub(crate) async fn mishap(script: Script) -> RefreshError {
    mishap_with(policy(), script).await
}

/// The same, where trouble is expected that passes.
pub(crate) async fn passing(script: Script) -> TransientKind {
    kind(mishap(script).await)
}

pub(crate) async fn mishap_with(policy: RefreshPolicy, script: Script) -> RefreshError {
    let world = World::signed_in(policy, due()).await;
    world.wire.next(script);
    degraded_after(&world, 1).await
}

/// The reply is lost in this way (R9). Once: the same token is sent again at once and nobody notices. Three times: the session
/// is degraded, as after any other mishap.
pub(crate) async fn lost(script: Script) {
    let world = World::signed_in(policy(), due()).await;
    world.wire.next(script.clone());
    let outcomes = world.calls(CALLS).await;
    assert_eq!(ok(&outcomes), CALLS, "{outcomes:?}");
    assert!(outcomes.iter().flatten().all(|reply| reply.generation.get() == 2), "all with the new token");
    assert_eq!((world.kept.refreshes_started(), world.wire.connections()), (1, 1 + 2 + CALLS));
    assert!(world.session.status().outage.is_none());
    assert_eq!(world.wire.heard("refresh/").pop().unwrap().body, asks_with(1));
    world.check();

    let world = World::signed_in(policy(), due()).await;
    for _ in 0..TRIES {
        world.wire.next(script.clone());
    }
    let cause = degraded_after(&world, TRIES).await;
    assert_eq!(kind(cause), TransientKind::ConnectionLost);
}

fn due() -> Manners {
    Manners { login_left: 540, ..manners() }
}

async fn degraded_after(world: &World, tries: usize) -> RefreshError {
    let outcomes = world.calls(CALLS).await;
    assert_eq!(ok(&outcomes), CALLS, "{outcomes:?}");
    assert_eq!(world.kept.refreshes_started(), 1);
    assert_eq!(world.wire.connections(), 1 + tries + CALLS, "one sign-in, the refresh, the calls");
    assert_eq!(world.state(), SessionState::Degraded);
    assert_eq!(world.kept.refresh_token(), Some(refresh_token(1)));
    let cause = world.session.status().outage.unwrap().cause;
    world.check();
    works_again(world).await;
    cause
}

/// A refresh request's body.
fn asks_with(number: usize) -> String {
    format!(r#"{{"refresh":"{}"}}"#, refresh_token(number))
}

/// The refresh token of the sign-in is asked for again, and it works.
pub(crate) async fn works_again(world: &World) {
    soon(world.session.refresh_now()).await;
    let asked = world.wire.heard("refresh/").pop().unwrap();
    assert_eq!(asked.body, asks_with(1));
    assert_eq!(world.state(), SessionState::Fresh);
    assert_eq!(world.kept.refresh_token(), Some(refresh_token(2)), "the honest server's second");
    assert_eq!(ok(&world.calls(1).await), 1);
    world.check();
}

pub(crate) fn kind(cause: RefreshError) -> TransientKind {
    let RefreshError::Transient(trouble) = cause else { panic!("{cause:?} does not pass") };
    trouble.kind
}
