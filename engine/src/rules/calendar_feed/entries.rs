//! What a feed shows, from the one answer to who is on duty.

use super::{Subject, horizon, local, midnight};
use crate::rules::{
    absence::{Absence, Scope, Substitute},
    id::{PersonCode, UnitCode},
    instant::{Instant, Span},
    post::PostKind,
    roster::{Change, Duty, OnDuty, Roster, ShiftId, Turn},
    tier::words,
    tree::UnitIx,
    world::World,
};

words! {
    /// What an entry is of.
    pub enum EntryKind {
        /// Somebody is on duty.
        Duty = "值班",
        /// Nobody is, though a shift runs.
        Gap = "空岗",
        /// Somebody is absent.
        Absence = "不在岗",
    }
}

/// One entry of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Names it for ever: the same shift has it when it moves, and when others take it.
    pub uid: String,
    /// What it is of.
    pub kind: EntryKind,
    /// From when to when.
    pub span: Span,
    /// When somebody changed it last, if anybody did since it was planned.
    pub changed_at: Option<Instant>,
    /// What it is called.
    pub title: String,
    /// Where; may be empty.
    pub place: String,
    /// What else there is to know, a line each.
    pub notes: Vec<String>,
}

/// A calendar as it is shown on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whose it is.
    pub name: String,
    /// The midnight that begins the day.
    pub today: Instant,
    /// In the order of time.
    pub entries: Vec<Entry>,
}

/// Nothing lasts longer than a week; a shift that reaches over an end of what is shown is shown whole.
const MARGIN_DAYS: i64 = 8;

/// The calendar of a person or a unit on that day.
#[must_use]
pub fn shown(world: &World, subject: &Subject, at: Instant) -> Shown {
    let page = Page { world, at, during: horizon(at, world.zone()) };
    let (name, mut entries) = match subject {
        Subject::Person(person) => (page.name(person).to_owned(), page.of_person(person)),
        Subject::Unit(unit) => page.of_unit(unit),
    };
    entries.sort_by(|a, b| (a.span, &a.uid).cmp(&(b.span, &b.uid)));
    Shown { name, today: midnight(at, world.zone()), entries }
}

/// Why somebody is on duty: what names the entry through all that may happen to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason<'w> {
    /// A shift of a roster.
    Shift(&'w Roster, ShiftId),
    /// An override alone.
    Override(&'w Roster, &'w crate::rules::roster::Override),
    /// Nobody is.
    Gap,
}

/// The same people in the same shift.
struct Piece<'w> {
    reason: Reason<'w>,
    span: Span,
    people: Vec<Duty<'w>>,
}

struct Page<'w> {
    world: &'w World,
    at: Instant,
    during: Span,
}

impl<'w> Page<'w> {
    fn of_person(&self, person: &PersonCode) -> Vec<Entry> {
        let mut found = Vec::new();
        for (unit, posts) in self.world.rostered_places(person) {
            for piece in self.pieces(unit, posts, |duty| duty.person == person) {
                if !matches!(piece.reason, Reason::Gap) {
                    found.push(self.entry(unit, posts, &piece, Some(person)));
                }
            }
        }
        let absences = self.world.absences().of(person).iter().filter(|row| row.holds().overlaps(self.during));
        found.extend(absences.map(|row| self.absence(row)));
        found
    }

    fn of_unit(&self, unit: &UnitCode) -> (String, Vec<Entry>) {
        let Some(ix) = self.world.find_unit(unit.as_str()) else { return (unit.to_string(), Vec::new()) };
        let kinds = self.world.rostered_kinds(ix);
        let pieces = |posts: PostKind| self.pieces(ix, posts, |_| true).into_iter().map(move |piece| (posts, piece));
        let entries = kinds.into_iter().flat_map(pieces).map(|(posts, piece)| self.entry(ix, posts, &piece, None));
        (self.world.tree().name(ix, self.at).to_owned(), entries.collect())
    }

    /// What is looked at, so that no shift is cut.
    fn wide(&self) -> Span {
        Span { from: self.during.from.plus_days(-MARGIN_DAYS), to: self.during.to.plus_days(MARGIN_DAYS) }
    }

