//! Settings written as a text: only what differs, with a word on each key, and read back the same.
//! Not here: who writes it where.

use std::time::Duration;

use proptest::prelude::*;
use session_engine::server::{
    Encoding, ExpiresUnit, LoginRequest, ReplyRule, SendAs, ServerProfile, TokenMethod, TokenPointers,
    TokenRequest,
};
use session_engine::settings::Settings;
use session_engine::{RefreshPolicy, WhenDue, presets};

use crate::{read, with_preset};

#[test]
fn a_preset_and_an_address_are_all_there_is_to_write_if_nothing_differs() {
    let text = read(&with_preset("simplejwt")).to_toml().unwrap();
    let keys: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(keys, ["backend = \"simplejwt\"", "base_url = \"https://example.com/\""], "{text}");
}

#[test]
fn only_what_differs_is_written_with_a_comment_line_above_each_key() {
    let mut settings = read(&with_preset("oauth2"));
    settings.policy.refresh_window = Duration::from_secs(90);
    settings.server.refresh.extra.insert("client_id".into(), "me".into());
    settings.server.logout = None;
    settings.server.misconfigured = vec![ReplyRule::status(403)];
    let text = settings.to_toml().unwrap();
    let expected = "\
# An OAuth 2 token endpoint with the password grant (RFC 6749 sections 4.3 and 6), django-oauth-toolkit for one.
# The preset that fills in what is not said here.
backend = \"oauth2\"
# The server's address; all paths are relative to it.
base_url = \"https://example.com/\"
# false: the server has no way to revoke a token.
logout = false

[refresh]
# Sent as it is with each refresh.
extra = { client_id = \"me\" }

[policy]
# A token with less than this left is refreshed.
refresh_window = \"1m 30s\"

# What does not mean it, though a rule above would say so.
[[misconfigured]]
status = 403
";
    assert_eq!(text, expected);
    assert_eq!(read(&text), settings);
}

#[test]
fn what_no_key_can_take_from_a_preset_is_written_over_the_plainest() {
    let mut settings = read(&with_preset("oauth2"));
    settings.server.refresh.extra.clear();
    let text = settings.to_toml().unwrap();
    assert_eq!(read(&text), Settings { backend: "custom".into(), ..settings });
}

#[test]
fn every_presets_own_text_and_every_key_has_a_word() {
    for preset in presets::all() {
        let settings = read(&with_preset(preset.name));
        let text = settings.to_toml().unwrap();
        assert_eq!(read(&text), settings);
        let as_custom = Settings { backend: "custom".into(), ..settings };
        let text = as_custom.to_toml().unwrap();
        assert_eq!(read(&text), as_custom, "{text}");
        let mut above = "";
        for line in text.lines() {
            let is_rule = ["status", "pointer", "equals", "any"].iter().any(|key| line.starts_with(key));
            assert!(
                !line.contains(" = ") || line.starts_with('#') || is_rule || above.starts_with("# "),
                "{line}"
            );
            above = line;
        }
    }
}

#[test]
fn what_toml_has_no_word_for_is_said() {
    let mut settings = read(&with_preset("oauth2"));
    settings.server.refresh.extra.insert("nothing".into(), serde_json::Value::Null);
    let written = settings.to_toml();
    assert!(written.is_err(), "{written:?}");
}

fn request() -> impl Strategy<Value = TokenRequest> {
    let ways = (
        prop_oneof![Just(TokenMethod::Post), Just(TokenMethod::Put), Just(TokenMethod::Delete)],
        prop_oneof![Just(Encoding::Json), Just(Encoding::Form)],
        prop_oneof![Just(SendAs::Field), Just(SendAs::Bearer)],
    );
    ("[a-z]{1,6}/?", ways, "[a-z]{1,6}", extra()).prop_map(
        |(path, (method, encoding, send), token_field, extra)| TokenRequest {
            path,
            method,
            encoding,
            send,
            token_field,
            extra,
        },
    )
}

fn extra() -> impl Strategy<Value = serde_json::Map<String, serde_json::Value>> {
    let value = prop_oneof![
        any::<i64>().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        "\\PC{0,8}".prop_map(serde_json::Value::from),
    ];
    prop::collection::vec(("[a-z_. \"]{1,8}", value), 0..3).prop_map(|pairs| pairs.into_iter().collect())
}

fn pointers() -> impl Strategy<Value = session_engine::server::Pointers> {
    let pointer = "(/([a-z*0-9]|~0|~1){0,4}){1,3}";
    prop::collection::vec(pointer, 0..3)
        .prop_map(|list| serde_json::from_value(serde_json::json!(list)).unwrap())
}

fn rules() -> impl Strategy<Value = Vec<ReplyRule>> {
    let rule = prop_oneof![
        (400u16..408).prop_map(ReplyRule::status),
        (430u16..500, "/[a-z]{1,4}", "\\PC{0,6}")
            .prop_map(|(status, pointer, what)| ReplyRule::says(status, &pointer, &what)),
    ];
    prop::collection::vec(rule, 0..3)
}

fn server() -> impl Strategy<Value = ServerProfile> {
    let login = ("[a-z]{1,6}/?", "[a-z]{1,6}", "/?[a-z]{1,6}", extra(), rules()).prop_map(
        |(path, username_field, password_field, extra, wrong_credentials)| LoginRequest {
            path,
            encoding: Encoding::Form,
            username_field,
            password_field,
            extra,
            wrong_credentials,
        },
    );
    let tokens = ("/[a-z]{1,4}", pointers(), pointers(), pointers(), any::<bool>(), pointers()).prop_map(
        |(access, refresh, expires_in, refresh_expires_in, ms, user)| TokenPointers {
            access: access.as_str().into(),
            refresh,
            expires_in,
            refresh_expires_in,
            expires_unit: if ms { ExpiresUnit::Milliseconds } else { ExpiresUnit::Seconds },
            user,
        },
    );
    let logout = prop::option::of(request());
    (prop::option::of(login), request(), logout, tokens, rules(), rules()).prop_map(
        |(login, refresh, logout, tokens, rejected, misconfigured)| ServerProfile {
            base: "https://example.com/api/".parse().unwrap(),
            login,
            refresh,
            logout,
            tokens,
            rejected,
            misconfigured,
        },
    )
}

fn settings() -> impl Strategy<Value = Settings> {
    let names: Vec<&str> = presets::all().iter().map(|preset| preset.name).collect();
    let policy =
        (1u64..100_000, 0u32..=9, any::<bool>(), 1u64..9_999).prop_map(|(window, tenths, flag, deadline)| {
            RefreshPolicy {
                refresh_window: Duration::from_secs(window),
                window_fraction: f64::from(tenths) / 10.0,
                when_due: if flag { WhenDue::Background } else { WhenDue::Pause },
                call_deadline: Duration::from_millis(deadline),
                refresh_ahead: flag,
                ..RefreshPolicy::default()
            }
        });
    let path = || prop::option::of("[a-z]{1,6}/?");
    (
        prop::sample::select(names),
        server(),
        policy,
        path(),
        prop::collection::vec("[a-z]{1,6}/?", 0..3),
        path(),
    )
        .prop_map(|(backend, server, policy, profile_path, home_calls, notes_path)| Settings {
            backend: backend.to_owned(),
            server,
            policy,
            profile_path,
            home_calls,
            notes_path,
        })
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_back_the_same(settings in settings()) {
        let text = settings.to_toml().unwrap();
        let mut read = Settings::parse(&text).map_err(|problem| TestCaseError::fail(format!("{problem}\n{text}")))?;
        if read.backend == "custom" {
            read.backend.clone_from(&settings.backend); // written over the plainest
        }
        prop_assert_eq!(read, settings, "{}", text);
    }

    #[test]
    fn p12_no_text_makes_reading_panic(text in "(backend = \"(demo|custom)\"\n)?[\\[\\]a-z_.=\" \n0-9{}]{0,80}") {
        let _ = Settings::parse(&text);
    }
}
