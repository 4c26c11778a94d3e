//! Bearer tokens: only their hashes are stored.

use liandong_schema::entity::token;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

use super::Tx;
use crate::{
    rules::{id::PersonCode, instant::Instant},
    run::error::Error,
};

/// SHA-256 in hexadecimal. A token is 256 random bits, so a plain hash is enough: there is nothing
/// to guess that a slow hash would protect.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |text, b| text + &format!("{b:02x}"))
}

pub(crate) async fn issue(tx: &Tx<'_>, secret: &str, person: &PersonCode, at: Instant) -> Result<(), Error> {
    let row = token::ActiveModel {
        hash: Set(hash(secret)),
        person: Set(person.to_string()),
        issued_at: Set(at.0),
        revoked_at: Set(None),
    };
    token::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub(crate) async fn revoke_all(tx: &Tx<'_>, person: &PersonCode, at: Instant) -> Result<u64, Error> {
    let done = token::Entity::update_many()
        .set(token::ActiveModel { revoked_at: Set(Some(at.0)), ..Default::default() })
        .filter(token::Column::Person.eq(person.as_str()))
        .filter(token::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected)
}

/// Whose token it is; none when it is unknown or revoked.
pub(crate) async fn person(db: &impl ConnectionTrait, secret: &str) -> Result<Option<PersonCode>, Error> {
    let row = token::Entity::find_by_id(hash(secret)).one(db).await?;
    let Some(row) = row.filter(|r| r.revoked_at.is_none()) else { return Ok(None) };
    row.person.try_into().map(Some).map_err(|e| Error::corrupt("token", "(hidden)", e))
}
