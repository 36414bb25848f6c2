//! F22, F23, R13: the whole program behind the window, in each of the keyring's five situations: it starts, and is silently restored
//! where a token is held; where none can be, it says so and works from memory. Not here: the window.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use session_keeper::adapters::slots::PluginSlots;
use session_keeper::compose::{self, Parts};
use session_keeper::config;
use session_keeper::desk::Desk;
use session_keeper::view::WindowName;
use tauri::test::{mock_builder, mock_context, noop_assets};

use super::bus::Bus;
use super::child::{Worker, serve};
use super::prompter::Prompter;
use super::teller::OURS;

const ADA: &str = "ada@example.com";
const PASSWORD: &str = "analytical-engine";

/// Where the child finds its data folder.
const DATA: &str = "KEYRING_TEST_DATA";

/// The vault's budget, and what a busy machine adds.
const BUDGET: Duration = Duration::from_millis(6_000);

/// The program, in a process of its own.
struct Program(Worker);

impl Program {
    fn start(bus: &Bus) -> Self {
        let mut environment = bus.environment();
        environment.push((DATA, data(bus).display().to_string()));
        Self(Worker::start("program::a_program", &environment))
    }

    fn give(&mut self, order: &str) -> Value {
        let answer = self.0.give(&json!(order));
        assert!(answer.took < BUDGET, "{order}: {answer:?}");
        answer.result.unwrap()
    }

    /// State, account and kinds of banner.
    fn session(&mut self) -> (String, Option<String>, Vec<String>) {
        summary(&self.give("session"))
    }

    fn sign_in(&mut self) -> (String, Option<String>, Vec<String>) {
        summary(&self.give("sign-in"))
    }
}

fn summary(session: &Value) -> (String, Option<String>, Vec<String>) {
    let banners = session["banners"].as_array().unwrap();
    let kinds = banners.iter().map(|banner| banner["kind"].as_str().unwrap().to_owned()).collect();
    (session["state"].as_str().unwrap().to_owned(), session["account"].as_str().map(str::to_owned), kinds)
}

fn data(bus: &Bus) -> PathBuf {
    bus.folder().join("app")
}

fn signed_in(state: &str, banners: &[&str]) -> (String, Option<String>, Vec<String>) {
    (state.to_owned(), Some(ADA.to_owned()), banners.iter().map(|&kind| kind.to_owned()).collect())
}

/// Nobody is signed in; the name that was there last is known or not.
fn assert_signed_out(program: &mut Program, banners: &[&str]) {
    let (state, _, kinds) = program.session();
    assert_eq!(
        (state.as_str(), kinds.as_slice()),
        ("signed-out", banners.iter().map(|&kind| kind.to_owned()).collect::<Vec<_>>().as_slice())
    );
}

/// It is back without any request, and its next call has a token.
fn assert_silently_restored(bus: &Bus) -> Program {
    let mut program = Program::start(bus);
    assert_eq!(program.session(), signed_in("due", &[]));
    assert_eq!(program.give("refresh"), Value::Null);
    assert_eq!(program.session(), signed_in("fresh", &[]));
    program
}

#[test]
fn f22_r13_with_an_open_keyring_it_is_silently_restored() {
    let bus = Bus::unlocked();
    let mut program = Program::start(&bus);
    assert_signed_out(&mut program, &[]);
    assert_eq!(program.sign_in(), signed_in("fresh", &[]));
    drop(program);
    drop(assert_silently_restored(&bus));
    drop(assert_silently_restored(&bus)); // also with the token of the refresh
    assert_no_token_below(&data(&bus));
}

#[test]
fn f22_p6_without_a_keyring_it_starts_says_so_and_works_from_memory_until_one_is_there() {
    let mut bus = Bus::bare();
    let mut program = Program::start(&bus);
    assert_signed_out(&mut program, &["vault"]);
    assert_eq!(program.sign_in(), signed_in("fresh", &["vault"]));
    drop(program);
    let mut program = Program::start(&bus);
    assert_signed_out(&mut program, &["vault"]);
    assert_eq!(program.sign_in(), signed_in("fresh", &["vault"]));
    assert_no_token_below(&data(&bus));
    bus.start_provider(true);
    program.give("retry-vault");
    assert_eq!(program.session(), signed_in("fresh", &[]));
    drop(program);
    drop(assert_silently_restored(&bus));
}

#[test]
fn f22_p7_with_a_locked_keyring_it_starts_and_is_restored_once_the_user_unlocks_it_and_tries_again() {
    let bus = Bus::unlocked();
    let mut program = Program::start(&bus);
    assert_eq!(program.sign_in(), signed_in("fresh", &[]));
    drop(program);
    bus.lock();
    let _nobody = Prompter::on(&bus);
    let mut program = Program::start(&bus);
    let startup = program.0.give(&json!("startup"));
    assert!(startup.took < Duration::from_secs(3), "the window does not wait for the keyring: {startup:?}");
    assert_signed_out(&mut program, &["vault"]);
    bus.unlock();
    program.give("retry-vault");
    assert_eq!(program.session(), signed_in("due", &[]));
    program.give("refresh");
    assert_eq!(program.session(), signed_in("fresh", &[]));
    drop(program);
    drop(assert_silently_restored(&bus));
}

