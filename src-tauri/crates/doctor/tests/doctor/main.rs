//! The doctor at the demo server: what it finds when all is well, what when something is not, and that it tells no secret.
//! Not here: the terminal and the window, which show a report; the real servers, which `tests/interop` walks through.
#![expect(clippy::unwrap_used, reason = "a failed expectation fails the test")]

mod findings;
mod secrets;
mod support;

use session_doctor::{
    Basis, FindingCode, Grace, Meaning, Paint, Reuse, Rotation, StepName, StepStatus, table,
};
use std::sync::Mutex;
use std::time::Duration;
use support::{Ward, codes, went};

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
