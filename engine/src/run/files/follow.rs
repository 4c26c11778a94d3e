//! Which problems of the world only follow from rows that could not be read.

use super::form::Forms;
use crate::rules::{
    absence::{Scope, Substitute},
    id::{MatterCode, PersonCode},
    matter::Mandated,
    world::{Problem, Register, Table},
};

/// Whether the problem may vanish once the rows that could not be read are mended: it concerns
/// something that the row names and that perhaps stands in one of them.
pub(super) fn follows(register: &Register, forms: &Forms, problem: &Problem) -> bool {
    let whole = |table| forms.of(table).is_none_or(super::form::Form::is_whole);
    if problem.table == Table::Rosters && problem.column == "posts" && !whole(Table::Posts) {
        return true;
    }
    if problem.table == Table::Ladders && problem.column == "post" {
        // Whether a rung can be filled is a question to all posts and all units.
        return !whole(Table::Posts) || !whole(Table::Units);
    }
    names(register, problem).is_some_and(|(table, name)| forms.of(table).is_some_and(|form| form.may_hold(name)))
}

/// The row of another file, or of the same, that the problem's row names in the problem's column.
fn names<'a>(register: &'a Register, problem: &Problem) -> Option<(Table, &'a str)> {
    let row = problem.row;
    match (problem.table, problem.column) {
        (Table::Units, "parent" | "from") => Some((Table::Units, register.units.get(row)?.parent.as_ref()?.as_str())),
        (Table::Units, "serves") => Some((Table::Units, register.units.get(row)?.serves.as_ref()?.as_str())),
        (Table::Posts, "unit" | "from") => Some((Table::Units, register.posts.get(row)?.unit.as_str())),
        (Table::Holdings, "post" | "from") => Some((Table::Posts, register.holdings.get(row)?.post.as_str())),
        (Table::Holdings, "person") => Some((Table::People, register.holdings.get(row)?.person.as_str())),
        (Table::Matters, "ladder") => Some((Table::Ladders, register.matters.get(row)?.ladder.as_str())),
        (Table::Mandates, "matter") => Some((Table::Matters, register.mandates.get(row)?.matter.as_str())),
        (Table::Mandates, "post") => match &register.mandates.get(row)?.to {
            Mandated::Post(post) => Some((Table::Posts, post.as_str())),
            Mandated::Kind(_) => None,
        },
        (Table::Limits, "ladder") => Some((Table::Ladders, register.limits.get(row)?.ladder.as_ref()?.as_str())),
        (Table::Limits, "matter") => Some((Table::Matters, register.limits.get(row)?.matter.as_ref()?.as_str())),
        (Table::Calendars, "base") => Some((Table::Calendars, register.calendars.get(row)?.base.as_ref()?.as_str())),
        (Table::Hours, "calendar") => Some((Table::Calendars, register.hours.get(row)?.calendar.as_str())),
        (Table::Days, "calendar") => Some((Table::Calendars, register.days.get(row)?.calendar.as_str())),
        (Table::Markets, "calendar") => Some((Table::Calendars, register.markets.get(row)?.calendar.as_str())),
        (Table::UnitCalendars, "calendar") => {
            Some((Table::Calendars, register.unit_calendars.get(row)?.calendar.as_str()))
        }
        (Table::UnitCalendars, "unit") => Some((Table::Units, register.unit_calendars.get(row)?.unit.as_str())),
        (Table::Rosters, "unit" | "posts") => Some((Table::Units, register.rosters.get(row)?.unit.as_str())),
        (Table::Rosters, "order") => {
            let known = |code: &PersonCode| register.people.iter().any(|person| person.code == *code);
            let mut people = register.rosters.get(row)?.order.iter().filter_map(|slot| slot.0.as_ref());
            Some((Table::People, people.find(|code| !known(code))?.as_str()))
        }
        (Table::DutyChanges, "roster") => Some((Table::Rosters, register.duty_changes.get(row)?.roster.as_str())),
        (Table::DutyChanges, column) => {
            let mut people = register.duty_changes.get(row)?.people();
            Some((Table::People, people.find(|(named, _)| *named == column)?.1.as_str()))
        }
        (Table::Absences, "person") => Some((Table::People, register.absences.get(row)?.person.as_str())),
        (Table::Absences, "recorded_by") => {
            Some((Table::People, register.absences.get(row)?.recorded_by.as_ref()?.as_str()))
        }
        (Table::Absences, "substitute") => match &register.absences.get(row)?.substitute {
            Substitute::Person(person) => Some((Table::People, person.as_str())),
            Substitute::ByPost => None,
        },
        (Table::Absences, "matters") => match &register.absences.get(row)?.scope {
            Scope::Matters(matters) => {
                let known = |code: &MatterCode| register.matters.iter().any(|matter| matter.code == *code);
                Some((Table::Matters, matters.iter().find(|code| !known(code))?.as_str()))
            }
            Scope::All => None,
        },
        _ => None,
    }
}
