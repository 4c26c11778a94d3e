//! What reckoning limits anew, or correcting a matter, would come to.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use liandong_engine::{rules::id::RequestId, run::query::RequestFilter};

use crate::{
    context::Scope,
    input,
    object::{
        connection::Connection,
        limit::MovedLimit,
        preview::{CorrectionPreview, LimitPreview},
        request::Request,
    },
    reply::failure,
};

#[derive(Default)]
pub(super) struct RecomputeQuery;

#[Object]
impl RecomputeQuery {
    /// What `recompute` would come to for requests that are not closed and whose register you keep, newest first.
    /// One whose every limit ends when it did has no moves.
    #[graphql(complexity = "input::page(first) * child_complexity + 100")]
    async fn recompute_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those in this unit.")] unit: Option<String>,
        #[graphql(desc = "Only those of this matter.")] matter: Option<String>,
        #[graphql(desc = "Whether with the times that the register gives today.", default)] rules_of_today: bool,
        #[graphql(desc = "How many requests are looked at, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Result<Connection<LimitPreview>> {
        let scope = Scope::of(ctx)?;
        let unit = unit.map(|code| input::unit(&scope.world, "unit", &code)).transpose()?;
        if let Some(code) = &matter {
            input::matter(&scope.world, "matter", code)?;
        }
        let filter = RequestFilter { unit, stages: RequestFilter::running(), matter };
        let before: Option<RequestId> = input::cursor(after.as_deref(), |id| id.parse().ok())?;
        let asked = scope.engine.preview(&scope.actor, &filter, rules_of_today, before, input::first(first)?).await;
        let (found, next) = asked.map_err(failure)?;
        let items = found.into_iter().map(|preview| {
            let moves = preview.moved.iter().map(MovedLimit::of).collect();
            let request = Request { scope: Arc::clone(scope), row: Arc::new(preview.request) };
            (request.row.id.to_string(), LimitPreview { request, moves })
        });
        Ok(Connection::filtered(items, before.is_some(), next.map(|id| id.to_string())))
    }

    /// What `correctMatter` would come to if it were ordered now: who would have the request, and until when.
    #[graphql(complexity = "child_complexity + 100")]
    async fn correction_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The code of the matter that it is.")] matter: String,
    ) -> Result<CorrectionPreview> {
        let scope = Scope::of(ctx)?;
        let (id, matter) = (input::request("request", &request)?, input::code("matter", &matter)?);
        let decided = scope.engine.preview_correction(&scope.actor, id, matter).await.map_err(failure)?;
        Ok(CorrectionPreview::of(scope, decided))
    }
}
