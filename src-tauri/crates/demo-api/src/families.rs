//! The life of a login: the pair it begins with, rotation, the grace for a lost reply, reuse detection, the end.
//! Not here: HTTP, and the reading of settings; all that varies comes in as [`Terms`]; nor the row itself (`family`).

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::error::DemoError;
use crate::family::{Family, Issued, Terms};
use crate::jwt::{Mint, TokenType, fingerprint};
use crate::key::random_hex;

/// An access token and the refresh token it came with.
pub(crate) struct Pair {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// What became of a refresh.
pub(crate) enum Refreshed {
    /// A new pair; the old refresh token is now its parent.
    Rotated(Pair),
    /// Rotation is off: a new access token, the refresh token stays.
    AccessOnly(String),
    /// The parent came again within the grace: the active pair, as before.
    Replayed(Pair),
    /// A spent token came again: the family has been killed.
    Reused,
    /// Not a token of ours, expired, revoked, or of a killed family.
    Dead,
}

/// What an access token is worth.
pub(crate) struct Access {
    /// Its serial, if we signed it, good or not.
    pub(crate) serial: Option<u64>,
    /// A newer one has been issued to its family.
    pub(crate) superseded: bool,
    /// Whose call it is; `None` refuses it.
    pub(crate) account: Option<i64>,
}

/// Begins a family for an account that has just signed in.
pub(crate) fn begin(
    connection: &mut Connection,
    mint: &Mint,
    account: i64,
    terms: Terms,
) -> Result<Pair, DemoError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let family = random_hex()?;
    let access = Issued::access(&transaction, terms, terms.login_age_secs)?;
    let refresh = Issued::refresh(terms)?;
    let pair = Pair {
        access: mint.sign(&access.claims(&family, account))?,
        refresh: mint.sign(&refresh.claims(&family, account))?,
    };
    transaction.execute(
        "INSERT INTO families (id, account_id, active_hash, active_jti, active_iat, active_exp,
                               access_serial, access_jti, access_iat, access_exp)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            family,
            account,
            fingerprint(&pair.refresh),
            refresh.jti,
            refresh.iat,
            refresh.exp,
            access.serial,
            access.jti,
            access.iat,
            access.exp
        ],
    )?;
    transaction.commit()?;
    Ok(pair)
}

/// Carries out a refresh. The transaction takes the write lock first, so that of two at the same time the second
/// sees what the first has done.
pub(crate) fn refresh(
    connection: &mut Connection,
    mint: &Mint,
    token: &str,
    terms: Terms,
) -> Result<Refreshed, DemoError> {
    let Some(claims) = mint.read(token, TokenType::Refresh) else { return Ok(Refreshed::Dead) };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let Some(family) = Family::find(&transaction, &claims.family)? else { return Ok(Refreshed::Dead) };
    let expired = claims.exp <= terms.now_ms.div_euclid(1000);
    if family.killed || family.refresh_revoked || terms.all_revoked || expired {
        return Ok(Refreshed::Dead);
    }
    let hash = fingerprint(token);
    let refreshed = if hash == family.active_hash {
        let access = Issued::access(&transaction, terms, 0)?;
        family.store_access(&transaction, &access)?;
        let access = mint.sign(&access.claims(&family.id, family.account))?;
        if terms.rotation {
            let next = Issued::refresh(terms)?;
            let refresh = mint.sign(&next.claims(&family.id, family.account))?;
            family.store_rotation(&transaction, &next, &fingerprint(&refresh), terms.now_ms)?;
            Refreshed::Rotated(Pair { access, refresh })
        } else {
            Refreshed::AccessOnly(access)
        }
    } else if family.is_parent_in_grace(&hash, terms) {
        Refreshed::Replayed(Pair {
            access: mint.sign(&family.access.claims(&family.id, family.account))?,
            refresh: mint.sign(&family.active.claims(&family.id, family.account))?,
        })
    } else {
        // We signed it, it is neither active nor a fresh parent: somebody uses a spent token.
        transaction.execute("UPDATE families SET killed = 1 WHERE id = ?1", [&family.id])?;
        Refreshed::Reused
    };
    transaction.commit()?;
    Ok(refreshed)
}

/// Ends the family of a refresh token; true if it was alive.
pub(crate) fn end(connection: &Connection, mint: &Mint, token: &str) -> Result<bool, DemoError> {
    let Some(claims) = mint.read(token, TokenType::Refresh) else { return Ok(false) };
    let ended =
        connection.execute("UPDATE families SET killed = 1 WHERE id = ?1 AND killed = 0", [claims.family])?;
    Ok(ended == 1)
}

/// Revokes every refresh token there is; access tokens live on to their end.
pub(crate) fn revoke_all(connection: &Connection) -> Result<(), DemoError> {
    connection.execute("UPDATE families SET refresh_revoked = 1", [])?;
    Ok(())
}

/// Forgets families whose last refresh token has expired.
pub(crate) fn forget_expired(connection: &Connection, now_secs: i64) -> Result<(), DemoError> {
    connection.execute("DELETE FROM families WHERE active_exp <= ?1 AND access_exp <= ?1", [now_secs])?;
    Ok(())
}

/// The serial of the access token issued last.
pub(crate) fn last_serial(connection: &Connection) -> Result<u64, DemoError> {
    let last: i64 = connection.query_row("SELECT last FROM serials", [], |row| row.get(0))?;
    Ok(last.cast_unsigned())
}

/// Judges an access token by signature, time and family.
pub(crate) fn judge_access(
    connection: &Connection,
    mint: &Mint,
    token: &str,
    now_secs: i64,
) -> Result<Access, DemoError> {
    let refused = Access { serial: None, superseded: false, account: None };
    let Some(claims) = mint.read(token, TokenType::Access) else { return Ok(refused) };
    let Some(serial) = claims.serial else { return Ok(refused) };
    let family: Option<(i64, bool, i64)> = connection
        .prepare_cached("SELECT account_id, killed, access_serial FROM families WHERE id = ?1")?
        .query_row([&claims.family], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((account, killed, newest)) = family else {
        return Ok(Access { serial: Some(serial), ..refused });
    };
    let good = !killed && now_secs < claims.exp;
    Ok(Access {
        serial: Some(serial),
        superseded: serial < newest.cast_unsigned(),
        account: good.then_some(account),
    })
}
