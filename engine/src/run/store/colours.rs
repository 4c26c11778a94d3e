//! How near the end of their time open assignments are, counted from their rows.

use liandong_schema::entity::assignment::{Column, Entity};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    sea_query::{CaseStatement, Expr},
};

use crate::{
    rules::{instant::Instant, limit::Colour},
    run::error::Error,
};

/// How many open assignments have each colour at an instant; those without a limit have none.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(db: &impl ConnectionTrait, at: Instant) -> Result<[(Colour, u64); 3], Error> {
    // As `Assignment::colour` has it: the time to accept counts until it is accepted, and the worse of the two.
    let reached = |accept: Column, finish: Column| {
        let waits = Condition::all().add(Column::AcceptedAt.is_null()).add(accept.lte(at.0));
        Condition::any().add(waits).add(finish.lte(at.0))
    };
    let has_time = Condition::any()
        .add(Condition::all().add(Column::AcceptedAt.is_null()).add(Column::AcceptBy.is_not_null()))
        .add(Column::FinishBy.is_not_null());
    let sum = |when: Condition| {
        let counts: Expr = CaseStatement::new().case(when, 1).finally(0).into();
        counts.sum()
    };
    let find = Entity::find().filter(Column::EndedAt.is_null()).select_only();
    let find = find.column_as(sum(has_time), "all");
    let find = find.column_as(sum(reached(Column::AcceptSoon, Column::FinishSoon)), "soon");
    let find = find.column_as(sum(reached(Column::AcceptBy, Column::FinishBy)), "over");
    let found = find.into_tuple::<(Option<i64>, Option<i64>, Option<i64>)>().one(db).await?.unwrap_or_default();
    let number = |n: Option<i64>| u64::try_from(n.unwrap_or(0)).unwrap_or(0);
    let (all, soon, over) = (number(found.0), number(found.1), number(found.2));
    Ok([
        (Colour::Normal, all.saturating_sub(soon)),
        (Colour::DueSoon, soon.saturating_sub(over)),
        (Colour::Overdue, over),
    ])
}
