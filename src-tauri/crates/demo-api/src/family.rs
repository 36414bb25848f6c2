//! One login in the database: the pair that is active, the token before it, and what is needed to sign both again.
//! Not here: what is done when a token comes in (`families`).

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::DemoError;
use crate::jwt::{Claims, TokenType};
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

/// A row of `families`.
pub(crate) struct Family {
    pub(crate) id: String,
    pub(crate) account: i64,
    pub(crate) killed: bool,
    pub(crate) refresh_revoked: bool,
    pub(crate) active_hash: [u8; 32],
    pub(crate) active: Issued,
    parent_hash: Option<[u8; 32]>,
    parent_used_ms: Option<i64>,
    pub(crate) access: Issued,
}

impl Family {
    pub(crate) fn find(connection: &Connection, id: &str) -> Result<Option<Self>, DemoError> {
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

    pub(crate) fn is_parent_in_grace(&self, hash: &[u8; 32], terms: Terms) -> bool {
        let age = self.parent_used_ms.map(|used| terms.now_ms.saturating_sub(used));
        self.parent_hash.as_ref() == Some(hash) && age.is_some_and(|age| age <= terms.grace_ms)
    }

    pub(crate) fn store_access(&self, connection: &Connection, access: &Issued) -> Result<(), DemoError> {
        connection.execute(
            "UPDATE families SET access_serial = ?2, access_jti = ?3, access_iat = ?4, access_exp = ?5
             WHERE id = ?1",
            params![self.id, access.serial, access.jti, access.iat, access.exp],
        )?;
        Ok(())
    }

    /// The active token becomes the parent, `next` the active one.
    pub(crate) fn store_rotation(
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
pub(crate) struct Issued {
    /// Access tokens have one.
    pub(crate) serial: Option<i64>,
    pub(crate) jti: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
}

impl Issued {
    /// A new access token, issued `age_secs` ago.
    pub(crate) fn access(connection: &Connection, terms: Terms, age_secs: i64) -> Result<Self, DemoError> {
        let serial: i64 =
            connection
                .query_row("UPDATE serials SET last = last + 1 RETURNING last", [], |row| row.get(0))?;
        let iat = terms.now_ms.div_euclid(1000) - age_secs;
        Ok(Self { serial: Some(serial), jti: random_hex()?, iat, exp: iat + terms.access_secs })
    }

    pub(crate) fn refresh(terms: Terms) -> Result<Self, DemoError> {
        let iat = terms.now_ms.div_euclid(1000);
        Ok(Self { serial: None, jti: random_hex()?, iat, exp: iat + terms.refresh_secs })
    }

    pub(crate) fn claims(&self, family: &str, account: i64) -> Claims {
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
