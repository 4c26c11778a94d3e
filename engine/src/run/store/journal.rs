//! The journal: everything that happened, append-only and without gaps.

use std::collections::HashMap;

use liandong_schema::entity::journal;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Tx;
use crate::{
    rules::{actor::Actor, id::RequestId, instant::Instant, register, request},
    run::error::Error,
};

const CHUNK: usize = 1_000;

/// What happened, and to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// To a request.
    Request(RequestId, request::event::Recorded),
    /// To the register.
    Register(register::event::Recorded),
}

/// One entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counts all entries from 1, without gaps.
    pub position: i64,
    /// Counts the events of the request, or of the register, from 1.
    pub seq: u32,
    /// When.
    pub at: Instant,
    /// What.
    pub happened: Happened,
}

impl Entry {
    /// The name of the event.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.happened {
            Happened::Request(_, recorded) => recorded.event.name(),
            Happened::Register(recorded) => recorded.event.name(),
        }
    }

    /// Who did it.
    #[must_use]
    pub fn acted(&self) -> &Actor {
        match &self.happened {
            Happened::Request(_, recorded) => &recorded.step.acted,
            Happened::Register(recorded) => &recorded.step.acted,
        }
    }
}

/// Entries after a position, oldest first, at most `most`.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn after(db: &impl ConnectionTrait, position: i64, most: u64) -> Result<Vec<Entry>, Error> {
    let find = journal::Entity::find().filter(journal::Column::Position.gt(position));
    read(find.order_by_asc(journal::Column::Position).limit(most).all(db).await?)
}

/// Entries of one request after a sequence number, oldest first, at most `most`.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn of_request(db: &impl ConnectionTrait, id: RequestId, after: u32, most: u64) -> Result<Vec<Entry>, Error> {
    let find = journal::Entity::find()
        .filter(journal::Column::Request.eq(id.0))
        .filter(journal::Column::Seq.gt(i64::from(after)));
    read(find.order_by_asc(journal::Column::Seq).limit(most).all(db).await?)
}

/// All entries of one request, oldest first.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn whole(db: &impl ConnectionTrait, id: RequestId) -> Result<Vec<Entry>, Error> {
    let find = journal::Entity::find().filter(journal::Column::Request.eq(id.0));
    read(find.order_by_asc(journal::Column::Seq).all(db).await?)
}

/// The entries of one request before a sequence number, oldest first.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn until(db: &impl ConnectionTrait, id: RequestId, seq: u32) -> Result<Vec<Entry>, Error> {
    let find = journal::Entity::find()
        .filter(journal::Column::Request.eq(id.0))
        .filter(journal::Column::Seq.lt(i64::from(seq)));
    read(find.order_by_asc(journal::Column::Seq).all(db).await?)
}

/// All entries of these requests, by request, each oldest first.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn of_requests(
    db: &impl ConnectionTrait,
    ids: &[RequestId],
) -> Result<HashMap<RequestId, Vec<request::event::Recorded>>, Error> {
    let mut found: HashMap<RequestId, Vec<request::event::Recorded>> = HashMap::with_capacity(ids.len());
    let find = journal::Entity::find().filter(journal::Column::Request.is_in(ids.iter().map(|id| id.0)));
    let find = find.order_by_asc(journal::Column::Request).order_by_asc(journal::Column::Seq);
    for entry in read(find.all(db).await?)? {
        if let Happened::Request(id, recorded) = entry.happened {
            found.entry(id).or_default().push(recorded);
        }
    }
    Ok(found)
}

/// Escalations before a position, newest first, at most `most`.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn escalations(db: &impl ConnectionTrait, before: i64, most: u64) -> Result<Vec<Entry>, Error> {
    let kinds = request::event::Event::ESCALATIONS;
    let find =
        journal::Entity::find().filter(journal::Column::Kind.is_in(kinds)).filter(journal::Column::Position.lt(before));
    read(find.order_by_desc(journal::Column::Position).limit(most).all(db).await?)
}

/// Appends entries.
pub(crate) async fn append(tx: &Tx<'_>, entries: &[Entry]) -> Result<(), Error> {
    for entries in entries.chunks(CHUNK) {
        let rows = entries.iter().map(row).collect::<Result<Vec<_>, _>>()?;
        journal::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn row(entry: &Entry) -> Result<journal::ActiveModel, Error> {
    let bad = |e: serde_json::Error| Error::corrupt("journal", entry.position, e);
    let (request, body) = match &entry.happened {
        Happened::Request(id, recorded) => (Some(id.0), serde_json::to_string(recorded).map_err(bad)?),
        Happened::Register(recorded) => (None, serde_json::to_string(recorded).map_err(bad)?),
    };
    Ok(journal::ActiveModel {
        position: Set(entry.position),
        request: Set(request),
        seq: Set(i32::try_from(entry.seq).map_err(|e| Error::corrupt("journal", entry.position, e))?),
        at: Set(entry.at.0),
        kind: Set(entry.kind().to_owned()),
        actor: Set(serde_json::to_string(entry.acted()).map_err(bad)?),
        body: Set(body),
    })
}

fn read(rows: Vec<journal::Model>) -> Result<Vec<Entry>, Error> {
    let entry = |row: journal::Model| {
        let bad = |e: serde_json::Error| Error::corrupt("journal", row.position, e);
        let happened = match row.request {
            Some(id) => Happened::Request(RequestId(id), serde_json::from_str(&row.body).map_err(bad)?),
            None => Happened::Register(serde_json::from_str(&row.body).map_err(bad)?),
        };
        let seq = u32::try_from(row.seq).map_err(|e| Error::corrupt("journal", row.position, e))?;
        Ok(Entry { position: row.position, seq, at: Instant(row.at), happened })
    };
    rows.into_iter().map(entry).collect()
}

/// How many events the register has had: the seq of its newest entry.
pub(crate) async fn register_events(db: &impl ConnectionTrait) -> Result<u32, Error> {
    let find = journal::Entity::find().filter(journal::Column::Request.is_null());
    let newest =
        find.select_only().column_as(journal::Column::Seq.max(), "seq").into_tuple::<Option<i32>>().one(db).await?;
    u32::try_from(newest.flatten().unwrap_or(0)).map_err(|e| Error::corrupt("journal", 0, e))
}
