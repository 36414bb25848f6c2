//! Looks for tokens where none may be (P1): pieces of each, in every form that somebody could write them down in.
//! Not in it: where to look, but for the files of a folder.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// So many characters of a token are taken for a part of it.
const PIECE: usize = 16;

/// Tokens and passwords that may be nowhere. No `Debug`: it holds them.
pub struct Canaries {
    search: AhoCorasick,
    /// For each pattern, what it is of and in which form.
    names: Vec<(String, &'static str)>,
}

impl Canaries {
    /// Any sixteen characters of a token in a row, head, claims and signature alike; what its claims name; and any thirty-two
    /// characters of it as base64, hexadecimal, UTF-16, or a list of bytes. And these words.
    ///
    /// # Errors
    /// When one is no JWT.
    pub fn of(tokens: &[String], words: &[&str]) -> Result<Self> {
        Self::new(tokens, words, |_| true)
    }

    /// The same, but for what an access token's claims name: a developer's page shows them, decoded.
    ///
    /// # Errors
    /// When one is no JWT.
    pub fn but_shown_claims(tokens: &[String], words: &[&str]) -> Result<Self> {
        // The login's number is in both tokens of a login.
        Self::new(tokens, words, |claim| claim.of == "refresh" && claim.name != "family")
    }

    fn new(tokens: &[String], words: &[&str], wanted: impl Fn(&Claim<'_>) -> bool) -> Result<Self> {
        ensure!(!tokens.is_empty(), "there are no tokens to look for");
        let (mut patterns, mut names) = (Vec::new(), Vec::new());
        for (at, token) in tokens.iter().enumerate() {
            for (form, pieces) in forms(token, &wanted)? {
                names.extend(pieces.iter().map(|_| (format!("token {at}"), form)));
                patterns.extend(pieces);
            }
        }
        for (at, word) in words.iter().enumerate() {
            names.push((format!("word {at}"), "as it is"));
            patterns.push(word.as_bytes().to_vec());
        }
        Ok(Self { search: AhoCorasick::new(patterns)?, names })
    }

    /// What is found in a text, in words that do not repeat it.
    #[must_use]
    pub fn found_in(&self, text: &[u8]) -> Option<String> {
        let found = self.search.find(text)?;
        let (what, form) = &self.names[found.pattern().as_usize()];
        Some(format!("a part of {what} ({form}) at byte {}", found.start()))
    }

    /// What is found in the files below a folder and in their names, and how many there were.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn found_below(&self, folder: &Path, except: &[PathBuf]) -> Result<(Vec<String>, usize)> {
        let (mut found, mut looked) = (Vec::new(), 0);
        for path in all_below(folder)? {
            if except.iter().any(|except| path.starts_with(except)) {
                continue;
            }
            let name = path.to_string_lossy();
            found.extend(self.found_in(name.as_bytes()).map(|what| format!("the name {name}: {what}")));
            // What is gone by now is nowhere.
            if let Some(bytes) = path.is_file().then(|| std::fs::read(&path).ok()).flatten() {
                looked += 1;
                found.extend(self.found_in(&bytes).map(|what| format!("{name}: {what}")));
            }
        }
        Ok((found, looked))
    }
}

/// Every file and folder below a folder, without sockets.
///
/// # Errors
/// When it cannot be read.
pub fn all_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            all.extend(all_below(&path)?);
        }
        if path.is_dir() || path.is_file() {
            all.push(path);
        }
    }
    Ok(all)
}

/// What is looked for; each once.
type Pieces = BTreeSet<Vec<u8>>;

/// A claim that no two tokens share, or no two logins.
struct Claim<'a> {
    of: &'a str,
    name: &'a str,
}

