//! Duty rosters, set up, changed and ended from now on or from a later instant.

use super::{
    command::{NewRoster, Rota},
    event::Event,
    refusal::{Code, Refusal},
};
use crate::rules::{
    id::{RosterCode, UnitCode},
    instant::{Instant, Span},
    roster::Roster,
    world::World,
};

/// The unit that a roster is of.
pub(super) fn unit<'w>(world: &'w World, roster: &RosterCode) -> Result<&'w UnitCode, Refusal> {
    stretches(world, roster).map(|rows| &rows.0.unit)
}

/// The first and the last stretch of a roster.
fn stretches<'w>(world: &'w World, roster: &RosterCode) -> Result<(&'w Roster, &'w Roster), Refusal> {
    let rows = || world.rosters().rows().filter(|row| row.code == *roster);
    let found = rows().next().zip(rows().last());
    found.ok_or_else(|| Refusal::new(Code::NotInRegister, format!("roster `{roster}` is not in the register")))
}

/// From when a change holds: now, or a later instant.
fn from(world: &World, at: Instant, from: Option<Instant>) -> Result<Instant, Refusal> {
    match from.filter(|from| *from < at) {
        None => Ok(from.unwrap_or(at)),
        Some(past) => {
            let message = format!(
                "`{}` is past, and who was on duty then stays so; leave `from` out for a change from now on",
                past.text(world.zone())
            );
            Refusal::because(Code::PastDay, message)
        }
    }
}

pub(super) fn set_up(world: &World, at: Instant, new: &NewRoster) -> Result<Vec<Event>, Refusal> {
    if stretches(world, &new.code).is_ok() {
        let message = format!("roster `{}` is in the register already; change it, or choose another code", new.code);
        return Refusal::because(Code::CodeTaken, message);
    }
    let NewRoster { code, unit, posts, rota, from: begins } = new.clone();
    let span = within(world, &unit, from(world, at, begins)?);
    let roster = rota.stretch(code, unit, posts, span);
    hold_posts(world, &roster)?;
    Ok(vec![Event::RosterSetUp { roster }])
}

/// From then on, but no longer than the unit is there.
fn within(world: &World, unit: &UnitCode, from: Instant) -> Span {
    let until = world.find_unit(unit.as_str()).map(|unit| world.tree().until(unit));
    Span { from, to: until.unwrap_or(Instant::MAX) }
}

/// Whoever stands in the order holds such a post there at some time of it: else nobody would come when it is their
/// turn.
fn hold_posts(world: &World, roster: &Roster) -> Result<(), Refusal> {
    let Some(unit) = world.find_unit(roster.unit.as_str()) else { return Ok(()) };
    // That the unit has no such posts at all is for the check of the register.
    if world.posts_of_kind(unit, roster.posts).next().is_none() {
        return Ok(());
    }
    let people = roster.order.iter().filter_map(|slot| slot.0.as_ref());
    let mut known = people.filter(|person| world.find_person(person.as_str()).is_some());
    match known.find(|person| !world.holds_there(person, unit, roster.posts, roster.span)) {
        None => Ok(()),
        Some(person) => {
            let message = format!(
                "`{person}` holds no {} post on `{}` then; appoint them first, or leave them out of the order",
                roster.posts, roster.unit
            );
            Refusal::because(Code::DoesNotHold, message)
        }
    }
}

/// Another rota in place of all that was planned from then on.
pub(super) fn change(
    world: &World,
    at: Instant,
    roster: &RosterCode,
    rota: &Rota,
    begins: Option<Instant>,
) -> Result<Vec<Event>, Refusal> {
    let (first, last) = stretches(world, roster)?;
    let span = within(world, &first.unit, from(world, at, begins)?);
    let row = rota.clone().stretch(first.code.clone(), first.unit.clone(), first.posts, span);
    // Where the last stretch holds from before then on without an end, it may be the same.
    if last.span.from <= span.from && (Roster { span: last.span, ..row.clone() }) == *last && last.span.to == span.to {
        return Refusal::because(Code::NothingChanges, format!("roster `{roster}` is so already"));
    }
    hold_posts(world, &row)?;
    Ok(vec![Event::RosterChanged { roster: row }])
}

/// No more duty by this roster from then on.
pub(super) fn end(
    world: &World,
    at: Instant,
    roster: &RosterCode,
    until: Option<Instant>,
) -> Result<Vec<Event>, Refusal> {
    let (_, last) = stretches(world, roster)?;
    let until = from(world, at, until)?;
    if last.span.to <= until {
        return Refusal::because(Code::NothingChanges, format!("roster `{roster}` ends by then already"));
    }
    Ok(vec![Event::RosterEnded { roster: roster.clone(), until }])
}
