//! A restart: takes up the session that the vault holds, and what the journal says was left open (R9, R12, R13).
//! Not here: how either is kept (`vault`, `journal`).

use std::future;

use crate::core::Core;
use crate::error::{ExpiryCode, ExpiryReason};
use crate::event::{SessionEvent, Trigger};
use crate::journal;
use crate::keeper;
use crate::ports::{JournalEntry, Owed, VaultEntry};
use crate::refresh;
use crate::state::{Bearer, Doubt, Epoch, Held, Phase, State};
use crate::sync::{Arc, Ordering};
use crate::vault;

/// A job of the vault lane; `epoch` is the session's when it was asked for.
pub(crate) async fn from_vault(core: &Arc<Core>, epoch: Epoch) {
    let noted = journal::load(core).await;
    let kept = vault::load(core).await;
    finish_leaving(core, &noted, kept.as_ref().and_then(Option::as_ref));
    match kept {
        None => {}
        Some(_) if !is_untouched(core, &core.state.load(), epoch) => {}
        Some(Some(entry)) if is_to_be_wiped(&entry, &noted) => vault::clear(core).await,
        Some(Some(entry)) => match not_kept(&entry, &noted) {
            Some(account) => {
                vault::clear(core).await;
                say_it_was_not_kept(core, epoch, account);
            }
            None => take_up(core, epoch, entry, &noted),
        },
        Some(None) => {
            drop(journal::owe(core, None));
            if let Some(Owed::Save { account }) = noted.owed {
                say_it_was_not_kept(core, epoch, account);
            }
        }
    }
}

/// R12: who signed out is forgotten, also if the program was stopped before the store had done it; but not who is back.
fn finish_leaving(core: &Arc<Core>, noted: &JournalEntry, kept: Option<&VaultEntry>) {
    let back = kept.filter(|entry| !is_to_be_wiped(entry, noted)).map(|entry| &entry.account);
    for account in &noted.leaving {
        if back == Some(account) {
            journal::has_left_or_is_back(core, account);
        } else {
            drop(keeper::forget(core, account.clone(), future::ready(())));
        }
    }
}

/// R12: who signed out is not brought back by a vault that could not be emptied in time.
fn is_to_be_wiped(entry: &VaultEntry, noted: &JournalEntry) -> bool {
    match &noted.owed {
        Some(Owed::Wipe { fingerprint: Some(fingerprint) }) => {
            *fingerprint == entry.refresh.fingerprint().to_string()
        }
        Some(Owed::Wipe { fingerprint: None }) => true,
        Some(Owed::Save { .. }) | None => false,
    }
}

/// R10, P6: who signed in last, if the vault did not take it and still holds somebody else's token: nobody is to find
/// themselves in the session of who was here before.
fn not_kept(entry: &VaultEntry, noted: &JournalEntry) -> Option<String> {
    match &noted.owed {
        Some(Owed::Save { account }) if *account != entry.account => Some(account.clone()),
        Some(Owed::Save { .. } | Owed::Wipe { .. }) | None => None,
    }
}

fn take_up(core: &Arc<Core>, epoch: Epoch, entry: VaultEntry, noted: &JournalEntry) {
    let VaultEntry { account, refresh } = entry;
    let interrupted =
        noted.asked.as_ref().filter(|asked| asked.fingerprint == refresh.fingerprint().to_string());
    let doubt = match (&noted.owed, interrupted) {
        (Some(Owed::Save { account: whose }), _) if *whose == account => {
            Some(Doubt { code: ExpiryCode::NotKept, attempts: 0 })
        }
        (_, Some(asked)) => Some(Doubt { code: ExpiryCode::Interrupted, attempts: asked.attempt }),
        (_, None) => None,
    };
    let held = Held { doubt, ..Held::new(account.clone(), Bearer::Restored(refresh)) };
    if !if_untouched(core, epoch, |now| now.left_for(Phase::SignedIn(held))) {
        return;
    }
    core.emit(SessionEvent::SessionRestored { account });
    if let Some(asked) = interrupted {
        let ago = core.now().wall_ms.saturating_sub(asked.at_ms);
        core.emit(SessionEvent::RefreshInterrupted {
            attempt: asked.attempt,
            ago_ms: u64::try_from(ago).unwrap_or(0),
        });
        drop(refresh::board(core, &core.state.load(), Trigger::Restore));
    }
}

/// The session lived in memory only, and the program ended.
fn say_it_was_not_kept(core: &Arc<Core>, epoch: Epoch, account: String) {
    let reason =
        ExpiryReason { code: ExpiryCode::NotKept, detail: "the keyring could not keep the session".into() };
    let phase = Phase::Expired { account: account.clone(), reason: reason.clone() };
    if if_untouched(core, epoch, |now| now.left_for(phase)) {
        core.emit(SessionEvent::SessionExpired { account, reason });
    }
}

/// Changes the state if nobody signed in or out meanwhile.
fn if_untouched(core: &Core, epoch: Epoch, next: impl FnOnce(&State) -> State) -> bool {
    core.state.update(|now| is_untouched(core, now, epoch).then(|| next(now)))
}

fn is_untouched(core: &Core, now: &State, epoch: Epoch) -> bool {
    let leaving = core.leaving.load(Ordering::Acquire) > 0;
    now.epoch == epoch && matches!(now.phase, Phase::SignedOut) && !leaving
}
