//! P2 as a proof of the compiler: what holds a secret can be neither formatted, serialised, compared nor turned into text.
//! The file is compiled for tests only. Not here: the types (`token`, `ports`, `state`), and where secrets go (P1).
//!
//! These are assertions on traits, not examples that must not compile: an example fails to compile for any reason at all
//! (stable Rust does not look at which), and its recorded message changes with the compiler.

use std::borrow::Borrow;
use std::fmt::{Binary, Debug, Display, LowerHex, Pointer, UpperHex, Write as _};
use std::hash::Hash;
use std::ops::Deref;

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use static_assertions::{assert_impl_all, assert_not_impl_any};

use crate::ports::{Credentials, TokenReply, VaultEntry};
use crate::state::{Bearer, Held, Phase, State};
use crate::{AccessToken, Ports, RefreshToken, Session, TokenSet};

/// Asserts of each type that it has no way to become text, bytes or an answer by accident.
macro_rules! keeps_its_secret {
    ($($type:ty),+ $(,)?) => {$(
        assert_not_impl_any!($type: Debug, Display, LowerHex, UpperHex, Binary, Pointer);
        assert_not_impl_any!($type: Serialize, DeserializeOwned);
        assert_not_impl_any!($type: PartialEq, PartialOrd, Hash, Copy);
        assert_not_impl_any!($type: Deref, AsRef<str>, AsRef<[u8]>, Borrow<str>, Into<String>, Into<Vec<u8>>, Into<http::HeaderValue>);
        assert_not_impl_any!($type: PartialEq<str>, PartialEq<String>, Default, Iterator);
    )+};
}

#[test]
fn p2_no_type_that_holds_a_secret_can_be_formatted_serialised_or_compared() {
    keeps_its_secret!(AccessToken, RefreshToken, TokenSet, Credentials, VaultEntry, TokenReply);
    keeps_its_secret!(State, Phase, Held, Bearer); // what the session keeps them in
    keeps_its_secret!(Session, Ports);
    assert_not_impl_any!(SecretString: Display, Serialize, PartialEq, Hash, Copy, Deref, AsRef<str>, Into<String>);
    // The assertions can fail: this has what those may not have.
    assert_impl_all!(crate::Fingerprint: Debug, Display, PartialEq, Hash, Copy);
}

#[cfg(feature = "specta")]
#[test]
fn p2_no_type_that_holds_a_secret_has_a_place_in_the_bindings_of_the_page() {
    use specta::Type;
    assert_not_impl_any!(AccessToken: Type);
    assert_not_impl_any!(RefreshToken: Type);
    assert_not_impl_any!(TokenSet: Type);
    assert_not_impl_any!(Credentials: Type);
    assert_not_impl_any!(VaultEntry: Type);
    assert_not_impl_any!(TokenReply: Type);
    assert_impl_all!(crate::SessionState: Type);
}

#[test]
fn p1_p2_what_can_be_formatted_beside_a_secret_tells_no_part_of_it() {
    let secret = "canary-0123456789-abcdefghij";
    let access = AccessToken::new(secret).unwrap();
    let refresh = RefreshToken::new(secret.to_owned()).unwrap();
    let password = SecretString::from(secret);
    let request =
        http::Request::builder().header(http::header::AUTHORIZATION, access.header()).body(()).unwrap();
    let mut told = String::new();
    write!(told, "{:?} {:?} {password:?} {request:?}", access.header(), access.fingerprint()).unwrap();
    write!(told, "{:?} {} {:?}", access.times(), refresh.fingerprint(), access.claims()).unwrap();
    write!(told, "{:?}", AccessToken::new(&format!("{secret}\n")).err()).unwrap();
    for start in 0..secret.len() - 7 {
        assert!(!told.contains(&secret[start..start + 8]), "{told}");
    }
    assert!(told.contains("Sensitive") && told.contains("REDACTED"), "{told}");
    assert_eq!((refresh.expose(), password.expose_secret()), (secret, secret));
}

/// Dropping a refresh token runs code (its zeroising, which is secrecy's); nothing here prevents that or leaves it out.
#[test]
fn p2_a_refresh_token_and_a_password_are_zeroised_on_drop_by_their_type() {
    assert_impl_all!(SecretString: secrecy::zeroize::ZeroizeOnDrop);
    const { assert!(std::mem::needs_drop::<RefreshToken>()) };
    const { assert!(size_of::<RefreshToken>() == size_of::<SecretString>()) }; // it holds that, and no second copy
}
