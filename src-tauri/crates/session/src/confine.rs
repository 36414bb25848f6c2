//! The one place where a path meets the base URL, and the proof that it did not leave it (P3, P5).
//! Not here: redirects and proxies, which are the transport's.

use bytes::Bytes;
use http::Uri;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use url::{Host, Url};

/// A base address with the parts that all requests below it have in common, so that each need not read them again.
pub(crate) struct Base {
    url: Url,
    common: Option<(Scheme, Authority)>,
}

impl Base {
    pub(crate) fn new(url: &Url) -> Self {
        let common = Uri::try_from(url.as_str()).ok().map(Uri::into_parts);
        let common = common.and_then(|parts| Some((parts.scheme?, parts.authority?)));
        Self { url: url.clone(), common }
    }

    /// What [`join`] gives, as a request's target; for a plain path without reading an address.
    ///
    /// # Errors
    /// As [`join`].
    pub(crate) fn target(&self, path: &str) -> Result<Uri, &'static str> {
        if let Some(target) = self.plain(path) {
            return Ok(target);
        }
        let url = join(&self.url, path)?;
        Uri::try_from(url.as_str()).map_err(|_| "it is not a path")
    }

    fn plain(&self, path: &str) -> Option<Uri> {
        let (scheme, authority) = self.common.as_ref().filter(|_| is_plain(path))?;
        let whole = Bytes::from([self.url.path(), path].concat());
        let mut parts = Parts::default();
        parts.scheme = Some(scheme.clone());
        parts.authority = Some(authority.clone());
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(whole).ok()?);
        Uri::from_parts(parts).ok()
    }
}

/// Whether nothing in a path can mean anything but itself: letters, digits, and a few signs; no part begins with a dot. Joined, it
/// stands behind the base to the letter.
fn is_plain(path: &str) -> bool {
    let mut before = b'/';
    !path.is_empty()
        && !path.starts_with('/')
        && path.bytes().all(|byte| {
            let begins = matches!(std::mem::replace(&mut before, byte), b'/' | b'?');
            byte.is_ascii_alphanumeric()
                || matches!(byte, b'-' | b'_' | b'~' | b'/' | b'?' | b'=' | b'&' | b',')
                || (byte == b'.' && !begins)
        })
}

/// Joins a path that a web page chose to the base, and proves afterwards that the result is below the base.
///
/// # Errors
/// A sentence part that says what is wrong with the path.
pub fn join(base: &Url, path: &str) -> Result<Url, &'static str> {
    if path.is_empty() {
        return Err("it is empty");
    }
    if path.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\' || c == '#') {
        return Err("it holds spaces, control characters, a backslash or a fragment");
    }
    if path.starts_with('/') {
        return Err("it must be relative to the server's base address");
    }
    let file_part = path.split('?').next().unwrap_or(path);
    if file_part.split('/').next().is_some_and(|first| first.contains(':')) {
        return Err("it names a scheme or a host of its own");
    }
    if file_part.split('/').any(is_dot_segment) {
        return Err("it holds a dot segment");
    }
    let joined = base.join(path).map_err(|_| "it is not a path")?;
    let inside = joined.origin() == base.origin()
        && joined.path().starts_with(base.path())
        && joined.username().is_empty()
        && joined.password().is_none();
    if inside { Ok(joined) } else { Err("it leaves the server's base address") }
}

/// `.` and `..`, also with the dots or a following slash percent-encoded, however often, and with a parameter behind them,
/// which some servers cut off before they look for dots (`..;x=1`).
fn is_dot_segment(segment: &str) -> bool {
    let mut plain = segment.to_ascii_lowercase();
    while plain.contains("%25") {
        plain = plain.replace("%25", "%");
    }
    for (encoded, meant) in [("%2e", "."), ("%2f", "/"), ("%5c", "/"), ("%3b", ";")] {
        plain = plain.replace(encoded, meant);
    }
    plain.split('/').any(|part| matches!(part.split(';').next(), Some("." | "..")))
}

