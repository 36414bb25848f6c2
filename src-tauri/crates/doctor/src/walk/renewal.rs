//! Two refreshes, each with the token that the engine would keep: only the second shows whether a session lasts.
//! Not here: spent tokens (`reuse`).

use session_engine::ports::{EndpointError, TokenEndpoint, TokenReply};

use super::{Tokens, Walk, written};
use crate::explain::problem;
use crate::facts::Rotation;
use crate::finding::{Finding, FindingCode};
use crate::report::{StepName, StepStatus};

impl Walk<'_> {
    /// The first refresh. `false`: it gave nothing.
    pub(super) async fn refresh(&mut self, tokens: &mut Tokens) -> bool {
        let begun = self.begin(StepName::Refresh);
        let result = self.endpoint.refresh(&tokens.refresh).await;
        let passed = self.passed();
        match result {
            Ok(reply) => {
                let summary = self.take_over(tokens, reply);
                self.end(begun, StepStatus::Passed, &summary, &passed);
                true
            }
            Err(error) => {
                let path = self.patient.server.refresh.path.clone();
                self.explain(StepName::Refresh, &path, &passed, &error);
                self.end(begun, StepStatus::Failed, "No new token.", &passed);
                false
            }
        }
    }

    /// The second refresh, with what the engine would keep: only it shows whether a session lasts.
    pub(super) async fn rotation(&mut self, tokens: &mut Tokens) -> bool {
        let begun = self.begin(StepName::Rotation);
        let rotated = tokens.spent.len() == 1;
        let result = self.endpoint.refresh(&tokens.refresh).await;
        let passed = self.passed();
        match result {
            Ok(reply) => {
                let summary = self.take_over(tokens, reply);
                self.facts.rotation = Some(if rotated { Rotation::On } else { Rotation::Off });
                self.end(begun, StepStatus::Passed, &summary, &passed);
                return true;
            }
            Err(EndpointError::Definitive(_) | EndpointError::Misconfigured(_)) => {
                self.facts.rotation = Some(Rotation::Broken);
                self.findings.push(if rotated {
                    problem(
                        FindingCode::RotationBroken,
                        "The refresh gives a new refresh token, and the server refuses it: every session ends with its second refresh. Mend the rotation at the server.",
                    )
                } else {
                    self.silent_rotation()
                });
            }
            Err(error @ EndpointError::Transient(_)) => {
                let path = self.patient.server.refresh.path.clone();
                self.explain(StepName::Rotation, &path, &passed, &error);
            }
        }
        self.end(begun, StepStatus::Failed, "The token to go on with does not work.", &passed);
        false
    }

    fn silent_rotation(&self) -> Finding {
        let pointer = written(&self.patient.server.tokens.refresh);
        problem(
            FindingCode::RotationSilent,
            format!(
                "The refresh gives no new refresh token at {pointer}, and the one it was asked with is spent: every session ends with its second refresh. If the reply has a new one elsewhere, set tokens.refresh; else mend the rotation at the server."
            ),
        )
    }

    /// Takes the new tokens as the engine would (R8), and says in a line what came.
    pub(super) fn take_over(&mut self, tokens: &mut Tokens, reply: TokenReply) -> String {
        self.learn(&reply);
        let access = format!("New access token … ({})", reply.access.fingerprint());
        tokens.access = reply.access;
        match reply.refresh {
            Some(new) if new.fingerprint() != tokens.refresh.fingerprint() => {
                let line = format!(
                    "{access}; rotated: … ({}) → … ({}).",
                    tokens.refresh.fingerprint(),
                    new.fingerprint()
                );
                let old = std::mem::replace(&mut tokens.refresh, new);
                tokens.spent.push(old);
                line
            }
            Some(_) => format!("{access}; the same refresh token again."),
            None => format!("{access}; no new refresh token."),
        }
    }
}
