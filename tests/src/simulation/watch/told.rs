//! Who must be told of what happens to a request, said from what is open before and after and without any table: whoever
//! gets work, loses it, or has to do with what the citizen, time or the register does to it. And who must not be.

use std::collections::{BTreeMap, BTreeSet};

use liandong_engine::rules::{
    id::PersonCode,
    instant::Instant,
    request::{
        Assignment, Request,
        event::{Event, Recorded},
    },
    world::Register,
};

use super::{super::shell::Told, hanging};
use crate::naive::Day;

/// What is wrong with who is told of an event.
pub(super) fn faults(
    register: &Register,
    at: Instant,
    before: Option<&Request>,
    after: &Request,
    recorded: &Recorded,
    told: &[&Told],
) -> Vec<String> {
    let event = &recorded.event;
    let mut must = Must::default();
    must.work(before, after);
    if let Some(before) = before {
        must.holders(before, after, event);
        must.others(before, event);
    }
    if let Event::Overdue { tell, .. } | Event::LimitPassed { tell, .. } = event {
        // Of a complaint only who sees it by a post of their own: whoever stands in for the leader does not.
        let leads = |person: &&PersonCode| hanging::leads(register, person, at);
        must.tell(tell.iter().filter(|person| after.accused.is_empty() || leads(person)), "leads who is late");
    }
    let acted = recorded.step.acted.person();
    let day = (!after.accused.is_empty()).then(|| Day::of(register, at));
    let logged = |person: &PersonCode| after.logged_by.person() == Some(person);
    let kept = |person: &PersonCode| {
        let goes_round = |day: &Day<'_>| day.is_kept(&after.accused, &day.closed_to(&after.accused), person);
        day.as_ref().is_some_and(goes_round) && !logged(person)
    };
    let hears = |person: &PersonCode| hanging::holds_a_post(register, person, at) && !kept(person);
    let heard: BTreeSet<&PersonCode> = told.iter().map(|told| &told.person).collect();
    let missed = must.0.into_iter().filter(|(person, _)| acted != Some(person) && !heard.contains(person));
    let mut faults: Vec<String> = missed
        .filter(|(person, _)| hears(person))
        .map(|(person, why)| format!("{person} {why}, and is not told"))
        .collect();
    if heard.len() < told.len() {
        faults.push(format!("somebody is told twice: {told:?}"));
    }
    let concerned = concerned(before, after, event);
    for person in heard {
        if acted == Some(person) {
            faults.push(format!("{person} is told what they did themselves"));
        }
        if !hanging::holds_a_post(register, person, at) {
            faults.push(format!("{person} is told and holds no post"));
        }
        if kept(person) {
            faults.push(format!("{person} is told, and it goes round them"));
        }
        if !concerned.contains(person) {
            faults.push(format!("{person} is told, and has nothing to do with it"));
        }
    }
    faults
}

