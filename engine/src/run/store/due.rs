//! The due index: when the first limit of each request that runs is over. It is a column of the request's
//! row, written with the state it follows from, so that it survives whatever the process does not.

use liandong_schema::entity::request::{Column, Entity};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use crate::{
    rules::{id::RequestId, instant::Instant, request::Request, request::running},
    run::error::Error,
};

/// What stands in the index for a request.
pub(crate) fn first(request: &Request) -> Option<Instant> {
    running(request).iter().map(|due| due.at).min()
}

/// The requests with a limit that is over at an instant, the longest first, at most `most`, those after one
/// that was read before.
///
/// # Errors
/// [`Error::Database`].
pub async fn over(
    db: &impl ConnectionTrait,
    at: Instant,
    after: Option<(RequestId, Instant)>,
    most: u64,
) -> Result<Vec<(RequestId, Instant)>, Error> {
    let mut find = Entity::find().filter(Column::DueAt.lte(at.0));
    if let Some((request, due)) = after {
        let key = Expr::tuple([Expr::col(Column::DueAt), Expr::col(Column::Id)]);
        find = find.filter(key.gt(Expr::tuple([Expr::val(due.0), Expr::val(request.0)])));
    }
    let find = find.order_by_asc(Column::DueAt).order_by_asc(Column::Id).limit(most);
    let rows = find.select_only().column(Column::Id).column(Column::DueAt).into_tuple::<(uuid::Uuid, i64)>();
    Ok(rows.all(db).await?.into_iter().map(|(id, at)| (RequestId(id), Instant(at))).collect())
}

/// When the next limit runs out; none when none runs.
///
/// # Errors
/// [`Error::Database`].
pub async fn next(db: &impl ConnectionTrait) -> Result<Option<Instant>, Error> {
    let find = Entity::find().filter(Column::DueAt.is_not_null()).order_by_asc(Column::DueAt);
    let at = find.select_only().column(Column::DueAt).limit(1).into_tuple::<i64>().one(db).await?;
    Ok(at.map(Instant))
}

/// What the index holds, all of it.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<(RequestId, Instant)>, Error> {
    let find = Entity::find().filter(Column::DueAt.is_not_null());
    let rows = find.select_only().column(Column::Id).column(Column::DueAt).into_tuple::<(uuid::Uuid, i64)>();
    Ok(rows.all(db).await?.into_iter().map(|(id, at)| (RequestId(id), Instant(at))).collect())
}
