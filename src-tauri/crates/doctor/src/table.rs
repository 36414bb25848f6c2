//! A report as text for a terminal: steps, what is so, what was refused and why, findings, the settings to keep.
//! Not here: whether there are colours; who prints says so.

use std::fmt::Write;
use std::time::Duration;

use crate::examine::span;
use crate::facts::{Basis, Grace, Reuse, Rotation};
use crate::finding::Severity;
use crate::report::{Meaning, Report, StepStatus};

/// Whether the text has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// For a terminal that shows them.
    Colours,
    /// For everything else.
    Plain,
}

impl Paint {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Colours => format!("\x1b[{code}m{text}\x1b[0m"),
            Self::Plain => text.to_owned(),
        }
    }
}

/// The report as lines of text, the last one ended too.
#[must_use]
pub fn table(report: &Report, paint: Paint) -> String {
    let mut text = String::new();
    let mut line = |words: String| {
        let _ = writeln!(text, "{words}"); // writing to a String cannot fail
    };
    line(format!("{} {}", paint.paint("1", "Session Keeper doctor"), report.base_url));
    line(String::new());
    for step in &report.steps {
        let mark = match step.status {
            StepStatus::Running => "·".to_owned(),
            StepStatus::Passed => paint.paint("32", "✓"),
            StepStatus::Failed => paint.paint("31", "✗"),
            StepStatus::Skipped => paint.paint("2", "–"),
        };
        let took = if step.exchanges.is_empty() { String::new() } else { format!("{} ms", step.took_ms) };
        line(format!("  {mark} {:<23} {took:>9}  {}", step.name.title(), step.summary));
    }
    line(String::new());
    for (name, value) in facts(report) {
        line(format!("  {name:<16} {value}"));
    }
    if !report.error_bodies.is_empty() {
        line(String::new());
        line(paint.paint("1", "Refusals seen"));
    }
    for body in &report.error_bodies {
        let matched: Vec<_> = body.matched_by.iter().map(|at| format!("[[rejected]] {at}")).collect();
        let matched =
            if matched.is_empty() { "no entry of [[rejected]]".to_owned() } else { matched.join(", ") };
        let meaning = match body.meaning {
            Meaning::Success => "fine",
            Meaning::Transient => "an outage",
            Meaning::Definitive => "refused for good",
            Meaning::Misconfigured => "the request is refused",
        };
        let compact = body.body.split_whitespace().collect::<Vec<_>>().join(" ");
        line(format!("  {} {} {compact}", body.step.title(), body.status));
        line(paint.paint("2", &format!("    taken for: {meaning}; matched by: {matched}")));
    }
    line(String::new());
    if report.findings.is_empty() {
        line(paint.paint("32", "Healthy: nothing was found."));
    } else {
        line(paint.paint("1", if report.healthy { "Healthy, with remarks" } else { "Findings" }));
    }
    for finding in &report.findings {
        let mark = match finding.severity {
            Severity::Problem => paint.paint("31", "✗"),
            Severity::Remark => paint.paint("33", "•"),
        };
        line(format!("  {mark} {}", finding.sentence));
        for setting in &finding.settings {
            line(paint.paint("2", &format!("    {} = {}", setting.key, setting.value)));
        }
    }
    if !report.toml.trim().is_empty() {
        line(String::new());
        line(paint.paint("1", "Settings to keep"));
        for kept in report.toml.trim_end().lines() {
            line(format!("  {kept}").trim_end().to_owned());
        }
    }
    text
}

fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let facts = &report.facts;
    let time = |ms: u64| span(Duration::from_millis(ms));
    let basis = facts.lifetime_basis.map_or("", |basis| match basis {
        Basis::ExpIat => " (exp − iat)",
        Basis::ExpiresIn => " (expires_in)",
        Basis::ExpDate => " (exp − Date)",
    });
    let rotation = facts.rotation.map(|rotation| match rotation {
        Rotation::On => "on: each refresh replaces the refresh token",
        Rotation::Off => "off: the refresh token stays",
        Rotation::Broken => "broken: the token to go on with does not work",
    });
    let grace = facts.grace.map(|grace| match grace {
        Grace::SameToken => "yes: the same new token again",
        Grace::AnotherToken => "yes: another new token",
        Grace::None => "none",
    });
    let reuse = facts.reuse.map(|reuse| match reuse {
        Reuse::EndsTheSession => "detected: it ends the session",
        Reuse::Refused => "refused: the session goes on",
        Reuse::Accepted => "not detected",
    });
    let offset = facts.clock_offset_ms.map(|ms| {
        let size = Duration::from_millis(ms.unsigned_abs());
        if size < Duration::from_secs(2) {
            "the clocks agree".to_owned()
        } else {
            format!("the server's is {} {}", span(size), if ms > 0 { "ahead" } else { "behind" })
        }
    });
    [
        ("Access token", facts.access_lifetime_ms.map(|ms| format!("lives {}{basis}", time(ms)))),
        ("Refresh window", facts.window_ms.map(|ms| format!("the last {}", time(ms)))),
        ("Refresh token", facts.refresh_lifetime_ms.map(|ms| format!("lives {}", time(ms)))),
        ("Rotation", rotation.map(str::to_owned)),
        ("Grace", grace.map(str::to_owned)),
        ("Reuse", reuse.map(str::to_owned)),
        ("Clocks", offset),
        ("User fields", facts.user_fields.map(|count| format!("{count} in the sign-in's reply"))),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}
