//! Rotation, the grace for a lost reply, reuse detection.
//! Not here: faults that are switched on (`faults`).

use std::pin::pin;
use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Server, assert_dead, claims, client};

// R8
#[tokio::test]
async fn a_refresh_gives_two_new_tokens_that_work() {
    let server = Server::start().await;
    let first = server.sign_in().await;
    let second = server.refresh(&first.refresh).await;
    assert_ne!(second.access, first.access);
    assert_ne!(second.refresh, first.refresh);
    assert_eq!(server.me(&second.access).await, 200);
    let third = server.refresh(&second.refresh).await;
    assert_eq!(server.me(&third.access).await, 200);
    assert_eq!(server.handle.counts().refreshes_ok, 2);
}

// R9, F7
#[tokio::test]
async fn the_parent_within_the_grace_gets_the_very_same_active_pair() {
    let server = Server::start().await;
    let first = server.sign_in().await;
    let second = server.refresh(&first.refresh).await;
    server.handle.advance_clock(Duration::from_secs(8));
    let again = server.refresh(&first.refresh).await;
    assert_eq!(again.access, second.access);
    assert_eq!(again.refresh, second.refresh);
    let counts = server.handle.counts();
    assert_eq!((counts.refreshes, counts.refreshes_ok, counts.replays_answered), (2, 1, 1));
}

// F16
#[tokio::test]
async fn a_reused_refresh_token_kills_the_family() {
    let server = Server::start().await;
    let first = server.sign_in().await;
    let second = server.refresh(&first.refresh).await;
    server.handle.advance_clock(Duration::from_secs(11));
    assert_dead(server.refresh_reply(&first.refresh).await).await;
    assert_dead(server.refresh_reply(&second.refresh).await).await;
    assert_eq!(server.me(&second.access).await, 401);
    assert_eq!(server.handle.counts().reuses_detected, 1);
}

// F16
#[tokio::test]
async fn a_grandparent_kills_the_family_even_within_the_grace() {
    let server = Server::start().await;
    server.handle.set_grace(Duration::from_secs(3600));
    let first = server.sign_in().await;
    let second = server.refresh(&first.refresh).await;
    let third = server.refresh(&second.refresh).await;
    assert_dead(server.refresh_reply(&first.refresh).await).await;
    assert_dead(server.refresh_reply(&third.refresh).await).await;
    assert_eq!(server.handle.counts().reuses_detected, 1);
}

#[tokio::test]
async fn a_reuse_in_one_login_leaves_the_other_logins_alone() {
    let server = Server::start().await;
    let mine = server.sign_in().await;
    let stolen = server.sign_in().await;
    server.handle.set_grace(Duration::ZERO);
    server.refresh(&stolen.refresh).await;
    server.handle.advance_clock(Duration::from_secs(1));
    assert_dead(server.refresh_reply(&stolen.refresh).await).await;
    assert_eq!(server.me(&mine.access).await, 200);
    server.refresh(&mine.refresh).await;
}

// R3: what a client without single flight would do; the server rotates once and answers all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_refreshes_of_one_token_rotate_once() {
    let server = Server::start().await;
    server.handle.set_refresh_delay(Duration::from_millis(100));
    let pair = server.sign_in().await;
    let client = client();
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let body = json!({ "refresh": pair.refresh });
        let request = client.post(server.url("/api/token/refresh/")).json(&body);
        tasks.spawn(async move { request.send().await.unwrap().json::<Value>().await.unwrap() });
    }
    let replies = tasks.join_all().await;
    assert!(replies.iter().all(|reply| reply == &replies[0] && reply["access"].is_string()));
    let counts = server.handle.counts();
    assert_eq!((counts.refreshes, counts.refreshes_ok, counts.replays_answered), (20, 1, 19));
    assert!((2..=20).contains(&counts.max_parallel_refreshes), "{counts:?}");
}

