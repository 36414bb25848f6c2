//! What real servers answer, word for word, and what each preset makes of it.
//! Not here: those servers themselves (`tests/interop`), and the table of verdicts for any reply (`verdict`).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use session_engine::error::{SignInError, TransportError};
use session_engine::memory::{self, MemoryVault};
use session_engine::ports::{
    Clock, Credentials, EndpointError, TokenEndpoint, TokenReply, Transport, VaultEntry,
};
use session_engine::verdict::{self, Verdict};
use session_engine::{ApiRequest, HttpTokenEndpoint, Moment, RefreshPolicy, RefreshToken, Session};

use crate::{read, with_preset};

/// A refresh: preset, status, body, and what becomes of the session.
const REFRESHES: [(&str, u16, &str, &str); 31] = [
    ("simplejwt", 200, r#"{"access":"a"}"#, "success"),
    ("simplejwt", 401, r#"{"detail":"Token is expired","code":"token_not_valid"}"#, "definitive"),
    ("simplejwt", 401, r#"{"detail":"Token is blacklisted","code":"token_not_valid"}"#, "definitive"),
    ("simplejwt", 401, r#"{"detail":"No active account found for the given token."}"#, "definitive"),
    ("simplejwt", 401, r#"{"detail":"Authentication credentials were not provided."}"#, "misconfigured"),
    ("simplejwt", 400, r#"{"refresh":["This field is required."]}"#, "misconfigured"),
    (
        "simplejwt",
        429,
        r#"{"detail":"Request was throttled. Expected available in 30 seconds."}"#,
        "transient",
    ),
    ("simplejwt", 500, "<!doctype html><h1>Server Error (500)</h1>", "transient"), // the user was deleted
    ("oauth2", 400, r#"{"error":"invalid_grant"}"#, "definitive"),
    (
        "oauth2",
        400,
        r#"{"error":"invalid_grant","error_description":"grant request is invalid"}"#,
        "definitive",
    ),
    ("oauth2", 401, r#"{"error":"invalid_client"}"#, "misconfigured"),
    ("oauth2", 400, r#"{"error":"invalid_request"}"#, "misconfigured"),
    ("oauth2", 400, r#"{"error":"unauthorized_client"}"#, "misconfigured"),
    ("allauth", 200, r#"{"status":200,"data":{"access_token":"a"}}"#, "success"),
    ("allauth", 400, r#"{"status":400}"#, "definitive"),
    (
        "allauth",
        400,
        r#"{"status":400,"errors":[{"message":"x","code":"required","param":"refresh_token"}]}"#,
        "misconfigured",
    ),
    (
        "allauth",
        410,
        r#"{"status":410,"data":{"flows":[]},"meta":{"is_authenticated":false}}"#,
        "misconfigured",
    ),
    ("allauth", 400, "<h1>Bad Request</h1>", "transient"),
    ("synapse", 401, r#"{"errcode":"M_UNKNOWN_TOKEN","error":"invalid refresh token"}"#, "definitive"),
    (
        "synapse",
        403,
        r#"{"errcode":"M_FORBIDDEN","error":"refresh token isn't valid anymore"}"#,
        "definitive",
    ),
    ("synapse", 403, r#"{"errcode":"M_CONSENT_NOT_GIVEN","error":"x"}"#, "misconfigured"),
    (
        "synapse",
        429,
        r#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too Many Requests","retry_after_ms":100}"#,
        "transient",
    ),
    ("flask-jwt-extended", 401, r#"{"msg":"Token has expired"}"#, "definitive"),
    ("flask-jwt-extended", 401, r#"{"msg":"Token has been revoked"}"#, "definitive"),
    ("flask-jwt-extended", 401, r#"{"msg":"Missing Authorization Header"}"#, "misconfigured"),
    ("flask-jwt-extended", 422, r#"{"msg":"Not enough segments"}"#, "definitive"),
    ("flask-jwt-extended", 422, r#"{"msg":"Signature verification failed"}"#, "definitive"),
    ("flask-jwt-extended", 422, r#"{"msg":"Only refresh tokens are allowed"}"#, "misconfigured"),
    ("flask-jwt-extended", 422, "<h1>Unprocessable</h1>", "transient"),
    ("custom", 401, r#"{"code":"token_not_valid"}"#, "misconfigured"),
    ("demo", 401, r#"{"code":"token_not_valid","detail":"revoked"}"#, "definitive"),
];

/// A sign-in: the same, definitive being "wrong name or password".
const SIGN_INS: [(&str, u16, &str, &str); 9] = [
    ("simplejwt", 401, r#"{"detail":"No active account found with the given credentials"}"#, "definitive"),
    (
        "oauth2",
        400,
        r#"{"error":"invalid_grant","error_description":"Invalid credentials given."}"#,
        "definitive",
    ),
    ("oauth2", 401, r#"{"error":"invalid_client"}"#, "misconfigured"),
    (
        "allauth",
        400,
        r#"{"status":400,"errors":[{"code":"username_password_mismatch","param":"password"}]}"#,
        "definitive",
    ),
    ("allauth", 400, r#"{"status":400,"errors":[{"code":"required","param":"username"}]}"#, "misconfigured"),
    ("allauth", 409, r#"{"status":409}"#, "misconfigured"),
    ("synapse", 403, r#"{"errcode":"M_FORBIDDEN","error":"Invalid username or password"}"#, "definitive"),
    ("synapse", 403, r#"{"errcode":"M_UNKNOWN","error":"x"}"#, "misconfigured"),
    ("flask-jwt-extended", 401, r#"{"msg":"Bad username or password"}"#, "definitive"),
];

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Success(_) => "success",
        Verdict::Transient(_) => "transient",
        Verdict::Definitive(_) => "definitive",
        Verdict::Misconfigured(_) => "misconfigured",
    }
}

#[test]
fn r5_r6_each_presets_server_ends_a_session_by_its_own_words_only() {
    for (preset, status, body, expected) in REFRESHES {
        let server = read(&with_preset(preset)).server;
        let status = StatusCode::from_u16(status).unwrap();
        let (rejected, misconfigured) = (&server.rejected, &server.misconfigured);
        let verdict =
            verdict::of_refresh(status, &HeaderMap::new(), body.as_bytes(), rejected, misconfigured);
        assert_eq!(word(&verdict), expected, "{preset} {status} {body}");
    }
}

#[test]
fn each_presets_server_says_by_its_own_words_that_name_and_password_are_wrong() {
    for (preset, status, body, expected) in SIGN_INS {
        let server = read(&with_preset(preset)).server;
        let status = StatusCode::from_u16(status).unwrap();
        let (wrong, misconfigured) = (server.login.unwrap().wrong_credentials, &server.misconfigured);
        let verdict = verdict::of_sign_in(status, &HeaderMap::new(), body.as_bytes(), &wrong, misconfigured);
        assert_eq!(word(&verdict), expected, "{preset} {status} {body}");
    }
}

/// Answers in a row, and keeps what was asked.
struct Canned {
    answers: Mutex<Vec<(u16, &'static str)>>,
    asked: Mutex<Vec<Request<Bytes>>>,
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.asked.lock().unwrap().push(request);
        let (status, body) = self.answers.lock().unwrap().remove(0);
        Ok(Response::builder().status(status).body(Bytes::from_static(body.as_bytes())).unwrap())
    }
}

impl Canned {
    /// The requests in short: method, path, `Authorization`, body.
    fn lines(&self) -> Vec<String> {
        let short = |request: &Request<Bytes>| {
            let bearer = request.headers().get("authorization").map(|value| {
                assert!(value.is_sensitive(), "a token in a header that is not marked as secret");
                value.to_str().unwrap().to_owned()
            });
            let body = String::from_utf8(request.body().to_vec()).unwrap();
            assert_eq!(request.headers().contains_key("content-type"), !body.is_empty());
            let words = [
                request.method().to_string(),
                request.uri().path().to_owned(),
                bearer.unwrap_or_default(),
                body,
            ];
            words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        };
        self.asked.lock().unwrap().iter().map(short).collect()
    }
}

fn endpoint(preset: &str, answers: &[(u16, &'static str)]) -> (HttpTokenEndpoint, Arc<Canned>) {
    let canned = Arc::new(Canned { answers: Mutex::new(answers.to_vec()), asked: Mutex::default() });
    let server = Arc::new(read(&with_preset(preset)).server);
    (HttpTokenEndpoint::new(canned.clone(), server), canned)
}

fn tokens(reply: &TokenReply) -> (String, Option<String>) {
    let access = reply.access.header().to_str().unwrap().to_owned();
    (access, reply.refresh.as_ref().map(|token| token.expose().to_owned()))
}

fn ada() -> Credentials {
    Credentials { username: "ada".into(), password: "pw".to_owned().into() }
}

fn token() -> RefreshToken {
    RefreshToken::new("old".to_owned()).unwrap()
}

#[tokio::test]
async fn r8_allauth_keeps_its_tokens_in_two_places_and_signs_out_with_an_access_token() {
    let (endpoint, canned) = endpoint(
        "allauth",
        &[
            (
                200,
                r#"{"status":200,"data":{"user":{"id":1,"n":1.10}},"meta":{"access_token":"a1","refresh_token":"r1"}}"#,
            ),
            (200, r#"{"status":200,"data":{"access_token":"a2","refresh_token":"r2"}}"#),
            (200, r#"{"status":200,"data":{"access_token":"a3"}}"#),
            (401, r#"{"status":401,"meta":{"is_authenticated":false}}"#),
        ],
    );
    let reply = endpoint.sign_in(&ada()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(tokens(&reply), ("Bearer a1".into(), Some("r1".into())));
    assert_eq!(reply.user.unwrap().fields().collect::<Vec<_>>(), [("id", "1"), ("n", "1.10")]);
    let reply = endpoint.refresh(&token()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(tokens(&reply), ("Bearer a2".into(), Some("r2".into())));
    endpoint.revoke(&token()).await.unwrap();
    assert_eq!(
        canned.lines(),
        [
            r#"POST /_allauth/app/v1/auth/login {"username":"ada","password":"pw"}"#,
            r#"POST /_allauth/app/v1/tokens/refresh {"refresh_token":"old"}"#,
            r#"POST /_allauth/app/v1/tokens/refresh {"refresh_token":"old"}"#,
            "DELETE /_allauth/app/v1/auth/session Bearer a3",
        ]
    );
}

#[tokio::test]
async fn r1_synapse_counts_milliseconds_and_takes_the_name_inside_an_object() {
    let (endpoint, canned) = endpoint(
        "synapse",
        &[
            (200, r#"{"user_id":"@ada:x","access_token":"a1","refresh_token":"r1","expires_in_ms":300000}"#),
            (403, r#"{"errcode":"M_FORBIDDEN","error":"refresh token isn't valid anymore"}"#),
        ],
    );
    let reply = endpoint.sign_in(&ada()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(reply.expires_in, Some(Duration::from_secs(300)));
    endpoint.revoke(&token()).await.unwrap(); // dead already, which is what was wanted: nothing more is asked
    assert_eq!(
        canned.lines(),
        [
            r#"POST /_matrix/client/v3/login {"identifier":{"type":"m.id.user","user":"ada"},"refresh_token":true,"type":"m.login.password","password":"pw"}"#,
            r#"POST /_matrix/client/v3/refresh {"refresh_token":"old"}"#,
        ]
    );
}

#[tokio::test]
async fn r6_the_life_of_the_refresh_token_is_read_in_the_same_unit_and_nothing_is_no_life() {
    for (preset, body, wanted) in [
        ("oauth2", r#"{"access_token":"a1","refresh_expires_in":1800}"#, Some(1800)),
        ("oauth2", r#"{"access_token":"a1","refresh_expires_in":"60"}"#, Some(60)),
        ("oauth2", r#"{"access_token":"a1","refresh_expires_in":0}"#, None), // Keycloak's word for "not limited"
        ("oauth2", r#"{"access_token":"a1"}"#, None),
        ("synapse", r#"{"access_token":"a1","refresh_expires_in_ms":90000}"#, Some(90)),
    ] {
        let (endpoint, _) = endpoint(preset, &[(200, body)]);
        let reply = endpoint.refresh(&token()).await.unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(reply.refresh_expires_in, wanted.map(Duration::from_secs), "{preset}: {body}");
    }
}

#[tokio::test]
async fn r8_flask_takes_the_refresh_token_as_a_header_and_no_body() {
    let (endpoint, canned) =
        endpoint("flask-jwt-extended", &[(200, r#"{"access_token":"a1"}"#), (200, "{}")]);
    let reply = endpoint.refresh(&token()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(tokens(&reply), ("Bearer a1".into(), None));
    endpoint.revoke(&token()).await.unwrap();
    assert_eq!(canned.lines(), ["POST /refresh Bearer old", "DELETE /logout Bearer old"]);
}

#[tokio::test]
async fn r8_a_form_carries_the_token_and_what_else_is_to_be_sent() {
    let (endpoint, canned) =
        endpoint("oauth2", &[(200, r#"{"access_token":"a1","expires_in":"300"}"#), (200, "")]);
    let reply = endpoint.refresh(&token()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(reply.expires_in, Some(Duration::from_secs(300)));
    endpoint.revoke(&token()).await.unwrap();
    assert_eq!(
        canned.lines(),
        ["POST /token/ grant_type=refresh_token&refresh_token=old", "POST /revoke_token/ token=old"]
    );
}

#[tokio::test]
async fn a_slash_is_a_place_in_json_only_and_part_of_a_name_in_a_form() {
    for (encoding, sent) in [("json", r#"{"a":{"b":"old"}}"#), ("form", "%2Fa%2Fb=old")] {
        let canned = Arc::new(Canned { answers: Mutex::new(vec![(400, "{}")]), asked: Mutex::default() });
        let refresh = format!("encoding = \"{encoding}\"\ntoken_field = \"/a/b\"\n");
        let server = Arc::new(read(&(with_preset("custom") + &refresh)).server);
        assert!(HttpTokenEndpoint::new(canned.clone(), server).refresh(&token()).await.is_err());
        assert_eq!(canned.lines(), [format!("POST /re {sent}")]);
    }
}

/// P1: a token that cannot stand in a header is not shown in the error.
#[tokio::test]
async fn p1_a_refresh_token_that_cannot_be_a_header_is_a_typed_error_and_nothing_is_sent() {
    let (endpoint, canned) = endpoint("flask-jwt-extended", &[]);
    let odd = RefreshToken::new("sécret-\u{7f}".to_owned()).unwrap();
    let refused = endpoint.refresh(&odd).await.err();
    let Some(EndpointError::Misconfigured(words)) = refused else { panic!("{refused:?}") };
    assert!(!words.contains("cret") && canned.lines().is_empty(), "{words}");
}

#[tokio::test]
async fn without_a_login_signing_in_is_refused_and_nothing_is_sent() {
    let canned = Arc::new(Canned { answers: Mutex::default(), asked: Mutex::default() });
    let server = read(&(with_preset("oauth2").replacen("\n", "\nlogin = false\n", 1))).server;
    let endpoint = HttpTokenEndpoint::new(canned.clone(), Arc::new(server));
    let refused = endpoint.sign_in(&ada()).await.err();
    assert!(matches!(&refused, Some(EndpointError::Misconfigured(_))), "{refused:?}");
    assert!(canned.lines().is_empty());
}

/// The same before anything is asked: a typed error that a sign-in view can explain. A token from elsewhere is taken up all the same.
#[tokio::test]
async fn r13_without_a_login_the_session_says_so_and_takes_up_a_token_from_elsewhere() {
    let answers = vec![(200, r#"{"access_token":"a1","expires_in":3600}"#), (200, r#"{"sub":"me"}"#)];
    let canned = Arc::new(Canned { answers: Mutex::new(answers), asked: Mutex::default() });
    let settings = read(&with_preset("oauth2").replacen('\n', "\nlogin = false\n", 1));
    let server = Arc::new(settings.server);
    let mut ports = memory::ports(canned.clone(), Arc::clone(&server), Arc::new(Still));
    ports.vault = Arc::new(MemoryVault::holding(VaultEntry { account: "me".into(), refresh: token() }));
    let session = Session::new(ports, server, RefreshPolicy { refresh_ahead: false, ..settings.policy });
    assert_eq!(session.sign_in(ada()).await, Err(SignInError::NoLogin));
    assert!(canned.lines().is_empty());
    session.restore().await;
    let reply = session.call(ApiRequest::get("userinfo/")).await.unwrap();
    assert_eq!(reply.response.status(), StatusCode::OK);
    assert_eq!(
        canned.lines(),
        ["POST /token/ grant_type=refresh_token&refresh_token=old", "GET /userinfo/ Bearer a1"]
    );
}

/// A clock that stands still.
struct Still;

#[async_trait]
impl Clock for Still {
    fn now(&self) -> Moment {
        Moment { wall_ms: 1_700_000_000_000, boot: Duration::from_secs(1000) }
    }

    async fn sleep(&self, _: Duration) {
        std::future::pending::<()>().await;
    }
}
