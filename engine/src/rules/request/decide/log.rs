//! Logging: where a new request enters, who gets it, and why.

use super::case::{Case, find_matter, find_place};
use crate::rules::{
    actor::{Actor, Behalf, Step},
    authority::{Act, may, roles_at},
    id::{AssignmentNo, ReceiptHash, RequestId, UnitCode},
    instant::Instant,
    limit::LimitKind,
    request::{
        Channel, Citizen, Duty,
        command::LogRequest,
        event::{CaseLimits, Event, Logged, Opening, Recorded},
        refusal::{Code, Refusal},
        text,
    },
    routing::{Account, Exclusions, Loads, Question, nearest_serving, route},
    tier::{Tier, UnitKind},
    tree::UnitIx,
    world::{MatterIx, World},
};

/// What a new request is given from outside: the rules neither count nor throw dice.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// Its name.
    pub id: RequestId,
    /// As what the receipt is kept that the citizen will hold.
    pub receipt: ReceiptHash,
}

/// The question that logging asks: where the request enters, and from which rung.
///
/// # Errors
/// `UnknownPlace`, `PlaceGone`, `UnknownMatter`, `MatterNotOffered`, `EntryElsewhere`.
pub fn entry_question(world: &World, at: Instant, command: &LogRequest) -> Result<Question, Refusal> {
    let place = standing(world, at, &command.place)?;
    let matter = find_matter(world, command.matter.as_str())?;
    offered(world, matter, at)?;
    let unit = command.entered_at.as_ref().map(|code| serving(world, at, place, code)).transpose()?;
    let entry = entry_tier(world, place, unit, command.channel, at);
    Ok(Question { entry, ..Question::new(place, matter, at) })
}

/// Who asks, as it is written down.
pub(super) fn citizen(said: &Citizen) -> Result<Citizen, Refusal> {
    Ok(Citizen { name: text::name("citizen.name", &said.name)?, phone: text::phone("citizen.phone", &said.phone)? })
}

/// The place, which has to be there at that instant.
pub(super) fn standing(world: &World, at: Instant, code: &UnitCode) -> Result<UnitIx, Refusal> {
    let place = find_place(world, code.as_str())?;
    if world.tree().exists(place, at) {
        return Ok(place);
    }
    let message = format!("unit `{code}` does not exist at this time; give the unit that took its place");
    Refusal::because(Code::PlaceGone, message)
}

/// The unit that a request enters at, which has to serve its place.
pub(super) fn serving(world: &World, at: Instant, place: UnitIx, code: &UnitCode) -> Result<UnitIx, Refusal> {
    let unit = find_place(world, code.as_str())?;
    let serves = world.tree().territory(unit, at).filter(|t| world.tree().is_within(place, *t, at));
    serves.map(|_| unit).ok_or_else(|| {
        let place = world.tree().code(place);
        let message = format!("unit `{code}` does not serve `{place}`; enter it where the household belongs");
        Refusal::new(Code::EntryElsewhere, message)
    })
}

/// Whether a matter can be asked for.
pub(super) fn offered(world: &World, matter: MatterIx, at: Instant) -> Result<(), Refusal> {
    if world.matter(matter).is_some_and(|m| m.span.contains(at)) {
        return Ok(());
    }
    let code = world.matter(matter).map_or("", |m| m.code.as_str());
    let message = format!("matter `{code}` cannot be asked for at this time; choose another");
    Refusal::because(Code::MatterNotOffered, message)
}

/// The tier whose rung a request enters at: that of the unit where it was brought, or as its channel has it.
pub(super) fn entry_tier(
    world: &World,
    place: UnitIx,
    unit: Option<UnitIx>,
    channel: Channel,
    at: Instant,
) -> Option<Tier> {
    let territory = match unit {
        Some(unit) => world.tree().territory(unit, at),
        None => entry_by_channel(world, place, channel, at),
    };
    territory.and_then(|unit| world.tree().tier(unit))
}

