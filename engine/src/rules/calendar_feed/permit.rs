//! Who may open, read and revoke a calendar feed.

use super::{
    Feed, Subject,
    refusal::{Code, Refusal},
};
use crate::rules::{
    actor::Actor,
    authority::{Act, Role, Roles, may, reads_map, roles_at},
    id::{PersonCode, UnitCode},
    instant::Instant,
    world::{PersonIx, World},
};

/// Whether the actor may open a feed of this calendar: who opens it then.
///
/// # Errors
/// A refusal when the calendar is of nobody, or not for the actor.
pub fn open<'a>(world: &World, at: Instant, actor: &'a Actor, subject: &Subject) -> Result<&'a PersonCode, Refusal> {
    let (there, code) = match subject {
        Subject::Person(code) => (world.find_person(code.as_str()).is_some(), code.as_str()),
        Subject::Unit(code) => (world.find_unit(code.as_str()).is_some(), code.as_str()),
    };
    if !there {
        let message = format!("`{code}` is not in the register; look the code up there");
        return Err(Refusal::new(Code::NotInRegister, message));
    }
    let person = actor.person().filter(|person| reads(world, at, person, subject));
    person.ok_or_else(|| {
        let message = "the calendar of a person is for that person, that of a unit for who has a post there, above \
                       it or serving it; open one of these";
        Refusal::new(Code::NotYourCalendar, message)
    })
}

/// Whether the feed answers: not when it is revoked, and only while who opened it may read it.
#[must_use]
pub fn answers(world: &World, at: Instant, feed: &Feed) -> bool {
    feed.revoked_at.is_none() && reads(world, at, &feed.opened_by, &feed.subject)
}

/// Whether the actor may revoke the feed.
///
/// # Errors
/// A refusal when neither the actor opened it, nor it is about the actor, nor the actor keeps the register there.
pub fn revoke(world: &World, at: Instant, actor: &Actor, feed: &Feed) -> Result<(), Refusal> {
    let roles = actor.person().map_or_else(Roles::default, |person| {
        let about = feed.subject == Subject::Person(person.clone());
        keeper(world, at, person, &feed.subject).with_if(Role::Subscriber, feed.opened_by == *person || about)
    });
    if may(roles, Act::RevokeCalendar) {
        return Ok(());
    }
    let message = format!("feed `{}` is another's; ask who opened it, or who keeps the register there", feed.code);
    Err(Refusal::new(Code::NotYourCalendar, message))
}

/// Whether the actor may list the feeds that others opened of a unit's calendar.
#[must_use]
pub fn lists(world: &World, at: Instant, actor: &Actor, unit: &UnitCode) -> bool {
    let subject = Subject::Unit(unit.clone());
    actor.person().is_some_and(|person| may(keeper(world, at, person, &subject), Act::RevokeCalendar))
}

fn reads(world: &World, at: Instant, person: &PersonCode, subject: &Subject) -> bool {
    let Some(me) = world.find_person(person.as_str()) else { return false };
    let roles = match subject {
        Subject::Person(of) => Roles::default().with_if(Role::Oneself, of == person && reads_map(world, me, at)),
        Subject::Unit(unit) => toward(world, at, me, unit),
    };
    may(roles, Act::ReadCalendar)
}

/// The roles that a person has toward a unit.
fn toward(world: &World, at: Instant, person: PersonIx, unit: &UnitCode) -> Roles {
    let Some(unit) = world.find_unit(unit.as_str()) else { return Roles::default() };
    world.tree().territory(unit, at).map_or_else(Roles::default, |place| roles_at(world, person, place, at))
}

/// Whether a person keeps the register where the calendar is.
fn keeper(world: &World, at: Instant, person: &PersonCode, subject: &Subject) -> Roles {
    let none = Roles::default();
    let Some(me) = world.find_person(person.as_str()) else { return none };
    let keeps = match subject {
        Subject::Unit(unit) => toward(world, at, me, unit).has(Role::Registrar),
        Subject::Person(of) => world.find_person(of.as_str()).is_some_and(|of| {
            let mut units = world.held_by(of, at).filter_map(|held| world.post_unit(held.post));
            units.any(|unit| roles_at(world, me, unit, at).has(Role::Registrar))
        }),
    };
    none.with_if(Role::Registrar, keeps)
}
