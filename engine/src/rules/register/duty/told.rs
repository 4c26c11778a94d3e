//! Whom a change of duty concerns, and when it would be felt: what a notice asks.

use super::on::On;
use crate::rules::{
    id::PersonCode,
    instant::{Instant, Span},
    roster::{Change, DutyChange, DutyChangeStage, Scope},
    world::World,
};

/// How far ahead the next shift in a stretch of time is looked for, in days: longer than any digest waits.
const AHEAD_DAYS: i64 = 30;

/// To whom an offer goes: who is named in it, else every colleague who is neither on the shift nor away.
#[must_use]
pub fn offered_to(world: &World, at: Instant, change: &DutyChange) -> Vec<PersonCode> {
    if let Some(person) = &change.offered_to {
        return vec![person.clone()];
    }
    let (Ok(on), Scope::Shift(shift)) = (On::of(world, &change.roster, at), change.scope) else { return Vec::new() };
    let begins = on.left(shift).ok().and_then(|left| left.first().copied());
    let Some(span) = begins else { return Vec::new() };
    let posts = on.posts(span.from);
    let held = posts.into_iter().flat_map(|post| world.holders(post, span.from));
    let mut people: Vec<PersonCode> = held.filter_map(|held| world.person_code(held.person)).cloned().collect();
    people.sort_unstable();
    people.dedup();
    people.retain(|person| change.out.as_ref() != Some(person) && on.can_come(person, shift).is_ok());
    people
}

/// When the first of what is left of it begins, by the shifts as they stand: it may have begun. None where
/// nothing is left, or nothing for a long time.
#[must_use]
pub fn felt_from(world: &World, at: Instant, change: &DutyChange) -> Option<Instant> {
    let rosters = world.rosters();
    let rest = |span: Span| Some(span.from.max(at)).filter(|from| *from < span.to);
    match change.scope {
        Scope::Shift(shift) => {
            let shifts = [Some(shift), change.against].into_iter().flatten();
            shifts.flat_map(|shift| rosters.shift(&change.roster, shift)).filter_map(|piece| rest(piece.span)).min()
        }
        Scope::Stretch(span) => {
            let from = rest(span)?;
            if matches!(change.change(), Some(Change::Add { .. })) {
                return Some(from);
            }
            let near = Span { from, to: span.to.min(from.plus_days(AHEAD_DAYS)) };
            rosters.shifts(&change.roster, near).iter().map(|shift| shift.span.from.max(from)).min()
        }
    }
}

/// Whether an offer can still be taken: nobody did, nor took it back, and the shift has not begun.
#[must_use]
pub fn is_open(world: &World, at: Instant, change: &DutyChange) -> bool {
    change.stage() == DutyChangeStage::Offered && first_begins(world, change).is_some_and(|begins| at < begins)
}

/// When the shift of a change begins, as it stands; none where there is no such shift any more.
#[must_use]
pub fn first_begins(world: &World, change: &DutyChange) -> Option<Instant> {
    let Scope::Shift(shift) = change.scope else { return None };
    world.rosters().shift(&change.roster, shift).iter().map(|piece| piece.span.from).min()
}
