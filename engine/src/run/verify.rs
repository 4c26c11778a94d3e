//! `journal verify`: every row equals the fold of its journal.

use std::collections::{HashMap, HashSet};

use super::{
    error::Error,
    store::{
        Store, due, head,
        journal::{self, Entry, Happened},
        list, register as register_rows, request as request_rows, request_unit, workload,
    },
};
use crate::rules::{
    id::{RequestId, UnitCode},
    instant::Instant,
    register,
    request::{Request, evolve::evolve},
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
    let mut folded: HashMap<RequestId, Request> = HashMap::new();
    let mut register = Register::default();
    let head = head::read(db).await?;
    let (mut position, mut register_seq, mut last) = (0, 0, i64::MIN);
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
            fold(entry, &mut folded, &mut register, &mut register_seq, &mut found.differences);
        }
    }
    compare_requests(store, &folded, &mut found).await?;
    compare_units(store, &folded, &register, head.at, &mut found).await?;
    let rows = register_rows::read(db).await?;
    if sorted(register) != sorted(rows) {
        found.differences.push("the register's rows differ from the fold of its journal".to_owned());
    }
    compare_due(store, &folded, &mut found).await?;
    let (kept, counted) = workload::recount(db).await?;
    if kept.0 != counted.0 {
        found.differences.push("the counters of open work differ from the open assignments".to_owned());
    }
    Ok(found)
}

fn fold(
    entry: Entry,
    folded: &mut HashMap<RequestId, Request>,
    register: &mut Register,
    register_seq: &mut u32,
    differences: &mut Vec<String>,
) {
    match entry.happened {
        Happened::Request(id, recorded) => {
            let after = evolve(folded.remove(&id), entry.at, &recorded.event);
            if after.as_ref().map(|r| r.events) != Some(entry.seq) {
                differences
                    .push(format!("position {}: event {} of request {id} is out of order", entry.position, entry.seq));
            }
            folded.extend(after.map(|request| (id, request)));
        }
        Happened::Register(recorded) => {
            *register_seq += 1;
            if *register_seq != entry.seq {
                differences
                    .push(format!("position {}: event {} of the register is out of order", entry.position, entry.seq));
            }
            register::evolve::evolve(register, entry.at, &recorded.event);
        }
    }
}

/// The due index holds the first limit of every request that runs, and no other.
async fn compare_due(store: &Store, folded: &HashMap<RequestId, Request>, found: &mut Verified) -> Result<(), Error> {
    let rows: HashSet<_> = due::all(store.read()).await?.into_iter().collect();
    let should: HashSet<_> = folded.iter().filter_map(|(id, r)| Some((*id, due::first(r)?))).collect();
    let missing = should.difference(&rows).map(|(id, _)| (id, "is not due when its journal says"));
    let stray = rows.difference(&should).map(|(id, _)| (id, "is due when its journal does not say so"));
    found.differences.extend(missing.chain(stray).map(|(id, what)| format!("request {id} {what}")));
    Ok(())
}

async fn compare_requests(
    store: &Store,
    folded: &HashMap<RequestId, Request>,
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
                None => found.differences.push(format!("request {id} has a row and no journal")),
                Some(fold) if *fold != row => {
                    found.differences.push(format!("request {id}: the row differs from the fold of its journal"));
                }
                Some(_) => {}
            }
        }
    }
    let missing = (folded.len() as u64).saturating_sub(found.requests);
    if missing > 0 {
        found.differences.push(format!("{missing} requests have a journal and no row"));
    }
    Ok(())
}

/// What lies in which unit: the place of the fold and everything above it in the register's fold.
async fn compare_units(
    store: &Store,
    folded: &HashMap<RequestId, Request>,
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
        for (unit, id) in &rows {
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
