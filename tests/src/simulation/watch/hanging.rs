//! What hangs on something and has outlasted it, told from the rows of the register alone: whatever a unit, a post or
//! a roster had ends with it, and nothing stands on what was undone beneath it.

use std::collections::HashMap;

use liandong_engine::rules::{
    absence::Substitute,
    id::{DutyChangeCode, PersonCode, PostCode, RosterCode},
    instant::Instant,
    matter::Mandated,
    post::{Post, PostKind},
    register::event::Event,
    request::{Request, StageKind},
    roster::{Change, DutyChange, DutyChangeStage, Scope, ShiftId},
    world::Register,
};
use liandong_engine::run::store::journal::{Entry, Happened};

/// Everything that outlasts what it hangs on.
pub(super) fn faults<'r>(register: &Register, requests: impl Iterator<Item = &'r Request>, at: Instant) -> Vec<String> {
    let mut faults = Vec::new();
    let units = ends(register.units.iter().map(|row| (&row.code, row.span.to)));
    let posts = ends(register.posts.iter().map(|row| (&row.code, row.span.to)));
    let mut outlasts = |what: String, to: Instant, end: Option<&Instant>| {
        if end.is_some_and(|end| to > *end) {
            faults.push(format!("{what} holds until {to:?} and hangs on what ends at {end:?}"));
        }
    };
    for row in &register.posts {
        outlasts(format!("post {}", row.code), row.span.to, units.get(&row.unit));
    }
    for row in &register.holdings {
        outlasts(format!("{} on {}", row.person, row.post), row.span.to, posts.get(&row.post));
    }
    for row in &register.rosters {
        outlasts(format!("roster {}", row.code), row.span.to, units.get(&row.unit));
    }
    for row in &register.unit_calendars {
        outlasts(format!("calendar {} of {}", row.calendar, row.unit), row.span.to, units.get(&row.unit));
    }
    for row in register.absences.iter().filter(|row| row.ended_at.is_none() && row.span.to > at) {
        let left = |named: &PersonCode| !holds_a_post(register, named, row.span.from.max(at));
        if let Substitute::Person(named) = &row.substitute
            && row.substitute_until.is_none()
            && left(named)
        {
            outlasts(format!("{named} stands in for {}", row.person), row.span.to, Some(&at));
        }
    }
    for row in register.mandates.iter().filter(|row| row.span.contains(at)) {
        if let Mandated::Post(post) = &row.to {
            outlasts(format!("mandate of {post}"), at.plus_minutes(1), posts.get(post).filter(|end| **end <= at));
        }
    }
    for request in requests.filter(|request| request.stage.kind() != StageKind::Closed) {
        let place = &request.place;
        outlasts(format!("{} at {place}", request.id), at.plus_minutes(1), units.get(place).filter(|end| **end <= at));
    }
    let rosters: HashMap<&RosterCode, Instant> = ends(register.rosters.iter().map(|row| (&row.code, row.span.to)));
    for row in &register.duty_changes {
        match row.stage() {
            DutyChangeStage::Offered if rosters.get(&row.roster).is_none_or(|end| *end <= at) => {
                faults.push(format!("{} is offered, and roster {} is over", row.code, row.roster));
            }
            DutyChangeStage::InForce => faults.extend(rests_on_nothing(register, row)),
            _ => {}
        }
    }
    faults
}

/// The last instant of each, over all its stretches.
fn ends<'r, K: std::hash::Hash + Eq>(rows: impl Iterator<Item = (&'r K, Instant)>) -> HashMap<&'r K, Instant> {
    let mut ends = HashMap::new();
    for (code, to) in rows {
        let end = ends.entry(code).or_insert(to);
        *end = (*end).max(to);
    }
    ends
}

/// A change of duty that takes somebody off who was there only by another one, which was undone since.
fn rests_on_nothing(register: &Register, row: &DutyChange) -> Option<String> {
    let since = row.since()?;
    let own: Vec<TakenOff> = taken_off(row).collect();
    let others = || register.duty_changes.iter().filter(|other| other.roster == row.roster && other.code != row.code);
    let beneath = |other: &&DutyChange| {
        let undone_since = other.stage() == DutyChangeStage::Undone && other.ended_at > Some(since);
        // Whom that one took off is back by itself: what was wanted is so all the same.
        let back = |off: &TakenOff| taken_off(other).any(|gone| gone.shift == off.shift && Some(gone.out) == off.comes);
        let under = |off: &TakenOff| put_on(other, &off.out, off.shift) && !back(off);
        undone_since && other.since() < Some(since) && own.iter().any(under)
    };
    let gone = others().find(beneath)?;
    let still = own.iter().any(|off| {
        others().any(|other| other.stage() == DutyChangeStage::InForce && put_on(other, &off.out, off.shift))
    });
    (!still).then(|| format!("{} stands on {}, which was undone", row.code, gone.code))
}

