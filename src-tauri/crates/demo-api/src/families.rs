//! The life of a login: the pair it begins with, rotation, the grace for a lost reply, reuse detection, the end.
//! Not here: HTTP, and the reading of settings; all that varies comes in as [`Terms`].

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use crate::error::DemoError;
use crate::jwt::{Claims, Mint, TokenType, fingerprint};
use crate::key::random_hex;

/// What holds for tokens at this moment.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) now_ms: i64,
    pub(crate) access_secs: i64,
    pub(crate) refresh_secs: i64,
    pub(crate) login_age_secs: i64,
    pub(crate) rotation: bool,
    pub(crate) grace_ms: i64,
    /// Every refresh token is dead.
    pub(crate) all_revoked: bool,
}

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

/// A row of `families`.
struct Family {
    id: String,
    account: i64,
    killed: bool,
    refresh_revoked: bool,
    active_hash: [u8; 32],
    active: Issued,
    parent_hash: Option<[u8; 32]>,
    parent_used_ms: Option<i64>,
    access: Issued,
}

impl Family {
    fn find(connection: &Connection, id: &str) -> Result<Option<Self>, DemoError> {
        let found = connection
            .prepare_cached("SELECT * FROM families WHERE id = ?1")?
            .query_row([id], Self::from_row)
            .optional()?;
        Ok(found)
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            account: row.get("account_id")?,
            killed: row.get("killed")?,
            refresh_revoked: row.get("refresh_revoked")?,
            active_hash: row.get("active_hash")?,
            active: Issued {
                serial: None,
                jti: row.get("active_jti")?,
                iat: row.get("active_iat")?,
                exp: row.get("active_exp")?,
            },
            parent_hash: row.get("parent_hash")?,
            parent_used_ms: row.get("parent_used_ms")?,
            access: Issued {
                serial: row.get("access_serial")?,
                jti: row.get("access_jti")?,
                iat: row.get("access_iat")?,
                exp: row.get("access_exp")?,
            },
        })
    }

    fn is_parent_in_grace(&self, hash: &[u8; 32], terms: Terms) -> bool {
        let age = self.parent_used_ms.map(|used| terms.now_ms.saturating_sub(used));
        self.parent_hash.as_ref() == Some(hash) && age.is_some_and(|age| age <= terms.grace_ms)
    }

    fn store_access(&self, connection: &Connection, access: &Issued) -> Result<(), DemoError> {
        connection.execute(
            "UPDATE families SET access_serial = ?2, access_jti = ?3, access_iat = ?4, access_exp = ?5
             WHERE id = ?1",
            params![self.id, access.serial, access.jti, access.iat, access.exp],
        )?;
        Ok(())
    }

    /// The active token becomes the parent, `next` the active one.
    fn store_rotation(
        &self,
        connection: &Connection,
        next: &Issued,
        next_hash: &[u8; 32],
        now_ms: i64,
    ) -> Result<(), DemoError> {
        connection.execute(
            "UPDATE families SET parent_hash = active_hash, parent_used_ms = ?2,
                                 active_hash = ?3, active_jti = ?4, active_iat = ?5, active_exp = ?6
             WHERE id = ?1",
            params![self.id, now_ms, next_hash, next.jti, next.iat, next.exp],
        )?;
        Ok(())
    }
}

/// What makes one token differ from another; from it the same token can be signed again.
struct Issued {
    /// Access tokens have one.
    serial: Option<i64>,
    jti: String,
    iat: i64,
    exp: i64,
}

impl Issued {
    /// A new access token, issued `age_secs` ago.
    fn access(connection: &Connection, terms: Terms, age_secs: i64) -> Result<Self, DemoError> {
        let serial: i64 =
            connection
                .query_row("UPDATE serials SET last = last + 1 RETURNING last", [], |row| row.get(0))?;
        let iat = terms.now_ms.div_euclid(1000) - age_secs;
        Ok(Self { serial: Some(serial), jti: random_hex()?, iat, exp: iat + terms.access_secs })
    }

    fn refresh(terms: Terms) -> Result<Self, DemoError> {
        let iat = terms.now_ms.div_euclid(1000);
        Ok(Self { serial: None, jti: random_hex()?, iat, exp: iat + terms.refresh_secs })
    }

    fn claims(&self, family: &str, account: i64) -> Claims {
        Claims {
            token_type: if self.serial.is_some() { TokenType::Access } else { TokenType::Refresh },
            exp: self.exp,
            iat: self.iat,
            jti: self.jti.clone(),
            user_id: account,
            family: family.to_owned(),
            serial: self.serial.map(i64::cast_unsigned),
        }
    }
}
