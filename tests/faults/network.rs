//! F6, P5: no server, no name, no TLS, and a proxy that nobody asked for.
//! Not here: connections that break (`lost`).

use std::sync::Arc;
use std::time::Duration;

use session_engine::error::{CallError, SignInError, TransientKind};
use session_engine::ports::Credentials;
use session_engine::{ApiRequest, Session, SessionState};
use url::Url;

use super::child;
use super::kept::Kept;
use super::mishap::kind;
use super::redirects::Trap;
use super::wire::{Step, Wire};
use super::world::{World, manners, ok, policy, session, soon};

const OFFLINE: TransientKind = TransientKind::Offline;

async fn sign_in(session: &Session) -> Result<(), SignInError> {
    soon(session.sign_in(Credentials { username: "ada".into(), password: "canary-password".into() })).await
}

#[tokio::test]
async fn f6_when_nobody_listens_any_more_the_session_is_offline_and_stays() {
    let mut world = World::due().await;
    world.wire.stop().await;
    for outcome in world.calls(8).await {
        let Err(CallError::Unavailable(trouble)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(trouble.kind, OFFLINE);
    }
    assert_eq!((world.kept.refreshes_started(), world.state()), (1, SessionState::Degraded));
    assert_eq!(kind(world.session.status().outage.unwrap().cause), OFFLINE);
    world.check();
}

#[tokio::test]
async fn f6_without_a_valid_token_a_refused_connection_is_tried_again_until_the_calls_deadline() {
    let mut world = World::restored(policy()).await;
    world.wire.stop().await;
    for outcome in world.calls(8).await {
        let Err(CallError::Unavailable(trouble)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(trouble.kind, OFFLINE);
    }
    assert_eq!(world.kept.refreshes_started(), 1, "the second is due after the calls' deadline");
    world.check();
}

#[tokio::test]
async fn f6_https_to_a_port_without_tls_is_offline() {
    let bad_request = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".to_vec();
    let alert = vec![0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28];
    for script in [vec![Step::Say(bad_request)], vec![Step::Say(alert)], vec![Step::Reset], vec![]] {
        let wire = Wire::start(manners());
        let kept = Arc::new(Kept::default());
        let base = wire.base.as_str().replace("http://", "https://");
        let session = session(&Url::parse(&base).unwrap(), &kept, policy());
        wire.next(script);
        let Err(SignInError::Transient(trouble)) = sign_in(&session).await else { panic!("signed in") };
        assert_eq!((trouble.kind, wire.connections()), (OFFLINE, 1));
        assert!(wire.heard("login/").is_empty(), "nothing was said in the clear");
    }
}

#[tokio::test]
async fn p5_no_proxy_of_the_environment_sees_what_goes_to_loopback_but_it_is_used_for_other_servers() {
    let trap = Trap::set().await;
    let proxy = format!("http://{}", trap.address);
    let names = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"];
    let environment = names.map(|name| (name, proxy.as_str()));
    child::run("network::child_talks_to_loopback", &environment).await;
    assert_eq!(trap.caught(), 0);
    child::run("network::child_asks_for_a_name_that_is_none", &environment).await;
    assert!(trap.caught() > 0, "the variables are read at all");
}

#[tokio::test]
#[ignore = "a part of p5_no_proxy_of_the_environment…, in a process of its own"]
async fn child_talks_to_loopback() {
    let world = World::due().await;
    assert_eq!(ok(&world.calls(4).await), 4);
    assert_eq!(world.wire.connections(), 6);
    world.check();
}

#[tokio::test]
async fn f6_a_name_that_does_not_exist_is_offline() {
    child::run("network::child_asks_for_a_name_that_is_none", &[]).await;
}

#[tokio::test]
#[ignore = "a part of f6_a_name_that_does_not_exist_is_offline, in a process of its own"]
async fn child_asks_for_a_name_that_is_none() {
    let kept = Arc::new(Kept::default());
    let base = Url::parse("https://nobody.invalid/").unwrap();
    let policy = session_engine::RefreshPolicy { refresh_timeout: Duration::from_secs(12), ..policy() };
    let session = session(&base, &kept, policy);
    let Err(SignInError::Transient(trouble)) = sign_in(&session).await else { panic!("signed in") };
    assert_eq!(trouble.kind, OFFLINE);
    let call = soon(session.call(ApiRequest::get("notes/"))).await;
    assert_eq!(call.unwrap_err(), CallError::SignedOut);
}

#[tokio::test]
async fn p5_http_to_any_other_machine_is_refused_before_its_name_is_looked_up() {
    let kept = Arc::new(Kept::default());
    let session = session(&Url::parse("http://nobody.invalid/").unwrap(), &kept, policy());
    let before = tokio::time::timeout(Duration::from_secs(1), sign_in(&session)).await.unwrap();
    let Err(SignInError::Transient(trouble)) = before else { panic!("signed in") };
    assert_eq!(trouble.kind, OFFLINE);
}
