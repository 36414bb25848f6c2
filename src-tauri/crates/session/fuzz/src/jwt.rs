//! R1, R2, R16, P12: any text is a token or a typed error; its claims are read as they stand; and the life and the freshness
//! worked out from them obey the rules. The input: a line `wall boot date expires_in origin later fraction window` (numbers in
//! milliseconds, `-` for none), then the claims, or `=` and a whole token. Not here: signatures, which are the server's.

use std::time::Duration;

use serde_json::Value;
use session_engine::{
    AccessToken, Freshness, Lifetime, MAX_TOKEN_BYTES, Moment, Origin, Receipt, RefreshPolicy, TimeClaims,
    TokenError,
};

/// What can become of an input.
pub const ENDS: &[&str] = &["not text", "refused", "opaque", "looked expired", "fresh", "due", "expired"];

/// Moments are kept to what a clock can show, ± the year 275760.
const FARTHEST_MS: i64 = 8_640_000_000_000_000;

/// See the module.
pub fn check(data: &[u8]) -> &'static str {
    let Some((line, text)) = std::str::from_utf8(data).ok().and_then(|text| text.split_once('\n')) else {
        return "not text";
    };
    let token = match text.strip_prefix('=') {
        Some(token) => token.to_owned(),
        None => format!("e30.{}.c2ln", base64url(text.as_bytes())),
    };
    let access = match AccessToken::new(&token) {
        Ok(access) => access,
        Err(why) => return refused(&token, why),
    };
    stands_as_it_was(&access, &token);
    if let (Some(claims), false) = (access.claims(), text.starts_with('=')) {
        assert_eq!(claims, text.trim_matches([' ', '\t', '\r', '\n']), "the claims are exact");
    }
    claims_are_read_as_they_stand(&access);
    life(line, access.times())
}

fn refused(token: &str, why: TokenError) -> &'static str {
    match why {
        TokenError::Empty => assert_eq!(token, ""),
        TokenError::TooLong => assert!(token.len() > MAX_TOKEN_BYTES),
        TokenError::NotAHeader => assert!(token.chars().any(|c| c.is_ascii_control())),
    }
    "refused"
}

fn stands_as_it_was(access: &AccessToken, token: &str) {
    assert!((1..=MAX_TOKEN_BYTES).contains(&token.len()));
    assert!(!token.contains(['\r', '\n', '\0']), "a header could be split");
    assert_eq!(access.header().as_bytes(), format!("Bearer {token}").as_bytes());
    assert_eq!(format!("{:?}", access.header()), "Sensitive");
    let shown = access.fingerprint().to_string();
    assert!(shown.len() == 8 && shown.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

/// Read by a second way, `serde_json::Value`, the times are the same.
fn claims_are_read_as_they_stand(access: &AccessToken) {
    let times = access.times();
    for instant in [times.expires_at_ms, times.issued_at_ms].into_iter().flatten() {
        assert!((-FARTHEST_MS..=FARTHEST_MS).contains(&instant), "{instant} is beyond belief");
    }
    let Some(claims) = access.claims() else {
        assert_eq!(times, TimeClaims::default(), "an opaque token claims nothing");
        return;
    };
    let Ok(claims) = serde_json::from_str::<Value>(claims) else { return };
    for (name, found) in [("exp", times.expires_at_ms), ("iat", times.issued_at_ms)] {
        let Some(seconds) = claims.get(name).and_then(Value::as_f64) else {
            assert_eq!(found, None, "{name} is not a number");
            continue;
        };
        let Some(found) = found else { panic!("{name} was overlooked") };
        #[expect(clippy::cast_precision_loss, reason = "within a millisecond of what a double holds")]
        let apart = (seconds * 1000.0).clamp(-8.64e15, 8.64e15) - found as f64;
        assert!(apart.abs() <= 1.0, "{name}: {seconds} s became {found} ms");
    }
}

fn life(line: &str, times: TimeClaims) -> &'static str {
    let words: Vec<&str> = line.split_whitespace().collect();
    let word = |at: usize| words.get(at).copied().unwrap_or("-");
    let millis = |at: usize| word(at).parse().ok().map(Duration::from_millis);
    let instant = |at: usize| word(at).parse().ok().map(|ms: i64| ms.clamp(-FARTHEST_MS, FARTHEST_MS));
    let boot = millis(1).unwrap_or_default().min(Duration::from_secs(1 << 40));
    let at = Moment { wall_ms: instant(0).unwrap_or_default(), boot };
    let origin = if word(4) == "refresh" { Origin::Refresh } else { Origin::SignIn };
    let receipt = Receipt { at, server_date_ms: instant(2), expires_in: millis(3), origin };
    let policy = RefreshPolicy {
        window_fraction: word(6).parse().unwrap_or(2.0 / 3.0),
        refresh_window: millis(7).unwrap_or(Duration::from_secs(600)),
        ..RefreshPolicy::default()
    };
    let passed = millis(5).unwrap_or_default().min(Duration::from_secs(1 << 40));
    let later = Moment {
        wall_ms: at.wall_ms.saturating_add(i64::try_from(passed.as_millis()).unwrap_or(i64::MAX)),
        boot: at.boot + passed,
    };
    let Some(life) = Lifetime::of(times, receipt) else {
        assert!(times.expires_at_ms.is_none() && receipt.expires_in.is_none(), "a known life was overlooked");
        assert_eq!(policy.freshness(None, later), Freshness::Fresh, "opaque is fresh until a 401");
        return "opaque";
    };
    let window = policy.window(&life);
    assert!(life.left(at) <= life.total() && life.left(later) <= life.left(at), "it grew");
    assert!(life.left(later) <= life.left(at).saturating_sub(passed).max(Duration::ZERO), "time stood still");
    assert!(window <= policy.refresh_window && window <= life.window_base());
    let (born, now) = (policy.freshness(Some(&life), at), policy.freshness(Some(&life), later));
    if life.looked_expired() {
        assert_eq!((born, now), (Freshness::Fresh, Freshness::Fresh), "a storm of refreshes");
        return "looked expired";
    }
    if origin == Origin::Refresh {
        assert_eq!(born, Freshness::Fresh, "due at birth: every call would refresh");
    }
    let (set_forward, set_back) =
        (Moment { wall_ms: later.wall_ms, ..at }, Moment { boot: later.boot, ..at });
    assert!(life.left(set_forward) >= life.left(later) && life.left(set_back) >= life.left(later));
    match now {
        Freshness::Fresh => {
            assert!(life.left(later) >= window && !life.left(later).is_zero() && born == Freshness::Fresh);
            "fresh"
        }
        Freshness::Due => {
            assert!(life.left(later) < window && !life.left(later).is_zero() && born != Freshness::Expired);
            "due"
        }
        Freshness::Expired => {
            assert!(life.left(later).is_zero());
            "expired"
        }
    }
}

/// RFC 4648 section 5, without padding.
fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits =
            three.iter().fold(0usize, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..=three.len() {
            text.push(char::from(LETTERS[bits >> (18 - 6 * at) & 63]));
        }
    }
    text
}
