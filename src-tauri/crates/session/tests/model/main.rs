//! The whole engine under a model checker: each story in very many schedules, half of them random, half by PCT.
//! `MODEL_SCHEDULES` how many in all, `MODEL_SEED` where they begin, `MODEL_REPLAY` one schedule that failed.
//! Not here: the stories (`stories`), what must hold (`rules`), the stand-ins (`world`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "helpers outside of #[test] functions; a failure there is a failed test"
)]

mod rules;
mod stories;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Instant;

use shuttle::scheduler::{PctScheduler, RandomScheduler, ReplayScheduler, Scheduler};
use shuttle::{Config, MaxSteps, Runner};

use stories::{STORIES, live};

/// Schedules in an ordinary run of the tests, over all stories.
const SCHEDULES: usize = 200_000;

/// Where an ordinary run begins, so that a failure of today is one of tomorrow.
const SEED: u64 = 0x5e55_1017;

/// How many changes of priority PCT spends on a schedule.
const PCT_DEPTH: usize = 4;

fn number<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is not a number")))
}

fn config() -> Config {
    let mut config = Config::new();
    config.stack_size = 0x4_0000;
    config.max_steps = MaxSteps::FailAfter(200_000);
    config.silence_warnings = true;
    config
}

#[expect(clippy::disallowed_methods, reason = "how long the check took; the engine's time is the model's")]
fn check(name: &'static str) {
    let story = STORIES.iter().find(|story| story.name == name).unwrap();
    if let Ok(schedule) = std::env::var("MODEL_REPLAY") {
        Runner::new(ReplayScheduler::new_from_encoded(&schedule), config()).run(move || live(story));
        return;
    }
    let share = number::<usize>("MODEL_SCHEDULES").unwrap_or(SCHEDULES).div_ceil(STORIES.len());
    let seed = number("MODEL_SEED").unwrap_or(SEED);
    let began = Instant::now();
    let pct = share / 2;
    run(name, "random", seed, Runner::new(RandomScheduler::new_from_seed(seed, share - pct), config()));
    run(name, "PCT", seed, Runner::new(PctScheduler::new_from_seed(seed, PCT_DEPTH, pct), config()));
    println!("model: story {name}: {share} schedules in {:.1} s", began.elapsed().as_secs_f64());
}

fn run<S: Scheduler + 'static>(name: &'static str, kind: &str, seed: u64, runner: Runner<S>) {
    let story = STORIES.iter().find(|story| story.name == name).unwrap();
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| runner.run(move || live(story)))) {
        eprintln!(
            "model: story {name}: failed, {kind}, seed {seed}. A deadlock or too many steps breaks {}.",
            rules::NOBODY_HANGS
        );
        eprintln!(
            "To see it again: MODEL_REPLAY='<the schedule printed above>' cargo test --profile model -p session-engine --features shuttle --test model -- --exact {}",
            name.replace('-', "_")
        );
        resume_unwind(panic);
    }
}

/// A test for each story, so that they run side by side and a failure has a name.
macro_rules! stories {
    ($($test:ident => $story:literal),* $(,)?) => {
        $(#[test] fn $test() { check($story); })*

        #[test]
        fn each_story_is_told_and_each_rule_has_a_name() {
            let told = [$($story),*];
            assert!(STORIES.iter().all(|story| told.contains(&story.name)) && told.len() == STORIES.len());
            println!("model: rules {}", rules::ALL.join(" "));
        }
    };
}

stories! {
    shared => "shared",
    sign_out => "sign-out",
    other_user => "other-user",
    two_users_and_a_sign_out => "two-users-and-a-sign-out",
    end => "end",
    end_and_others => "end-and-others",
    late_401 => "late-401",
    late_401_and_others => "late-401-and-others",
    restore => "restore",
    retry => "retry",
    ahead => "ahead",
    hang => "hang",
    vault_fails => "vault-fails",
    vault_fails_at_the_end => "vault-fails-at-the-end",
    journal_fails => "journal-fails",
    interrupted => "interrupted",
    to_be_wiped => "to-be-wiped",
    anything => "anything",
}
