//! To whom work is given, by [`crate::naive`] and the rows of the instant.

use std::collections::{BTreeMap, HashMap};

use liandong_engine::rules::{
    absence::{Scope, Substitute},
    id::{AssignmentNo, PersonCode, PostCode, RequestId},
    instant::Instant,
    request::{
        Assignment, Channel, Duty, Request,
        event::{Cause, Event, Opening},
    },
    world::Register,
};

use super::hanging;
use crate::naive::{Asked, Day};

/// What is wrong with whom an event gives work to.
pub(super) fn faults(
    register: &Register,
    others: &BTreeMap<RequestId, Request>,
    before: Option<&Request>,
    at: Instant,
    event: &Event,
) -> Vec<String> {
    let Some(opens) = event.opens() else { return Vec::new() };
    let day = Day::of(register, at);
    let mut faults = Vec::new();
    let accused: &[PersonCode] = match (event, before) {
        (Event::RequestLogged(logged), _) => &logged.accused,
        (_, Some(request)) => &request.accused,
        (_, None) => &[],
    };
    if !hanging::holds_a_post(register, &opens.person, at) {
        faults.push(format!("{} holds no post", opens.person));
    }
    let own = matches!(event, Event::Resolved { ends, .. }
        if before.and_then(|r| r.assignment(*ends)).is_some_and(|a| a.post == opens.post));
    let closed = day.closed_to(accused);
    let kept = closed.contains(&opens.post) || day.is_kept(accused, &closed, &opens.person);
    if accused.contains(&opens.person) || !own && kept {
        faults.push(format!("{} on {} is {accused:?}, or below or beside them", opens.person, opens.post));
    }
    let matter = match (event, before) {
        (Event::RequestLogged(logged), _) => logged.matter.clone(),
        (Event::Corrected { matter, .. }, _) => matter.clone(),
        (_, Some(request)) => request.matter.clone(),
        (_, None) => return faults,
    };
    if !own && is_away(register, &opens.person, matter.as_str(), at) {
        faults.push(format!("{} is away", opens.person));
    }
    let mut asked = match (event, before) {
        (Event::RequestLogged(logged), _) if logged.channel == Channel::HomeVisit => {
            Asked { accused: logged.accused.clone(), ..Asked::new(&logged.place, &logged.matter, at) }
        }
        (_, Some(request)) => question(request, at),
        _ => return faults,
    };
    asked.loads = loads(others, before);
    let expected = match (event, before) {
        (Event::RequestLogged(_), _) => vec![asked],
        (Event::Escalated { cause: Cause::TakenOver, .. }, _) => return faults,
        (Event::Escalated { ends, .. }, Some(request)) => climb(request, *ends, asked),
        // It takes two people.
        (Event::ExtensionAsked { no, .. }, Some(request)) => climb(request, *no, asked).into_iter().take(1).collect(),
        (Event::HandedOver { ends, .. }, Some(request)) if opens.duty == Duty::Handle => {
            let Some(held) = request.assignment(*ends).filter(|a| a.post != opens.post) else { return faults };
            vec![Asked { from: held.rung, ..asked }]
        }
        (Event::PlaceCorrected { ends, place, .. }, Some(request)) => {
            if request.assignment(*ends).is_some_and(|held| held.post == opens.post) {
                return faults;
            }
            vec![Asked { place: place.clone(), ladder_at: at, held: Vec::new(), ..asked }]
        }
        (Event::Corrected { ends, matter, .. }, Some(request)) => {
            // Who has it may keep it; else it goes as if it were logged now.
            if request.assignment(*ends).is_some_and(|held| held.post == opens.post) {
                return faults;
            }
            vec![Asked { matter: matter.clone(), ladder_at: at, held: Vec::new(), ..asked }]
        }
        (Event::Reopened { .. }, Some(request)) => {
            let from = request.stage.resolution().map_or(0, |r| r.rung + 1);
            vec![Asked { from, held: Vec::new(), ..asked }]
        }
        _ => return faults,
    };
    let found = expected.iter().find_map(|asked| day.ask(asked).found);
    if found.as_ref().map(|(rung, post, person, _)| (*rung, post, person)) != Some(as_given(opens)) {
        faults.push(format!("it goes to {:?}, not to {found:?}", as_given(opens)));
    }
    faults
}

