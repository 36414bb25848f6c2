//! A call of the API with a token, once with the first and once with the newest.
//! Not here: what is common to every request that fails (`explain`).

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use session_engine::ports::Transport;
use session_engine::{AccessToken, confine};

use super::Walk;
use crate::explain::{self, problem, remark};
use crate::facts::Rotation;
use crate::finding::FindingCode;
use crate::report::{StepName, StepStatus};

impl Walk<'_> {
    pub(super) async fn call(&mut self, name: StepName, access: &AccessToken) {
        let Some((key, path)) = self.patient.call.clone() else {
            if name == StepName::Call {
                self.findings.push(remark(
                    FindingCode::NoCall,
                    "No path is set to try a token on. Set profile.path, or home.calls, to something that needs a signed-in user.",
                ));
            }
            return self.skip(&[name], "No path is set to call.");
        };
        let begun = self.begin(name);
        if let Ok(url) = confine::join(&self.patient.server.base, &path) {
            let request = Request::builder()
                .method(Method::GET)
                .uri(url.as_str())
                .header(AUTHORIZATION, access.header())
                .header(ACCEPT, "application/json")
                .body(Bytes::new());
            if let Ok(request) = request {
                let _ = self.witness.send(request).await; // the witness has noted how it ended
            }
        }
        let passed = self.passed();
        let Some(last) = passed.last() else {
            return self.end(begun, StepStatus::Failed, "The path cannot be used.", &passed);
        };
        let status = last.status().unwrap_or_default();
        let is_page = last.header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("text/html"));
        let finding = match (explain::general(name, key, &path, last), status) {
            (Some(finding), _) => Some(finding),
            (None, 200..=299) if is_page => Some(problem(
                FindingCode::NotTheApi,
                format!("{}: what answers {path:?} is a web page, not the API. Correct {key}.", name.title()),
            )),
            (None, 200..=299) => None,
            (None, 401 | 403) => Some(problem(
                FindingCode::CallRefused,
                format!(
                    "{}: the API answers {status} to a token that it has just issued. Check tokens.access, and that {path:?} takes a bearer token.",
                    name.title()
                ),
            )),
            (None, _) => Some(problem(
                FindingCode::CallFailed,
                format!(
                    "{}: the API answers {status} to {path:?}. Correct {key}, or name another path there.",
                    name.title()
                ),
            )),
        };
        let went = if finding.is_none() { StepStatus::Passed } else { StepStatus::Failed };
        let summary = last
            .status()
            .map_or_else(|| "No answer.".to_owned(), |status| format!("{path} answers {status}."));
        let is_consequence = self.facts.rotation == Some(Rotation::Broken);
        self.findings.extend(finding.filter(|_| !is_consequence));
        self.end(begun, went, &summary, &passed);
    }
}
