//! The real session beside the model: does the same operation, and holds what it sees against what the model says.
//! Not here: what ought to be (`model`), and which operations come (`operation`).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use session_engine::error::{CallError, SignInError};
use session_engine::event::{EventRecord, SessionEvent};
use session_engine::ports::{Clock, JournalEntry, Observer, Owed as Owes};
use session_engine::{ApiReply, Ports, Profile, RefreshToken, SessionState, Status};
use tokio::runtime::Runtime;

use crate::model::{Freshness, Model, Noted, Outcome, Owed, Phase, Reply, Sent, Told};
use crate::operation::{Fault, Operation, any_of};
use crate::span::{Ms, Span, ms};
use crate::world::{Outcome as Meets, World, join, millis, pass};

/// Operations done, of all cases.
pub(crate) static OPERATIONS: AtomicU64 = AtomicU64::new(0);
/// Cases begun.
pub(crate) static CASES: AtomicU64 = AtomicU64::new(0);

/// `STRICT`: the server ends a family whose spent token comes again; else it gives the newest token once more (R9).
pub(crate) struct Machine<const STRICT: bool>;

impl<const STRICT: bool> ReferenceStateMachine for Machine<STRICT> {
    type State = Model;
    type Transition = Operation;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::new(STRICT)).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Operation> {
        any_of(model)
    }

    fn preconditions(model: &Model, operation: &Operation) -> bool {
        let mut after = model.clone();
        after.apply(operation);
        !after.in_doubt
    }

    fn apply(mut model: Model, operation: &Operation) -> Model {
        model.apply(operation);
        model
    }
}

/// The world and its runtime, of which each case has its own.
pub(crate) struct Real {
    runtime: Runtime,
    world: World,
    tally: Arc<Tally>,
    gave: Option<Outcome>,
    arrived: usize,
}

/// Counts what is said.
#[derive(Default)]
pub(crate) struct Tally(Mutex<Told>);

impl Observer for Tally {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest is not counted")]
    fn on_event(&self, record: &EventRecord) {
        let mut told = self.0.lock().unwrap();
        let count = match record.event {
            SessionEvent::SignedIn { .. } => &mut told.signed_in,
            SessionEvent::SignedOut { .. } => &mut told.signed_out,
            SessionEvent::SessionRestored { .. } => &mut told.restored,
            SessionEvent::SessionExpired { .. } => &mut told.expired,
            SessionEvent::RefreshStarted { .. } => &mut told.started,
            SessionEvent::RefreshSucceeded { .. } => &mut told.succeeded,
            SessionEvent::RefreshFailed { .. } => &mut told.failed,
            SessionEvent::RefreshDiscarded { .. } => &mut told.discarded,
            SessionEvent::RefreshReplayed { .. } => &mut told.replayed,
            SessionEvent::RefreshInterrupted { .. } => &mut told.interrupted,
            SessionEvent::SessionDegraded { .. } => &mut told.degraded,
            SessionEvent::SessionRecovered { .. } => &mut told.recovered,
            _ => return,
        };
        *count += 1;
    }
}

impl<const STRICT: bool> StateMachineTest for Machine<STRICT> {
    type SystemUnderTest = Real;
    type Reference = Self;

    fn init_test(_model: &Model) -> Real {
        CASES.fetch_add(1, Ordering::Relaxed);
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let tally = Arc::new(Tally::default());
        let world = runtime.block_on(async {
            let mut world = World::new();
            world.ports = Ports { observer: tally.clone(), ..world.ports };
            world.server.truth().detects_reuse = STRICT;
            world.restarted().await
        });
        Real { runtime, world, tally, gave: None, arrived: 0 }
    }

    fn apply(real: Real, model: &Model, operation: Operation) -> Real {
        OPERATIONS.fetch_add(1, Ordering::Relaxed);
        let Real { runtime, world, tally, arrived, .. } = real;
        let arrived = arrived + world.server.arrivals_since(arrived).len();
        let (world, gave) = runtime.block_on(async {
            let (world, gave) = act(world, operation).await;
            let early = model.now - boot(&world);
            assert!(early >= 0, "R3: it took {} ms longer than it may", -early);
            pass(millis(u64::try_from(early).unwrap())).await;
            (world, gave)
        });
        Real { runtime, world, tally, gave, arrived }
    }

    fn check_invariants(real: &Real, model: &Model) {
        let mut model = model.clone();
        let _inside = real.runtime.enter();
        real.holds_against(&mut model);
    }
}

fn boot(world: &World) -> Ms {
    ms(world.clock.now().boot)
}

