//! The walk: sign in, call, refresh, refresh again, call with the new token, use old ones again (if asked), sign out, try a dead one.
//! Requests and verdicts are the engine's own. Not here: what the tokens' times tell (`examine`), and any text of an error (`explain`).

use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use secrecy::ExposeSecret;
use session_engine::ports::{Clock, Credentials, EndpointError, TokenEndpoint, TokenReply, Transport};
use session_engine::server::{Pointers, ServerProfile};
use session_engine::{AccessToken, HttpTokenEndpoint, Moment, RefreshPolicy, RefreshToken, confine};

use crate::explain::{self, problem, remark};
use crate::redact::{Redactor, fingerprint};
use crate::report::{
    Facts, Finding, FindingCode, Grace, Meaning, Report, Reuse, Rotation, Setting, Step, StepName, StepStatus,
};
use crate::witness::{Passed, Witness};
use crate::{error_body, examine, keep};

/// Sent where there is no dead token to learn from.
const INVENTED: &str = "not-a-token-of-this-server";

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

/// Walks through the server and tells `watch` of each step when it begins and when it ends.
pub async fn walk(
    patient: Patient,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    watch: &(dyn Fn(&Step) + Send + Sync),
) -> Report {
    let witness = Arc::new(Witness::new(transport, Arc::clone(&clock)));
    let endpoint = HttpTokenEndpoint::new(witness.clone(), Arc::clone(&patient.server));
    let mut redactor = Redactor::new(&patient.credentials.username);
    redactor.learn(patient.credentials.password.expose_secret());
    for request in extras(&patient.server) {
        redactor.learn_extra(request);
    }
    let (steps, facts, findings, error_bodies) = Default::default();
    let mut walk =
        Walk { patient, witness, endpoint, clock, redactor, watch, steps, facts, findings, error_bodies };
    walk.all().await;
    walk.report()
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
    steps: Vec<Step>,
    facts: Facts,
    findings: Vec<Finding>,
    error_bodies: Vec<crate::report::ErrorBody>,
}

/// The tokens of the walk: what a session would hold, and what it held before.
struct Tokens {
    access: AccessToken,
    refresh: RefreshToken,
    spent: Vec<RefreshToken>,
}

