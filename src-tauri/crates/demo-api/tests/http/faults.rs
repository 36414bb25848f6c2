//! The fault switches, each seen from the client's side.
//! Not here: what a client makes of them; that is the engine's to prove.

use std::time::Duration;

use demo_api::Fault;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{Server, assert_dead, claims, client, refusal};

#[test]
fn every_fault_has_a_name_that_leads_back_to_it_and_a_sentence() {
    for fault in Fault::ALL {
        assert_eq!(fault.name().parse(), Ok(fault));
        assert_eq!(serde_json::to_value(fault).unwrap(), json!(fault.name()));
        assert_eq!(serde_json::from_value::<Fault>(json!(fault.name())).unwrap(), fault);
        assert!(fault.describe().ends_with('.'));
    }
    let names = Fault::ALL.map(Fault::name).join(" ");
    assert_eq!(
        names,
        "expire-access short-tokens revoke-refresh slow-refresh lose-reply refresh-503 refresh-429 offline \
         skew-plus skew-minus no-rotation"
    );
    assert!("no-such-fault".parse::<Fault>().unwrap_err().to_string().contains("no-such-fault"));
}

#[tokio::test]
async fn the_handle_tells_which_faults_are_on_and_resets_them() {
    let server = Server::start().await;
    server.handle.set_fault(Fault::Refresh503, true);
    server.handle.set_fault(Fault::SkewPlus, true);
    let on: Vec<_> =
        server.handle.faults().into_iter().filter(|(_, on)| *on).map(|(fault, _)| fault).collect();
    assert_eq!(on, [Fault::Refresh503, Fault::SkewPlus]);
    server.handle.reset_faults();
    assert!(server.handle.faults().into_iter().all(|(_, on)| !on));
}

// F11
#[tokio::test]
async fn expire_access_refuses_the_tokens_issued_so_far_and_takes_new_ones() {
    let server = Server::start().await;
    let old = server.sign_in().await;
    server.handle.set_fault(Fault::ExpireAccess, true);
    assert_eq!(server.me(&old.access).await, 401);
    let new = server.refresh(&old.refresh).await;
    assert_eq!(server.me(&new.access).await, 200);
    server.handle.set_fault(Fault::ExpireAccess, true);
    assert_eq!(server.me(&new.access).await, 401);
}

#[tokio::test]
async fn short_tokens_live_five_minutes() {
    let server = Server::start().await;
    server.handle.set_fault(Fault::ShortTokens, true);
    server.handle.set_login_age(Duration::from_secs(3600));
    let pair = server.sign_in().await;
    let claims = claims(&pair.access);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
    server.handle.advance_clock(Duration::from_secs(290));
    assert_eq!(server.me(&pair.access).await, 200);
    server.handle.advance_clock(Duration::from_secs(11));
    assert_eq!(server.me(&pair.access).await, 401);
}

// F9
#[tokio::test]
async fn revoked_refresh_tokens_stay_dead_but_those_of_later_logins_live() {
    let server = Server::start().await;
    let before = server.sign_in().await;
    server.handle.set_fault(Fault::RevokeRefresh, true);
    let during = server.sign_in().await;
    assert_dead(server.refresh_reply(&before.refresh).await).await;
    assert_dead(server.refresh_reply(&during.refresh).await).await;
    assert_eq!(server.me(&before.access).await, 200);
    server.handle.set_fault(Fault::RevokeRefresh, false);
    assert_dead(server.refresh_reply(&before.refresh).await).await;
    server.refresh(&during.refresh).await;
    server.handle.revoke_all_refresh_tokens().unwrap();
    assert_dead(server.refresh_reply(&during.refresh).await).await;
}

// F21: the only test that has to wait for real.
#[tokio::test]
async fn a_slow_refresh_is_carried_out_at_once_and_answered_after_three_seconds() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    server.handle.set_fault(Fault::SlowRefresh, true);
    let mut refresh = std::pin::pin!(server.refresh(&pair.refresh));
    assert!(timeout(Duration::from_millis(2_700), &mut refresh).await.is_err());
    assert_eq!(server.handle.counts().refreshes_ok, 1);
    let next = timeout(Duration::from_secs(5), refresh).await.unwrap();
    assert_eq!(server.me(&next.access).await, 200);
}

// F7
#[tokio::test]
async fn a_lost_reply_is_a_cut_connection_once_and_the_same_token_works_again() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    server.handle.set_fault(Fault::LoseReply, true);
    let request = server.client.post(server.url("/api/token/refresh/"));
    let lost = request.json(&json!({ "refresh": pair.refresh })).send().await;
    let error = lost.unwrap_err();
    assert!(error.is_request() && !error.is_connect() && !error.is_timeout(), "{error:?}");
    assert!(!server.handle.faults().contains(&(Fault::LoseReply, true)));
    let log = server.handle.request_log();
    assert_eq!(log.last().map(|last| (last.path.as_str(), last.status)), Some(("/api/token/refresh/", None)));
    let next = server.refresh(&pair.refresh).await;
    assert_eq!(server.me(&next.access).await, 200);
    let counts = server.handle.counts();
    assert_eq!((counts.refreshes_ok, counts.replays_answered, counts.reuses_detected), (1, 1, 0));
}

