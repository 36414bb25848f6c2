//! Every command, called as the page calls it: through Tauri's mock runtime, to the real engine and the real demo server over HTTP.
//! Not here: the page and the keyring; `tests/e2e` drives both for real.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed expectation fails the test"
)]

mod ipc {
    pub(crate) mod desk;
    mod settings;
}

use std::time::Duration;

use demo_api::Fault;
use ipc::desk::{ADA, PASSWORD, TestDesk, code};
use serde_json::{Value, json};
use session_keeper::windows::PANEL;

#[test]
fn startup_names_the_server_and_the_session_starts_signed_out() {
    let desk = TestDesk::new();
    let startup = desk.ok("startup", json!({}));
    assert_eq!(startup["problem"], Value::Null);
    assert_eq!(startup["backend"]["homeCalls"].as_array().unwrap().len(), 5);
    assert_eq!(desk.ok("session", json!({}))["state"], "signed-out");
}

#[test]
fn signing_in_gives_a_fresh_session_and_keeps_the_profile_exactly() {
    let desk = TestDesk::new();
    let session = desk.sign_in();
    assert_eq!((session["state"].as_str(), session["account"].as_str()), (Some("fresh"), Some(ADA)));
    let profile = desk.kept_profile();
    let field =
        |key: &str| profile.iter().find(|field| field["key"] == key).map(|field| field["json"].clone());
    assert_eq!(field("first_name"), Some(json!("\"Ada\"")));
    assert_eq!(field("employee_number"), Some(json!("9007199254740993")));
}

#[test]
fn a_wrong_password_an_empty_field_and_a_dead_server_are_three_different_errors() {
    let desk = TestDesk::new();
    let wrong = desk.err("sign_in", json!({ "username": ADA, "password": "wrong" }));
    assert_eq!((code(&wrong), &wrong["transient"]), ("wrong-credentials", &json!(false)));
    let empty = desk.err("sign_in", json!({ "username": "  ", "password": "x" }));
    assert_eq!((code(&empty), &empty["fields"][0]["field"]), ("invalid-input", &json!("username")));
    desk.demo.set_fault(Fault::Offline, true);
    let offline = desk.err("sign_in", json!({ "username": ADA, "password": PASSWORD }));
    assert_eq!((code(&offline), &offline["transient"]), ("offline", &json!(true)));
}

#[test]
fn r1_an_api_call_goes_through_the_interceptor_with_the_token() {
    let desk = TestDesk::new();
    desk.sign_in();
    let reply = desk.call("GET", "api/projects/", None).unwrap();
    assert_eq!(reply["status"], 200);
    assert!(reply["body"].as_str().unwrap().contains("Analytical Engine"));
    assert_eq!(desk.demo.counts().api_unauthorized, 0);
}

#[test]
fn f1_r3_fifty_calls_with_nine_minutes_left_share_one_refresh_and_none_goes_with_the_old_token() {
    let desk = TestDesk::new();
    desk.demo.set_login_age(Duration::from_secs(21 * 60));
    desk.demo.set_refresh_delay(Duration::from_millis(150));
    desk.sign_in();
    let replies = desk.calls_at_once(50, "api/stats/");
    assert!(replies.iter().all(|reply| reply["status"] == 200));
    let counts = desk.demo.counts();
    assert_eq!((counts.refreshes, counts.api_calls, counts.api_with_superseded_token), (1, 50, 0));
}

#[test]
fn r7_calls_refused_by_the_api_are_refreshed_once_and_sent_again() {
    let desk = TestDesk::new();
    desk.sign_in();
    desk.demo.set_fault(Fault::ExpireAccess, true);
    let replies = desk.calls_at_once(10, "api/activity/");
    assert!(replies.iter().all(|reply| reply["status"] == 200), "{replies:?}");
    assert_eq!(desk.demo.counts().refreshes, 1);
}

