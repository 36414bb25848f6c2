//! The rows behind the API's lists, as the JSON in which they are served; SQLite puts it together.
//! Not here: what the rows say at first (`seed`), and who may read them (`http/api.rs`).

use rusqlite::{Connection, params};
use serde_json::value::RawValue;

use crate::accounts::raw_json;
use crate::error::DemoError;

/// A list that the API serves.
#[derive(Clone, Copy)]
pub(crate) enum Listing {
    Projects,
    Notifications,
    Activity,
    Stats,
    Notes,
}

/// The list as the account sees it: a JSON array.
pub(crate) fn list(
    connection: &Connection,
    account: i64,
    listing: Listing,
) -> Result<Box<RawValue>, DemoError> {
    let json: String = connection.prepare_cached(listing.sql())?.query_row([account], |row| row.get(0))?;
    raw_json(json)
}

/// Adds a note; the new row comes back.
pub(crate) fn add_note(
    connection: &Connection,
    account: i64,
    text: &str,
    now_secs: i64,
) -> Result<Box<RawValue>, DemoError> {
    let json: String = connection
        .prepare_cached(
            "INSERT INTO notes (account_id, text, created_at) VALUES (?1, ?2, ?3)
             RETURNING json_object('id', id, 'text', text,
                                   'created_at', strftime('%Y-%m-%dT%H:%M:%SZ', created_at, 'unixepoch'))",
        )?
        .query_row(params![account, text, now_secs], |row| row.get(0))?;
    raw_json(json)
}

impl Listing {
    /// Every statement takes the account as its first parameter, whether the list is its own or everybody's.
    const fn sql(self) -> &'static str {
        match self {
            Self::Projects => {
                "SELECT json_group_array(json_object(
                     'id', id, 'code', code, 'name', name, 'status', status, 'owner', owner, 'progress', progress,
                     'members', members, 'due_on', strftime('%Y-%m-%d', due_at, 'unixepoch')) ORDER BY id)
                 FROM projects WHERE ?1 IS NOT NULL"
            }
            Self::Notifications => {
                "SELECT json_group_array(json_object(
                     'id', id, 'kind', kind, 'title', title, 'body', body,
                     'read', json(iif(is_read, 'true', 'false')),
                     'created_at', strftime('%Y-%m-%dT%H:%M:%SZ', created_at, 'unixepoch'))
                     ORDER BY created_at DESC)
                 FROM notifications WHERE account_id = ?1"
            }
            Self::Activity => {
                "SELECT json_group_array(json_object(
                     'id', id, 'actor', actor, 'action', action, 'target', target, 'project', project,
                     'at', strftime('%Y-%m-%dT%H:%M:%SZ', happened_at, 'unixepoch')) ORDER BY happened_at DESC)
                 FROM activity WHERE ?1 IS NOT NULL"
            }
            Self::Stats => {
                "SELECT json_group_array(json_object(
                     'id', id, 'name', name, 'value', value, 'unit', unit, 'change', change, 'period', period)
                     ORDER BY id)
                 FROM stats WHERE ?1 IS NOT NULL"
            }
            Self::Notes => {
                "SELECT json_group_array(json_object(
                     'id', id, 'text', text,
                     'created_at', strftime('%Y-%m-%dT%H:%M:%SZ', created_at, 'unixepoch'))
                     ORDER BY created_at DESC, id DESC)
                 FROM notes WHERE account_id = ?1"
            }
        }
    }
}
