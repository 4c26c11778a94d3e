//! Changes of duty that rest on nothing any more: offers that nobody can take, and what was taken of a shift that is
//! gone, by somebody who is gone, or under a change that is.

use super::{Event, On, told::first_begins};
use crate::rules::{
    instant::{Instant, Span},
    roster::{DutyChange, DutyChangeKind, DutyChangeStage, Expiry, Override, Scope, ShiftId, covered},
    world::World,
};

/// The changes of duty that end at that instant, the oldest first.
pub(in crate::rules::register) fn loose(world: &World, at: Instant) -> Vec<Event> {
    let rows = world.register().duty_changes.iter();
    let ended = rows.filter_map(|row| {
        let why = match row.stage() {
            DutyChangeStage::Offered => offer(world, at, row),
            DutyChangeStage::InForce => in_force(world, at, row),
            DutyChangeStage::TakenBack | DutyChangeStage::Undone | DutyChangeStage::Expired => None,
        }?;
        Some(Event::DutyChangeExpired { change: row.code.clone(), why })
    });
    ended.collect()
}

/// Why an offer can be taken no longer. Whoever offers it may be away then: the sooner somebody else takes it.
fn offer(world: &World, at: Instant, row: &DutyChange) -> Option<Expiry> {
    let (Ok(on), Scope::Shift(shift), Some(out)) = (On::of(world, &row.roster, at), row.scope, &row.out) else {
        return Some(Expiry::ShiftGone);
    };
    let Some(begins) = first_begins(world, row) else { return Some(Expiry::ShiftGone) };
    if begins <= at {
        return Some(Expiry::ShiftBegun);
    }
    if on.is_on(out, shift).is_err() {
        let taken = |other: &&DutyChange| other.out.as_ref() == Some(out) && other.scope == row.scope;
        let changes = world.duty_changes(std::slice::from_ref(&row.roster));
        let mut swaps = changes.into_iter().filter(|other| other.stage() == DutyChangeStage::InForce);
        let swapped = swaps.any(|other| other.kind == DutyChangeKind::Swap && taken(&other));
        return Some(if swapped { Expiry::TakenByAnother } else { Expiry::NotOnShift });
    }
    if !on.holds(out, begins) {
        return Some(Expiry::PostLeft);
    }
    let to = row.offered_to.as_ref()?;
    match on.can_come(to, shift) {
        Ok(()) => None,
        Err(_) if !on.holds(to, begins) => Some(Expiry::PostLeft),
        Err(_) => Some(Expiry::CannotCome),
    }
}

/// Why a change that acts, or will, does so no longer. What is over stays as it is.
fn in_force(world: &World, at: Instant, row: &DutyChange) -> Option<Expiry> {
    let overrides = row.overrides();
    let parts: Vec<Part> = overrides.iter().map(|over| Part::of(world, at, over)).collect();
    // A swap whose one half is over is half done: the other half stands for it.
    if parts.iter().all(|part| part.rest.is_empty() && !part.gone) {
        return None;
    }
    let begun = parts.iter().any(|part| part.begun);
    let Ok(on) = On::of(world, &row.roster, at) else { return (!begun).then_some(Expiry::ShiftGone) };
    if parts.iter().any(|part| part.gone) && !begun {
        return Some(Expiry::ShiftGone);
    }
    for (over, part) in overrides.iter().zip(&parts) {
        let Some(rest) = part.rest.first() else { continue };
        if over.change.comes().is_some_and(|person| !on.holds(person, rest.from)) {
            return Some(Expiry::PostLeft);
        }
        if !begun && matches!(over.scope, Scope::Shift(_)) && !part.rest.iter().any(|span| on.acts(over, *span)) {
            return Some(Expiry::GroundGone);
        }
    }
    None
}

/// One override of a change, by the shifts as they stand.
struct Part {
    /// What is left of it.
    rest: Vec<Span>,
    /// Whether some of it has begun, or is over.
    begun: bool,
    /// Whether its shift is there no longer.
    gone: bool,
}

impl Part {
    fn of(world: &World, at: Instant, over: &Override) -> Self {
        let pieces = |shift: ShiftId| world.rosters().shift(&over.roster, shift);
        let (gone, begun) = match over.scope {
            Scope::Shift(shift) => (pieces(shift).is_empty(), pieces(shift).iter().any(|p| p.span.from <= at)),
            // A stretch goes with its roster alone.
            Scope::Stretch(span) => (at < span.to && world.rosters().roster_from(&over.roster, at).is_none(), false),
        };
        let rest = covered(world.rosters(), over).into_iter();
        let rest = rest.map(|span| Span { from: span.from.max(at), ..span }).filter(|span| span.from < span.to);
        Self { rest: rest.collect(), begun, gone }
    }
}