#[test]
fn r2_r4_each_calls_phases_are_told_by_its_ticket_to_the_page_that_made_it_and_to_no_other() {
    let desk = TestDesk::new();
    desk.demo.set_login_age(Duration::from_secs(21 * 60));
    desk.demo.set_refresh_delay(Duration::from_millis(300));
    desk.sign_in();
    let told = desk.watch_calls(11);
    let calls = [7, 8].map(|ticket| desk.start_call_with(ticket, "api/stats/"));
    let next = || told.recv_timeout(Duration::from_secs(20)).unwrap().as_array().unwrap().clone();
    let mut phases = next();
    while phases.len() < 2 {
        phases.extend(next()); // both wait
    }
    let told_later = desk.watch_calls(12); // the page has begun anew
    for call in calls {
        assert_eq!(call.recv().unwrap().unwrap()["status"], 200);
    }
    desk.call("GET", "api/stats/", None).unwrap(); // nobody follows it
    while phases.len() < 4 {
        phases.extend(next());
    }
    phases.sort_by_key(|phase| phase["ticket"].as_u64());
    let seen: Vec<_> =
        phases.iter().map(|phase| (&phase["ticket"], phase["phase"].as_str().unwrap())).collect();
    let (seven, eight) = (json!(7), json!(8));
    let wanted = [(&seven, "waiting"), (&seven, "sending"), (&eight, "waiting"), (&eight, "sending")];
    assert_eq!(seen, wanted);
    assert_eq!(told_later.try_iter().count(), 0);
}

/// F29: a page that is reloaded sends once more what was on its way.
#[test]
fn f29_a_call_that_comes_again_with_its_ticket_is_not_sent_twice() {
    let desk = TestDesk::new();
    desk.sign_in();
    let before = desk.demo.counts().api_calls;
    let answers = [21, 21, 22].map(|ticket| desk.start_call_with(ticket, "api/notes/").recv().unwrap());
    assert_eq!(answers[0].as_ref().unwrap()["status"], 200);
    assert_eq!(code(answers[1].as_ref().unwrap_err()), "invalid-input");
    assert_eq!(answers[2].as_ref().unwrap()["status"], 200);
    assert_eq!(desk.demo.counts().api_calls - before, 2);
}

/// F29: nor does a sign-in open a second session, of which nobody would know.
#[test]
fn f29_a_sign_in_that_comes_again_with_its_ticket_opens_no_second_session() {
    let desk = TestDesk::new();
    let who = |ticket| json!({ "username": ADA, "password": PASSWORD, "ticket": ticket });
    assert_eq!(desk.ok("sign_in", who(31))["state"], "fresh");
    assert_eq!(code(&desk.err("sign_in", who(31))), "invalid-input");
    assert_eq!(desk.demo.counts().logins, 1);
    assert_eq!(desk.ok("session", json!({}))["generation"], 1, "the first goes on");
    desk.ok("sign_in", who(32));
    assert_eq!(desk.demo.counts().logins, 2);
}

#[test]
fn r6_f9_a_dead_refresh_token_ends_the_session_once_and_the_paused_calls_are_not_sent() {
    let desk = TestDesk::new();
    desk.demo.set_login_age(Duration::from_secs(21 * 60));
    desk.sign_in();
    desk.demo.set_fault(Fault::RevokeRefresh, true);
    let errors = desk.failing_calls_at_once(5, "api/notes/");
    assert!(errors.iter().all(|error| code(error) == "session-expired"), "{errors:?}");
    assert_eq!(desk.demo.counts().api_calls, 0);
    let session = desk.ok("session", json!({}));
    assert_eq!((session["state"].as_str(), session["account"].as_str()), (Some("expired"), Some(ADA)));
    assert_eq!(desk.until_expired_events(1), 1);
}

#[test]
fn r5_f3_a_503_at_refresh_degrades_the_session_and_the_calls_go_with_the_valid_token() {
    let desk = TestDesk::new();
    desk.demo.set_login_age(Duration::from_secs(21 * 60));
    desk.sign_in();
    desk.demo.set_fault(Fault::Refresh503, true);
    assert_eq!(desk.call("GET", "api/stats/", None).unwrap()["status"], 200);
    let session = desk.ok("session", json!({}));
    assert_eq!(
        (session["state"].as_str(), session["banners"][0]["kind"].as_str()),
        (Some("degraded"), Some("offline"))
    );
    desk.demo.set_fault(Fault::Refresh503, false);
    desk.ok("retry_now", json!({}));
    assert_eq!(desk.ok("session", json!({}))["state"], "fresh");
}

