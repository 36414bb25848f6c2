//! The lists a signed-in person works with, and what is counted and logged about the calls.
//! Not here: the content of the lists beyond their shape.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Server, refusal};

#[tokio::test]
async fn every_list_has_rows_that_are_written_out() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    for path in ["projects", "notifications", "activity", "stats", "notes"] {
        let rows: Value = server.get(&format!("/api/{path}/"), &pair.access).await.json().await.unwrap();
        let rows = rows.as_array().unwrap();
        assert!((6..=10).contains(&rows.len()), "{path} has {}", rows.len());
        assert!(rows.iter().all(|row| row["id"].is_i64() && row.as_object().unwrap().len() >= 3));
    }
    let activity: Value = server.get("/api/activity", &pair.access).await.json().await.unwrap();
    let newest = activity[0]["at"].as_str().unwrap();
    assert!(newest.len() == 20 && newest.ends_with('Z'), "{newest}");
}

#[tokio::test]
async fn a_list_that_is_written_slowly_has_its_head_at_once_and_is_whole() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    let at_once = server.get("/api/activity/", &pair.access).await.text().await.unwrap();
    let time = Duration::from_millis(300);
    server.handle.set_activity_time(time);
    let head = server.get("/api/activity/", &pair.access).await;
    assert_eq!((head.status().as_u16(), &head.headers()["content-type"]), (200, "application/json"));
    let received = tokio::time::timeout(time / 2, head.text()).await;
    assert!(received.is_err(), "the body is still on the way");
    let whole = server.get("/api/activity/", &pair.access).await.text().await.unwrap();
    assert_eq!(whole, at_once);
}

#[tokio::test]
async fn a_note_is_added_for_its_author_only() {
    let server = Server::start().await;
    let ada = server.sign_in().await;
    let body = json!({ "username": "Grace@Example.com", "password": "nanosecond-wire" });
    let grace: Value = server.post("/api/token/", &body).await.json().await.unwrap();
    let text = "Ünïcode \u{1F4DC}\n\"quoted\"";
    let request = server.client.post(server.url("/api/notes/")).bearer_auth(&ada.access);
    let added = request.json(&json!({ "text": text })).send().await.unwrap();
    assert_eq!(added.status(), 201);
    let added: Value = added.json().await.unwrap();
    assert_eq!(added["text"], text);
    let hers: Value = server.get("/api/notes/", &ada.access).await.json().await.unwrap();
    assert_eq!(hers[0], added);
    let notes = server.get("/api/notes/", grace["access"].as_str().unwrap()).await.text().await.unwrap();
    assert!(!notes.contains("quoted"));
}

#[tokio::test]
async fn a_blank_note_is_refused() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    let request = server.client.post(server.url("/api/notes/")).bearer_auth(&pair.access);
    let refused = request.json(&json!({ "text": " \n" })).send().await.unwrap();
    assert_eq!(refusal(refused).await, (400, json!({ "text": ["This field may not be blank."] })));
}

#[tokio::test]
async fn a_call_without_a_good_token_is_told_which_of_the_two() {
    let server = Server::start().await;
    let missing = server.client.get(server.url("/api/me/")).send().await.unwrap();
    assert!(missing.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    assert_eq!(refusal(missing).await.1["code"], "not_authenticated");
    let invalid = server.get("/api/me/", "not-a-token").await;
    assert!(invalid.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    let (status, body) = refusal(invalid).await;
    assert_eq!((status, &body["code"]), (401, &json!("token_not_valid")));
    assert_eq!(body["detail"], "Given token not valid for any token type");
    let counts = server.handle.counts();
    assert_eq!((counts.api_calls, counts.api_unauthorized), (2, 2));
}

// R4: a test of the client can prove that no call went out with the old token.
#[tokio::test]
async fn calls_with_a_superseded_token_are_counted_good_or_not() {
    let server = Server::start().await;
    let first = server.sign_in().await;
    server.me(&first.access).await;
    assert_eq!(server.handle.counts().api_with_superseded_token, 0);
    let second = server.refresh(&first.refresh).await;
    assert_eq!(server.me(&first.access).await, 200);
    server.handle.advance_clock(Duration::from_secs(3600));
    assert_eq!(server.me(&first.access).await, 401);
    assert_eq!(server.me(&second.access).await, 401);
    assert_eq!(server.handle.counts().api_with_superseded_token, 2);
    server.handle.reset_counts();
    assert_eq!(server.handle.counts(), demo_api::Counts::default());
}

// P1
#[tokio::test]
async fn the_log_has_every_request_in_order_and_no_token() {
    let server = Server::start().await;
    let first = server.sign_in().await;
    server.me(&first.access).await;
    let second = server.refresh(&first.refresh).await;
    server.get(&format!("/api/stats/?token={}", second.access), &second.access).await;
    server.get("/nowhere", "").await;
    let log = server.handle.request_log();
    let seen: Vec<_> =
        log.iter().map(|entry| (entry.method.as_str(), entry.path.as_str(), entry.status)).collect();
    assert_eq!(
        seen,
        [
            ("POST", "/api/token/", Some(200)),
            ("GET", "/api/me/", Some(200)),
            ("POST", "/api/token/refresh/", Some(200)),
            ("GET", "/api/stats/", Some(200)),
            ("GET", "/nowhere", Some(404)),
        ]
    );
    let serials: Vec<_> = log.iter().map(|entry| entry.access_serial).collect();
    assert_eq!(serials, [None, Some(1), None, Some(2), None]);
    assert!(log.windows(2).all(|pair| pair[0].arrived_at_ms <= pair[1].arrived_at_ms));
    let told = format!("{log:?}{:?}", server.handle.counts());
    for token in [first.access, first.refresh, second.access, second.refresh] {
        assert!(token.split('.').all(|part| !told.contains(part)));
    }
}
