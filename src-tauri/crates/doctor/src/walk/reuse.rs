//! Spent refresh tokens once more: grace for a lost reply (R9), and what becomes of one that was stolen (RFC 9700 §4.14.2).
//! Not here: the sign-out after it (`leave`).

use std::time::Duration;

use session_engine::RefreshToken;
use session_engine::ports::{EndpointError, TokenEndpoint};

use super::{Tokens, Walk};
use crate::examine::span;
use crate::explain::{problem, remark};
use crate::facts::{Grace, Reuse};
use crate::finding::FindingCode;
use crate::report::{StepName, StepStatus};

/// A token that works again may be inside of a grace. The graces that servers come with are shorter: 10 s, 30 s.
const LONGER_THAN_GRACE: Duration = Duration::from_secs(31);

impl Walk<'_> {
    /// Sends spent tokens again. `true`: that has ended the session.
    pub(super) async fn reuse(&mut self, tokens: &mut Tokens) -> bool {
        let begun = self.begin(StepName::Reuse);
        let spent = tokens.spent.clone();
        let [oldest, .., parent] = spent.as_slice() else {
            self.end(begun, StepStatus::Skipped, "No token is spent.", &[]);
            return false;
        };
        let has_grace = self.lost_reply(tokens, parent).await;
        self.facts.reuse = if has_grace && self.is_taken_for_long(tokens, oldest).await {
            Some(Reuse::Accepted)
        } else {
            self.after_a_refusal(tokens).await
        };
        let (went, summary) = match self.facts.reuse {
            Some(Reuse::EndsTheSession) => {
                (StepStatus::Passed, "A spent token is refused, and ends the session.")
            }
            Some(Reuse::Refused) => (StepStatus::Passed, "A spent token is refused; the session goes on."),
            Some(Reuse::Accepted) => {
                self.findings.push(problem(
                    FindingCode::ReuseAccepted,
                    format!("A refresh token works again {} after it was replaced: whoever steals one can use it until it expires, and nobody sees it. Let the server refuse spent tokens, after a grace of seconds.", span(LONGER_THAN_GRACE)),
                ));
                (StepStatus::Failed, "A spent token goes on working.")
            }
            None => (StepStatus::Failed, "The server could not say."),
        };
        let passed = self.passed();
        self.end(begun, went, summary, &passed);
        self.facts.reuse == Some(Reuse::EndsTheSession)
    }

    /// The token used last, at once: what a client sends whose reply was lost. `true`: it is taken.
    async fn lost_reply(&mut self, tokens: &mut Tokens, parent: &RefreshToken) -> bool {
        let newest = tokens.refresh.fingerprint();
        match self.endpoint.refresh(parent).await {
            Ok(reply) => {
                let is_same = reply.refresh.as_ref().is_none_or(|token| token.fingerprint() == newest);
                self.facts.grace = Some(if is_same { Grace::SameToken } else { Grace::AnotherToken });
                self.take_over(tokens, reply);
                return true;
            }
            Err(EndpointError::Definitive(_) | EndpointError::Misconfigured(_)) => {
                self.facts.grace = Some(Grace::None);
                self.findings.push(remark(
                    FindingCode::NoGrace,
                    "A refresh token is refused at once when it comes a second time: a reply that is lost on its way costs the session. A few seconds of grace at the server would save it.",
                ));
            }
            Err(EndpointError::Transient(_)) => {}
        }
        false
    }

    /// Whether a token that is spent works now and also when any grace is over.
    async fn is_taken_for_long(&mut self, tokens: &mut Tokens, spent: &RefreshToken) -> bool {
        if !self.takes(tokens, spent).await {
            return false;
        }
        self.tell(
            StepName::Reuse,
            &format!("It works. Once more in {}, to tell reuse from grace.", span(LONGER_THAN_GRACE)),
        );
        self.stop.run_until_cancelled(self.clock.sleep(LONGER_THAN_GRACE)).await;
        self.takes(tokens, spent).await
    }

    async fn takes(&mut self, tokens: &mut Tokens, spent: &RefreshToken) -> bool {
        match self.endpoint.refresh(spent).await {
            Ok(reply) => {
                self.take_over(tokens, reply);
                true
            }
            Err(_) => false,
        }
    }

    /// Whether the session outlives the refusal. `None`: the server could not say.
    async fn after_a_refusal(&mut self, tokens: &mut Tokens) -> Option<Reuse> {
        match self.endpoint.refresh(&tokens.refresh).await {
            Ok(reply) => {
                self.take_over(tokens, reply);
                Some(Reuse::Refused)
            }
            Err(EndpointError::Definitive(_) | EndpointError::Misconfigured(_)) => {
                Some(Reuse::EndsTheSession)
            }
            Err(EndpointError::Transient(_)) => None,
        }
    }
}
