//! The settings file as it is written: its tables and keys, what each says, and the settings as a table again.
//! Not here: a preset under it (`settings`), and which lines are written (`settings_text`).

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::confine;
use crate::policy::{RefreshPolicy, WhenDue};
use crate::server::{LoginRequest, ReplyRule, SendAs, ServerProfile, TokenPointers, TokenRequest};
use crate::settings_source::{Problem, Source};

/// All that a text and its preset say, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The preset's name.
    pub backend: String,
    /// How to talk to the server.
    pub server: ServerProfile,
    /// The times that decide.
    pub policy: RefreshPolicy,
    /// Where the profile is read.
    pub profile_path: Option<String>,
    /// Paths to load in parallel at home.
    pub home_calls: Vec<String>,
    /// Where a note is posted.
    pub notes_path: Option<String>,
}

/// Each key with what it says, in the order in which they are written.
pub(crate) const KEYS: [(&str, &str); 39] = [
    ("backend", "The preset that fills in what is not said here."),
    ("base_url", "The server's address; all paths are relative to it."),
    ("login", "false: signing in is done elsewhere."),
    ("login.path", "Where one signs in."),
    ("login.encoding", "How name and password are sent: json or form."),
    (
        "login.username_field",
        "The field that carries the name; \"/user/email\" is a place inside a JSON body.",
    ),
    ("login.password_field", "The field that carries the password."),
    ("login.extra", "Sent as it is with each sign-in."),
    ("login.wrong_credentials", "What means \"wrong name or password\", besides 401 and invalid_grant."),
    ("refresh.path", "Where a new access token is got."),
    ("refresh.method", "POST, PUT or DELETE."),
    ("refresh.encoding", "How the fields are sent: json or form."),
    ("refresh.send", "How the refresh token is sent: field, or bearer (a header)."),
    ("refresh.token_field", "The field that carries the refresh token."),
    ("refresh.extra", "Sent as it is with each refresh."),
    ("logout", "false: the server has no way to revoke a token."),
    ("logout.path", "Where a token is revoked."),
    ("logout.method", "POST, PUT or DELETE."),
    ("logout.encoding", "How the fields are sent: json or form."),
    (
        "logout.send",
        "How the token is sent: field, bearer (a header), or access (one more refresh, then a header).",
    ),
    ("logout.token_field", "The field that carries the refresh token."),
    ("logout.extra", "Sent as it is with each sign-out."),
    ("tokens.access", "Where a reply keeps the access token (JSON pointer, or a list of them)."),
    ("tokens.refresh", "Where it keeps the refresh token, if it has one."),
    ("tokens.expires_in", "Where it says how long the access token lives."),
    ("tokens.refresh_expires_in", "Where it says how long the refresh token lives; for showing only."),
    ("tokens.expires_unit", "What these two count: s or ms."),
    ("tokens.user", "Where it keeps the user's fields."),
    ("profile", "false: the server has no profile to read."),
    ("profile.path", "Where the profile is read."),
    ("home.calls", "What the home view loads, in parallel."),
    ("home.notes", "Where a note is posted; false: nowhere."),
    ("policy.refresh_window", "A token with less than this left is refreshed."),
    ("policy.window_fraction", "And never earlier than with this part of its life left, 0 to 0.9."),
    ("policy.when_due", "What a call does then: pause, or background (it goes at once)."),
    ("policy.pause_at_most", "How long it pauses while its token is valid."),
    ("policy.call_deadline", "How long a call without a valid token waits."),
    ("policy.refresh_timeout", "How long one refresh may take."),
    ("policy.refresh_ahead", "Whether a timer refreshes ahead of the calls."),
];

/// What stands behind the tables, and the rest of `policy`.
pub(crate) const MORE_KEYS: [(&str, &str); 3] = [
    ("policy.idle_after", "How long after the user's last sign of life it goes on."),
    ("rejected", "What means \"this refresh token is dead\"."),
    ("misconfigured", "What does not mean it, though a rule above would say so."),
];

/// Keys that `false` takes away.
pub(crate) const REMOVABLE: [&str; 4] = ["login", "logout", "profile", "home.notes"];

