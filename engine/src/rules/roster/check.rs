//! What can be wrong with rows of rosters and of changes of duty. Whether the units, rosters and people they
//! name are in the register is for whoever has the register.

use std::collections::{HashMap, HashSet};

use super::{
    change::Scope,
    duty_change::{DutyChange, DutyChangeKind},
    row::{Roster, Slot, Turn},
};
use crate::rules::{
    fault::Fault,
    id::{PersonCode, RosterCode},
};

/// Everything that is wrong with the rosters, in the order of rows.
#[must_use]
pub fn rosters(rows: &[Roster]) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut earlier: HashMap<&RosterCode, Vec<&Roster>> = HashMap::new();
    for (row, roster) in rows.iter().enumerate() {
        alone(row, roster, &mut found);
        let others = earlier.entry(&roster.code).or_default();
        found.extend(others.iter().find_map(|other| beside(row, roster, other)));
        others.push(roster);
    }
    found
}

fn alone(row: usize, roster: &Roster, found: &mut Vec<Fault>) {
    let Roster { code, .. } = roster;
    if let Err(bad) = crate::rules::text::name(&roster.name) {
        found.push(Fault::new(row, "name", format!("the name of roster `{code}` {bad}"), "name what the duty is"));
    }
    if roster.span.from >= roster.span.to {
        let what = "the dates are reversed: `to` is not after `from`";
        found.push(Fault::new(row, "to", what, "`to` is the first day on which it no longer holds"));
    }
    if roster.on.is_empty() {
        let mend = "name days of the week (1 to 7), Working, Rest, Holiday, MakeUp, Market or Every";
        found.push(Fault::new(row, "on", format!("roster `{code}` has no days"), mend));
    }
    if let Some(hours) = roster.hours {
        if hours.from == hours.to {
            let what = format!("hours `{hours}` end where they begin");
            found.push(Fault::new(row, "hours", what, "leave them empty for duty from hand-over to hand-over"));
        } else if hours.passes_midnight() && !roster.kind.may_pass_midnight() {
            let what = format!("hours `{hours}` are reversed: {} does not go on after midnight", roster.kind);
            let mend = "write the earlier time first, or make it a Night, Holiday or Everyday roster";
            found.push(Fault::new(row, "hours", what, mend));
        }
    }
    if roster.order.is_empty() {
        let mend = "list the people who follow each other; `-` is nobody on purpose";
        found.push(Fault::new(row, "order", format!("the order of roster `{code}` is empty"), mend));
    } else if roster.order.iter().all(|slot| *slot == Slot(None)) {
        let what = format!("the order of roster `{code}` has nobody in it");
        found.push(Fault::new(row, "order", what, "name at least one person, or end the roster"));
    }
    if roster.width == 0 {
        found.push(Fault::new(row, "width", "nobody is on duty at once: width is `0`", "write 1 or more"));
    } else if !roster.order.is_empty() && usize::from(roster.width) > roster.order.len() {
        let what = format!("width `{}` is larger than the order of {}", roster.width, roster.order.len());
        found.push(Fault::new(row, "width", what, "put more people in the order, or fewer on duty at once"));
    }
}

/// What is wrong with a stretch of a roster beside one of an earlier row.
fn beside(row: usize, roster: &Roster, other: &Roster) -> Option<Fault> {
    let code = &roster.code;
    if other.span.overlaps(roster.span) {
        let what = format!("roster `{code}` stands in an earlier row for the same time");
        return Some(Fault::new(row, "code", what, "end the earlier stretch on the day the later begins"));
    }
    if (&other.unit, other.posts) != (&roster.unit, roster.posts) {
        let what = format!("roster `{code}` stands in an earlier row for other posts or another unit");
        return Some(Fault::new(row, "unit", what, "keep unit and posts, or give the new roster a new code"));
    }
    let same_count = roster.turn == other.turn
        && match roster.turn {
            Turn::Daily => true,
            Turn::Weekly => roster.week_begins == other.week_begins,
            Turn::PerOccurrence => roster.on == other.on,
        };
    (other.start == roster.start && !same_count).then(|| {
        let what = format!("roster `{code}` counts other days from `{}` than in an earlier row", roster.start);
        let mend = "give the changed rota a later start, so that the number of a shift means one shift";
        Fault::new(row, "start", what, mend)
    })
}

/// The longest reason of a change of duty, in characters.
pub const MAX_REASON: usize = 200;

