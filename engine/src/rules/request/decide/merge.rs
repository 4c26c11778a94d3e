//! Duplicates (并案): two requests are the same. One of them is handled; the other follows it, and its household hears
//! the same result.
//!
//! There are no chains: what was merged is no other's end, also once it has its result, and when that which it follows is
//! merged itself, it follows on to the end. So no two can close each other. What follows is never lost: the result is
//! carried to its own household, and it goes on by itself when the other was taken back.

use std::collections::BTreeSet;

use super::{Case, Decision, Refusal, text};
use crate::rules::{
    actor::{Actor, Step},
    id::{PersonCode, RequestId},
    instant::Instant,
    request::{
        Assignment, Duty, Request, Resolution, Stage,
        event::{Event, Opening, Recorded},
        evolve::evolve,
        refusal::Code,
        relation, relay,
    },
    routing::{BEYOND, Loads, Route},
    world::World,
};

impl Decision<'_> {
    /// The request follows another one. Where that one has its result already, it is carried at once.
    pub(super) fn merge(&self, held: &Assignment, into: RequestId, reason: &str) -> Result<Vec<Recorded>, Refusal> {
        self.not_ruled()?;
        let reason = text::required("reason", reason)?;
        self.no_step_open()?;
        let other = self.leads(into)?;
        let mut records = self.corrected_by(held, Event::Merged { ends: held.no, into, reason });
        if let Some(resolution) = other.stage.resolution() {
            let shared = self.case.shared(self.request, other, resolution, held)?;
            records.extend(self.corrected_by(held, shared));
        }
        Ok(records)
    }

    /// The request that this one is to follow, if it can.
    fn leads(&self, into: RequestId) -> Result<&Request, Refusal> {
        if into == self.request.id {
            return Refusal::because(Code::SameRequest, "a request is no duplicate of itself; name the other one");
        }
        let seen =
            |other: &&Request| other.id == into && relation::may_see(self.case.world, other, self.actor, self.case.at);
        let Some(other) = self.other.filter(seen) else {
            // Whether there is one that is hidden is told to nobody.
            let message = format!("request `{into}` is not among those you see; check the id");
            return Refusal::because(Code::UnknownRequest, message);
        };
        // Also where it has its result already: else what a household was not content with would come back to it by its
        // own duplicate.
        if other.merged_into.is_some() {
            let message = format!("request `{into}` was merged into another itself; name the one that is handled");
            return Refusal::because(Code::MergedAlready, message);
        }
        if matches!(other.stage, Stage::Closed { .. }) {
            let message = format!("request `{into}` is over; resolve this one with its own outcome");
            return Refusal::because(Code::OtherClosed, message);
        }
        // Whom the one goes round would else come to carry the result of the other.
        let accused = |request: &Request| request.accused.iter().cloned().collect::<BTreeSet<PersonCode>>();
        if accused(self.request) != accused(other) {
            let message = "the two do not name the same people in `accused`; handle each by itself";
            return Refusal::because(Code::AccusedDiffers, message);
        }
        Ok(other)
    }

    /// It was not the same after all.
    pub(super) fn separate(&self, reason: &str) -> Result<Vec<Recorded>, Refusal> {
        let reason = text::required("reason", reason)?;
        let Stage::Merged { last } = self.request.stage else {
            return Refusal::because(Code::WrongStage, "the request follows no other; reload and look again");
        };
        let last = self.held(self.request.assignment(last))?;
        let event = self.case.separated(self.request, last, reason)?;
        Ok(self.record(Some(last), None, event))
    }
}

