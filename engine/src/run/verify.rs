//! `journal verify`: every event fits the state it meets, and every row equals the fold of its journal.

use std::collections::{HashMap, HashSet};

use super::{
    error::Error,
    store::{
        Store, due, head,
        journal::{self, Entry, Happened},
        list, register as register_rows, request as request_rows, request_actor, request_unit, workload,
    },
};
use crate::rules::{
    id::{RequestId, UnitCode},
    instant::Instant,
    register,
    request::{self, Request, Stage},
    tree::Tree,
    world::Register,
};

const PAGE: u64 = 2_000;

/// What the check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Entries read.
    pub entries: u64,
    /// Requests compared.
    pub requests: u64,
    /// Everything that does not agree, in words.
    pub differences: Vec<String>,
}

/// Folds every journal and compares it with the rows: requests with their assignments, the units that
/// they lie in, the register, the counters of open work, the head, and that positions have no gap.
///
/// # Errors
/// [`Error::Database`], or [`Error::Corrupt`] when a row cannot be read at all.
pub async fn verify(store: &Store) -> Result<Verified, Error> {
    let db = store.read();
    let mut found = Verified::default();
    let mut fold = Fold::default();
    let head = head::read(db).await?;
    let (mut position, mut last) = (0, i64::MIN);
    while position < head.position {
        let page = journal::after(db, position, PAGE).await?;
        if page.is_empty() {
            found.differences.push(format!("the journal ends at {position}, the head says {}", head.position));
            break;
        }
        for entry in page {
            if entry.position != position + 1 {
                found.differences.push(format!("journal positions jump from {position} to {}", entry.position));
            }
            if entry.at.0 < last {
                found.differences.push(format!("time runs backward at position {}", entry.position));
            }
            (position, last) = (entry.position, entry.at.0);
            found.entries += 1;
            fold.see(entry, &mut found.differences);
        }
    }
    let Fold { folded, broken, register, .. } = fold;
    compare_requests(store, &folded, &broken, &mut found).await?;
    compare_actors(store, &folded, &mut found).await?;
    compare_units(store, (&folded, &broken), &register, head.at, &mut found).await?;
    let rows = register_rows::read(db).await?;
    if sorted(register) != sorted(rows) {
        found.differences.push("the register's rows differ from the fold of its journal".to_owned());
    }
    compare_due(store, &folded, &broken, &mut found).await?;
    compare_merged(&folded, &broken, &mut found);
    let (kept, counted) = workload::recount(db).await?;
    if kept.0 != counted.0 {
        found.differences.push("the counters of open work differ from the open assignments".to_owned());
    }
    Ok(found)
}

/// What the journal says so far.
#[derive(Default)]
struct Fold {
    folded: HashMap<RequestId, Request>,
    /// Requests with an entry that does not fit: they are folded no further, and what follows says nothing new.
    broken: HashSet<RequestId>,
    register: Register,
    register_seq: u32,
}

impl Fold {
    fn see(&mut self, entry: Entry, differences: &mut Vec<String>) {
        let (position, seq) = (entry.position, entry.seq);
        match entry.happened {
            Happened::Request(id, _) if self.broken.contains(&id) => {}
            Happened::Request(id, recorded) => {
                let before = self.folded.remove(&id);
                let next = before.as_ref().map_or(0, |request| request.events) + 1;
                if next != seq {
                    let name = recorded.event.name();
                    differences.push(format!(
                        "position {position}: {name} is event {seq} of request {id} and stands where event {next} should"
                    ));
                }
                match request::evolve::fold(before, entry.at, &recorded) {
                    Ok(after) => drop(self.folded.insert(id, after)),
                    Err(misfit) => {
                        differences.push(format!("position {position}: request {id}: {misfit}"));
                        self.broken.insert(id);
                    }
                }
            }
            Happened::Register(recorded) => {
                self.register_seq += 1;
                if self.register_seq != seq {
                    differences.push(format!("position {position}: event {seq} of the register is out of order"));
                }
                if let Err(misfit) = register::evolve::evolve(&mut self.register, entry.at, &recorded.event) {
                    differences.push(format!("position {position}: {misfit}"));
                }
            }
        }
    }
}

