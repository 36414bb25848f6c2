//! What is shown of every server, each claim with its own user's session and its own counter in front.
//! Not here: what only one server does (its own file).

use std::time::Duration;

use session_engine::error::{CallError, ExpiryCode, RefreshError, SignInError, TransientKind};
use session_engine::ports::TokenEndpoint;
use session_engine::{RefreshToken, SessionState};

use super::front::Passed;
use super::guest::{Guest, PASSWORD, UNTIL_DUE, ok, soon, until};
use super::record::shown;
use super::running::{Running, new_home};
use super::server::{AfterALostReply, Server};

/// How many calls find the token due at the same time.
pub(crate) const CALLS: usize = 50;

/// Makes a test of each claim, for one server.
macro_rules! suite {
    ($server:expr; $($claim:ident)*) => {
        $(#[tokio::test]
        async fn $claim() {
            $crate::interop::claims::$claim(&$server).await;
        })*
    };
    ($server:expr) => {
        $crate::interop::claims::suite! { $server;
            a_sign_in_gives_a_session_whose_calls_are_answered
            r3_fifty_calls_that_find_the_token_due_share_one_refresh
            r8_the_refresh_token_that_the_server_gave_last_is_the_one_that_is_kept
            r11_the_profile_is_the_same_to_the_letter_after_refreshes
            r9_a_reply_that_is_lost_ends_no_session_unless_the_server_does
            r5_a_server_that_is_stopped_and_started_again_is_not_noticed_by_calls_that_wait
            r6_a_session_that_the_server_ends_is_over_once_with_the_servers_words
            r7_a_401_of_the_api_is_cured_by_one_refresh
            r12_who_signs_out_is_signed_out_at_the_server_too
            r2_a_five_minute_token_is_not_refreshed_with_every_call
        }
    };
}
pub(crate) use suite;

pub(crate) async fn a_sign_in_gives_a_session_whose_calls_are_answered(server: &'static Server) {
    let running = Running::shared(server).await;
    let guest = Guest::at(server, &running).await;
    assert_eq!(guest.sign_in("wrong").await, Err(SignInError::WrongCredentials));
    assert_eq!(guest.session.status().state, SessionState::SignedOut);
    guest.sign_in(PASSWORD).await.unwrap();
    assert_eq!(ok(&guest.calls(3).await), 3);
    assert_eq!((guest.front.passed(&guest.path()).len(), guest.refreshes()), (3, 0));
    assert_eq!(guest.session.status().trouble, Default::default());
    shown(server, "sign-in", "a wrong password is refused as one, the right one gives a session");
}

pub(crate) async fn r3_fifty_calls_that_find_the_token_due_share_one_refresh(server: &'static Server) {
    let running = Running::shared(server).await;
    let guest = Guest::signed_in(server, &running).await;
    assert_eq!(ok(&guest.calls(1).await), 1);
    let before = bearers(&guest.front.passed(&guest.path()));
    guest.clock.pass(UNTIL_DUE);
    assert_eq!(guest.session.status().state, SessionState::Due);
    let outcomes = guest.calls(CALLS).await;
    assert_eq!((ok(&outcomes), guest.refreshes()), (CALLS, 1), "{outcomes:?}");
    assert!(outcomes.iter().flatten().all(|reply| reply.generation.get() == 2), "all with the new token");
    let calls = guest.front.passed(&guest.path());
    let after = bearers(&calls[1..]);
    assert_eq!(calls.len(), 1 + CALLS, "each was sent once");
    assert!(
        after.iter().all(|token| *token == after[0] && *token != before[0]),
        "with one token, the new one"
    );
    assert_eq!(guest.session.status().state, SessionState::Fresh);
    assert_eq!((guest.kept.refreshes_started(), guest.kept.most_refreshes_at_once()), (1, 1));
    shown(server, "due", &format!("{CALLS} calls, {} refresh", guest.refreshes()));
}

pub(crate) async fn r8_the_refresh_token_that_the_server_gave_last_is_the_one_that_is_kept(
    server: &'static Server,
) {
    let running = Running::shared(server).await;
    let guest = Guest::signed_in(server, &running).await;
    let mut kept = vec![guest.refresh_token()];
    for _ in 0..3 {
        guest.clock.pass(UNTIL_DUE);
        assert_eq!(ok(&guest.calls(5).await), 5);
        kept.push(guest.refresh_token());
    }
    let asked = guest.refresh_requests();
    assert_eq!(asked.len(), 3);
    for (asked, kept) in asked.iter().zip(&kept) {
        assert!(asked.contains(kept.as_str()), "each refresh asks with what was kept last");
    }
    let distinct: std::collections::BTreeSet<_> = kept.iter().collect();
    assert_eq!(distinct.len(), if server.rotates { 4 } else { 1 });
    assert!(guest.is_taken(&running, &kept[3]).await);
    shown(
        server,
        "rotation",
        if server.rotates { "3 new tokens, each kept" } else { "none; the old one stays" },
    );
}

