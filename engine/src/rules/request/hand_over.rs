//! What becomes of open assignments when the register changes under them, or somebody goes or comes back.

use super::{
    Assignment, Duty, Request,
    decide::Case,
    event::{Event, Recorded},
    refusal::{Code, Refusal},
};
use crate::rules::{
    actor::{Actor, Step},
    id::UnitCode,
    instant::Instant,
    routing::{BEYOND, Loads, Route, route, stand_in},
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
    let case = Case::of(world, &request, at, loads)?;
    for assignment in request.open() {
        let held = world.find_post(assignment.post.as_str()).filter(|p| world.post_exists(*p, at));
        let person = world.find_person(assignment.person.as_str());
        let matter = Some(case.matter);
        let next = held.and_then(|post| Some((post, stand_in(world, post, matter, at, case.recusal()).ok()?)));
        let stays = held.zip(person).is_some_and(|(post, person)| {
            let holds = || world.holders(post, at).any(|h| h.person == person);
            let answers = next.is_some_and(|(_, answering)| answering.person == person);
            let back = || next.is_some_and(|(_, a)| world.absence(a.person, matter, assignment.opened_at).is_some());
            let kept = || case.recusal().keeps_from(world, post, person, at);
            answers || holds() && !kept() && world.absence(person, matter, at).is_none() && !back()
        });
        if stays {
            continue;
        }
        let route = match (next, assignment.duty) {
            (Some((post, answering)), _) => {
                Route { found: Some(answering.found(post, assignment.rung)), passed: Vec::new() }
            }
            // The post itself is passed as what it is now: vacant, absent, recused, or gone.
            (None, Duty::Handle) => route(world, &case.question(assignment.rung), &case.exclusions(), loads),
            (None, Duty::Relay) => case
                .relay_instead_of(assignment)
                .unwrap_or_else(|| route(world, &case.question(BEYOND), &case.exclusions(), loads)),
        };
        let Some(opens) = case.opening(&route, assignment.duty) else {
            let message =
                format!("request {} would be left with nobody; appoint somebody who may take it first", request.id);
            return Refusal::because(Code::NobodyMayTake, message);
        };
        records.push(record(Some(assignment), Event::HandedOver { ends: assignment.no, opens }));
    }
    Ok(records)
}