/// Whatever follows another request follows one that is handled: else its household would never hear anything.
fn compare_merged(folded: &HashMap<RequestId, Request>, broken: &HashSet<RequestId>, found: &mut Verified) {
    let lost = folded.values().filter_map(|request| match (&request.stage, request.merged_into) {
        (Stage::Merged { .. }, Some(into)) if broken.contains(&into) => None,
        (Stage::Merged { .. }, Some(into)) => match folded.get(&into) {
            Some(other) if other.handle().is_some() => None,
            _ => Some((request.id, format!("follows {into}, which nobody handles"))),
        },
        (Stage::Merged { .. }, None) => Some((request.id, "was merged into nothing".to_owned())),
        _ => None,
    });
    let mut lost: Vec<(RequestId, String)> = lost.collect();
    lost.sort_unstable();
    found.differences.extend(lost.into_iter().map(|(id, what)| format!("request {id} {what}")));
}

/// The due index holds the first limit of every request that runs, and no other.
async fn compare_due(
    store: &Store,
    folded: &HashMap<RequestId, Request>,
    broken: &HashSet<RequestId>,
    found: &mut Verified,
) -> Result<(), Error> {
    let rows: HashSet<_> = due::all(store.read()).await?.into_iter().filter(|(id, _)| !broken.contains(id)).collect();
    let should: HashSet<_> = folded.iter().filter_map(|(id, r)| Some((*id, due::first(r)?))).collect();
    let missing = should.difference(&rows).map(|(id, _)| (id, "is not due when its journal says"));
    let stray = rows.difference(&should).map(|(id, _)| (id, "is due when its journal does not say so"));
    found.differences.extend(missing.chain(stray).map(|(id, what)| format!("request {id} {what}")));
    Ok(())
}

async fn compare_requests(
    store: &Store,
    folded: &HashMap<RequestId, Request>,
    broken: &HashSet<RequestId>,
    found: &mut Verified,
) -> Result<(), Error> {
    let db = store.read();
    let mut after: Option<RequestId> = None;
    loop {
        let ids = list::walk(db, after, 500).await?;
        let Some(last) = ids.last() else { break };
        after = Some(*last);
        for (id, row) in request_rows::read(db, &ids).await? {
            found.requests += 1;
            match folded.get(&id) {
                None if broken.contains(&id) => {}
                None => found.differences.push(format!("request {id} has a row and no journal")),
                Some(fold) if *fold != row => {
                    found.differences.push(format!("request {id}: the row differs from the fold of its journal"));
                }
                Some(_) => {}
            }
        }
    }
    let missing = ((folded.len() + broken.len()) as u64).saturating_sub(found.requests);
    if missing > 0 {
        found.differences.push(format!("{missing} requests have a journal and no row"));
    }
    Ok(())
}

/// Every request is found by whom it keeps as somebody who acted on it, and by nobody else.
async fn compare_actors(
    store: &Store,
    folded: &HashMap<RequestId, Request>,
    found: &mut Verified,
) -> Result<(), Error> {
    let acted = |(id, request): (&RequestId, &Request)| {
        request.acted.iter().map(|acted| (acted.person.to_string(), *id)).collect::<Vec<_>>()
    };
    let mut should: HashSet<(String, RequestId)> = folded.iter().flat_map(acted).collect();
    let mut after = None;
    loop {
        let rows = request_actor::walk(store.read(), after.as_ref(), PAGE).await?;
        for (person, id) in &rows {
            if !should.remove(&(person.clone(), *id)) {
                found.differences.push(format!("request {id} is listed for `{person}`, who did nothing to it"));
            }
        }
        let Some(last) = rows.into_iter().next_back() else { break };
        after = Some(last);
    }
    let missing =
        should.iter().map(|(person, id)| format!("request {id} is not listed for `{person}`, who acted on it"));
    found.differences.extend(missing);
    Ok(())
}

