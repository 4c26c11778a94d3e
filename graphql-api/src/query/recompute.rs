//! What reckoning limits anew, or correcting a matter or a place, would come to.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use liandong_engine::{
    rules::{
        id::RequestId,
        request::command::{Command, CommandKind},
    },
    run::query::RequestFilter,
};

use crate::{
    context::Scope,
    input,
    object::{
        connection::Connection,
        limit::MovedLimit,
        preview::{CorrectionPreview, LimitPreview},
        request::Request,
    },
    reply::{bad_input, failure},
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

    /// What `correctMatter` or `correctPlace` would come to if it were ordered now: who would have the request, and
    /// until when. Give either `matter` or `place`.
    #[graphql(complexity = "child_complexity + 100")]
    async fn correction_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] request: ID,
        #[graphql(desc = "The code of the matter that it is.")] matter: Option<String>,
        #[graphql(desc = "The code of the place where the need is.")] place: Option<String>,
        #[graphql(desc = "With `place`: where it entered, by the code of the unit.")] entered_at: Option<String>,
    ) -> Result<CorrectionPreview> {
        let scope = Scope::of(ctx)?;
        let id = input::request("request", &request)?;
        let entered_at = input::code_if("enteredAt", entered_at.as_deref())?;
        let (matter, place) =
            (input::code_if("matter", matter.as_deref())?, input::code_if("place", place.as_deref())?);
        let command = match (matter, place) {
            (Some(matter), None) => Command::Correct { matter, reason: CommandKind::Correct.zh().to_owned() },
            (None, Some(place)) => {
                Command::CorrectPlace { place, entered_at, reason: CommandKind::CorrectPlace.zh().to_owned() }
            }
            _ => return Err(bad_input("matter", "give either `matter` or `place`; correct one after the other")),
        };
        let decided = scope.engine.preview_correction(&scope.actor, id, &command).await.map_err(failure)?;
        Ok(CorrectionPreview::of(scope, decided))
    }
}