/// Whatever one change of duty was undone from beneath: that had to stay, or those who agreed on the other would have
/// half of it, and a colleague would make a superior's order void.
pub(super) fn undone_beneath(before: &Register, at_once: &[Entry]) -> Vec<String> {
    let events = || {
        at_once.iter().filter_map(|entry| match &entry.happened {
            Happened::Register(recorded) => Some(&recorded.event),
            Happened::Request(..) => None,
        })
    };
    let undone = events().find_map(|event| match event {
        Event::DutyChangeUndone { change, .. } => Some(change),
        _ => None,
    });
    let ended = events().filter_map(|event| match event {
        Event::DutyChangeExpired { change, .. } => Some(change),
        _ => None,
    });
    let both = undone.into_iter().flat_map(|undone| ended.clone().map(move |ended| (undone, ended)));
    let void = both.filter(|(undone, ended)| voided(before, undone, ended));
    void.map(|(undone, ended)| format!("{ended} ended with {undone}, which it stood on")).collect()
}

fn voided(register: &Register, undone: &DutyChangeCode, ended: &DutyChangeCode) -> bool {
    let row = |code: &DutyChangeCode| register.duty_changes.iter().find(|row| row.code == *code);
    let (Some(undone), Some(ended)) = (row(undone), row(ended)) else { return false };
    let back = |off: &TakenOff| taken_off(undone).any(|gone| gone.shift == off.shift && Some(gone.out) == off.comes);
    ended.since().is_some() && taken_off(ended).any(|off| put_on(undone, &off.out, off.shift) && !back(&off))
}

/// Who goes off a shift, and who comes.
struct TakenOff {
    out: PersonCode,
    comes: Option<PersonCode>,
    shift: ShiftId,
}

/// Whom a change takes off which shift.
fn taken_off(row: &DutyChange) -> impl Iterator<Item = TakenOff> {
    row.overrides().into_iter().filter_map(|by| match (by.change, by.scope) {
        (Change::Replace { out, person }, Scope::Shift(shift)) => Some(TakenOff { out, comes: Some(person), shift }),
        (Change::Remove { person: out }, Scope::Shift(shift)) => Some(TakenOff { out, comes: None, shift }),
        _ => None,
    })
}

/// Whether a change puts somebody on a shift.
fn put_on(row: &DutyChange, whom: &PersonCode, on: ShiftId) -> bool {
    row.overrides().into_iter().any(|by| match (by.change, by.scope) {
        (Change::Replace { person, .. } | Change::Add { person }, Scope::Shift(shift)) => {
            person == *whom && shift == on
        }
        _ => false,
    })
}

/// Whether somebody holds any post that is there at that instant.
pub(super) fn holds_a_post(register: &Register, person: &PersonCode, at: Instant) -> bool {
    let there = |post: &PostCode| register.posts.iter().any(|row| row.code == *post && row.span.contains(at));
    register.holdings.iter().any(|row| row.person == *person && row.span.contains(at) && there(&row.post))
}

/// Whether somebody leads the town.
pub(super) fn leads(register: &Register, person: &PersonCode, at: Instant) -> bool {
    let leads = |post: &PostCode| {
        let mut posts = register.posts.iter().filter(|row| row.code == *post && row.span.contains(at));
        posts.any(|row| row.kind == PostKind::DutyLeader)
    };
    register.holdings.iter().any(|row| row.person == *person && row.span.contains(at) && leads(&row.post))
}

/// Whether only who is on duty takes what comes to a post.
pub(super) fn by_turns(register: &Register, post: &PostCode, at: Instant) -> bool {
    let mut rosters = register.rosters.iter().filter(|row| row.exclusive && row.span.contains(at));
    let is = |row: &Post| row.code == *post;
    rosters
        .any(|roster| register.posts.iter().any(|row| is(row) && (&row.unit, row.kind) == (&roster.unit, roster.posts)))
}
