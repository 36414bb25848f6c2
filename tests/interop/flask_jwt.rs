//! flask-jwt-extended with a blocklist: the refresh token travels as a Bearer header; a malformed one is a 422.
//! Not here: what is shown of every server (`claims`).

use session_engine::RefreshToken;
use session_engine::error::{CallError, ExpiryCode};
use session_engine::ports::VaultEntry;

use super::claims::{self, suite};
use super::guest::{Guest, soon};
use super::record::shown;
use super::running::Running;
use super::server::{AfterALostReply, Server, Spoilt};

const FLASK: Server = Server {
    package: "flask-jwt-extended",
    set: "rotation and blocklist, as its documentation shows them",
    program: "flask_jwt.py",
    options: &[("ROTATES", "yes")],
    config: include_str!("servers/flask_jwt.toml"),
    rotates: true,
    in_the_profile: r#""employee_number":9007199254740993"#,
    words: "Token has been revoked",
    spoilt: Spoilt::Missing, // what is garbled is a 422 here, at the API too
    after_a_lost_reply: AfterALostReply::Ends,
};

suite! { FLASK }

#[tokio::test]
async fn r6_a_token_that_was_used_elsewhere_ends_the_session_once() {
    claims::a_token_that_was_used_elsewhere_ends_the_session_once(&FLASK).await;
}

#[tokio::test]
async fn r6_a_422_ends_the_session_of_who_kept_something_that_is_no_token() {
    let running = Running::shared(&FLASK).await;
    let guest = Guest::at(&FLASK, &running).await;
    let refresh = RefreshToken::new("no.token".to_owned()).unwrap();
    guest.kept.put(VaultEntry { account: "ada".into(), refresh }, "{}");
    soon(guest.session.restore()).await;
    let outcome = guest.call().await;
    let Err(CallError::SessionExpired(reason)) = outcome else { panic!("{outcome:?}") };
    assert_eq!((reason.code, reason.detail.as_str()), (ExpiryCode::Rejected, "Not enough segments"));
    let refreshes = guest.front.passed("refresh");
    assert_eq!(refreshes.iter().map(|passed| passed.status).collect::<Vec<_>>(), [422]);
    shown(&FLASK, "a 422", "ends, with the reason");
}
