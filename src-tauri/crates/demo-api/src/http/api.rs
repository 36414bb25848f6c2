//! The endpoints that want an access token: the profile, the lists, the notes.
//! Not here: how a token is judged (`families`) and what the lists hold (`content`).

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::Response;
use serde_json::value::RawValue;

use super::answers;
use super::body::Fields;
use crate::accounts;
use crate::content::{self, Listing};
use crate::error::DemoError;
use crate::families::{self, Access};
use crate::request_log::EntryId;
use crate::state;

type Shared = State<Arc<state::State>>;

/// Whose call this is.
#[derive(Clone, Copy)]
pub(crate) struct Caller(i64);

/// Lets a call through that carries a good access token, and counts those that do not.
pub(crate) async fn require_access(
    State(state): Shared,
    Extension(entry): Extension<EntryId>,
    mut request: Request,
    next: Next,
) -> Response {
    state.tally.count(|counts| counts.api_calls += 1);
    let refused = match bearer(request.headers()) {
        None => answers::no_access_token(),
        Some(token) => match judge(&state, entry, token).await {
            Ok(Some(account)) => {
                request.extensions_mut().insert(Caller(account));
                return next.run(request).await;
            }
            Ok(None) => answers::refused_access_token(),
            Err(error) => return answers::broken(&error),
        },
    };
    state.tally.count(|counts| counts.api_unauthorized += 1);
    refused
}

pub(crate) async fn me(State(state): Shared, Extension(Caller(account)): Extension<Caller>) -> Response {
    served(state.database.call(move |connection| accounts::profile(connection, account)).await)
}

pub(crate) async fn list(
    State(state): Shared,
    Extension(Caller(account)): Extension<Caller>,
    listing: Listing,
) -> Response {
    let found = state.database.call(move |connection| content::list(connection, account, listing)).await;
    let time = state.switches.settings().activity_time;
    match found {
        Ok(json) if matches!(listing, Listing::Activity) && !time.is_zero() => {
            answers::ok_slowly(&json, time)
        }
        found => served(found),
    }
}

pub(crate) async fn add_note(
    State(state): Shared,
    Extension(Caller(account)): Extension<Caller>,
    request: Request,
) -> Response {
    let text = match Fields::read(request).await.and_then(|fields| {
        let [text] = fields.texts(["text"])?;
        Ok(text.to_owned())
    }) {
        Ok(text) => text,
        Err(answer) => return *answer,
    };
    let now = state.clock.now_secs();
    match state.database.call(move |connection| content::add_note(connection, account, &text, now)).await {
        Ok(note) => answers::created(&note),
        Err(error) => answers::broken(&error),
    }
}

/// The account whose token this is, if it is good; what is learnt about the token is counted and logged.
async fn judge(state: &Arc<state::State>, entry: EntryId, token: String) -> Result<Option<i64>, DemoError> {
    let shared = Arc::clone(state);
    let access: Access = state
        .database
        .call(move |connection| {
            families::judge_access(connection, &shared.mint, &token, shared.clock.now_secs())
        })
        .await?;
    let Some(serial) = access.serial else { return Ok(None) };
    state.log.carried(entry, serial);
    if access.superseded {
        state.tally.count(|counts| counts.api_with_superseded_token += 1);
    }
    Ok(access.account.filter(|_| !state.switches.has_expired(serial)))
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn served(json: Result<Box<RawValue>, DemoError>) -> Response {
    match json {
        Ok(json) => answers::ok(&json),
        Err(error) => answers::broken(&error),
    }
}
