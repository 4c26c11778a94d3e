//! What an event makes of the register. What does not fit the register it meets is an error: see [`super::misfit`].

use super::{
    command::LimitOf,
    event::Event,
    misfit::{Misfit, check},
};
use crate::rules::{
    calendar::DayRow,
    id::{DutyChangeCode, PostCode, RosterCode, UnitCode},
    instant::{Instant, Span},
    limit::LimitRule,
    matter::Mandate,
    post::Holding,
    roster::DutyChange,
    tier::Unit,
    world::Register,
};

/// Changes the register by one event of that instant.
///
/// # Errors
/// [`Misfit`] when the event does not fit: then the register is as it was.
pub fn evolve(register: &mut Register, at: Instant, event: &Event) -> Result<(), Misfit> {
    check(register, at, event)?;
    apply(register, at, event);
    Ok(())
}

/// Changes the register, whether the event fits or not: what comes of a command is judged when it is built anew.
pub(super) fn apply(register: &mut Register, at: Instant, event: &Event) {
    match event {
        Event::RowsLoaded { rows } => {
            let rows = rows.as_ref().clone();
            let Register { units, people, posts, holdings, matters, mandates, ladders, calendars, hours, .. } = rows;
            let Register { days, markets, unit_calendars, limits, absences, rosters, duty_changes, .. } = rows;
            register.units.extend(units);
            register.people.extend(people);
            register.posts.extend(posts);
            register.holdings.extend(holdings);
            register.matters.extend(matters);
            register.mandates.extend(mandates);
            register.ladders.extend(ladders);
            register.limits.extend(limits);
            register.calendars.extend(calendars);
            register.hours.extend(hours);
            register.days.extend(days);
            register.markets.extend(markets);
            register.unit_calendars.extend(unit_calendars);
            register.absences.extend(absences);
            register.rosters.extend(rosters);
            register.duty_changes.extend(duty_changes);
        }
        Event::PersonAdded { person } => register.people.push(person.clone()),
        Event::UnitCreated { unit } => register.units.push(unit.clone()),
        Event::UnitRenamed { unit, name } => {
            restretch(register, at, |u| u.code == *unit, |u| u.name.clone_from(name));
        }
        Event::UnitMoved { unit, parent } => {
            restretch(register, at, |u| u.code == *unit, |u| u.parent = Some(parent.clone()));
        }
        Event::UnitDissolved { unit, successor } => dissolve(register, at, unit, successor.as_ref()),
        Event::PostCreated { post } => register.posts.push(post.clone()),
        Event::PostAbolished { post } => abolish(register, at, post),
        Event::Appointed { post, person, rank } => register.holdings.push(Holding {
            post: post.clone(),
            person: person.clone(),
            rank: *rank,
            span: Span::since(at),
        }),
        Event::Relieved { post, person } => {
            end(&mut register.holdings, at, |h| h.post == *post && h.person == *person, |h| &mut h.span);
        }
        Event::MandateChanged { to, matter, power } => {
            end(&mut register.mandates, at, |m| m.to == *to && m.matter == *matter, |m| &mut m.span);
            register.mandates.extend(power.map(|power| Mandate {
                to: to.clone(),
                matter: matter.clone(),
                power,
                span: Span::since(at),
            }));
        }
        Event::LimitChanged { of, allowance } => {
            end(&mut register.limits, at, |rule| of.is(rule), |rule| &mut rule.span);
            let LimitOf { ladder, matter, rung, kind } = of.clone();
            register.limits.extend(allowance.map(|allowance| LimitRule {
                ladder,
                matter,
                rung,
                kind,
                allowance,
                span: Span::since(at),
            }));
        }
        Event::DaysDeclared { calendar, days, published_to } => {
            for row in register.calendars.iter_mut().filter(|row| row.code == *calendar) {
                row.published_to = published_to.or(row.published_to);
            }
            let again = |row: &DayRow| row.calendar == *calendar && days.iter().any(|d| d.date == row.date);
            register.days.retain(|row| !again(row));
            register.days.extend(days.iter().cloned());
        }
        Event::AbsenceRecorded { absence } => register.absences.push(absence.clone()),
        // One that had not begun stays, and never holds.
        Event::AbsenceEnded { absence } => {
            for row in register.absences.iter_mut().filter(|row| row.code == *absence) {
                row.ended_at = Some(at.max(row.span.from));
            }
        }
        Event::RosterSetUp { roster } => register.rosters.push(roster.clone()),
        Event::RosterChanged { roster } => {
            cut(register, &roster.code, roster.span.from);
            register.rosters.push(roster.clone());
        }
        Event::RosterEnded { roster, until } => cut(register, roster, *until),
        Event::SwapOffered { change } | Event::DutyTakenOver { change } | Event::CoverArranged { change } => {
            register.duty_changes.push(change.clone());
        }
        Event::SwapTaken { change, by, against } => duty_change(register, change, |row| {
            (row.person, row.against, row.taken_at) = (Some(by.clone()), *against, Some(at));
        }),
        Event::DutyChangeExpired { change, why } => {
            duty_change(register, change, |row| (row.expiry, row.ended_at) = (Some(*why), Some(at)));
        }
        Event::UnitCalendarEnded { unit } => {
            end_for_good(&mut register.unit_calendars, at, |row| row.unit == *unit, |row| &mut row.span);
        }
        Event::SubstituteLeft { absence } => {
            for row in register.absences.iter_mut().filter(|row| row.code == *absence) {
                row.substitute_until = Some(at);
            }
        }
        Event::SwapTakenBack { change, by } | Event::DutyChangeUndone { change, by } => {
            duty_change(register, change, |row| (row.ended_by, row.ended_at) = (by.clone(), Some(at)));
        }
    }
}

