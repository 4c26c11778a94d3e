//! Addresses of calendar feeds: only their hashes are stored.

use liandong_schema::entity::calendar_feed::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use super::{Tx, token::hash};
use crate::{
    rules::{
        calendar_feed::{Feed, Subject},
        id::{CalendarFeedCode, PersonCode, UnitCode},
        instant::Instant,
    },
    run::error::Error,
};

/// Opens it; who opened one of that calendar before reads it by the new address only.
pub(crate) async fn open(tx: &Tx<'_>, secret: &str, feed: &Feed) -> Result<(), Error> {
    let (kind, subject) = key(&feed.subject);
    let row = ActiveModel {
        opened_by: Set(feed.opened_by.to_string()),
        subject_kind: Set(kind.to_owned()),
        subject: Set(subject.to_owned()),
        code: Set(feed.code.to_string()),
        hash: Set(hash(secret)),
        opened_at: Set(feed.opened_at.0),
        revoked_at: Set(feed.revoked_at.map(|at| at.0)),
    };
    let again = OnConflict::columns([Column::OpenedBy, Column::SubjectKind, Column::Subject])
        .update_columns([Column::Code, Column::Hash, Column::OpenedAt, Column::RevokedAt])
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Revokes it; whether it was open until now.
pub(crate) async fn revoke(tx: &Tx<'_>, code: &CalendarFeedCode, at: Instant) -> Result<bool, Error> {
    let done = Entity::update_many()
        .set(ActiveModel { revoked_at: Set(Some(at.0)), ..Default::default() })
        .filter(Column::Code.eq(code.as_str()))
        .filter(Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Ends every open feed of units that are gone.
pub(crate) async fn end_of_units(tx: &Tx<'_>, units: &[UnitCode], at: Instant) -> Result<(), Error> {
    if units.is_empty() {
        return Ok(());
    }
    Entity::update_many()
        .set(ActiveModel { revoked_at: Set(Some(at.0)), ..Default::default() })
        .filter(Column::SubjectKind.eq(UNIT))
        .filter(Column::Subject.is_in(units.iter().map(UnitCode::as_str)))
        .filter(Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// The open feed behind a secret.
pub(crate) async fn by_secret(db: &impl ConnectionTrait, secret: &str) -> Result<Option<Feed>, Error> {
    let row = Entity::find().filter(Column::Hash.eq(hash(secret))).filter(Column::RevokedAt.is_null()).one(db).await?;
    row.map(read).transpose()
}

/// The open feed of that name.
pub(crate) async fn by_code(db: &impl ConnectionTrait, code: &CalendarFeedCode) -> Result<Option<Feed>, Error> {
    let found = Entity::find().filter(Column::Code.eq(code.as_str())).filter(Column::RevokedAt.is_null());
    found.one(db).await?.map(read).transpose()
}

/// The open feeds that a person opened, in the order of opening.
pub(crate) async fn opened_by(db: &impl ConnectionTrait, person: &PersonCode, most: u64) -> Result<Vec<Feed>, Error> {
    let all = Entity::find().filter(Column::OpenedBy.eq(person.as_str())).filter(Column::RevokedAt.is_null());
    let rows = all.order_by_asc(Column::OpenedAt).order_by_asc(Column::Code).limit(most).all(db).await?;
    rows.into_iter().map(read).collect()
}

/// The open feeds of a calendar, whoever opened them, in the order of opening.
pub(crate) async fn of(db: &impl ConnectionTrait, subject: &Subject, most: u64) -> Result<Vec<Feed>, Error> {
    let (kind, subject) = key(subject);
    let all = Entity::find().filter(Column::SubjectKind.eq(kind)).filter(Column::Subject.eq(subject));
    let open = all.filter(Column::RevokedAt.is_null()).order_by_asc(Column::OpenedAt).order_by_asc(Column::Code);
    open.limit(most).all(db).await?.into_iter().map(read).collect()
}

const PERSON: &str = "Person";
const UNIT: &str = "Unit";

fn key(subject: &Subject) -> (&'static str, &str) {
    match subject {
        Subject::Person(person) => (PERSON, person.as_str()),
        Subject::Unit(unit) => (UNIT, unit.as_str()),
    }
}

fn read(row: Model) -> Result<Feed, Error> {
    let bad = |what: String| Error::corrupt("calendar_feed", &row.code, what);
    let subject = match row.subject_kind.as_str() {
        PERSON => row.subject.parse().map(Subject::Person).map_err(|e| bad(e.to_string()))?,
        UNIT => row.subject.parse().map(Subject::Unit).map_err(|e| bad(e.to_string()))?,
        other => return Err(bad(format!("`{other}` is neither {PERSON} nor {UNIT}"))),
    };
    Ok(Feed {
        code: row.code.parse().map_err(|e: crate::rules::id::BadCode| bad(e.to_string()))?,
        subject,
        opened_by: row.opened_by.parse().map_err(|e: crate::rules::id::BadCode| bad(e.to_string()))?,
        opened_at: Instant(row.opened_at),
        revoked_at: row.revoked_at.map(Instant),
    })
}
