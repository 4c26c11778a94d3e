//! What becomes of open assignments when the register changes under them, or somebody goes or comes back.

use super::{
    Assignment, Duty, Request,
    decide::Case,
    event::{Event, Recorded},
    evolve::evolve,
    refusal::{Code, Refusal},
};
use crate::rules::{
    actor::{Actor, Step},
    id::{AssignmentNo, UnitCode},
    instant::Instant,
    routing::{BEYOND, Loads, Route, stand_in},
    world::World,
};

/// Hands over every open assignment of the request whose person does not answer for its post in the new
/// world, is absent, or must not have the request any more because whoever it is about came to stand above:
/// to whoever stands in on the post, else by the same climb that routes everything. What somebody was given
/// in the absence of another goes back to that other who is there again.
///
/// `order` is who changed the register, or time where a date of it came. `moved` is where the place went, if the change moved it.
///
/// # Errors
/// `NobodyMayTake` when there is nobody at all: then the change of the register is refused.
pub fn hand_over(
    world: &World,
    request: &Request,
    at: Instant,
    order: &Actor,
    moved: Option<&UnitCode>,
    loads: &Loads,
) -> Result<Vec<Recorded>, Refusal> {
    let mut records = Vec::new();
    let record = |responsible: Option<&Assignment>, event| Recorded {
        step: Step {
            acted: order.clone(),
            responsible: responsible.map(|a| a.person.clone()),
            on_behalf_of: None,
            // A date that came is nobody's order.
            by_order_of: (*order != Actor::System).then(|| order.clone()),
        },
        event,
    };
    let mut request = request.clone();
    if let Some(to) = moved {
        records.push(record(None, Event::PlaceMoved { to: to.clone() }));
        request.place = to.clone();
    }
    // Who leads comes first: what was handed down ends when the case goes to another post.
    let mut open: Vec<(bool, AssignmentNo)> = request.open().map(|a| (a.is_aside(), a.no)).collect();
    open.sort_unstable();
    for (_, no) in open {
        let Some(assignment) = request.assignment(no).filter(|a| a.ended.is_none()).cloned() else { continue };
        let case = Case::of(world, &request, at, loads)?;
        let event = match next(&case, &request, &assignment) {
            Next::Stays => continue,
            Next::NotNeeded => Event::Released { ends: no },
            Next::Goes(route) => {
                let Some(opens) = case.opening(&route, assignment.duty) else {
                    let message = format!(
                        "request {} would be left with nobody; appoint somebody who may take it first",
                        request.id
                    );
                    return Refusal::because(Code::NobodyMayTake, message);
                };
                Event::HandedOver { ends: no, opens }
            }
        };
        records.push(record(Some(&assignment), event.clone()));
        match evolve(Some(request), at, &event) {
            Ok(after) => request = after,
            // Whoever folds the record finds the same: it is a bug, and nothing of it is kept.
            Err(_) => break,
        }
    }
    Ok(records)
}

/// What becomes of one open assignment.
enum Next {
    /// It stays with who has it.
    Stays,
    /// It goes to somebody else.
    Goes(Route),
    /// Nobody is there to help, or to do the step: who leads the case is told, and has it as before.
    NotNeeded,
}

fn next(case: &Case<'_>, request: &Request, assignment: &Assignment) -> Next {
    let Case { world, at, .. } = *case;
    let held = world.find_post(assignment.post.as_str()).filter(|p| world.post_exists(*p, at));
    let person = world.find_person(assignment.person.as_str());
    let matter = Some(case.matter);
    let next = held.and_then(|post| Some((post, stand_in(world, post, matter, at, case.recusal()).ok()?)));
    let stays = held.zip(person).is_some_and(|(post, person)| {
        let holds = || world.holders(post, at).any(|h| h.person == person);
        let answers = next.is_some_and(|(_, answering)| answering.person == person);
        let back = || next.is_some_and(|(_, a)| world.absence(a.person, matter, assignment.opened_at).is_some());
        let kept = || case.recusal().keeps_from_on(world, post, person, at);
        answers || holds() && !kept() && world.absence(person, matter, at).is_none() && !back()
    });
    if stays {
        return Next::Stays;
    }
    let leads = |person| world.person_code(person) == request.handle().map(|held| &held.person);
    match (next, assignment.duty) {
        (Some((_, answering)), Duty::CoHandle | Duty::Step) if leads(answering.person) => Next::NotNeeded,
        (Some((post, answering)), _) => {
            Next::Goes(Route { found: Some(answering.found(post, assignment.rung)), passed: Vec::new() })
        }
        (None, Duty::CoHandle | Duty::Step) => Next::NotNeeded,
        // The post itself is passed as what it is now: vacant, absent, recused, or gone.
        (None, Duty::Handle) => Next::Goes(case.again(assignment.rung)),
        (None, Duty::Relay) => Next::Goes(case.relay_instead_of(assignment).unwrap_or_else(|| case.again(BEYOND))),
    }
}