#[test]
fn f22_p6_with_a_locked_keyring_a_new_session_lives_in_memory_and_is_kept_after_try_again() {
    let bus = Bus::locked();
    let mut program = Program::start(&bus);
    assert_signed_out(&mut program, &["vault"]);
    assert_eq!(program.sign_in(), signed_in("fresh", &["vault"]));
    assert_no_token_below(&data(&bus));
    bus.unlock();
    program.give("retry-vault");
    assert_eq!(program.session(), signed_in("fresh", &[]));
    drop(program);
    drop(assert_silently_restored(&bus));
}

#[test]
fn f23_r13_with_two_entries_it_is_silently_restored_with_the_newer_one() {
    let bus = Bus::unlocked();
    let mut program = Program::start(&bus);
    assert_eq!(program.sign_in(), signed_in("fresh", &[]));
    let name = format!("demo {}", data(&bus).display());
    let ours = [OURS[0], ("username", name.as_str())];
    let superseded = bus.items(&ours).remove(0);
    program.give("refresh");
    drop(program);
    bus.add_item(&[ours[0], ours[1], ("restored-from", "a backup")], &superseded);
    drop(assert_silently_restored(&bus)); // the older one is dead: to use it would end the session
    assert_eq!(bus.items(&ours).len(), 1);
}

#[test]
fn f22_r8_a_keyring_killed_in_mid_run_ends_nothing_and_one_that_is_back_keeps_the_session() {
    let mut bus = Bus::unlocked();
    let mut program = Program::start(&bus);
    assert_eq!(program.sign_in(), signed_in("fresh", &[]));
    bus.kill_provider();
    program.give("refresh");
    assert_eq!(program.session(), signed_in("fresh", &["vault"]));
    bus.start_provider(false);
    program.give("retry-vault");
    assert_eq!(program.session(), signed_in("fresh", &["vault"]), "it came back locked");
    bus.unlock();
    program.give("retry-vault");
    assert_eq!(program.session(), signed_in("fresh", &[]));
    drop(program);
    drop(assert_silently_restored(&bus));
}

#[test]
fn f22_r12_who_signs_out_while_the_keyring_is_locked_is_not_back_after_a_restart() {
    let bus = Bus::unlocked();
    let mut program = Program::start(&bus);
    assert_eq!(program.sign_in(), signed_in("fresh", &[]));
    bus.lock();
    let (state, _, banners) = summary(&program.give("sign-out"));
    assert_eq!((state.as_str(), banners), ("signed-out", vec!["vault".to_owned()]));
    drop(program);
    bus.unlock();
    assert_eq!(bus.items(&OURS[..1]).len(), 1, "it could not be wiped then");
    let mut program = Program::start(&bus);
    assert_signed_out(&mut program, &[]);
    assert_eq!(bus.items(&OURS[..1]).len(), 0);
}

/// P6. The database of the demo server is in the same folder, but keeps digests.
fn assert_no_token_below(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_no_token_below(&path);
        } else {
            let content = std::fs::read(&path).unwrap();
            for start in ["eyJ0eXAi", "eyJhbGci"] {
                let found = content.windows(start.len()).any(|part| part == start.as_bytes());
                assert!(!found, "a token is in {}", path.display());
            }
        }
    }
}

#[tokio::test]
#[ignore = "other tests start it, in a process of its own"]
async fn a_program() {
    let data = PathBuf::from(std::env::var_os(DATA).unwrap());
    let app = mock_builder().plugin(tauri_plugin_store::Builder::new().build());
    let app = app.build(mock_context(noop_assets())).unwrap();
    let handle = app.handle().clone();
    let desk = Desk::new(async move {
        let settings = config::parse("", Path::new("config.toml")).unwrap();
        let records = Box::new(PluginSlots::new(handle));
        compose::start(settings, Parts { data_dir: &data, records, vault: None, emit: Box::new(drop) }).await
    });
    tokio::spawn(desk.opening());
    serve(|order| {
        let desk = &desk;
        async move {
            if order == "startup" {
                return Ok(json!(desk.startup(WindowName::Main).await));
            }
            let program = desk.program().await.map_err(|error| error.message)?;
            match order.as_str().unwrap() {
                "session" => Ok(json!(program.session_view().await)),
                "sign-in" => {
                    let signed_in = program.sign_in(ADA.to_owned(), PASSWORD.to_owned()).await;
                    signed_in.map(|session| json!(session)).map_err(|error| error.message)
                }
                "refresh" => Ok(json!(program.refresh_now().await)),
                "sign-out" => {
                    let signed_out = program.sign_out(false).await;
                    signed_out.map(|session| json!(session)).map_err(|error| error.message)
                }
                "retry-vault" => Ok(json!(program.retry_vault().await)),
                other => panic!("nobody can {other}"),
            }
        }
    })
    .await;
}
