//! What can be wrong with rows of rosters and overrides. Whether the units and people they name are in the
//! register is for whoever has the register.

use std::collections::HashMap;

use super::{
    Rosters,
    change::{Change, Override, Scope},
    row::{Roster, Slot, Turn},
};
use crate::rules::{fault::Fault, id::RosterCode};

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
    if let Err(bad) = crate::rules::name::name(&roster.name) {
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

/// Everything that is wrong with the overrides of these rosters, in the order of rows.
#[must_use]
pub fn overrides(rosters: &Rosters, rows: &[Override]) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (row, over) in rows.iter().enumerate() {
        if !seen.insert(&over.code) {
            let what = format!("override `{}` stands in an earlier row", over.code);
            found.push(Fault::new(row, "code", what, "give it a code of its own"));
        }
        if let Change::Replace { out, person } = &over.change
            && out == person
        {
            let what = format!("`{person}` would take their own place");
            found.push(Fault::new(row, "in", what, "name somebody else, or take the row out"));
        }
        if over.undone_at.is_some_and(|at| at < over.made_at) {
            let what = "it was undone before it was made";
            found.push(Fault::new(row, "undone_at", what, "write when it was undone, not before when it was made"));
        }
        if rosters.stretches_of(&over.roster).is_empty() {
            let what = format!("roster `{}` is not there", over.roster);
            found.push(Fault::new(row, "roster", what, "add it to its file, or name one that is there"));
            continue;
        }
        match over.scope {
            Scope::Stretch(span) if span.from >= span.to => {
                let what = "the stretch is reversed: `to` is not after `from`";
                found.push(Fault::new(row, "to", what, "`to` is the first instant at which it no longer holds"));
            }
            Scope::Shift(shift) if rosters.shift(&over.roster, shift).is_empty() => {
                let what = format!("roster `{}` has no shift {} counted from `{}`", over.roster, shift.no, shift.start);
                found.push(Fault::new(row, "shift", what, "look the shift up on the roster and name that one"));
            }
            _ => {}
        }
    }
    found
}
