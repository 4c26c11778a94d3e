//! Overrides: what changes who is on duty, without changing the rota.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{row::ShiftId, terms::Terms};
use crate::rules::{
    id::{DutyChangeCode, PersonCode, RosterCode, UnitCode},
    instant::{Instant, Span},
    post::PostKind,
};

/// What an override does to the people on duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// One more is on duty, also where no shift runs.
    Add {
        /// Who comes.
        person: PersonCode,
    },
    /// One less is on duty.
    Remove {
        /// Who goes.
        person: PersonCode,
    },
    /// Another takes the place of one on duty.
    Replace {
        /// Who goes.
        out: PersonCode,
        /// Who comes.
        person: PersonCode,
    },
}

/// What an override covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// A stretch of time, wherever the shifts are.
    Stretch(Span),
    /// One shift, wherever it moves to: another hand-over, another market day.
    Shift(ShiftId),
}

/// One change of who is on duty. It acts from the instant at which it was made until the instant at
/// which it was undone, never before: answers about the past do not change. Of two that were made in the same
/// instant, which only files can say, the one with the greater code counts as made later.
///
/// Several may cover the same instant. They act one after the other in the order in which they were
/// made, so the later made wins:
/// - an Add or a Remove decides for its person, whatever was made before about that person;
/// - a Replace decides for the place of who goes. Who was put out of a place by an earlier one still names
///   that place: A by B, then A by C, gives C. It does nothing where who goes has no place, or has none
///   any more and never had one;
/// - nobody is on duty twice: where who comes is there already, the place is left empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The change of duty that made it.
    pub code: DutyChangeCode,
    /// The roster it changes, and no other.
    pub roster: RosterCode,
    /// What it does.
    pub change: Change,
    /// What it covers.
    pub scope: Scope,
    /// When it was made.
    pub made_at: Instant,
    /// Tells the two of a swap of two shifts apart: the shift that was given for the other comes after it.
    pub seq: u8,
    /// Who made it; none for the operator.
    pub made_by: Option<PersonCode>,
    /// By whose order, when somebody else ordered it.
    pub by_order_of: Option<PersonCode>,
    /// When it was undone.
    pub undone_at: Option<Instant>,
}

impl Override {
    /// When it acts, as far as that can be told without the shifts.
    #[must_use]
    pub fn acts(&self) -> Span {
        let scope = match self.scope {
            Scope::Stretch(span) => span,
            Scope::Shift(_) => Span::ALWAYS,
        };
        Span { from: scope.from.max(self.made_at), to: scope.to.min(self.undone_at.unwrap_or(Instant::MAX)) }
    }

    /// Where it stands in the order of making.
    fn order(&self) -> (Instant, &DutyChangeCode, u8) {
        (self.made_at, &self.code, self.seq)
    }
}

/// All overrides, compiled so that those of one instant are found without looking at the others.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    rosters: HashMap<RosterCode, OfRoster>,
    terms: Arc<Terms>,
}

/// The overrides of one roster.
#[derive(Clone, Debug, Default)]
struct OfRoster {
    /// In the order of making.
    rows: Vec<Override>,
    /// Those of one shift, in the order of shifts.
    by_shift: Vec<(ShiftId, usize)>,
    /// Those of a stretch of time that act at all, in the order of their beginning.
    by_time: Vec<(Span, usize)>,
    /// How far each of these and those before it reach.
    reach: Vec<Instant>,
}

impl Overrides {
    /// Compiles them; the order in which they come does not matter.
    #[must_use]
    pub fn build(rows: Vec<Override>) -> Self {
        let mut rosters: HashMap<RosterCode, OfRoster> = HashMap::new();
        for row in rows {
            rosters.entry(row.roster.clone()).or_default().rows.push(row);
        }
        for of in rosters.values_mut() {
            of.rows.sort_by(|a, b| a.order().cmp(&b.order()));
            for (ix, row) in of.rows.iter().enumerate() {
                let acts = row.acts();
                match row.scope {
                    _ if acts.from >= acts.to => {}
                    Scope::Shift(shift) => of.by_shift.push((shift, ix)),
                    Scope::Stretch(_) => of.by_time.push((acts, ix)),
                }
            }
            of.by_shift.sort_unstable();
            of.by_time.sort_unstable();
            let mut reached = Instant::MIN;
            of.reach.extend(of.by_time.iter().map(|(span, _)| {
                reached = reached.max(span.to);
                reached
            }));
        }
        Self { rosters, terms: Arc::default() }
    }