impl Case<'_> {
    /// The result of another request, carried to the household of this one from where it was held last.
    fn shared(
        &self,
        request: &Request,
        other: &Request,
        resolution: &Resolution,
        last: &Assignment,
    ) -> Result<Event, Refusal> {
        let Resolution { outcome, words, post, person, rung, .. } = resolution.clone();
        Ok(Event::ResultShared {
            of: other.id,
            outcome,
            words,
            post,
            person,
            // The rungs of another matter's ladder say nothing about this one's.
            rung: if request.matter == other.matter { rung } else { last.rung },
            opens: self.carrier(last)?,
        })
    }

    /// Who carries a result to this household: the next below where it was held last, else whoever answers there, else
    /// the next above.
    fn carrier(&self, last: &Assignment) -> Result<Opening, Refusal> {
        let question = self.question(0);
        let done = std::slice::from_ref(&last.person);
        let way = relay::next_down(self.world, &question, &self.recusal, last.rung, done)
            .or_else(|| self.named(&last.post, last.rung).ok())
            .or_else(|| relay::next_up(self.world, &question, &self.recusal, last.rung, &[]))
            .unwrap_or_else(|| self.again(BEYOND));
        self.opening(&way, Duty::Relay).ok_or_else(|| nobody(last))
    }

    /// It goes on by itself, with whoever answers where it was held last, else from there up; in the time since it was
    /// logged.
    fn separated(&self, request: &Request, last: &Assignment, reason: String) -> Result<Event, Refusal> {
        let may = |post| last.rung >= BEYOND || self.world.may_resolve(post, self.matter, self.at);
        let own = self.find_post(&last.post).ok().filter(|post| may(*post));
        let own = own.and_then(|_| self.named(&last.post, last.rung).ok());
        let found = |route: &Route| route.found.is_some();
        let way = own.or_else(|| Some(self.again(last.rung)).filter(found)).unwrap_or_else(|| self.again(BEYOND));
        let opens = self.opening(&way, Duty::Handle).ok_or_else(|| nobody(last))?;
        Ok(Event::Separated { reason, limits: Box::new(self.since_logging(request)), opens })
    }
}

fn nobody(last: &Assignment) -> Refusal {
    let message = format!("after post `{}` there is nobody who may take it; appoint somebody first", last.post);
    Refusal::new(Code::NobodyMayTake, message)
}

/// What is decided of a request comes to for those that were merged into it, each with what happens to it: they have
/// its result, they follow where it went, or they go on by themselves.
///
/// # Errors
/// `NobodyMayTake` when one of them would be left with nobody: then nothing happens to the request either.
pub fn followed(
    world: &World,
    request: &Request,
    records: &[Recorded],
    followers: &[Request],
    at: Instant,
    loads: &Loads,
) -> Result<Vec<(RequestId, Vec<Recorded>)>, Refusal> {
    let mut loads = loads.clone();
    let after = records.iter().try_fold(request.clone(), |state, record| evolve(Some(state), at, &record.event));
    // An event that does not fit is found by whoever folds it next, and then nothing is kept.
    let (Ok(after), Some(last)) = (after, records.last()) else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for follower in followers {
        let Some(record) = follows(world, follower, &after, at, &last.step.acted, &loads)? else { continue };
        if let Event::Separated { opens, .. } = &record.event {
            *loads.0.entry(opens.person.clone()).or_default() += 1;
        }
        all.push((follower.id, vec![record]));
    }
    Ok(all)
}

/// What becomes of one that follows another, as that one is now; nothing while that one is open.
fn follows(
    world: &World,
    request: &Request,
    other: &Request,
    at: Instant,
    acted: &Actor,
    loads: &Loads,
) -> Result<Option<Recorded>, Refusal> {
    let Stage::Merged { last } = request.stage else { return Ok(None) };
    let Some(last) = request.assignment(last).filter(|_| request.merged_into == Some(other.id)) else {
        return Ok(None);
    };
    let case = Case::of(world, request, at, loads)?;
    let event = match (&other.stage, other.stage.resolution()) {
        (_, Some(resolution)) => case.shared(request, other, resolution, last)?,
        (Stage::Merged { .. }, None) => match other.merged_into {
            Some(into) => Event::MergedOn { into },
            None => return Ok(None),
        },
        (Stage::Closed { .. }, None) => case.separated(request, last, String::new())?,
        (_, None) => return Ok(None),
    };
    let responsible = Some(event.opens().map_or_else(|| last.person.clone(), |opens| opens.person.clone()));
    // The citizen of the other request did nothing here.
    let acted = if matches!(acted, Actor::Citizen(_)) { Actor::System } else { acted.clone() };
    let step = Step { acted, responsible, on_behalf_of: None, by_order_of: None };
    Ok(Some(Recorded { step, event }))
}
