//! The presets, and a user's keys over them.
//! Not here: how a server of each kind answers (the table of verdicts in `presets`' own tests, and `tests/interop`).

use std::time::Duration;

use session_engine::presets;
use session_engine::server::{Encoding, ExpiresUnit, SendAs, TokenMethod};

use crate::{read, with_preset};

#[test]
fn every_preset_is_whole_with_an_address_and_the_paths_it_leaves_open() {
    for preset in presets::all() {
        let settings = read(&with_preset(preset.name));
        assert_eq!(settings.backend, preset.name);
        assert!(!settings.server.tokens.refresh.is_empty(), "{}: nothing would be refreshed", preset.name);
        assert!(preset.name == "custom" || !settings.server.rejected.is_empty(), "{}", preset.name);
        assert_eq!(settings.policy, session_engine::RefreshPolicy::default());
    }
}

/// Each key that a preset leaves open is one that a file may have, with the example that stands beside it.
#[test]
fn each_open_key_takes_its_example() {
    for preset in presets::all() {
        for open in preset.open.iter().skip(1) {
            let Some(example) = &open.example else { continue };
            let text = with_preset(preset.name);
            let (dotted, text) = match open.key.strip_suffix(".path") {
                Some(table) => (
                    String::new(),
                    text.replacen(
                        &format!("[{table}]\npath ="),
                        &format!("[{table}]\npath = {example}\n#"),
                        1,
                    ),
                ),
                None => (format!("{} = {example}\n", open.key), text),
            };
            read(&(dotted + &text));
        }
    }
}

#[test]
fn a_key_of_the_text_overrides_one_key_of_the_preset() {
    let settings = read(
        "backend = \"simplejwt\"\nbase_url = \"http://127.0.0.1:8000\"\n[login]\nusername_field = \"email\"\n\
         [login.extra]\ntenant = 7\n[policy]\nrefresh_window = \"2m\"\nwhen_due = \"background\"\n",
    );
    let login = settings.server.login.unwrap();
    assert_eq!(settings.server.base.as_str(), "http://127.0.0.1:8000/");
    assert_eq!((login.username_field.as_str(), login.path.as_str()), ("email", "api/token/"));
    assert_eq!(login.extra["tenant"], 7);
    assert_eq!(settings.policy.refresh_window, Duration::from_secs(120));
    assert_eq!(settings.policy.call_deadline, Duration::from_secs(10));
}

#[test]
fn a_list_of_the_text_replaces_the_presets_and_false_takes_a_table_away() {
    let settings = read(
        "base_url = \"https://x/\"\nlogin = false\nlogout = false\nprofile = false\nrejected = []\n[home]\nnotes = false\ncalls = []\n",
    );
    assert!(settings.server.login.is_none() && settings.server.logout.is_none());
    assert!(settings.server.rejected.is_empty() && settings.home_calls.is_empty());
    assert!(settings.profile_path.is_none() && settings.notes_path.is_none());
}

#[test]
fn every_way_of_a_server_can_be_said() {
    let settings = read(
        r#"
        backend = "custom"
        base_url = "https://x/"
        misconfigured = [{ status = 403 }]
        rejected = [{ status = 422 }, { status = 400, pointer = "/errors/*/code", any = ["a", 7, true] }]
        [login]
        path = "in"
        username_field = "/user/email"
        wrong_credentials = [{ status = 403, pointer = "/errcode", equals = "M_FORBIDDEN" }]
        [refresh]
        path = "re"
        send = "bearer"
        encoding = "form"
        [logout]
        path = "out"
        method = "DELETE"
        send = "access"
        [tokens]
        access = ["/meta/access_token", "/data/access_token"]
        expires_in = "/expires_in_ms"
        expires_unit = "ms"
        user = []
        "#,
    );
    let server = settings.server;
    assert_eq!((server.refresh.send, server.refresh.encoding), (SendAs::Bearer, Encoding::Form));
    let logout = server.logout.unwrap();
    assert_eq!((logout.send, logout.method), (SendAs::Access, TokenMethod::Delete));
    assert_eq!(server.tokens.access.iter().collect::<Vec<_>>(), ["/meta/access_token", "/data/access_token"]);
    assert_eq!(server.tokens.expires_unit, ExpiresUnit::Milliseconds);
    assert!(server.tokens.user.is_empty());
    assert_eq!((server.rejected.len(), server.misconfigured.len()), (2, 1));
    assert_eq!(server.login.unwrap().wrong_credentials.len(), 1);
}

/// What the README shows as a settings text is one, and says what stands beside it.
#[test]
fn the_readmes_settings_are_read() {
    let readme = include_str!("../../README.md");
    let text = readme.split("```toml\n").find(|block| block.starts_with("backend")).unwrap();
    let settings = read(text.split("```").next().unwrap());
    assert_eq!((settings.server.rejected.len(), settings.server.misconfigured.len()), (2, 1));
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let named: Vec<&str> = rows.map(|(name, _)| name).collect();
    for preset in presets::all() {
        assert!(named.contains(&preset.name), "{} is not in the README's table", preset.name);
    }
}
