//! Questions about work: requests, assignments, escalations, notices.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use liandong_engine::{
    rules::{
        actor::Actor,
        authority,
        id::{PersonCode, RequestId},
        instant::Instant,
    },
    run::query::{AssignmentCursor, AssignmentFilter, NoticeCursor, RequestFilter},
};

use crate::{
    context::Scope,
    input,
    object::{
        actor::ActorKind, assignment::Assignment, connection::Connection, escalation::Escalation, me::Me,
        notice::Notice, person::Person, request::Request,
    },
    reply::{Code, error, failure},
    word::{Duty, Position, Stage, When},
};

/// Which requests.
#[derive(InputObject, Default)]
struct RequestsFilter {
    /// Only those whose place lies in this unit, by its code.
    unit: Option<String>,
    /// Only those at one of these stages.
    stages: Option<Vec<Stage>>,
    /// Only those of this matter, by its code.
    matter: Option<String>,
}

/// Which assignments.
#[derive(InputObject, Default)]
struct AssignmentsFilter {
    /// Whose, by code; your own when left out. Another's only if you oversee all of that person's posts.
    person: Option<String>,
    /// Ended ones instead of open ones.
    #[graphql(default)]
    ended: bool,
    /// Only of this duty.
    duty: Option<Duty>,
}

/// Which escalations.
#[derive(InputObject, Default)]
struct EscalationsFilter {
    /// Only of requests whose place lies in this unit, by its code.
    unit: Option<String>,
}

#[derive(Default)]
pub(crate) struct WorkQuery;

#[Object]
impl WorkQuery {
    /// Who asks, and where in time this answer stands.
    async fn me(&self, ctx: &Context<'_>) -> Result<Me> {
        let scope = Scope::of(ctx)?;
        // Before anything else is read, so that a subscription after it misses nothing.
        let position = Position(scope.engine.feed().position());
        let (kind, request) = match &scope.actor {
            Actor::Person(_) => (ActorKind::Person, None),
            Actor::Operator => (ActorKind::Operator, None),
            Actor::System => (ActorKind::System, None),
            Actor::Citizen(id) => (ActorKind::Citizen, request(scope, *id).await?),
        };
        let person = scope.me.map(|ix| Person { scope: Arc::clone(scope), ix, at: scope.at });
        Ok(Me { kind, person, request, at: When(scope.at), position, world: scope.world.version() })
    }

    /// A request, if you may see it.
    async fn request(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Result<Option<Request>> {
        let scope = Scope::of(ctx)?;
        request(scope, input::request("id", &id)?).await
    }

    /// The requests that you may see, newest first.
    #[graphql(complexity = "input::page(first) * child_complexity + 20")]
    async fn requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] filter: Option<RequestsFilter>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Request>> {
        let scope = Scope::of(ctx)?;
        let filter = filter.unwrap_or_default();
        let unit = filter.unit.map(|code| input::unit(&scope.world, "filter.unit", &code)).transpose()?;
        if let Some(code) = &filter.matter {
            input::matter(&scope.world, "filter.matter", code)?;
        }
        let stages = filter.stages.unwrap_or_default().into_iter().map(Into::into).collect();
        let filter = RequestFilter { unit, stages, matter: filter.matter };
        let before: Option<RequestId> = input::cursor(after.as_deref(), |id| id.parse().ok())?;
        let asked = scope.engine.requests(&scope.actor, &filter, before, input::first(first)?).await;
        let (found, next) = asked.map_err(failure)?;
        scope.loaders.want_assignments(found.iter().map(|r| r.id));
        let items =
            found.into_iter().map(|row| (row.id.to_string(), Request { scope: Arc::clone(scope), row: Arc::new(row) }));
        Ok(Connection::filtered(items, before.is_some(), next.map(|id| id.to_string())))
    }

