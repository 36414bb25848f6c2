//! F22, P6: a keyring that is absent, there, or there and of no use; and what is in it.
//! Not here: keyrings that are locked, stand still or die (`stuck`).

use std::path::Path;
use std::time::Duration;

use session_engine::MAX_TOKEN_BYTES;

use super::bus::Bus;
use super::teller::{NOTHING, OURS, Teller, entry};

/// How long a failure takes that needs no waiting.
const AT_ONCE: Duration = Duration::from_secs(2);

const NO_KEYRING: &str =
    "This computer has no keyring that answers. Start one (such as GNOME Keyring), then try again.";

#[test]
fn f22_without_a_bus_every_operation_fails_at_once_with_a_sentence() {
    let bus = Bus::bare();
    let socket = bus.folder().join("no-such-bus");
    let nowhere = ("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", socket.display()));
    for environment in [vec![], vec![nowhere]] {
        let mut teller = Teller::with(&environment);
        for answer in [teller.load(), teller.save("ada", "token"), teller.clear(), teller.load()] {
            assert_eq!(answer.result, Err(NO_KEYRING.to_owned()));
            assert!(answer.took < AT_ONCE, "{answer:?}");
        }
    }
}

#[test]
fn f22_on_a_bus_without_a_keyring_every_operation_fails_at_once_until_one_is_started() {
    let mut bus = Bus::bare();
    let mut teller = Teller::on(&bus);
    for answer in [teller.load(), teller.save("ada", "token"), teller.clear()] {
        assert_eq!(answer.result, Err(NO_KEYRING.to_owned()));
        assert!(answer.took < AT_ONCE, "{answer:?}");
    }
    bus.start_provider(true);
    assert_eq!(teller.save("ada", "token").result, NOTHING);
    assert_eq!(teller.load().result, entry("ada", "token"));
}

#[test]
fn p6_what_is_saved_is_there_in_the_next_process_and_gone_when_cleared() {
    let bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.load().result, NOTHING);
    assert_eq!(teller.save("ada", "first").result, NOTHING);
    assert_eq!(teller.save("ada", "second").result, NOTHING);
    drop(teller);
    let mut teller = Teller::on(&bus);
    assert_eq!(teller.load().result, entry("ada", "second"));
    assert_eq!(bus.items(&OURS).len(), 1);
    assert_eq!(teller.clear().result, NOTHING);
    assert_eq!(teller.load().result, NOTHING);
    assert_eq!(bus.items(&OURS[..1]).len(), 0, "also no trace of having tried whether anything can be kept");
    assert_eq!(teller.clear().result, NOTHING, "clearing what is empty is no failure");
}

#[test]
fn p6_any_account_and_any_token_up_to_the_longest_come_back_as_they_were() {
    let bus = Bus::unlocked();
    let mut teller = Teller::on(&bus);
    let longest = "z".repeat(MAX_TOKEN_BYTES);
    let awkward = "\0".repeat(MAX_TOKEN_BYTES); // six bytes each as JSON
    let account = "Ada 👩‍💻\0\n\r\t\"\\\u{202e}\u{feff} <a@example.com>";
    for (account, token) in [(account, "t"), ("ada", &longest), ("ada", &awkward), (&longest, "ä\"\\\n\u{1}")]
    {
        assert_eq!(teller.save(account, token).result, NOTHING);
        assert_eq!(teller.load().result, entry(account, token));
    }
}

#[test]
fn p6_a_keyring_that_finds_nothing_and_can_keep_nothing_is_told_from_one_that_is_empty() {
    let bus = Bus::without_a_place();
    let mut teller = Teller::on(&bus);
    let answer = teller.load();
    let refused = "The keyring is locked or refuses access. Unlock it, then try again.";
    assert_eq!(answer.result, Err(refused.to_owned()));
    assert_eq!(teller.save("ada", "token").result, Err(refused.to_owned()));
}

#[test]
fn p6_the_token_is_in_no_file_not_even_the_keyrings_own() {
    let bus = Bus::unlocked();
    let token = "a-token-that-is-nowhere-else-4711";
    assert_eq!(Teller::on(&bus).save("ada", token).result, NOTHING);
    let stored = files_below(&bus.storage());
    let login = stored.iter().find(|(path, _)| path.ends_with("login.keyring")).unwrap();
    assert!(login.1.len() > 200, "the keyring did store it");
    for (path, content) in files_below(bus.folder()) {
        let found = content.windows(token.len()).any(|part| part == token.as_bytes());
        assert!(!found, "the token is in {path}");
    }
}

/// Every file below a folder, with what is in it.
fn files_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files_below(&path));
        } else if path.is_file() {
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    all
}
