//! What goes out to people: one row for the digest of a person at an instant, or for one notice that is told at once,
//! written with the events that it follows from where anybody delivers it.

use std::collections::{HashMap, HashSet};

use liandong_schema::entity::delivery::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement,
    sea_query::{Expr, OnConflict},
};

use super::{Tx, outbox::Posted};
use crate::{
    rules::{
        id::PersonCode,
        instant::Instant,
        notice::{
            Urgency,
            delivery::{DeliveryId, State},
        },
    },
    run::error::Error,
};

const CHUNK: usize = 1_000;

/// The next attempt of what is to go out as soon as anybody looks, whatever the clock says.
const AT_ONCE: i64 = 0;

/// The condition of the index of what was given up, word for word, so that both stores use it.
const DEAD: &str = "state = 'Dead'";

/// The same for what was delivered.
const DELIVERED: &str = "state = 'Delivered'";

/// A delivery as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Names it.
    pub id: DeliveryId,
    /// To whom.
    pub person: PersonCode,
    /// Whether it may go out at night.
    pub urgency: Urgency,
    /// When it was to go out first.
    pub deliver_at: Instant,
    /// The journal entry that its first notice follows from.
    pub position: i64,
    /// Which of the notices of that entry it was.
    pub no: u16,
    /// What became of it.
    pub state: State,
    /// How often it was tried, since it was written or replayed.
    pub attempts: u16,
    /// When it was delivered or given up.
    pub ended_at: Option<Instant>,
    /// Why it failed last.
    pub error: Option<String>,
}

/// Writes the deliveries that notices go out with; one that is there already takes the notice along.
pub(crate) async fn open(tx: &Tx<'_>, posted: &[Posted]) -> Result<(), Error> {
    let mut rows: Vec<ActiveModel> = Vec::with_capacity(posted.len());
    let mut seen: HashSet<DeliveryId> = HashSet::with_capacity(posted.len());
    for Posted { position, no, notice, .. } in posted {
        let id = DeliveryId::of(*position, *no, notice);
        if !seen.insert(id.clone()) {
            continue;
        }
        let next_at = if notice.urgency == Urgency::Digest { notice.deliver_at.0 } else { AT_ONCE };
        rows.push(ActiveModel {
            no: Set(i16::try_from(*no).map_err(|e| Error::corrupt("delivery", &id, e))?),
            id: Set(id.to_string()),
            person: Set(notice.person.to_string()),
            urgency: Set(notice.urgency.word().to_owned()),
            deliver_at: Set(notice.deliver_at.0),
            position: Set(*position),
            state: Set(State::Waiting.word().to_owned()),
            attempts: Set(0),
            next_at: Set(Some(next_at)),
            ended_at: Set(None),
            error: Set(None),
        });
    }
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(CHUNK));
        let insert = Entity::insert_many(std::mem::replace(&mut rows, rest));
        let once = OnConflict::column(Column::Id).do_nothing().to_owned();
        insert.on_conflict(once).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Takes what is due, at most `most`, so that nobody else takes it before `until`; each counts as tried.
pub(crate) async fn claim(
    tx: &Tx<'_>,
    urgency: Urgency,
    due: Instant,
    until: Instant,
    most: u64,
) -> Result<Vec<Delivery>, Error> {
    let backend = tx.get_database_backend();
    // What another node holds is passed over rather than waited for.
    let lock = if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "WITH due AS (SELECT id FROM delivery WHERE urgency = $1 AND next_at <= $2 \
         ORDER BY next_at, deliver_at LIMIT $3 {lock}) \
         UPDATE delivery SET attempts = attempts + 1, next_at = $4 WHERE id IN (SELECT id FROM due) RETURNING *"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = [urgency.word().into(), due.0.into(), most.into(), until.0.into()];
    let rows = Entity::find().from_raw_sql(Statement::from_sql_and_values(backend, sql, values)).all(tx).await?;
    let mut claimed = rows.into_iter().map(read_row).collect::<Result<Vec<_>, _>>()?;
    claimed.sort_by_key(|claimed| (claimed.deliver_at, claimed.position, claimed.no));
    Ok(claimed)
}

/// The receiver has it: also where it had been given up meanwhile. Whether that is news.
pub(crate) async fn delivered(tx: &Tx<'_>, id: &DeliveryId, at: Instant) -> Result<bool, Error> {
    let done = ActiveModel {
        state: Set(State::Delivered.word().to_owned()),
        next_at: Set(None),
        ended_at: Set(Some(at.0)),
        error: Set(None),
        ..Default::default()
    };
    let update = Entity::update_many().set(done).filter(Column::Id.eq(id.as_str()));
    Ok(update.filter(Column::State.ne(State::Delivered.word())).exec(tx).await?.rows_affected > 0)
}

/// There is nothing to be delivered any more.
pub(crate) async fn drop_one(tx: &Tx<'_>, id: &DeliveryId) -> Result<(), Error> {
    Entity::delete_by_id(id.to_string()).exec(tx).await.map(drop).map_err(Into::into)
}

