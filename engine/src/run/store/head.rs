//! The one row that every commit passes through. Holding it, a writer is alone, on either store.

use liandong_schema::entity::head;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::Expr,
};

use super::Tx;
use crate::{rules::instant::Instant, run::error::Error};

/// What the newest commit left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The world's version.
    pub world: u64,
    /// The newest journal position.
    pub position: i64,
    /// The newest instant in the journal.
    pub at: Instant,
}

/// The head as it is now.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn read(db: &impl ConnectionTrait) -> Result<Head, Error> {
    found(head::Entity::find_by_id(1_i16).one(db).await?)
}

/// The database's own clock, in microseconds since 1970.
const CLOCK: &str = "cast(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)";

/// The head, held until the transaction ends: other writers wait. With what the database's clock says,
/// where the database has one: several nodes share it, and one clock decides.
pub(crate) async fn hold(tx: &Tx<'_>) -> Result<(Head, Option<Instant>), Error> {
    let find = head::Entity::find_by_id(1_i16);
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok((found(find.one(tx).await?)?, None));
    }
    let find = find.column_as(Expr::cust(CLOCK), "clock").lock_exclusive();
    let row = find.into_model::<Held>().one(tx).await?;
    let clock = row.as_ref().map(|row| Instant(row.clock));
    let row = row.map(|Held { id, world_version, position, at, .. }| head::Model { id, world_version, position, at });
    Ok((found(row)?, clock))
}

/// The head beside the database's clock.
#[derive(FromQueryResult)]
struct Held {
    id: i16,
    world_version: i64,
    position: i64,
    at: i64,
    clock: i64,
}

/// What the database's clock says, where the database has one.
///
/// # Errors
/// [`Error::Database`].
pub async fn clock(db: &impl ConnectionTrait) -> Result<Option<Instant>, Error> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(None);
    }
    let find = head::Entity::find_by_id(1_i16).select_only().column_as(Expr::cust(CLOCK), "clock");
    Ok(find.into_tuple::<i64>().one(db).await?.map(Instant))
}

fn found(row: Option<head::Model>) -> Result<Head, Error> {
    let row = row.ok_or_else(|| Error::corrupt("head", 1, "the row is missing"))?;
    let world = u64::try_from(row.world_version).map_err(|e| Error::corrupt("head", 1, e))?;
    Ok(Head { world, position: row.position, at: Instant(row.at) })
}

/// Moves the head.
pub(crate) async fn write(tx: &Tx<'_>, head: Head) -> Result<(), Error> {
    let world = i64::try_from(head.world).map_err(|e| Error::corrupt("head", 1, e))?;
    head::Entity::update_many()
        .set(head::ActiveModel {
            world_version: Set(world),
            position: Set(head.position),
            at: Set(head.at.0),
            ..Default::default()
        })
        .filter(head::Column::Id.eq(1_i16))
        .exec(tx)
        .await?;
    Ok(())
}