/// Who has to be told, and why.
#[derive(Debug, Default)]
struct Must(BTreeMap<PersonCode, &'static str>);

impl Must {
    fn tell<'p>(&mut self, people: impl IntoIterator<Item = &'p PersonCode>, why: &'static str) {
        for person in people {
            self.0.entry(person.clone()).or_insert(why);
        }
    }

    /// Whoever has work that they had not, or had work that they have no more, or until another time.
    fn work(&mut self, before: Option<&Request>, after: &Request) {
        let was = |no| before.and_then(|request| request.assignment(no));
        self.tell(after.open().filter(|a| was(a.no).is_none()).map(|a| &a.person), "has it from now on");
        let Some(before) = before else { return };
        let is = |no| after.assignment(no).filter(|a| a.ended.is_none());
        self.tell(before.open().filter(|a| is(a.no).is_none()).map(|a| &a.person), "has it no more");
        let moved = |a: &&Assignment| is(a.no).is_some_and(|is| (is.accept, is.finish) != (a.accept, a.finish));
        self.tell(before.open().filter(moved).map(|a| &a.person), "has it until another time");
        let case = |request: &Request| {
            let supervised = request.limits.supervision.as_ref().and_then(|by| by.limit);
            (request.limits.committed, request.limits.statutory, supervised)
        };
        let lead = before.handle().filter(|lead| is(lead.no).is_some() && case(before) != case(after));
        self.tell(lead.map(|lead| &lead.person), "leads it until another time");
    }

    /// Whoever has open work on it hears what the citizen says and what becomes of the case, and from those who help.
    fn holders(&mut self, before: &Request, after: &Request, event: &Event) {
        let asks = before.asks_extension().map(|step| step.no);
        let lead = || before.handle().map(|lead| &lead.person);
        match event {
            Event::Resumed { .. } => self.tell(people(before.open()), "waited for the citizen"),
            Event::NoteAdded { .. } => self.tell(people(before.open()), "has it, and a note was added"),
            Event::Withdrawn { .. } => self.tell(people(before.open()), "had it, and it was taken back"),
            Event::PlaceMoved { .. } => self.tell(people(before.open()), "has it, and its place moved"),
            Event::Corrected { .. } | Event::PlaceCorrected { .. } => {
                self.tell(people(before.open()), "has it, and it was corrected");
            }
            // Who only decides on more time has nothing to ask of the citizen.
            Event::CitizenCorrected { .. } => {
                self.tell(people(before.open().filter(|a| Some(a.no) != asks)), "has it, and it was corrected");
            }
            Event::CitizenAsked { .. } => self.tell(people(before.asides()), "waits for the citizen too"),
            Event::Responded { .. }
            | Event::Reported { .. }
            | Event::Released { .. }
            | Event::ExtensionGranted { .. }
            | Event::ExtensionRefused { .. } => self.tell(lead(), "asked for it"),
            Event::Reminded { .. } => self.tell(people(before.open().filter(|a| !a.is_aside())), "is reminded"),
            Event::Supervised { .. } => self.tell(lead(), "has it, and it is watched"),
            Event::Overdue { no, .. } => {
                self.tell(before.assignment(*no).map(|late| &late.person), "is late");
                self.tell(lead(), "has it, and it is late");
            }
            Event::LimitPassed { .. } => self.tell(lead(), "has it, and it is late"),
            _ => {}
        }
        // Whoever helps has to know for whom.
        if before.handle().map(|lead| &lead.person) != after.handle().map(|lead| &lead.person) {
            self.tell(people(after.asides()), "helps somebody else now");
        }
        let aside_passed = matches!(event, Event::HandedOver { ends, .. }
            if before.assignment(*ends).is_some_and(Assignment::is_aside));
        self.tell(lead().filter(|_| aside_passed), "is helped by somebody else now");
    }

    /// Whoever resolved it, logged it, or has it under supervision, and waits for how it goes on.
    fn others(&mut self, before: &Request, event: &Event) {
        if matches!(event, Event::Rated { .. } | Event::Reopened { .. } | Event::NoteAdded { .. }) {
            self.tell(before.stage.resolution().map(|done| &done.person), "resolved it");
        }
        let for_logger = matches!(
            event,
            Event::Resolved { .. }
                | Event::ResultShared { .. }
                | Event::Reopened { .. }
                | Event::Withdrawn { .. }
                | Event::Corrected { .. }
                | Event::PlaceCorrected { .. }
                | Event::CitizenCorrected { .. }
                | Event::Merged { .. }
                | Event::Separated { .. }
        );
        self.tell(before.logged_by.person().filter(|_| for_logger), "logged it");
        let for_watcher = matches!(
            event,
            Event::Resolved { .. }
                | Event::Reopened { .. }
                | Event::Rated { satisfied: false, .. }
                | Event::Withdrawn { .. }
                | Event::LimitPassed { .. }
                | Event::Merged { .. }
        );
        let watcher = before.limits.supervision.as_ref().filter(|_| for_watcher);
        self.tell(watcher.map(|watched| &watched.by), "has it under supervision");
    }
}

fn people<'a>(of: impl Iterator<Item = &'a Assignment>) -> impl Iterator<Item = &'a PersonCode> {
    of.map(|a| &a.person)
}

/// Everybody who has to do with a request when that happens to it.
fn concerned<'a>(before: Option<&'a Request>, after: &'a Request, event: &'a Event) -> BTreeSet<&'a PersonCode> {
    let mut all: BTreeSet<&PersonCode> = people(after.open()).chain(after.logged_by.person()).collect();
    if let Some(before) = before {
        all.extend(people(before.open()));
        all.extend(before.stage.resolution().map(|done| &done.person));
        all.extend(before.limits.supervision.as_ref().map(|watched| &watched.by));
    }
    if let Event::Overdue { tell, .. } | Event::LimitPassed { tell, .. } = event {
        all.extend(tell);
    }
    all
}
