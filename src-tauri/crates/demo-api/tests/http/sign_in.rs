//! Signing in, the profile that comes with it, signing out.
//! Not here: refreshing (`rotation`).

use std::time::Duration;

use demo_api::Demo;
use serde_json::{Value, json};

use crate::support::{Server, assert_dead, claims, refusal, text};

#[tokio::test]
async fn signing_in_gives_a_pair_and_the_whole_profile() {
    let server = Server::start().await;
    let reply: Value = server.sign_in_reply().await.json().await.unwrap();
    let access = text(&reply, "access");
    let claims = claims(&access);
    assert_eq!(claims["token_type"], "access");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 30 * 60);
    let user = &reply["user"];
    assert_eq!(user["first_name"], "Ada");
    assert_eq!(user["middle_name"], Value::Null);
    assert_eq!(user["roles"], json!(["analyst", "maintainer"]));
    assert!(text(user, "avatar").starts_with("data:image/svg+xml,"));
    assert_eq!(server.handle.counts().logins, 1);
}

#[tokio::test]
async fn the_profile_is_the_same_at_sign_in_and_when_asked_for() {
    let server = Server::start().await;
    let reply: Value = server.sign_in_reply().await.json().await.unwrap();
    let me: Value = server.get("/api/me/", &text(&reply, "access")).await.json().await.unwrap();
    assert_eq!(me, reply["user"]);
}

// R11: what a careless client would round or drop is there to be lost.
#[tokio::test]
async fn the_profile_keeps_large_integers_and_the_zero_of_one_point_ten() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    let raw = server.get("/api/me", &pair.access).await.text().await.unwrap();
    assert!(raw.contains(r#""employee_number":9007199254740993"#), "{raw}");
    assert!(raw.contains(r#""working_hours_factor":1.10"#), "{raw}");
}

#[tokio::test]
async fn a_profile_field_can_be_changed_and_added_from_inside() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    server.handle.set_profile_field("ada@example.com", "first_name", "Augusta").unwrap();
    server.handle.set_profile_field("ada@example.com", "a \"new\" one", json!({ "x": [1, null] })).unwrap();
    let me: Value = server.get("/api/me/", &pair.access).await.json().await.unwrap();
    assert_eq!(me["first_name"], "Augusta");
    assert_eq!(me["a \"new\" one"], json!({ "x": [1, null] }));
    assert_eq!(me["last_name"], "Lovelace");
    let unknown = server.handle.set_profile_field("nobody", "first_name", "No").unwrap_err();
    assert!(unknown.to_string().contains("nobody"));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_refused_alike() {
    let server = Server::start().await;
    let wrong = json!({ "username": "ada@example.com", "password": "difference-engine" });
    let unknown = json!({ "username": "mallory@example.com", "password": "analytical-engine" });
    let expected = json!({
        "detail": "No active account found with the given credentials",
        "code": "no_active_account",
    });
    for body in [wrong, unknown] {
        let reply = server.post("/api/token/", &body).await;
        assert_eq!(refusal(reply).await, (401, expected.clone()));
    }
    assert_eq!(server.handle.counts().login_failures, 2);
}

#[tokio::test]
async fn blank_and_missing_fields_are_named() {
    let server = Server::start().await;
    let blank = server.post("/api/token/", &json!({ "username": " ", "password": "" })).await;
    let may_not = json!(["This field may not be blank."]);
    assert_eq!(refusal(blank).await, (400, json!({ "username": may_not, "password": may_not })));
    let missing = server.post("/api/token/refresh/", &json!({})).await;
    assert_eq!(refusal(missing).await, (400, json!({ "refresh": ["This field is required."] })));
}

// F1, F2: a client can be signed in with any time left on its token.
#[tokio::test]
async fn a_login_can_issue_a_token_of_which_nine_minutes_are_left() {
    let server = Server::start().await;
    server.handle.set_login_age(Duration::from_secs(21 * 60));
    let pair = server.sign_in().await;
    let aged = claims(&pair.access);
    let refreshed = claims(&server.refresh(&pair.refresh).await.access);
    let seconds = |claims: &Value, name: &str| claims[name].as_i64().unwrap();
    assert_eq!(seconds(&aged, "exp") - seconds(&aged, "iat"), 30 * 60);
    let earlier = seconds(&refreshed, "exp") - seconds(&aged, "exp");
    assert!((21 * 60..21 * 60 + 10).contains(&earlier), "{earlier}");
    assert_eq!(server.me(&pair.access).await, 200);
}

#[tokio::test]
async fn signing_out_kills_both_tokens_of_this_login_and_of_no_other() {
    let server = Server::start().await;
    let here = server.sign_in().await;
    let elsewhere = server.sign_in().await;
    let signed_out = server.post("/api/token/blacklist/", &json!({ "refresh": here.refresh })).await;
    assert_eq!(signed_out.status(), 200);
    assert_eq!(signed_out.json::<Value>().await.unwrap(), json!({}));
    assert_dead(server.refresh_reply(&here.refresh).await).await;
    assert_eq!(server.me(&here.access).await, 401);
    assert_eq!(server.me(&elsewhere.access).await, 200);
    assert_dead(server.post("/api/token/blacklist", &json!({ "refresh": here.refresh })).await).await;
    assert_eq!(server.handle.counts().logouts, 1);
}

// What the tests of the app compare with is what its client is served.
#[tokio::test]
async fn the_profile_can_be_had_from_inside_to_the_letter() {
    let server = Server::start().await;
    let pair = server.sign_in().await;
    let served = server.get("/api/me/", &pair.access).await.text().await.unwrap();
    assert_eq!(server.handle.profile("ada@example.com").unwrap().get(), served);
    assert!(server.handle.profile("nobody").unwrap_err().to_string().contains("nobody"));
}

// P1: a search for tokens is worth as much as the list of them.
#[tokio::test]
async fn every_token_of_a_sign_in_and_a_refresh_is_on_the_list_that_was_asked_for() {
    let demo = Demo::in_memory().unwrap();
    let issued = demo.keep_issued();
    let server = Server::run(demo).await;
    let first = server.sign_in().await;
    let second = server.refresh(&first.refresh).await;
    let mut known = [first.access, first.refresh, second.access, second.refresh];
    known.sort();
    assert_eq!(issued.all(), known);
}
