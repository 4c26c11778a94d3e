//! What comes to its end because what it rested on did: a rule that was right when something was recorded is asked
//! again whenever the ground moves.
//!
//! The ground moves by a change of the register or by a date that came. Either way the register is looked at as it is
//! then, and what rests on nothing any more ends in the same transaction, by events of its own: so it does not matter
//! by which way the ground went, and those whom it concerns are told.

use std::collections::HashMap;

use super::{duty, event::Event};
use crate::rules::{
    authority::reads_map,
    id::UnitCode,
    instant::{Instant, Span},
    matter::Mandated,
    post::PostKind,
    roster::Roster,
    world::{Register, World},
};

/// How often the register is looked at again after something ended: a change of duty may rest on another, and that
/// on a third. Every look but the last ends something, so there are never as many.
pub(super) const MOST_LOOKS: usize = 100;

/// What rests on nothing any more at that instant, in the order in which it ends. What rests on that in turn is found
/// by looking again.
pub(super) fn loose(world: &World, at: Instant) -> Vec<Event> {
    let mut found = rosters(world, at);
    found.extend(calendars(world, at));
    found.extend(mandates(world, at));
    // Whether a shift is there is asked once the rosters have ended.
    if found.is_empty() {
        found.extend(duty::loose(world, at));
        found.extend(substitutes(world, at));
    }
    found
}

/// What of a stretch is still to come, if anything.
fn ahead(span: Span, at: Instant) -> Option<Instant> {
    Some(span.from.max(at)).filter(|from| *from < span.to)
}

/// Whether the unit is there at that instant or later.
fn lives(world: &World, unit: &UnitCode, from: Instant) -> bool {
    world.find_unit(unit.as_str()).is_some_and(|unit| from < world.tree().until(unit))
}

/// Rosters of a unit that is gone, or has no such posts any more.
fn rosters(world: &World, at: Instant) -> Vec<Event> {
    let Register { rosters, posts, .. } = world.register();
    let mut until: HashMap<(&UnitCode, PostKind), Instant> =
        rosters.iter().map(|row| ((&row.unit, row.posts), Instant::MIN)).collect();
    for post in posts {
        if let Some(until) = until.get_mut(&(&post.unit, post.kind)) {
            *until = post.span.to.max(*until);
        }
    }
    let has_posts = |row: &Roster, from| until.get(&(&row.unit, row.posts)).is_some_and(|until| from < *until);
    let gone = rosters
        .iter()
        .filter(|row| ahead(row.span, at).is_some_and(|from| !lives(world, &row.unit, from) || !has_posts(row, from)));
    let mut codes: Vec<_> = gone.map(|row| &row.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.into_iter().map(|roster| Event::RosterEnded { roster: roster.clone(), until: at }).collect()
}

/// Calendars that a unit keeps and is gone.
fn calendars(world: &World, at: Instant) -> Vec<Event> {
    let rows = world.register().unit_calendars.iter();
    let gone = rows.filter(|row| ahead(row.span, at).is_some_and(|from| !lives(world, &row.unit, from)));
    let mut units: Vec<&UnitCode> = gone.map(|row| &row.unit).collect();
    units.sort_unstable();
    units.dedup();
    units.into_iter().map(|unit| Event::UnitCalendarEnded { unit: unit.clone() }).collect()
}

/// Mandates of one post that is gone.
fn mandates(world: &World, at: Instant) -> Vec<Event> {
    let rows = world.register().mandates.iter().filter(|row| row.span.contains(at));
    let gone = rows.filter(|row| match &row.to {
        Mandated::Post(post) => {
            world.find_post(post.as_str()).and_then(|p| world.post(p)).is_some_and(|p| p.span.to <= at)
        }
        Mandated::Kind(_) => false,
    });
    let ended = gone.map(|row| Event::MandateChanged { to: row.to.clone(), matter: row.matter.clone(), power: None });
    let mut events: Vec<Event> = Vec::new();
    ended.for_each(|event| {
        if !events.contains(&event) {
            events.push(event);
        }
    });
    events
}

/// Absences whose substitute has left the last post: nobody acts for a post who holds none.
fn substitutes(world: &World, at: Instant) -> Vec<Event> {
    let left = world.absences().all().iter().filter(|row| {
        let from = ahead(row.holds(), at);
        let named = from.and_then(|from| Some((from, row.substitute_at(from)?)));
        named.is_some_and(|(from, named)| {
            !world.find_person(named.as_str()).is_some_and(|person| reads_map(world, person, from))
        })
    });
    left.map(|row| Event::SubstituteLeft { absence: row.code.clone() }).collect()
}
