//! The walk's end: signs out at the server, and learns what it says to a dead token.
//! Not here: the entry of `[[rejected]]` that would know it (`error_body`).

use std::time::Duration;

use futures::future::select;
use session_engine::RefreshToken;
use session_engine::ports::{EndpointError, TokenEndpoint};

use super::{Tokens, Walk};
use crate::error_body;
use crate::explain::{problem, remark};
use crate::finding::{Finding, FindingCode, Setting};
use crate::report::{StepName, StepStatus};
use crate::witness::Passed;

/// Sent where there is no dead token to learn from.
const INVENTED: &str = "not-a-token-of-this-server";

/// How long a sign-out may take (R12).
const AT_MOST: Duration = Duration::from_secs(3);

impl Walk<'_> {
    /// Signs out at the server, and learns what it says to a dead token.
    pub(super) async fn leave(&mut self, tokens: &Tokens) {
        let is_revoked = self.sign_out(tokens).await;
        let begun = self.begin(StepName::DeadToken);
        let invented = RefreshToken::new(INVENTED.to_owned());
        let token = if is_revoked { Ok(tokens.refresh.clone()) } else { invented };
        let Ok(token) = token else { return };
        let result = self.endpoint.refresh(&token).await;
        if let Ok(reply) = &result {
            self.learn(reply);
        }
        let passed = self.passed();
        let summary = match result {
            Ok(_) => {
                self.findings.push(remark(
                    FindingCode::SignOutNoEffect,
                    "The refresh token works after the sign-out. Check logout.path and logout.token_field; else the server keeps no list of ended sessions.",
                ));
                "It still works."
            }
            Err(EndpointError::Definitive(_)) => {
                "The server says that it is dead, in words the settings know."
            }
            Err(EndpointError::Misconfigured(_)) => {
                let finding = self.not_listed(passed.last(), is_revoked);
                self.findings.push(finding);
                "The server refuses it, in words that the settings do not know."
            }
            Err(EndpointError::Transient(_)) => {
                self.findings.push(problem(
                    FindingCode::DeadTokenTransient,
                    format!("To a dead refresh token the server answers {}, which looks like an outage: a session that is over would go on trying, and offer to sign in again after a while. Let the server answer 401 with JSON.", passed.last().and_then(Passed::status).map_or_else(|| "nothing".to_owned(), |status| status.to_string())),
                ));
                "It looks like an outage."
            }
        };
        let is_known = summary.ends_with("know.") && !summary.contains("do not");
        let went = if is_known { StepStatus::Passed } else { StepStatus::Failed };
        self.end(begun, went, summary, &passed);
    }

    /// Leaves no session behind at the server when somebody has stopped the walk; nothing is told of it.
    pub(super) async fn hurry_out(&self, tokens: &Tokens) {
        self.witness.leave();
        if self.patient.server.logout.is_some() {
            let revoking = self.endpoint.revoke(&tokens.refresh);
            select(revoking, self.clock.sleep(AT_MOST)).await;
        }
    }

    async fn sign_out(&mut self, tokens: &Tokens) -> bool {
        let Some(logout) = self.patient.server.logout.clone() else {
            self.findings.push(remark(
                FindingCode::NoSignOut,
                "No [logout] is set, so the server is not told of a sign-out and the refresh token lives on there. Set logout.path if the server has one.",
            ));
            self.skip(&[StepName::SignOut], "No [logout] is set.");
            return false;
        };
        let begun = self.begin(StepName::SignOut);
        let result = self.endpoint.revoke(&tokens.refresh).await;
        let passed = self.passed();
        if let Err(error) = &result {
            let detail = match error {
                EndpointError::Transient(transient) => &transient.detail,
                EndpointError::Definitive(reason) => &reason.detail,
                EndpointError::Misconfigured(detail) => detail,
            };
            let mut finding = remark(
                FindingCode::SignOutRefused,
                format!(
                    "The server does not take the sign-out at {:?} ({}). Correct [logout], or write logout = false if it has none; then a sign-out ends the session here only.",
                    logout.path,
                    self.redactor.words(detail)
                ),
            );
            if matches!(passed.last().and_then(Passed::status), Some(404 | 405)) {
                finding.settings.push(Setting { key: "logout".to_owned(), value: "false".to_owned() });
            }
            self.findings.push(finding);
        }
        let went = if result.is_ok() { StepStatus::Passed } else { StepStatus::Failed };
        let summary =
            if result.is_ok() { "The server has ended the session." } else { "The server did not take it." };
        self.end(begun, went, summary, &passed);
        result.is_ok()
    }

    fn not_listed(&self, passed: Option<&Passed>, is_dead: bool) -> Finding {
        let status = passed.and_then(Passed::status).unwrap_or_default();
        let make = if is_dead { problem } else { remark };
        let whose = if is_dead { "a dead refresh token" } else { "a refresh token that it does not know" };
        let entry = passed.and_then(|passed| error_body::entry_for(passed, &self.redactor));
        let sentence = |advice: &str| {
            format!(
                "To {whose} the server answers {status} in words that no entry of [[rejected]] knows, so such a session would not end. {advice}"
            )
        };
        match entry {
            Some((status, pointer, equals)) => {
                let mut finding = make(
                    FindingCode::DeadTokenNotListed,
                    sentence(&format!(
                        "Add an entry: status {status}, pointer {pointer:?}, equals {equals:?}."
                    )),
                );
                let (pointer, equals) = (serde_json::Value::from(pointer), serde_json::Value::from(equals));
                if is_dead {
                    // A list in a file takes the place of the preset's: the entries there are go with it.
                    let known = self
                        .patient
                        .server
                        .rejected
                        .iter()
                        .filter_map(|rule| toml::Value::try_from(rule).ok());
                    let mut entries: Vec<_> = known.map(|rule| rule.to_string()).collect();
                    entries.push(format!("{{ status = {status}, pointer = {pointer}, equals = {equals} }}"));
                    let value = format!("[{}]", entries.join(", "));
                    finding.settings.push(Setting { key: "rejected".to_owned(), value });
                }
                finding
            }
            None => make(
                FindingCode::DeadTokenNotListed,
                sentence("Add an entry with its status and what it says."),
            ),
        }
    }
}