async fn act(world: World, operation: Operation) -> (World, Option<Outcome>) {
    let mut gave = None;
    match operation {
        Operation::SignIn(who) => gave = Some(of_sign_in(world.sign_in(who).await)),
        Operation::SignOut { remember } => world.session.sign_out(remember).await,
        Operation::Call { count, stubborn } => {
            let path = if stubborn { "always-401/" } else { "notes/" };
            let calls = (0..count).map(|_| world.spawn_call(path)).collect();
            let outcomes: Vec<_> = join(calls).await.into_iter().map(of_call).collect();
            assert!(outcomes.iter().all(|each| *each == outcomes[0]), "they share the outcome: {outcomes:?}");
            gave = Some(outcomes[0]);
        }
        Operation::Pass(time) => pass(millis(u64::try_from(time).unwrap())).await,
        Operation::Suspend(seconds) => world.clock.suspend(u64::try_from(seconds).unwrap()),
        Operation::SetWall(seconds) => world.clock.set_wall(seconds),
        Operation::Meet(fault) => meet(&world, fault),
        Operation::LoseReplies(count) => {
            let mut truth = world.server.truth();
            truth.script.clear();
            truth.script.extend((0..count).map(|_| Meets::LoseReply));
        }
        Operation::EndAtServer => world.server.end_all_families(),
        Operation::RefuseAccess => world.server.refuse_all_access_tokens(),
        Operation::SayUser(user) => {
            let fields: Vec<_> = crate::operation::USERS[user]
                .iter()
                .map(|(key, value)| format!("\"{key}\":{value}"))
                .collect();
            world.server.truth().user = (!fields.is_empty()).then(|| format!("{{{}}}", fields.join(",")));
        }
        Operation::VaultBreaks(true) => world.vault.fails(),
        Operation::VaultBreaks(false) => world.vault.works(),
        Operation::JournalBreaks(broken) => world.journal.fail(broken),
        Operation::Restart => return (world.restarted().await, None),
        Operation::RetryNow => world.session.refresh_now().await,
        Operation::RetryVault => world.session.retry_vault().await,
    }
    (world, gave)
}

fn meet(world: &World, fault: Fault) {
    use session_engine::ports::EndpointError::{Misconfigured, Transient as Passing};
    let mut truth = world.server.truth();
    let trouble = fault.of_a_refresh().map(|reply| match reply {
        Reply::Trouble(Outcome::Unavailable(kind), retry_after) => {
            let retry_after = retry_after.map(std::time::Duration::from_secs);
            Passing(session_engine::error::Transient { kind, detail: format!("{kind:?}"), retry_after })
        }
        Reply::Trouble(..) | Reply::Tokens { .. } | Reply::Dead => Misconfigured("invalid_client".into()),
    });
    truth.otherwise = match (fault, &trouble) {
        (Fault::Hang, _) => Meets::Hang,
        (Fault::Panic, _) => Meets::Panic,
        (_, Some(trouble)) => Meets::Fail(trouble.clone()),
        (_, None) => Meets::Serve,
    };
    truth.sign_in_fails = trouble.filter(|_| fault.of_a_sign_in().is_some());
    truth.unreachable = fault == Fault::Offline;
}

fn of_call(outcome: Result<ApiReply, CallError>) -> Outcome {
    match outcome {
        Ok(reply) => Outcome::Status(reply.response.status().as_u16()),
        Err(CallError::SignedOut) => Outcome::SignedOut,
        Err(CallError::SessionExpired(reason)) => Outcome::Expired(reason.code),
        Err(CallError::Unavailable(transient)) => Outcome::Unavailable(transient.kind),
        Err(CallError::Misconfigured(_)) => Outcome::Misconfigured,
        Err(other @ (CallError::PathNotAllowed(_) | CallError::TooLarge { .. })) => panic!("{other}"),
    }
}

fn of_sign_in(outcome: Result<(), SignInError>) -> Outcome {
    match outcome {
        Ok(()) => Outcome::Done,
        Err(SignInError::Transient(transient)) => Outcome::Unavailable(transient.kind),
        Err(SignInError::Misconfigured(_)) => Outcome::Misconfigured,
        Err(
            other @ (SignInError::Missing { .. }
            | SignInError::NoLogin
            | SignInError::WrongCredentials
            | SignInError::Superseded),
        ) => panic!("{other}"),
    }
}

impl Real {
    /// Everything that can be seen from outside, against the model.
    fn holds_against(&self, model: &mut Model) {
        let (world, status) = (&self.world, self.world.session.status());
        assert_eq!(self.gave, model.gave, "what the operation gave");
        assert_eq!(boot(world), model.now, "the clocks of the two");
        self.holds_phase(model, &status);
        let trouble = &status.trouble;
        let seen = (trouble.vault.is_some(), trouble.store.is_some(), trouble.network.is_some());
        let troubles = (model.vault.trouble, model.journal.trouble, model.network_lost);
        assert_eq!(seen, troubles, "P6, R5: vault, journal, network");
        let vault = world.vault.holds().map(|(who, token)| (who, self.number(&token)));
        assert_eq!(
            vault,
            model.vault.holds.map(|(who, token)| (who.to_owned(), token)),
            "R8, R12: the vault"
        );
        self.holds_journal(world.journal.entry().unwrap_or_default(), model.journal.holds);
        assert_eq!(*self.tally.0.lock().unwrap(), model.told, "how often what was said");
        let requests: Vec<_> =
            world.server.refreshes().iter().map(|token| u32::try_from(*token).unwrap()).collect();
        assert_eq!(requests, model.server.requests, "R3: the refreshes that the server saw");
        assert_eq!(world.server.most_refreshes_at_once().min(2), requests.len().min(1), "R3: at once");
        assert_eq!(world.server.misuse(), (model.server.reused, false), "R9: spent tokens that came");
        assert_eq!(world.server.sign_in_count(), model.server.sign_ins);
        let revoked: Vec<_> =
            world.server.revoked().iter().map(|token| u32::try_from(*token).unwrap()).collect();
        assert_eq!(revoked, model.server.revoked, "R10, R12: revoked at the server");
        self.holds_arrivals(model);
        self.holds_profiles(model);
    }

