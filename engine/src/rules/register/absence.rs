//! Absences, recorded from now on and ended before their time.

use super::{
    command::NewAbsence,
    event::Event,
    fresh::fresh_code,
    refusal::{Code, Refusal},
};
use crate::rules::{
    absence::{Absence, Substitute},
    actor::Actor,
    authority::{Act, Role, Roles, may, reads_map, roles_at},
    id::{AbsenceCode, PersonCode, PostCode},
    instant::{Instant, Span},
    routing::recusal::is_below,
    world::{PersonIx, World},
};

/// The posts whose open work changes hands at once; none when the absence begins later.
pub(super) fn touched(world: &World, at: Instant, new: &NewAbsence) -> Vec<PostCode> {
    if new.from.is_some_and(|from| from > at) {
        return Vec::new();
    }
    world.posts_hanging_on(&new.person, at)
}

/// The posts whose open work passes back.
pub(super) fn touched_by_end(world: &World, at: Instant, code: &AbsenceCode) -> Vec<PostCode> {
    let running = find(world, code).ok().filter(|row| row.holds().contains(at));
    running.map_or_else(Vec::new, |row| world.posts_hanging_on(&row.person, at))
}

/// The row of an absence.
pub(super) fn find<'w>(world: &'w World, code: &AbsenceCode) -> Result<&'w Absence, Refusal> {
    let found = world.register().absences.iter().find(|row| row.code == *code);
    found.ok_or_else(|| Refusal::new(Code::NotInRegister, format!("absence `{code}` is not in the register")))
}

/// Whether the actor may say that this person is absent, or back.
pub(super) fn permitted(world: &World, at: Instant, actor: &Actor, person: &PersonCode) -> Result<(), Refusal> {
    let none = Roles::default();
    let roles = match actor {
        Actor::Operator => none.with(Role::Operator),
        Actor::Citizen(_) => none.with(Role::Citizen),
        Actor::System => none,
        Actor::Person(code) => {
            let both = world.find_person(code.as_str()).zip(world.find_person(person.as_str()));
            both.map_or(none, |(actor, person)| roles(world, at, actor, person))
        }
    };
    if may(roles, Act::RecordAbsence) {
        return Ok(());
    }
    let message = format!("`{person}`, a superior, or who keeps the register there says so; ask one of them");
    Refusal::because(Code::NotYourAbsence, message)
}

/// Whether somebody may read why a person is absent: oneself, a superior, who recorded it, and who stands in, by name or
/// as another holder of a post of the absent person.
#[must_use]
pub fn reads_reason(world: &World, at: Instant, reader: PersonIx, row: &Absence) -> bool {
    let Some(person) = world.find_person(row.person.as_str()).filter(|_| world.in_office(reader, at)) else {
        return false;
    };
    let code = world.person_code(reader);
    let stands_in = || match &row.substitute {
        Substitute::Person(named) => code == Some(named),
        Substitute::ByPost => {
            world.held_by(person, at).any(|own| world.holders(own.post, at).any(|held| held.person == reader))
        }
    };
    let recorded = code.is_some() && row.recorded_by.as_ref() == code;
    let roles = roles(world, at, reader, person).with_if(Role::Recorder, recorded);
    may(roles.with_if(Role::StandIn, stands_in()), Act::SeeAbsenceReason)
}

/// How somebody stands to a person.
fn roles(world: &World, at: Instant, actor: PersonIx, person: PersonIx) -> Roles {
    let none = Roles::default();
    if actor == person {
        return none.with_if(Role::Oneself, reads_map(world, person, at));
    }
    let posts = |person| world.held_by(person, at).filter(|h| world.post_exists(h.post, at)).map(|h| h.post);
    // Whoever holds nothing any more is a matter of who keeps the register where they held something last.
    if posts(person).next().is_none() {
        let past = world.ever_held_by(person).filter(|held| held.span.to <= at);
        let last = past.max_by_key(|held| held.span.to).and_then(|held| world.post_unit(held.post));
        let living = last.and_then(|unit| world.tree().living(unit, at));
        let here = living.map_or(none, |unit| roles_at(world, actor, unit, at));
        return none.with_if(Role::Registrar, here.has(Role::Registrar));
    }
    posts(person).fold(none, |roles, post| {
        let above = posts(actor).any(|own| is_below(world, post, own, at));
        let here = world.post_unit(post).map_or(none, |unit| roles_at(world, actor, unit, at));
        roles.with_if(Role::Superior, above).with_if(Role::Registrar, here.has(Role::Registrar))
    })
}

pub(super) fn record(world: &World, at: Instant, actor: &Actor, new: &NewAbsence) -> Result<Vec<Event>, Refusal> {
    let NewAbsence { person, from, to, reason, scope, substitute } = new.clone();
    if world.find_person(person.as_str()).is_none() {
        let message = format!("person `{person}` is not in the register; add the person first");
        return Refusal::because(Code::NotInRegister, message);
    }
    if let Some(from) = from.filter(|from| *from < at) {
        let message = format!(
            "`{}` is past: until now `{person}` was responsible; leave `from` out for an absence from now on",
            from.text(world.zone())
        );
        return Refusal::because(Code::PastDay, message);
    }
    let span = Span { from: from.unwrap_or(at), to };
    if let Substitute::Person(named) = &substitute {
        stands_in(world, span.from, &person, named)?;
    }
    let known = world.absences().of(&person).iter().filter(|row| row.ended_at.is_none());
    if known.rev().any(|row| (row.span, &row.scope, &row.substitute) == (span, &scope, &substitute)) {
        return Refusal::because(Code::NothingChanges, "the absence is recorded so already");
    }
    let rows = &world.register().absences;
    let code = fresh_code("ABS", rows.len(), |code| rows.iter().any(|row| row.code == *code))?;
    let recorded_by = actor.person().cloned();
    let absence = Absence {
        code,
        person,
        span,
        reason,
        scope,
        substitute,
        substitute_until: None,
        recorded_by,
        recorded_at: at,
        ended_at: None,
    };
    Ok(vec![Event::AbsenceRecorded { absence }])
}

/// Whoever stands in holds some post when the absence begins: else no request could be shown to them.
fn stands_in(world: &World, from: Instant, person: &PersonCode, named: &PersonCode) -> Result<(), Refusal> {
    if named == person {
        let message = format!("`{person}` would stand in for themselves; name somebody else, or nobody for the B岗");
        return Refusal::because(Code::CannotStandIn, message);
    }
    let Some(ix) = world.find_person(named.as_str()) else {
        let message = format!("person `{named}` is not in the register; add the person first");
        return Refusal::because(Code::NotInRegister, message);
    };
    if !reads_map(world, ix, from) {
        let message = format!("`{named}` holds no post then; name somebody who does");
        return Refusal::because(Code::CannotStandIn, message);
    }
    Ok(())
}

pub(super) fn end(world: &World, at: Instant, code: &AbsenceCode) -> Result<Vec<Event>, Refusal> {
    let row = find(world, code)?;
    if row.holds().from >= row.holds().to || row.holds().to <= at {
        let message = format!("absence `{code}` of `{}` is over already; look at those that are not", row.person);
        return Refusal::because(Code::AbsenceOver, message);
    }
    Ok(vec![Event::AbsenceEnded { absence: code.clone() }])
}
