//! The header of a token, for a request that the program sends itself: at once, or after a call's pause (R1, R2, R7).
//! Not here: that pause (`passenger`), and a call that the engine sends (`interceptor`).

use crate::call::Authorization;
use crate::core::Core;
use crate::error::CallError;
use crate::lifetime::Moment;
use crate::passenger::Passenger;
use crate::sync::Arc;
use crate::token::Generation;

/// The header of a token that is fresh now, without a wait, a lock, an allocation or an event (R1).
#[inline]
pub(crate) fn fresh(core: &Core, now: Moment) -> Option<Authorization> {
    core.state.look(|state| {
        if now.is_after(state.fresh_until?) {
            return None;
        }
        let set = state.held()?.credentials.set()?;
        Some(Authorization { header: set.access.header().clone(), generation: state.generation })
    })
}

/// The header of a token to go with, after as much waiting as the rules allow a call; `refused`: the API has answered 401 to
/// the token of that generation (R7).
pub(crate) async fn after_waiting(
    core: &Arc<Core>,
    refused: Option<Generation>,
) -> Result<Authorization, CallError> {
    let now = core.look_at_clocks();
    if let Some(generation) = refused {
        core.state.update_held(generation, |held| held.rejected = true);
    }
    let pass = Passenger::of_header(core, now).pass().await?;
    Ok(Authorization { header: pass.header, generation: pass.generation })
}
