//! Who acted on which request: one row for each person whom the request keeps as one who did.

use std::collections::BTreeSet;

use liandong_schema::entity::request_actor::{ActiveModel, Column, Entity};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::request::Change;
use crate::{
    rules::{
        id::{PersonCode, RequestId},
        request::Request,
    },
    run::{error::Error, store::Tx},
};

fn people(request: Option<&Request>) -> BTreeSet<&PersonCode> {
    request.into_iter().flat_map(|request| &request.acted).map(|acted| &acted.person).collect()
}

/// Writes who acted on changed requests; who has an assignment by now is found by that.
pub(crate) async fn write(db: &Tx<'_>, changes: &[Change<'_>]) -> Result<(), Error> {
    let mut rows = Vec::new();
    for Change { before, after } in changes {
        let (was, is) = (people(*before), people(Some(after)));
        for gone in was.difference(&is) {
            Entity::delete_by_id((gone.to_string(), after.id.0)).exec(db).await?;
        }
        let new = is.difference(&was);
        rows.extend(new.map(|person| ActiveModel { person: Set(person.to_string()), request: Set(after.id.0) }));
    }
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
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
    if let Some((person, request)) = after {
        let key = Expr::tuple([Expr::col(Column::Person), Expr::col(Column::Request)]);
        find = find.filter(key.gt(Expr::tuple([Expr::val(person.as_str()), Expr::val(request.0)])));
    }
    let rows = find.order_by_asc(Column::Person).order_by_asc(Column::Request).limit(most).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.person, RequestId(row.request))).collect())
}