/// Takes away what a roster plans from an instant on.
fn cut(register: &mut Register, roster: &RosterCode, from: Instant) {
    register.rosters.retain_mut(|row| {
        if row.code == *roster {
            row.span.to = row.span.to.min(from);
        }
        row.span.from < row.span.to
    });
}

fn duty_change(register: &mut Register, code: &DutyChangeCode, change: impl Fn(&mut DutyChange)) {
    register.duty_changes.iter_mut().filter(|row| row.code == *code).for_each(change);
}

/// Ends the rows that hold at that instant; one that began in the very instant never was.
fn end<T>(rows: &mut Vec<T>, at: Instant, which: impl Fn(&T) -> bool, span: impl Fn(&mut T) -> &mut Span) {
    rows.retain_mut(|row| {
        if !which(row) {
            return true;
        }
        let span = span(row);
        if span.contains(at) {
            span.to = at;
        }
        span.from < span.to
    });
}

/// Ends the rows that hold at that instant, and lets none begin later.
fn end_for_good<T>(rows: &mut Vec<T>, at: Instant, which: impl Fn(&T) -> bool, span: impl Fn(&mut T) -> &mut Span) {
    rows.retain_mut(|row| {
        let span = if which(row) { span(row) } else { return true };
        span.to = span.to.min(at);
        span.from < span.to
    });
}

/// Ends the present stretch of the units and begins a changed one.
fn restretch(register: &mut Register, at: Instant, which: impl Fn(&Unit) -> bool, change: impl Fn(&mut Unit)) {
    let mut begun: Vec<Unit> = register.units.iter().filter(|u| which(u) && u.span.contains(at)).cloned().collect();
    end(&mut register.units, at, which, |u| &mut u.span);
    for unit in &mut begun {
        unit.span.from = at;
        change(unit);
    }
    register.units.extend(begun);
}

fn dissolve(register: &mut Register, at: Instant, unit: &UnitCode, successor: Option<&UnitCode>) {
    if let Some(successor) = successor {
        restretch(register, at, |u| u.parent.as_ref() == Some(unit), |u| u.parent = Some(successor.clone()));
        restretch(register, at, |u| u.serves.as_ref() == Some(unit), |u| u.serves = Some(successor.clone()));
        // What is to stand there only later goes there as well.
        for row in register.units.iter_mut().filter(|row| at < row.span.from) {
            for above in [&mut row.parent, &mut row.serves].into_iter().flatten().filter(|above| *above == unit) {
                above.clone_from(successor);
            }
        }
    }
    let posts: Vec<PostCode> = register.posts.iter().filter(|p| p.unit == *unit).map(|p| p.code.clone()).collect();
    for post in &posts {
        abolish(register, at, post);
    }
    end_for_good(&mut register.units, at, |u| u.code == *unit, |u| &mut u.span);
}

fn abolish(register: &mut Register, at: Instant, post: &PostCode) {
    end_for_good(&mut register.holdings, at, |h| h.post == *post, |h| &mut h.span);
    end_for_good(&mut register.posts, at, |p| p.code == *post, |p| &mut p.span);
}
