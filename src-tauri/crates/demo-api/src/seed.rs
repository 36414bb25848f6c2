//! What a new demo database holds: two people, their work, and what they have written about it.
//! Not here: the tables (`schema.sql`) and how rows are served (`content`).

use rusqlite::{Connection, params};

use crate::accounts;
use crate::clock::machine_ms;
use crate::error::DemoError;

/// Fills an empty database. Times are told relative to now.
pub(crate) fn fill(connection: &Connection) -> Result<(), DemoError> {
    let now = machine_ms() / 1000;
    let ada = accounts::add(connection, "ada@example.com", "analytical-engine", ADA)?;
    let grace = accounts::add(connection, "grace@example.com", "nanosecond-wire", GRACE)?;
    for (code, name, status, owner, progress, members, due_in_days) in PROJECTS {
        let due_at = due_in_days.map(|days: i64| now + days * DAY);
        connection.execute(
            "INSERT INTO projects (code, name, status, owner, progress, members, due_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![code, name, status, owner, progress, members, due_at],
        )?;
    }
    for (account, notifications) in [(ada, ADA_NOTIFICATIONS), (grace, GRACE_NOTIFICATIONS)] {
        for (kind, title, body, is_read, minutes_ago) in notifications {
            connection.execute(
                "INSERT INTO notifications (account_id, kind, title, body, is_read, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![account, kind, title, body, is_read, now - minutes_ago * MINUTE],
            )?;
        }
    }
    for (actor, action, target, project, minutes_ago) in ACTIVITY {
        connection.execute(
            "INSERT INTO activity (actor, action, target, project, happened_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![actor, action, target, project, now - minutes_ago * MINUTE],
        )?;
    }
    for (name, value, unit, change, period) in STATS {
        connection.execute(
            "INSERT INTO stats (name, value, unit, change, period) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![name, value, unit, change, period],
        )?;
    }
    for (account, notes) in [(ada, ADA_NOTES), (grace, GRACE_NOTES)] {
        for (text, hours_ago) in notes {
            connection.execute(
                "INSERT INTO notes (account_id, text, created_at) VALUES (?1, ?2, ?3)",
                params![account, text, now - hours_ago * 60 * MINUTE],
            )?;
        }
    }
    Ok(())
}

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// A profile with all that profiles are known to lose: unknown fields, nulls, nesting, an integer above 2^53, and a
/// number written as 1.10.
const ADA: &[(&str, &str)] = &[
    ("username", r#""ada@example.com""#),
    ("email", r#""ada@example.com""#),
    ("first_name", r#""Ada""#),
    ("middle_name", "null"),
    ("last_name", r#""Lovelace""#),
    ("roles", r#"["analyst","maintainer"]"#),
    (
        "avatar",
        r##""data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'%3E%3Crect width='64' height='64' rx='32' fill='%236d4aff'/%3E%3Ccircle cx='32' cy='32' r='23' fill='none' stroke='%23fff' stroke-opacity='.35' stroke-width='3' stroke-dasharray='5 4'/%3E%3Ctext x='32' y='40' font-family='sans-serif' font-size='22' font-weight='600' fill='%23fff' text-anchor='middle'%3EAL%3C/text%3E%3C/svg%3E""##,
    ),
    ("locale", r#""en-GB""#),
    ("timezone", r#""Europe/London""#),
    ("employee_number", "9007199254740993"),
    ("working_hours_factor", "1.10"),
    (
        "address",
        r#"{"street":"12 St James's Square","city":"London","postal_code":"SW1Y 4JH","country":"GB","geo":{"lat":51.5074,"lon":-0.1357}}"#,
    ),
    (
        "preferences",
        r#"{"theme":"system","density":"comfortable","notifications":{"email":true,"push":false,"digest":"weekly"},"shortcuts":{"search":"ctrl+k","new_note":"n"}}"#,
    ),
    (
        "custom",
        r#"{"desk":"4.17","badges":["first-program","note-g"],"onboarding":{"completed":true,"steps":[1,2,3,5,8]},"x-legacy-id":"AL-1815-12-10","favourite_number":-0.5,"Größe":"naïve ☕"}"#,
    ),
];

const GRACE: &[(&str, &str)] = &[
    ("username", r#""grace@example.com""#),
    ("email", r#""grace@example.com""#),
    ("first_name", r#""Grace""#),
    ("middle_name", "null"),
    ("last_name", r#""Hopper""#),
    ("roles", r#"["engineer","reviewer","on-call"]"#),
    (
        "avatar",
        r##""data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'%3E%3Crect width='64' height='64' rx='32' fill='%230f766e'/%3E%3Cpath d='M10 46 Q32 34 54 46' fill='none' stroke='%23fff' stroke-opacity='.4' stroke-width='3'/%3E%3Ctext x='32' y='40' font-family='sans-serif' font-size='22' font-weight='600' fill='%23fff' text-anchor='middle'%3EGH%3C/text%3E%3C/svg%3E""##,
    ),
    ("locale", r#""en-US""#),
    ("timezone", r#""America/New_York""#),
    ("employee_number", "9007199254740995"),
    ("working_hours_factor", "0.90"),
    (
        "address",
        r#"{"street":"300 Boylston Avenue","city":"Arlington","postal_code":"22202","country":"US","geo":{"lat":38.8568,"lon":-77.0527}}"#,
    ),
    (
        "preferences",
        r#"{"theme":"dark","density":"compact","notifications":{"email":false,"push":true,"digest":"daily"},"shortcuts":{"search":"ctrl+p","new_note":"c"}}"#,
    ),
    (
        "custom",
        r#"{"desk":"2.02","badges":["first-compiler"],"onboarding":{"completed":true,"steps":[1,2,3]},"wire_length_cm":29.98,"x-legacy-id":"GH-1906-12-09"}"#,
    ),
];

type Project = (&'static str, &'static str, &'static str, &'static str, f64, i64, Option<i64>);

const PROJECTS: &[Project] = &[
    ("ENG", "Analytical Engine", "active", "Ada Lovelace", 0.62, 7, Some(41)),
    ("NOTEG", "Note G, second edition", "in_review", "Ada Lovelace", 0.94, 2, Some(6)),
    ("FLOW", "FLOW-MATIC compiler", "active", "Grace Hopper", 0.78, 5, Some(23)),
    ("LOOM", "Pattern cards for the loom", "active", "Joseph Jacquard", 0.35, 4, Some(88)),
    ("BUG", "Relay inspection, Panel F", "blocked", "Grace Hopper", 0.5, 3, Some(-2)),
    ("DIFF", "Difference Engine No. 2", "paused", "Charles Babbage", 0.17, 6, None),
    ("WIRE", "A nanosecond for every visitor", "done", "Grace Hopper", 1.0, 2, Some(-19)),
];

type Notification = (&'static str, &'static str, &'static str, bool, i64);

const ADA_NOTIFICATIONS: &[Notification] = &[
    ("mention", "Charles mentioned you", "Could you check the carry mechanism before Thursday?", false, 12),
    (
        "review",
        "Review requested",
        "Grace would like your eyes on the loop that reads the tape twice.",
        false,
        55,
    ),
    ("build", "Build passed", "Note G, second edition: 25 operations, no surprises.", false, 190),
    (
        "comment",
        "New comment on ENG-42",
        "Luigi asked whether the engine could compose music. Please be kind.",
        true,
        480,
    ),
    ("due", "Due this week", "Note G, second edition goes to the printer in six days.", true, 1_500),
    ("security", "New sign-in", "You signed in from London on a device we know.", true, 2_900),
    ("team", "Mary joined the project", "Mary Somerville is now a member of Analytical Engine.", true, 5_800),
];

const GRACE_NOTIFICATIONS: &[Notification] = &[
    ("incident", "Relay 70, Panel F", "A moth was found. It has been taped into the log book.", false, 8),
    ("mention", "Ada mentioned you", "Your tape reader is lovely. I left three small remarks.", false, 47),
    ("build", "Build failed", "FLOW-MATIC: 1 of 318 tests did not end in time.", false, 130),
    ("review", "Review approved", "Jean approved \"Words instead of symbols\".", true, 620),
    ("due", "Overdue by two days", "Relay inspection, Panel F is waiting for spare parts.", true, 2_880),
    ("team", "Visitors on Friday", "Twelve people, so please cut twelve wires of 29.98 cm.", true, 4_300),
];

type Activity = (&'static str, &'static str, &'static str, &'static str, i64);

const ACTIVITY: &[Activity] = &[
    ("Grace Hopper", "commented on", "Relay 70 sticks when it is warm", "BUG", 9),
    ("Ada Lovelace", "pushed", "3 commits to bernoulli-numbers", "NOTEG", 34),
    ("Charles Babbage", "reopened", "The mill should print its own errors", "ENG", 71),
    ("Grace Hopper", "requested a review of", "Read the tape once, not twice", "FLOW", 118),
    ("Jean Bartik", "approved", "Words instead of symbols", "FLOW", 245),
    ("Ada Lovelace", "closed", "Table of variables starts at zero", "NOTEG", 402),
    ("Joseph Jacquard", "uploaded", "roses-24000-cards.zip", "LOOM", 1_130),
    ("Mary Somerville", "joined", "Analytical Engine", "ENG", 5_800),
    ("Charles Babbage", "paused", "Difference Engine No. 2", "DIFF", 8_650),
    ("Grace Hopper", "completed", "A nanosecond for every visitor", "WIRE", 27_400),
];

type Stat = (&'static str, f64, &'static str, f64, &'static str);

const STATS: &[Stat] = &[
    ("Open issues", 37.0, "issues", -4.0, "week"),
    ("Merged changes", 18.0, "changes", 6.0, "week"),
    ("Build success", 96.4, "percent", 1.2, "week"),
    ("Median review time", 3.5, "hours", -0.75, "week"),
    ("Punched cards", 24_000.0, "cards", 1_250.0, "month"),
    ("Uptime", 99.95, "percent", 0.01, "month"),
];

type Note = (&'static str, i64);

const ADA_NOTES: &[Note] = &[
    (
        "The engine weaves algebraic patterns just as the loom weaves flowers and leaves. Use this in the talk.",
        3,
    ),
    ("Ask Charles: what happens to the carry when the mill is interrupted half way?", 20),
    ("Operation 4 in Note G divides v5 by v4. Should be v4 by v5. Tell the printer!", 27),
    ("Tea with Mary on Tuesday. Bring the table of Bernoulli numbers.", 51),
    ("A machine can do whatever we know how to order it to perform. The hard part is the ordering.", 98),
    ("Idea: let the cards go backwards, so that a group of operations can be repeated.", 170),
];

const GRACE_NOTES: &[Note] = &[
    ("Light travels 29.98 cm in a nanosecond. Nobody forgets it once they have held the wire.", 2),
    ("Spare relays arrive Wednesday. Until then, keep the window of Panel F shut: moths.", 9),
    ("If it is a good idea, go ahead and do it. It is easier to apologise than to get permission.", 30),
    ("Compiler: reject a sentence without a verb, and say which sentence.", 46),
    ("The clock on the wall runs backwards on purpose. Do not repair it.", 120),
    (
        "Write down for the visitors what a microsecond looks like: 299.8 m of wire. Too heavy for the desk.",
        200,
    ),
];
