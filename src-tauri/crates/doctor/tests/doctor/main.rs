//! The doctor at the demo server: what it finds when all is well, what when something is not, and that it tells no secret.
//! Not here: the terminal and the window, which show a report; the real servers, which `tests/interop` walks through.
#![expect(clippy::unwrap_used, reason = "a failed expectation fails the test")]

mod findings;
mod secrets;
mod support;

use session_doctor::{
    Basis, FindingCode, Grace, Meaning, Paint, Reuse, Rotation, Step, StepName, StepStatus, table,
};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::{Tamper, Ward, codes, problems, went};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_healthy_server_has_no_finding_and_every_fact_is_told() {
    let ward = Ward::new().await;
    let demo = ward.demo.clone();
    let seen = Mutex::new(Vec::new());
    let report = ward.walk_watched(&|step| seen.lock().unwrap().push((step.name, step.status))).await;
    assert_eq!(codes(&report), [], "{}", table(&report, Paint::Plain));
    assert!(report.healthy);
    let facts = &report.facts;
    assert_eq!((facts.access_lifetime_ms, facts.lifetime_basis), (Some(1_800_000), Some(Basis::ExpIat)));
    assert_eq!((facts.window_ms, facts.refresh_lifetime_ms), (Some(600_000), Some(604_800_000)));
    assert_eq!((facts.rotation, facts.grace, facts.reuse), (Some(Rotation::On), None, None));
    assert!(facts.clock_offset_ms.unwrap().abs() < 5_000);
    assert!(facts.user_fields.unwrap() > 5);
    for name in [StepName::SignIn, StepName::Call, StepName::Refresh, StepName::Rotation, StepName::NewToken]
    {
        assert_eq!(went(&report, name), StepStatus::Passed, "{name:?}");
    }
    assert_eq!(went(&report, StepName::Reuse), StepStatus::Skipped);
    let counts = demo.counts();
    assert_eq!((counts.logins, counts.refreshes_ok, counts.logouts, counts.reuses_detected), (1, 2, 1, 0));
    assert_eq!(counts.api_with_superseded_token, 0, "the last call goes with the newest token");
    let dead = report.error_bodies.last().unwrap();
    assert_eq!((dead.status, dead.meaning, dead.matched_by.as_slice()), (401, Meaning::Definitive, &[1][..]));
    assert!(dead.body.contains("token_not_valid"));
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen[..2], [(StepName::SignIn, StepStatus::Running), (StepName::SignIn, StepStatus::Passed)]);
    assert_eq!(seen.iter().filter(|(_, status)| *status != StepStatus::Running).count(), report.steps.len());
}

#[tokio::test]
async fn asked_for_reuse_it_tells_grace_from_none_and_that_reuse_ends_the_session() {
    let graceful = Ward { reuse: true, ..Ward::new().await }.walk().await;
    assert_eq!(
        (graceful.facts.grace, graceful.facts.reuse, codes(&graceful)),
        (Some(Grace::SameToken), Some(Reuse::EndsTheSession), Vec::new())
    );
    assert_eq!(went(&graceful, StepName::SignOut), StepStatus::Skipped);

    let ward = Ward { reuse: true, ..Ward::new().await };
    ward.demo.set_grace(Duration::ZERO);
    let strict = ward.walk().await;
    assert_eq!((strict.facts.grace, strict.facts.reuse), (Some(Grace::None), Some(Reuse::EndsTheSession)));
    assert_eq!((codes(&strict), strict.healthy), (vec![FindingCode::NoGrace], true));
}

/// Changes the first so many refusals of a refresh into new tokens.
fn forgives(times: usize) -> Option<Tamper> {
    let left = AtomicUsize::new(times);
    Some(Box::new(move |_, request, reply| {
        let is_refused = request.uri().path().ends_with("refresh/") && !reply.status().is_success();
        let take = |left: usize| left.checked_sub(1);
        if !is_refused || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err() {
            return reply;
        }
        let tokens = r#"{"access":"of-a-server-that-forgives","refresh":"everything-for-ever"}"#;
        http::Response::new(tokens.into())
    }))
}

#[tokio::test]
async fn a_spent_token_that_goes_on_working_must_be_mended_and_one_inside_a_grace_must_not() {
    let for_ever = Ward { reuse: true, tamper: forgives(usize::MAX), ..Ward::new().await }.walk().await;
    assert_eq!(
        (for_ever.facts.reuse, problems(&for_ever), for_ever.healthy),
        (Some(Reuse::Accepted), vec![FindingCode::ReuseAccepted], false)
    );
    assert_eq!(went(&for_ever, StepName::Reuse), StepStatus::Failed);
    let for_a_while = Ward { reuse: true, tamper: forgives(1), ..Ward::new().await }.walk().await;
    assert_eq!(
        (for_a_while.facts.reuse, problems(&for_a_while)),
        (Some(Reuse::EndsTheSession), Vec::new()),
        "asked again when any grace is over"
    );
}

#[tokio::test]
async fn r12_a_walk_that_is_stopped_gives_up_what_is_under_way_and_leaves_no_session_behind() {
    for at in [StepName::Call, StepName::Refresh, StepName::Rotation, StepName::NewToken] {
        let ward = Ward::new().await;
        let demo = ward.demo.clone();
        let (stop, seen) = (CancellationToken::new(), Mutex::new(Vec::new()));
        let watch = |step: &Step| {
            seen.lock().unwrap().push((step.name, step.status));
            if step.name == at {
                stop.cancel();
            }
        };
        assert_eq!(ward.walk_until(&watch, &stop).await, None, "{at:?}");
        let (counts, seen) = (demo.counts(), seen.into_inner().unwrap());
        assert_eq!((counts.logins, counts.logouts), (1, 1), "{at:?}");
        assert_eq!(
            seen[seen.len() - 2..],
            [(at, StepStatus::Running), (at, StepStatus::Skipped)],
            "{seen:?}"
        );
    }
}

#[tokio::test]
async fn a_server_without_rotation_is_healthy_too() {
    let ward = Ward { reuse: true, ..Ward::new().await };
    ward.demo.set_rotation(false);
    let report = ward.walk().await;
    assert_eq!((report.facts.rotation, codes(&report)), (Some(Rotation::Off), Vec::new()));
    assert_eq!(went(&report, StepName::Reuse), StepStatus::Skipped);
}

#[tokio::test]
async fn a_table_has_a_line_for_every_step_and_no_colour_unless_asked_for() {
    let report = Ward::new().await.walk().await;
    let plain = table(&report, Paint::Plain);
    for step in &report.steps {
        assert!(plain.contains(step.name.title()), "{plain}");
    }
    assert!(
        plain.contains("lives 30 min (exp − iat)") && plain.contains("Healthy: nothing was found."),
        "{plain}"
    );
    assert!(!plain.contains('\x1b') && table(&report, Paint::Colours).contains('\x1b'));
}
