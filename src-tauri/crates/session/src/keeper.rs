//! Keeps the profile: every write goes through one lane, for the account and the session it belongs to (R10, R11).
//! Not here: how fields are merged (`profile`), and how they are stored (`ports::ProfileStore`).

use std::future::Future;

use crate::core::Core;
use crate::error::StoreError;
use crate::event::{ProfileSource, SessionEvent};
use crate::journal;
use crate::ports::Account;
use crate::profile::{MergeCount, Profile};
use crate::state::State;
use crate::sync::Arc;

/// Merges fields into the kept profile, in the background: nothing waits for the disk.
pub(crate) fn merge(
    core: &Arc<Core>,
    state: &State,
    account: Account,
    fields: Profile,
    source: ProfileSource,
) {
    let (job_core, epoch) = (Arc::clone(core), state.epoch);
    drop(core.profile_lane.run(async move {
        if !job_core.state.load().is_signed_in_since(epoch) {
            return;
        }
        let result = merge_now(&job_core, &account, &fields).await;
        say(&job_core, &result, fields.len(), source);
    }));
}

/// Puts the server's whole profile in the place of the kept one. `false`: the session had moved on and nothing was written.
pub(crate) async fn replace(
    core: &Arc<Core>,
    state: &State,
    account: Account,
    profile: Profile,
) -> Result<bool, StoreError> {
    let (job_core, epoch) = (Arc::clone(core), state.epoch);
    let written = core.profile_lane.run(async move {
        if !job_core.state.load().is_signed_in_since(epoch) {
            return Ok(false);
        }
        let result = replace_now(&job_core, &account, &profile).await;
        say(&job_core, &result, profile.len(), ProfileSource::Server);
        result.map(|_| true)
    });
    written.await.unwrap_or_else(|| Err(StoreError("the profile's writer has stopped".into())))
}

/// Forgets all of a user (R12), after all that was handed in before, and after `noted`: a crash in between does not leave it undone.
/// Handed in at once.
pub(crate) fn forget<N: Future<Output = ()> + Send + 'static>(
    core: &Arc<Core>,
    account: Account,
    noted: N,
) -> impl Future<Output = ()> + Send + use<N> {
    let job_core = Arc::clone(core);
    let forgotten = core.profile_lane.run(async move {
        noted.await;
        let result = job_core.ports.store.forget(&account).await;
        job_core.note_store(&result);
        if result.is_ok() {
            journal::has_left_or_is_back(&job_core, &account);
        }
    });
    async move { forgotten.await.unwrap_or_default() }
}

async fn merge_now(core: &Core, account: &str, fields: &Profile) -> Result<MergeCount, StoreError> {
    let mut kept = core.ports.store.load(account).await?.unwrap_or_default();
    let count = kept.merge(fields);
    if count != MergeCount::default() {
        core.ports.store.save(account, &kept).await?;
    }
    Ok(count)
}

async fn replace_now(core: &Core, account: &str, profile: &Profile) -> Result<MergeCount, StoreError> {
    let count = core.ports.store.load(account).await?.unwrap_or_default().compare(profile);
    core.ports.store.save(account, profile).await?;
    Ok(count)
}

fn say(core: &Core, result: &Result<MergeCount, StoreError>, fields: usize, source: ProfileSource) {
    core.note_store(result);
    if let Ok(MergeCount { changed, added }) = *result {
        core.emit(SessionEvent::ProfileKept { fields, changed, added, source });
    }
}