/// Checks a base address: https, or http to a literal loopback address (P5); no credentials, no query; ends with a slash.
///
/// # Errors
/// A sentence that says what is wrong and what is allowed.
pub fn check_base(text: &str) -> Result<Url, String> {
    let mut base = Url::parse(text).map_err(|error| format!("this is not an address: {error}"))?;
    let loopback = match base.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    match base.scheme() {
        "https" if base.has_host() => {}
        "http" if loopback => {}
        "http" => {
            return Err(
                "http is allowed only to a literal loopback address such as 127.0.0.1; use https".into()
            );
        }
        other => return Err(format!("the scheme {other} is not allowed; use https")),
    }
    if !base.username().is_empty() || base.password().is_some() {
        return Err("an address must hold no name and no password".into());
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err("a base address has no query and no fragment".into());
    }
    if !base.path().ends_with('/') {
        let path = format!("{}/", base.path());
        base.set_path(&path);
    }
    Ok(base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn base() -> Url {
        check_base("http://127.0.0.1:8000/v1").unwrap()
    }

    #[test]
    fn p3_paths_below_the_base_are_joined() {
        for (path, expected) in [
            ("api/me/", "http://127.0.0.1:8000/v1/api/me/"),
            ("api/notes/?page=2&q=a%20b", "http://127.0.0.1:8000/v1/api/notes/?page=2&q=a%20b"),
            ("a/b:c", "http://127.0.0.1:8000/v1/a/b:c"),
            ("?all", "http://127.0.0.1:8000/v1/?all"),
        ] {
            assert_eq!(join(&base(), path).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn p3_nothing_leads_out_of_the_base() {
        for path in [
            "",
            "/",
            "//h",
            "///h",
            "\\\\h",
            "/\\h",
            "/\t/h",
            "\t//h",
            " //h",
            "http:h",
            "http://h/",
            "HTTPS://h",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "../x",
            "a/../../x",
            "a/..",
            ".",
            "..",
            "%2e%2e/",
            "%2E%2e/x",
            "a/%2e%2e/%2e%2e/x",
            "..%2fx",
            "%2e%2e%2fx",
            "..\\x",
            "..%5cx",
            "a/%252e%252e/x",
            "..%25252fx",
            "a/..;x=1/b",
            ".%3bx/b",
            "data:,x",
            "a#b",
            "a b",
            "a\nb",
            "a\0b",
            "user@h:80/",
        ] {
            assert!(
                join(&base(), path).is_err(),
                "{path:?} gave {:?}",
                join(&base(), path).map(|url| url.to_string())
            );
        }
    }

    #[test]
    fn p5_a_base_is_https_or_literal_loopback() {
        for good in [
            "https://example.com",
            "https://example.com/api/",
            "http://127.0.0.1:8000/",
            "http://127.9.9.9",
            "http://[::1]:80/",
        ] {
            assert!(check_base(good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.com",
            "http://localhost:8000",
            "http://10.0.0.1",
            "ftp://x",
            "https://u:p@h",
            "https://h/?q",
            "nonsense",
            "http://0.0.0.0",
            "file:///x",
        ] {
            assert!(check_base(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn p3_a_plain_path_is_known_for_one_and_joined_without_reading_an_address() {
        let base = Base::new(&base());
        for path in ["api/me/", "api/v1.0/notes/?page=2&sort=a,b", "?all", "a//b", "file.tar.gz", "a?x=.5"] {
            assert_eq!(
                base.target(path).unwrap().to_string(),
                join(&base.url, path).unwrap().as_str(),
                "{path}"
            );
        }
        let plain = |path| base.plain(path).is_some();
        assert!(
            plain("api/me/") && plain("v1.0/?a=b") && !plain("a/..") && !plain(".") && !plain("a/%2e%2e/b")
        );
        assert!(["", "/", "//h", "a:b", "a\\b", "a b", "é"].into_iter().all(|path| !plain(path)));
    }

    proptest! {
        #[test]
        fn p3_a_plain_path_leads_where_the_url_parser_leads(path in "[a-zA-Z0-9./?=&,_~-]{0,24}") {
            let target = Base::new(&base()).target(&path).map(|uri| uri.to_string());
            prop_assert_eq!(target, join(&base(), &path).map(|url| url.to_string()));
        }

        #[test]
        fn p3_any_path_leads_where_the_url_parser_leads(path in "([a-z./\\\\:@?#%;]|%2e|%2f|%5c|\\PC){0,24}") {
            let target = Base::new(&base()).target(&path).map(|uri| uri.to_string());
            let joined = join(&base(), &path);
            prop_assert_eq!(target.is_ok(), joined.is_ok());
            if let (Ok(target), Ok(joined)) = (target, joined) {
                prop_assert_eq!(target, joined.to_string());
            }
        }

        #[test]
        fn p3_whatever_is_joined_stays_below_the_base(path in "([a-z./\\\\:@?#%]|%2e|%2f|%5c|\\PC){0,24}") {
            if let Ok(joined) = join(&base(), &path) {
                prop_assert!(joined.as_str().starts_with(base().as_str()));
                prop_assert_eq!(joined.host_str(), Some("127.0.0.1"));
                prop_assert_eq!(joined.port(), Some(8000));
            }
        }
    }
}
