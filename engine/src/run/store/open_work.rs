//! Open assignments counted by their times, told from their rows.

use liandong_schema::entity::assignment::{Column, Entity};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{Asterisk, CaseStatement, Expr},
};

use crate::{
    rules::{instant::Instant, limit::Colour},
    run::error::Error,
};

/// What stands open, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenWork {
    /// How many assignments have each colour; those without a limit have none.
    pub colours: [(Colour, u64); 3],
    /// Times that were over and took no effect: neither did the work go on to somebody, nor was it told to anybody. An
    /// assignment that stays with who has it, although it is overdue, was told, and is not missed until it should have
    /// been told again.
    pub missed: u64,
    /// Since when the oldest of them was.
    pub since: Option<Instant>,
}

/// What is counted of those whose time is near its end. Sums over nothing are null.
#[derive(Default, FromQueryResult)]
struct Near {
    soon: Option<i64>,
    over: Option<i64>,
    missed_accept: Option<i64>,
    missed_finish: Option<i64>,
    missed_reminder: Option<i64>,
    since_accept: Option<i64>,
    since_finish: Option<i64>,
    since_reminder: Option<i64>,
}

/// The colours that open assignments have at an instant, and the times that were over before another one and took no
/// effect.
///
/// Twice through the index of open assignments, which holds every column that is named here: all that have a time are
/// counted, and more is asked of the few whose time is near its end. With a million open that is a tenth of a second.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(db: &impl ConnectionTrait, at: Instant, before: Instant) -> Result<OpenWork, Error> {
    let accept = |is: Expr| Condition::all().add(Column::AcceptedAt.is_null()).add(is);
    // As `Assignment::colour` has it: the time to accept counts until it is accepted, and the worse of the two.
    let timed = Condition::any().add(accept(Column::AcceptBy.is_not_null())).add(Column::FinishBy.is_not_null());
    let reached = |to_accept: Column, to_finish: Column| {
        Condition::any().add(accept(to_accept.lte(at.0))).add(to_finish.lte(at.0))
    };
    let soon = || reached(Column::AcceptSoon, Column::FinishSoon);
    let over = || reached(Column::AcceptBy, Column::FinishBy);
    let missed_accept = || accept(Column::AcceptBy.lt(before.0)).add(Column::AcceptExpired.eq(false));
    let missed_finish = || Condition::all().add(Column::FinishBy.lt(before.0)).add(Column::FinishExpired.eq(false));
    let missed_reminder = || Condition::all().add(Column::NextReminder.lt(before.0));
    let number = |when: Condition| {
        let counts: Expr = CaseStatement::new().case(when, 1).finally(0).into();
        counts.sum()
    };
    let oldest = |when: Condition, by: Column| {
        let since: Expr = CaseStatement::new().case(when, by.into_expr()).into();
        since.min()
    };
    let open = || Entity::find().filter(Column::EndedAt.is_null()).select_only();
    let all = open().filter(timed).column_as(Expr::col(Asterisk).count(), "timed");
    let timed = all.into_tuple::<i64>().one(db).await?.unwrap_or(0);
    let near = open().filter(Condition::any().add(soon()).add(over()));
    let near = near.column_as(number(soon()), "soon").column_as(number(over()), "over");
    let near = near.column_as(number(missed_accept()), "missed_accept");
    let near = near.column_as(number(missed_finish()), "missed_finish");
    let near = near.column_as(number(missed_reminder()), "missed_reminder");
    let near = near.column_as(oldest(missed_accept(), Column::AcceptBy), "since_accept");
    let near = near.column_as(oldest(missed_finish(), Column::FinishBy), "since_finish");
    let near = near.column_as(oldest(missed_reminder(), Column::NextReminder), "since_reminder");
    let near = near.into_model::<Near>().one(db).await?.unwrap_or_default();
    Ok(OpenWork::of(timed, &near))
}

/// Nothing is open.
impl Default for OpenWork {
    fn default() -> Self {
        Self::of(0, &Near::default())
    }
}

impl OpenWork {
    fn of(timed: i64, near: &Near) -> Self {
        let number = |n: Option<i64>| u64::try_from(n.unwrap_or(0)).unwrap_or(0);
        let (timed, soon, over) = (number(Some(timed)), number(near.soon), number(near.over));
        Self {
            colours: [
                (Colour::Normal, timed.saturating_sub(soon)),
                (Colour::DueSoon, soon.saturating_sub(over)),
                (Colour::Overdue, over),
            ],
            missed: [near.missed_accept, near.missed_finish, near.missed_reminder].into_iter().map(number).sum(),
            since: [near.since_accept, near.since_finish, near.since_reminder].into_iter().flatten().min().map(Instant),
        }
    }
}
