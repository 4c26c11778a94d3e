//! Who must be told of a change of the register, said from its rows without any table: whoever gains or loses a duty, a
//! post, a substitute or a shift by it, and who has to see to what has nobody any more.

use liandong_engine::rules::{
    absence::{Absence, Substitute},
    actor::Actor,
    id::{AbsenceCode, DutyChangeCode, PersonCode, PostCode, RosterCode, UnitCode},
    instant::Instant,
    notice::NoticeKind,
    post::PostKind,
    register::event::{Event, Recorded},
    roster::DutyChange,
    world::Register,
};

use super::{super::shell::Told, hanging};
use crate::naive::Day;

/// What is wrong with who is told of an event; `before` and `after` are the rows around all that was decided with it.
pub(super) fn faults(
    before: &Register,
    after: &Register,
    at: Instant,
    recorded: &Recorded,
    told: &[&Told],
) -> Vec<String> {
    let acted = recorded.step.acted.person();
    let hears = |person: &PersonCode| hanging::holds_a_post(after, person, at);
    let must = must(before, after, at, &recorded.event).into_iter();
    let missed =
        must.filter(|person| acted != Some(person) && hears(person) && !told.iter().any(|told| told.person == *person));
    let mut faults: Vec<String> = missed.map(|person| format!("{person} is not told")).collect();
    for Told { person, kind, .. } in told {
        if acted == Some(person) {
            faults.push(format!("{person} is told {kind}, and did it"));
        }
        if !hears(person) {
            faults.push(format!("{person} is told {kind}, and holds no post"));
        }
    }
    if let Some(roster) = emptied(before, after, at, &recorded.event) {
        let leaders = leaders(after, at, &recorded.event).into_iter();
        let told_so =
            |leader: &PersonCode| told.iter().any(|told| told.person == *leader && told.kind == NoticeKind::ShiftEmpty);
        let deaf = leaders.filter(|leader| acted != Some(leader) && hears(leader) && !told_so(leader));
        faults.extend(deaf.map(|leader| format!("{leader} is not told that {roster} has nobody")));
    }
    faults
}

fn must(before: &Register, after: &Register, at: Instant, event: &Event) -> Vec<PersonCode> {
    let change = |code: &DutyChangeCode| before.duty_changes.iter().find(|row| row.code == *code);
    match event {
        Event::SwapOffered { change } => change.offered_to.iter().cloned().collect(),
        Event::SwapTaken { change: code, .. } => change(code).and_then(|row| row.out.clone()).into_iter().collect(),
        Event::SwapTakenBack { change: code, .. } => {
            change(code).into_iter().flat_map(|row| [&row.out, &row.offered_to]).flatten().cloned().collect()
        }
        Event::DutyTakenOver { change } => change.out.iter().cloned().collect(),
        Event::CoverArranged { change } => [&change.out, &change.person].into_iter().flatten().cloned().collect(),
        Event::DutyChangeUndone { change: code, .. } => change(code).map(parties).unwrap_or_default(),
        Event::DutyChangeExpired { change: code, .. } => {
            let offered = change(code).filter(|row| row.since().is_none()).and_then(|row| row.offered_to.clone());
            change(code).map(parties).into_iter().flatten().chain(offered).collect()
        }
        Event::RosterSetUp { roster } => turns(after, &roster.code, roster.span.from.max(at)),
        Event::RosterChanged { roster } => {
            let from = roster.span.from.max(at);
            [turns(before, &roster.code, from), turns(after, &roster.code, from)].concat()
        }
        Event::RosterEnded { roster, until } => turns(before, roster, (*until).max(at)),
        Event::AbsenceRecorded { absence } => {
            let instead = match &absence.substitute {
                Substitute::Person(named) if absence.substitute_until.is_none() => Some(named),
                _ => None,
            };
            std::iter::once(&absence.person).chain(instead).cloned().collect()
        }
        Event::AbsenceEnded { absence } => relying(before, absence, true),
        Event::SubstituteLeft { absence } => relying(before, absence, false),
        Event::Appointed { person, .. } | Event::Relieved { person, .. } => vec![person.clone()],
        Event::PostAbolished { post } => holders(before, |code| code == post, at),
        Event::UnitDissolved { unit, successor } => {
            let both = successor.iter().flat_map(|successor| staff(after, successor, at));
            staff(before, unit, at).into_iter().chain(both).collect()
        }
        Event::UnitMoved { unit, parent } => [staff(after, unit, at), staff(after, parent, at)].concat(),
        // Who reads what holds for everybody, and what nobody has yet; calendars end without anybody's work changing.
        Event::RowsLoaded { .. }
        | Event::PersonAdded { .. }
        | Event::UnitCreated { .. }
        | Event::UnitRenamed { .. }
        | Event::PostCreated { .. }
        | Event::MandateChanged { .. }
        | Event::LimitChanged { .. }
        | Event::DaysDeclared { .. }
        | Event::UnitCalendarEnded { .. } => Vec::new(),
    }
}