/// The territory whose rung a channel enters at; none for those that come to the cadre nearby.
fn entry_by_channel(world: &World, place: UnitIx, channel: Channel, at: Instant) -> Option<UnitIx> {
    let kind = match channel {
        Channel::Hall => UnitKind::Hall,
        Channel::ServicePoint => UnitKind::ServicePoint,
        Channel::ReceptionDay => UnitKind::PetitionRoom,
        Channel::GroupVisit
        | Channel::HomeVisit
        | Channel::OpinionBox
        | Channel::MessageBook
        | Channel::Survey
        | Channel::Phone
        | Channel::Online => return None,
    };
    nearest_serving(world, place, kind, at).and_then(|unit| world.tree().territory(unit, at))
}

/// Logs a new request: who gets it, and why.
///
/// # Errors
/// A refusal when the actor may not log here, when the facts do not hold, or when nobody may take it.
pub fn log(
    world: &World,
    at: Instant,
    actor: &Actor,
    fresh: Fresh,
    command: &LogRequest,
    loads: &Loads,
) -> Result<Vec<Recorded>, Refusal> {
    let question = entry_question(world, at, command)?;
    let person = actor.person().and_then(|code| world.find_person(code.as_str()));
    if !person.is_some_and(|p| may(roles_at(world, p, question.place, at), Act::Log)) {
        let message = format!("`{}` lies outside the units of your posts; log it where you have a post", command.place);
        return Refusal::because(Code::NotYourUnit, message);
    }
    let conduct = world.matter(question.matter).is_some_and(|m| m.conduct);
    if conduct && command.accused.is_empty() {
        return Refusal::because(Code::AccusedMissing, "a matter of conduct names whom it is about; fill in `accused`");
    }
    if !conduct && !command.accused.is_empty() {
        let message = format!(
            "matter `{}` is not about a person; leave `accused` empty or choose a matter of conduct",
            command.matter
        );
        return Refusal::because(Code::AccusedUnexpected, message);
    }
    let mut accused = Vec::with_capacity(command.accused.len());
    for code in &command.accused {
        let Some(person) = world.find_person(code.as_str()) else {
            return Refusal::because(
                Code::UnknownPerson,
                format!("person `{code}` is not in the register; look the code up there"),
            );
        };
        accused.push(person);
    }
    let words = text::required("words", &command.words)?;
    let citizen = citizen(&command.citizen)?;
    let exclusions = Exclusions { accused, ..Exclusions::default() };
    let route = route(world, &question, &exclusions, loads);
    let Some(found) = route.found else {
        let message = "everybody in the town who could take it is recused or missing; take it to the level above";
        return Refusal::because(Code::NobodyMayTake, message);
    };
    let (Some(post), Some(responsible)) = (world.post_code(found.post), world.person_code(found.person)) else {
        return Refusal::because(Code::UnknownPost, "the post is not in the register");
    };
    let case = Case::fresh(world, &question, loads);
    let whole = |kind| case.limit(case.calendar(), kind, None);
    let limits =
        CaseLimits { committed: whole(LimitKind::Committed), statutory: whole(LimitKind::Statutory), supervised: None };
    let opens = Opening {
        no: AssignmentNo(1),
        duty: Duty::Handle,
        post: post.clone(),
        person: responsible.clone(),
        rung: found.rung,
        account: Account::of(world, &route),
        limits: case.limits(found.post, found.rung, Duty::Handle),
    };
    let step = Step {
        acted: actor.clone(),
        responsible: Some(responsible.clone()),
        on_behalf_of: Some(Behalf::Citizen),
        by_order_of: None,
    };
    let own = person == Some(found.person);
    let logged = Logged {
        id: fresh.id,
        receipt: fresh.receipt,
        matter: command.matter.clone(),
        place: command.place.clone(),
        channel: command.channel,
        entered_at: command.entered_at.clone(),
        words,
        citizen,
        accused: command.accused.clone(),
        logged_by: actor.clone(),
        limits,
        opens,
    };
    let mut records = vec![Recorded { step: step.clone(), event: Event::RequestLogged(Box::new(logged)) }];
    if own {
        // Whoever logs what falls to them anyway has taken it on: no second tap for the same thing.
        let step = Step { on_behalf_of: None, ..step };
        records.push(Recorded { step, event: Event::Accepted { no: AssignmentNo(1) } });
    }
    Ok(records)
}