    /// A person's assignments, newest first: your own inbox when nothing else is said.
    #[graphql(complexity = "input::page(first) * child_complexity + 10")]
    async fn assignments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] filter: Option<AssignmentsFilter>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Assignment>> {
        let scope = Scope::of(ctx)?;
        let filter = filter.unwrap_or_default();
        let person = whose(scope, filter.person.as_deref())?;
        let filter = AssignmentFilter { ended: filter.ended, duty: filter.duty.map(Into::into) };
        let before = input::cursor(after.as_deref(), read_cursor)?;
        let asked = scope.engine.assignments(&scope.actor, person, &filter, before, input::first(first)?).await;
        let (found, more) = asked.map_err(failure)?;
        scope.loaders.want_requests(found.iter().map(|(id, _)| *id));
        let items = found.into_iter().map(|(request, row)| {
            let cursor = format!("{}.{request}", row.opened_at.0);
            (cursor, Assignment { scope: Arc::clone(scope), request, row })
        });
        Ok(Connection::new(items, before.is_some(), more))
    }

    /// What climbed, of the requests that you may see, newest first.
    #[graphql(complexity = "input::page(first) * child_complexity + 100")]
    async fn escalations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] filter: Option<EscalationsFilter>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Escalation>> {
        let scope = Scope::of(ctx)?;
        if scope.actor.person().is_none() {
            return Err(error(Code::Forbidden, "escalations are for those who work on them; ask for `request`"));
        }
        let unit = filter.unwrap_or_default().unit;
        let unit = unit.map(|code| input::unit(&scope.world, "filter.unit", &code)).transpose()?;
        let before: Option<i64> = input::cursor(after.as_deref(), |position| position.parse().ok())?;
        if let Some(position) = before {
            input::reached(&scope.engine, position).await?;
        }
        let asked = scope.engine.escalations(&scope.actor, unit, before, input::first(first)?).await;
        let (found, next) = asked.map_err(failure)?;
        let items: Vec<_> = found
            .into_iter()
            .map(|entry| (entry.position.to_string(), Escalation { scope: Arc::clone(scope), entry }))
            .collect();
        scope.loaders.want_requests(items.iter().filter_map(|(_, e)| e.about()));
        Ok(Connection::filtered(items, before.is_some(), next.map(|position| position.to_string())))
    }

    /// What you must be told, newest first.
    #[graphql(complexity = "input::page(first) * child_complexity + 10")]
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Result<Connection<Notice>> {
        let scope = Scope::of(ctx)?;
        let most = input::first(first)?;
        let before = input::cursor(after.as_deref(), |text| {
            let (position, no) = text.split_once('.')?;
            Some(NoticeCursor { position: position.parse().ok()?, no: no.parse().ok()? })
        })?;
        if let Some(NoticeCursor { position, .. }) = &before {
            input::reached(&scope.engine, *position).await?;
        }
        let Some(person) = scope.actor.person() else { return Ok(Connection::new([], false, false)) };
        let (found, more) = scope.engine.notices(person, before, most).await.map_err(failure)?;
        scope.loaders.want_requests(found.iter().filter_map(|p| p.notice.about.request()));
        scope.loaders.want_assignments(found.iter().filter_map(|p| p.notice.about.request()));
        let items: Vec<_> = found
            .into_iter()
            .map(|posted| (format!("{}.{}", posted.position, posted.no), Notice { scope: Arc::clone(scope), posted }))
            .collect();
        scope.loaders.want_deliveries(items.iter().map(|(_, notice)| notice.delivery_id()));
        Ok(Connection::new(items, before.is_some(), more))
    }
}

async fn request(scope: &Arc<Scope>, id: RequestId) -> Result<Option<Request>> {
    let row = scope.engine.request(&scope.actor, id).await.map_err(failure)?;
    Ok(row.map(|row| Request { scope: Arc::clone(scope), row: Arc::new(row) }))
}

/// Whose assignments: those of whoever asks, or of somebody whom that person oversees.
fn whose<'a>(scope: &'a Scope, code: Option<&str>) -> Result<&'a PersonCode> {
    let mine = || {
        let person = scope.actor.person();
        person.ok_or_else(|| error(Code::Forbidden, "a receipt has no assignments; ask for `request` with it"))
    };
    let Some(code) = code else { return mine() };
    let other = input::person(&scope.world, "filter.person", code)?;
    let oversees = scope.me.is_some_and(|me| authority::oversees(&scope.world, me, other, scope.at));
    let person = scope.world.person_code(other).filter(|_| oversees);
    person.ok_or_else(|| {
        error(Code::Forbidden, format!("`filter.person`: you do not oversee `{code}`; ask for your own"))
    })
}

fn read_cursor(text: &str) -> Option<AssignmentCursor> {
    let (opened_at, request) = text.split_once('.')?;
    Some(AssignmentCursor { opened_at: Instant(opened_at.parse().ok()?), request: request.parse().ok()? })
}
