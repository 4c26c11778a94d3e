//! Whether an event fits the register that it meets. One that does not is a bug, or a journal that somebody changed.

use std::collections::HashSet;

use super::event::Event;
use crate::rules::{id::DutyChangeCode, instant::Instant, roster::DutyChangeStage, world::Register};

/// An event of the register that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event} does not fit the register: {wrong}")]
pub struct Misfit {
    /// The name of the event.
    pub event: &'static str,
    /// What does not fit, with the code that it is about.
    pub wrong: String,
}

/// Whether the event fits the register of that instant.
///
/// # Errors
/// What does not fit.
pub fn check(register: &Register, at: Instant, event: &Event) -> Result<(), Misfit> {
    let wrong = match event {
        Event::RowsLoaded { rows } => loaded_before(register, rows),
        Event::PersonAdded { person } => {
            there(register.people.iter().any(|p| p.code == person.code), "person", person.code.as_str())
        }
        Event::UnitCreated { unit } => {
            let overlaps = register.units.iter().any(|u| u.code == unit.code && u.span.to > unit.span.from);
            there(overlaps, "unit", unit.code.as_str())
        }
        Event::UnitRenamed { unit, .. } | Event::UnitMoved { unit, .. } | Event::UnitDissolved { unit, .. } => {
            let stands = register.units.iter().any(|u| u.code == *unit && u.span.contains(at));
            missing(stands, "unit", unit.as_str())
        }
        Event::PostCreated { post } => {
            let overlaps = register.posts.iter().any(|p| p.code == post.code && p.span.to > post.span.from);
            there(overlaps, "post", post.code.as_str())
        }
        Event::PostAbolished { post } => {
            missing(register.posts.iter().any(|p| p.code == *post && p.span.contains(at)), "post", post.as_str())
        }
        Event::Appointed { post, person, .. } | Event::Relieved { post, person } => {
            let mut held = register.holdings.iter().filter(|h| h.post == *post && h.person == *person);
            let holds = held.any(|h| h.span.contains(at));
            match event {
                Event::Appointed { .. } if holds => Some(format!("`{person}` holds post `{post}` already")),
                Event::Relieved { .. } if !holds => Some(format!("`{person}` does not hold post `{post}`")),
                _ => None,
            }
        }
        Event::DaysDeclared { calendar, .. } => {
            missing(register.calendars.iter().any(|row| row.code == *calendar), "calendar", calendar.as_str())
        }
        Event::AbsenceRecorded { absence } => {
            there(register.absences.iter().any(|a| a.code == absence.code), "absence", absence.code.as_str())
        }
        Event::AbsenceEnded { absence } => {
            let runs = register.absences.iter().any(|a| a.code == *absence && a.ended_at.is_none());
            missing(runs, "absence", absence.as_str())
        }
        Event::RosterSetUp { roster } => {
            there(register.rosters.iter().any(|r| r.code == roster.code), "roster", roster.code.as_str())
        }
        Event::RosterChanged { roster } => {
            missing(register.rosters.iter().any(|r| r.code == roster.code), "roster", roster.code.as_str())
        }
        Event::RosterEnded { roster, .. } => {
            missing(register.rosters.iter().any(|r| r.code == *roster), "roster", roster.as_str())
        }
        Event::SwapOffered { change } | Event::DutyTakenOver { change } | Event::CoverArranged { change } => {
            let code = change.code.as_str();
            there(register.duty_changes.iter().any(|row| row.code == change.code), "change of duty", code)
        }
        Event::SwapTaken { change, .. } | Event::SwapTakenBack { change, .. } => {
            stands_at(register, change, DutyChangeStage::Offered)
        }
        Event::DutyChangeUndone { change, .. } => stands_at(register, change, DutyChangeStage::InForce),
        Event::DutyChangeExpired { change, .. } => {
            let acts = register.duty_changes.iter().any(|row| row.code == *change && row.ended_at.is_none());
            missing(acts, "change of duty", change.as_str())
        }
        Event::UnitCalendarEnded { unit } => {
            let keeps = register.unit_calendars.iter().any(|row| row.unit == *unit && row.span.to > at);
            missing(keeps, "calendar of unit", unit.as_str())
        }
        Event::SubstituteLeft { absence } => {
            missing(register.absences.iter().any(|a| a.code == *absence), "absence", absence.as_str())
        }
        // They say what holds from then on, whatever held before.
        Event::MandateChanged { .. } | Event::LimitChanged { .. } => None,
    };
    wrong.map_or(Ok(()), |wrong| Err(Misfit { event: event.name(), wrong }))
}

fn there(is: bool, what: &str, code: &str) -> Option<String> {
    is.then(|| format!("{what} `{code}` is there already"))
}

fn missing(is: bool, what: &str, code: &str) -> Option<String> {
    (!is).then(|| format!("{what} `{code}` is not there"))
}

fn stands_at(register: &Register, code: &DutyChangeCode, stage: DutyChangeStage) -> Option<String> {
    let Some(row) = register.duty_changes.iter().find(|row| row.code == *code) else {
        return missing(false, "change of duty", code.as_str());
    };
    (row.stage() != stage).then(|| format!("change of duty `{code}` is {}, not {stage}", row.stage()))
}

/// A load stands in several events, none of which has a row of another.
fn loaded_before(register: &Register, rows: &Register) -> Option<String> {
    let people: HashSet<_> = rows.people.iter().map(|row| &row.code).collect();
    let posts: HashSet<_> = rows.posts.iter().map(|row| &row.code).collect();
    let units: HashSet<_> = rows.units.iter().map(|row| (&row.code, row.span.from)).collect();
    let person = register.people.iter().find(|row| people.contains(&row.code)).map(|row| row.code.as_str());
    let post = register.posts.iter().find(|row| posts.contains(&row.code)).map(|row| row.code.as_str());
    let unit = register.units.iter().find(|row| units.contains(&(&row.code, row.span.from)));
    let found = [("person", person), ("post", post), ("unit", unit.map(|row| row.code.as_str()))];
    found.into_iter().find_map(|(what, code)| there(true, what, code?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{post::Person, register::evolve::evolve};

    #[test]
    fn what_is_there_already_and_what_is_not_there_does_not_fit() {
        let mut register = Register::default();
        let person = Person { code: "P1".parse().unwrap(), name: "韦某".to_owned(), phone: String::new() };
        let added = Event::PersonAdded { person };
        assert_eq!(evolve(&mut register, Instant(1), &added), Ok(()));
        let again = evolve(&mut register, Instant(2), &added).unwrap_err();
        assert_eq!(again.to_string(), "PersonAdded does not fit the register: person `P1` is there already");
        assert_eq!(register.people.len(), 1, "and nothing came of it");
        let relieved = Event::Relieved { post: "G1-LEAD".parse().unwrap(), person: "P1".parse().unwrap() };
        let nobody = evolve(&mut register, Instant(3), &relieved).unwrap_err();
        assert_eq!(nobody.to_string(), "Relieved does not fit the register: `P1` does not hold post `G1-LEAD`");
    }
}
