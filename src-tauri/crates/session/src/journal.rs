//! The journal as the engine uses it: what is about to be asked is written down first, so that a crash forgets nothing (R9, R12).
//! All are jobs of the journal lane. Not here: what follows from an entry after a restart (`restore`), and where it is kept.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;

use crate::core::Core;
use crate::error::StoreError;
use crate::ports::{Account, Asked, JournalEntry, Owed};
use crate::state::State;
use crate::sync::{Arc, lock};
use crate::token::RefreshToken;

/// How long the journal may take before the refresh goes without it: a disk that hangs must not hold up a session.
const LONGEST_OPERATION: Duration = Duration::from_secs(2);

/// What is open: what an earlier run of the program left so, until this run has noted anything itself. Nothing when it cannot
/// be read, which is said.
pub(crate) async fn load(core: &Arc<Core>) -> JournalEntry {
    let job_core = Arc::clone(core);
    let loaded = core.journal_lane.run(async move {
        let ours = { lock(&job_core.noted).ours() };
        if let Some(entry) = ours {
            return entry; // what is on the disk may be older
        }
        let asked_core = Arc::clone(&job_core);
        let loaded = guarded(&job_core, async move { asked_core.ports.journal.load().await }).await;
        let mut noted = lock(&job_core.noted);
        noted.kept = loaded.is_some(); // what could not be read may still be there, and is overwritten by the next note
        let entry = loaded.flatten().unwrap_or_default();
        noted.entry = entry.clone();
        entry
    });
    loaded.await.unwrap_or_default()
}

/// Written before each attempt (R9). Not when the session has moved on: the attempt of another may be open (R10).
pub(crate) async fn asked(core: &Arc<Core>, state: &State, token: &RefreshToken, attempt: u32) {
    let (job_core, generation) = (Arc::clone(core), state.generation);
    let asked = Asked { attempt, fingerprint: token.fingerprint().to_string(), at_ms: core.now().wall_ms };
    let written = core.journal_lane.run(async move {
        if job_core.state.load().generation == generation {
            change(&job_core, |entry| entry.asked = Some(asked)).await;
        }
    });
    written.await.unwrap_or_default();
}

/// The refresh has come to an end that leaves nothing open. Nobody waits for it.
pub(crate) fn settled(core: &Arc<Core>, token: &RefreshToken) {
    let (job_core, fingerprint) = (Arc::clone(core), token.fingerprint().to_string());
    drop(core.journal_lane.run(async move {
        let ours = |asked: &Asked| asked.fingerprint == fingerprint;
        change(&job_core, |entry| entry.asked = entry.asked.take().filter(|asked| !ours(asked))).await;
    }));
}

/// Somebody signs out: the vault is to be wiped and, unless they are remembered, the store to forget them. Handed in at once; the
/// future ends when it is written, before which nothing may be done that a restart could not do again (R12).
pub(crate) fn leaves(core: &Arc<Core>, forget: Option<Account>) -> impl Future<Output = ()> + Send + use<> {
    let job_core = Arc::clone(core);
    let written = core.journal_lane.run(async move {
        let fingerprint = lock(&job_core.vault_holds).map(|fingerprint| fingerprint.to_string());
        let note = |entry: &mut JournalEntry| {
            entry.owed = Some(Owed::Wipe { fingerprint });
            entry.leaving.extend(forget.filter(|account| !entry.leaving.contains(account)));
        };
        change(&job_core, note).await;
    });
    async move { written.await.unwrap_or_default() }
}

/// The store has forgotten them, or they are back. Nobody waits for it.
pub(crate) fn has_left_or_is_back(core: &Arc<Core>, account: &str) {
    let (job_core, account) = (Arc::clone(core), account.to_owned());
    drop(core.journal_lane.run(async move {
        change(&job_core, |entry| entry.leaving.retain(|leaving| *leaving != account)).await;
    }));
}

/// What the vault owes from now on; `None`: it is as it should be. Handed in at once; the future ends when it is written.
pub(crate) fn owe(core: &Arc<Core>, owed: Option<Owed>) -> impl Future<Output = ()> + Send + use<> {
    let job_core = Arc::clone(core);
    let written = core.journal_lane.run(async move { change(&job_core, |entry| entry.owed = owed).await });
    async move { written.await.unwrap_or_default() }
}

async fn change(core: &Arc<Core>, change: impl FnOnce(&mut JournalEntry)) {
    let next = {
        let noted = lock(&core.noted);
        let mut next = noted.entry.clone();
        change(&mut next);
        if noted.kept && next == noted.entry {
            return;
        }
        next
    };
    let (job_core, entry) = (Arc::clone(core), next.clone());
    let kept = guarded(core, async move {
        let journal = &job_core.ports.journal;
        if entry.is_empty() { journal.clear().await } else { journal.note(&entry).await }
    });
    let kept = kept.await.is_some();
    let mut noted = lock(&core.noted);
    noted.kept = kept;
    noted.changed = true;
    noted.entry = next;
}

/// One operation of the port. It goes on when nobody waits for it any longer, as a write that is under way cannot be called back;
/// what comes after it waits for its turn. `None`: it failed, or takes too long, which is said until it has been done after all.
async fn guarded<T: Send + 'static>(
    core: &Arc<Core>,
    operation: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Option<T> {
    let number = {
        let mut noted = lock(&core.noted);
        noted.asked += 1;
        noted.asked
    };
    let job_core = Arc::clone(core);
    let done = core.journal_port.run(async move {
        let result = AssertUnwindSafe(operation).catch_unwind().await;
        let result = result.unwrap_or_else(|_| failed("The journal failed by a fault of this program."));
        let is_newest = {
            let mut noted = lock(&job_core.noted);
            if result.is_ok() {
                noted.done = number;
            }
            noted.asked == number
        };
        if is_newest {
            job_core.note_journal(&result);
        }
        result.ok()
    });
    tokio::select! {
        biased;
        done = done => done.flatten(),
        () = core.ports.clock.work_time(LONGEST_OPERATION) => {
            core.note_journal(&failed::<T>("The disk did not answer in time."));
            let is_done = lock(&core.noted).done == number; // it may have been while that was said
            if is_done {
                core.note_journal(&Ok(()));
            }
            None
        }
    }
}

fn failed<T>(why: &str) -> Result<T, StoreError> {
    Err(StoreError(why.to_owned()))
}
