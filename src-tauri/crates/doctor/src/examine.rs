//! What follows from a token and its reply: lifetime, window, clocks; by the engine's own `Lifetime` and `RefreshPolicy`.
//! Not here: requests that went wrong (`explain`).

use std::time::Duration;

use session_engine::ports::TokenReply;
use session_engine::{Lifetime, Moment, Origin, Receipt, RefreshPolicy, TimeClaims};

use crate::explain::{problem, remark};
use crate::facts::{Basis, Facts};
use crate::finding::{Finding, FindingCode};

/// A clock that is off by more than this is worth a word, in milliseconds.
const CLOCKS_DIFFER_MS: i64 = 60_000;

/// An access token that lives less than this keeps a session busy with refreshes.
const TOO_SHORT: Duration = Duration::from_secs(30);

/// What the reply to a sign-in tells, and what is odd about it.
pub(crate) fn sign_in(
    reply: &TokenReply,
    at: Moment,
    policy: &RefreshPolicy,
    facts: &mut Facts,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let times = reply.access.times();
    let receipt = Receipt {
        at,
        server_date_ms: reply.server_date_ms,
        expires_in: reply.expires_in,
        origin: Origin::SignIn,
    };
    facts.user_fields = reply.user.as_ref().map(session_engine::Profile::len);
    facts.refresh_lifetime_ms = reply
        .refresh
        .as_ref()
        .and_then(|token| own_lifetime_ms(token.times()).or(reply.refresh_expires_in.map(ms)));
    facts.lifetime_basis = match (times.expires_at_ms, times.issued_at_ms, reply.expires_in) {
        (Some(_), Some(_), _) => Some(Basis::ExpIat),
        (_, _, Some(_)) => Some(Basis::ExpiresIn),
        (Some(_), None, None) => Some(Basis::ExpDate),
        (None, _, None) => None,
    };
    match Lifetime::of(times, receipt) {
        Some(life) => {
            let window = policy.window(&life);
            facts.access_lifetime_ms = Some(ms(life.total()));
            facts.window_ms = Some(ms(window));
            findings.extend(odd_life(&life, window, policy));
        }
        None => findings.push(problem(
            FindingCode::LifetimeUnknown,
            "Nothing tells how long an access token lives: it is no JWT with an exp, and there is nothing at tokens.expires_in. Set tokens.expires_in if the reply has it; else the token is used until the API answers 401.",
        )),
    }
    match reply.server_date_ms {
        Some(date) => {
            let offset = date.saturating_sub(at.wall_ms);
            facts.clock_offset_ms = Some(offset);
            if offset.abs() > CLOCKS_DIFFER_MS {
                findings.push(remark(
                    FindingCode::ClockOffset,
                    format!("The server's clock is {} {} this computer's. Sessions allow for it; set the wrong one right all the same.", span(Duration::from_millis(offset.unsigned_abs())), if offset > 0 { "ahead of" } else { "behind" }),
                ));
            }
        }
        None => findings.push(remark(
            FindingCode::NoDate,
            "The replies carry no Date header, so a clock that is wrong cannot be told. Let the server, or the proxy before it, send one.",
        )),
    }
    findings
}

fn odd_life(life: &Lifetime, window: Duration, policy: &RefreshPolicy) -> Option<Finding> {
    let total = life.total();
    if life.looked_expired() {
        return Some(problem(
            FindingCode::BornExpired,
            "The access token is expired when it comes. The server's clock, or its setting for the lifetime, is wrong; mend it there.",
        ));
    }
    if total < TOO_SHORT {
        return Some(problem(
            FindingCode::LifetimeTooShort,
            format!(
                "An access token lives {} only: the session would be busy with refreshes. Let the server issue longer ones; five minutes are usual.",
                span(total)
            ),
        ));
    }
    (total < policy.refresh_window).then(|| {
        remark(
            FindingCode::WindowCut,
            format!("An access token lives {}, which is less than refresh_window ({}). It is refreshed when less than {} is left, so that not every call refreshes. Nothing needs to be done.", span(total), span(policy.refresh_window), span(window)),
        )
    })
}

/// How long a refresh token that is a JWT lives by its own claims.
fn own_lifetime_ms(times: TimeClaims) -> Option<u64> {
    u64::try_from(times.expires_at_ms?.checked_sub(times.issued_at_ms?)?).ok()
}

/// A time in words of two units at most.
pub(crate) fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, name) in units {
        if rest >= size && parts.len() < 2 {
            parts.push(format!("{} {name}", rest / size));
            rest %= size;
        }
    }
    if parts.is_empty() { format!("{} ms", time.as_millis()) } else { parts.join(" ") }
}

pub(crate) fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
