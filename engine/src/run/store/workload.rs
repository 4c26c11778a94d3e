//! How many Handle assignments each person has open. What is about somebody's conduct counts for nobody: see
//! [`Request::weighs_on`](crate::rules::request::Request::weighs_on).

use std::collections::HashMap;

use liandong_schema::entity::{assignment, request, workload};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, JoinType, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, OnConflict},
};

use super::Tx;
use crate::{
    rules::{id::PersonCode, instant::Instant, request::Duty, routing::Loads},
    run::error::Error,
};

/// The open Handle assignments of these people now.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn now(db: &impl ConnectionTrait, people: &[PersonCode]) -> Result<Loads, Error> {
    if people.is_empty() {
        return Ok(Loads::default());
    }
    let find = workload::Entity::find().filter(workload::Column::Person.is_in(people.iter().map(PersonCode::as_str)));
    collect(find.all(db).await?.into_iter().map(|row| (row.person, i64::from(row.handles))))
}

/// The open Handle assignments of everybody who has any.
pub(crate) async fn all(db: &impl ConnectionTrait) -> Result<Loads, Error> {
    let find = workload::Entity::find().filter(workload::Column::Handles.ne(0));
    collect(find.all(db).await?.into_iter().map(|row| (row.person, i64::from(row.handles))))
}

/// The Handle assignments of these people that were open at an instant.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn then(db: &impl ConnectionTrait, people: &[PersonCode], at: Instant) -> Result<Loads, Error> {
    if people.is_empty() {
        return Ok(Loads::default());
    }
    let ended_later =
        Condition::any().add(assignment::Column::EndedAt.is_null()).add(assignment::Column::EndedAt.gt(at.0));
    let rows = counted()
        .filter(assignment::Column::Person.is_in(people.iter().map(PersonCode::as_str)))
        .filter(assignment::Column::OpenedAt.lte(at.0))
        .filter(ended_later)
        .select_only()
        .column(assignment::Column::Person)
        .column_as(assignment::Column::No.count(), "handles")
        .group_by(assignment::Column::Person)
        .into_tuple::<(String, i64)>()
        .all(db)
        .await?;
    collect(rows.into_iter())
}

/// The Handle assignments that count.
fn counted() -> Select<assignment::Entity> {
    let to_request =
        assignment::Entity::belongs_to(request::Entity).from(assignment::Column::Request).to(request::Column::Id);
    let find = assignment::Entity::find().join(JoinType::InnerJoin, to_request.into());
    find.filter(assignment::Column::Duty.eq(Duty::Handle.word())).filter(request::Column::Accused.eq(""))
}

fn collect(rows: impl Iterator<Item = (String, i64)>) -> Result<Loads, Error> {
    let load = |(person, handles): (String, i64)| {
        let code = person.parse::<PersonCode>().map_err(|e| Error::corrupt("workload", &person, e))?;
        Ok((code, u32::try_from(handles).unwrap_or(0)))
    };
    Ok(Loads(rows.map(load).collect::<Result<_, Error>>()?))
}

/// Counts along.
pub(crate) async fn add(tx: &Tx<'_>, changes: &HashMap<PersonCode, i32>) -> Result<(), Error> {
    let mut rows: Vec<_> = changes.iter().filter(|(_, change)| **change != 0).collect();
    rows.sort();
    if rows.is_empty() {
        return Ok(());
    }
    let sum = Expr::col((workload::Entity, workload::Column::Handles)).add(Expr::cust("excluded.handles"));
    let conflict = OnConflict::column(workload::Column::Person).value(workload::Column::Handles, sum).to_owned();
    let rows = rows
        .into_iter()
        .map(|(person, change)| workload::ActiveModel { person: Set(person.to_string()), handles: Set(*change) });
    workload::Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(tx).await?;
    Ok(())
}

/// Counts everybody afresh from the assignments: what the counters must agree with.
///
/// # Errors
/// [`Error::Database`], [`Error::Corrupt`].
pub async fn recount(db: &impl ConnectionTrait) -> Result<(Loads, Loads), Error> {
    let kept = all(db).await?;
    let rows = counted()
        .filter(assignment::Column::EndedAt.is_null())
        .select_only()
        .column(assignment::Column::Person)
        .column_as(assignment::Column::No.count(), "handles")
        .group_by(assignment::Column::Person)
        .into_tuple::<(String, i64)>()
        .all(db)
        .await?;
    Ok((kept, collect(rows.into_iter())?))
}
