//! django-oauth-toolkit: rotation without grace, with ten seconds of it, and with reuse protection; a client it does not know.
//! Not here: what is shown of every server (`claims`).

use session_engine::SessionState;
use session_engine::error::RefreshError;

use super::claims::{self, CALLS, suite};
use super::guest::{Guest, UNTIL_DUE, ok};
use super::record::shown;
use super::running::Running;
use super::server::{AfterALostReply, Server, Spoilt};

const STRICT: Server = Server {
    package: "django-oauth-toolkit",
    set: "as installed (rotation, no grace)",
    program: "oauth_toolkit.py",
    options: &[],
    config: include_str!("servers/oauth_toolkit.toml"),
    rotates: true,
    in_the_profile: r#""employee_number":9007199254740993"#,
    words: "invalid_grant",
    spoilt: Spoilt::Garbled,
    after_a_lost_reply: AfterALostReply::Ends,
};

const GRACEFUL: Server = Server {
    set: "10 s of grace",
    options: &[("GRACE_SECONDS", "10")],
    after_a_lost_reply: AfterALostReply::GoesOn,
    ..STRICT
};

const PROTECTED: Server =
    Server { set: "reuse protection", options: &[("REUSE_PROTECTION", "yes")], ..STRICT };

/// The user's file names another client in its `[refresh]`.
const ANOTHER_CLIENT: Server =
    Server { config: include_str!("servers/oauth_toolkit_another_client.toml"), ..STRICT };

mod strict {
    use super::*;
    suite! { STRICT }

    #[tokio::test]
    async fn r6_a_token_that_was_used_elsewhere_ends_the_session_once() {
        claims::a_token_that_was_used_elsewhere_ends_the_session_once(&STRICT).await;
    }

    #[tokio::test]
    async fn f10_a_client_that_the_server_does_not_know_is_no_end_of_the_session() {
        let running = Running::shared(&STRICT).await;
        let guest = Guest::signed_in(&ANOTHER_CLIENT, &running).await;
        let token = guest.refresh_token();
        guest.clock.pass(UNTIL_DUE);
        assert_eq!(ok(&guest.calls(CALLS).await), CALLS, "the token is still valid");
        let status = guest.session.status();
        assert_eq!((status.state, guest.refreshes()), (SessionState::Degraded, 1));
        let cause = status.outage.unwrap().cause;
        assert_eq!(cause, RefreshError::Misconfigured("invalid_client".into()));
        assert_eq!((guest.refresh_token(), guest.expiries()), (token, 0));
        shown(&STRICT, "unknown client", "told; the session stays");
    }
}

mod graceful {
    use super::*;
    suite! { GRACEFUL }
}

mod protected {
    use super::*;
    suite! { PROTECTED }

    #[tokio::test]
    async fn f16_a_token_that_was_stolen_is_worth_nothing_once_the_theft_is_seen() {
        claims::a_token_that_was_stolen_is_worth_nothing_once_the_theft_is_seen(&PROTECTED).await;
    }
}
