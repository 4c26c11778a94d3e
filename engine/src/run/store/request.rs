//! Requests and their assignments.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use liandong_schema::entity::{assignment, request};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{Tx, due};
use crate::{
    rules::{
        id::{AssignmentNo, PostCode, ReceiptHash, RequestId},
        instant::Instant,
        limit::Limit,
        register::decide::Touched,
        request::{Assignment, CaseTime, Channel, Citizen, Duty, Ended, Ending, Request, Stage, StageKind},
    },
    run::error::Error,
};

const CHUNK: usize = 500;

/// The requests with these ids, each with all its assignments. Unknown ids are left out.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn read(db: &impl ConnectionTrait, ids: &[RequestId]) -> Result<BTreeMap<RequestId, Request>, Error> {
    let mut found = BTreeMap::new();
    for ids in ids.chunks(CHUNK) {
        let mut assignments = assignments(db, ids).await?;
        for mut request in summaries(db, ids).await? {
            request.assignments = assignments.remove(&request.id).unwrap_or_default();
            found.insert(request.id, request);
        }
    }
    Ok(found)
}

/// The requests with these ids without their assignments, for lists that do not show them.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn summaries(db: &impl ConnectionTrait, ids: &[RequestId]) -> Result<Vec<Request>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = request::Entity::find().filter(request::Column::Id.is_in(ids.iter().map(|id| id.0))).all(db).await?;
    rows.into_iter().map(to_request).collect()
}

/// All assignments of these requests, in the order of their numbers.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn assignments(
    db: &impl ConnectionTrait,
    ids: &[RequestId],
) -> Result<HashMap<RequestId, Vec<Assignment>>, Error> {
    let mut found: HashMap<RequestId, Vec<Assignment>> = HashMap::with_capacity(ids.len());
    if ids.is_empty() {
        return Ok(found);
    }
    let find = assignment::Entity::find().filter(assignment::Column::Request.is_in(ids.iter().map(|id| id.0)));
    let rows = find.order_by_asc(assignment::Column::Request).order_by_asc(assignment::Column::No).all(db).await?;
    for row in rows {
        found.entry(RequestId(row.request)).or_default().push(to_assignment(row)?);
    }
    Ok(found)
}

/// The request that a receipt belongs to.
///
/// # Errors
/// [`Error::Database`].
pub async fn by_receipt(db: &impl ConnectionTrait, receipt: ReceiptHash) -> Result<Option<RequestId>, Error> {
    let find = request::Entity::find().filter(request::Column::Receipt.eq(receipt.to_string()));
    let id = find.select_only().column(request::Column::Id).into_tuple::<uuid::Uuid>().one(db).await?;
    Ok(id.map(RequestId))
}

/// The requests that were merged into one of these and follow it still.
pub(crate) async fn followers(db: &impl ConnectionTrait, ids: &[RequestId]) -> Result<Vec<RequestId>, Error> {
    let mut found = Vec::new();
    for ids in ids.chunks(CHUNK) {
        let find = request::Entity::find()
            .filter(request::Column::MergedInto.is_in(ids.iter().map(|id| id.0)))
            .filter(request::Column::Stage.eq(StageKind::Merged.word()));
        let ids = find.select_only().column(request::Column::Id).into_tuple::<uuid::Uuid>().all(db).await?;
        found.extend(ids.into_iter().map(RequestId));
    }
    Ok(found)
}

/// The requests that a change of the register may touch.
pub(crate) async fn touched(db: &impl ConnectionTrait, touched: &Touched) -> Result<Vec<RequestId>, Error> {
    let mut ids: BTreeSet<RequestId> = BTreeSet::new();
    let mut posts: Vec<&PostCode> = touched.posts.iter().chain(&touched.stuck).collect();
    posts.sort_unstable();
    posts.dedup();
    for posts in posts.chunks(CHUNK) {
        let find = assignment::Entity::find()
            .filter(assignment::Column::EndedAt.is_null())
            .filter(assignment::Column::Post.is_in(posts.iter().map(|post| post.as_str())));
        let found = find.select_only().column(assignment::Column::Request).into_tuple::<uuid::Uuid>().all(db).await?;
        ids.extend(found.into_iter().map(RequestId));
    }
    if let Some(place) = &touched.place {
        let find = request::Entity::find()
            .filter(request::Column::Place.eq(place.as_str()))
            .filter(request::Column::Stage.ne(StageKind::Closed.word()));
        let found = find.select_only().column(request::Column::Id).into_tuple::<uuid::Uuid>().all(db).await?;
        ids.extend(found.into_iter().map(RequestId));
    }
    if touched.conduct {
        // The condition stands as it is in the index of these few rows, so that the index is used.
        let find = request::Entity::find()
            .filter(Expr::cust("accused <> ''"))
            .filter(request::Column::Stage.is_in(StageKind::all_open().map(StageKind::word)));
        let found = find.select_only().column(request::Column::Id).into_tuple::<uuid::Uuid>().all(db).await?;
        ids.extend(found.into_iter().map(RequestId));
    }
    Ok(ids.into_iter().collect())
}