#[test]
fn r12_signing_out_forgets_unless_it_is_to_remember() {
    let desk = TestDesk::new();
    desk.sign_in();
    desk.ok("save_draft", json!({ "text": "half a thought" }));
    let out = desk.ok("sign_out", json!({ "remember": true }));
    assert_eq!((out["state"].as_str(), out["account"].as_str()), (Some("signed-out"), Some(ADA)));
    assert_eq!(code(&desk.err("profile", json!({}))), "signed-out");
    desk.sign_in();
    assert_eq!(desk.ok("draft", json!({})), "half a thought");
    let out = desk.ok("sign_out", json!({ "remember": false }));
    assert_eq!(out["account"], Value::Null);
    desk.sign_in();
    assert_eq!(desk.ok("draft", json!({})), "");
}

#[test]
fn r13_after_a_restart_session_route_draft_and_profile_are_back_without_any_request() {
    let mut desk = TestDesk::new();
    desk.sign_in();
    let before = desk.kept_profile();
    desk.ok("save_draft", json!({ "text": "to be continued" }));
    desk.ok("save_route", json!({ "route": "/profile" }));
    let log = desk.demo.request_log().len();
    desk = desk.restart();
    let session = desk.ok("session", json!({}));
    assert_eq!((session["account"].as_str(), session["route"].as_str()), (Some(ADA), Some("/profile")));
    assert_eq!(desk.ok("draft", json!({})), "to be continued");
    assert_eq!(desk.kept_profile(), before);
    assert_eq!(desk.demo.request_log().len(), log);
}

#[test]
fn p13_the_panel_is_told_in_which_slot_the_profile_is_and_each_write_goes_to_the_other() {
    let desk = TestDesk::new();
    assert_eq!(code(&desk.err("profile_slot", json!({}))), "signed-out");
    desk.sign_in();
    desk.kept_profile();
    let first = desk.ok("profile_slot", json!({}));
    let mut before = first.clone();
    for text in ["one", "two", "three"] {
        desk.ok("save_draft", json!({ "text": text }));
        let now = desk.ok("profile_slot", json!({}));
        assert_eq!(now["generation"].as_u64(), before["generation"].as_u64().map(|number| number + 1));
        assert_ne!(now["slot"], before["slot"], "{now}");
        assert!(["A", "B"].contains(&now["slot"].as_str().unwrap()), "{now}");
        assert_eq!(now["writtenAtMs"], first["writtenAtMs"], "a draft is not the profile: {now}");
        before = now;
    }
    assert!(first["writtenAtMs"].as_i64().unwrap() > 1_700_000_000_000, "{first}");
}

#[test]
fn p13_a_slot_that_is_damaged_while_the_program_runs_is_not_called_whole() {
    let desk = TestDesk::new();
    desk.sign_in();
    desk.kept_profile();
    desk.ok("save_draft", json!({ "text": "one" }));
    let newest = desk.ok("profile_slot", json!({}));
    let file = desk.slot_file(newest["slot"].as_str().unwrap());
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let left = desk.ok("profile_slot", json!({}));
    assert_ne!(left["slot"], newest["slot"]);
    assert_eq!(left["generation"].as_u64(), newest["generation"].as_u64().map(|number| number - 1));
}

