//! How a step is told: its beginning, its end with what passed on the wire, or why it was not taken.
//! Not here: what a step does.

use http::header::AUTHORIZATION;
use session_engine::Moment;
use session_engine::ports::{EndpointError, TokenReply};

use super::{Walk, written};
use crate::explain::{self, problem};
use crate::finding::FindingCode;
use crate::report::{Meaning, Step, StepName, StepStatus};
use crate::witness::Passed;
use crate::{error_body, examine};

impl Walk<'_> {
    pub(super) fn explain(&mut self, step: StepName, path: &str, passed: &[Passed], error: &EndpointError) {
        let Some(last) = passed.last() else {
            let detail = match error {
                EndpointError::Misconfigured(detail) => self.redactor.words(detail),
                EndpointError::Transient(_) | EndpointError::Definitive(_) => "it was not sent".to_owned(),
            };
            return self
                .findings
                .push(problem(FindingCode::WrongPath, format!("{}: {detail}.", step.title())));
        };
        let pointer = written(&self.patient.server.tokens.access);
        let finding = explain::token_request(step, path, last, error, &pointer, &self.redactor);
        self.findings.push(finding);
    }

    /// What passed since the last time; what it carried in its header is a secret from now on.
    pub(super) fn passed(&mut self) -> Vec<Passed> {
        let passed = self.witness.take();
        for passed in &passed {
            let header = passed.request.headers().get(AUTHORIZATION).and_then(|header| header.to_str().ok());
            if let Some((_, token)) = header.and_then(|header| header.split_once(' ')) {
                self.redactor.learn(token);
            }
        }
        passed
    }

    pub(super) fn learn(&mut self, reply: &TokenReply) {
        if let Some(token) =
            reply.access.header().to_str().ok().and_then(|header| header.strip_prefix("Bearer "))
        {
            self.redactor.learn(token);
        }
        if let Some(token) = &reply.refresh {
            self.redactor.learn(token.expose());
        }
    }

    pub(super) fn begin(&self, name: StepName) -> (StepName, Moment) {
        self.tell(name, "");
        (name, self.clock.now())
    }

    /// What a step that runs is doing.
    pub(super) fn tell(&self, name: StepName, doing: &str) {
        if self.stop.is_cancelled() {
            return;
        }
        (self.watch)(&Step {
            name,
            status: StepStatus::Running,
            summary: doing.to_owned(),
            took_ms: 0,
            exchanges: Vec::new(),
        });
    }

    pub(super) fn end(
        &mut self,
        (name, begun): (StepName, Moment),
        status: StepStatus,
        summary: &str,
        passed: &[Passed],
    ) {
        if self.stop.is_cancelled() {
            return self.end_stopped(name);
        }
        let bodies = passed
            .iter()
            .filter_map(|passed| error_body::of(name, passed, &self.patient.server, &self.redactor));
        let bodies: Vec<_> = bodies.filter(|body| body.meaning != Meaning::Success).collect();
        self.error_bodies.extend(bodies);
        let step = Step {
            name,
            status,
            summary: summary.to_owned(),
            took_ms: examine::ms(self.clock.now().since(begun)),
            exchanges: passed.iter().map(|passed| self.redactor.exchange(passed)).collect(),
        };
        (self.watch)(&step);
        self.steps.push(step);
    }

    /// The step at which somebody stopped the walk is the last that is told.
    fn end_stopped(&mut self, name: StepName) {
        if !std::mem::replace(&mut self.is_over, true) {
            (self.watch)(&Step {
                name,
                status: StepStatus::Skipped,
                summary: "Stopped.".to_owned(),
                took_ms: 0,
                exchanges: Vec::new(),
            });
        }
    }

    pub(super) fn skip(&mut self, names: &[StepName], why: &str) {
        if self.stop.is_cancelled() {
            return;
        }
        for name in names {
            let step = Step {
                name: *name,
                status: StepStatus::Skipped,
                summary: why.to_owned(),
                took_ms: 0,
                exchanges: Vec::new(),
            };
            (self.watch)(&step);
            self.steps.push(step);
        }
    }
}