/// The pieces of a token by form.
fn forms(token: &str, wanted: impl Fn(&Claim<'_>) -> bool) -> Result<Vec<(&'static str, Pieces)>> {
    let [head, claims, signature]: [&str; 3] =
        token.split('.').collect::<Vec<_>>().try_into().ok().context("a token of other than three parts")?;
    let mut plain = Pieces::new();
    for part in [head, claims, signature, token] {
        plain.extend(part.as_bytes().windows(PIECE).map(<[u8]>::to_vec));
    }
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?;
    let mut inner = Pieces::new();
    let of = claims["token_type"].as_str().context("a token of no type")?;
    for name in ["jti", "family"] {
        let secret = claims[name].as_str().with_context(|| format!("a token without {name}"))?;
        ensure!(secret.len() >= PIECE, "a short {name}");
        if wanted(&Claim { of, name }) {
            inner.extend(secret.as_bytes().windows(PIECE).map(<[u8]>::to_vec));
        }
    }
    let signature = URL_SAFE_NO_PAD.decode(signature)?;
    inner.extend(signature.windows(PIECE).map(<[u8]>::to_vec));
    inner.extend(hex(&signature).as_bytes().windows(2 * PIECE).map(<[u8]>::to_vec));

    let (mut base64, mut coded) = (Pieces::new(), Pieces::new());
    for start in (0..token.len().saturating_sub(PIECE)).step_by(PIECE / 2) {
        for shift in 0..3 {
            // Whatever stands before it moves it by a third of a character, by two, or not at all.
            let Some(piece) = token.as_bytes().get(start + shift..start + shift + 15) else { continue };
            base64.insert(STANDARD.encode(piece).into_bytes());
            base64.insert(URL_SAFE_NO_PAD.encode(piece).into_bytes());
        }
        let piece = &token.as_bytes()[start..start + PIECE];
        coded.insert(hex(piece).into_bytes());
        coded.insert(hex(piece).to_uppercase().into_bytes());
        coded.insert(piece.iter().flat_map(|byte| [*byte, 0]).collect());
        for between in [", ", ","] {
            let numbers: Vec<_> = piece.iter().map(u8::to_string).collect();
            coded.insert(numbers.join(between).into_bytes());
        }
    }
    Ok(vec![("as it is", plain), ("what is in it", inner), ("in base64", base64), ("coded", coded)])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _never_fails = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> String {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let claims =
            r#"{"token_type":"access","jti":"a5b3c1d2e4f6a7b8c9d0e1f2","family":"00112233445566778899"}"#;
        [part(r#"{"typ":"JWT","alg":"HS256"}"#), part(claims), part("signed-by-nobody-at-all-really")]
            .join(".")
    }

    fn finder() -> impl Fn(&[u8]) -> bool {
        let canaries = Canaries::of(&[token()], &["a-pass-word"]).unwrap();
        move |text| canaries.found_in(text).is_some()
    }

    #[test]
    fn p1_any_part_of_a_token_is_found_in_any_form() {
        let (finds, token) = (finder(), token());
        for start in 0..token.len() - 2 * PIECE {
            let (short, long) = (&token[start..start + PIECE], &token[start..start + 2 * PIECE]);
            assert!(finds(format!("…{short}…").as_bytes()), "{start}");
            for before in ["", "a", "ab"] {
                assert!(finds(STANDARD.encode(format!("{before}{long}")).as_bytes()), "{start} base64");
                assert!(
                    finds(URL_SAFE_NO_PAD.encode(format!("{before}{long}")).as_bytes()),
                    "{start} base64"
                );
            }
            assert!(finds(hex(long.as_bytes()).as_bytes()), "{start} hexadecimal");
            assert!(finds(format!("{:?}", long.as_bytes()).as_bytes()), "{start} bytes");
            let wide: Vec<u8> = long.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert!(finds(&wide), "{start} UTF-16");
        }
        assert!(finds(token.replace('.', "%2E").as_bytes()));
        assert!(finds(b"jti: a5b3c1d2e4f6a7b8c9d0e1f2"));
        assert!(finds(b"signed-by-nobody-at-all-really"));
        assert!(finds(b"with a-pass-word"));
        let shown = Canaries::but_shown_claims(&[token], &[]).unwrap();
        assert!(shown.found_in(b"jti: a5b3c1d2e4f6a7b8c9d0e1f2").is_none());
    }

    #[test]
    fn what_is_no_part_of_a_token_is_not_taken_for_one() {
        let finds = finder();
        assert!(!finds(b"eyJ0eXAiOiJKV1Q, a5b3c1d2e4f6a7b and nothing else"));
        assert!(!finds(include_bytes!("canary.rs").split(|byte| *byte == b'{').next().unwrap()));
    }
}
