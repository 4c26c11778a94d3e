//! Who must be told what by a change of the register: whose duty changes, and who stands in for whom.

use std::collections::BTreeSet;

use super::{About, Notice, NoticeKind, urgency::when_felt};
use crate::rules::{
    absence::{Absence, Scope, Substitute},
    actor::Actor,
    id::{DutyChangeCode, PersonCode, RosterCode},
    instant::Instant,
    register::{
        duty::{felt_from, offered_to},
        event::{Event, Recorded},
    },
    roster::{DutyChange, DutyChangeStage, Roster},
    routing::{Recusal, stand_in},
    world::World,
};

/// The notices of an event of the register, of that instant; `before` and `after` are the world around it.
/// Nobody is told what they did themselves, and nobody twice.
#[must_use]
pub fn notices_of_register(before: &World, after: &World, at: Instant, recorded: &Recorded) -> Vec<Notice> {
    let mut told = Told { world: after, at, acted: &recorded.step.acted, told: Vec::new() };
    match &recorded.event {
        Event::SwapOffered { change } => told.duty(change, NoticeKind::SwapOffered, offered_to(after, at, change)),
        Event::SwapTaken { change, .. } => {
            told.known(change, NoticeKind::SwapTaken, |row| row.out.clone().into_iter().collect());
        }
        Event::SwapTakenBack { change, .. } => told.known(change, NoticeKind::SwapTakenBack, |row| {
            row.out.clone().into_iter().chain(offered_to(after, at, row)).collect()
        }),
        Event::DutyTakenOver { change } => {
            told.duty(change, NoticeKind::DutyTakenOver, change.out.clone().into_iter().collect());
        }
        Event::CoverArranged { change } => {
            let both = [&change.out, &change.person].into_iter().flatten().cloned().collect();
            told.duty(change, NoticeKind::CoverArranged, both);
        }
        Event::DutyChangeUndone { change, .. } => told.known(change, NoticeKind::DutyChangeUndone, |row| {
            [&row.out, &row.person, &row.begun_by].into_iter().flatten().cloned().collect()
        }),
        Event::AbsenceRecorded { absence } => {
            told.absence(absence, NoticeKind::AbsenceRecorded, vec![absence.person.clone()]);
            told.absence(absence, NoticeKind::StandIn, substitutes(after, absence, absence.holds().from));
        }
        Event::AbsenceEnded { absence } => {
            let rows = &before.register().absences;
            if let Some(row) = rows.iter().find(|row| row.code == *absence) {
                let mut people = substitutes(before, row, row.holds().from.max(at));
                people.insert(0, row.person.clone());
                told.absence(row, NoticeKind::AbsenceEnded, people);
            }
        }
        Event::RosterSetUp { roster } | Event::RosterChanged { roster } => {
            told.roster(before, &roster.code, roster.span.from);
        }
        Event::RosterEnded { roster, until } => told.roster(before, roster, *until),
        _ => {}
    }
    told.told
}

/// Whether an event of the register may tell anybody anything: where not, no notice need be looked for.
#[must_use]
pub const fn register_may_tell(event: &Event) -> bool {
    matches!(
        event,
        Event::SwapOffered { .. }
            | Event::SwapTaken { .. }
            | Event::SwapTakenBack { .. }
            | Event::DutyTakenOver { .. }
            | Event::CoverArranged { .. }
            | Event::DutyChangeUndone { .. }
            | Event::AbsenceRecorded { .. }
            | Event::AbsenceEnded { .. }
            | Event::RosterSetUp { .. }
            | Event::RosterChanged { .. }
            | Event::RosterEnded { .. }
    )
}

/// What is told by one event.
struct Told<'a> {
    world: &'a World,
    at: Instant,
    acted: &'a Actor,
    told: Vec<Notice>,
}

impl Told<'_> {
    fn say(&mut self, people: Vec<PersonCode>, kind: NoticeKind, about: &About, felt: Option<Instant>) {
        let mut known: BTreeSet<PersonCode> = BTreeSet::new();
        for person in people {
            if self.acted.person() == Some(&person) || !known.insert(person.clone()) {
                continue;
            }
            let (urgency, deliver_at) = when_felt(self.world, self.at, &person, felt);
            self.told.push(Notice { person, kind, about: about.clone(), urgency, deliver_at });
        }
    }

    fn duty(&mut self, change: &DutyChange, kind: NoticeKind, people: Vec<PersonCode>) {
        let felt = felt_from(self.world, self.at, change);
        self.say(people, kind, &About::DutyChange(change.code.clone()), felt);
    }

    /// The same for a change of duty that was there before.
    fn known(
        &mut self,
        change: &DutyChangeCode,
        kind: NoticeKind,
        people: impl FnOnce(&DutyChange) -> Vec<PersonCode>,
    ) {
        if let Some(row) = self.world.duty_change(change) {
            self.duty(row, kind, people(row));
        }
    }

    /// Whoever stands in the order of a roster from some instant on, and whoever would have, or was put there.
    fn roster(&mut self, before: &World, code: &RosterCode, from: Instant) {
        let holds = |row: &&Roster| row.code == *code && from < row.span.to;
        let (former, now) = (before.rosters().rows().filter(holds), self.world.rosters().rows().filter(holds));
        let planned = former.chain(now).flat_map(|row| &row.order).filter_map(|slot| slot.0.clone());
        let acts = |row: &&DutyChange| row.roster == *code && row.stage() == DutyChangeStage::InForce;
        let changes = before.register().duty_changes.iter().filter(acts);
        let ahead = changes.filter(|row| felt_from(before, from.max(self.at), row).is_some());
        let people = planned.chain(ahead.filter_map(|row| row.person.clone())).collect();
        self.say(people, NoticeKind::RosterChanged, &About::Roster(code.clone()), Some(from.max(self.at)));
    }

    fn absence(&mut self, row: &Absence, kind: NoticeKind, people: Vec<PersonCode>) {
        let felt = row.span.from.max(self.at);
        self.say(people, kind, &About::Absence(row.code.clone()), Some(felt));
    }
}

/// Who stands in for somebody absent: who is named, and whoever answers for a post of theirs at that instant,
/// in any matter that the absence is for.
fn substitutes(world: &World, absence: &Absence, at: Instant) -> Vec<PersonCode> {
    let mut people: Vec<PersonCode> = match &absence.substitute {
        Substitute::Person(named) => vec![named.clone()],
        Substitute::ByPost => Vec::new(),
    };
    let Some(absent) = world.find_person(absence.person.as_str()) else { return people };
    let matters = match &absence.scope {
        Scope::All => vec![None],
        Scope::Matters(matters) => matters.iter().filter_map(|m| world.find_matter(m.as_str())).map(Some).collect(),
    };
    for held in world.held_by(absent, at).filter(|held| world.post_exists(held.post, at)) {
        for matter in &matters {
            let answers = stand_in(world, held.post, *matter, at, &Recusal::default()).ok();
            let instead = answers.filter(|answering| answering.instead_of == Some(absent));
            people.extend(instead.and_then(|answering| world.person_code(answering.person)).cloned());
        }
    }
    people
}