/// What lies in which unit: the place of the fold and everything above it in the register's fold.
async fn compare_units(
    store: &Store,
    (folded, broken): (&HashMap<RequestId, Request>, &HashSet<RequestId>),
    register: &Register,
    at: Instant,
    found: &mut Verified,
) -> Result<(), Error> {
    let Ok(tree) = Tree::build(&register.units) else {
        found.differences.push("the units of the register's fold are no tree".to_owned());
        return Ok(());
    };
    let mut ways: HashMap<&UnitCode, HashSet<&str>> = HashMap::new();
    for request in folded.values() {
        let way = |place: &UnitCode| {
            let place = tree.find(place.as_str());
            place.into_iter().flat_map(|p| tree.upward_or_last(p, at)).map(|u| tree.code(u)).collect()
        };
        ways.entry(&request.place).or_insert_with(|| way(&request.place));
    }
    let mut listed: HashMap<RequestId, usize> = HashMap::new();
    let mut after = None;
    loop {
        let rows = request_unit::walk(store.read(), after.as_ref(), PAGE).await?;
        for (unit, id) in rows.iter().filter(|(_, id)| !broken.contains(id)) {
            let way = folded.get(id).and_then(|request| ways.get(&request.place));
            if way.is_some_and(|way| way.contains(unit.as_str())) {
                *listed.entry(*id).or_default() += 1;
            } else {
                found.differences.push(format!("request {id} is listed in unit `{unit}` and does not lie there"));
            }
        }
        let Some(last) = rows.into_iter().next_back() else { break };
        after = Some(last);
    }
    let mut missing: Vec<(&RequestId, usize)> = folded
        .iter()
        .filter_map(|(id, request)| {
            let lies = ways.get(&request.place).map_or(0, HashSet::len);
            Some((id, lies.checked_sub(listed.get(id).copied().unwrap_or(0))?)).filter(|(_, missing)| *missing > 0)
        })
        .collect();
    missing.sort_unstable();
    let words = missing.iter().map(|(id, n)| format!("request {id} is not listed in {n} of the units that it lies in"));
    found.differences.extend(words);
    Ok(())
}

/// Rows have no order of their own in a table.
fn sorted(mut register: Register) -> Register {
    register.units.sort_by(|a, b| (&a.code, a.span).cmp(&(&b.code, b.span)));
    register.people.sort_by(|a, b| a.code.cmp(&b.code));
    register.posts.sort_by(|a, b| a.code.cmp(&b.code));
    register.holdings.sort_by(|a, b| (&a.post, &a.person, a.span).cmp(&(&b.post, &b.person, b.span)));
    register.matters.sort_by(|a, b| a.code.cmp(&b.code));
    register.mandates.sort_by(|a, b| (&a.to, &a.matter, a.power, a.span).cmp(&(&b.to, &b.matter, b.power, b.span)));
    register.ladders.sort_by(|a, b| (&a.ladder, a.no, a.span).cmp(&(&b.ladder, b.no, b.span)));
    register.limits.sort_by(|a, b| {
        (&a.ladder, &a.matter, a.kind, a.rung, a.span).cmp(&(&b.ladder, &b.matter, b.kind, b.rung, b.span))
    });
    register.calendars.sort_by(|a, b| a.code.cmp(&b.code));
    register.hours.sort_by(|a, b| (&a.calendar, a.on, a.span).cmp(&(&b.calendar, b.on, b.span)));
    register.days.sort_by(|a, b| (&a.calendar, a.date).cmp(&(&b.calendar, b.date)));
    register.markets.sort_by(|a, b| (&a.calendar, &a.rule, a.span).cmp(&(&b.calendar, &b.rule, b.span)));
    register.unit_calendars.sort_by(|a, b| (&a.unit, a.span, &a.calendar).cmp(&(&b.unit, b.span, &b.calendar)));
    register.absences.sort_by(|a, b| a.code.cmp(&b.code));
    register.rosters.sort_by(|a, b| (&a.code, a.span).cmp(&(&b.code, b.span)));
    register.duty_changes.sort_by(|a, b| a.code.cmp(&b.code));
    register
}
