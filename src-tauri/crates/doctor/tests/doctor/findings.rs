//! What is wrong with a server, or with what the settings say of it, is found, named, and mended where that can be.
//! Not here: a server that is well (`main`).

use std::time::Duration;

use demo_api::Fault;
use http::StatusCode;
use http::header::LOCATION;
use session_doctor::{FindingCode, Meaning, Report, Rotation, StepName, StepStatus};
use session_engine::server::{LoginRequest, TokenPointers, TokenRequest};

use crate::support::{Ward, codes, problems, sentence, went, with_json};

fn kept<T>(report: &Report, read: impl FnOnce(&toml::Table) -> Option<T>) -> T {
    read(&report.toml.parse().unwrap()).unwrap()
}

#[tokio::test]
async fn r8_a_new_refresh_token_that_does_not_work_is_a_broken_rotation() {
    let ward = Ward::new().await;
    let demo = ward.demo.clone();
    let report = ward
        .walk_watched(&|step| {
            if (step.name, step.status) == (StepName::Refresh, StepStatus::Passed) {
                demo.revoke_all_refresh_tokens().unwrap();
            }
        })
        .await;
    assert_eq!(
        (report.facts.rotation, problems(&report)),
        (Some(Rotation::Broken), vec![FindingCode::RotationBroken])
    );
    assert_eq!(went(&report, StepName::NewToken), StepStatus::Passed, "the access token is still good");
}

#[tokio::test]
async fn r8_a_spent_token_without_a_new_one_is_a_broken_rotation_too() {
    let mut ward = Ward::new().await;
    ward.demo.set_grace(Duration::ZERO);
    ward.tamper = Some(Box::new(|_, request, reply| {
        let is_refresh = request.uri().path().ends_with("refresh/") && reply.status().is_success();
        let hide = |json: &mut serde_json::Value| drop(json.as_object_mut().unwrap().remove("refresh"));
        if is_refresh { with_json(reply, hide) } else { reply }
    }));
    let report = ward.walk().await;
    assert_eq!(
        (report.facts.rotation, problems(&report)),
        (Some(Rotation::Broken), vec![FindingCode::RotationSilent])
    );
}

#[tokio::test]
async fn r9_a_lost_reply_a_503_a_429_and_no_server_at_all_are_four_findings() {
    for (fault, code) in [
        (Fault::LoseReply, FindingCode::NoAnswer),
        (Fault::Refresh503, FindingCode::ServerError),
        (Fault::Refresh429, FindingCode::Throttled),
    ] {
        let ward = Ward::new().await;
        ward.demo.set_fault(fault, true);
        let report = ward.walk().await;
        assert_eq!(problems(&report).first(), Some(&code), "{fault}: {:?}", report.findings);
        assert_eq!(went(&report, StepName::Refresh), StepStatus::Failed, "{fault}");
    }
    let ward = Ward::new().await;
    ward.demo.set_fault(Fault::Offline, true);
    let report = ward.walk().await;
    assert_eq!(codes(&report), [FindingCode::Unreachable]);
    assert_eq!(report.steps.iter().filter(|step| step.status == StepStatus::Skipped).count(), 7);
}

#[tokio::test]
async fn r2_short_tokens_are_remarked_on_and_very_short_ones_are_a_problem() {
    for (seconds, window_ms, code, is_healthy) in
        [(300, 200_000, FindingCode::WindowCut, true), (20, 13_333, FindingCode::LifetimeTooShort, false)]
    {
        let ward = Ward::new().await;
        ward.demo.set_access_lifetime(Duration::from_secs(seconds));
        let report = ward.walk().await;
        assert_eq!((codes(&report), report.healthy), (vec![code], is_healthy));
        assert_eq!(report.facts.window_ms, Some(window_ms));
    }
}

#[tokio::test]
async fn r1_a_clock_that_is_an_hour_off_and_a_missing_date_are_remarked_on() {
    for (fault, word) in [(Fault::SkewPlus, "ahead of"), (Fault::SkewMinus, "behind")] {
        let ward = Ward::new().await;
        ward.demo.set_fault(fault, true);
        let report = ward.walk().await;
        assert_eq!((codes(&report), report.healthy), (vec![FindingCode::ClockOffset], true));
        assert!(sentence(&report, FindingCode::ClockOffset).contains(word));
    }
    let mut ward = Ward::new().await;
    ward.tamper = Some(Box::new(|_, _, mut reply| {
        reply.headers_mut().remove(http::header::DATE);
        reply
    }));
    assert_eq!(codes(&ward.walk().await), [FindingCode::NoDate]);
}

