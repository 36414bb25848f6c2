//! P3 and P5: whatever base is accepted is safe, and whatever path is joined to it stays below it.
//! The input: a base address, a line break, a path. Not here: redirects, which are the transport's.

use std::net::IpAddr;

use http::Uri;
use session_engine::confine::{check_base, join};
use url::Url;

/// What can become of an input.
pub const ENDS: &[&str] = &["not text", "base refused", "path refused", "joined"];

/// See the module.
pub fn check(data: &[u8]) -> &'static str {
    let Some((base, path)) = std::str::from_utf8(data).ok().and_then(|text| text.split_once('\n')) else {
        return "not text";
    };
    let Ok(base) = check_base(base) else { return "base refused" };
    base_is_safe(&base);
    let Ok(joined) = join(&base, path) else { return "path refused" };

    assert_eq!(joined.scheme(), base.scheme(), "another scheme");
    assert_eq!(joined.host(), base.host(), "another host");
    assert_eq!(joined.port_or_known_default(), base.port_or_known_default(), "another port");
    assert!(joined.username().is_empty() && joined.password().is_none(), "it holds a name");
    assert_eq!(joined.fragment(), None, "it holds a fragment");
    let Some(below) = joined.path().strip_prefix(base.path()) else { panic!("{joined} left {base}") };
    for segment in decoded(below).split(['/', '\\']) {
        let name = segment.split(';').next().unwrap_or_default();
        assert!(name != "." && name != "..", "{joined} climbs");
    }
    assert_eq!(Url::parse(joined.as_str()).as_ref(), Ok(&joined), "read again it is another address");
    read_by_the_other_parser(&joined);
    "joined"
}

fn base_is_safe(base: &Url) {
    let host = base.host_str().unwrap_or_default();
    assert!(!host.is_empty(), "no host");
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match base.scheme() {
        "https" => {}
        "http" => assert!(literal.is_ok_and(|ip| ip.is_loopback()), "{base} is not literal loopback"),
        other => panic!("the scheme {other}"),
    }
    assert!(base.username().is_empty() && base.password().is_none(), "it holds a name");
    assert!(base.query().is_none() && base.fragment().is_none(), "it holds more than a path");
    assert!(base.path().starts_with('/') && base.path().ends_with('/'), "{base} is not a folder");
    assert_eq!(check_base(base.as_str()).as_ref(), Ok(base), "checked again it is another base");
}

/// The request is built from the text, by `http`'s parser. It must see the same place.
fn read_by_the_other_parser(joined: &Url) {
    let Ok(uri) = joined.as_str().parse::<Uri>() else { return };
    assert_eq!(uri.scheme_str(), Some(joined.scheme()));
    assert_eq!(uri.host(), joined.host_str());
    assert_eq!(uri.port_u16(), joined.port());
    assert_eq!(uri.path(), joined.path());
    assert_eq!(uri.query(), joined.query());
    assert!(!uri.authority().is_some_and(|authority| authority.as_str().contains('@')));
}

/// Percent-decoded until nothing is left to decode.
fn decoded(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    while let Some(at) = bytes.windows(3).position(|three| hex(three).is_some()) {
        let byte = hex(&bytes[at..at + 3]).unwrap_or_default();
        bytes.splice(at..at + 3, [byte]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(three: &[u8]) -> Option<u8> {
    let [b'%', high, low] = three else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(*high)? * 16 + digit(*low)?)
}