    /// The same where nobody is on duty but who holds a post there.
    #[must_use]
    pub fn with_terms(self, terms: Arc<Terms>) -> Self {
        Self { terms, ..self }
    }

    /// Who holds the posts there when.
    pub(in crate::rules) fn terms(&self) -> Arc<Terms> {
        Arc::clone(&self.terms)
    }

    /// Who holds these posts when; none where that is not known, and everybody may be on duty.
    pub(super) fn terms_of(&self, unit: &UnitCode, posts: PostKind) -> Option<&HashMap<PersonCode, Vec<Span>>> {
        if self.terms.0.is_empty() { None } else { self.terms.0.get(&(unit.clone(), posts)) }
    }

    /// Those of a roster, in the order of making.
    #[must_use]
    pub fn of(&self, roster: &RosterCode) -> &[Override] {
        self.rosters.get(roster).map_or(&[], |of| &of.rows)
    }

    /// Those that act on a roster at that instant, while this shift runs, in the order of making.
    pub(super) fn acting(&self, roster: &RosterCode, shift: Option<ShiftId>, at: Instant) -> Vec<&Override> {
        let Some(of) = self.rosters.get(roster) else { return Vec::new() };
        let mut found: Vec<usize> = Vec::new();
        if let Some(shift) = shift {
            let first = of.by_shift.partition_point(|(s, _)| *s < shift);
            let own = of.by_shift.iter().skip(first).take_while(|(s, _)| *s == shift).map(|(_, ix)| *ix);
            found.extend(own.filter(|ix| of.rows.get(*ix).is_some_and(|row| row.acts().contains(at))));
        }
        let begun = of.by_time.partition_point(|(span, _)| span.from <= at);
        let reaching = of.by_time.iter().zip(&of.reach).take(begun).rev().take_while(|(_, reach)| **reach > at);
        found.extend(reaching.filter(|((span, _), _)| span.contains(at)).map(|((_, ix), _)| *ix));
        found.sort_unstable();
        found.into_iter().filter_map(|ix| of.rows.get(ix)).collect()
    }
}

/// A place on duty at one instant.
#[derive(Clone, Debug)]
pub(super) struct Seat<'r> {
    /// Who has it now.
    pub(super) person: Option<&'r PersonCode>,
    /// What put that person there; none as planned.
    pub(super) by: Option<&'r Override>,
    /// Who was put out of it.
    was: Vec<&'r PersonCode>,
}

impl<'r> Seat<'r> {
    fn give(&mut self, person: Option<&'r PersonCode>, by: &'r Override) {
        self.was.extend(self.person);
        self.person = person;
        self.by = Some(by);
    }
}

/// The places of a shift after what was changed, and the overrides that changed something.
pub(super) fn apply<'r>(
    planned: &[Option<&'r PersonCode>],
    overrides: Vec<&'r Override>,
) -> (Vec<Seat<'r>>, Vec<&'r Override>) {
    let mut seats: Vec<Seat<'r>> =
        planned.iter().map(|person| Seat { person: *person, by: None, was: Vec::new() }).collect();
    let mut effective = overrides;
    effective.retain(|row| act(&mut seats, row));
    (seats, effective)
}

/// Whether it changed anything.
fn act<'r>(seats: &mut Vec<Seat<'r>>, row: &'r Override) -> bool {
    let has = |seats: &[Seat<'r>], person: &PersonCode| seats.iter().position(|s| s.person == Some(person));
    let had = |seats: &[Seat<'r>], person: &PersonCode| seats.iter().rposition(|s| s.was.contains(&person));
    match &row.change {
        Change::Add { person } if has(seats, person).is_none() => {
            // Who was put out of a place that is empty since comes back to it.
            match seats.iter_mut().find(|s| s.person.is_none() && s.was.contains(&person)) {
                Some(seat) => seat.give(Some(person), row),
                None => seats.push(Seat { person: Some(person), by: Some(row), was: Vec::new() }),
            }
            true
        }
        Change::Remove { person } => {
            let place = has(seats, person);
            give(seats, place, None, row)
        }
        Change::Replace { out, person } => {
            let place = has(seats, out).or_else(|| had(seats, out));
            if place.is_some() && place == has(seats, person) {
                return false;
            }
            let comes = Some(person).filter(|p| has(seats, p).is_none());
            give(seats, place, comes, row)
        }
        Change::Add { .. } => false,
    }
}

fn give<'r>(seats: &mut [Seat<'r>], place: Option<usize>, person: Option<&'r PersonCode>, by: &'r Override) -> bool {
    let seat = place.and_then(|ix| seats.get_mut(ix));
    seat.map(|seat| seat.give(person, by)).is_some()
}
