//! The walk's first step: sign in, and what the reply tells.
//! Not here: what the tokens' times tell (`examine`).

use std::time::Duration;

use super::{Walk, written};
use crate::examine;
use crate::explain::{self, problem, remark};
use crate::finding::FindingCode;
use crate::redact::fingerprint;
use crate::report::{StepName, StepStatus};
use crate::witness::Passed;
use session_engine::ports::TokenEndpoint;
use session_engine::{AccessToken, RefreshToken};
use std::sync::Arc;

impl Walk<'_> {
    pub(super) async fn sign_in(&mut self) -> Option<(AccessToken, Option<RefreshToken>)> {
        let server = Arc::clone(&self.patient.server);
        let Some(login) = &server.login else {
            self.findings.push(problem(
                FindingCode::NoSignIn,
                "No [login] is set: signing in is done elsewhere, and nothing can be tested without it. Set login.path for the test if the server takes a name and a password.",
            ));
            self.skip(&[StepName::SignIn], "No [login] is set.");
            return None;
        };
        let begun = self.begin(StepName::SignIn);
        let result = self.endpoint.sign_in(&self.patient.credentials).await;
        let at = self.clock.now();
        let passed = self.passed();
        let reply = match result {
            Ok(reply) => reply,
            Err(error) => {
                self.explain(StepName::SignIn, &login.path, &passed, &error);
                self.end(begun, StepStatus::Failed, "No tokens.", &passed);
                return None;
            }
        };
        self.learn(&reply);
        self.findings.extend(examine::sign_in(&reply, at, &self.patient.policy, &mut self.facts));
        if reply.user.is_none() && !self.patient.has_profile {
            self.findings.push(remark(
                FindingCode::NoProfile,
                "The sign-in's reply has no user at tokens.user, and no profile.path is set: there will be no profile. Set profile.path to where the API tells who is signed in.",
            ));
        }
        if reply.refresh.is_none()
            && let Some(json) = passed.last().and_then(Passed::json)
        {
            let (kind, code) = ("refresh", FindingCode::NoRefreshToken);
            let pointer = written(&server.tokens.refresh);
            let finding = explain::no_token(kind, code, StepName::SignIn, &pointer, &json, &self.redactor);
            self.findings.push(finding);
        }
        let lives = self.facts.access_lifetime_ms.map(Duration::from_millis);
        let lives = lives.map_or_else(String::new, |life| format!(", lives {}", examine::span(life)));
        let refresh =
            reply.refresh.as_ref().map(|token| format!("; refresh token {}", fingerprint(token.expose())));
        let summary =
            format!("Access token … ({}){lives}{}.", reply.access.fingerprint(), refresh.unwrap_or_default());
        self.end(begun, StepStatus::Passed, &summary, &passed);
        Some((reply.access, reply.refresh))
    }
}
