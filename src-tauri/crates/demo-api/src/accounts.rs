//! Accounts: the argon2 hash that a sign-in is checked against, and the profile, field by field.
//! Not here: who is seeded (`seed`), and tokens.

use argon2::{Argon2, Params, PasswordHasher, PasswordVerifier};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::DemoError;

/// The id and the password hash of an account.
pub(crate) struct Account {
    pub(crate) id: i64,
    password_hash: String,
}

/// Adds an account with its profile, given as JSON texts.
pub(crate) fn add(
    connection: &Connection,
    username: &str,
    password: &str,
    profile: &[(&str, &str)],
) -> Result<i64, DemoError> {
    let hash = hash_password(password)?;
    connection
        .execute("INSERT INTO accounts (username, password_hash) VALUES (?1, ?2)", params![username, hash])?;
    let id = connection.last_insert_rowid();
    for (key, json) in profile {
        write_field(connection, id, key, json)?;
    }
    Ok(id)
}

pub(crate) fn find(connection: &Connection, username: &str) -> Result<Option<Account>, DemoError> {
    let found = connection
        .prepare_cached("SELECT id, password_hash FROM accounts WHERE username = ?1")?
        .query_row([username], |row| Ok(Account { id: row.get(0)?, password_hash: row.get(1)? }))
        .optional()?;
    Ok(found)
}

/// The account's id if the password is right. An unknown account takes as long as a wrong password.
pub(crate) fn verify(account: Option<&Account>, password: &str) -> Result<Option<i64>, DemoError> {
    let Some(account) = account else {
        hash_password(password)?;
        return Ok(None);
    };
    match Argon2::default().verify_password(password.as_bytes(), account.password_hash.as_str()) {
        Ok(()) => Ok(Some(account.id)),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(None),
        Err(_) => Err(DemoError::Crypto("check a password")),
    }
}

/// The whole profile as one JSON object, each field as it was written.
pub(crate) fn profile(connection: &Connection, account: i64) -> Result<Box<RawValue>, DemoError> {
    let json: String = connection
        .prepare_cached(
            "SELECT '{' || coalesce(group_concat(json_quote(key) || ':' || json, ',' ORDER BY position), '') || '}'
             FROM profile_fields WHERE account_id = ?1",
        )?
        .query_row([account], |row| row.get(0))?;
    raw_json(json)
}

/// Changes one field of a profile, or adds it at the end.
pub(crate) fn set_profile_field(
    connection: &Connection,
    username: &str,
    key: &str,
    value: &Value,
) -> Result<(), DemoError> {
    let account =
        find(connection, username)?.ok_or_else(|| DemoError::UnknownAccount(username.to_owned()))?;
    write_field(connection, account.id, key, &value.to_string())
}

/// Text that SQLite put together as JSON.
pub(crate) fn raw_json(json: String) -> Result<Box<RawValue>, DemoError> {
    RawValue::from_string(json).map_err(|_| DemoError::Crypto("read its own data as JSON"))
}

fn write_field(connection: &Connection, account: i64, key: &str, json: &str) -> Result<(), DemoError> {
    connection.execute(
        "INSERT INTO profile_fields (account_id, position, key, json)
         VALUES (?1, (SELECT count(*) FROM profile_fields WHERE account_id = ?1), ?2, ?3)
         ON CONFLICT (account_id, key) DO UPDATE SET json = excluded.json",
        params![account, key, json],
    )?;
    Ok(())
}

/// Argon2id in one of the smaller sizes that OWASP recommends: a demo should not make anyone wait. An unoptimised
/// build computes about thirty times as long, so it gets a smaller one still.
fn hash_password(password: &str) -> Result<String, DemoError> {
    let failed = "hash a password";
    let (kibibytes, passes) = if cfg!(debug_assertions) { (512, 1) } else { (7 * 1024, 5) };
    let params = Params::new(kibibytes, passes, 1, None).map_err(|_| DemoError::Crypto(failed))?;
    let hash =
        Argon2::from(params).hash_password(password.as_bytes()).map_err(|_| DemoError::Crypto(failed))?;
    Ok(hash.to_string())
}