impl Walk<'_> {
    async fn all(&mut self) {
        use StepName::{Call, DeadToken, NewToken, Refresh, Reuse, Rotation, SignOut};
        let Some((access, refresh)) = self.sign_in().await else {
            return self.skip(
                &[Call, Refresh, Rotation, NewToken, Reuse, SignOut, DeadToken],
                "Nobody is signed in.",
            );
        };
        self.call(Call, &access).await;
        let Some(refresh) = refresh else {
            let why = "There is no refresh token.";
            return self.skip(&[Refresh, Rotation, NewToken, Reuse, SignOut, DeadToken], why);
        };
        let mut tokens = Tokens { access, refresh, spent: Vec::new() };
        if !self.refresh(&mut tokens).await {
            self.skip(&[Rotation, NewToken, Reuse], "There was no refresh.");
            return self.leave(&tokens).await;
        }
        let goes_on = self.rotation(&mut tokens).await;
        self.call(NewToken, &tokens.access).await;
        let is_over = if !self.patient.reuse {
            self.skip(&[Reuse], "Not asked for; it may end the session.");
            false
        } else if goes_on && self.facts.rotation == Some(crate::report::Rotation::On) {
            self.reuse(&mut tokens).await
        } else {
            self.skip(&[Reuse], "No token is ever spent without rotation.");
            false
        };
        if is_over {
            self.skip(&[SignOut, DeadToken], "The session has ended with the reuse.");
        } else {
            self.leave(&tokens).await;
        }
    }

    async fn sign_in(&mut self) -> Option<(AccessToken, Option<RefreshToken>)> {
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
        let lives = self.facts.access_lifetime_ms.map(std::time::Duration::from_millis);
        let lives = lives.map_or_else(String::new, |life| format!(", lives {}", examine::span(life)));
        let refresh =
            reply.refresh.as_ref().map(|token| format!("; refresh token {}", fingerprint(token.expose())));
        let summary =
            format!("Access token … ({}){lives}{}.", reply.access.fingerprint(), refresh.unwrap_or_default());
        self.end(begun, StepStatus::Passed, &summary, &passed);
        Some((reply.access, reply.refresh))
    }

    async fn call(&mut self, name: StepName, access: &AccessToken) {
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

    /// The first refresh. `false`: it gave nothing.
    async fn refresh(&mut self, tokens: &mut Tokens) -> bool {
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
    async fn rotation(&mut self, tokens: &mut Tokens) -> bool {
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
    fn take_over(&mut self, tokens: &mut Tokens, reply: TokenReply) -> String {
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

    /// Sends spent tokens again. `true`: that has ended the session.
    async fn reuse(&mut self, tokens: &mut Tokens) -> bool {
        let begun = self.begin(StepName::Reuse);
        let (newest, spent) = (tokens.refresh.fingerprint(), tokens.spent.clone());
        let [oldest, .., parent] = spent.as_slice() else {
            self.end(begun, StepStatus::Skipped, "No token is spent.", &[]);
            return false;
        };
        let again = self.endpoint.refresh(parent).await;
        let was_parent_taken = again.is_ok();
        match again {
            Ok(reply) => {
                let is_same = reply.refresh.as_ref().is_none_or(|token| token.fingerprint() == newest);
                self.facts.grace = Some(if is_same { Grace::SameToken } else { Grace::AnotherToken });
                self.take_over(tokens, reply);
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
        let oldest_taken = was_parent_taken
            && match self.endpoint.refresh(oldest).await {
                Ok(reply) => {
                    self.take_over(tokens, reply);
                    true
                }
                Err(_) => false,
            };
        let mut is_over = false;
        if oldest_taken {
            self.facts.reuse = Some(Reuse::Accepted);
            self.findings.push(remark(
                FindingCode::ReuseAccepted,
                "A refresh token works again after it was replaced: whoever steals one can use it until it expires. Let the server refuse spent tokens.",
            ));
        } else {
            match self.endpoint.refresh(&tokens.refresh).await {
                Ok(reply) => {
                    self.take_over(tokens, reply);
                    self.facts.reuse = Some(Reuse::Refused);
                }
                Err(EndpointError::Definitive(_) | EndpointError::Misconfigured(_)) => {
                    self.facts.reuse = Some(Reuse::EndsTheSession);
                    is_over = true;
                }
                Err(EndpointError::Transient(_)) => {}
            }
        }
        let passed = self.passed();
        let summary = match self.facts.reuse {
            Some(Reuse::EndsTheSession) => "A spent token is refused, and ends the session.",
            Some(Reuse::Refused) => "A spent token is refused; the session goes on.",
            Some(Reuse::Accepted) => "A spent token works again.",
            None => "The server could not say.",
        };
        let went = if self.facts.reuse.is_some() { StepStatus::Passed } else { StepStatus::Failed };
        self.end(begun, went, summary, &passed);
        is_over
    }

    /// Signs out at the server, and learns what it says to a dead token.
    async fn leave(&mut self, tokens: &Tokens) {
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

    fn explain(&mut self, step: StepName, path: &str, passed: &[Passed], error: &EndpointError) {
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
    fn passed(&mut self) -> Vec<Passed> {
        let passed = self.witness.take();
        for passed in &passed {
            let header = passed.request.headers().get(AUTHORIZATION).and_then(|header| header.to_str().ok());
            if let Some((_, token)) = header.and_then(|header| header.split_once(' ')) {
                self.redactor.learn(token);
            }
        }
        passed
    }

    fn learn(&mut self, reply: &TokenReply) {
        if let Some(token) =
            reply.access.header().to_str().ok().and_then(|header| header.strip_prefix("Bearer "))
        {
            self.redactor.learn(token);
        }
        if let Some(token) = &reply.refresh {
            self.redactor.learn(token.expose());
        }
    }

    fn begin(&self, name: StepName) -> (StepName, Moment) {
        (self.watch)(&Step {
            name,
            status: StepStatus::Running,
            summary: String::new(),
            took_ms: 0,
            exchanges: Vec::new(),
        });
        (name, self.clock.now())
    }

    fn end(
        &mut self,
        (name, begun): (StepName, Moment),
        status: StepStatus,
        summary: &str,
        passed: &[Passed],
    ) {
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

    fn skip(&mut self, names: &[StepName], why: &str) {
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

    fn report(mut self) -> Report {
        self.findings.sort_by_key(|finding| finding.severity);
        let settings = self.findings.iter().flat_map(|finding| &finding.settings);
        Report {
            base_url: self.patient.server.base.to_string(),
            healthy: self.findings.iter().all(|finding| finding.severity != crate::report::Severity::Problem),
            toml: keep::keep(&self.patient.toml, settings),
            steps: self.steps,
            facts: self.facts,
            error_bodies: self.error_bodies,
            findings: self.findings,
        }
    }
}