#[tokio::test]
async fn a_wrong_pointer_is_told_with_the_keys_the_reply_has_and_the_toml_to_keep_has_the_right_one() {
    let mut ward = Ward::new().await;
    ward.toml = "# mine\nbackend = \"custom\"\n";
    ward.server.tokens =
        TokenPointers { access: "/data/token".into(), refresh: "/data/refresh".into(), ..Default::default() };
    let report = ward.walk().await;
    assert_eq!(problems(&report), [FindingCode::NoAccessToken]);
    let told = sentence(&report, FindingCode::NoAccessToken);
    assert!(told.contains("/access, /refresh") && told.contains("/data/token"), "{told}");
    assert!(report.toml.starts_with("# mine\n"));
    assert_eq!(kept(&report, |toml| toml["tokens"]["access"].as_str().map(str::to_owned)), "/access");

    let mut ward = Ward::new().await;
    ward.server.tokens.refresh = "/refresh_token".into();
    let report = ward.walk().await;
    assert_eq!(problems(&report), [FindingCode::NoRefreshToken]);
    assert_eq!(kept(&report, |toml| toml["tokens"]["refresh"].as_str().map(str::to_owned)), "/refresh");
}

#[tokio::test]
async fn a_wrong_password_a_wrong_field_and_a_wrong_path_are_three_findings() {
    let ward = Ward { password: "wrong-password", ..Ward::new().await };
    assert_eq!(codes(&ward.walk().await), [FindingCode::SignInRefused]);

    let mut ward = Ward::new().await;
    let login = ward.server.login.take().unwrap();
    ward.server.login = Some(LoginRequest { username_field: "email".to_owned(), ..login.clone() });
    let report = ward.walk().await;
    assert_eq!(codes(&report), [FindingCode::RequestRefused]);
    assert!(sentence(&report, FindingCode::RequestRefused).contains("username"), "{:?}", report.findings);

    let mut ward = Ward::new().await;
    ward.server.login = Some(LoginRequest { path: "api/login/".to_owned(), ..login });
    assert_eq!(codes(&ward.walk().await), [FindingCode::WrongPath]);

    let mut ward = Ward::new().await;
    ward.server.login = None;
    assert_eq!(codes(&ward.walk().await), [FindingCode::NoSignIn]);
}

#[tokio::test]
async fn p4_a_redirect_to_the_path_with_its_slash_is_not_followed_and_the_slash_is_put_into_the_toml() {
    let mut ward = Ward::new().await;
    ward.server.refresh = TokenRequest { path: "api/token/refresh".to_owned(), ..ward.server.refresh };
    ward.tamper = Some(Box::new(|_, request, mut reply| {
        if request.uri().path() == "/api/token/refresh" {
            *reply.status_mut() = StatusCode::PERMANENT_REDIRECT;
            reply.headers_mut().insert(LOCATION, http::HeaderValue::from_static("/api/token/refresh/"));
        }
        reply
    }));
    let report = ward.walk().await;
    assert_eq!(problems(&report).first(), Some(&FindingCode::Redirect));
    assert_eq!(
        kept(&report, |toml| toml["refresh"]["path"].as_str().map(str::to_owned)),
        "api/token/refresh/"
    );
}

#[tokio::test]
async fn a_call_that_the_api_refuses_or_does_not_know_is_found() {
    let ward = Ward { call: "api/nowhere/", ..Ward::new().await };
    assert_eq!(problems(&ward.walk().await), [FindingCode::WrongPath; 2]);
    let mut ward = Ward::new().await;
    ward.tamper = Some(Box::new(|_, request, mut reply| {
        if request.uri().path() == "/api/me/" {
            *reply.status_mut() = StatusCode::UNAUTHORIZED;
        }
        reply
    }));
    assert_eq!(problems(&ward.walk().await), [FindingCode::CallRefused; 2]);
}

#[tokio::test]
async fn r6_words_for_dead_that_no_entry_knows_are_a_problem_and_the_toml_to_keep_knows_them() {
    let mut ward = Ward::new().await;
    ward.server.rejected.clear();
    let report = ward.walk().await;
    assert_eq!(problems(&report), [FindingCode::DeadTokenNotListed]);
    assert_eq!(report.error_bodies.last().unwrap().meaning, Meaning::Misconfigured);
    let entry = kept(&report, |toml| toml["rejected"].as_array()?.first().cloned());
    assert_eq!(
        entry,
        "status = 401\npointer = \"/code\"\nequals = \"token_not_valid\""
            .parse::<toml::Table>()
            .unwrap()
            .into()
    );
}

#[tokio::test]
async fn r6_a_dead_token_that_is_answered_like_an_outage_is_a_problem() {
    let mut ward = Ward::new().await;
    ward.tamper = Some(Box::new(|_, request, mut reply| {
        if request.uri().path().ends_with("refresh/") && !reply.status().is_success() {
            *reply.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            *reply.body_mut() = "<html><title>Server Error (500)</title></html>".into();
        }
        reply
    }));
    assert_eq!(problems(&ward.walk().await), [FindingCode::DeadTokenTransient]);
}

#[tokio::test]
async fn r12_a_sign_out_that_the_server_does_not_know_is_remarked_on() {
    let mut ward = Ward::new().await;
    ward.server.logout = Some(TokenRequest { path: "api/logout/".to_owned(), ..ward.server.refresh.clone() });
    let report = ward.walk().await;
    assert_eq!((codes(&report), report.healthy), (vec![FindingCode::SignOutRefused], true));

    let mut ward = Ward::new().await;
    ward.server.logout = None;
    assert_eq!(codes(&ward.walk().await), [FindingCode::NoSignOut]);
}
