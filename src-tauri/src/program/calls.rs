//! A call of the API as a page asks for it: checked, made a request, sent through the interceptor.
//! Not here: the phases that the page is told (`call_phases`), and the interceptor (the engine).

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use serde::de::IgnoredAny;
use session_engine::{ApiRequest, CallPhase, MAX_BODY_BYTES};

use super::{Program, too_large};
use crate::call_phases::CallPhases;
use crate::view::{ApiCall, ApiMethod, ApiReplyView, CommandError, CommandErrorCode};

impl Program {
    /// Sends a call through the interceptor.
    ///
    /// # Errors
    /// [`CommandError`] when the API did not answer; whatever status it answers is a reply.
    pub async fn api_call(&self, call: ApiCall, phases: &CallPhases) -> Result<ApiReplyView, CommandError> {
        let teller = phases.take(call.ticket)?;
        let request = request(call)?;
        self.ready().await;
        let watch = |phase: CallPhase| {
            if let Some(teller) = &teller {
                teller.tell(phase);
            }
        };
        Ok(self.session.call_watched(request, &watch).await?.into())
    }
}

/// Checks what a page asks for and makes a request of it.
fn request(call: ApiCall) -> Result<ApiRequest, CommandError> {
    let body = call.body.unwrap_or_default();
    if body.len() > MAX_BODY_BYTES {
        return Err(too_large(&format!(
            "This is larger than {} MB, which is the limit. Make it shorter.",
            MAX_BODY_BYTES >> 20
        )));
    }
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if !body.is_empty() {
        serde_json::from_str::<IgnoredAny>(&body).map_err(|error| {
            CommandError::new(
                CommandErrorCode::NotJson,
                format!("The body is not JSON ({error}). Mend it and send it again."),
            )
        })?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let method = match call.method {
        ApiMethod::Get => Method::GET,
        ApiMethod::Post => Method::POST,
        ApiMethod::Put => Method::PUT,
        ApiMethod::Patch => Method::PATCH,
        ApiMethod::Delete => Method::DELETE,
    };
    Ok(ApiRequest { method, path: call.path, headers, body: Bytes::from(body) })
}
