//! The settings in the window: shown, tested, saved and applied without a restart.
//! Not here: the form's fields (`src-tauri/src/form.rs`) and what a walk finds (`src-tauri/crates/doctor`).

use std::net::TcpStream;

use demo_api::Fault;
use serde_json::{Value, json};

use super::desk::{ADA, PASSWORD, TestDesk, code};

fn draft(text: &str, backend: &str, values: &[(&str, &str)]) -> Value {
    let values: Vec<_> = values.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    json!({ "text": text, "backend": backend, "values": values })
}

fn of_text(text: &str) -> Value {
    let backend = text.split('"').nth(1).unwrap_or("demo");
    draft(text, backend, &[])
}

#[test]
fn the_settings_are_shown_as_a_form_of_the_file_and_of_a_text_that_somebody_chose() {
    let desk = TestDesk::new();
    let empty = desk.ok("settings", json!({ "text": null }));
    assert_eq!((&empty["backend"], &empty["values"]), (&json!("demo"), &json!([])));
    assert!(empty["presets"].as_array().unwrap().len() >= 4);
    let chosen = desk
        .ok("settings", json!({ "text": "backend = \"simplejwt\"\nbase_url = \"https://example.com/\"" }));
    assert_eq!(chosen["backend"], "simplejwt");
    assert_eq!(chosen["values"], json!([{ "key": "base_url", "value": "https://example.com/" }]));
    let wrong = desk
        .err("settings", json!({ "text": "backend = \"simplejwt\"\nbase_url = \"http://example.com/\"" }));
    assert_eq!((code(&wrong), &wrong["fields"][0]["field"]), ("invalid-input", &json!("base_url")));
}

#[test]
fn p1_a_test_tells_each_step_and_its_report_and_neither_password_nor_token_crosses() {
    let desk = TestDesk::new();
    let (report, steps) = desk.test_settings(
        json!({ "draft": of_text(desk.own_server()), "username": ADA, "password": PASSWORD, "reuse": true }),
    );
    let report = report.unwrap();
    assert_eq!((&report["healthy"], &report["findings"]), (&json!(true), &json!([])));
    let told = |status: &str| steps.iter().filter(|step| step["status"] == status).count();
    assert_eq!(
        (told("running"), told("passed"), told("skipped"), steps[0]["name"].as_str()),
        (6, 6, 2, Some("sign-in"))
    );
    assert_eq!(desk.ok("session", json!({}))["state"], "signed-out", "the test signs nobody in here");
    let crossed = desk.all_that_crossed();
    assert!(!crossed.contains(&PASSWORD[..12]) && !crossed.contains("eyJ"), "{crossed}");
}

#[test]
fn r12_a_test_that_is_stopped_says_so_and_leaves_no_session_at_the_server() {
    let desk = TestDesk::new();
    desk.demo.set_fault(Fault::SlowRefresh, true);
    let (report, steps) = desk.test_settings_and(
        json!({ "draft": of_text(desk.own_server()), "username": ADA, "password": PASSWORD, "reuse": false }),
        |step| {
            if (&step["name"], &step["status"]) == (&json!("refresh"), &json!("running")) {
                desk.ok("stop_test", json!({}));
            }
        },
    );
    assert_eq!(report.unwrap(), Value::Null);
    let last = steps.last().unwrap();
    assert_eq!((&last["name"], &last["status"]), (&json!("refresh"), &json!("skipped")), "{steps:?}");
    assert_eq!((desk.demo.counts().logins, desk.demo.counts().logouts), (1, 1));
}

#[test]
fn a_test_of_what_cannot_be_settings_says_which_field_is_wrong_and_asks_no_server() {
    let desk = TestDesk::new();
    for (values, field) in [
        (vec![], "base_url"),
        (vec![("base_url", "http://example.com/")], "base_url"),
        (vec![("base_url", "https://example.com/"), ("login.path", "//evil/")], "login.path"),
        (vec![("base_url", "https://example.com/"), ("rejected", "nonsense")], "rejected"),
    ] {
        let draft = draft("", "simplejwt", &values);
        let (answer, steps) = desk
            .test_settings(json!({ "draft": draft, "username": ADA, "password": PASSWORD, "reuse": false }));
        let error = answer.unwrap_err();
        assert_eq!((&error["fields"][0]["field"], steps.len()), (&json!(field), 0), "{error}");
        let same = desk.err("save_settings", json!({ "draft": draft }));
        assert_eq!(same["fields"][0]["field"], field);
    }
    assert_eq!(desk.demo.request_log().len(), 0);
    assert!(!desk.config_file().exists());
}

