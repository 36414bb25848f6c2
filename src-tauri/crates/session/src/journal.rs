//! The journal as the engine uses it: what is about to be asked is written down first, so that a crash forgets nothing (R9, R12).
//! All are jobs of the journal lane. Not here: what follows from an entry after a restart (`session`), and where it is kept.

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
        let loaded = guarded(&job_core, job_core.ports.journal.load()).await;
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

async fn change(core: &Core, change: impl FnOnce(&mut JournalEntry)) {
    let next = {
        let noted = lock(&core.noted);
        let mut next = noted.entry.clone();
        change(&mut next);
        if noted.kept && next == noted.entry {
            return;
        }
        next
    };
    let journal = &core.ports.journal;
    let kept = match next.is_empty() {
        true => guarded(core, journal.clear()).await,
        false => guarded(core, journal.note(&next)).await,
    };
    let mut noted = lock(&core.noted);
    noted.kept = kept.is_some();
    noted.changed = true;
    noted.entry = next;
}

async fn guarded<T>(core: &Core, asked: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
    let failed = |why: &str| Err(StoreError(why.to_owned()));
    let result = tokio::select! {
        biased;
        done = AssertUnwindSafe(asked).catch_unwind() => {
            done.unwrap_or_else(|_| failed("The journal failed by a fault of this program."))
        }
        () = core.ports.clock.sleep(LONGEST_OPERATION) => failed("The disk did not answer in time."),
    };
    core.note_journal(&result);
    result.ok()
}