/// What a test of the app sees in peace: the token is rotated, and nobody hears of it until the last hold ends.
#[tokio::test]
async fn a_refresh_that_is_held_is_carried_out_and_answered_when_the_last_hold_ends() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    let (one, other) = (server.handle.hold_refreshes(), server.handle.hold_refreshes());
    let mut reply = pin!(server.refresh(&pair.refresh));
    let carried_out = async {
        while server.handle.counts().refreshes_ok == 0 {
            tokio::task::yield_now().await;
        }
        drop(one);
        // Another request goes to and fro: what is not held would be there by now.
        assert_eq!(server.me(&pair.access).await, 200);
    };
    tokio::select! {
        biased;
        _ = &mut reply => panic!("answered though it is held"),
        () = carried_out => {}
    }
    drop(other);
    assert_ne!(reply.await.access, pair.access);
}

#[tokio::test]
async fn refreshes_one_after_the_other_are_never_counted_as_parallel() {
    let server = Server::start().await;
    let first = server.sign_in().await;
    let second = server.refresh(&first.refresh).await;
    server.refresh(&second.refresh).await;
    assert_eq!(server.handle.counts().max_parallel_refreshes, 1);
}

// F14
#[tokio::test]
async fn without_rotation_the_reply_has_no_refresh_token_and_the_old_one_stays() {
    let server = Server::start().await;
    server.handle.set_rotation(false);
    let pair = server.sign_in().await;
    for _ in 0..2 {
        let reply: Value = server.refresh_reply(&pair.refresh).await.json().await.unwrap();
        assert_eq!(reply.as_object().unwrap().keys().collect::<Vec<_>>(), ["access"]);
        assert_eq!(server.me(reply["access"].as_str().unwrap()).await, 200);
    }
}

// F15
#[tokio::test]
async fn a_refresh_reply_carries_a_user_only_if_it_was_told_to() {
    let server = Server::start().await;
    let first = server.sign_in().await;
    let plain: Value = server.refresh_reply(&first.refresh).await.json().await.unwrap();
    assert!(plain.get("user").is_none());
    server.handle.set_refresh_user(Some(json!({ "last_name": "King", "avatar": null })));
    let with_user = server.refresh_reply(plain["refresh"].as_str().unwrap()).await;
    let with_user: Value = with_user.json().await.unwrap();
    assert_eq!(with_user["user"], json!({ "last_name": "King", "avatar": null }));
}

#[tokio::test]
async fn tokens_die_when_their_time_is_over() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    server.handle.advance_clock(Duration::from_secs(31 * 60));
    assert_eq!(server.me(&pair.access).await, 401);
    let next = server.refresh(&pair.refresh).await;
    assert_eq!(server.me(&next.access).await, 200);
    server.handle.advance_clock(Duration::from_secs(8 * 24 * 3600));
    assert_dead(server.refresh_reply(&next.refresh).await).await;
    assert_eq!(server.handle.counts().reuses_detected, 0);
}

#[tokio::test]
async fn lifetimes_can_be_set() {
    let server = Server::start().await;
    server.handle.set_access_lifetime(Duration::from_secs(300));
    server.handle.set_refresh_lifetime(Duration::from_secs(600));
    let pair = server.sign_in().await;
    for (token, lifetime) in [(&pair.access, 300), (&pair.refresh, 600)] {
        let claims = claims(token);
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), lifetime);
    }
}

#[tokio::test]
async fn what_is_not_a_refresh_token_of_this_server_is_dead_and_harms_nobody() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    let header = Header::new(Algorithm::HS256);
    let key = EncodingKey::from_secret(b"another server's key");
    let forged = jsonwebtoken::encode(&header, &claims(&pair.refresh), &key).unwrap();
    let broken = pair.refresh.replacen('.', "..", 1);
    for token in [forged.as_str(), &broken, &pair.access, "not-a-token", "a.b.c"] {
        assert_dead(server.refresh_reply(token).await).await;
    }
    assert_eq!(server.me(&forged).await, 401);
    assert_eq!(server.me(&pair.refresh).await, 401);
    server.refresh(&pair.refresh).await;
    assert_eq!(server.handle.counts().reuses_detected, 0);
}
