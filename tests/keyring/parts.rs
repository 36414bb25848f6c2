//! P6: tokens larger than an entry of the store, cut off at every point; and stores that stall or panic (P7).
//! Not here: the stores of real systems.

use session_engine::ports::{Vault, VaultEntry};
use session_engine::{MAX_TOKEN_BYTES, RefreshToken};
use session_keeper::adapters::keyring::KeyringVault;

use super::bus::until;
use super::shelf::{NARROW, Shelf};

/// Small, just too large, in a few parts, in as many as there can be of ordinary letters.
const SIZES: [usize; 4] = [40, NARROW, 3 * NARROW, MAX_TOKEN_BYTES];

#[tokio::test]
async fn p6_a_token_of_any_size_comes_back_and_leaves_nothing_of_the_one_before() {
    for before in SIZES {
        for after in SIZES {
            let shelf = Shelf::default();
            keep(&shelf, 'a', before).await.unwrap();
            keep(&shelf, 'b', after).await.unwrap();
            assert_eq!(held(&shelf).await, Some(token('b', after)));
            assert_eq!(entries_with(&shelf, 'a'), 0, "{before} then {after}");
            vault(&shelf).clear().await.unwrap();
            assert_eq!(shelf.entries().len(), 0);
        }
    }
}

#[tokio::test]
async fn p6_a_write_cut_off_at_any_point_leaves_the_old_token_whole_or_the_new_one() {
    let mut cuts = 0;
    for before in SIZES {
        for after in SIZES {
            for cut in 0.. {
                let shelf = Shelf::default();
                keep(&shelf, 'a', before).await.unwrap();
                shelf.end_after(cut);
                let saved = keep(&shelf, 'b', after).await;
                shelf.revive();
                let (held, old, new) = (held(&shelf).await.unwrap(), token('a', before), token('b', after));
                assert!(
                    held == new || (held == old && saved.is_err()),
                    "{before} then {after}, cut after {cut}"
                );
                // Whatever was left behind does not harm the next, and goes with it.
                keep(&shelf, 'c', before).await.unwrap();
                assert_eq!(self::held(&shelf).await, Some(token('c', before)));
                let left = entries_with(&shelf, 'a') + entries_with(&shelf, 'b');
                assert_eq!(left, 0, "{before} then {after}, cut after {cut}");
                vault(&shelf).clear().await.unwrap();
                assert_eq!(shelf.entries().len(), 0, "{before} then {after}, cut after {cut}");
                cuts += 1;
                if shelf_is_not_reached(cut, before, after).await {
                    break;
                }
            }
        }
    }
    assert!(cuts > 60, "only {cuts}");
}

#[tokio::test]
async fn p6_clearing_cut_off_at_any_point_never_leaves_a_token_behind_that_cannot_be_cleared() {
    for cut in 0..12 {
        let shelf = Shelf::default();
        keep(&shelf, 'a', MAX_TOKEN_BYTES).await.unwrap();
        shelf.end_after(cut);
        let cleared = vault(&shelf).clear().await;
        shelf.revive();
        if cut == 0 {
            assert!(cleared.is_err());
            assert_eq!(held(&shelf).await, Some(token('a', MAX_TOKEN_BYTES)));
        } else {
            assert_eq!(held(&shelf).await, None, "the first that goes is what makes parts a token");
        }
        vault(&shelf).clear().await.unwrap();
        assert_eq!(shelf.entries().len(), 0);
    }
}

#[tokio::test]
async fn p6_a_part_that_is_lost_or_changed_makes_no_token() {
    let shelf = Shelf::default();
    keep(&shelf, 'a', MAX_TOKEN_BYTES).await.unwrap();
    let whole = shelf.entries();
    let parts: Vec<_> = whole.keys().filter(|user| user.as_str() != "a server").cloned().collect();
    assert_eq!(parts.len(), 7);
    for part in parts {
        let mut changed = whole[&part].clone();
        let middle = changed.len() / 2;
        changed[middle] = b'x';
        shelf.put(&part, changed);
        assert_eq!(held(&shelf).await, None);
        shelf.put(&part, whole[&part].clone());
    }
    assert_eq!(held(&shelf).await, Some(token('a', MAX_TOKEN_BYTES)));
}

#[tokio::test]
async fn p6_what_no_number_of_parts_can_hold_is_refused_and_the_old_token_stays() {
    let shelf = Shelf::default();
    keep(&shelf, 'a', 100).await.unwrap();
    let account = "x".repeat(101 * NARROW);
    let refused =
        vault(&shelf).save(&VaultEntry { account, refresh: RefreshToken::new("b".into()).unwrap() }).await;
    assert_eq!(refused.unwrap_err().0, "The token is too long for this keyring.");
    assert_eq!(held(&shelf).await, Some(token('a', 100)));
}