#[test]
fn r11_a_field_that_only_the_server_knows_survives_refreshes_and_a_reload_brings_it() {
    let desk = TestDesk::new();
    desk.sign_in();
    desk.demo
        .set_profile_field(ADA, "badge", json!({ "colour": "green", "number": 9_007_199_254_740_993_u64 }))
        .unwrap();
    let profile = desk.ok("reload_profile", json!({}));
    let badge = |fields: &[Value]| {
        fields.iter().find(|field| field["key"] == "badge").map(|field| field["json"].clone())
    };
    let expected = Some(json!(r#"{"colour":"green","number":9007199254740993}"#));
    assert_eq!(badge(profile["fields"].as_array().unwrap()), expected);
    for _ in 0..3 {
        desk.ok("refresh_now", json!({}));
    }
    assert_eq!(desk.demo.counts().refreshes, 3);
    assert_eq!(badge(&desk.kept_profile()), expected);
}

#[test]
fn p3_a_path_that_leaves_the_server_a_body_that_is_no_json_and_one_that_is_too_large_are_refused_before_they_are_sent()
 {
    let desk = TestDesk::new();
    desk.sign_in();
    let log = desk.demo.request_log().len();
    for path in ["//evil.example/", "http://evil.example/", "../x", "\\\\evil", "/\t/evil", "%2e%2e/x"] {
        assert_eq!(code(&desk.call("GET", path, None).unwrap_err()), "path-not-allowed", "{path:?}");
    }
    assert_eq!(code(&desk.call("POST", "api/notes/", Some("{not json")).unwrap_err()), "not-json");
    let huge = json!({ "text": "x".repeat(10 * 1024 * 1024) }).to_string();
    assert_eq!(code(&desk.call("POST", "api/notes/", Some(&huge)).unwrap_err()), "too-large");
    assert_eq!(desk.demo.request_log().len(), log);
}

#[test]
fn a_note_is_posted_and_a_ten_megabyte_draft_is_kept_whole() {
    let desk = TestDesk::new();
    desk.sign_in();
    let reply = desk.call("POST", "api/notes/", Some(r#"{"text":"The engine weaves"}"#)).unwrap();
    assert_eq!(reply["status"], 201);
    let draft = "y".repeat(10 * 1024 * 1024);
    desk.ok("save_draft", json!({ "text": draft }));
    assert_eq!(desk.ok("draft", json!({})).as_str().map(str::len), Some(draft.len()));
}

#[test]
fn the_fault_switches_are_listed_turned_and_reset_and_a_name_that_is_none_is_refused() {
    let desk = TestDesk::embedded();
    let on = |faults: &Value| faults.as_array().unwrap().iter().filter(|fault| fault["on"] == true).count();
    assert_eq!(desk.ok("faults", json!({})).as_array().unwrap().len(), Fault::ALL.len());
    assert_eq!(on(&desk.ok("set_fault", json!({ "name": "refresh-503", "on": true }))), 1);
    assert_eq!(on(&desk.ok("reset_faults", json!({}))), 0);
    assert_eq!(code(&desk.err("set_fault", json!({ "name": "no-such", "on": true }))), "invalid-input");
}

#[test]
fn p10_there_are_no_fault_switches_when_a_server_of_ones_own_is_set() {
    let desk = TestDesk::new();
    assert_eq!(desk.ok("faults", json!({})), json!([]));
    assert_eq!(code(&desk.err("set_fault", json!({ "name": "offline", "on": true }))), "invalid-input");
}

/// R1, R2: the token grows old without anybody waiting; the next call finds it due, the one after a day expired, and both are answered.
#[test]
fn r2_time_that_passes_at_a_click_makes_the_token_due_for_the_program_and_the_server_alike() {
    let desk = TestDesk::embedded_with("[policy]\nrefresh_ahead = false\n"); // else the timer may be first, by its dice
    desk.sign_in();
    let view = desk.ok("pass_time", json!({ "seconds": 21 * 60 }));
    assert_eq!((&view["state"], &view["clockAheadMs"]), (&json!("due"), &json!(21 * 60_000)));
    let left = view["token"]["leftMs"].as_i64().unwrap();
    assert!((8 * 60_000..=9 * 60_000).contains(&left), "{left}");
    assert_eq!(desk.call("GET", "api/me/", None).unwrap()["status"], 200);
    assert_eq!(desk.ok("session", json!({}))["generation"], 2);
    let view = desk.ok("pass_time", json!({ "seconds": 24 * 60 * 60 }));
    let over = -view["token"]["leftMs"].as_i64().unwrap();
    let its_life = 30 * 60_000;
    assert!((0..=60_000).contains(&(over + its_life - 24 * 60 * 60_000)), "{over}");
    assert_eq!(desk.call("GET", "api/me/", None).unwrap()["status"], 200);
    let view = desk.ok("session", json!({}));
    assert_eq!((&view["state"], &view["generation"]), (&json!("fresh"), &json!(3)));
    assert_eq!(view["banners"], json!([]), "it is no clock that was set");
    assert_eq!(code(&desk.err("pass_time", json!({ "seconds": 31 * 24 * 60 * 60 + 1 }))), "invalid-input");
}

#[test]
fn p6_time_that_passes_at_a_click_while_the_keyring_works_is_no_silence_of_the_keyring() {
    let desk = TestDesk::embedded_with("[policy]\nrefresh_ahead = false\npause_at_most = \"200ms\"\n");
    desk.sign_in();
    desk.ok("pass_time", json!({ "seconds": 21 * 60 }));
    desk.vault.hold(true);
    let call = desk.start_call_with(1, "api/me/");
    desk.until(|| desk.vault.is_saving());
    desk.ok("pass_time", json!({ "seconds": 60 }));
    assert_eq!(
        call.recv_timeout(Duration::from_secs(20)).unwrap().unwrap()["status"],
        200,
        "its pause has ended"
    );
    desk.vault.hold(false);
    desk.until(|| desk.ok("session", json!({}))["generation"] == 2);
    assert_eq!(desk.ok("session", json!({}))["banners"], json!([]));
}

#[test]
fn p10_the_time_of_a_real_server_cannot_be_moved() {
    let desk = TestDesk::new();
    assert_eq!(code(&desk.err("pass_time", json!({ "seconds": 60 }))), "invalid-input");
    assert_eq!(desk.ok("session", json!({}))["clockAheadMs"], json!(0));
}

#[test]
fn the_dev_panel_gets_the_black_box_first_and_then_what_happens() {
    let desk = TestDesk::new();
    desk.sign_in();
    let events = desk.watch_events();
    desk.ok("refresh_now", json!({}));
    let kinds = desk.until_kind(&events, "refresh-succeeded");
    assert!(kinds.contains(&"signed-in".to_owned()), "{kinds:?}");
    desk.ok("unwatch_events", json!({ "channel": 2 }));
}

/// P1: the export holds what the panel was shown, which is more than the black box keeps, and says how many came before.
#[test]
fn p1_an_export_holds_every_event_that_the_panel_was_shown_and_tells_how_many_it_does_not() {
    let desk = TestDesk::new();
    desk.sign_in();
    let calls = |count| (0..count).for_each(|_| drop(desk.call("GET", "api/stats/", None).unwrap()));
    calls(200);
    let alone = desk.ok("export_events", json!({}));
    assert_eq!(alone["events"], 500, "nobody watches: the black box");
    let events = desk.watch_events();
    calls(200);
    desk.ok("refresh_now", json!({}));
    desk.until_kind(&events, "refresh-succeeded");
    assert_eq!(code(&desk.err("export_events", json!({ "archive": "<log>" }))), "invalid-input");
    let told = desk.ok("export_events", json!({ "archive": r#"{"log":{}}"# }));
    assert_eq!(std::fs::read_to_string(told["archive"].as_str().unwrap()).unwrap(), r#"{"log":{}}"#);
    let (held, forgotten) = (told["events"].as_u64().unwrap(), told["forgotten"].as_u64().unwrap());
    assert!(held > 1_000 && forgotten > 50, "{told}");
    let text = std::fs::read_to_string(told["file"].as_str().unwrap()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["events"], &lines[0]["forgotten"]), (&json!(held), &json!(forgotten)));
    let seqs: Vec<_> = lines[1..].iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (forgotten + 1..=forgotten + held).collect::<Vec<_>>());
    assert!(!text.contains(ADA));
    desk.ok("unwatch_events", json!({ "channel": 2 }));
}

/// The newest watcher of a window has all that its one before would have had; another window's goes on.
#[test]
fn two_windows_watch_beside_each_other_and_a_window_that_watches_anew_is_not_ended_by_its_past() {
    let desk = TestDesk::new();
    desk.sign_in();
    let (main, panel) = (desk.watch_events(), desk.watch_events_in(PANEL, 7));
    let refresh = || desk.ok("refresh_now", json!({}));
    refresh();
    for events in [&main, &panel] {
        let kinds = desk.until_kind(events, "refresh-succeeded");
        assert!(kinds.contains(&"signed-in".to_owned()), "the black box comes first: {kinds:?}");
    }
    let anew = desk.watch_events_in(PANEL, 8);
    desk.ok_in(PANEL, "unwatch_events", json!({ "channel": 7 })); // what was on its way before
    desk.until_kind(&anew, "refresh-succeeded");
    refresh();
    desk.until_kind(&anew, "refresh-succeeded");
    desk.until_kind(&main, "refresh-succeeded");
    assert_eq!(panel.try_iter().count(), 0, "the channel of before hears on");

    desk.ok("unwatch_events", json!({ "channel": 2 }));
    refresh();
    desk.until_kind(&anew, "refresh-succeeded");
    assert_eq!(main.try_iter().count(), 0, "who has taken leave hears on");
}

#[test]
fn a_page_is_told_which_window_it_is_in() {
    let desk = TestDesk::new();
    assert_eq!(desk.ok_in(PANEL, "startup", json!({}))["window"], "dev-panel");
    assert_eq!(desk.ok("startup", json!({}))["window"], "main");
    assert_eq!(desk.ok_in(PANEL, "session", json!({})), desk.ok("session", json!({})));
}

#[test]
fn p10_without_a_panel_in_the_settings_there_is_no_window_for_it() {
    let desk = TestDesk::new();
    assert_eq!(code(&desk.err("detach_panel", json!({ "front": true }))), "internal");
    assert_eq!(desk.windows(), ["main"]);
}

#[test]
fn p6_without_a_keyring_the_session_lives_in_memory_and_a_banner_says_so_until_a_retry_works() {
    let desk = TestDesk::new();
    desk.vault.break_down();
    let session = desk.sign_in();
    assert_eq!(session["state"], "fresh");
    assert_eq!(desk.ok("session", json!({}))["banners"][0]["kind"], "vault");
    desk.vault.mend();
    desk.ok("retry_vault", json!({}));
    assert_eq!(desk.ok("session", json!({}))["banners"], json!([]));
    assert!(desk.vault.holds_a_token());
}

#[test]
fn f25_a_damaged_record_is_put_aside_and_the_other_slot_serves() {
    let mut desk = TestDesk::new();
    desk.sign_in();
    desk.ok("save_draft", json!({ "text": "one" }));
    desk.ok("save_draft", json!({ "text": "two" }));
    desk.damage_newest_record();
    desk = desk.restart();
    assert_eq!(desk.ok("draft", json!({})), "one");
    let banner = &desk.ok("session", json!({}))["banners"][0];
    assert_eq!(banner["kind"], "store");
    assert!(banner["message"].as_str().unwrap().contains(".corrupt-"), "{banner}");
}

#[test]
fn p1_no_token_crosses_to_the_page() {
    let desk = TestDesk::new();
    desk.sign_in();
    let events = desk.watch_events();
    desk.ok("refresh_now", json!({}));
    desk.until_kind(&events, "refresh-succeeded");
    desk.call("GET", "api/me/", None).unwrap();
    desk.ok("sign_out", json!({ "remember": true }));
    let crossed = desk.all_that_crossed();
    let secrets = desk.vault.all_tokens();
    assert!(secrets.len() >= 2);
    for part in secrets.iter().flat_map(|token| token.split('.')).filter(|part| part.len() > 12) {
        let header = part.starts_with("eyJ0eXAi") || part.starts_with("eyJhbGci"); // the JOSE header is the same for every token
        assert!(header || !crossed.contains(part), "a part of a refresh token crossed");
    }
    assert!(!crossed.contains("Bearer "), "an Authorization header crossed");
}
