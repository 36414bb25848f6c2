//! What a reply of the token endpoint, or a 401 of the API, means: one pure table (R5, R6, R7).
//! Not here: what is then done about it (`outcome`, `interceptor`).

use std::time::Duration;

use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::error::{ExpiryCode, ExpiryReason, Transient, TransientKind};
use crate::server::ReplyRule;

/// The longest text of a server that is shown, in characters.
const LONGEST_DETAIL: usize = 200;

/// What a reply means.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The API's JSON with a good status.
    Success(Value),
    /// It may work later (R5).
    Transient(Transient),
    /// On the allow-list of what means "dead" (R6); for a sign-in: wrong name or password.
    Definitive(ExpiryReason),
    /// The API refuses this client or this request; no reason to sign anyone out.
    Misconfigured(String),
}

/// Judges the reply to a refresh: `rejected` says what means "dead", `misconfigured` what does not mean it all the same.
#[must_use]
pub fn of_refresh(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    rejected: &[ReplyRule],
    misconfigured: &[ReplyRule],
) -> Verdict {
    judge(status, headers, body, |json| {
        is_listed(rejected, status, json) && !is_listed(misconfigured, status, json)
    })
}

/// Judges the reply to a sign-in. Wrong credentials are a 401, RFC 6749's `invalid_grant` (section 5.2), or what `wrong` says;
/// not those that `misconfigured` says.
#[must_use]
pub fn of_sign_in(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    wrong: &[ReplyRule],
    misconfigured: &[ReplyRule],
) -> Verdict {
    judge(status, headers, body, |json| {
        let invalid_client = json.get("error").is_some_and(|error| error == "invalid_client");
        let usual = (status == StatusCode::UNAUTHORIZED && !invalid_client)
            || (status == StatusCode::BAD_REQUEST
                && json.get("error").is_some_and(|error| error == "invalid_grant"));
        (usual || is_listed(wrong, status, json)) && !is_listed(misconfigured, status, json)
    })
}

fn is_listed(rules: &[ReplyRule], status: StatusCode, json: &Value) -> bool {
    rules.iter().any(|rule| rule.matches(status.as_u16(), json))
}

/// Whether a 401 from the API is about the token, so that a refresh can mend it: not a portal's or proxy's page, and not
/// `insufficient_scope` (RFC 6750 section 3.1; R7).
#[must_use]
pub fn is_about_the_token(status: StatusCode, headers: &HeaderMap) -> bool {
    let bearer = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase());
    let (mut asks_for_bearer, mut scope) = (false, false);
    for challenge in bearer {
        asks_for_bearer |= challenge.starts_with("bearer") || challenge.contains(", bearer");
        scope |= challenge.contains("insufficient_scope");
    }
    status == StatusCode::UNAUTHORIZED && !scope && (asks_for_bearer || is_json(headers))
}

fn judge(status: StatusCode, headers: &HeaderMap, body: &[u8], is_dead: impl Fn(&Value) -> bool) -> Verdict {
    let json = serde_json::from_slice::<Value>(body).ok().filter(Value::is_object);
    let wait = retry_after(headers);
    let later = |kind, detail: String| Verdict::Transient(Transient { kind, detail, retry_after: wait });
    match (status.as_u16(), json) {
        (429, _) => later(TransientKind::Throttled, "The server asks for fewer requests.".into()),
        (408 | 500..=599, _) => later(
            TransientKind::ServerUnavailable,
            format!("The server cannot answer now ({}).", status.as_u16()),
        ),
        (_, None) => later(
            TransientKind::NotTheApi,
            format!(
                "Something that is not the API answered ({}): a wifi sign-in page or a proxy, perhaps.",
                status.as_u16()
            ),
        ),
        (200..=299, Some(json)) => Verdict::Success(json),
        (100..=399, Some(_)) => later(
            TransientKind::NotTheApi,
            format!("The server sends elsewhere ({}), which is not followed.", status.as_u16()),
        ),
        (_, Some(json)) if is_dead(&json) => {
            Verdict::Definitive(ExpiryReason { code: ExpiryCode::Rejected, detail: detail(&json, status) })
        }
        (_, Some(json)) => Verdict::Misconfigured(detail(&json, status)),
    }
}