#[tokio::test]
async fn p6_a_store_that_takes_everything_and_keeps_nothing_is_found_out() {
    let shelf = Shelf::default();
    keep(&shelf, 'a', 100).await.unwrap();
    shelf.forget_writes();
    let saved = keep(&shelf, 'b', 100).await;
    assert_eq!(saved.unwrap_err().0, "The keyring gave back something else than was put in.");

    let shelf = Shelf::default();
    shelf.forget_writes();
    let not_given_back = "The keyring does not give back what is put in.";
    assert_eq!(vault(&shelf).load().await.err().unwrap().0, not_given_back);
    assert_eq!(keep(&shelf, 'b', 100).await.unwrap_err().0, not_given_back);
}

#[tokio::test]
async fn p6_a_server_of_any_name_has_its_own_entry() {
    let shelf = Shelf::default();
    let names =
        ["a\0b".to_owned(), "a\nb".to_owned(), "n".repeat(100_000), "n".repeat(100_001), "🔑".repeat(100)];
    for name in &names {
        let vault = KeyringVault::over(name.clone(), shelf.open(), Some(NARROW));
        let entry = VaultEntry {
            account: name.chars().take(9).collect(),
            refresh: RefreshToken::new("t".into()).unwrap(),
        };
        vault.save(&entry).await.unwrap();
    }
    assert_eq!(shelf.entries().len(), names.len());
}

#[tokio::test]
async fn p7_a_store_that_never_returns_does_not_take_the_next_operation_with_it_and_the_last_word_counts() {
    let shelf = Shelf::default();
    let vault = vault(&shelf);
    vault.save(&entry('a', 100)).await.unwrap();
    shelf.stall(true);
    let given_up = vault.save(&entry('b', 100)).await;
    let no_answer = "The keyring did not answer in 5 s. Unlock or restart it, then try again.";
    assert_eq!(given_up.unwrap_err().0, no_answer);
    shelf.stall(false);
    vault.clear().await.unwrap();
    assert_eq!((shelf.entries().len(), shelf.waiting()), (0, 1));
    let writes = shelf.writes();
    shelf.let_go();
    until("the late write", || shelf.writes() > writes && shelf.entries().is_empty());
    until("its end", || shelf.writes() >= writes + 2);
    assert_eq!(shelf.entries().len(), 0, "what was given up came late, and did not stay");
    vault.save(&entry('c', 100)).await.unwrap();
    assert_eq!(held(&shelf).await, Some(token('c', 100)));
}

#[tokio::test]
async fn p7_a_store_that_panics_fails_that_operation_only() {
    let shelf = Shelf::default();
    let vault = vault(&shelf);
    shelf.panic_once();
    let failed = vault.save(&entry('a', 100)).await;
    assert_eq!(failed.unwrap_err().0, "The keyring failed by a fault of this program. Try again.");
    vault.save(&entry('b', 100)).await.unwrap();
    assert_eq!(held(&shelf).await, Some(token('b', 100)));
}

/// How many entries hold something of this token.
fn entries_with(shelf: &Shelf, letter: char) -> usize {
    let some = token(letter, 20);
    let holds = |entry: &&Vec<u8>| entry.windows(20).any(|part| part == some.as_bytes());
    shelf.entries().values().filter(holds).count()
}

/// Whether a save has fewer writes than this.
async fn shelf_is_not_reached(cut: usize, before: usize, after: usize) -> bool {
    let shelf = Shelf::default();
    keep(&shelf, 'a', before).await.unwrap();
    let writes = shelf.writes();
    keep(&shelf, 'b', after).await.unwrap();
    shelf.writes() - writes < cut
}

fn vault(shelf: &Shelf) -> KeyringVault {
    KeyringVault::over("a server".to_owned(), shelf.open(), Some(NARROW))
}

async fn keep(shelf: &Shelf, letter: char, size: usize) -> Result<(), session_engine::error::VaultError> {
    vault(shelf).save(&entry(letter, size)).await
}

/// The token that a program which starts now would find.
async fn held(shelf: &Shelf) -> Option<String> {
    vault(shelf).load().await.unwrap().map(|entry| {
        assert_eq!(entry.account, "ada");
        entry.refresh.expose().to_owned()
    })
}

fn entry(letter: char, size: usize) -> VaultEntry {
    VaultEntry { account: "ada".into(), refresh: RefreshToken::new(token(letter, size)).unwrap() }
}

fn token(letter: char, size: usize) -> String {
    letter.to_string().repeat(size)
}
