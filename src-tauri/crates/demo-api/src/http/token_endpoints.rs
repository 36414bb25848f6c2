//! Sign-in, refresh and sign-out over HTTP, with the faults of the refresh endpoint.
//! Not here: what a refresh does to a family (`families`).

use std::future;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::answers;
use super::body::{Fields, Read};
use crate::accounts;
use crate::cut::Cut;
use crate::error::DemoError;
use crate::families::{self, Pair, Refreshed};
use crate::fault::Fault;
use crate::state;

type Shared = State<Arc<state::State>>;

/// [`Fault::SlowRefresh`] answers this much later.
const SLOW: Duration = Duration::from_secs(3);

/// The reply of the login and refresh endpoints. No `Debug`: it holds tokens.
#[derive(Serialize)]
struct Tokens<U> {
    access: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<U>,
}

pub(crate) async fn login(State(state): Shared, request: Request) -> Response {
    let (username, password) = match credentials(request).await {
        Ok(credentials) => credentials,
        Err(answer) => return *answer,
    };
    match sign_in(&state, username, password).await {
        Ok(Some((pair, user))) => {
            state.tally.count(|counts| counts.logins += 1);
            answers::ok(&Tokens { access: pair.access, refresh: Some(pair.refresh), user: Some(user) })
        }
        Ok(None) => {
            state.tally.count(|counts| counts.login_failures += 1);
            answers::no_active_account()
        }
        Err(error) => answers::broken(&error),
    }
}

/// The refresh is carried out first and answered late, if late: whoever gives up waiting has lost the reply.
pub(crate) async fn refresh(
    State(state): Shared,
    Extension(cut): Extension<Cut>,
    request: Request,
) -> Response {
    let _in_progress = state.tally.refresh_arrived();
    let (answer, carried_out) = answer_refresh(&state, request).await;
    state.switches.holds.ended().await;
    let mut delay = state.switches.settings().refresh_delay;
    if state.switches.is_on(Fault::SlowRefresh) {
        delay += SLOW;
    }
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if carried_out && state.switches.take(Fault::LoseReply) {
        cut.connection();
        future::pending::<()>().await;
    }
    answer
}

pub(crate) async fn blacklist(State(state): Shared, request: Request) -> Response {
    let token = match refresh_token(request).await {
        Ok(token) => token,
        Err(answer) => return *answer,
    };
    let shared = Arc::clone(&state);
    match state.database.call(move |connection| families::end(connection, &shared.mint, &token)).await {
        Ok(true) => {
            state.tally.count(|counts| counts.logouts += 1);
            answers::ok(&serde_json::json!({}))
        }
        Ok(false) => answers::dead_refresh_token(),
        Err(error) => answers::broken(&error),
    }
}

/// The answer to a refresh, and whether a refresh token was honoured.
async fn answer_refresh(state: &Arc<state::State>, request: Request) -> (Response, bool) {
    let token = match refresh_token(request).await {
        Ok(token) => token,
        Err(answer) => return (*answer, false),
    };
    if state.switches.is_on(Fault::Refresh503) {
        return (answers::out_of_service(), false);
    }
    if state.switches.is_on(Fault::Refresh429) {
        return (answers::throttled(), false);
    }
    let shared = Arc::clone(state);
    let refreshed = state
        .database
        .call(move |connection| {
            let refreshed = families::refresh(connection, &shared.mint, &token, shared.terms())?;
            // Counted here, where it is done, and not where it is answered: nobody may be left to answer.
            shared.tally.count(|counts| match &refreshed {
                Refreshed::Rotated(_) | Refreshed::AccessOnly(_) => counts.refreshes_ok += 1,
                Refreshed::Replayed(_) => counts.replays_answered += 1,
                Refreshed::Reused => counts.reuses_detected += 1,
                Refreshed::Dead => {}
            });
            Ok(refreshed)
        })
        .await;
    let user = state.switches.settings().refresh_user;
    let tokens = match refreshed {
        Ok(Refreshed::Rotated(pair) | Refreshed::Replayed(pair)) => {
            Tokens { access: pair.access, refresh: Some(pair.refresh), user }
        }
        Ok(Refreshed::AccessOnly(access)) => Tokens::<Value> { access, refresh: None, user },
        Ok(Refreshed::Reused | Refreshed::Dead) => return (answers::dead_refresh_token(), false),
        Err(error) => return (answers::broken(&error), false),
    };
    (answers::ok(&tokens), true)
}

/// The new pair and the profile, if name and password are right.
async fn sign_in(
    state: &Arc<state::State>,
    username: String,
    password: String,
) -> Result<Option<(Pair, Box<RawValue>)>, DemoError> {
    let account = state.database.call(move |connection| accounts::find(connection, &username)).await?;
    // Argon2 takes its time: on a blocking thread, and without the database.
    let verified = tokio::task::spawn_blocking(move || accounts::verify(account.as_ref(), &password));
    let Some(account) = verified.await.map_err(|_| DemoError::Interrupted)?? else { return Ok(None) };
    let shared = Arc::clone(state);
    let begin = move |connection: &mut rusqlite::Connection| {
        let pair = families::begin(connection, &shared.mint, account, shared.terms())?;
        Ok(Some((pair, accounts::profile(connection, account)?)))
    };
    state.database.call(begin).await
}

async fn credentials(request: Request) -> Read<(String, String)> {
    let fields = Fields::read(request).await?;
    let [username, password] = fields.texts(["username", "password"])?;
    Ok((username.trim().to_owned(), password.to_owned()))
}

async fn refresh_token(request: Request) -> Read<String> {
    let fields = Fields::read(request).await?;
    let [token] = fields.texts(["refresh"])?;
    Ok(token.to_owned())
}
