//! What is told as it happens: read from the journal after the commit, authorised entry by entry, and
//! reloaded from the store, so that an event never carries state.

use std::sync::Arc;

use async_graphql::{Context, ID, Result, SimpleObject, Subscription as Object};
use futures_util::{Stream, StreamExt, future};
use liandong_engine::{
    rules::{
        id::{PersonCode, RequestId},
        notice::{may_tell, register_may_tell},
        request::{Assignment as Row, Request as Whole, event::Recorded, relation},
    },
    run::store::journal::{Entry, Happened},
};

use crate::{
    context::Scope,
    input,
    object::{assignment::Assignment, entry::JournalEntry, escalation::Escalation, notice::Notice, request::Request},
    reply::{Code, error, failure},
    word::{Position, When},
};

/// That an assignment of mine was opened or ended.
#[derive(SimpleObject)]
pub(crate) struct AssignmentChange {
    /// Its place in the journal: subscribe `after` it to go on from here.
    position: Position,
    /// When.
    at: When,
    /// The name of the event.
    kind: &'static str,
    /// The assignment of mine that it opened.
    opened: Option<Assignment>,
    /// The assignment of mine that it ended.
    ended: Option<Assignment>,
    /// Whatever else of mine it ended: who helps on two posts has two to end.
    also_ended: Vec<Assignment>,
    /// The request, as it is now.
    request: Request,
}

/// That something happened to a request.
#[derive(SimpleObject)]
pub(crate) struct RequestChange {
    /// Its place in the journal: subscribe `after` it to go on from here.
    position: Position,
    /// What happened.
    entry: JournalEntry,
    /// The request, as it is now.
    request: Request,
}

/// That a request climbed.
#[derive(SimpleObject)]
pub(crate) struct EscalationRaised {
    /// Its place in the journal: subscribe `after` it to go on from here.
    position: Position,
    /// The escalation.
    escalation: Escalation,
}

/// That I must be told something.
#[derive(SimpleObject)]
pub(crate) struct NoticesRaised {
    /// Its place in the journal: subscribe `after` it to go on from here.
    position: Position,
    /// What I must be told by what happened there, and when.
    notices: Vec<Notice>,
}

/// What is told as it happens. Each may begin `after` a position of the journal: nothing that came after
/// it is missed, and nothing is told twice.
pub(crate) struct Subscription;

/// What is told as it happens. Each may begin `after` a position of the journal: nothing that came after it is missed, and nothing is told twice.
#[Object]
impl Subscription {
    /// Assignments of mine that are opened or ended.
    async fn assignments_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Begin after this position; with what happens from now on when left out.")] after: Option<
            Position,
        >,
    ) -> Result<impl Stream<Item = Result<AssignmentChange>> + use<>> {
        let scope = Scope::of(ctx)?;
        let me = scope.actor.person().cloned();
        let me = me.ok_or_else(|| error(Code::Forbidden, "a receipt has no assignments; watch `requestChanged`"))?;
        Ok(of_requests(scope, from(scope, after).await?, move |scope, entry, id, recorded| {
            let me = me.clone();
            let mine = concerns(&recorded, &me);
            async move {
                if !mine {
                    return Ok(None);
                }
                let Some((scope, whole)) = reload(&scope, id).await? else { return Ok(None) };
                let item = |row: &Row| {
                    let (scope, row) = (Arc::clone(&scope), row.clone());
                    (row.person == me).then_some(Assignment { scope, request: id, row })
                };
                let opened = recorded.event.opens().and_then(|opens| whole.assignment(opens.no)).and_then(item);
                let all_ended = scope.engine.ended_by(&entry, &recorded, &whole).await.map_err(failure)?;
                let mut all_ended = all_ended.into_iter().filter_map(item);
                let ended = all_ended.next();
                let also_ended = all_ended.collect();
                if opened.is_none() && ended.is_none() {
                    return Ok(None);
                }
                Ok(Some(AssignmentChange {
                    position: Position(entry.position),
                    at: When(entry.at),
                    kind: entry.kind(),
                    opened,
                    ended,
                    also_ended,
                    request: Request { scope, row: whole },
                }))
            }
        }))
    }

    /// Everything that happens to a request that you may see.
    async fn request_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the request.")] id: ID,
        #[graphql(desc = "Begin after this position; with what happens from now on when left out.")] after: Option<
            Position,
        >,
    ) -> Result<impl Stream<Item = Result<RequestChange>> + use<>> {
        let scope = Scope::of(ctx)?;
        let watched = input::request("id", &id)?;
        Ok(of_requests(scope, from(scope, after).await?, move |scope, entry, id, _| async move {
            if id != watched {
                return Ok(None);
            }
            let Some((scope, row)) = reload(&scope, id).await? else { return Ok(None) };
            let shown = relation::sees_handling(&scope.actor);
            let position = Position(entry.position);
            let entry = JournalEntry { scope: Arc::clone(&scope), entry, shown };
            Ok(Some(RequestChange { position, entry, request: Request { scope, row } }))
        }))
    }

    /// What climbs, of the requests that you may see.
    async fn escalations_raised(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Begin after this position; with what happens from now on when left out.")] after: Option<
            Position,
        >,
    ) -> Result<impl Stream<Item = Result<EscalationRaised>> + use<>> {
        let scope = Scope::of(ctx)?;
        if scope.actor.person().is_none() {
            return Err(error(Code::Forbidden, "escalations are for those who work on them; watch `requestChanged`"));
        }
        Ok(of_requests(scope, from(scope, after).await?, |scope, entry, id, recorded| async move {
            if !recorded.event.is_escalation() {
                return Ok(None);
            }
            let Some((scope, _)) = reload(&scope, id).await? else { return Ok(None) };
            Ok(Some(EscalationRaised { position: Position(entry.position), escalation: Escalation { scope, entry } }))
        }))
    }

    /// What I must be told, as it is raised: `deliverAt` says when I should be disturbed by it.
    async fn notices_raised(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Begin after this position; with what happens from now on when left out.")] after: Option<
            Position,
        >,
    ) -> Result<impl Stream<Item = Result<NoticesRaised>> + use<>> {
        let scope = Scope::of(ctx)?;
        let me = scope.actor.person().cloned();
        let me = me.ok_or_else(|| error(Code::Forbidden, "a receipt has no notices; watch `requestChanged`"))?;
        Ok(changes(scope, from(scope, after).await?, move |scope, entry| {
            let me = me.clone();
            async move {
                let may = match &entry.happened {
                    Happened::Request(_, recorded) => may_tell(&recorded.event),
                    Happened::Register(recorded) => register_may_tell(&recorded.event),
                };
                if !may {
                    return Ok(None);
                }
                let posted = scope.engine.notices_of(entry.position, &me).await.map_err(failure)?;
                let scope = scope.renewed();
                let notice = |posted| Notice { scope: Arc::clone(&scope), posted };
                let notices: Vec<Notice> = posted.into_iter().map(notice).collect();
                let position = Position(entry.position);
                Ok((!notices.is_empty()).then_some(NoticesRaised { position, notices }))
            }
        }))
    }
}

