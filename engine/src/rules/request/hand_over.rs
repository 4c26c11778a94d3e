//! What becomes of open assignments when the register changes under them.

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
    routing::{BEYOND, Found, Loads, Route, route, stand_in},
    world::World,
};

/// Hands over every open assignment of the request whose person does not hold its post in the new
/// world, or must not have the request any more because whoever it is about came to stand above: to
/// whoever stands in on the post, else by the same climb that routes everything.
///
/// `order` is who changed the register. `moved` is where the place went, if the change moved it.
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
            by_order_of: Some(order.clone()),
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
        let stays = held.zip(person).is_some_and(|(post, person)| {
            let holds = world.holders(post, at).any(|h| h.person == person);
            holds && !case.recusal().keeps_from(world, post, person, at)
        });
        if stays {
            continue;
        }
        let next = held.and_then(|post| Some((post, stand_in(world, post, at, case.recusal()).ok()?)));
        let route = match (next, assignment.duty) {
            (Some((post, (person, rank))), _) => {
                Route { found: Some(Found { post, person, rank, rung: assignment.rung }), passed: Vec::new() }
            }
            // The post itself is passed as what it is now: vacant, recused, or gone.
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
