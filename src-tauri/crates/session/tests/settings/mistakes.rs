//! Every kind of mistake: the key, the line, and what is allowed.
//! Not here: settings that are right.

use session_engine::settings::{Problem, Settings};

/// The text after `base_url` in line 1, the line and the key that must be named, and a part of what must be said.
const TABLE: [(&str, Option<usize>, &str, &str); 48] = [
    // unknown keys
    ("base_ulr = \"x\"", Some(2), "base_ulr", "expected one of `backend`, `base_url`"),
    ("[dev]\npanel = true", Some(2), "dev", "expected one of"),
    ("[login]\npth = \"x\"", Some(3), "login.pth", "`username_field`"),
    ("[refresh]\n\ntoken = \"x\"", Some(4), "refresh.token", "`token_field`"),
    ("[tokens]\nid = \"/id\"", Some(3), "tokens.id", "`expires_unit`"),
    ("[policy]\nwindow = \"1m\"", Some(3), "policy.window", "`refresh_window`"),
    ("[home]\ncall = []", Some(3), "home.call", "`calls`"),
    ("[profile]\npath = \"me\"\nid = 1", Some(4), "profile.id", "`path`"),
    ("[[rejected]]\nstatus = 401\nequal = \"x\"", Some(4), "rejected[0].equal", "`equals`"),
    (
        "[[misconfigured]]\nstatus = 401\n[[misconfigured]]\nstats = 1",
        Some(5),
        "misconfigured[1].stats",
        "`status`",
    ),
    // wrong types
    ("login = 3", Some(2), "login", "expected a table"),
    ("logout = true", Some(2), "logout", "or false for none"),
    ("[home]\nnotes = true", Some(3), "home.notes", "a path, or false"),
    ("[login]\npath = 3", Some(3), "login.path", "expected a string"),
    ("[login]\nextra = 3", Some(3), "login.extra", "expected a map"),
    (
        "[login]\nwrong_credentials = [{ status = \"401\" }]",
        Some(3),
        "login.wrong_credentials[0].status",
        "expected u16",
    ),
    ("[refresh]\npath = [\"a\"]", Some(3), "refresh.path", "expected a string"),
    ("[tokens]\naccess = 3", Some(3), "tokens.access", "a JSON pointer such as"),
    ("[tokens]\naccess = [\"/a\", 3]", Some(3), "tokens.access[1]", "expected a string"),
    ("rejected = 3", Some(2), "rejected", "expected a sequence"),
    ("[[rejected]]\nstatus = 401\npointer = 3", Some(4), "rejected[0].pointer", "expected a string"),
    (
        "[[rejected]]\nstatus = 401\npointer = \"/a\"\nequals = []",
        Some(5),
        "rejected[0].equals",
        "a text, a number, true or false",
    ),
    ("[policy]\nrefresh_ahead = 1", Some(3), "policy.refresh_ahead", "expected a boolean"),
    ("[policy]\nwindow_fraction = \"half\"", Some(3), "policy.window_fraction", "expected f64"),
    ("[home]\ncalls = \"api/\"", Some(3), "home.calls", "expected a sequence"),
    ("[home]\ncalls = [\"api/\", 3]", Some(3), "home.calls[1]", "expected a string"),
    // bad pointers
    ("[tokens]\naccess = \"access\"", Some(3), "tokens.access", "starts with a slash"),
    ("[tokens]\nuser = [\"/a\", \"/b~2\"]", Some(3), "tokens.user[1]", "0 (for ~) or 1"),
    ("[tokens]\naccess = []", Some(3), "tokens.access", "nothing works"),
    (
        "[[rejected]]\nstatus = 401\npointer = \"code\"\nequals = \"x\"",
        Some(2),
        "rejected[0]",
        "starts with a slash",
    ),
    // rules that cannot be
    ("[[rejected]]\nstatus = 500", Some(2), "rejected[0]", "400 to 499"),
    ("[[rejected]]\nstatus = 429", Some(2), "rejected[0]", "neither 408 nor 429"),
    ("[[rejected]]\nstatus = 401\nequals = \"x\"", Some(2), "rejected[0]", "goes a `pointer`"),
    (
        "[[rejected]]\nstatus = 401\npointer = \"/a\"",
        Some(2),
        "rejected[0]",
        "either `equals` or a list `any`",
    ),
    (
        "[[rejected]]\nstatus = 401\npointer = \"/a\"\nany = []",
        Some(2),
        "rejected[0]",
        "either `equals` or a list `any`",
    ),
    ("[[rejected]]\npointer = \"/a\"\nequals = 1", Some(2), "rejected[0].status", "missing"),
    // values that are not allowed
    ("[login]\nencoding = \"xml\"", Some(3), "login.encoding", "`json` or `form`"),
    ("[refresh]\nmethod = \"GET\"", Some(3), "refresh.method", "`POST`, `PUT`, `DELETE`"),
    ("[refresh]\nsend = \"cookie\"", Some(3), "refresh.send", "`field`, `bearer`"),
    ("[refresh]\nsend = \"access\"", Some(3), "refresh.send", "\"field\" and \"bearer\""),
    ("[refresh]\ntoken_field = \"\"", Some(3), "refresh.token_field", "send = \"bearer\""),
    ("[tokens]\nexpires_unit = \"min\"", Some(3), "tokens.expires_unit", "`s` or `ms`"),
    ("[policy]\nrefresh_window = \"ten\"", Some(3), "policy.refresh_window", "\"10m\""),
    ("[policy]\nrefresh_window = \"0s\"", Some(3), "policy.refresh_window", "longer than nothing"),
    ("[policy]\nwindow_fraction = 1.5", Some(3), "policy.window_fraction", "0 to 0.9"),
    ("[policy]\nwhen_due = \"now\"", Some(3), "policy.when_due", "`pause` or `background`"),
    // paths that lead elsewhere (P3)
    ("[login]\npath = \"//evil/\"", Some(3), "login.path", "relative to base_url"),
    ("[home]\ncalls = [\"a\",\n\"../x\"]", Some(4), "home.calls[1]", "dot segment"),
];