pub(crate) async fn r11_the_profile_is_the_same_to_the_letter_after_refreshes(server: &'static Server) {
    let running = Running::shared(server).await;
    let guest = Guest::signed_in(server, &running).await;
    let path = guest.settings.profile_path.clone().unwrap();
    soon(guest.session.reload_profile(&path)).await.unwrap();
    let read = guest.kept.profile_text().unwrap();
    for _ in 0..2 {
        guest.clock.pass(UNTIL_DUE);
        assert_eq!(ok(&guest.calls(3).await), 3);
    }
    assert_eq!(guest.refreshes(), 2);
    assert_eq!(guest.kept.profile_text().unwrap(), read);
    assert!(read.contains(server.in_the_profile), "{read}");
    shown(server, "profile", "the same to the letter");
}

/// The server does the refresh, and the connection breaks before its reply is here.
pub(crate) async fn r9_a_reply_that_is_lost_ends_no_session_unless_the_server_does(server: &'static Server) {
    let running = Running::shared(server).await;
    let guest = Guest::signed_in(server, &running).await;
    guest.clock.pass(UNTIL_DUE);
    guest.front.lose_the_reply_of(&guest.settings.server.refresh.path);
    let outcomes = guest.calls(CALLS).await;
    let asked = guest.refresh_requests();
    assert_eq!(asked.len(), 2, "the same again, once: {outcomes:?}");
    assert_eq!(asked[0], asked[1]);
    match server.after_a_lost_reply {
        AfterALostReply::GoesOn => {
            assert_eq!(ok(&outcomes), CALLS, "{outcomes:?}");
            guest.clock.pass(UNTIL_DUE);
            assert_eq!(ok(&guest.calls(3).await), 3, "and so with the token that came at last");
            shown(server, "lost reply", "nobody notices");
        }
        AfterALostReply::Ends => {
            for outcome in outcomes {
                let Err(CallError::SessionExpired(reason)) = outcome else { panic!("{outcome:?}") };
                assert_eq!(reason.code, ExpiryCode::ReplyLost);
            }
            until(|| guest.kept.refresh_token().is_none()).await; // nobody waits for that: the journal is written first
            assert_eq!(guest.expiries(), 1);
            shown(server, "lost reply", "ends, and says why");
        }
    }
}

/// The first server's token is of five seconds and over for the server too; the second's is of five minutes, so that a machine
/// with much to do is no reason for a second refresh.
pub(crate) async fn r5_a_server_that_is_stopped_and_started_again_is_not_noticed_by_calls_that_wait(
    server: &'static Server,
) {
    let running = Running::own(server, &[("ACCESS_SECONDS", "5")], new_home()).await;
    let mut guest = Guest::signed_in(server, &running).await;
    let over = tokio::time::sleep(Duration::from_secs(5)); // the server's time, in which its token runs out
    guest.front.close();
    let home = running.stop();
    let running = Running::own(server, &[], home).await; // it starts for as long as it likes; no call waits yet
    over.await;
    let before = guest.refreshes();
    let waiting: Vec<_> = (0..CALLS).map(|_| guest.call()).collect();
    until(|| guest.session.status().state == SessionState::Degraded).await;
    let outage = guest.session.status().outage.map(|outage| outage.cause);
    let Some(RefreshError::Transient(trouble)) = outage else { panic!("there is no server: {outage:?}") };
    assert_eq!(trouble.kind, TransientKind::Offline);
    guest.front.open(running.address).await;
    let outcomes = soon(futures::future::join_all(waiting)).await;
    assert_eq!((ok(&outcomes), guest.refreshes() - before), (CALLS, 1), "{outcomes:?}");
    assert_eq!((guest.expiries(), guest.session.status().outage.is_none()), (0, true));
    shown(server, "restart", &format!("{CALLS} calls wait and are answered, 1 refresh"));
}

pub(crate) async fn r7_a_401_of_the_api_is_cured_by_one_refresh(server: &'static Server) {
    let running = Running::shared(server).await;
    let guest = Guest::signed_in(server, &running).await;
    assert_eq!(ok(&guest.calls(1).await), 1);
    guest.front.spoil(server.spoilt);
    let outcomes = guest.calls(CALLS).await;
    assert_eq!((ok(&outcomes), guest.refreshes()), (CALLS, 1), "{outcomes:?}");
    let calls = guest.front.passed(&guest.path());
    let refused = calls.iter().filter(|call| call.status == 401).count();
    assert_eq!(calls.len(), 1 + CALLS + refused, "each refused call was sent once more, and no other");
    assert!(refused >= 1);
    shown(server, "a 401", &format!("{CALLS} calls, 1 refresh, each sent once more"));
}

