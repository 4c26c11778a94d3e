//! How an actor stands to a request: the roles that authority decides by.

use super::{Assignment, Request};
use crate::rules::{
    actor::Actor,
    authority::{Act, Role, Roles, may, roles_at},
    id::PersonCode,
    instant::Instant,
    routing::{Recusal, stand_in},
    world::{PersonIx, World},
};

/// The roles of the actor toward the request at that instant.
#[must_use]
pub fn roles(world: &World, request: &Request, actor: &Actor, at: Instant) -> Roles {
    let none = Roles::default();
    match actor {
        Actor::Operator => none.with(Role::Operator),
        Actor::System => none,
        Actor::Citizen(id) => none.with_if(Role::Citizen, *id == request.id),
        Actor::Person(code) => {
            let Some(person) = world.find_person(code.as_str()).filter(|me| world.in_office(*me, at)) else {
                return none;
            };
            let logged = none.with_if(Role::Logger, request.logged_by == *actor);
            let accused: Vec<PersonIx> = request.accused.iter().filter_map(|c| world.find_person(c.as_str())).collect();
            let recusal = Recusal::of(world, &accused, at);
            if recusal.keeps_from(world, person, at) {
                return logged;
            }
            let answers = |assignment: &Assignment| answers(world, (request, assignment), person, at, &recusal);
            let acted = request.acted.iter().find(|acted| acted.person == *code);
            let own = |a: &&Assignment| a.person == *code;
            let roles = logged
                .with_if(
                    Role::FormerHolder,
                    request.assignments.iter().any(|a| own(&a)) || acted.is_some_and(|a| a.handled),
                )
                .with_if(Role::Participant, acted.is_some())
                .with_if(Role::Holder, request.handle().is_some_and(&answers))
                .with_if(Role::Relayer, request.relay().is_some_and(&answers))
                .with_if(Role::Approver, request.asks_extension().is_some_and(&answers))
                .with_if(Role::Helper, helping(request).any(answers));
            match world.find_unit(request.place.as_str()) {
                Some(place) => roles.and(roles_at(world, person, place, at)),
                None => roles,
            }
        }
    }
}

/// What others do for who handles the request: helping, and steps that were handed down.
pub(super) fn helping(request: &Request) -> impl Iterator<Item = &Assignment> {
    let asks = request.asks_extension().map(|step| step.no);
    request.asides().filter(move |aside| Some(aside.no) != asks)
}

/// Whether the person of the register answers for one assignment of the request.
pub(super) fn is_theirs(world: &World, request: &Request, assignment: &Assignment, actor: &Actor, at: Instant) -> bool {
    let Some(person) = actor.person().and_then(|code| world.find_person(code.as_str())) else { return false };
    let accused: Vec<PersonIx> = request.accused.iter().filter_map(|c| world.find_person(c.as_str())).collect();
    answers(world, (request, assignment), person, at, &Recusal::of(world, &accused, at))
}

/// Whether the person answers for the assignment at that instant: as a holder of its post, first or
/// substitute; as who stands in for somebody absent; or as the one it was given to, while nobody holds the
/// post at all, or in somebody's absence until it is handed back.
fn answers(
    world: &World,
    (request, assignment): (&Request, &Assignment),
    person: PersonIx,
    at: Instant,
    recusal: &Recusal,
) -> bool {
    let given = world.person_code(person) == Some(&assignment.person);
    let Some(post) = world.find_post(assignment.post.as_str()) else { return given };
    let mut holders = world.holders(post, at).peekable();
    if holders.peek().is_none() {
        return given;
    }
    let matter = world.find_matter(request.matter.as_str());
    let stands_in = || stand_in(world, post, matter, at, recusal).is_ok_and(|a| a.person == person);
    holders.any(|h| h.person == person)
        || given && !world.holdings_of(post).any(|h| h.person == person && h.span.from <= at)
        || world.absences().anybody(at) && stands_in()
}

/// Whether the actor may see the request.
#[must_use]
pub fn may_see(world: &World, request: &Request, actor: &Actor, at: Instant) -> bool {
    may(roles(world, request, actor, at), Act::See)
}

/// Whether the request goes round the actor, so that nothing may tell them that there is one.
#[must_use]
pub fn is_hidden(world: &World, request: &Request, actor: &Actor, at: Instant) -> bool {
    !request.accused.is_empty() && !may_see(world, request, actor, at)
}

/// Whether an actor who was shown a request reads how it is handled too: by whatever role of theirs it was shown.
#[must_use]
pub fn sees_handling(actor: &Actor) -> bool {
    let shown_by = |role: &&Role| match actor {
        Actor::Citizen(_) => **role == Role::Citizen,
        Actor::Operator => **role == Role::Operator,
        Actor::Person(_) => !matches!(role, Role::Citizen | Role::Operator),
        Actor::System => false,
    };
    let with = |role: &Role| Roles::default().with(*role);
    let mut shown = Role::ALL.iter().filter(shown_by).filter(|role| may(with(role), Act::See)).peekable();
    shown.peek().is_some() && shown.all(|role| may(with(role), Act::SeeHandling))
}

/// The responsible person, when somebody else acted.
#[must_use]
pub fn behalf(assignment: &Assignment, acted: &Actor) -> Option<PersonCode> {
    (acted.person() != Some(&assignment.person)).then(|| assignment.person.clone())
}