    fn holds_phase(&self, model: &mut Model, status: &Status) {
        let held = match &model.phase {
            Phase::Out => return assert_eq!(status.state, SessionState::SignedOut),
            Phase::Expired(who, code) => {
                let seen = (status.account.as_deref(), status.reason.as_ref().map(|reason| reason.code));
                assert_eq!(status.state, SessionState::Expired);
                return assert_eq!(seen, (Some(*who), Some(*code)), "R6");
            }
            Phase::In(held) => held.clone(),
        };
        assert_eq!(status.account.as_deref(), Some(held.who));
        let token = status.token.as_ref();
        assert_eq!(token.is_some(), held.access.is_some());
        if let Some(fingerprint) = token.and_then(|token| token.refresh_fingerprint) {
            assert_eq!(
                fingerprint.to_string(),
                self.fingerprint(held.refresh),
                "the refresh token in memory"
            );
        }
        let seen = status.outage.as_ref().map(|outage| outage.attempts);
        assert_eq!(seen, held.outage.map(|outage| outage.attempts), "R15: failures in a row");
        if let (Some(seen), Some(outage)) = (&status.outage, held.outage) {
            let next = ms(seen.next_attempt_in);
            let (soonest, latest) =
                ((outage.next.lo - model.now).max(0), (outage.next.hi - model.now).max(0));
            assert!((soonest..=latest).contains(&next), "R15: next in {next} ms, not {soonest} to {latest}");
        }
        let freshness = model.freshness(Span::at(model.now));
        if !model.in_doubt {
            let word = match freshness {
                _ if held.outage.is_some() => SessionState::Degraded,
                Freshness::Fresh => SessionState::Fresh,
                Freshness::Due | Freshness::Expired => SessionState::Due,
            };
            assert_eq!(status.state, word, "R1");
        }
    }

    fn holds_arrivals(&self, model: &Model) {
        let mut seen: Vec<Sent> = Vec::new();
        for arrival in self.world.server.arrivals_since(self.arrived) {
            let who = if arrival.account == "ada" { "ada" } else { "bob" };
            let sent = Sent {
                count: 1,
                who,
                grant: u32::try_from(arrival.token).unwrap(),
                status: arrival.status,
                vault_was_current: arrival.vault_was_current,
            };
            match seen.last_mut().filter(|last| Sent { count: 1, ..**last } == sent) {
                Some(last) => last.count += 1,
                None => seen.push(sent),
            }
        }
        let mut expected: Vec<Sent> = Vec::new();
        for sent in &model.sent {
            match expected.last_mut().filter(|last| Sent { count: sent.count, ..**last } == *sent) {
                Some(last) => last.count += sent.count,
                None => expected.push(*sent),
            }
        }
        assert_eq!(seen, expected, "R4, R6, R7: what the API saw");
    }

    fn holds_profiles(&self, model: &Model) {
        for who in ["ada", "bob"] {
            let kept = self.world.kept(who).map(|json| Profile::parse(&json).unwrap());
            let fields = |profile: &Profile| -> BTreeMap<String, String> {
                profile.fields().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
            };
            let expected = model.kept.get(who).map(|kept| {
                kept.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
            });
            assert_eq!(kept.as_ref().map(fields), expected, "R11, R12: the profile of {who}");
        }
    }

    fn number(&self, token: &str) -> u32 {
        u32::try_from(self.world.server.number_of(token)).unwrap()
    }

    fn fingerprint(&self, number: u32) -> String {
        RefreshToken::new(self.world.server.token(number as usize)).unwrap().fingerprint().to_string()
    }

    fn holds_journal(&self, entry: JournalEntry, noted: Noted) {
        let asked = entry.asked.map(|asked| (asked.attempt, asked.fingerprint));
        let expected = noted.asked.map(|(attempt, token, _)| (attempt, self.fingerprint(token)));
        assert_eq!(asked, expected, "R9: what is open");
        let owed = noted.owed.map(|owed| match owed {
            Owed::Save(who) => Owes::Save { account: who.to_owned() },
            Owed::Wipe(token) => Owes::Wipe { fingerprint: token.map(|token| self.fingerprint(token)) },
        });
        assert_eq!(entry.owed, owed, "P6, R12: what the vault owes");
    }
}