/// A request as it was before a batch and as it is after; none before for a new one.
pub(crate) struct Change<'a> {
    pub(crate) before: Option<&'a Request>,
    pub(crate) after: &'a Request,
}

/// Writes the rows of changed requests: the request, and the assignments that are new or changed.
pub(crate) async fn write(tx: &Tx<'_>, changes: &[Change<'_>]) -> Result<(), Error> {
    let rows = changes.iter().map(|c| from_request(c.after)).collect::<Result<Vec<_>, _>>()?;
    for rows in rows.chunks(CHUNK) {
        let mut conflict = OnConflict::column(request::Column::Id);
        conflict.update_columns([
            request::Column::Matter,
            request::Column::Place,
            request::Column::EnteredAt,
            request::Column::CitizenName,
            request::Column::CitizenPhone,
            request::Column::MergedInto,
            request::Column::Stage,
            request::Column::Facts,
            request::Column::Climb,
            request::Column::Returns,
            request::Column::Reopened,
            request::Column::Limits,
            request::Column::DueAt,
            request::Column::Acted,
            request::Column::Events,
        ]);
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        request::Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(tx).await?;
    }
    let mut rows = Vec::new();
    for change in changes {
        for (place, now) in change.after.assignments.iter().enumerate() {
            let was = change.before.and_then(|b| b.assignments.get(place));
            if was != Some(now) {
                rows.push(from_assignment(change.after.id, now)?);
            }
        }
    }
    let keys = [assignment::Column::Request, assignment::Column::No];
    for rows in rows.chunks(CHUNK) {
        let mut conflict = OnConflict::columns(keys);
        conflict.update_columns([
            assignment::Column::AcceptedAt,
            assignment::Column::AcceptSoon,
            assignment::Column::AcceptBy,
            assignment::Column::FinishSoon,
            assignment::Column::FinishBy,
            assignment::Column::AcceptExpired,
            assignment::Column::FinishExpired,
            assignment::Column::NextReminder,
            assignment::Column::EndedAt,
            assignment::Column::EndedHow,
        ]);
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        assignment::Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn json<T: serde::Serialize>(id: RequestId, value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::corrupt("request", id, e))
}

fn from_request(request: &Request) -> Result<request::Model, Error> {
    let id = request.id;
    Ok(request::Model {
        id: id.0,
        receipt: request.receipt.to_string(),
        matter: request.matter.to_string(),
        place: request.place.to_string(),
        channel: request.channel.word().to_owned(),
        entered_at: request.entered_at.as_ref().map(ToString::to_string),
        words: request.words.clone(),
        citizen_name: request.citizen.name.clone(),
        citizen_phone: request.citizen.phone.clone(),
        accused: if request.accused.is_empty() { String::new() } else { json(id, &request.accused)? },
        merged_into: request.merged_into.map(|other| other.0),
        logged_by: json(id, &request.logged_by)?,
        logged_at: request.logged_at.0,
        stage: request.stage.kind().word().to_owned(),
        facts: json(id, &request.stage)?,
        climb: json(id, &request.climb)?,
        returns: i16::from(request.returns),
        reopened: i16::from(request.reopened),
        limits: if request.limits == CaseTime::default() { None } else { Some(json(id, &request.limits)?) },
        due_at: due::first(request).map(|at| at.0),
        acted: if request.acted.is_empty() { None } else { Some(json(id, &request.acted)?) },
        events: i32::try_from(request.events).map_err(|e| Error::corrupt("request", id, e))?,
    })
}

pub(crate) fn to_request(row: request::Model) -> Result<Request, Error> {
    let id = RequestId(row.id);
    fn bad<E: ToString>(id: RequestId) -> impl Fn(E) -> Error {
        move |e| Error::corrupt("request", id, e)
    }
    let accused =
        if row.accused.is_empty() { Vec::new() } else { serde_json::from_str(&row.accused).map_err(bad(id))? };
    let stage: Stage = serde_json::from_str(&row.facts).map_err(bad(id))?;
    if stage.kind().word() != row.stage {
        return Err(Error::corrupt(
            "request",
            id,
            format!("stage says `{}`, its facts say `{}`", row.stage, stage.kind()),
        ));
    }
    Ok(Request {
        id,
        receipt: row.receipt.try_into().map_err(bad(id))?,
        matter: row.matter.try_into().map_err(bad(id))?,
        place: row.place.try_into().map_err(bad(id))?,
        channel: Channel::parse(&row.channel).ok_or_else(|| Error::corrupt("request", id, "unknown channel"))?,
        entered_at: row.entered_at.map(TryInto::try_into).transpose().map_err(bad(id))?,
        words: row.words,
        citizen: Citizen { name: row.citizen_name, phone: row.citizen_phone },
        accused,
        merged_into: row.merged_into.map(RequestId),
        logged_by: serde_json::from_str(&row.logged_by).map_err(bad(id))?,
        logged_at: Instant(row.logged_at),
        stage,
        climb: serde_json::from_str(&row.climb).map_err(bad(id))?,
        returns: u8::try_from(row.returns).map_err(bad(id))?,
        reopened: u8::try_from(row.reopened).map_err(bad(id))?,
        limits: row.limits.map(|text| serde_json::from_str(&text)).transpose().map_err(bad(id))?.unwrap_or_default(),
        assignments: Vec::new(),
        acted: row.acted.map(|text| serde_json::from_str(&text)).transpose().map_err(bad(id))?.unwrap_or_default(),
        events: u32::try_from(row.events).map_err(bad(id))?,
    })
}

fn from_assignment(request: RequestId, row: &Assignment) -> Result<assignment::Model, Error> {
    Ok(assignment::Model {
        request: request.0,
        no: i16::try_from(row.no.0).map_err(|e| Error::corrupt("assignment", request, e))?,
        duty: row.duty.word().to_owned(),
        post: row.post.to_string(),
        person: row.person.to_string(),
        rung: i16::from(row.rung),
        opened_at: row.opened_at.0,
        accepted_at: row.accepted_at.map(|at| at.0),
        accept_soon: row.accept.map(|limit| limit.soon.0),
        accept_by: row.accept.map(|limit| limit.due.0),
        finish_soon: row.finish.map(|limit| limit.soon.0),
        finish_by: row.finish.map(|limit| limit.due.0),
        accept_expired: row.accept_expired,
        finish_expired: row.finish_expired,
        next_reminder: row.next_reminder.map(|at| at.0),
        ended_at: row.ended.map(|e| e.at.0),
        ended_how: row.ended.map(|e| e.how.word().to_owned()),
    })
}

/// A limit of its two columns.
fn limit(soon: Option<i64>, due: Option<i64>) -> Option<Limit> {
    Some(Limit { soon: Instant(soon?), due: Instant(due?) })
}

pub(crate) fn to_assignment(row: assignment::Model) -> Result<Assignment, Error> {
    let id = RequestId(row.request);
    let bad = |what: &str| Error::corrupt("assignment", id, what);
    let ended = match (row.ended_at, row.ended_how) {
        (Some(at), Some(how)) => {
            Some(Ended { at: Instant(at), how: Ending::parse(&how).ok_or_else(|| bad("unknown ending"))? })
        }
        _ => None,
    };
    Ok(Assignment {
        no: AssignmentNo(u16::try_from(row.no).map_err(|_| bad("the number is negative"))?),
        duty: Duty::parse(&row.duty).ok_or_else(|| bad("unknown duty"))?,
        post: row.post.try_into().map_err(|_| bad("the post is not a code"))?,
        person: row.person.try_into().map_err(|_| bad("the person is not a code"))?,
        rung: u8::try_from(row.rung).map_err(|_| bad("the rung is out of range"))?,
        opened_at: Instant(row.opened_at),
        accepted_at: row.accepted_at.map(Instant),
        accept: limit(row.accept_soon, row.accept_by),
        finish: limit(row.finish_soon, row.finish_by),
        accept_expired: row.accept_expired,
        finish_expired: row.finish_expired,
        next_reminder: row.next_reminder.map(Instant),
        ended,
    })
}