/// Everything that is wrong with changes of duty, in the order of rows. That a shift is there no longer is
/// nothing wrong: a roster that begins to count anew leaves it behind.
#[must_use]
pub fn duty_changes(rows: &[DutyChange]) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for (row, change) in rows.iter().enumerate() {
        if !seen.insert(&change.code) {
            let what = format!("change of duty `{}` stands in an earlier row", change.code);
            found.push(Fault::new(row, "code", what, "give it a code of its own"));
        }
        people(row, change, &mut found);
        times(row, change, &mut found);
        match change.reason.trim().chars().count() {
            0 if change.kind != DutyChangeKind::Swap => {
                found.push(Fault::new(row, "reason", "the reason is empty", "say why in a few words"));
            }
            length if length > MAX_REASON => {
                found.push(Fault::new(row, "reason", format!("the reason has {length} characters"), "keep it to 200"));
            }
            _ => {}
        }
    }
    found
}

/// Who goes, who comes, and who was asked.
fn people(row: usize, change: &DutyChange, found: &mut Vec<Fault>) {
    let DutyChange { kind, out, person, offered_to, .. } = change;
    let swap = *kind == DutyChangeKind::Swap;
    if out.is_some() && out == person {
        let what = format!("`{}` would take their own place", out.as_ref().map_or("", PersonCode::as_str));
        found.push(Fault::new(row, "in", what, "name somebody else, or take the row out"));
    }
    if *kind == DutyChangeKind::Cover {
        if out.is_none() && person.is_none() {
            let mend = "name who goes off duty, who comes on duty, or both";
            found.push(Fault::new(row, "in", "nobody comes and nobody goes", mend));
        }
    } else if out.is_none() {
        found.push(Fault::new(row, "out", "nobody goes off duty", "name whose shift it is"));
    }
    if *kind == DutyChangeKind::TakeOver && person.is_none() {
        found.push(Fault::new(row, "in", "nobody comes on duty", "name who took over"));
    }
    if swap && person.is_some() != change.taken_at.is_some() {
        let what = "a swap is taken by somebody at some time, or by nobody at none";
        found.push(Fault::new(row, "taken_at", what, "fill in both who took it and when, or neither"));
    }
    if swap && offered_to.is_some() && (offered_to == out || person.is_some() && person != offered_to) {
        let what = format!("the swap is offered to `{}` alone", offered_to.as_ref().map_or("", PersonCode::as_str));
        found.push(Fault::new(row, "offered_to", what, "name who took it, and not whose shift it is"));
    }
    let mut only_of_swaps = |column, there: bool| {
        if there {
            found.push(Fault::new(row, column, format!("{kind} has no `{column}`"), "leave it empty"));
        }
    };
    only_of_swaps("offered_to", !swap && offered_to.is_some());
    only_of_swaps("taken_at", !swap && change.taken_at.is_some());
    only_of_swaps("against", change.against.is_some() && change.taken_at.is_none());
}

/// For when it is, and that it ended after it began.
fn times(row: usize, change: &DutyChange, found: &mut Vec<Fault>) {
    match change.scope {
        Scope::Stretch(span) if span.from >= span.to => {
            let what = "the stretch is reversed: `to` is not after `from`";
            found.push(Fault::new(row, "to", what, "`to` is the first instant at which it no longer holds"));
        }
        Scope::Stretch(_) if change.kind != DutyChangeKind::Cover => {
            let what = format!("{} is for a shift, not for a stretch of time", change.kind);
            found.push(Fault::new(row, "shift", what, "name the shift, and leave `from` and `to` empty"));
        }
        _ => {}
    }
    if change.taken_at.is_some_and(|at| at < change.begun_at) {
        let what = "it was taken before it was offered";
        found.push(Fault::new(row, "taken_at", what, "write when it was taken, not before when it was offered"));
    }
    if change.ended_at.is_some_and(|at| at < change.taken_at.unwrap_or(change.begun_at)) {
        let what = "it ended before it began";
        found.push(Fault::new(row, "ended_at", what, "write when it was taken back or undone"));
    }
    if change.expiry.is_some() && (change.ended_at.is_none() || change.ended_by.is_some()) {
        let what = "what expired ended at some time, and nobody ended it";
        found.push(Fault::new(
            row,
            "expiry",
            what,
            "write when in `ended_at` and leave `ended_by` empty, or leave it out",
        ));
    }
    if change.ended_at.is_none() && change.ended_by.is_some() {
        let what = "it was ended by somebody at no time";
        found.push(Fault::new(row, "ended_by", what, "write when in `ended_at`, or leave it empty"));
    }
}
