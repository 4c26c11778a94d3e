//! What people must be told, written with the event that it follows from.

use liandong_schema::entity::outbox;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Tx;
use crate::{
    rules::{
        id::{AssignmentNo, PersonCode, RequestId},
        instant::Instant,
        notice::{About, Notice, NoticeKind, Urgency},
    },
    run::error::Error,
};

const CHUNK: usize = 2_000;

/// A notice as it stands in the outbox, where every notice stands whether anybody delivers it or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The journal entry it follows from.
    pub position: i64,
    /// Counts the notices of that entry from 1.
    pub no: u16,
    /// When.
    pub at: Instant,
    /// Who is told what.
    pub notice: Notice,
}

/// Puts notices in.
pub(crate) async fn write(tx: &Tx<'_>, posted: &[Posted]) -> Result<(), Error> {
    for posted in posted.chunks(CHUNK) {
        let rows = posted.iter().map(|p| {
            let small = |n: u16| i16::try_from(n).map_err(|e| Error::corrupt("outbox", p.position, e));
            Ok(outbox::ActiveModel {
                position: Set(p.position),
                no: Set(small(p.no)?),
                person: Set(p.notice.person.to_string()),
                kind: Set(p.notice.kind.word().to_owned()),
                request: Set(p.notice.about.request().map(|id| id.0)),
                duty_change: Set(p.notice.about.duty_change().map(ToString::to_string)),
                absence: Set(p.notice.about.absence().map(ToString::to_string)),
                roster: Set(p.notice.about.roster().map(ToString::to_string)),
                post: Set(p.notice.about.post().map(ToString::to_string)),
                unit: Set(p.notice.about.unit().map(ToString::to_string)),
                assignment: Set(p.notice.about.assignment().map(|a| small(a.0)).transpose()?),
                at: Set(p.at.0),
                urgency: Set(p.notice.urgency.word().to_owned()),
                deliver_at: Set(p.notice.deliver_at.0),
            })
        });
        let rows = rows.collect::<Result<Vec<_>, Error>>()?;
        outbox::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// What a person was told before a position, newest first, at most `most`.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn of_person(
    db: &impl ConnectionTrait,
    person: &PersonCode,
    before: i64,
    most: u64,
) -> Result<Vec<Posted>, Error> {
    let find = outbox::Entity::find()
        .filter(outbox::Column::Person.eq(person.as_str()))
        .filter(outbox::Column::Position.lt(before));
    let find = find.order_by_desc(outbox::Column::Position).order_by_desc(outbox::Column::No);
    read(find.limit(most).all(db).await?)
}

/// What a person was told by one entry of the journal, in order.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn of_entry(db: &impl ConnectionTrait, position: i64, person: &PersonCode) -> Result<Vec<Posted>, Error> {
    let find = outbox::Entity::find()
        .filter(outbox::Column::Position.eq(position))
        .filter(outbox::Column::Person.eq(person.as_str()));
    read(find.order_by_asc(outbox::Column::No).all(db).await?)
}

/// The notices that a person is told with the digest of an instant, of which the first follows from the
/// entry at `from`; in order, at most `most`.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn of_digest(
    db: &impl ConnectionTrait,
    person: &PersonCode,
    deliver_at: Instant,
    from: i64,
    most: u64,
) -> Result<Vec<Posted>, Error> {
    let find = outbox::Entity::find()
        .filter(outbox::Column::Person.eq(person.as_str()))
        .filter(outbox::Column::Position.gte(from))
        .filter(outbox::Column::DeliverAt.eq(deliver_at.0))
        .filter(outbox::Column::Urgency.eq(Urgency::Digest.word()));
    let find = find.order_by_asc(outbox::Column::Position).order_by_asc(outbox::Column::No);
    read(find.limit(most).all(db).await?)
}

/// One notice.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn one(db: &impl ConnectionTrait, position: i64, no: u16) -> Result<Vec<Posted>, Error> {
    let no = i16::try_from(no).map_err(|e| Error::corrupt("outbox", position, e))?;
    read(outbox::Entity::find_by_id((position, no)).all(db).await?)
}

/// The one thing that a row is about.
fn about(row: &outbox::Model, bad: &impl Fn(&str) -> Error) -> Result<About, Error> {
    fn code<T: TryFrom<String>>(text: Option<&String>) -> Result<Option<T>, T::Error> {
        text.map(|text| T::try_from(text.clone())).transpose()
    }
    let number = |n: i16| u16::try_from(n).map_err(|_| bad("the number is negative"));
    let assignment = row.assignment.map(number).transpose()?.map(AssignmentNo);
    let request = row.request.map(|id| About::Request { id: RequestId(id), assignment });
    let change = code(row.duty_change.as_ref()).map_err(|_| bad("the change of duty is not a code"))?;
    let absence = code(row.absence.as_ref()).map_err(|_| bad("the absence is not a code"))?;
    let roster = code(row.roster.as_ref()).map_err(|_| bad("the roster is not a code"))?;
    let post = code(row.post.as_ref()).map_err(|_| bad("the post is not a code"))?;
    let unit = code(row.unit.as_ref()).map_err(|_| bad("the unit is not a code"))?;
    let all = [
        request,
        change.map(About::DutyChange),
        absence.map(About::Absence),
        roster.map(About::Roster),
        post.map(About::Post),
        unit.map(About::Unit),
    ];
    let mut about = all.into_iter().flatten();
    match (about.next(), about.next()) {
        (Some(one), None) => Ok(one),
        _ => Err(bad("it is not about one thing")),
    }
}

fn read(rows: Vec<outbox::Model>) -> Result<Vec<Posted>, Error> {
    let posted = |row: outbox::Model| {
        let bad = |what: &str| Error::corrupt("outbox", row.position, what);
        let number = |n: i16| u16::try_from(n).map_err(|_| bad("the number is negative"));
        Ok(Posted {
            position: row.position,
            no: number(row.no)?,
            at: Instant(row.at),
            notice: Notice {
                kind: NoticeKind::parse(&row.kind).ok_or_else(|| bad("unknown kind"))?,
                about: about(&row, &bad)?,
                urgency: Urgency::parse(&row.urgency).ok_or_else(|| bad("unknown urgency"))?,
                deliver_at: Instant(row.deliver_at),
                person: row.person.clone().try_into().map_err(|_| bad("the person is not a code"))?,
            },
        })
    };
    rows.into_iter().map(posted).collect()
}
