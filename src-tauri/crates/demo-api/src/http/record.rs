//! What surrounds every request: an entry in the log, the latency, the `Date` by the server's own clock.
//! Not here: tokens; of those the log knows serials only, from `api`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::DATE;
use axum::middleware::Next;
use axum::response::Response;

use crate::state;

/// Logs the request, lets it be answered, and dates the answer.
pub(crate) async fn record(
    State(state): State<Arc<state::State>>,
    mut request: Request,
    next: Next,
) -> Response {
    let entry = state.log.arrived(request.method().as_str(), request.uri().path());
    request.extensions_mut().insert(entry);
    let mut answer = next.run(request).await;
    let latency = state.switches.settings().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if let Ok(date) = HeaderValue::try_from(state.clock.http_date()) {
        answer.headers_mut().insert(DATE, date);
    }
    state.log.answered(entry, answer.status().as_u16());
    answer
}
