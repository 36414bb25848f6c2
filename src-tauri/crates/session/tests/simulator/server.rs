//! The server's truth: families of refresh tokens with rotation and reuse detection, and the access tokens they gave.
//! Not here: how a request reaches it and what the client makes of the answer (`wire`, `ledger`).

use std::fmt::Write;

use crate::hours::nanos;
use crate::plan::{Grace, Plan, Says};

#[derive(Default)]
pub(crate) struct Server {
    pub(crate) families: Vec<Family>,
    pub(crate) refresh: Vec<Refresh>,
    pub(crate) access: Vec<Access>,
    /// Access tokens before this one are refused, however long they live.
    pub(crate) refused_below: usize,
}

pub(crate) struct Family {
    pub(crate) account: &'static str,
    /// Why it is over.
    pub(crate) over: Option<&'static str>,
    current: usize,
    previous: Option<usize>,
    rotated_at: u64,
}

/// A refresh token, and what the client knows of it.
pub(crate) struct Refresh {
    pub(crate) family: usize,
    issued_at: u64,
    pub(crate) seen: Seen,
    /// A reply to it came, but not whole.
    pub(crate) garbled: bool,
    /// It was in the vault.
    pub(crate) kept: bool,
}

/// What the client knows of a refresh token, and in which of its lives it came to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It may be valid.
    Open,
    /// A successor came.
    Spent(u32),
    /// The server said that it is dead.
    Dead(u32),
}

#[derive(Clone, Copy)]
pub(crate) struct Access {
    pub(crate) family: usize,
    /// The refresh token that came with it.
    pub(crate) refresh: usize,
    pub(crate) issued_at: u64,
    pub(crate) issued_ms: i64,
    pub(crate) expires_ms: i64,
}

/// What a sign-in or a refresh gives: numbers; `refresh` only where there is a new one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Issued {
    pub(crate) access: usize,
    pub(crate) refresh: Option<usize>,
}

impl Server {
    pub(crate) fn sign_in(&mut self, plan: &Plan, account: &'static str, now: u64, now_ms: i64) -> Issued {
        let family = self.families.len();
        let current = self.new_refresh(family, now);
        self.families.push(Family { account, over: None, current, previous: None, rotated_at: now });
        Issued { access: self.new_access(plan, family, current, now, now_ms), refresh: Some(current) }
    }

    /// `Err`: the token is dead, and why.
    pub(crate) fn refresh(
        &mut self,
        plan: &Plan,
        token: usize,
        now: u64,
        now_ms: i64,
    ) -> Result<Issued, &'static str> {
        let Some(Refresh { family, issued_at, .. }) = self.refresh.get(token) else { return Err("unknown") };
        let (family, age) = (*family, now - issued_at);
        if let Some(over) = self.families[family].over {
            return Err(over);
        }
        if age > nanos(plan.refresh_life) {
            return Err(self.end(family, "refresh token expired"));
        }
        let of = &self.families[family];
        let since = now - of.rotated_at;
        let given = if of.current == token {
            plan.rotates.then(|| self.new_refresh(family, now))
        } else {
            match plan.grace {
                Grace::Same(grace) if of.previous == Some(token) && since <= nanos(grace) => Some(of.current),
                Grace::New(grace) if of.previous == Some(token) && since <= nanos(grace) => {
                    Some(self.new_refresh(family, now))
                }
                Grace::None | Grace::Same(_) | Grace::New(_) => {
                    return Err(self.end(family, "reuse detected"));
                }
            }
        };
        let of = &mut self.families[family];
        if let Some(given) = given.filter(|given| *given != of.current) {
            (of.previous, of.current, of.rotated_at) = (Some(token), given, now);
        }
        let with = of.current;
        Ok(Issued { access: self.new_access(plan, family, with, now, now_ms), refresh: given })
    }

    pub(crate) fn revoke(&mut self, token: usize) {
        if let Some(family) = self.refresh.get(token).map(|token| token.family) {
            self.end(family, "revoked by the client");
        }
    }

    /// Ends a family, if it is not over yet.
    pub(crate) fn end(&mut self, family: usize, why: &'static str) -> &'static str {
        self.families[family].over.get_or_insert(why)
    }

    /// Whether an API call with this access token is let in.
    pub(crate) fn lets_in(&self, access: Option<usize>, now_ms: i64) -> bool {
        let Some(number) = access else { return false };
        let known = self.access.get(number).filter(|_| number >= self.refused_below);
        known.is_some_and(|access| now_ms < access.expires_ms)
    }

    fn new_refresh(&mut self, family: usize, now: u64) -> usize {
        self.refresh.push(Refresh { family, issued_at: now, seen: Seen::Open, garbled: false, kept: false });
        self.refresh.len() - 1
    }

    fn new_access(&mut self, plan: &Plan, family: usize, refresh: usize, now: u64, now_ms: i64) -> usize {
        let issued_ms = now_ms.div_euclid(1000) * 1000;
        let expires_ms = issued_ms + i64::try_from(plan.access_life.as_millis()).unwrap();
        self.access.push(Access { family, refresh, issued_at: now, issued_ms, expires_ms });
        self.access.len() - 1
    }
}

/// The text of a refresh token, and back.
pub(crate) fn refresh_text(number: usize) -> String {
    format!("refresh-6f1ed0c3a7b94d52-{number}")
}

pub(crate) fn number_in(text: &str) -> Option<usize> {
    text.rsplit(['-', '.']).next()?.parse().ok()
}

/// The text of an access token: a JWT whose signature is its number, or an opaque text that ends with it.
pub(crate) fn access_text(plan: &Plan, number: usize, access: &Access) -> String {
    let (exp, iat) = (access.expires_ms / 1000, access.issued_ms / 1000);
    let claims = match plan.says {
        Says::Both => format!(r#"{{"exp":{exp},"iat":{iat},"jti":{number}}}"#),
        Says::Exp => format!(r#"{{"exp":{exp},"jti":{number}}}"#),
        Says::ExpiresIn | Says::Nothing => return format!("opaque-1b7c-{number}"),
    };
    let mut jwt = String::with_capacity(160);
    jwt.push_str("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.");
    base64url(claims.as_bytes(), &mut jwt);
    let _ = write!(jwt, ".{number}");
    jwt
}

/// RFC 4648 section 5, without padding.
fn base64url(bytes: &[u8], text: &mut String) {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for three in bytes.chunks(3) {
        let bits =
            three.iter().fold(0usize, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
        for n in 0..=three.len() {
            text.push(char::from(LETTERS[bits >> (18 - 6 * n) & 63]));
        }
    }
}
