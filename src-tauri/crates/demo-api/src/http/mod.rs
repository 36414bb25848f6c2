//! The HTTP API: the routes and the order of what a request passes through.
//! Not here: sockets (`serve`) and any way to a fault switch: there is no route for one (P10).

mod answers;
mod api;
mod body;
mod gate;
mod record;
mod token_endpoints;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::{Method, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};

use crate::content::Listing;
use crate::state::State;

/// The API as it is served on `address`.
pub(crate) fn router(state: &Arc<State>, address: SocketAddr) -> Router {
    let authenticated = Router::new()
        .merge(both("/api/me", get(api::me)))
        .merge(both("/api/projects", get(|s, c| api::list(s, c, Listing::Projects))))
        .merge(both("/api/notifications", get(|s, c| api::list(s, c, Listing::Notifications))))
        .merge(both("/api/activity", get(|s, c| api::list(s, c, Listing::Activity))))
        .merge(both("/api/stats", get(|s, c| api::list(s, c, Listing::Stats))))
        .merge(both("/api/notes", get(|s, c| api::list(s, c, Listing::Notes)).post(api::add_note)))
        .route_layer(from_fn_with_state(Arc::clone(state), api::require_access));
    Router::new()
        .merge(both("/api/token", post(token_endpoints::login)))
        .merge(both("/api/token/refresh", post(token_endpoints::refresh)))
        .merge(both("/api/token/blacklist", post(token_endpoints::blacklist)))
        .merge(authenticated)
        .fallback(|| async { answers::not_found() })
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(gate::Gate::new(address), gate::admit))
        .layer(from_fn_with_state(Arc::clone(state), record::record))
        .with_state(Arc::clone(state))
}

/// A path with the trailing slash that Django likes, and without.
fn both(path: &str, method: MethodRouter<Arc<State>>) -> Router<Arc<State>> {
    Router::new().route(path, method.clone()).route(&format!("{path}/"), method)
}

async fn method_not_allowed(method: Method, _: Uri) -> Response {
    answers::method_not_allowed(&method)
}