#[tokio::test]
async fn a_refresh_that_is_refused_does_not_use_up_the_lost_reply() {
    let server = Server::start().await;
    server.handle.set_fault(Fault::LoseReply, true);
    assert_dead(server.refresh_reply("not-a-token").await).await;
    assert!(server.handle.faults().contains(&(Fault::LoseReply, true)));
}

// F3, F5
#[tokio::test]
async fn an_overloaded_refresh_endpoint_says_so_and_spends_no_token() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    server.handle.set_fault(Fault::Refresh503, true);
    assert_eq!(refusal(server.refresh_reply(&pair.refresh).await).await.0, 503);
    server.handle.set_fault(Fault::Refresh503, false);
    server.handle.set_fault(Fault::Refresh429, true);
    let throttled = server.refresh_reply(&pair.refresh).await;
    assert_eq!(throttled.headers()["retry-after"], "3");
    assert_eq!(refusal(throttled).await.0, 429);
    server.handle.reset_faults();
    assert_eq!(server.me(&pair.access).await, 200);
    server.refresh(&pair.refresh).await;
    let counts = server.handle.counts();
    assert_eq!((counts.refreshes, counts.refreshes_ok), (3, 1));
}

// F6
#[tokio::test]
async fn offline_cuts_connections_refuses_new_ones_and_comes_back_on_the_same_port() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    for _ in 0..3 {
        server.handle.set_fault(Fault::Offline, true);
        let cut = timeout(Duration::from_secs(5), idle.read(&mut [0; 16])).await.unwrap();
        assert!(cut.is_err(), "the connection was reset, not closed politely: {cut:?}");
        let error = client().get(server.url("/api/me/")).send().await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
        server.handle.set_fault(Fault::Offline, false);
        idle = reconnect(&server).await;
        assert_eq!(server.me(&pair.access).await, 200);
    }
}

#[tokio::test]
async fn offline_cuts_a_request_in_progress() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    server.handle.set_latency(Duration::from_secs(60));
    let request = server.client.get(server.url("/api/me/")).bearer_auth(&pair.access).send();
    let going_offline = async {
        while server.handle.counts().api_calls == 0 {
            tokio::task::yield_now().await;
        }
        server.handle.set_fault(Fault::Offline, true);
    };
    let (answer, ()) =
        timeout(Duration::from_secs(5), async { tokio::join!(request, going_offline) }).await.unwrap();
    assert!(answer.is_err());
}

#[tokio::test]
async fn a_server_that_is_offline_can_still_be_shut_down() {
    let server = Server::start().await;
    server.handle.set_fault(Fault::Offline, true);
    timeout(Duration::from_secs(1), server.stop()).await.unwrap();
}

// F27
#[tokio::test]
async fn a_skewed_clock_shows_in_the_date_and_in_the_claims() {
    let server = Server::start().await;
    let straight = issued_and_dated(&server).await;
    server.handle.set_fault(Fault::SkewPlus, true);
    let ahead = issued_and_dated(&server).await;
    server.handle.set_fault(Fault::SkewMinus, true);
    let both = issued_and_dated(&server).await;
    server.handle.set_fault(Fault::SkewPlus, false);
    let behind = issued_and_dated(&server).await;
    for (seen, hours) in [(straight, 0), (ahead, 1), (both, 0), (behind, -1)] {
        for (now, then) in [(seen.0, straight.0), (seen.1, straight.1)] {
            assert!((0..10).contains(&(now - then - hours * 3600)), "{hours} h: {now} against {then}");
        }
        assert!((seen.0 - seen.1).abs() <= 2, "Date and iat are of one clock");
    }
}

#[tokio::test]
async fn no_rotation_is_a_fault_too() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    server.handle.set_fault(Fault::NoRotation, true);
    let reply: Value = server.refresh_reply(&pair.refresh).await.json().await.unwrap();
    assert!(reply.get("refresh").is_none());
    server.handle.set_fault(Fault::NoRotation, false);
    server.refresh(&pair.refresh).await;
}

/// `iat` of a fresh token and the `Date` of the reply that brought it, in seconds.
async fn issued_and_dated(server: &Server) -> (i64, i64) {
    let reply = server.sign_in_reply().await;
    let date = httpdate::parse_http_date(reply.headers()["date"].to_str().unwrap()).unwrap();
    let dated = date.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let reply: Value = reply.json().await.unwrap();
    let issued = claims(reply["access"].as_str().unwrap())["iat"].as_i64().unwrap();
    (issued, i64::try_from(dated).unwrap())
}

/// A connection that has answered once, as soon as the server can be reached again.
async fn reconnect(server: &Server) -> TcpStream {
    let connecting = async {
        loop {
            if let Ok(mut stream) = TcpStream::connect(server.address).await {
                let ask = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
                if stream.write_all(ask.as_bytes()).await.is_ok() {
                    let mut answer = [0; 4096];
                    if stream.read(&mut answer).await.is_ok_and(|read| read > 0) {
                        return stream;
                    }
                }
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(5), connecting).await.unwrap()
}