/// The whole file, over its preset.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    backend: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login: Option<LoginRequest>,
    refresh: TokenRequest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logout: Option<TokenRequest>,
    tokens: TokenPointers,
    #[serde(default)]
    rejected: Vec<ReplyRule>,
    #[serde(default)]
    misconfigured: Vec<ReplyRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileTable>,
    #[serde(default)]
    home: HomeTable,
    #[serde(default)]
    policy: PolicyTable,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileTable {
    path: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct HomeTable {
    calls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PolicyTable {
    refresh_window: Span,
    window_fraction: f64,
    when_due: WhenDue,
    pause_at_most: Span,
    call_deadline: Span,
    refresh_timeout: Span,
    refresh_ahead: bool,
    idle_after: Span,
}

impl Default for PolicyTable {
    fn default() -> Self {
        Self::from(RefreshPolicy::default())
    }
}

impl From<RefreshPolicy> for PolicyTable {
    fn from(policy: RefreshPolicy) -> Self {
        Self {
            refresh_window: Span(policy.refresh_window),
            window_fraction: policy.window_fraction,
            when_due: policy.when_due,
            pause_at_most: Span(policy.pause_at_most),
            call_deadline: Span(policy.call_deadline),
            refresh_timeout: Span(policy.refresh_timeout),
            refresh_ahead: policy.refresh_ahead,
            idle_after: Span(policy.idle_after),
        }
    }
}

/// A time such as `10m` or `5s`.
#[derive(Clone, Copy)]
struct Span(Duration);

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&humantime::format_duration(self.0))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let span = humantime::parse_duration(&text).map_err(|error| {
            serde::de::Error::custom(format!("{text:?} is not a time such as \"10m\" or \"5s\": {error}"))
        })?;
        if span.is_zero() {
            Err(serde::de::Error::custom("a time must be longer than nothing"))
        } else {
            Ok(Self(span))
        }
    }
}

impl File {
    /// The settings as a file that leaves nothing out.
    pub(crate) fn of(settings: Settings) -> Self {
        let ServerProfile { base, login, refresh, logout, tokens, rejected, misconfigured } = settings.server;
        Self {
            backend: settings.backend,
            base_url: Some(base.to_string()),
            login,
            refresh,
            logout,
            tokens,
            rejected,
            misconfigured,
            profile: settings.profile_path.map(|path| ProfileTable { path }),
            home: HomeTable { calls: settings.home_calls, notes: settings.notes_path },
            policy: settings.policy.into(),
        }
    }

    /// Everything that a type alone cannot say.
    pub(crate) fn check(self, source: Source<'_>) -> Result<Settings, Problem> {
        let text = self.base_url.unwrap_or_default();
        let base = confine::check_base(&text).map_err(|why| source.at("base_url", &why))?;
        let paths = [
            ("login.path", self.login.as_ref().map(|login| &login.path)),
            ("refresh.path", Some(&self.refresh.path)),
            ("logout.path", self.logout.as_ref().map(|logout| &logout.path)),
            ("profile.path", self.profile.as_ref().map(|profile| &profile.path)),
            ("home.notes", self.home.notes.as_ref()),
        ];
        let paths = paths.into_iter().filter_map(|(key, path)| Some((key.to_owned(), path?)));
        let calls = self.home.calls.iter().enumerate().map(|(at, path)| (format!("home.calls[{at}]"), path));
        for (key, path) in paths.chain(calls) {
            if let Err(why) = confine::join(&base, path) {
                return Err(source.at(
                    &key,
                    &format!("{path:?} cannot be used as a path: {why}. Paths are relative to base_url"),
                ));
            }
        }
        for (table, request) in [("refresh", Some(&self.refresh)), ("logout", self.logout.as_ref())] {
            let Some(request) = request else { continue };
            if request.send == SendAs::Field && request.token_field.is_empty() {
                let key = format!("{table}.token_field");
                return Err(source.at(&key, "this key is missing: the field that carries the refresh token; or write send = \"bearer\""));
            }
        }
        if self.refresh.send == SendAs::Access {
            return Err(source.at(
                "refresh.send",
                "\"access\" is for [logout] only; allowed here are \"field\" and \"bearer\"",
            ));
        }
        if self.tokens.access.is_empty() {
            return Err(source.at(
                "tokens.access",
                "without a place for the access token nothing works; e.g. \"/access_token\"",
            ));
        }
        if !(0.0..=0.9).contains(&self.policy.window_fraction) {
            return Err(source.at("policy.window_fraction", "this must be a number from 0 to 0.9"));
        }
        Ok(Settings {
            backend: self.backend,
            server: ServerProfile {
                base,
                login: self.login,
                refresh: self.refresh,
                logout: self.logout,
                tokens: self.tokens,
                rejected: self.rejected,
                misconfigured: self.misconfigured,
            },
            policy: RefreshPolicy {
                refresh_window: self.policy.refresh_window.0,
                window_fraction: self.policy.window_fraction,
                when_due: self.policy.when_due,
                pause_at_most: self.policy.pause_at_most.0,
                call_deadline: self.policy.call_deadline.0,
                refresh_timeout: self.policy.refresh_timeout.0,
                refresh_ahead: self.policy.refresh_ahead,
                idle_after: self.policy.idle_after.0,
            },
            profile_path: self.profile.map(|profile| profile.path),
            home_calls: self.home.calls,
            notes_path: self.home.notes,
        })
    }
}