pub(crate) async fn r12_who_signs_out_is_signed_out_at_the_server_too(server: &'static Server) {
    let running = Running::shared(server).await;
    let guest = Guest::signed_in(server, &running).await;
    let token = guest.refresh_token();
    let Some(path) = guest.settings.server.logout.as_ref().map(|logout| logout.path.clone()) else {
        panic!("{} has no way to sign out", server.line());
    };
    soon(guest.session.sign_out(false)).await;
    assert_eq!(guest.kept.refresh_token(), None);
    until(|| !guest.front.passed(&path).is_empty()).await;
    assert!(!guest.is_taken(&running, &token).await, "the server takes it no more");
    shown(server, "sign-out", "the old token is refused");
}

/// Ten minutes with a call every ten seconds: 100 s after each refresh less than ⅔ of the 300 s are left.
pub(crate) async fn r2_a_five_minute_token_is_not_refreshed_with_every_call(server: &'static Server) {
    let running = Running::shared(server).await;
    let guest = Guest::signed_in(server, &running).await;
    for call in 1..=60 {
        guest.clock.pass(Duration::from_secs(10));
        assert_eq!(ok(&guest.calls(1).await), 1, "call {call}");
    }
    let refreshes = guest.refreshes();
    assert!((5..=6).contains(&refreshes), "60 calls, {refreshes} refreshes");
    shown(server, "five minutes", "60 calls, 6 refreshes at most");
}

fn bearers(calls: &[Passed]) -> Vec<String> {
    let line = |call: &Passed| {
        let mut lines = call.request.lines();
        lines.find(|line| line.to_ascii_lowercase().starts_with("authorization:")).unwrap().to_owned()
    };
    calls.iter().map(line).collect()
}

/// All devices are signed out, or an administrator ends the session: each of fifty calls is told so, the window once.
pub(crate) async fn r6_a_session_that_the_server_ends_is_over_once_with_the_servers_words(
    server: &'static Server,
) {
    let running = Running::shared(server).await;
    let guest = Guest::signed_in(server, &running).await;
    let token = RefreshToken::new(guest.refresh_token()).unwrap();
    guest.elsewhere(&running).revoke(&token).await.unwrap();
    dies(&guest, server.words).await;
}

/// Somebody else has used the refresh token.
pub(crate) async fn a_token_that_was_used_elsewhere_ends_the_session_once(server: &'static Server) {
    let running = Running::shared(server).await;
    let guest = Guest::signed_in(server, &running).await;
    assert!(guest.is_taken(&running, &guest.refresh_token()).await);
    dies(&guest, server.words).await;
}

/// Somebody else has used the refresh token first, and the server, seeing it a second time, ends what came of it too.
pub(crate) async fn a_token_that_was_stolen_is_worth_nothing_once_the_theft_is_seen(server: &'static Server) {
    let running = Running::shared(server).await;
    let guest = Guest::signed_in(server, &running).await;
    let token = RefreshToken::new(guest.refresh_token()).unwrap();
    let stolen = guest.elsewhere(&running).refresh(&token).await.unwrap().refresh.unwrap();
    dies(&guest, server.words).await;
    assert!(!guest.is_taken(&running, stolen.expose()).await, "the thief's token is dead too");
    shown(server, "theft", "seen; the thief's token dies too");
}

/// The refresh token is dead; the next fifty calls find out (R6, F9, F16).
pub(crate) async fn dies(guest: &Guest, words: &str) {
    let (refreshes, calls) = (guest.refreshes(), guest.front.passed(&guest.path()).len());
    guest.clock.pass(UNTIL_DUE);
    for outcome in guest.calls(CALLS).await {
        let Err(CallError::SessionExpired(reason)) = outcome else { panic!("{outcome:?}") };
        assert_eq!((reason.code, reason.detail.as_str()), (ExpiryCode::Rejected, words));
    }
    assert_eq!((guest.refreshes() - refreshes, guest.expiries()), (1, 1));
    assert_eq!(guest.front.passed(&guest.path()).len(), calls, "none was sent");
    assert_eq!(guest.session.status().state, SessionState::Expired);
    until(|| guest.kept.refresh_token().is_none()).await;
    shown(guest.server, "dead token", "ends once, with the server's words; no call is sent");
}
