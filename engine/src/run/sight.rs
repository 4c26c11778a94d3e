//! What an actor sees in lists. A page is full unless the list ends with it: what is hidden leaves no gap, so that no
//! count, no short page and no cursor tells of it. Positions of the journal are numbers of everything that is written
//! for whatever reason; that one is missing among those that somebody sees says no more than that.

use std::collections::{BTreeSet, HashSet};

use super::{
    engine::Engine,
    error::Error,
    query::{AssignmentCursor, AssignmentFilter, MOST, NoticeCursor, RequestFilter},
    store::{
        journal::{self, Entry, Happened},
        list::{self, Narrow, Source},
        outbox::{self, Posted},
        request as rows,
    },
};
use crate::rules::{
    actor::Actor,
    authority::{is_out_of_office, seen_territories},
    id::{PersonCode, RequestId},
    instant::Instant,
    request::{Assignment, Request, endings, event::Recorded, evolve::fold, relation},
    tree::UnitIx,
    world::{PersonIx, World},
};

/// One event tells one person this many things at most; the bound is generous.
const NOTICES_AT_ONCE: usize = 8;

/// How many escalations are looked at for one page at most: who sees few of the town's would read them all.
const MOST_LOOKED_AT: usize = 20 * MOST;

impl Engine {
    /// The requests that the actor may see and that fit the filter, newest first, before `before`;
    /// at most `most` (and [`MOST`]). The second value is the request to go on from, none at the end.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn requests(
        &self,
        actor: &Actor,
        filter: &RequestFilter,
        mut before: Option<RequestId>,
        most: usize,
    ) -> Result<(Vec<Request>, Option<RequestId>), Error> {
        let (world, at, most) = (self.world(), self.now(), most.min(MOST));
        let narrow = Narrow {
            unit: filter.unit.map(|u| world.tree().code(u).to_owned()),
            stages: filter.stages.clone(),
            matter: filter.matter.clone(),
        };
        let sources = sources(&world, actor, filter.unit, at);
        let mut page: Vec<Request> = Vec::new();
        while page.len() <= most {
            let mut found: BTreeSet<RequestId> = BTreeSet::new();
            if let Actor::Citizen(id) = actor {
                found.extend(Some(*id).filter(|id| before.is_none_or(|b| *id < b)));
            }
            for source in &sources {
                found.extend(list::requests(self.shared.store.read(), source, &narrow, before, most).await?);
            }
            let ends = found.len() <= most;
            let ids: Vec<RequestId> = found.into_iter().rev().take(most + 1).collect();
            before = ids.last().copied();
            let mut summaries = self.summaries(&ids).await?;
            let next = ids.iter().filter_map(|id| summaries.remove(id)).collect();
            page.extend(self.without_hidden(&world, actor, at, next).await?);
            if ends {
                break;
            }
        }
        let more = page.len() > most;
        page.truncate(most);
        let next = page.last().map(|request| request.id).filter(|_| more);
        Ok((page, next))
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
            page.retain(|r| whole.get(&r.id).is_none_or(|whole| !relation::is_hidden(world, whole, actor, at)));
        }
        Ok(page)
    }

    /// Those of these requests about somebody's conduct that go round the actor, and of which nothing may tell them
    /// that there are any.
    async fn hidden(&self, actor: &Actor, about_conduct: &[RequestId]) -> Result<HashSet<RequestId>, Error> {
        if about_conduct.is_empty() {
            return Ok(HashSet::new());
        }
        let (world, at) = (self.world(), self.now());
        let whole = rows::read(self.shared.store.read(), about_conduct).await?.into_values();
        Ok(whole.filter(|request| relation::is_hidden(&world, request, actor, at)).map(|request| request.id).collect())
    }

    /// A person's assignments that the actor may know of, newest first, before a cursor; at most `most`, and whether
    /// there are more.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn assignments(
        &self,
        actor: &Actor,
        person: &PersonCode,
        filter: &AssignmentFilter,
        before: Option<AssignmentCursor>,
        most: usize,
    ) -> Result<(Vec<(RequestId, Assignment)>, bool), Error> {
        if is_out_of_office(&self.world(), actor, self.now()) {
            return Ok((Vec::new(), false));
        }
        let most = most.min(MOST);
        let mut cursor = before.map(|c| (c.opened_at, c.request));
        let mut page = Vec::new();
        while page.len() <= most {
            let db = self.shared.store.read();
            let found = list::assignments(db, person, filter.ended, filter.duty, cursor, most).await?;
            let ends = found.len() <= most;
            cursor = found.last().map(|(request, assignment, _)| (assignment.opened_at, *request));
            let about: Vec<RequestId> = found.iter().filter(|(.., about)| *about).map(|(id, ..)| *id).collect();
            let hidden = self.hidden(actor, &about).await?;
            let shown = found.into_iter().filter(|(request, ..)| !hidden.contains(request));
            page.extend(shown.map(|(request, assignment, _)| (request, assignment)));
            if ends {
                break;
            }
        }
        let more = page.len() > most;
        page.truncate(most);
        Ok((page, more))
    }

    /// Escalations of requests that the actor may see and whose place lies in `unit` (anywhere when
    /// none is given), newest first, before a position. The second value is the position to go on
    /// from, none at the end; for who sees few of all that there are, a page may be short, or empty, and yet not be
    /// the last.
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
        let mut shown = Vec::new();
        if is_out_of_office(&self.world(), actor, self.now()) {
            return Ok((shown, None));
        }
        let (mut next, mut looked) = (before, 0);
        while shown.len() <= most && looked < MOST_LOOKED_AT {
            let position = next.unwrap_or(i64::MAX);
            let page = journal::escalations(self.shared.store.read(), position, MOST as u64).await?;
            let ends = page.len() < MOST;
            looked += page.len();
            next = page.last().map(|e| e.position).filter(|_| !ends);
            shown.extend(self.visible_in(actor, unit, page).await?);
            if ends {
                break;
            }
        }
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

    /// What a person was told, newest first, before a cursor; at most `most`, and whether there are more. Nothing for
    /// who holds no post, and nothing of what goes round the person by now.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn notices(
        &self,
        person: &PersonCode,
        before: Option<NoticeCursor>,
        most: usize,
    ) -> Result<(Vec<Posted>, bool), Error> {
        let (actor, most) = (Actor::Person(person.clone()), most.min(MOST));
        let limit = most + 1 + NOTICES_AT_ONCE;
        let (mut page, mut from) = (Vec::new(), before);
        while page.len() <= most {
            let position = from.map_or(i64::MAX, |b| b.position.saturating_add(1));
            let rows = u64::try_from(limit).unwrap_or(u64::MAX);
            let mut found = outbox::of_person(self.shared.store.read(), person, position, rows).await?;
            let ends = found.len() < limit;
            let place = |p: &Posted| NoticeCursor { position: p.position, no: p.no };
            found.retain(|p| from.is_none_or(|b| place(p) < b));
            from = found.last().map(place).or(from);
            page.extend(self.told(&actor, found).await?);
            if ends {
                break;
            }
        }
        let more = page.len() > most;
        page.truncate(most);
        Ok((page, more))
    }

    /// What a person was told by one entry of the journal, as far as the person may know of it now.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn notices_of(&self, position: i64, person: &PersonCode) -> Result<Vec<Posted>, Error> {
        let posted = outbox::of_entry(self.shared.store.read(), position, person).await?;
        self.told(&Actor::Person(person.clone()), posted).await
    }

    /// Those of some notices that an actor may know of: none for who holds no post, and none about what goes round
    /// them.
    pub(super) async fn told(&self, actor: &Actor, mut posted: Vec<Posted>) -> Result<Vec<Posted>, Error> {
        if is_out_of_office(&self.world(), actor, self.now()) {
            return Ok(Vec::new());
        }
        let ids: BTreeSet<RequestId> = posted.iter().filter_map(|p| p.notice.about.request()).collect();
        let ids: Vec<RequestId> = ids.into_iter().collect();
        let about = list::about_conduct(self.shared.store.read(), &ids).await?;
        let hidden = self.hidden(actor, &about).await?;
        posted.retain(|p| p.notice.about.request().is_none_or(|id| !hidden.contains(&id)));
        Ok(posted)
    }

    /// The assignments that an entry of the journal ended, as the request has them now: by the one rule which those
    /// are, for the request as it was.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn ended_by<'r>(
        &self,
        entry: &Entry,
        recorded: &Recorded,
        now: &'r Request,
    ) -> Result<Vec<&'r Assignment>, Error> {
        let at_that_instant = |a: &&Assignment| a.ended.is_some_and(|ended| ended.at == entry.at);
        let ended: Vec<&Assignment> = now.assignments.iter().filter(at_that_instant).collect();
        if ended.is_empty() || !recorded.event.may_end_others() {
            let named = recorded.event.ends();
            return Ok(ended.into_iter().filter(|a| Some(a.no) == named).collect());
        }
        // Other events of the same command have the same instant, so the request is asked as it was before this one.
        let mut before: Option<Request> = None;
        for earlier in journal::until(self.shared.store.read(), now.id, entry.seq).await? {
            if let Happened::Request(_, happened) = &earlier.happened {
                let misfit = |misfit| Error::corrupt("journal", earlier.position, misfit);
                before = Some(fold(before, earlier.at, happened).map_err(misfit)?);
            }
        }
        let by_it: BTreeSet<_> =
            before.iter().flat_map(|before| endings(before, &recorded.event)).map(|(no, _)| no).collect();
        Ok(ended.into_iter().filter(|a| by_it.contains(&a.no)).collect())
    }
}

/// The sources that authority grants to an actor, narrowed to a unit.
fn sources(world: &World, actor: &Actor, unit: Option<UnitIx>, at: Instant) -> Vec<Source> {
    match actor {
        Actor::Operator => vec![Source::All],
        Actor::System | Actor::Citizen(_) => Vec::new(),
        Actor::Person(_) if is_out_of_office(world, actor, at) => Vec::new(),
        Actor::Person(code) => {
            let person = world.find_person(code.as_str());
            person.map_or_else(Vec::new, |person| of_person(world, person, code, unit, at))
        }
    }
}

/// The same for a person who holds a post.
fn of_person(world: &World, person: PersonIx, code: &PersonCode, unit: Option<UnitIx>, at: Instant) -> Vec<Source> {
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
