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
    let span = Span::since(from(world, at, begins)?);
    Ok(vec![Event::RosterSetUp { roster: rota.stretch(code, unit, posts, span) }])
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
    let span = Span::since(from(world, at, begins)?);
    let row = rota.clone().stretch(first.code.clone(), first.unit.clone(), first.posts, span);
    // Where the last stretch holds from before then on without an end, it may be the same.
    if last.span.from <= span.from
        && (Roster { span: last.span, ..row.clone() }) == *last
        && last.span.to == Instant::MAX
    {
        return Refusal::because(Code::NothingChanges, format!("roster `{roster}` is so already"));
    }
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
