//! P12, P11: token replies that are JSON, or nearly, and hold the wrong thing: a typed error, never a panic.
//! Not here: replies that are too long (`limits`) or compressed (`bombs`).

use session_engine::SessionState;
use session_engine::error::{RefreshError, SignInError, TransientKind};

use super::mishap::mishap;
use super::wire::{answers, good_json, reply};
use super::world::{World, access_token, manners, ok, policy};

const JSON: &str = "content-type: application/json\r\n";

/// Bodies that are not the API's JSON.
fn not_json() -> Vec<(&'static str, Vec<u8>)> {
    let json = good_json();
    let nested = |open: &str, close: &str, levels: usize| {
        let deep = [open.repeat(levels), "1".into(), close.repeat(levels)].concat();
        json.replacen('{', &format!("{{\"deep\":{deep},"), 1).into_bytes()
    };
    vec![
        ("nothing", vec![]),
        ("an array", format!("[{json}]").into_bytes()),
        ("a string", b"\"access\"".to_vec()),
        ("null", b"null".to_vec()),
        ("two objects", format!("{json}{json}").into_bytes()),
        ("an object and more", format!("{json}x").into_bytes()),
        ("a byte order mark", format!("\u{feff}{json}").into_bytes()),
        ("UTF-16", json.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("bytes that are no UTF-8", [b"{\"x\":\"\xff\xfe\",", &json.as_bytes()[1..]].concat()),
        ("half a surrogate pair", json.replacen('{', r#"{"x":"\ud800","#, 1).into_bytes()),
        ("a number beyond any float", json.replacen('{', r#"{"x":1e999,"#, 1).into_bytes()),
        ("a control character", json.replacen('{', "{\"x\":\"\u{1}\",", 1).into_bytes()),
        ("a comma too many", json.replacen('}', ",}", 1).into_bytes()),
        ("30,000 arrays in each other", nested("[", "]", 30_000)),
        ("10,000 objects in each other", nested("{\"a\":", "}", 10_000)),
        ("60,000 brackets that are never closed", "[".repeat(60_000).into_bytes()),
    ]
}

/// Objects without an access token that could be used.
fn no_token() -> Vec<(&'static str, String)> {
    let with = |access: &str| format!(r#"{{"access":{access},"refresh":"canary-refresh-0666"}}"#);
    vec![
        ("no token", r#"{"refresh":"canary-refresh-0666"}"#.to_owned()),
        ("null", with("null")),
        ("a number", with("17")),
        ("true", with("true")),
        ("an array", with(r#"["canary-access"]"#)),
        ("an object", with(r#"{"token":"canary-access"}"#)),
        ("an empty token", with("\"\"")),
        ("a line's end", with(r#""canary\r\nx-evil: 1""#)),
        ("a NUL", with(r#""canary\u0000""#)),
        ("a DEL", with(r#""canary\u007f""#)),
        ("20 KiB", with(&format!("\"canary{}\"", "x".repeat(20 * 1024)))),
        ("a key twice, the last one wrong", r#"{"access":"canary-access-0001","access":5}"#.to_owned()),
        (
            "a refresh token of 20 KiB",
            format!(
                r#"{{"access":"{}","refresh":"canary{}"}}"#,
                access_token(7, 1800),
                "x".repeat(20 * 1024)
            ),
        ),
    ]
}

#[tokio::test]
async fn p12_a_refresh_that_is_answered_with_no_json_is_trouble_that_passes() {
    for (name, body) in not_json() {
        let cause = mishap(answers(reply(200, JSON, &body))).await;
        assert_eq!(super::mishap::kind(cause), TransientKind::NotTheApi, "{name}");
    }
}

#[tokio::test]
async fn p12_a_refresh_that_is_answered_without_a_usable_token_is_said_to_be_misconfigured() {
    for (name, body) in no_token() {
        let cause = mishap(answers(reply(200, JSON, body.as_bytes()))).await;
        assert!(matches!(cause, RefreshError::Misconfigured(_)), "{name}: {cause:?}");
        assert!(!cause.to_string().contains("canary"), "{name}: {cause}");
    }
}

#[tokio::test]
async fn p12_a_sign_in_that_is_answered_with_any_of_these_is_a_typed_error_and_nothing_is_kept() {
    let no_token = no_token().into_iter().map(|(name, body)| (name, body.into_bytes()));
    for (name, body) in not_json().into_iter().chain(no_token) {
        let world = World::new(policy(), manners());
        world.wire.next(answers(reply(200, JSON, &body)));
        let error = world.sign_in().await.unwrap_err();
        let typed = matches!(error, SignInError::Transient(_) | SignInError::Misconfigured(_));
        assert!(typed && !error.to_string().contains("canary"), "{name}: {error}");
        assert_eq!(world.state(), SessionState::SignedOut);
        assert!(world.kept.refresh_token().is_none() && world.kept.profile_text().is_none(), "{name}");
        world.check_quiet();
        world.sign_in().await.unwrap();
    }
}

#[tokio::test]
async fn p12_claims_and_members_that_make_no_sense_harm_nobody() {
    let head = "eyJhbGciOiJIUzI1NiJ9"; // {"alg":"HS256"}
    let odd_tokens = ["canary", ".", "..", "...", "a.b.c", "\u{e9}", " canary ", &format!("{head}..canary")]
        .map(str::to_owned);
    let mut bodies: Vec<String> = odd_tokens
        .iter()
        .map(|token| format!(r#"{{"access":"{token}","refresh":"canary-refresh-0002"}}"#))
        .collect();
    let token = access_token(5, 1800);
    for member in [
        r#""expires_in":-1"#,
        r#""expires_in":0"#,
        r#""expires_in":1e308"#,
        r#""expires_in":"NaN""#,
        r#""expires_in":"inf""#,
        r#""expires_in":[]"#,
        r#""expires_in":18446744073709551616"#,
        r#""user":[]"#,
        r#""user":7"#,
        r#""user":null"#,
        r#""user":{}"#,
        r#""user":{"first_name":null}"#,
        r#""refresh":null"#,
        r#""refresh":3"#,
        r#""refresh":"""#,
        r#""refresh":["canary"]"#,
        r#""access":1"#, // twice: the last one counts
    ] {
        bodies.push(format!(r#"{{{member},"access":"{token}"}}"#));
    }
    for body in bodies {
        let world = World::due().await;
        world.wire.next(answers(reply(200, JSON, body.as_bytes())));
        assert_eq!(ok(&world.calls(4).await), 4, "{body}");
        assert!(world.session.status().outage.is_none(), "{body}");
        assert_eq!(world.kept.refreshes_started(), 1, "{body}");
        world.check();
    }
}

#[tokio::test]
async fn p12_a_profile_of_any_depth_is_kept_or_refused_and_never_a_panic() {
    let deep = format!(r#"{{"deep":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    for (name, body, is_profile) in [
        ("100,000 levels", deep.into_bytes(), true),
        ("a key twice", br#"{"first_name":"Ada","first_name":"Eve"}"#.to_vec(), true),
        ("a number beyond any float", br#"{"n":1e999}"#.to_vec(), true),
        ("never closed", "{\"a\":".repeat(100_000).into_bytes(), false),
        ("an array", b"[]".to_vec(), false),
        ("no UTF-8", b"{\"n\":\"\xff\"}".to_vec(), false),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec(), false),
        ("nothing", vec![], false),
    ] {
        let world = World::fresh().await;
        world.wire.next(answers(reply(200, JSON, &body)));
        let loaded = world.session.reload_profile("me/").await;
        assert_eq!(loaded.is_ok(), is_profile, "{name}: {loaded:?}");
        world.check_quiet();
        if !is_profile {
            world.check();
        }
        assert_eq!(world.kept.refreshes_started(), 0, "{name}");
    }
}