#[test]
fn p3_every_mistake_is_named_with_its_key_its_line_and_what_is_allowed() {
    for (text, line, key, part) in TABLE {
        let text = format!("base_url = \"https://example.com/\"\n{text}\n");
        let problem = Settings::parse(&text).expect_err(&text);
        assert_eq!((problem.line, problem.key.as_deref()), (line, Some(key)), "{text}{problem}");
        assert!(problem.message.contains(part), "{text}{problem}");
        is_a_sentence(&problem);
    }
}

/// P5: an address that is not https, or http to a literal loopback address, is refused before anything is asked of it.
#[test]
fn p5_a_base_that_could_be_overheard_is_refused_with_its_line() {
    for (base, part) in [
        ("http://example.com/", "use https"),
        ("http://localhost:8000/", "literal loopback"),
        ("http://10.0.0.1/", "literal loopback"),
        ("ftp://example.com/", "scheme ftp"),
        ("https://me:pw@example.com/", "no password"),
        ("https://example.com/?a=b", "no query"),
        ("example.com", "not an address"),
        ("", "not an address"),
    ] {
        let problem = Settings::parse(&format!("\nbase_url = \"{base}\"\n")).expect_err(base);
        assert_eq!((problem.line, problem.key.as_deref()), (Some(2), Some("base_url")), "{base}");
        assert!(problem.message.contains(part), "{base}: {problem}");
        is_a_sentence(&problem);
    }
}

#[test]
fn what_a_preset_leaves_open_and_nothing_works_without_is_asked_for_with_an_example() {
    for (text, line, key, part) in [
        ("backend = \"simplejwt\"", None, "base_url", "base_url = \"https://example.com/\""),
        ("", None, "base_url", "missing"),
        ("backend = \"custom\"\nbase_url = \"https://x/\"", None, "login.path", "login = false"),
        ("backend = \"custom\"\nbase_url = \"https://x/\"\n[login]\n", Some(3), "login.path", "missing"),
        (
            "backend = \"custom\"\nbase_url = \"https://x/\"\nlogin = false",
            None,
            "refresh.path",
            "path = \"auth/refresh\"",
        ),
        ("backend = \"nosuch\"", Some(1), "backend", "allowed are: demo, simplejwt, oauth2,"),
        ("\nbackend = 3", Some(2), "backend", "the name of a preset"),
    ] {
        let problem = Settings::parse(text).expect_err(text);
        assert_eq!((problem.line, problem.key.as_deref()), (line, Some(key)), "{text}: {problem}");
        assert!(problem.message.contains(part), "{text}: {problem}");
        is_a_sentence(&problem);
    }
}

#[test]
fn what_is_not_toml_is_named_with_its_line() {
    for (text, line) in [("a = 1\nthis is not toml", 2), ("a = \"open", 1), ("[x\n", 1), ("a = 1\na = 2", 2)]
    {
        let problem = Settings::parse(text).expect_err(text);
        assert_eq!((problem.line, &problem.key), (Some(line), &None), "{text}: {problem}");
        is_a_sentence(&problem);
    }
}

#[test]
fn a_problem_reads_as_a_line() {
    let problem = Settings::parse("backend = \"demo\"\nbase_url = 3").unwrap_err();
    assert_eq!(problem.to_string(), "line 2: base_url: Invalid type: integer `3`, expected a string.");
}

fn is_a_sentence(problem: &Problem) {
    let text = &problem.message;
    assert!(text.ends_with('.') && !text.ends_with(".."), "{text}");
    assert!(!text.starts_with(char::is_lowercase), "{text}");
}
