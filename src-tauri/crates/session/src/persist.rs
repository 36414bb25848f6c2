//! The persist step, a job of the vault lane: check, keep, publish. So nobody gets a token that is not kept, and a late result
//! changes nothing (R8, R10). Not here: what is said of it (`outcome`, `sign_in`), and how the vault is used (`vault`).

use crate::core::Core;
use crate::ports::{Account, VaultEntry};
use crate::revoke::revoke;
use crate::state::{Bearer, Held, Phase, State};
use crate::sync::{Arc, Ordering, dice};
use crate::token::TokenSet;
use crate::vault;

/// What a refresh gave. `false`: the session had moved on.
pub(crate) async fn of_refresh(
    core: &Arc<Core>,
    state: &State,
    held: Held,
    set: TokenSet,
    rotated: bool,
) -> bool {
    if core.state.load().generation != state.generation {
        return false;
    }
    let missing = core.trouble().vault.is_some();
    if let Some(refresh) = set.refresh.clone().filter(|_| rotated || missing) {
        let entry = VaultEntry { account: held.account.clone(), refresh };
        vault::save(core, &entry).await;
    }
    let apart_after = set.lifetime.and_then(|life| core.policy.apart_after(&life, dice()));
    let apart_at = apart_after.map(|after| core.now().boot.saturating_add(after));
    let published = core.state.update(|now| {
        let apart_at = apart_at.filter(|_| held.outage.is_some());
        let next = Held { apart_at, ..Held::new(held.account, Bearer::Tokens(set)) };
        (now.generation == state.generation).then(|| now.followed_by(Phase::SignedIn(next)))
    });
    if !published {
        vault::align(core).await;
    }
    published
}

/// What a sign-in gave; the token that it replaces is revoked. `false`: a sign-out or another sign-in has begun since.
pub(crate) async fn of_sign_in(core: &Arc<Core>, account: &Account, set: TokenSet, intent: u64) -> bool {
    let newest = || core.intent.load(Ordering::Acquire) == intent;
    if !newest() {
        return false;
    }
    match set.refresh.clone() {
        Some(refresh) => vault::save(core, &VaultEntry { account: account.clone(), refresh }).await,
        None => vault::clear(core).await,
    }
    let held = Held::new(account.clone(), Bearer::Tokens(set));
    let mut replaced = None;
    let published = core.state.update(|now| {
        if !newest() {
            return None;
        }
        replaced = now.held().and_then(|old| old.credentials.refresh().cloned());
        Some(now.left_for(Phase::SignedIn(held)))
    });
    if !published {
        vault::align(core).await;
        return false;
    }
    if let Some(token) = replaced {
        revoke(core, token);
    }
    true
}
