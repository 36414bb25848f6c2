//! Tokens that the server has just issued: made a set of, and looked at for what they say of the clocks (R8, R16).
//! Not here: what is then done with the set (`outcome`, `sign_in`), and how a reply is read (`token_reply`).

use crate::core::Core;
use crate::lifetime::{Lifetime, Moment, Origin, Receipt};
use crate::ports::TokenReply;
use crate::state::Bearer;
use crate::sync::Arc;
use crate::token::TokenSet;

/// Makes a `TokenSet` of a reply; where the reply has no refresh token the `old` one stays, and what is known of it (R8).
pub(crate) fn token_set(reply: &TokenReply, old: Option<&Bearer>, at: Moment, origin: Origin) -> TokenSet {
    let life = |times, expires_in| {
        Lifetime::of(times, Receipt { at, server_date_ms: reply.server_date_ms, expires_in, origin })
    };
    let stays = old.filter(|_| reply.refresh.is_none());
    let refresh = reply.refresh.as_ref().or(stays.and_then(Bearer::refresh)).cloned();
    let told = refresh.as_ref().and_then(|token| life(token.times(), reply.refresh_expires_in));
    let known = stays.and_then(Bearer::set).and_then(|set| set.refresh_lifetime.clone());
    TokenSet {
        lifetime: life(reply.access.times(), reply.expires_in),
        access: reply.access.clone(),
        refresh,
        refresh_lifetime: told.map(Arc::new).or(known),
    }
}

/// Says, or takes back, that a clock is wrong (R16).
pub(crate) fn note_clock(core: &Core, set: &TokenSet) {
    let suspect = set.lifetime.is_some_and(|life| life.looked_expired());
    core.note_clock(suspect.then(|| {
        "A new token looked expired when it came: this computer's clock or the server's is wrong. The token is used as it is.".to_owned()
    }));
}