/// The server's own words, as one line of plain text.
fn detail(json: &Value, status: StatusCode) -> String {
    let words = ["error_description", "detail", "message", "msg", "error"]
        .iter()
        .find_map(|key| json.get(key).and_then(Value::as_str))
        .map(|text| text.chars().filter(|c| !c.is_control()).take(LONGEST_DETAIL).collect::<String>())
        .filter(|text| !text.trim().is_empty());
    words.unwrap_or_else(|| format!("status {}", status.as_u16()))
}

/// `Retry-After` (RFC 9110 section 10.2.3). Its date form counts from the reply's own `Date`, so that no clock of ours has a
/// part in it; without one it is ignored. How much of it is honoured is the policy's business.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(asked.parse().unwrap_or(u64::MAX)));
    }
    let said = headers.get(DATE)?.to_str().ok()?;
    let (asked, said) = (httpdate::parse_http_date(asked).ok()?, httpdate::parse_http_date(said).ok()?);
    asked.duration_since(said).ok()
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or(kind).trim().to_ascii_lowercase();
        kind == "application/json" || kind.ends_with("+json")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn simplejwt() -> Vec<ReplyRule> {
        vec![ReplyRule::says(401, "/code", "token_not_valid")]
    }

    fn refresh(status: u16, body: &str) -> Verdict {
        of_refresh(
            StatusCode::from_u16(status).unwrap(),
            &HeaderMap::new(),
            body.as_bytes(),
            &simplejwt(),
            &[],
        )
    }

    fn word(verdict: &Verdict) -> &'static str {
        match verdict {
            Verdict::Success(_) => "success",
            Verdict::Transient(_) => "transient",
            Verdict::Definitive(_) => "definitive",
            Verdict::Misconfigured(_) => "misconfigured",
        }
    }

    #[test]
    fn r5_r6_f8_f9_f10_only_what_is_on_the_list_ends_a_session() {
        for (status, body, expected) in [
            (200, r#"{"access":"x"}"#, "success"),
            (200, "<html>Welcome to the hotel</html>", "transient"),
            (200, r#"{"access":"#, "transient"),
            (200, "", "transient"),
            (200, "[]", "transient"),
            (302, "", "transient"),
            (307, r#"{"a":1}"#, "transient"),
            (401, r#"{"code":"token_not_valid","detail":"Token is blacklisted"}"#, "definitive"),
            (401, r#"{"detail":"No active account"}"#, "misconfigured"),
            (401, "<html>proxy</html>", "transient"),
            (400, r#"{"code":"token_not_valid"}"#, "misconfigured"),
            (403, r#"{"detail":"CSRF"}"#, "misconfigured"),
            (403, "Forbidden", "transient"),
            (408, "", "transient"),
            (429, r#"{"code":"token_not_valid"}"#, "transient"),
            (500, "<h1>Server Error</h1>", "transient"),
            (503, r#"{"code":"token_not_valid"}"#, "transient"),
        ] {
            assert_eq!(word(&refresh(status, body)), expected, "{status} {body}");
        }
    }

    #[test]
    fn r15_retry_after_is_read_in_seconds_or_as_a_date_after_the_replys_own() {
        let noon = Some("Sun, 06 Nov 1994 12:00:00 GMT");
        for (asked, date, expected) in [
            ("7", None, Some(7)),
            ("0", None, Some(0)),
            ("99999999999999999999", None, Some(u64::MAX)),
            ("-1", noon, None),
            ("+1", noon, None),
            ("", noon, None),
            ("Sun, 06 Nov 1994 12:01:30 GMT", noon, Some(90)),
            ("Sun, 06 Nov 1994 11:00:00 GMT", noon, None),
            ("Sun, 06 Nov 1994 12:01:30 GMT", None, None),
            ("Sun, 06 Nov 1994 12:01:30 GMT", Some("noon"), None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(asked));
            headers.extend(date.map(|date| (DATE, HeaderValue::from_static(date))));
            let verdict = of_refresh(StatusCode::TOO_MANY_REQUESTS, &headers, b"", &[], &[]);
            let Verdict::Transient(transient) = verdict else { panic!("{verdict:?}") };
            assert_eq!(transient.retry_after, expected.map(Duration::from_secs), "{asked:?} at {date:?}");
        }
    }

    #[test]
    fn a_wrong_password_is_told_from_a_wrong_client_and_from_trouble() {
        for (status, body, expected) in [
            (401, r#"{"detail":"No active account found","code":"no_active_account"}"#, "definitive"),
            (400, r#"{"error":"invalid_grant"}"#, "definitive"),
            (401, r#"{"error":"invalid_client"}"#, "misconfigured"),
            (404, r#"{"detail":"Not found."}"#, "misconfigured"),
            (400, r#"{"error":"invalid_request"}"#, "misconfigured"),
            (403, r#"{"error":"invalid_grant"}"#, "misconfigured"),
            (401, "<html>", "transient"),
            (500, "{}", "transient"),
        ] {
            let status_code = StatusCode::from_u16(status).unwrap();
            let verdict = of_sign_in(status_code, &HeaderMap::new(), body.as_bytes(), &[], &[]);
            assert_eq!(word(&verdict), expected, "{status} {body}");
        }
    }

    #[test]
    fn r6_what_is_shown_is_the_servers_first_words_as_one_short_line_of_plain_text() {
        let long = "x".repeat(201);
        for (body, expected) in [
            (r#"{"error":"e","msg":"m","message":"n","detail":"d","error_description":"x"}"#.into(), "x"),
            (r#"{"error":"e","detail":"d"}"#.into(), "d"),
            (r#"{"error":"two\r\nlines\u0007"}"#.into(), "twolines"),
            (r#"{"error":" \t "}"#.into(), "status 400"),
            (r#"{"error":{"code":7}}"#.into(), "status 400"),
            (format!(r#"{{"detail":"{long}"}}"#), &long[1..]),
        ] {
            assert_eq!(refresh(400, &body), Verdict::Misconfigured(expected.into()), "{body}");
        }
    }

    #[test]
    fn r6_what_is_on_the_list_need_not_be_a_text() {
        let list = |equals: &str| vec![ReplyRule::says(400, "/error/code", equals)];
        let body = br#"{"error":{"code":7}}"#;
        let ask =
            |list: &[ReplyRule]| of_refresh(StatusCode::BAD_REQUEST, &HeaderMap::new(), body, list, &[]);
        assert_eq!((word(&ask(&list("7"))), word(&ask(&list("8")))), ("definitive", "misconfigured"));
    }

    /// A rule is a status alone, or with one of several texts, numbers or truth values at a place, an array's element included.
    #[test]
    fn r6_a_rule_may_be_a_status_alone_or_name_an_array_or_each_element() {
        let rule = |text: &str| -> ReplyRule { serde_json::from_str(text).unwrap() };
        let alone = rule(r#"{"status":400}"#);
        let any = rule(r#"{"status":400,"pointer":"/codes","any":["a",7,true]}"#);
        let each = rule(r#"{"status":400,"pointer":"/errors/*/code","equals":"a"}"#);
        for (rule, status, body, expected) in [
            (&alone, 400, "{}", "definitive"),
            (&alone, 422, "{}", "misconfigured"),
            (&alone, 400, "[]", "transient"),
            (&alone, 400, "<html>", "transient"),
            (&any, 400, r#"{"codes":"a"}"#, "definitive"),
            (&any, 400, r#"{"codes":["x","a"]}"#, "definitive"),
            (&any, 400, r#"{"codes":[7]}"#, "definitive"),
            (&any, 400, r#"{"codes":true}"#, "definitive"),
            (&any, 400, r#"{"codes":[["a"]]}"#, "misconfigured"),
            (&any, 400, r#"{"codes":{"a":"a"}}"#, "misconfigured"),
            (&any, 400, r#"{"codes":[]}"#, "misconfigured"),
            (&any, 400, r#"{"code":"a"}"#, "misconfigured"),
            (&each, 400, r#"{"errors":[{"code":"b"},{"code":"a"}]}"#, "definitive"),
            (&each, 400, r#"{"errors":[{"code":"b"},"a"]}"#, "misconfigured"),
            (&each, 400, r#"{"errors":{"0":{"code":"a"}}}"#, "misconfigured"),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let verdict =
                of_refresh(status, &HeaderMap::new(), body.as_bytes(), std::slice::from_ref(rule), &[]);
            assert_eq!(word(&verdict), expected, "{rule:?} {body}");
        }
    }

    #[test]
    fn r6_what_is_listed_as_misconfigured_ends_nothing_and_is_no_wrong_password() {
        let (wide, narrow) = (vec![ReplyRule::status(401)], vec![ReplyRule::says(401, "/code", "client")]);
        let ask = |body: &str, sign_in: bool| {
            let (status, none, body) = (StatusCode::UNAUTHORIZED, HeaderMap::new(), body.as_bytes());
            let verdict = match sign_in {
                true => of_sign_in(status, &none, body, &wide, &narrow),
                false => of_refresh(status, &none, body, &wide, &narrow),
            };
            word(&verdict)
        };
        for sign_in in [true, false] {
            assert_eq!(ask(r#"{"code":"client"}"#, sign_in), "misconfigured");
            assert_eq!(ask(r#"{"code":"token"}"#, sign_in), "definitive");
        }
    }

    #[test]
    fn a_server_may_have_its_own_words_for_a_wrong_password() {
        let wrong = [ReplyRule::says(403, "/errcode", "M_FORBIDDEN")];
        let ask = |status: u16, body: &str| {
            let status = StatusCode::from_u16(status).unwrap();
            word(&of_sign_in(status, &HeaderMap::new(), body.as_bytes(), &wrong, &[]))
        };
        assert_eq!(ask(403, r#"{"errcode":"M_FORBIDDEN"}"#), "definitive");
        assert_eq!(ask(403, r#"{"errcode":"M_UNKNOWN"}"#), "misconfigured");
        assert_eq!(ask(401, r#"{"errcode":"M_UNKNOWN"}"#), "definitive", "a 401 is one beside the list");
    }

    #[test]
    fn r7_one_of_several_challenges_is_enough_and_a_scope_among_them_too() {
        let ask = |challenges: &[&'static str]| {
            let value = |text: &&'static str| (WWW_AUTHENTICATE, HeaderValue::from_static(text));
            is_about_the_token(StatusCode::UNAUTHORIZED, &challenges.iter().map(value).collect())
        };
        assert!(ask(&["Bearer", "Basic realm=\"x\""]) && ask(&["Basic realm=\"x\"", "bearer"]));
        assert!(ask(&["Basic realm=\"x\", Bearer realm=\"y\""]));
        assert!(!ask(&["Basic realm=\"bearer\""]));
        let scope = "Bearer error=\"insufficient_scope\"";
        assert!(!ask(&[scope, "Bearer"]) && !ask(&["Bearer", scope]) && !ask(&[scope, scope]));
    }

    #[test]
    fn r7_a_401_that_is_not_about_the_token_changes_nothing() {
        let ask = |status: u16, headers: &[(http::HeaderName, &'static str)]| {
            let headers =
                headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
            is_about_the_token(StatusCode::from_u16(status).unwrap(), &headers)
        };
        assert!(ask(401, &[(CONTENT_TYPE, "application/json")]));
        assert!(ask(401, &[(CONTENT_TYPE, "application/problem+json; charset=utf-8")]));
        assert!(ask(401, &[(WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")]));
        let odd = HeaderValue::from_bytes(b"Bearer realm=\"caf\xe9\", error=\"insufficient_scope\"").unwrap();
        let odd = HeaderMap::from_iter([
            (WWW_AUTHENTICATE, odd),
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        ]);
        assert!(
            !is_about_the_token(StatusCode::UNAUTHORIZED, &odd),
            "a scope, whatever letters stand beside it"
        );
        assert!(!ask(401, &[(CONTENT_TYPE, "text/html")]));
        assert!(!ask(401, &[]));
        assert!(!ask(
            401,
            &[(CONTENT_TYPE, "application/json"), (WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\"")]
        ));
        assert!(!ask(403, &[(CONTENT_TYPE, "application/json")]));
    }

    fn rules() -> impl Strategy<Value = Vec<ReplyRule>> {
        let status = prop_oneof![Just(400u16), Just(401), Just(403), Just(422), 100u16..600];
        let place = prop_oneof![Just("/a"), Just("/*"), Just("/a/*"), Just("/a/*/b"), Just("/a/0")];
        let rule = (status, prop::option::of((place, "[xy]|7"))).prop_map(|(status, says)| match says {
            Some((place, what)) => ReplyRule::says(status, place, &what),
            None => ReplyRule::status(status),
        });
        prop::collection::vec(rule, 0..4)
    }

    fn bodies() -> impl Strategy<Value = String> {
        let plain = prop_oneof![Just(r#""x""#), Just(r#""y""#), Just("7"), Just("null")];
        let value = plain.prop_map(str::to_owned).prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(|list| format!("[{}]", list.join(","))),
                ("[ab]", inner).prop_map(|(key, value)| format!("{{\"{key}\":{value}}}")),
            ]
        });
        prop_oneof![value, "\\PC{0,8}"]
    }

    proptest! {
        /// R5, R6: whatever the lists say, only a JSON object with a status of 400 to 499, and neither 408 nor 429, ends a session;
        /// and of those only what is on the one list and not on the other.
        #[test]
        fn r5_r6_a_session_ends_by_the_list_and_by_nothing_else(
            status in prop_oneof![Just(400u16), Just(401), Just(408), Just(422), Just(429), 100u16..600],
            body in bodies(),
            rejected in rules(),
            misconfigured in rules(),
        ) {
            let code = StatusCode::from_u16(status).unwrap();
            let none = HeaderMap::new();
            let verdict = of_refresh(code, &none, body.as_bytes(), &rejected, &misconfigured);
            let object = serde_json::from_str::<Value>(&body).ok().filter(Value::is_object);
            let judged = object.is_some() && (400..500).contains(&status) && status != 408 && status != 429;
            let on = |list: &[ReplyRule]| object.as_ref().is_some_and(|json| list.iter().any(|rule| rule.matches(status, json)));
            let ends = judged && on(&rejected) && !on(&misconfigured);
            prop_assert_eq!(word(&verdict) == "definitive", ends);
            prop_assert_eq!(word(&verdict) == "misconfigured", judged && !ends);
            let shorter = of_refresh(code, &none, body.as_bytes(), &[], &misconfigured);
            prop_assert_ne!(word(&shorter), "definitive", "an empty list ends nothing");
        }

        #[test]
        fn p12_no_reply_makes_the_table_panic(status in 100u16..1000, body in any::<Vec<u8>>(), retry in "\\PC*") {
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_str(&retry) {
                headers.insert(RETRY_AFTER, value);
            }
            let status = StatusCode::from_u16(status).unwrap();
            let _ = (
                of_refresh(status, &headers, &body, &simplejwt(), &simplejwt()),
                of_sign_in(status, &headers, &body, &simplejwt(), &simplejwt()),
            );
        }
    }
}
