//! A sign-out: ends the session at once, also offline, and wipes what is kept of it (R12).
//! Not here: how the server is told (`revoke`), and what a crash must not undo (`journal`).

use std::future;

use futures::FutureExt;

use crate::core::Core;
use crate::event::SessionEvent;
use crate::journal;
use crate::keeper;
use crate::revoke::revoke;
use crate::state::Phase;
use crate::sync::{Arc, Ordering, spawn};
use crate::vault;

/// Ends the session in memory first, then in the vault; all that is kept of the user goes too, unless `remember`.
pub(crate) async fn sign_out(core: &Arc<Core>, remember: bool) {
    core.intent.fetch_add(1, Ordering::AcqRel);
    core.leaving.fetch_add(1, Ordering::AcqRel);
    let mut left = None;
    core.state.update(|now| {
        left = match &now.phase {
            Phase::SignedIn(held) => Some((held.account.clone(), held.credentials.refresh().cloned())),
            Phase::Expired { account, .. } => Some((account.clone(), None)),
            Phase::SignedOut => None,
        };
        Some(now.left_for(Phase::SignedOut))
    });
    let forget = left.as_ref().filter(|_| !remember).map(|(account, _)| account.clone());
    let noted = left.is_some().then(|| journal::leaves(core, forget.clone()).boxed().shared());
    let noted = noted.unwrap_or_else(|| future::ready(()).boxed().shared());
    let job_core = Arc::clone(core);
    let cleared = core.vault_lane.run(async move {
        vault::align(&job_core).await;
        job_core.leaving.fetch_sub(1, Ordering::AcqRel);
    });
    if let Some((account, token)) = left {
        core.emit(SessionEvent::SignedOut { account, remembered: remember });
        if let Some(token) = token {
            let (core, noted) = (Arc::clone(core), noted.clone());
            spawn(async move {
                noted.await;
                revoke(&core, token);
            });
        }
    }
    if let Some(account) = forget {
        keeper::forget(core, account, noted).await;
    }
    cleared.await.unwrap_or_default();
}