    /// Who of these people is on duty, put together shift by shift.
    fn pieces(&self, unit: UnitIx, posts: PostKind, of: impl Fn(&Duty<'w>) -> bool) -> Vec<Piece<'w>> {
        let mut found: Vec<Piece<'w>> = Vec::new();
        for stint in self.world.duty_roster(unit, posts, self.wide()) {
            for (reason, people) in groups(&stint.on_duty, &of) {
                let same =
                    |p: &&mut Piece<'w>| p.span.to == stint.span.from && p.reason == reason && p.people == people;
                match found.iter_mut().rev().take(MOST_AT_ONCE).find(same) {
                    Some(piece) => piece.span.to = stint.span.to,
                    None => found.push(Piece { reason, span: stint.span, people }),
                }
            }
        }
        found.retain(|piece| piece.span.overlaps(self.during));
        found
    }

    fn entry(&self, unit: UnitIx, posts: PostKind, piece: &Piece<'w>, whose: Option<&PersonCode>) -> Entry {
        let (tree, span) = (self.world.tree(), piece.span);
        let place = tree.name(unit, span.from.max(self.at)).to_owned();
        let mut uid = self.uid(piece);
        if piece.people.is_empty() {
            uid = format!("{posts}.{uid}");
        }
        uid.extend(whose.map(|person| format!(".{person}")));
        let uid = format!("{uid}@{}.liandong", tree.code(unit));
        let away = |person: &PersonCode| self.world.absences().absent_during(person, span);
        let mark = |person: &PersonCode| if away(person) { "（不在岗）" } else { "" };
        let (kind, title, first) = match piece.reason {
            Reason::Gap => (EntryKind::Gap, format!("空岗：{place}{}", posts.zh()), posts.zh().to_owned()),
            Reason::Shift(roster, _) | Reason::Override(roster, _) => {
                let title = match whose {
                    Some(person) => format!("{}{}", roster.name, mark(person)),
                    None => {
                        let one = |duty: &Duty<'w>| format!("{}{}", self.name(duty.person), mark(duty.person));
                        let people: Vec<String> = piece.people.iter().map(one).collect();
                        format!("{}：{}", roster.name, people.join("、"))
                    }
                };
                (EntryKind::Duty, title, format!("{} · {}", roster.kind.zh(), posts.zh()))
            }
        };
        let changes = piece.people.iter().filter_map(|duty| duty.by);
        let mut notes = vec![first];
        notes.extend(changes.clone().map(|by| match &by.change {
            Change::Replace { out, person } => format!("{}替{}", self.name(person), self.name(out)),
            Change::Add { person } | Change::Remove { person } => format!("临时安排：{}", self.name(person)),
        }));
        Entry { uid, kind, span, changed_at: changes.map(|by| by.made_at).max(), title, place, notes }
    }

    /// Names a piece by its shift: with the day where a shift has a piece on each of several days, with the
    /// time where it is not the whole of what was planned.
    fn uid(&self, piece: &Piece<'w>) -> String {
        let begins = piece.span.from;
        let at = |at: Instant| {
            local(at, self.world.zone())
                .map_or_else(String::new, |(date, time)| format!("{date}T{}", time.strftime("%H%M%S")))
        };
        match piece.reason {
            Reason::Gap => format!("gap.{}", at(begins)),
            Reason::Override(_, by) if by.acts().from.max(self.wide().from) >= begins => by.code.to_string(),
            Reason::Override(_, by) => format!("{}.{}", by.code, at(begins)),
            Reason::Shift(roster, shift) => {
                let planned = self.world.rosters().shift(&roster.code, shift);
                let planned = planned.iter().find(|part| part.span.overlaps(piece.span));
                let mut uid = format!("{}.{}.{}", roster.code, shift.start, shift.no);
                if roster.turn == Turn::Weekly {
                    uid.extend(planned.map(|part| format!(".{}", part.day)));
                }
                if planned.is_none_or(|part| part.span.from != begins) {
                    uid = format!("{uid}.{}", at(begins));
                }
                uid
            }
        }
    }

    /// An absence, without its reason: that is nobody's business in a calendar program that others run.
    fn absence(&self, row: &Absence) -> Entry {
        let (holds, shown) = (row.holds(), self.during);
        let mut notes = Vec::new();
        if let Scope::Matters(_) = row.scope {
            notes.push("仅部分事项".to_owned());
        }
        if let Substitute::Person(person) = &row.substitute {
            notes.push(format!("替岗：{}", self.name(person)));
        }
        Entry {
            uid: format!("absence.{}.{}@liandong", row.code, row.person),
            kind: EntryKind::Absence,
            span: Span { from: holds.from.max(shown.from), to: holds.to.min(shown.to) },
            changed_at: Some(row.ended_at.unwrap_or(row.recorded_at)),
            title: EntryKind::Absence.zh().to_owned(),
            place: String::new(),
            notes,
        }
    }

    fn name<'a>(&'a self, code: &'a PersonCode) -> &'a str {
        let person = self.world.find_person(code.as_str()).and_then(|ix| self.world.person(ix));
        person.map_or(code.as_str(), |person| &person.name)
    }
}

/// How many rosters of one kind of post on one unit run at once: more than anybody makes.
const MOST_AT_ONCE: usize = 16;

/// The people of each roster with what put them there; a gap where nobody of any is.
fn groups<'w>(on_duty: &OnDuty<'w>, of: &impl Fn(&Duty<'w>) -> bool) -> Vec<(Reason<'w>, Vec<Duty<'w>>)> {
    if on_duty.people.is_empty() && on_duty.gap {
        return vec![(Reason::Gap, Vec::new())];
    }
    let mut found: Vec<(Reason<'w>, Vec<Duty<'w>>)> = Vec::new();
    for duty in on_duty.people.iter().filter(|duty| of(duty)) {
        let shift = duty.shift.map(|no| Reason::Shift(duty.roster, ShiftId { start: duty.roster.start, no }));
        let Some(reason) = shift.or_else(|| Some(Reason::Override(duty.roster, duty.by?))) else { continue };
        match found.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, people)) => people.push(*duty),
            None => found.push((reason, vec![*duty])),
        }
    }
    found
}
