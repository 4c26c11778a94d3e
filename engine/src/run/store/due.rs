//! The due index: which limits run out when. It is written with the state it follows from, so that it
//! survives whatever the process does not.

use liandong_schema::entity::due::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::request::Change;
use crate::{
    rules::{
        id::{AssignmentNo, RequestId},
        instant::Instant,
        limit::{Due, LimitKind},
        request::running,
    },
    run::error::Error,
};

/// Keys in one condition, rows in one statement.
const CHUNK: usize = 400;

/// Writes what changed of the limits that run.
pub(crate) async fn write(db: &impl ConnectionTrait, changes: &[Change<'_>]) -> Result<(), Error> {
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for change in changes {
        let id = change.after.id;
        let before = change.before.map(running).unwrap_or_default();
        let after = running(change.after);
        gone.extend(before.iter().filter(|due| !after.contains(due)).map(|due| (id, *due)));
        new.extend(after.iter().filter(|due| !before.contains(due)).map(|due| (id, *due)));
    }
    for gone in gone.chunks(CHUNK) {
        let mut any = Condition::any();
        for (id, due) in gone {
            any = any.add(
                Condition::all()
                    .add(Column::DueAt.eq(due.at.0))
                    .add(Column::Request.eq(id.0))
                    .add(Column::No.eq(small(*id, due.no)?))
                    .add(Column::Kind.eq(due.kind.word())),
            );
        }
        Entity::delete_many().filter(any).exec(db).await?;
    }
    for new in new.chunks(CHUNK) {
        let rows = new.iter().map(|(id, due)| {
            Ok(ActiveModel {
                due_at: Set(due.at.0),
                request: Set(id.0),
                no: Set(small(*id, due.no)?),
                kind: Set(due.kind.word().to_owned()),
            })
        });
        let rows = rows.collect::<Result<Vec<_>, Error>>()?;
        Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// What is over at an instant, the longest first, at most `most`.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn over(db: &impl ConnectionTrait, at: Instant, most: u64) -> Result<Vec<(RequestId, Due)>, Error> {
    let find = Entity::find().filter(Column::DueAt.lte(at.0));
    let find = find.order_by_asc(Column::DueAt).order_by_asc(Column::Request).limit(most);
    find.all(db).await?.into_iter().map(read).collect()
}

/// When the next limit runs out; none when none runs.
///
/// # Errors
/// [`Error::Database`].
pub async fn next(db: &impl ConnectionTrait) -> Result<Option<Instant>, Error> {
    let find = Entity::find().select_only().column(Column::DueAt).order_by_asc(Column::DueAt);
    let at = find.limit(1).into_tuple::<i64>().one(db).await?;
    Ok(at.map(Instant))
}

/// The rows after one, in the order of their key, at most `most`: to walk through all of them.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<(RequestId, Due)>, Error> {
    Entity::find().all(db).await?.into_iter().map(read).collect()
}

fn small(id: RequestId, no: AssignmentNo) -> Result<i16, Error> {
    i16::try_from(no.0).map_err(|e| Error::corrupt("due", id, e))
}

fn read(row: Model) -> Result<(RequestId, Due), Error> {
    let id = RequestId(row.request);
    let bad = |what: &str| Error::corrupt("due", id, what);
    let no = AssignmentNo(u16::try_from(row.no).map_err(|_| bad("the number is negative"))?);
    let kind = LimitKind::parse(&row.kind).ok_or_else(|| bad("unknown kind"))?;
    Ok((id, Due { at: Instant(row.due_at), no, kind }))
}
