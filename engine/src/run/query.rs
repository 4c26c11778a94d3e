//! What can be asked. Everything that concerns requests goes through the actor's permissions.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use futures_util::stream::Stream;

use super::{
    engine::Engine,
    error::Error,
    store::{
        head,
        journal::{self, Entry, Happened},
        list::{self, Source},
        outbox::{self, Posted},
        register, request as rows, token, workload,
    },
};
use crate::rules::{
    actor::Actor,
    authority::seen_territories,
    id::{PersonCode, ReceiptCode, RequestId},
    instant::Instant,
    request::{Assignment, Duty, Request, StageKind, relation},
    routing::{Exclusions, Loads, Question, Route, contenders, route},
    tree::UnitIx,
    world::{PersonIx, World},
};

/// How many items a list gives at most.
pub const MOST: usize = 100;

/// Which requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// Only those in this unit.
    pub unit: Option<UnitIx>,
    /// Only those at these stages; all when empty.
    pub stages: Vec<StageKind>,
    /// Only those of this matter.
    pub matter: Option<String>,
}

impl RequestFilter {
    /// The stages at which limits run.
    #[must_use]
    pub fn running() -> Vec<StageKind> {
        StageKind::ALL.iter().copied().filter(|s| !matches!(s, StageKind::Told | StageKind::Closed)).collect()
    }
}

/// Which assignments of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssignmentFilter {
    /// Whether ended ones are wanted instead of open ones.
    pub ended: bool,
    /// Only of this duty.
    pub duty: Option<Duty>,
}

/// A place in a list of assignments: those strictly before it, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignmentCursor {
    /// When the last one shown was opened.
    pub opened_at: Instant,
    /// Of which request it was.
    pub request: RequestId,
}

/// A place in a list of notices: those strictly before it, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoticeCursor {
    /// The journal position that the last one shown follows from.
    pub position: i64,
    /// Which of the notices of that position it was.
    pub no: u16,
}

/// One event tells one person this many things at most; the bound is generous.
const NOTICES_AT_ONCE: usize = 8;

