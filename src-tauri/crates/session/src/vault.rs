//! The vault as the engine uses it: an adapter's panic or silence is a failure like any other, and is said (R3, R8, P6).
//! All are jobs of the vault lane. Not here: what is kept, and when (`persist`, `sign_out`).

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;

use crate::core::Core;
use crate::error::VaultError;
use crate::event::VaultOperation;
use crate::journal;
use crate::ports::{Owed, VaultEntry};
use crate::sync::{Arc, Ordering, lock};
use crate::token::RefreshToken;

/// How long an operation may take before the token is kept in memory only; an adapter's own limit should be shorter.
const LONGEST_OPERATION: Duration = Duration::from_secs(8);

/// How long a refresh waits to learn whether another process has renewed the token.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// What the vault holds for `account`, where that is another token than `token`: a second process keeps the same session,
/// and has renewed it (F28). `None` also when the vault is in trouble, or takes too long.
pub(crate) async fn other_than(
    core: &Arc<Core>,
    account: &str,
    token: &RefreshToken,
) -> Option<RefreshToken> {
    let job_core = Arc::clone(core);
    let look = core.vault_lane.run(async move {
        if job_core.vault_is_behind.load(Ordering::Acquire) || job_core.trouble().vault.is_some() {
            return None;
        }
        let asked = AssertUnwindSafe(job_core.ports.vault.load()).catch_unwind();
        tokio::select! {
            biased;
            loaded = asked => loaded.ok()?.ok()?,
            () = job_core.ports.clock.work_time(LONGEST_LOOK) => None,
        }
    });
    let entry = look.await.flatten()?;
    (entry.account == account && entry.refresh.fingerprint() != token.fingerprint()).then_some(entry.refresh)
}

/// Reads what the vault holds; `None` when it cannot be read, which is said. What was meant to be overwritten or wiped and
/// could not be is not taken up: that is done now instead (R12).
pub(crate) async fn load(core: &Arc<Core>) -> Option<Option<VaultEntry>> {
    if core.vault_is_behind.load(Ordering::Acquire) {
        align(core).await;
        return None;
    }
    let entry = guarded(core, VaultOperation::Load, core.ports.vault.load()).await?;
    holds(core, entry.as_ref());
    Some(entry)
}

/// Writes an entry; a failure is said, the token stays in memory, and the journal knows (R8, P6).
pub(crate) async fn save(core: &Arc<Core>, entry: &VaultEntry) {
    let saved = guarded(core, VaultOperation::Save, core.ports.vault.save(entry)).await.is_some();
    core.vault_is_behind.store(!saved, Ordering::Release);
    if saved {
        holds(core, Some(entry));
    }
    let owed = Owed::Save { account: entry.account.clone() };
    drop(journal::owe(core, (!saved).then_some(owed)));
}

/// Empties the vault. That it is to be emptied is written down first: a crash, or a vault that does not answer, must not
/// bring back who signed out (R12).
pub(crate) async fn clear(core: &Arc<Core>) {
    let fingerprint = lock(&core.vault_holds).map(|fingerprint| fingerprint.to_string());
    journal::owe(core, Some(Owed::Wipe { fingerprint })).await;
    let cleared = guarded(core, VaultOperation::Clear, core.ports.vault.clear()).await.is_some();
    core.vault_is_behind.store(!cleared, Ordering::Release);
    if cleared {
        holds(core, None);
        drop(journal::owe(core, None));
    }
}

/// Puts into the vault what memory holds, after a write that turned out stale or failed: the two agree at rest (R10).
pub(crate) async fn align(core: &Arc<Core>) {
    let state = core.state.load();
    let held =
        state.held().and_then(|held| Some((held.account.clone(), held.credentials.refresh()?.clone())));
    match held {
        Some((account, refresh)) => save(core, &VaultEntry { account, refresh }).await,
        None => clear(core).await,
    }
}

fn holds(core: &Core, entry: Option<&VaultEntry>) {
    *lock(&core.vault_holds) = entry.map(|entry| entry.refresh.fingerprint());
}

async fn guarded<T>(
    core: &Core,
    operation: VaultOperation,
    asked: impl Future<Output = Result<T, VaultError>>,
) -> Option<T> {
    let failed = |why: &str| Err(VaultError(why.to_owned()));
    let result = tokio::select! {
        biased;
        done = AssertUnwindSafe(asked).catch_unwind() => {
            done.unwrap_or_else(|_| failed("The vault failed by a fault of this program."))
        }
        () = core.ports.clock.work_time(LONGEST_OPERATION) => failed("The vault did not answer in time."),
    };
    core.note_vault(operation, &result);
    result.ok()
}
