//! The one row that every commit passes through. Holding it, a writer is alone, on either store.

use liandong_schema::entity::head;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect};

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

/// The head, held until the transaction ends: other writers wait.
pub(crate) async fn hold(db: &impl ConnectionTrait) -> Result<Head, Error> {
    let find = head::Entity::find_by_id(1_i16);
    let find = if db.get_database_backend() == DbBackend::Postgres { find.lock_exclusive() } else { find };
    found(find.one(db).await?)
}

fn found(row: Option<head::Model>) -> Result<Head, Error> {
    let row = row.ok_or_else(|| Error::corrupt("head", 1, "the row is missing"))?;
    let world = u64::try_from(row.world_version).map_err(|e| Error::corrupt("head", 1, e))?;
    Ok(Head { world, position: row.position, at: Instant(row.at) })
}

/// Moves the head.
pub(crate) async fn write(db: &impl ConnectionTrait, head: Head) -> Result<(), Error> {
    let world = i64::try_from(head.world).map_err(|e| Error::corrupt("head", 1, e))?;
    head::Entity::update_many()
        .set(head::ActiveModel {
            world_version: Set(world),
            position: Set(head.position),
            at: Set(head.at.0),
            ..Default::default()
        })
        .filter(head::Column::Id.eq(1_i16))
        .exec(db)
        .await?;
    Ok(())
}