/// An attempt failed: it is tried again at `next`, or given up. Nothing changes where somebody else has
/// tried since.
pub(crate) async fn failed(
    tx: &Tx<'_>,
    tried: &Delivery,
    next: Option<Instant>,
    error: &str,
    at: Instant,
) -> Result<(), Error> {
    let state = if next.is_some() { State::Waiting } else { State::Dead };
    let done = ActiveModel {
        state: Set(state.word().to_owned()),
        next_at: Set(next.map(|next| next.0)),
        ended_at: Set(next.is_none().then_some(at.0)),
        error: Set(Some(error.to_owned())),
        ..Default::default()
    };
    Entity::update_many()
        .set(done)
        .filter(Column::Id.eq(tried.id.as_str()))
        .filter(Column::State.eq(State::Waiting.word()))
        .filter(Column::Attempts.eq(small(tried.attempts)?))
        .exec(tx)
        .await?;
    Ok(())
}

/// What was given up is tried anew.
pub(crate) async fn replay(tx: &Tx<'_>, id: &DeliveryId) -> Result<(), Error> {
    let anew = ActiveModel {
        state: Set(State::Waiting.word().to_owned()),
        attempts: Set(0),
        next_at: Set(Some(AT_ONCE)),
        ended_at: Set(None),
        ..Default::default()
    };
    Entity::update_many().set(anew).filter(Column::Id.eq(id.as_str())).exec(tx).await?;
    Ok(())
}

/// Whether anything was delivered before an instant.
pub(crate) async fn any_delivered(db: &impl ConnectionTrait, before: Instant) -> Result<bool, Error> {
    let find = Entity::find().filter(Expr::cust(DELIVERED)).filter(Column::EndedAt.lt(before.0));
    Ok(find.select_only().column(Column::Id).into_tuple::<String>().one(db).await?.is_some())
}

/// Removes what was delivered before an instant, the oldest first, at most `most`; how many.
pub(crate) async fn forget(tx: &Tx<'_>, before: Instant, most: u64) -> Result<u64, Error> {
    let backend = tx.get_database_backend();
    // What another node is removing is passed over rather than waited for.
    let lock = if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE {DELIVERED} AND ended_at < $1 \
         ORDER BY ended_at LIMIT $2 {lock})"
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let statement = Statement::from_sql_and_values(backend, sql, [before.0.into(), most.into()]);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}

/// When the next delivery is due.
///
/// # Errors
/// [`Error::Database`].
pub async fn next(db: &impl ConnectionTrait, urgency: Urgency) -> Result<Option<Instant>, Error> {
    let find = Entity::find().filter(Column::Urgency.eq(urgency.word())).filter(Column::NextAt.is_not_null());
    let find = find.order_by_asc(Column::NextAt).select_only().column(Column::NextAt).limit(1);
    Ok(find.into_tuple::<i64>().one(db).await?.map(Instant))
}

/// Those of these deliveries that are there.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn read(db: &impl ConnectionTrait, ids: &[DeliveryId]) -> Result<HashMap<DeliveryId, Delivery>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let find = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.as_str())));
    let rows = find.all(db).await?.into_iter().map(read_row);
    rows.map(|row| row.map(|row| (row.id.clone(), row))).collect()
}

/// What was given up, the latest first, before one; at most `most`.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn dead(
    db: &impl ConnectionTrait,
    before: Option<(Instant, &DeliveryId)>,
    most: u64,
) -> Result<Vec<Delivery>, Error> {
    let mut find = Entity::find().filter(Expr::cust(DEAD));
    if let Some((ended_at, id)) = before {
        let key = Expr::tuple([Expr::col(Column::EndedAt), Expr::col(Column::Id)]);
        find = find.filter(key.lt(Expr::tuple([Expr::val(ended_at.0), Expr::val(id.as_str())])));
    }
    let find = find.order_by_desc(Column::EndedAt).order_by_desc(Column::Id).limit(most);
    find.all(db).await?.into_iter().map(read_row).collect()
}

/// How many are given up now.
///
/// # Errors
/// [`Error::Database`].
pub async fn count_dead(db: &impl ConnectionTrait) -> Result<u64, Error> {
    Ok(Entity::find().filter(Expr::cust(DEAD)).count(db).await?)
}

fn small(n: u16) -> Result<i16, Error> {
    i16::try_from(n).map_err(|e| Error::corrupt("delivery", n, e))
}

fn read_row(row: Model) -> Result<Delivery, Error> {
    let bad = |what: &str| Error::corrupt("delivery", &row.id, what);
    let number = |n: i16| u16::try_from(n).map_err(|_| bad("a number is negative"));
    Ok(Delivery {
        urgency: Urgency::parse(&row.urgency).ok_or_else(|| bad("unknown urgency"))?,
        state: State::parse(&row.state).ok_or_else(|| bad("unknown state"))?,
        person: row.person.clone().try_into().map_err(|_| bad("the person is not a code"))?,
        no: number(row.no)?,
        attempts: number(row.attempts)?,
        deliver_at: Instant(row.deliver_at),
        position: row.position,
        ended_at: row.ended_at.map(Instant),
        error: row.error,
        id: row.id.parse().map_err(|_| bad("it is no id"))?,
    })
}
