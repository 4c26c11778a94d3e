//! Lists of requests and assignments, newest first, each from an index.

use liandong_schema::entity::{assignment, request, request_actor, request_unit};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, QueryTrait,
    sea_query::{Alias, Query, UnionType},
};

use super::request::to_assignment;
use crate::{
    rules::{
        id::{PersonCode, PostCode, RequestId},
        instant::{Instant, Span},
        request::{Assignment, Duty, StageKind},
    },
    run::error::Error,
};

/// From where requests are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// All of them.
    All,
    /// Those in these units.
    Units(Vec<String>),
    /// Those that this person holds or held, or acted on without.
    Held(PersonCode),
    /// Those that this actor logged, as JSON.
    Logged(String),
}

/// What of a source is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrow {
    /// Only those in this unit. A source of units is narrowed already.
    pub unit: Option<String>,
    /// Only those at these stages; all when empty.
    pub stages: Vec<StageKind>,
    /// Only those of this matter.
    pub matter: Option<String>,
}

/// How many rows are read to give `most` and to know whether there are more.
fn one_more(most: usize) -> u64 {
    u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1)
}

/// The newest ids of a source before `before`: one more than `most` at least, where there are so many.
///
/// # Errors
/// [`Error::Database`].
pub async fn requests(
    db: &impl ConnectionTrait,
    source: &Source,
    narrow: &Narrow,
    before: Option<RequestId>,
    most: usize,
) -> Result<Vec<RequestId>, Error> {
    let fits = fits(source, narrow);
    let limit = one_more(most);
    let found = match source {
        Source::Units(units) => {
            let mut find = request_unit::Entity::find().select_only().column(request_unit::Column::Request);
            find = find.filter(request_unit::Column::Unit.is_in(units.iter().map(String::as_str)));
            if !fits.is_empty() {
                let to_request = request_unit::Entity::belongs_to(request::Entity)
                    .from(request_unit::Column::Request)
                    .to(request::Column::Id);
                find = find.join(JoinType::InnerJoin, to_request.into()).filter(fits);
            }
            if let Some(before) = before {
                find = find.filter(request_unit::Column::Request.lt(before.0));
            }
            find.order_by_desc(request_unit::Column::Request).limit(limit).into_tuple::<uuid::Uuid>().all(db).await?
        }
        Source::Held(person) => {
            let mut held = assignment::Entity::find().select_only().column(assignment::Column::Request).distinct();
            held = held.filter(assignment::Column::Person.eq(person.as_str()));
            let mut acted = request_actor::Entity::find().select_only().column(request_actor::Column::Request);
            acted = acted.filter(request_actor::Column::Person.eq(person.as_str()));
            if !fits.is_empty() {
                let to_request = assignment::Entity::belongs_to(request::Entity)
                    .from(assignment::Column::Request)
                    .to(request::Column::Id);
                held = held.join(JoinType::InnerJoin, to_request.into()).filter(fits.clone());
                let to_request = request_actor::Entity::belongs_to(request::Entity)
                    .from(request_actor::Column::Request)
                    .to(request::Column::Id);
                acted = acted.join(JoinType::InnerJoin, to_request.into()).filter(fits);
            }
            if let Some(before) = before {
                held = held.filter(assignment::Column::Request.lt(before.0));
                acted = acted.filter(request_actor::Column::Request.lt(before.0));
            }
            let held = held.order_by_desc(assignment::Column::Request).limit(limit).into_query();
            let acted = acted.order_by_desc(request_actor::Column::Request).limit(limit).into_query();
            // Each is as short as the page, so that one statement reads both from their indexes.
            let part = |newest, name| {
                Query::select().column(assignment::Column::Request).from_subquery(newest, Alias::new(name)).to_owned()
            };
            let both = part(held, "held").union(UnionType::Distinct, part(acted, "acted")).to_owned();
            let rows = db.query_all_raw(db.get_database_backend().build(&both)).await?;
            rows.iter().map(|row| row.try_get("", "request")).collect::<Result<Vec<uuid::Uuid>, _>>()?
        }
        Source::Logged(_) | Source::All => {
            let mut find = request::Entity::find().select_only().column(request::Column::Id).filter(fits);
            if let Source::Logged(actor) = source {
                find = find.filter(request::Column::LoggedBy.eq(actor.as_str()));
            }
            if let Some(before) = before {
                find = find.filter(request::Column::Id.lt(before.0));
            }
            find.order_by_desc(request::Column::Id).limit(limit).into_tuple::<uuid::Uuid>().all(db).await?
        }
    };
    Ok(found.into_iter().map(RequestId).collect())
}

