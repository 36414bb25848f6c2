//! djangorestframework-simplejwt: without rotation, with rotation and blacklist, throttled; a user who is gone.
//! Not here: what is shown of every server (`claims`).

use session_engine::error::{CallError, RefreshError, TransientKind};
use session_engine::{ApiRequest, SessionState};

use super::claims::{self, CALLS, suite};
use super::guest::{Guest, PASSWORD, UNTIL_DUE, ok, soon};
use super::record::shown;
use super::running::Running;
use super::server::{AfterALostReply, Server, Spoilt};

const PLAIN: Server = Server {
    package: "djangorestframework-simplejwt",
    set: "as installed (no rotation, 5-minute tokens)",
    program: "simplejwt.py",
    options: &[],
    config: include_str!("servers/simplejwt.toml"),
    rotates: false,
    in_the_profile: r#""employee_number":9007199254740993"#,
    words: "Token is blacklisted",
    spoilt: Spoilt::Garbled,
    after_a_lost_reply: AfterALostReply::GoesOn,
};

const ROTATING: Server = Server {
    set: "rotation and blacklist",
    options: &[("ROTATES", "yes")],
    rotates: true,
    after_a_lost_reply: AfterALostReply::Ends,
    ..PLAIN
};

const THROTTLED: Server =
    Server { set: "refresh throttled", options: &[("ROTATES", "yes"), ("THROTTLE", "2/min")], ..ROTATING };

mod plain {
    use super::*;
    suite! { PLAIN;
        a_sign_in_gives_a_session_whose_calls_are_answered
        r3_fifty_calls_that_find_the_token_due_share_one_refresh
        r8_the_refresh_token_that_the_server_gave_last_is_the_one_that_is_kept
        r11_the_profile_is_the_same_to_the_letter_after_refreshes
        r9_a_reply_that_is_lost_ends_no_session_unless_the_server_does
        r5_a_server_that_is_stopped_and_started_again_is_not_noticed_by_calls_that_wait
        r7_a_401_of_the_api_is_cured_by_one_refresh
        r2_a_five_minute_token_is_not_refreshed_with_every_call
    }

    /// Its refusal has no `code`.
    #[tokio::test]
    async fn r6_who_is_no_longer_active_is_signed_out_with_the_servers_words() {
        let running = Running::shared(&PLAIN).await;
        let guest = Guest::at(&PLAIN, &running).await;
        guest.sign_in_as("grace", PASSWORD).await.unwrap();
        let inactive = ApiRequest { method: http::Method::PATCH, ..ApiRequest::get("api/me/") };
        assert_eq!(soon(guest.session.call(inactive)).await.unwrap().response.status(), 200);
        claims::dies(&guest, "No active account found for the given token.").await;
    }
}

mod rotating {
    use super::*;
    suite! { ROTATING }

    #[tokio::test]
    async fn r6_a_token_that_was_used_elsewhere_ends_the_session_once() {
        claims::a_token_that_was_used_elsewhere_ends_the_session_once(&ROTATING).await;
    }

    /// SimpleJWT looks the user up and does not expect them to be gone.
    #[tokio::test]
    async fn r5_a_deleted_users_500_is_no_end_of_the_session() {
        let running = Running::shared(&ROTATING).await;
        let guest = Guest::at(&ROTATING, &running).await;
        guest.sign_in_as("grace", PASSWORD).await.unwrap();
        assert_eq!(ok(&guest.calls(1).await), 1);
        let gone = ApiRequest { method: http::Method::DELETE, ..ApiRequest::get("api/me/") };
        assert_eq!(soon(guest.session.call(gone)).await.unwrap().response.status(), 204);
        let token = guest.refresh_token();
        guest.clock.pass(UNTIL_DUE);
        let outcome = guest.call().await;
        let Err(CallError::Unavailable(trouble)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(trouble.kind, TransientKind::ServerUnavailable);
        let refreshes = guest.front.passed("api/token/refresh/");
        assert!((1..=6).contains(&refreshes.len()), "{} attempts in ten seconds", refreshes.len());
        assert!(refreshes.iter().all(|passed| passed.status == 500));
        let outage = guest.session.status().outage.expect("a refresh failed");
        let RefreshError::Transient(trouble) = outage.cause else { panic!("{:?}", outage.cause) };
        assert_eq!(trouble.kind, TransientKind::ServerUnavailable);
        assert_eq!((guest.refresh_token(), guest.expiries()), (token, 0));
        shown(&ROTATING, "deleted user", "500 and HTML, the session stays");
    }
}

/// What a person reads who asks the doctor about these servers; README shows it.
mod doctor {
    use super::*;
    use crate::interop::doctor::examine;

    /// New refresh tokens, and the old ones stay good: what comes of forgetting the blacklist app.
    const FORGETFUL: Server = Server {
        set: "rotation without blacklist",
        options: &[("ROTATES", "yes"), ("BLACKLISTS", "no")],
        ..ROTATING
    };

    #[tokio::test]
    async fn of_rotation_with_its_blacklist_it_says_healthy() {
        let said = examine(&ROTATING, "healthy").await;
        assert_eq!(said.code, 0, "{}", said.text);
        assert!(said.text.contains("refused: the session goes on"), "{}", said.text);
    }

    #[tokio::test]
    async fn of_rotation_that_ends_no_old_token_it_says_that_it_must_be_mended() {
        let said = examine(&FORGETFUL, "broken-rotation").await;
        assert_eq!(said.code, 1, "{}", said.text);
        assert!(
            said.text.contains("✗ A refresh token works again 31 s after it was replaced"),
            "{}",
            said.text
        );
    }
}

mod throttled {
    use super::*;

    #[tokio::test]
    async fn f5_a_429_is_waited_out_and_signs_nobody_out() {
        let running = Running::shared(&THROTTLED).await;
        let guest = Guest::signed_in(&THROTTLED, &running).await;
        for refreshes in 1..=2 {
            guest.clock.pass(UNTIL_DUE);
            assert_eq!((ok(&guest.calls(1).await), guest.refreshes()), (1, refreshes));
        }
        guest.clock.pass(UNTIL_DUE);
        let outcomes = guest.calls(CALLS).await;
        assert_eq!((ok(&outcomes), guest.refreshes()), (CALLS, 3), "the token is still valid: {outcomes:?}");
        let status = guest.session.status();
        assert_eq!(status.state, SessionState::Degraded);
        let outage = status.outage.unwrap();
        let RefreshError::Transient(trouble) = outage.cause else { panic!("{:?}", outage.cause) };
        assert_eq!(trouble.kind, TransientKind::Throttled);
        let asked = trouble.retry_after.expect("the server says for how long");
        assert!((1..=60).contains(&asked.as_secs()));
        assert_eq!(ok(&guest.calls(CALLS).await), CALLS);
        assert_eq!(guest.refreshes(), 3, "nobody asks again before the time");
        shown(&ROTATING, "a 429", "waits as long as it is told to");
    }
}