/// The position to begin after: the one that is asked for if the journal reaches to it, else the newest.
async fn from(scope: &Scope, after: Option<Position>) -> Result<i64> {
    match after {
        Some(position) => input::reached(&scope.engine, position.0).await,
        None => Ok(scope.engine.feed().position()),
    }
}

/// What `pick` makes of each entry about a request.
fn of_requests<T, F, P>(scope: &Arc<Scope>, after: i64, pick: P) -> impl Stream<Item = Result<T>> + Send + use<T, F, P>
where
    T: Send,
    F: Future<Output = Result<Option<T>>> + Send,
    P: Fn(Arc<Scope>, Entry, RequestId, Recorded) -> F + Send,
{
    changes(scope, after, move |scope, entry| {
        let picked = match entry.happened.clone() {
            Happened::Request(id, recorded) => Some(pick(scope, entry, id, recorded)),
            Happened::Register(_) => None,
        };
        async move {
            match picked {
                Some(picked) => picked.await,
                None => Ok(None),
            }
        }
    })
}

/// What `pick` makes of each entry, in the order of the journal. Ends when the engine stops, or with an
/// error when the journal cannot be read.
fn changes<T, F, P>(scope: &Arc<Scope>, after: i64, pick: P) -> impl Stream<Item = Result<T>> + Send + use<T, F, P>
where
    T: Send,
    F: Future<Output = Result<Option<T>>> + Send,
    P: Fn(Arc<Scope>, Entry) -> F + Send,
{
    let (scope, engine) = (Arc::clone(scope), Arc::clone(&scope.engine));
    let picked = engine.listen(after).filter_map(move |entry| {
        let picked = entry.map(|entry| pick(Arc::clone(&scope), entry)).map_err(failure);
        async move {
            match picked {
                Ok(item) => item.await.transpose(),
                Err(error) => Some(Err(error)),
            }
        }
    });
    // What cannot be read any more because the store closes is told to who comes back.
    picked.take_while(move |item| future::ready(item.is_ok() || engine.is_ready()))
}

/// The request as it is now, read in the world as it is now, if the actor may see it.
async fn reload(scope: &Arc<Scope>, id: RequestId) -> Result<Option<(Arc<Scope>, Arc<Whole>)>> {
    let scope = scope.renewed();
    let row = scope.engine.request(&scope.actor, id).await.map_err(failure)?;
    Ok(row.map(|row| (scope, Arc::new(row))))
}

/// Whether an event may have opened or ended an assignment of a person: cheap, before anything is read.
fn concerns(recorded: &Recorded, me: &PersonCode) -> bool {
    let Recorded { event, step } = recorded;
    let opens = event.opens().is_some_and(|opens| opens.person == *me);
    opens || event.may_end_others() || event.ends().is_some() && step.responsible.as_ref() == Some(me)
}