const fn as_given(opens: &Opening) -> (u8, &PostCode, &PersonCode) {
    (opens.rung, &opens.post, &opens.person)
}

/// The question that a climb of the request asks.
fn question(request: &Request, at: Instant) -> Asked {
    Asked {
        ladder_at: request.ruled_by(),
        accused: request.accused.clone(),
        held: request.climb.left.iter().map(|l| l.post.clone()).collect(),
        ..Asked::new(&request.place, &request.matter, at)
    }
}

/// First among those who did not have it in this climb; where only they are left, they may on another post.
fn climb(request: &Request, ends: AssignmentNo, asked: Asked) -> Vec<Asked> {
    let Some(held) = request.assignment(ends) else { return Vec::new() };
    let mut posts = Asked { from: held.rung + 1, ..asked };
    posts.held.push(held.post.clone());
    let mut people = posts.clone();
    people.people = request.climb.left.iter().map(|l| l.person.clone()).collect();
    people.people.push(held.person.clone());
    vec![people, posts]
}

/// Whether there is somebody above who could have it.
pub(super) fn could_climb(register: &Register, request: &Request, held: AssignmentNo, at: Instant) -> bool {
    let day = Day::of(register, at);
    climb(request, held, question(request, at)).iter().any(|asked| day.ask(asked).found.is_some())
}

fn loads(others: &BTreeMap<RequestId, Request>, own: Option<&Request>) -> HashMap<PersonCode, u32> {
    let mut loads = HashMap::new();
    // A complaint about somebody is hidden from some, so it counts for nobody.
    let counted = others.values().chain(own).filter(|request| request.accused.is_empty());
    for held in counted.filter_map(Request::handle) {
        *loads.entry(held.person.clone()).or_default() += 1;
    }
    loads
}

/// Whether a row says that somebody is away.
fn is_away(register: &Register, person: &PersonCode, matter: &str, at: Instant) -> bool {
    register.absences.iter().any(|row| {
        let holds = row.span.contains(at) && row.recorded_at <= at && row.ended_at.is_none_or(|back| at < back);
        let covers = match &row.scope {
            Scope::All => true,
            Scope::Matters(matters) => matters.iter().any(|m| m.as_str() == matter),
        };
        row.person == *person && holds && covers
    })
}

/// What somebody has who is away, or does not hold the post any more, and somebody there could have.
pub(super) fn kept_from_others(register: &Register, request: &Request, at: Instant) -> Option<String> {
    let away = |a: &Assignment| is_away(register, &a.person, request.matter.as_str(), at);
    let holds = |a: &Assignment| {
        let held = register.holdings.iter().filter(|h| h.post == a.post && h.person == a.person);
        held.clone().any(|h| h.span.contains(at))
    };
    // Whoever is named by somebody away may have it without holding the post.
    let named = |a: &Assignment| {
        let names = Substitute::Person(a.person.clone());
        let mut rows = register.absences.iter().filter(|row| row.substitute == names);
        let away = rows.any(|row| is_away(register, &row.person, request.matter.as_str(), at));
        away && hanging::holds_a_post(register, &a.person, at)
    };
    // Who helps, or has a step, is not who has to have it.
    let held = request.open().filter(|a| !a.is_aside()).find(|a| away(a) || !holds(a) && !named(a))?;
    let day = Day::of(register, at);
    let asked = Asked { from: held.rung, ..question(request, at) };
    let other = day.ask(&asked).found.filter(|(_, _, person, _)| *person != held.person)?;
    // Whose turn it is moves no work by itself: nobody on duty could have it when it was to be handed over.
    if hanging::by_turns(register, &other.1, at) {
        return None;
    }
    Some(format!("{} of {} is kept from {other:?}, at {at:?}", held.person, request.id))
}
