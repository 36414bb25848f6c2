//! A sign-in: asks the server, and begins the session with what it gives, unless it was overtaken (R8, R10).
//! Not here: how the server is asked (`endpoint`), and how its tokens are kept and published (`persist`).

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use secrecy::ExposeSecret;
use tracing::Instrument;

use crate::core::{Core, ms};
use crate::error::{SignInError, Transient, TransientKind};
use crate::event::{ProfileSource, SessionEvent};
use crate::issued;
use crate::journal;
use crate::keeper;
use crate::lifetime::Origin;
use crate::persist;
use crate::ports::{Account, Credentials, EndpointError, TokenReply};
use crate::revoke::revoke;
use crate::sync::{Arc, Ordering, oneshot, spawn};

/// Signs in. Runs on when the caller gives up; a later sign-in or sign-out makes it void (R10).
pub(crate) async fn sign_in(core: &Arc<Core>, credentials: Credentials) -> Result<(), SignInError> {
    if core.server.login.is_none() {
        return Err(SignInError::NoLogin);
    }
    let username = credentials.username.trim().to_owned();
    if username.is_empty() {
        return Err(SignInError::Missing { field: "username" });
    }
    if credentials.password.expose_secret().is_empty() {
        return Err(SignInError::Missing { field: "password" });
    }
    let core = Arc::clone(core);
    let intent = core.intent.fetch_add(1, Ordering::AcqRel) + 1;
    let (tell, told) = oneshot::channel();
    let work = async move {
        let _ = tell.send(ask(&core, Credentials { username, ..credentials }, intent).await);
    };
    spawn(work.instrument(tracing::info_span!("sign_in")));
    told.await.unwrap_or(Err(SignInError::Superseded))
}

async fn ask(core: &Arc<Core>, credentials: Credentials, intent: u64) -> Result<(), SignInError> {
    let asked = AssertUnwindSafe(core.ports.endpoint.sign_in(&credentials)).catch_unwind();
    let reply = tokio::select! {
        biased;
        reply = asked => reply.unwrap_or_else(|_| Err(EndpointError::Transient(fault()))),
        () = core.ports.clock.sleep(core.policy.refresh_timeout) => Err(EndpointError::Transient(no_answer())),
    };
    let reply = reply.map_err(|error| match error {
        EndpointError::Transient(transient) => SignInError::Transient(transient),
        EndpointError::Definitive(_) => SignInError::WrongCredentials,
        EndpointError::Misconfigured(detail) => SignInError::Misconfigured(detail),
    })?;
    let account = credentials.username;
    let fresh = reply.refresh.clone();
    let (job_core, job_account) = (Arc::clone(core), account.clone());
    let adopted = core.vault_lane.run(async move { adopt(&job_core, job_account, reply, intent).await });
    if !adopted.await.unwrap_or(false) {
        if let Some(token) = fresh {
            revoke(core, token);
        }
        return Err(SignInError::Superseded);
    }
    Ok(())
}

/// A job of the vault lane. `false`: it was overtaken.
async fn adopt(core: &Arc<Core>, account: Account, reply: TokenReply, intent: u64) -> bool {
    let set = issued::token_set(&reply, None, core.now(), Origin::SignIn);
    if !persist::of_sign_in(core, &account, set.clone(), intent).await {
        return false;
    }
    journal::has_left_or_is_back(core, &account);
    core.emit(SessionEvent::SignedIn {
        account: account.clone(),
        lifetime_ms: set.lifetime.map(|life| ms(life.total())),
    });
    issued::note_clock(core, &set);
    core.note_network(None);
    if let Some(user) = reply.user {
        keeper::merge(core, &core.state.load(), account, user, ProfileSource::SignIn);
    }
    true
}

fn no_answer() -> Transient {
    Transient::new(TransientKind::NoAnswer, "The server did not answer in time.")
}

fn fault() -> Transient {
    Transient::new(TransientKind::Internal, "The sign-in failed by a fault of this program.")
}