fn fits(source: &Source, narrow: &Narrow) -> Condition {
    let mut fits = Condition::all();
    if !narrow.stages.is_empty() {
        fits = fits.add(request::Column::Stage.is_in(narrow.stages.iter().map(|s| s.word())));
    }
    if let Some(matter) = &narrow.matter {
        fits = fits.add(request::Column::Matter.eq(matter.as_str()));
    }
    if let (Some(unit), Source::Held(_) | Source::Logged(_) | Source::All) = (&narrow.unit, source) {
        let mut lies = request_unit::Entity::find().select_only().column(request_unit::Column::Request);
        lies = lies.filter(request_unit::Column::Unit.eq(unit.as_str()));
        fits = fits.add(request::Column::Id.in_subquery(lies.into_query()));
    }
    fits
}

/// What the accused are called beside the columns of an assignment.
const ACCUSED: &str = "accused";

/// A person's open (or ended) assignments before a cursor, newest first, one more than `most`; each with whether its
/// request is about somebody's conduct.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn assignments(
    db: &impl ConnectionTrait,
    person: &PersonCode,
    ended: bool,
    duty: Option<Duty>,
    before: Option<(Instant, RequestId)>,
    most: usize,
) -> Result<Vec<(RequestId, Assignment, bool)>, Error> {
    let to_request =
        assignment::Entity::belongs_to(request::Entity).from(assignment::Column::Request).to(request::Column::Id);
    let mut find = assignment::Entity::find().join(JoinType::InnerJoin, to_request.into());
    find = find.column_as(request::Column::Accused, ACCUSED);
    find = find.filter(assignment::Column::Person.eq(person.as_str()));
    find = if ended {
        find.filter(assignment::Column::EndedAt.is_not_null())
    } else {
        find.filter(assignment::Column::EndedAt.is_null())
    };
    if let Some(duty) = duty {
        find = find.filter(assignment::Column::Duty.eq(duty.word()));
    }
    if let Some((opened_at, request)) = before {
        let same = Condition::all()
            .add(assignment::Column::OpenedAt.eq(opened_at.0))
            .add(assignment::Column::Request.lt(request.0));
        find = find.filter(Condition::any().add(assignment::Column::OpenedAt.lt(opened_at.0)).add(same));
    }
    let find = find.order_by_desc(assignment::Column::OpenedAt).order_by_desc(assignment::Column::Request);
    let statement = find.limit(one_more(most)).build(db.get_database_backend());
    let read = |row: &QueryResult| -> Result<_, Error> {
        let accused: String = row.try_get("", ACCUSED)?;
        let row = assignment::Model::from_query_result(row, "")?;
        Ok((RequestId(row.request), to_assignment(row)?, !accused.is_empty()))
    };
    db.query_all_raw(statement).await?.iter().map(read).collect()
}

/// Those of these requests that are about somebody's conduct.
///
/// # Errors
/// [`Error::Database`].
pub async fn about_conduct(db: &impl ConnectionTrait, ids: &[RequestId]) -> Result<Vec<RequestId>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let find = request::Entity::find().select_only().column(request::Column::Id);
    let find =
        find.filter(request::Column::Id.is_in(ids.iter().map(|id| id.0))).filter(request::Column::Accused.ne(""));
    let found = find.into_tuple::<uuid::Uuid>().all(db).await?;
    Ok(found.into_iter().map(RequestId).collect())
}

/// The requests with an assignment of one of these people on one of these posts that was opened in a stretch of
/// time, the newest assignment first, at most `most` assignments after the first `skip`.
///
/// # Errors
/// [`Error::Database`].
pub async fn on_posts(
    db: &impl ConnectionTrait,
    (people, posts): (&[&PersonCode], &[&PostCode]),
    during: Span,
    (skip, most): (usize, usize),
) -> Result<Vec<RequestId>, Error> {
    use assignment::Column;
    let find = assignment::Entity::find().select_only().column(Column::Request);
    let find = find.filter(Column::Person.is_in(people.iter().map(|person| person.as_str())));
    let find = find.filter(Column::Post.is_in(posts.iter().map(|post| post.as_str())));
    let find = find.filter(Column::OpenedAt.gte(during.from.0)).filter(Column::OpenedAt.lt(during.to.0));
    let find = find.order_by_desc(Column::OpenedAt).order_by_desc(Column::Request);
    let (skip, limit) = (u64::try_from(skip).unwrap_or(u64::MAX), u64::try_from(most).unwrap_or(u64::MAX));
    let rows = find.offset(skip).limit(limit).into_tuple::<uuid::Uuid>().all(db).await?;
    Ok(rows.into_iter().map(RequestId).collect())
}

/// Ids of requests after one, in their order, at most `most`: to walk through all of them.
///
/// # Errors
/// [`Error::Database`].
pub async fn walk(db: &impl ConnectionTrait, after: Option<RequestId>, most: u64) -> Result<Vec<RequestId>, Error> {
    let mut find = request::Entity::find().select_only().column(request::Column::Id);
    if let Some(after) = after {
        find = find.filter(request::Column::Id.gt(after.0));
    }
    let ids = find.order_by_asc(request::Column::Id).limit(most).into_tuple::<uuid::Uuid>().all(db).await?;
    Ok(ids.into_iter().map(RequestId).collect())
}
