//! Who must be told what by a change of the register: whose duty changes, and who stands in for whom.

use std::collections::BTreeSet;

use super::{
    About, Notice, NoticeKind,
    see_to::{self, Place},
    urgency::when_felt,
};
use crate::rules::{
    absence::{Absence, Scope, Substitute},
    actor::Actor,
    authority::reads_map,
    id::{DutyChangeCode, PersonCode, PostCode, RosterCode, UnitCode},
    instant::{Instant, Span},
    post::PostKind,
    register::{
        duty::{felt_from, offered_to},
        duty_coverage::GAP_DAYS,
        event::{Event, Recorded},
    },
    roster::{DutyChange, DutyChangeStage, Roster},
    routing::{Recusal, stand_in},
    tree::UnitIx,
    world::{PostIx, World},
};

/// The notices of an event of the register, of that instant; `before` and `after` are the world around it.
/// Nobody is told what they did themselves, and nobody twice; nobody who holds no post. Who is touched and what they are
/// told stands in [`told_of_change`](super::told_of_change); a test holds this to it.
#[must_use]
pub fn notices_of_register(before: &World, after: &World, at: Instant, recorded: &Recorded) -> Vec<Notice> {
    let mut told = Told { world: after, at, acted: &recorded.step.acted, told: Vec::new() };
    match &recorded.event {
        Event::SwapOffered { change } => told.duty(change, NoticeKind::SwapOffered, offered_to(after, at, change)),
        Event::SwapTaken { change, by, .. } => {
            told.known(change, NoticeKind::SwapTaken, |row| row.out.clone().into_iter().collect());
            // Whoever was asked, and is not any more.
            let asked = before.duty_change(change).map_or_else(Vec::new, |row| offered_to(before, at, row));
            told.known(change, NoticeKind::SwapGone, |_| asked.into_iter().filter(|person| person != by).collect());
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
        Event::DutyChangeExpired { change, .. } => {
            told.known(change, NoticeKind::DutyChangeExpired, |row| {
                let mut people: Vec<PersonCode> =
                    [&row.out, &row.person, &row.begun_by].into_iter().flatten().cloned().collect();
                if row.since().is_none() {
                    people.extend(offered_to(before, at, row));
                }
                people
            });
        }
        Event::SubstituteLeft { absence } => {
            let row = after.register().absences.iter().find(|row| row.code == *absence);
            row.into_iter().for_each(|row| told.absence(row, NoticeKind::SubstituteGone, relying(before, at, row)));
        }
        Event::AbsenceRecorded { absence } => {
            // Whoever relies on the one who goes has to know, and who put them there.
            for row in after.absences().all().iter().filter(|row| row.code != absence.code) {
                let stands_in = row.substitute_at(row.holds().from.max(at)) == Some(&absence.person);
                if stands_in && row.holds().overlaps(absence.holds()) {
                    told.absence(row, NoticeKind::SubstituteGone, relying(after, at, row));
                }
            }
            told.absence(absence, NoticeKind::AbsenceRecorded, vec![absence.person.clone()]);
            told.absence(absence, NoticeKind::StandIn, substitutes(after, absence, absence.holds().from));
            told.nobody_there(before, absence);
        }
        Event::AbsenceEnded { absence } => {
            let rows = &before.register().absences;
            if let Some(row) = rows.iter().find(|row| row.code == *absence) {
                let mut people = substitutes(before, row, row.holds().from.max(at));
                people.insert(0, row.person.clone());
                people.extend(row.recorded_by.clone());
                told.absence(row, NoticeKind::AbsenceEnded, people);
            }
        }
        Event::RosterSetUp { roster } | Event::RosterChanged { roster } => {
            told.roster(before, &roster.code, roster.span.from);
            let place = after.find_unit(roster.unit.as_str()).map(|unit| (unit, roster.posts));
            told.shifts_empty(before, place.as_slice(), ahead(roster.span.from.max(at)), None);
        }
        Event::RosterEnded { roster, until } => told.roster(before, roster, *until),
        Event::UnitCreated { unit } => told.unit(&unit.code, unit.parent.iter().map(|above| (after, above))),
        Event::UnitMoved { unit, parent } => {
            let above = parent_of(before, unit, at);
            told.unit(unit, above.iter().map(|above| (before, above)).chain([(after, unit), (after, parent)]));
        }
        Event::UnitDissolved { unit, successor } => {
            let above = parent_of(before, unit, at);
            let near = above.iter().chain(successor).map(|near| (after, near));
            told.unit(unit, std::iter::once((before, unit)).chain(near));
        }
        Event::Appointed { post, person, .. } => {
            let about = About::Post(post.clone());
            told.say(vec![person.clone()], NoticeKind::Appointed, &about, Some(at));
        }
        Event::Relieved { post, person } => {
            told.say(vec![person.clone()], NoticeKind::Relieved, &About::Post(post.clone()), Some(at));
            told.left_alone(post);
            told.shifts_empty(before, &see_to::places(before, person, at), ahead(at), None);
        }
        Event::PostAbolished { post } => {
            let held = before.find_post(post.as_str());
            let held_by = held.into_iter().flat_map(|post| before.holders(post, at));
            let people = held_by.filter_map(|held| before.person_code(held.person)).cloned().collect();
            told.say(people, NoticeKind::Relieved, &About::Post(post.clone()), Some(at));
            let place = held.and_then(|post| before.post_unit(post).zip(before.post_kind(post)));
            told.shifts_empty(before, place.as_slice(), ahead(at), None);
        }
        Event::RowsLoaded { .. }
        | Event::PersonAdded { .. }
        | Event::UnitRenamed { .. }
        | Event::PostCreated { .. }
        | Event::MandateChanged { .. }
        | Event::LimitChanged { .. }
        | Event::DaysDeclared { .. }
        | Event::UnitCalendarEnded { .. } => {}
    }
    told.told
}

/// As far ahead as is looked for shifts that have nobody.
const fn ahead(from: Instant) -> Span {
    Span { from, to: from.plus_days(GAP_DAYS) }
}

fn parent_of(world: &World, unit: &UnitCode, at: Instant) -> Option<UnitCode> {
    let parent = world.tree().parent(world.find_unit(unit.as_str())?, at)?;
    world.tree().code(parent).parse().ok()
}

/// Whether an event of the register may tell anybody anything: where not, no notice need be looked for.
#[must_use]
pub const fn register_may_tell(event: &Event) -> bool {
    !matches!(
        event,
        Event::RowsLoaded { .. }
            | Event::PersonAdded { .. }
            | Event::UnitRenamed { .. }
            | Event::PostCreated { .. }
            | Event::MandateChanged { .. }
            | Event::LimitChanged { .. }
            | Event::DaysDeclared { .. }
            | Event::UnitCalendarEnded { .. }
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
            let works = self.world.find_person(person.as_str()).is_some_and(|ix| reads_map(self.world, ix, self.at));
            if self.acted.person() == Some(&person) || !works || !known.insert(person.clone()) {
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

    /// Whoever holds a post on one of these units, each in its world.
    fn unit<'u>(&mut self, unit: &UnitCode, near: impl Iterator<Item = (&'u World, &'u UnitCode)>) {
        let at = self.at;
        let found = near.filter_map(|(world, unit)| Some((world, world.find_unit(unit.as_str())?)));
        let people = found.flat_map(|(world, unit): (&World, UnitIx)| see_to::holders(world, unit, at)).collect();
        self.say(people, NoticeKind::UnitChanged, &About::Unit(unit.clone()), None);
    }

    /// Who sees to it, where an absence leaves a shift of an exclusive roster or a post with nobody.
    fn nobody_there(&mut self, before: &World, absence: &Absence) {
        let from = absence.holds().from.max(self.at);
        let places = see_to::places(self.world, &absence.person, from);
        let empty = self.shifts_empty(before, &places, Span { from, to: absence.holds().to }, Some(&absence.person));
        let alone = |world: &World, post: PostIx| stand_in(world, post, None, from, &Recusal::default()).is_err();
        let posts = self.world.posts_hanging_on(&absence.person, from);
        let posts = posts.iter().filter_map(|post| self.world.find_post(post.as_str()));
        let told_of = |post: PostIx| {
            let place = self.world.post_unit(post).zip(self.world.post_kind(post));
            place.is_some_and(|place| empty.contains(&place))
        };
        let posts = posts.filter(|post| alone(self.world, *post) && !alone(before, *post) && !told_of(*post));
        let mut people: Vec<PersonCode> = posts.flat_map(|post| see_to::superiors(self.world, post, self.at)).collect();
        people.retain(|person| *person != absence.person);
        self.say(people, NoticeKind::PostUnanswered, &About::Absence(absence.code.clone()), Some(from));
    }

    /// Who sees to a post that nobody answers for any more: nothing can be handed to it, and what was open there may be
    /// waiting for somebody.
    fn left_alone(&mut self, post: &PostCode) {
        let (world, at) = (self.world, self.at);
        let Some(ix) = world.find_post(post.as_str()).filter(|ix| world.post_exists(*ix, at)) else { return };
        if stand_in(world, ix, None, at, &Recusal::default()).is_ok() {
            return;
        }
        let mut people = see_to::superiors(world, ix, at);
        let unit = world.post_unit(ix);
        people.extend(unit.into_iter().flat_map(|unit| see_to::nearest_of(world, unit, PostKind::Dispatcher, at)));
        self.say(people, NoticeKind::PostUnanswered, &About::Post(post.clone()), Some(at));
    }

    /// Who sees to the rosters of these places of which a shift has nobody now; where that is so.
    fn shifts_empty(&mut self, before: &World, at: &[Place], during: Span, away: Option<&PersonCode>) -> Vec<Place> {
        let empty = see_to::emptied(before, self.world, at, during);
        for (roster, place, begins) in &empty {
            let mut people = see_to::arrangers(self.world, *place, self.at);
            people.retain(|person| Some(person) != away);
            self.say(people, NoticeKind::ShiftEmpty, &About::Roster(roster.clone()), Some(*begins));
        }
        empty.into_iter().map(|(_, place, _)| place).collect()
    }
}

/// Who relies on a substitute: the absent, their superiors, the substitute, and who recorded it.
fn relying(world: &World, at: Instant, row: &Absence) -> Vec<PersonCode> {
    let named = match &row.substitute {
        Substitute::Person(named) => Some(named.clone()),
        Substitute::ByPost => None,
    };
    let own = std::iter::once(row.person.clone()).chain(named).chain(row.recorded_by.clone());
    own.chain(superiors(world, at, &row.person)).collect()
}

/// The nearest who stand above a person, by each post of theirs.
fn superiors(world: &World, at: Instant, person: &PersonCode) -> Vec<PersonCode> {
    let Some(person) = world.find_person(person.as_str()) else { return Vec::new() };
    let held = world.held_by(person, at).filter(|held| world.post_exists(held.post, at));
    held.flat_map(|held| see_to::superiors(world, held.post, at)).collect()
}

/// Who stands in for somebody absent: who is named, and whoever answers for a post of theirs at that instant,
/// in any matter that the absence is for.
fn substitutes(world: &World, absence: &Absence, at: Instant) -> Vec<PersonCode> {
    let mut people: Vec<PersonCode> = absence.substitute_at(at).cloned().into_iter().collect();
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
