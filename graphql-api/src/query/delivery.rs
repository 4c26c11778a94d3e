//! Questions about what could not be delivered.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use liandong_engine::{
    rules::{instant::Instant, notice::delivery::DeliveryId},
    run::courier::DeadLetterCursor,
};

use crate::{
    context::Scope,
    input,
    object::{connection::Connection, delivery::Delivery},
    reply::failure,
};

#[derive(Default)]
pub(crate) struct DeliveryQuery;

#[Object]
impl DeliveryQuery {
    /// What was tried so often in vain that it is given up, the latest first: of the people in the territory
    /// whose register you keep. Nothing for anybody else.
    #[graphql(complexity = "input::page(first) * child_complexity + 20")]
    async fn dead_letters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Delivery>> {
        let scope = Scope::of(ctx)?;
        let most = input::first(first)?;
        let before = input::cursor(after.as_deref(), read_cursor)?;
        let asked = scope.engine.dead_letters(&scope.actor, before.as_ref(), most).await;
        let (found, next) = asked.map_err(failure)?;
        let items = found.into_iter().map(|row| {
            let cursor = cursor(row.ended_at.unwrap_or_default(), &row.id);
            (cursor, Delivery { scope: Arc::clone(scope), row })
        });
        let next = next.map(|next| cursor(next.ended_at, &next.id));
        Ok(Connection::filtered(items, before.is_some(), next))
    }
}

fn cursor(ended_at: Instant, id: &DeliveryId) -> String {
    format!("{}.{id}", ended_at.0)
}

fn read_cursor(text: &str) -> Option<DeadLetterCursor> {
    let (ended_at, id) = text.split_once('.')?;
    Some(DeadLetterCursor { ended_at: Instant(ended_at.parse().ok()?), id: id.parse().ok()? })
}