impl Engine {
    /// Who is responsible for a matter at a place at an instant, with everything passed on the way.
    /// For the past, the open work that decides between equals is counted as of then.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn who_is_responsible(&self, world: &World, question: &Question) -> Result<Route, Error> {
        if question.at >= self.now() {
            return self.who_is_responsible_now(world, question).await;
        }
        let people = contenders(world, question);
        let loads = workload::then(self.shared.store.read(), &people, question.at).await?;
        Ok(route(world, question, &Exclusions::default(), &loads))
    }

    /// The same with the open work of this moment, for a question about the present.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn who_is_responsible_now(&self, world: &World, question: &Question) -> Result<Route, Error> {
        let people = contenders(world, question);
        let loads = workload::now(self.shared.store.read(), &people).await?;
        Ok(route(world, question, &Exclusions::default(), &loads))
    }

    /// A request with its assignments, if the actor may see it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn request(&self, actor: &Actor, id: RequestId) -> Result<Option<Request>, Error> {
        let found = rows::read(self.shared.store.read(), &[id]).await?.remove(&id);
        let world = self.world();
        Ok(found.filter(|r| relation::may_see(&world, r, actor, self.now())))
    }

    /// A request that is at hand, if the actor may see it now.
    #[must_use]
    pub fn shown(&self, actor: &Actor, request: Arc<Request>) -> Option<Arc<Request>> {
        let world = self.world();
        let shown = relation::may_see(&world, &request, actor, self.now());
        shown.then_some(request)
    }

    /// The request that a receipt belongs to.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn find_receipt(&self, receipt: &ReceiptCode) -> Result<Option<RequestId>, Error> {
        rows::by_receipt(self.shared.store.read(), receipt.as_str()).await
    }

    /// Requests without their assignments, for objects that are reached through something the actor
    /// may see (an own assignment, say).
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn summaries(&self, ids: &[RequestId]) -> Result<HashMap<RequestId, Request>, Error> {
        let found = rows::summaries(self.shared.store.read(), ids).await?;
        Ok(found.into_iter().map(|r| (r.id, r)).collect())
    }

    /// Requests that are reached through something else (an assignment, a notice), if the actor may see
    /// them: what somebody held elsewhere is not for those who oversee them now.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn reached(&self, actor: &Actor, ids: &[RequestId]) -> Result<HashMap<RequestId, Request>, Error> {
        let (world, at) = (self.world(), self.now());
        let sees = |request: &Request| relation::may_see(&world, request, actor, at);
        let mut found = self.summaries(ids).await?;
        // Assignments only ever add to what somebody may see, so they are read for the rest alone.
        let rest: Vec<RequestId> = found.values().filter(|r| !sees(r)).map(|r| r.id).collect();
        found.retain(|_, request| sees(request));
        if !rest.is_empty() {
            let whole = rows::read(self.shared.store.read(), &rest).await?;
            found.extend(whole.into_iter().filter(|(_, request)| sees(request)));
        }
        Ok(found)
    }

    /// All assignments of requests that the actor was shown.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn assignments_of(&self, ids: &[RequestId]) -> Result<HashMap<RequestId, Vec<Assignment>>, Error> {
        rows::assignments(self.shared.store.read(), ids).await
    }

    /// The requests that the actor may see and that fit the filter, newest first, before `before`;
    /// at most `most` (and [`MOST`]). The second value is the request to go on from, none at the end.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn requests(
        &self,
        actor: &Actor,
        filter: &RequestFilter,
        before: Option<RequestId>,
        most: usize,
    ) -> Result<(Vec<Request>, Option<RequestId>), Error> {
        let (world, at, most) = (self.world(), self.now(), most.min(MOST));
        let narrow = list::Narrow {
            unit: filter.unit.map(|u| world.tree().code(u).to_owned()),
            stages: filter.stages.clone(),
            matter: filter.matter.clone(),
        };
        let mut found: BTreeSet<RequestId> = BTreeSet::new();
        match actor {
            Actor::Citizen(id) => found.extend(Some(*id).filter(|id| before.is_none_or(|b| *id < b))),
            Actor::System => {}
            Actor::Operator => {
                found.extend(list::requests(self.shared.store.read(), &Source::All, &narrow, before, most).await?)
            }
            Actor::Person(code) => {
                let Some(person) = world.find_person(code.as_str()) else { return Ok((Vec::new(), None)) };
                for source in sources(&world, person, code, filter.unit, at) {
                    found.extend(list::requests(self.shared.store.read(), &source, &narrow, before, most).await?);
                }
            }
        }
        let more = found.len() > most;
        let ids: Vec<RequestId> = found.into_iter().rev().take(most).collect();
        let mut requests = self.summaries(&ids).await?;
        let page = ids.iter().filter_map(|id| requests.remove(id)).collect();
        let next = ids.last().copied().filter(|_| more);
        Ok((self.without_hidden(&world, actor, at, page).await?, next))
    }

    /// Takes out what goes round the actor: requests about a person's conduct are looked at one by one.
    async fn without_hidden(
        &self,
        world: &World,
        actor: &Actor,
        at: Instant,
        mut page: Vec<Request>,
    ) -> Result<Vec<Request>, Error> {
        let about: Vec<RequestId> = page.iter().filter(|r| !r.accused.is_empty()).map(|r| r.id).collect();
        if !about.is_empty() {
            let whole = rows::read(self.shared.store.read(), &about).await?;
            page.retain(|r| {
                r.accused.is_empty() || whole.get(&r.id).is_some_and(|r| relation::may_see(world, r, actor, at))
            });
        }
        Ok(page)
    }

    /// A person's assignments, newest first, before a cursor; at most `most`, and whether there are more.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn assignments(
        &self,
        person: &PersonCode,
        filter: &AssignmentFilter,
        before: Option<AssignmentCursor>,
        most: usize,
    ) -> Result<(Vec<(RequestId, Assignment)>, bool), Error> {
        let most = most.min(MOST);
        let cursor = before.map(|c| (c.opened_at, c.request));
        let mut found =
            list::assignments(self.shared.store.read(), person, filter.ended, filter.duty, cursor, most).await?;
        let more = found.len() > most;
        found.truncate(most);
        Ok((found, more))
    }

    /// What happened to a request, oldest first, after a sequence number, if the actor may see it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn journal_of(&self, actor: &Actor, id: RequestId, after: u32, most: usize) -> Result<Vec<Entry>, Error> {
        if self.request(actor, id).await?.is_none() {
            return Ok(Vec::new());
        }
        let most = u64::try_from(most.min(MOST)).unwrap_or(0);
        journal::of_request(self.shared.store.read(), id, after, most).await
    }

    /// What happened to a request that the actor was shown, oldest first, after a sequence number.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn entries_of(&self, id: RequestId, after: u32, most: usize) -> Result<Vec<Entry>, Error> {
        let most = u64::try_from(most.min(MOST)).unwrap_or(0);
        journal::of_request(self.shared.store.read(), id, after, most).await
    }

    /// Escalations of requests that the actor may see and whose place lies in `unit` (anywhere when
    /// none is given), newest first, before a position. The second value is the position to go on
    /// from, none at the end; a page may be short, or empty, and yet not be the last.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn escalations(
        &self,
        actor: &Actor,
        unit: Option<UnitIx>,
        before: Option<i64>,
        most: usize,
    ) -> Result<(Vec<Entry>, Option<i64>), Error> {
        let most = most.min(MOST);
        let page = journal::escalations(self.shared.store.read(), before.unwrap_or(i64::MAX), MOST as u64).await?;
        let end = page.len() < MOST;
        let mut next = page.last().map(|e| e.position).filter(|_| !end);
        let mut shown = self.visible_in(actor, unit, page).await?;
        if shown.len() > most {
            shown.truncate(most);
            next = shown.last().map(|e| e.position);
        }
        Ok((shown, next))
    }

    /// Keeps the entries about requests that the actor may see.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn visible(&self, actor: &Actor, entries: Vec<Entry>) -> Result<Vec<Entry>, Error> {
        self.visible_in(actor, None, entries).await
    }

    async fn visible_in(&self, actor: &Actor, unit: Option<UnitIx>, entries: Vec<Entry>) -> Result<Vec<Entry>, Error> {
        let about = |e: &Entry| match &e.happened {
            Happened::Request(id, _) => Some(*id),
            Happened::Register(_) => None,
        };
        let ids: BTreeSet<RequestId> = entries.iter().filter_map(about).collect();
        let requests = rows::read(self.shared.store.read(), &ids.into_iter().collect::<Vec<_>>()).await?;
        let (world, at) = (self.world(), self.now());
        let lies = |r: &Request| {
            let place = || world.find_unit(r.place.as_str());
            unit.is_none_or(|unit| place().is_some_and(|place| world.tree().is_within(place, unit, at)))
        };
        let seen = |e: &Entry| {
            let request = about(e).and_then(|id| requests.get(&id));
            request.is_some_and(|r| lies(r) && relation::may_see(&world, r, actor, at))
        };
        Ok(entries.into_iter().filter(seen).collect())
    }

    /// Everything that happens after a position, in order, each entry once.
    pub fn listen(&self, after: i64) -> impl Stream<Item = Result<Entry, Error>> + Send + use<> {
        self.shared.feed.listen(self.shared.store.clone(), after)
    }

    /// What a person was told, newest first, before a cursor; at most `most`, and whether there are more.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn notices(
        &self,
        person: &PersonCode,
        before: Option<NoticeCursor>,
        most: usize,
    ) -> Result<(Vec<Posted>, bool), Error> {
        let most = most.min(MOST);
        let position = before.map_or(i64::MAX, |b| b.position.saturating_add(1));
        let limit = u64::try_from(most + 1 + NOTICES_AT_ONCE).unwrap_or(u64::MAX);
        let mut found = outbox::of_person(self.shared.store.read(), person, position, limit).await?;
        found.retain(|p| before.is_none_or(|b| NoticeCursor { position: p.position, no: p.no } < b));
        let more = found.len() > most;
        found.truncate(most);
        Ok((found, more))
    }

    /// How many Handle assignments each of these people has open.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn workload(&self, people: &[PersonCode]) -> Result<Loads, Error> {
        workload::now(self.shared.store.read(), people).await
    }

    /// Issues a bearer token to a person of the register; only its hash is stored.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Entropy`].
    pub async fn issue_token(&self, person: &PersonCode) -> Result<String, Error> {
        let secret = format!("ld_{}", token::hex(&self.shared.entropy.bytes()?));
        let (hidden, at) = (&secret, self.now());
        self.shared.store.run_tx("issue_token", |tx| Box::pin(token::issue(tx, hidden, person, at))).await?;
        Ok(secret)
    }

    /// Revokes every token of a person; how many there were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn revoke_tokens(&self, person: &PersonCode) -> Result<u64, Error> {
        let at = self.now();
        self.shared.store.run_tx("revoke_tokens", |tx| Box::pin(token::revoke_all(tx, person, at))).await
    }

    /// Whose token it is; none when it is unknown or revoked.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn person_of_token(&self, secret: &str) -> Result<Option<PersonCode>, Error> {
        token::person(self.shared.store.read(), secret).await
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ping(&self) -> Result<(), Error> {
        head::read(self.shared.store.read()).await.map(drop)
    }

    /// The register as it is stored now, whoever changed it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn stored_register(&self) -> Result<crate::rules::world::Register, Error> {
        register::read(self.shared.store.read()).await
    }
}

/// The sources that authority grants to a person, narrowed to a unit.
fn sources(world: &World, person: PersonIx, code: &PersonCode, unit: Option<UnitIx>, at: Instant) -> Vec<Source> {
    let tree = world.tree();
    let seen = seen_territories(world, person, at);
    let units: Vec<String> = match unit {
        None => seen.iter().map(|u| tree.code(*u).to_owned()).collect(),
        // Of a unit that is seen whole, what somebody held or logged there is among the rest.
        Some(unit) if seen.iter().any(|s| tree.is_within(unit, *s, at)) => {
            return vec![Source::Units(vec![tree.code(unit).to_owned()])];
        }
        Some(unit) => seen.iter().filter(|s| tree.is_within(**s, unit, at)).map(|u| tree.code(*u).to_owned()).collect(),
    };
    let mut sources = vec![Source::Held(code.clone())];
    if !units.is_empty() {
        sources.push(Source::Units(units));
    }
    if let Ok(actor) = serde_json::to_string(&Actor::Person(code.clone())) {
        sources.push(Source::Logged(actor));
    }
    sources
}
