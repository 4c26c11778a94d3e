//! What others do for who handles a request: help that was called (吹哨报到), and steps handed down (交办).
//! Who handles it stays responsible all the time.

use super::{Case, Decision, Refusal, text};
use crate::rules::{
    actor::Actor,
    id::{AssignmentNo, PostCode},
    request::{
        Assignment, Duty, StageKind,
        event::{Event, Opening, Recorded},
        refusal::Code,
        relation,
    },
    routing::recusal::is_below,
    tree::UnitIx,
    world::PostIx,
};

/// How many can be at it beside the holder: as many as somebody can still keep in mind.
const MAX_ASIDES: usize = 10;

impl Decision<'_> {
    pub(super) fn call_help(&self, held: &Assignment, to: &PostCode, reason: &str) -> Result<Vec<Recorded>, Refusal> {
        let reason = text::required("reason", reason)?;
        let post = self.case.find_post(to)?;
        if !self.case.is_of_this_town(post) {
            let message = format!("post `{to}` is of another town; name one of this town");
            return Refusal::because(Code::NotYourUnit, message);
        }
        let opens = self.aside(held, to, post, Duty::CoHandle)?;
        Ok(self.taken_on(held, Event::HelpCalled { reason, opens }))
    }

    pub(super) fn delegate(&self, held: &Assignment, to: &PostCode, what: &str) -> Result<Vec<Recorded>, Refusal> {
        let instruction = text::required("instruction", what)?;
        let post = self.case.find_post(to)?;
        let own = self.case.find_post(&held.post)?;
        if !is_below(self.case.world, post, own, self.case.at) {
            let message = format!("post `{to}` does not stand below yours; call it to help instead");
            return Refusal::because(Code::NotSubordinate, message);
        }
        let opens = self.aside(held, to, post, Duty::Step)?;
        Ok(self.taken_on(held, Event::Delegated { instruction, opens }))
    }

    pub(super) fn respond(&self, no: AssignmentNo) -> Result<Vec<Recorded>, Refusal> {
        let aside = self.own_aside(no)?;
        if aside.accepted_at.is_some() {
            return Refusal::because(Code::AlreadyThere, "you said so already; report when it is done");
        }
        Ok(self.ordered_by_lead(aside, Event::Responded { no }))
    }

    pub(super) fn report(&self, no: AssignmentNo, words: &str) -> Result<Vec<Recorded>, Refusal> {
        let words = text::required("words", words)?;
        let aside = self.own_aside(no)?;
        Ok(self.ordered_by_lead(aside, Event::Reported { ends: no, words }))
    }

    pub(super) fn recall(&self, no: AssignmentNo, reason: &str) -> Result<Vec<Recorded>, Refusal> {
        let reason = text::required("reason", reason)?;
        let Some(aside) = self.request.asides().find(|aside| aside.no == no) else {
            return no_such(no);
        };
        Ok(self.on(aside, Event::Recalled { ends: no, reason }))
    }

    /// Nothing is resolved over the head of somebody who was told to do a part of it.
    pub(super) fn no_step_open(&self) -> Result<(), Refusal> {
        let Some(step) = relation::helping(self.request).find(|aside| aside.duty == Duty::Step) else {
            return Ok(());
        };
        let message =
            format!("post `{}` has a step of it (no. {}); wait for the report, or recall it", step.post, step.no);
        Refusal::because(Code::StepOpen, message)
    }

    /// One's own part of helping, or step.
    fn own_aside(&self, no: AssignmentNo) -> Result<&Assignment, Refusal> {
        let Some(aside) = relation::helping(self.request).find(|aside| aside.no == no) else {
            return no_such(no);
        };
        if !relation::is_theirs(self.case.world, self.request, aside, self.actor, self.case.at) {
            let message = format!("assignment {no} is another's; give the number of yours");
            return Refusal::because(Code::NotAllowed, message);
        }
        Ok(aside)
    }

    /// The assignment of a named post beside the holder.
    fn aside(&self, held: &Assignment, to: &PostCode, post: PostIx, duty: Duty) -> Result<Opening, Refusal> {
        if self.request.asides().any(|aside| aside.post == *to) {
            let message = format!("post `{to}` is at it already; wait for its report, or name another");
            return Refusal::because(Code::AlreadyCalled, message);
        }
        if self.request.asides().count() >= MAX_ASIDES {
            let message = format!("{MAX_ASIDES} are at it already; recall one first");
            return Refusal::because(Code::TooManyHelpers, message);
        }
        let rung = self.case.rung_of(post).unwrap_or(held.rung);
        let opens = self.opening(&self.case.named(to, rung)?, duty)?;
        if opens.post == held.post || opens.person == held.person {
            let message = format!("post `{to}` is answered for by who has this request; name another");
            return Refusal::because(Code::AlreadyHeld, message);
        }
        Ok(opens)
    }

    /// Done beside the holder, by the order of who leads the case.
    fn ordered_by_lead(&self, aside: &Assignment, event: Event) -> Vec<Recorded> {
        let mut records = self.on(aside, event);
        for record in &mut records {
            record.step.by_order_of = self.request.handle().map(|held| Actor::Person(held.person.clone()));
        }
        records
    }

    /// Whoever has others work on it has taken it on: no second tap for the same thing.
    fn taken_on(&self, held: &Assignment, event: Event) -> Vec<Recorded> {
        let offered = self.request.stage.kind() == StageKind::Routed;
        let accepted = offered.then(|| self.on(held, Event::Accepted { no: held.no }));
        accepted.into_iter().flatten().chain(self.on(held, event)).collect()
    }
}

fn no_such<T>(no: AssignmentNo) -> Result<T, Refusal> {
    let message = format!("assignment {no} is no open one of helping or of a step; reload and look again");
    Refusal::because(Code::NoSuchAssignment, message)
}

impl Case<'_> {
    /// Whether the post lies under the same topmost unit as the place.
    fn is_of_this_town(&self, post: PostIx) -> bool {
        let tree = self.world.tree();
        let territory = self.world.post_unit(post).and_then(|unit| tree.territory(unit, self.at));
        territory.is_some_and(|territory| self.is_in_this_town(territory))
    }

    /// Whether the territory lies under the same topmost unit as the place.
    pub(super) fn is_in_this_town(&self, territory: UnitIx) -> bool {
        let tree = self.world.tree();
        // A place that is gone stands where it stood last.
        let top = tree.upward_or_last(self.question(0).place, self.at).last();
        top.is_some_and(|top| tree.is_within(territory, top, self.at))
    }
}