#[test]
fn r12_saving_signs_out_at_the_server_keeps_the_draft_and_goes_on_with_the_other_server_without_a_restart() {
    let desk = TestDesk::new();
    let before = desk.sign_in();
    desk.ok("save_draft", json!({ "text": "half a thought" }));
    let old = desk.program();

    let startup = desk.ok("save_settings", json!({ "draft": draft("", "demo", &[]) }));
    assert_eq!(startup["backend"]["demoAccount"]["username"], ADA);
    desk.until_gone(&old);
    assert_eq!(desk.demo.counts().logouts, 1, "the old server was told");
    assert!(!desk.vault.holds_a_token());
    let session = desk.ok("session", json!({}));
    assert_eq!((session["state"].as_str(), &session["account"]), (Some("signed-out"), &Value::Null));
    assert!(session["seq"].as_u64() > before["seq"].as_u64(), "{session} is older than {before}");
    assert_eq!(desk.ok("startup", json!({})), startup);

    let embedded = desk.program();
    desk.sign_in();
    assert_eq!(desk.call("GET", "api/projects/", None).unwrap()["status"], 200);
    assert_eq!(desk.demo.counts().logins, 1, "the new session is the embedded server's");

    let startup = desk.ok("save_settings", json!({ "draft": of_text(desk.own_server()) }));
    assert_eq!(startup["backend"]["demoAccount"], Value::Null);
    desk.until_gone(&embedded);
    desk.sign_in();
    assert_eq!(desk.ok("draft", json!({})), "half a thought");
}

#[test]
fn p10_the_demo_server_and_its_switches_go_away_and_come_with_the_settings() {
    let desk = TestDesk::embedded();
    let address = desk.ok("startup", json!({}))["backend"]["baseUrl"].as_str().unwrap().to_owned();
    let port = |address: &str| address.trim_end_matches('/').rsplit('/').next().unwrap().to_owned();
    assert!(TcpStream::connect(port(&address)).is_ok());
    desk.ok("set_fault", json!({ "name": Fault::NoRotation.name(), "on": true }));

    let real = draft("", "simplejwt", &[("base_url", "http://127.0.0.1:9/")]);
    let startup = desk.ok("save_settings", json!({ "draft": real }));
    assert_eq!(
        (&startup["backend"]["name"], &startup["backend"]["devPanel"]),
        (&json!("simplejwt"), &json!(false))
    );
    assert!(TcpStream::connect(port(&address)).is_err(), "the demo server still listens");
    assert_eq!(desk.ok("faults", json!({})), json!([]));
    assert_eq!(code(&desk.err("set_fault", json!({ "name": "offline", "on": true }))), "invalid-input");

    let startup = desk.ok("save_settings", json!({ "draft": draft("", "demo", &[]) }));
    assert!(TcpStream::connect(port(startup["backend"]["baseUrl"].as_str().unwrap())).is_ok());
    let faults = desk.ok("faults", json!({}));
    assert!(
        faults.as_array().unwrap().iter().all(|fault| fault["on"] == false),
        "a new server has no switch on"
    );
    desk.sign_in();
}

#[cfg(unix)]
#[test]
fn p8_the_file_is_written_whole_for_its_owner_only_and_what_the_form_does_not_know_stays() {
    use std::os::unix::fs::PermissionsExt;
    let desk = TestDesk::new();
    let text = format!("# mine\n{}[policy]\nrefresh_window = \"2m\"\n", desk.own_server());
    desk.ok("save_settings", json!({ "draft": of_text(&text) }));
    let file = desk.config_file();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    let shown = desk.ok("settings", json!({ "text": null }));
    assert_eq!(shown["text"], text);
}

#[test]
fn f26_a_file_that_cannot_be_written_changes_nothing() {
    let desk = TestDesk::new();
    desk.sign_in();
    std::fs::write(desk.config_file().parent().unwrap(), "a file where the folder should be").unwrap();
    let program = desk.program();
    let error = desk.err("save_settings", json!({ "draft": draft("", "demo", &[]) }));
    assert_eq!(code(&error), "store");
    assert!(program.strong_count() > 0);
    assert_eq!(desk.ok("session", json!({}))["state"], "fresh");
    assert_eq!(desk.call("GET", "api/stats/", None).unwrap()["status"], 200);
}

#[test]
fn settings_that_were_saved_ten_times_over_leave_one_program_and_no_demo_server_behind() {
    let desk = TestDesk::embedded();
    let mut programs = Vec::new();
    for _ in 0..10 {
        programs.push(desk.program());
        desk.ok("save_settings", json!({ "draft": draft("", "demo", &[]) }));
    }
    for program in &programs {
        desk.until_gone(program);
    }
    desk.sign_in();
}
