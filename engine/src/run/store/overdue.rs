//! Open assignments whose time is over, told from their rows.

use liandong_schema::entity::assignment::{Column, Entity};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::{rules::instant::Instant, run::error::Error};

/// How many there are whose time was over before an instant, and since when the oldest of them is.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(db: &impl ConnectionTrait, before: Instant) -> Result<(u64, Option<Instant>), Error> {
    let of = async |over: Condition, by: Column| -> Result<(i64, Option<i64>), Error> {
        let find = Entity::find().filter(Column::EndedAt.is_null()).filter(over).filter(by.lt(before.0));
        let find = find.select_only().column_as(by.count(), "count").column_as(by.min(), "since");
        let found = find.into_tuple::<(i64, Option<i64>)>().one(db).await?;
        Ok(found.unwrap_or_default())
    };
    let (accept, accept_since) = of(Condition::all().add(Column::AcceptedAt.is_null()), Column::AcceptBy).await?;
    let (finish, finish_since) = of(Condition::all(), Column::FinishBy).await?;
    let missed = u64::try_from(accept.saturating_add(finish)).unwrap_or(0);
    Ok((missed, accept_since.into_iter().chain(finish_since).min().map(Instant)))
}
