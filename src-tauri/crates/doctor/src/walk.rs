//! The walk: sign in, call, refresh, refresh again, call with the new token, use old ones again (if asked), sign out, try a dead one.
//! Requests and verdicts are the engine's own. Not here: what the tokens' times tell (`examine`), and any text of an error (`explain`).

mod call;
mod leave;
mod renewal;
mod reuse;
mod sign_in;
mod steps;

use std::sync::Arc;

use secrecy::ExposeSecret;
use session_engine::ports::{Clock, Credentials, Transport};
use session_engine::server::{Pointers, ServerProfile};
use session_engine::{AccessToken, HttpTokenEndpoint, RefreshPolicy, RefreshToken};
use tokio_util::sync::CancellationToken;

use crate::facts::{Facts, Rotation};
use crate::finding::{Finding, Severity};
use crate::keep;
use crate::redact::Redactor;
use crate::report::{ErrorBody, Report, Step, StepName};
use crate::witness::Witness;

/// Who is examined. Can be neither printed nor serialised.
pub struct Patient {
    /// The server's ways.
    pub server: Arc<ServerProfile>,
    /// The times that decide.
    pub policy: RefreshPolicy,
    /// The setting that names a path to call with a token, and the path.
    pub call: Option<(&'static str, String)>,
    /// Whether the settings name a path for the profile.
    pub has_profile: bool,
    /// The settings as their user wrote them.
    pub toml: String,
    /// Who signs in.
    pub credentials: Credentials,
    /// Use spent tokens again, which may end the session; another sign-in is then needed.
    pub reuse: bool,
}

/// Walks through the server and tells `watch` of each step when it begins and when it ends. `None`: `stop` was heard; what was
/// under way is given up, and the walk's own session is signed out (3 s at most, R12).
pub async fn walk(
    patient: Patient,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    watch: &(dyn Fn(&Step) + Send + Sync),
    stop: &CancellationToken,
) -> Option<Report> {
    let witness = Arc::new(Witness::new(transport, Arc::clone(&clock), stop.clone()));
    let endpoint = HttpTokenEndpoint::new(witness.clone(), Arc::clone(&patient.server));
    let mut redactor = Redactor::new(&patient.credentials.username);
    redactor.learn(patient.credentials.password.expose_secret());
    for request in extras(&patient.server) {
        redactor.learn_extra(request);
    }
    let (steps, facts, findings, error_bodies) = Default::default();
    let mut walk = Walk {
        patient,
        witness,
        endpoint,
        clock,
        redactor,
        watch,
        stop,
        is_over: false,
        steps,
        facts,
        findings,
        error_bodies,
    };
    walk.all().await;
    (!stop.is_cancelled()).then(|| walk.report())
}

fn extras(server: &ServerProfile) -> Vec<&serde_json::Map<String, serde_json::Value>> {
    let logout = server.logout.iter().map(|logout| &logout.extra);
    let login = server.login.iter().map(|login| &login.extra);
    login.chain([&server.refresh.extra]).chain(logout).collect()
}

/// Pointers as they are said in a sentence.
fn written(pointers: &Pointers) -> String {
    let all: Vec<_> = pointers.iter().collect();
    if all.is_empty() { "any place (none is set)".to_owned() } else { all.join(" or ") }
}

struct Walk<'a> {
    patient: Patient,
    witness: Arc<Witness>,
    endpoint: HttpTokenEndpoint,
    clock: Arc<dyn Clock>,
    redactor: Redactor,
    watch: &'a (dyn Fn(&Step) + Send + Sync),
    stop: &'a CancellationToken,
    /// The stop has been told.
    is_over: bool,
    steps: Vec<Step>,
    facts: Facts,
    findings: Vec<Finding>,
    error_bodies: Vec<ErrorBody>,
}

/// The tokens of the walk: what a session would hold, and what it held before.
struct Tokens {
    access: AccessToken,
    refresh: RefreshToken,
    spent: Vec<RefreshToken>,
}

impl Walk<'_> {
    async fn all(&mut self) {
        use StepName::{Call, DeadToken, NewToken, Refresh, Reuse, SignOut};
        let Some((access, refresh)) = self.sign_in().await else {
            return self.skip(
                &[Call, Refresh, StepName::Rotation, NewToken, Reuse, SignOut, DeadToken],
                "Nobody is signed in.",
            );
        };
        self.call(Call, &access).await;
        let Some(refresh) = refresh else {
            let why = "There is no refresh token.";
            return self.skip(&[Refresh, StepName::Rotation, NewToken, Reuse, SignOut, DeadToken], why);
        };
        let mut tokens = Tokens { access, refresh, spent: Vec::new() };
        let is_over = self.renew(&mut tokens).await;
        if self.stop.is_cancelled() {
            self.hurry_out(&tokens).await;
        } else if is_over {
            self.skip(&[SignOut, DeadToken], "The session has ended with the reuse.");
        } else {
            self.leave(&tokens).await;
        }
    }

    /// All that uses the refresh token. `true`: that has ended the session.
    async fn renew(&mut self, tokens: &mut Tokens) -> bool {
        use StepName::{NewToken, Reuse};
        if self.stop.is_cancelled() {
            return false;
        }
        if !self.refresh(tokens).await {
            self.skip(&[StepName::Rotation, NewToken, Reuse], "There was no refresh.");
            return false;
        }
        let goes_on = self.rotation(tokens).await;
        self.call(NewToken, &tokens.access).await;
        if !self.patient.reuse {
            self.skip(&[Reuse], "Not asked for; it may end the session.");
            false
        } else if goes_on && self.facts.rotation == Some(Rotation::On) {
            self.reuse(tokens).await
        } else {
            self.skip(&[Reuse], "No token is ever spent without rotation.");
            false
        }
    }

    fn report(mut self) -> Report {
        self.findings.sort_by_key(|finding| finding.severity);
        let settings = self.findings.iter().flat_map(|finding| &finding.settings);
        Report {
            base_url: self.patient.server.base.to_string(),
            healthy: self.findings.iter().all(|finding| finding.severity != Severity::Problem),
            toml: keep::keep(&self.patient.toml, settings),
            steps: self.steps,
            facts: self.facts,
            error_bodies: self.error_bodies,
            findings: self.findings,
        }
    }
}
