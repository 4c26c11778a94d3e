//! What can be wrong with rows of absences. Whether the people and matters they name are in the register
//! is for whoever has the register.

use std::collections::HashSet;

use super::{Absence, Scope, Substitute};
use crate::rules::fault::Fault;

/// The longest reason, in characters.
pub const MAX_REASON: usize = 200;

/// Everything that is wrong with the absences, in the order of rows.
#[must_use]
pub fn absences(rows: &[Absence]) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for (row, absence) in rows.iter().enumerate() {
        let Absence { code, person, .. } = absence;
        if !seen.insert(code) {
            let what = format!("absence `{code}` stands in an earlier row");
            found.push(Fault::new(row, "code", what, "give it a code of its own"));
        }
        if absence.span.from >= absence.span.to {
            let what = "the dates are reversed: `to` is not after `from`";
            found.push(Fault::new(row, "to", what, "`to` is the first day on which the person is back"));
        }
        if absence.ended_at.is_some_and(|at| at < absence.span.from) {
            let what = format!("`{person}` came back before being away");
            found.push(Fault::new(row, "ended_at", what, "write the day of coming back, or take the row out"));
        }
        if absence.substitute == Substitute::Person(person.clone()) {
            let what = format!("`{person}` would stand in for themselves");
            found.push(Fault::new(row, "substitute", what, "name somebody else, or leave it empty for the B岗"));
        }
        if absence.substitute_until.is_some() && absence.substitute == Substitute::ByPost {
            let what = format!("nobody is named in absence `{code}` who could have left");
            found.push(Fault::new(row, "substitute_until", what, "leave it empty, or name who stood in until then"));
        }
        if matches!(&absence.scope, Scope::Matters(matters) if matters.is_empty()) {
            let what = format!("absence `{code}` is for no matter");
            found.push(Fault::new(row, "matters", what, "name the matters, or make it an absence from all"));
        }
        match absence.reason.trim().chars().count() {
            0 => found.push(Fault::new(row, "reason", "the reason is empty", "say why in a few words")),
            length if length > MAX_REASON => {
                let what = format!("the reason has {length} characters");
                found.push(Fault::new(row, "reason", what, "keep it to 200"));
            }
            _ => {}
        }
    }
    found
}
