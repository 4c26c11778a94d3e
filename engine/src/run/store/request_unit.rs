//! Which requests lie in which unit: one row for each unit from the place up.

use std::collections::{BTreeSet, HashSet};

use liandong_schema::entity::request_unit::{ActiveModel, Column, Entity};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement, sea_query::Expr,
};

use super::{Tx, request::Change};
use crate::{
    rules::{
        id::RequestId,
        instant::Instant,
        tree::{Tree, UnitIx},
        world::World,
    },
    run::error::Error,
};

const CHUNK: usize = 2_000;

/// Writes which units new requests lie in, and those whose place moved.
pub(crate) async fn write(tx: &Tx<'_>, world: &World, at: Instant, changes: &[Change<'_>]) -> Result<(), Error> {
    let way = |place: &str| -> Vec<String> {
        let place = world.find_unit(place);
        let way = place.into_iter().flat_map(|place| world.tree().upward_or_last(place, at));
        way.map(|unit| world.tree().code(unit).to_owned()).collect()
    };
    let mut rows = Vec::new();
    for change in changes {
        let (request, place) = (change.after.id.0, &change.after.place);
        match change.before {
            Some(before) if before.place == *place => continue,
            Some(before) => {
                // By the whole key: there is no index by requests alone.
                let old = Entity::delete_many().filter(Column::Unit.is_in(way(before.place.as_str())));
                old.filter(Column::Request.eq(request)).exec(tx).await?;
            }
            None => {}
        }
        rows.extend(way(place.as_str()).into_iter().map(|unit| ActiveModel { unit: Set(unit), request: Set(request) }));
    }
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(CHUNK));
        let part = std::mem::replace(&mut rows, rest);
        Entity::insert_many(part).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// A unit that stands elsewhere than before, with everything that was and that is above it.
struct Moved {
    unit: String,
    was: BTreeSet<String>,
    is: BTreeSet<String>,
}

/// Lets what lies in units that stand elsewhere than before lie in the units above them now: because
/// the register changed, or because a date of it came.
///
/// First everything is taken out of what it left, whichever unit it left with; then each unit that
/// moved puts what is left in it into everything above. The nearest unit above a place that moved is
/// never among what was left, so that its whole way is put right, in whatever order units come.
pub(crate) async fn move_units(tx: &Tx<'_>, before: (&World, Instant), after: (&World, Instant)) -> Result<(), Error> {
    let moved = moved(before, after);
    let backend = tx.get_database_backend();
    let mut left: HashSet<&str> = HashSet::new();
    for unit in &moved {
        for gone in unit.was.difference(&unit.is) {
            let sql = "DELETE FROM request_unit WHERE unit = $1 AND request IN \
                       (SELECT request FROM request_unit WHERE unit = $2)";
            let values = [gone.as_str().into(), unit.unit.as_str().into()];
            tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
            left.insert(gone);
        }
    }
    for unit in &moved {
        for joined in unit.is.iter().filter(|u| !unit.was.contains(*u) || left.contains(u.as_str())) {
            let sql = "INSERT INTO request_unit (unit, request) SELECT $1, request FROM request_unit \
                       WHERE unit = $2 ON CONFLICT DO NOTHING";
            let values = [joined.as_str().into(), unit.unit.as_str().into()];
            tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        }
    }
    Ok(())
}

fn moved((old, was): (&World, Instant), (new, is): (&World, Instant)) -> Vec<Moved> {
    let above = |tree: &Tree, unit: UnitIx, at: Instant| -> BTreeSet<String> {
        tree.upward_or_last(unit, at).skip(1).map(|u| tree.code(u).to_owned()).collect()
    };
    let (old, new) = (old.tree(), new.tree());
    let moved = old.all().filter_map(|unit| {
        let same = new.find(old.code(unit))?;
        let (from, to) = (old.parent_or_last(unit, was), new.parent_or_last(same, is));
        let stays = from.map(|u| old.code(u)) == to.map(|u| new.code(u));
        let moved = || Moved { unit: old.code(unit).to_owned(), was: above(old, unit, was), is: above(new, same, is) };
        (!stays).then(moved)
    });
    moved.collect()
}

/// The rows after one, in the order of their key, at most `most`: to walk through all of them.
///
/// # Errors
/// [`Error::Database`].
pub async fn walk(
    db: &impl ConnectionTrait,
    after: Option<&(String, RequestId)>,
    most: u64,
) -> Result<Vec<(String, RequestId)>, Error> {
    let mut find = Entity::find();
    if let Some((unit, request)) = after {
        let key = Expr::tuple([Expr::col(Column::Unit), Expr::col(Column::Request)]);
        find = find.filter(key.gt(Expr::tuple([Expr::val(unit.as_str()), Expr::val(request.0)])));
    }
    let rows = find.order_by_asc(Column::Unit).order_by_asc(Column::Request).limit(most).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.unit, RequestId(row.request))).collect())
}