/// Whoever came on duty by a change, went off it, or began it.
fn parties(row: &DutyChange) -> Vec<PersonCode> {
    [&row.out, &row.person, &row.begun_by].into_iter().flatten().cloned().collect()
}

/// Whoever stands in the order of a roster after an instant.
fn turns(register: &Register, roster: &RosterCode, from: Instant) -> Vec<PersonCode> {
    let rows = register.rosters.iter().filter(|row| row.code == *roster && from < row.span.to);
    rows.flat_map(|row| &row.order).filter_map(|slot| slot.0.clone()).collect()
}

/// The absent, who recorded it, and who was named, where that one still stands in.
fn relying(register: &Register, absence: &AbsenceCode, with_substitute: bool) -> Vec<PersonCode> {
    let named = |row: &Absence| match &row.substitute {
        Substitute::Person(named) if with_substitute && row.substitute_until.is_none() => Some(named.clone()),
        _ => None,
    };
    let rows = register.absences.iter().filter(|row| row.code == *absence);
    rows.flat_map(|row| std::iter::once(row.person.clone()).chain(row.recorded_by.clone()).chain(named(row))).collect()
}

fn holders(register: &Register, of: impl Fn(&PostCode) -> bool, at: Instant) -> Vec<PersonCode> {
    let held = register.holdings.iter().filter(|row| row.span.contains(at) && of(&row.post));
    held.map(|row| row.person.clone()).collect()
}

/// Whoever holds a post on a unit itself.
fn staff(register: &Register, unit: &UnitCode, at: Instant) -> Vec<PersonCode> {
    let own = |code: &PostCode| {
        register.posts.iter().any(|row| row.code == *code && row.unit == *unit && row.span.contains(at))
    };
    holders(register, own, at)
}

/// From when on an event leaves people without somebody, and who that is.
fn loses(event: &Event, at: Instant) -> Option<(Instant, Option<&PersonCode>)> {
    match event {
        Event::AbsenceRecorded { absence } => Some((absence.span.from.max(at), Some(&absence.person))),
        Event::Relieved { person, .. } => Some((at, Some(person))),
        Event::PostAbolished { .. } => Some((at, None)),
        _ => None,
    }
}

/// A roster by which only who is on duty takes requests, and which had somebody there and has nobody now.
fn emptied(before: &Register, after: &Register, at: Instant, event: &Event) -> Option<RosterCode> {
    let (from, _) = loses(event, at)?;
    let rows = after.rosters.iter().filter(|row| row.exclusive && row.span.contains(from));
    let mut rows = rows.filter(|row| {
        let manned = |register: &Register| Day::of(register, from).is_manned(&row.unit, row.posts);
        manned(before) == Some(true) && manned(after) == Some(false)
    });
    rows.next().map(|row| row.code.clone())
}

/// The leaders of the town who are there, and are not who leaves.
fn leaders(register: &Register, at: Instant, event: &Event) -> Vec<PersonCode> {
    let day = Day::of(register, at);
    let leaves = loses(event, at).and_then(|(_, person)| person);
    let leads =
        |code: &PostCode| register.posts.iter().any(|row| row.code == *code && row.kind == PostKind::DutyLeader);
    let first = |person: &PersonCode| {
        let mut held = register.holdings.iter().filter(|row| row.person == *person && row.span.contains(at));
        held.any(|row| leads(&row.post) && day.is_first(person, &row.post))
    };
    let there = |person: &PersonCode| !day.is_away(person);
    let all = holders(register, leads, at).into_iter();
    all.filter(|person| first(person) && there(person) && leaves != Some(person)).collect()
}

/// Who gave the order that an event follows from; nobody where a date came.
pub(super) fn order(recorded: &Recorded) -> Option<Actor> {
    match (&recorded.step.acted, &recorded.step.by_order_of) {
        (Actor::System, order) => order.clone(),
        (acted, _) => Some(acted.clone()),
    }
}
