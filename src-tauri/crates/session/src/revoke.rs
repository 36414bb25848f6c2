//! Tells the server that a token is to be forgotten.
//! Not here: when one is (`persist`, `outcome`, `sign_in`, `sign_out`), and how it is sent (`endpoint`).

use std::time::Duration;

use crate::core::Core;
use crate::event::SessionEvent;
use crate::ports::EndpointError;
use crate::sync::{Arc, spawn};
use crate::token::RefreshToken;

/// How long the server may take to revoke a token before we give up in silence (R12).
const REVOKE_TIMEOUT: Duration = Duration::from_secs(3);

/// Tells the server to forget a token, in the background, for at most three seconds (R10, R12).
pub(crate) fn revoke(core: &Arc<Core>, token: RefreshToken) {
    let core = Arc::clone(core);
    spawn(async move {
        let asked = core.ports.endpoint.revoke(&token);
        let (ok, detail) = tokio::select! {
            biased;
            result = asked => match result {
                Ok(()) => (true, String::new()),
                Err(EndpointError::Transient(transient)) => (false, transient.detail),
                Err(EndpointError::Definitive(reason)) => (false, reason.detail),
                Err(EndpointError::Misconfigured(detail)) => (false, detail),
            },
            () = core.ports.clock.sleep(REVOKE_TIMEOUT) => (false, "no answer in 3 s".to_owned()),
        };
        core.emit(SessionEvent::Revoked { ok, detail });
    });
}
