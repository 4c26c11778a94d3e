//! A fair rota for a period, put together the same way every time.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{
    days::{day_no, instant_of},
    duties::{DayClass, Whole, whole},
    row::{Roster, Slot, Turn},
    stretch::{MAX_SHIFTS, Stretch},
};
use crate::rules::{
    absence::Absences,
    calendar::Day,
    id::PersonCode,
    instant::{Instant, Span, Zone},
};

/// What a rota is to be put together from.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// Says what, where, on which days, from when to when and how many at once; its order, start and dates
    /// are not looked at.
    pub roster: &'a Roster,
    /// Who can be put on duty; who stands earlier comes first where all else is equal.
    pub people: &'a [PersonCode],
    /// The first day.
    pub from: Date,
    /// The first day after the period; ten years after the first at most.
    pub to: Date,
    /// Who is away when.
    pub absences: &'a Absences,
    /// What each date is.
    pub days: &'a dyn Fn(Date) -> Day,
    /// The zone in which dates are meant.
    pub zone: &'a Zone,
}

/// A stretch of the roster for the period, with everybody's duties written out in the order; none when
/// there is no duty in the period. It holds from the hour at which duty begins on the first day to the
/// same hour of the day after the last, so that what runs at its beginning runs to its end.
///
/// Goes through the shifts in the order of time. Each gives everybody who is there an equal part of a duty
/// of its class (ordinary day, weekend, market day, holiday); it goes to whoever has the fewest duties of
/// that class for the parts so far: then to who has rested for a day, who has the fewest duties in all, whose last
/// duty is longest ago, who stands first in the list. So nobody is put on duty while absent, who was away
/// is not made to catch up, and where nobody is away no two people differ by more than one duty of a class.
/// Where too few are there, places stay empty.
#[must_use]
pub fn propose(plan: &Plan<'_>) -> Option<Roster> {
    let mut roster = plan.roster.clone();
    let begins = roster.hours.map_or(roster.hand_over, |hours| hours.from).minutes();
    let first = day_no(plan.from);
    let last = day_no(plan.to).min(first.saturating_add(i32::try_from(MAX_SHIFTS).unwrap_or(i32::MAX)));
    roster.span = Span { from: instant_of(first, begins, plan.zone), to: instant_of(last, begins, plan.zone) };
    roster.start = plan.from;
    roster.order = Vec::new();
    if roster.turn == Turn::Daily {
        roster.turn = Turn::PerOccurrence;
    }
    let stretch = Stretch::build(roster.clone(), plan.days, plan.zone, last);
    let shifts = whole(&stretch.shifts(roster.span, plan.zone), plan.days);
    let width = usize::from(roster.width);
    let mut state = State::new(plan.people);
    for shift in &shifts {
        // A week without duty has its places in the order all the same.
        let place = usize::try_from(shift.id.no.0).unwrap_or(0).saturating_mul(width);
        roster.order.resize(place.max(roster.order.len()), Slot(None));
        let chosen = state.choose(plan, shift, width);
        roster.order.extend(chosen.into_iter().map(|person| Slot(person.cloned())));
    }
    (!roster.order.is_empty()).then_some(roster)
}

/// How many parts make a whole duty.
const PARTS: i64 = 1_000_000_000;

/// What one person has had.
#[derive(Clone, Default)]
struct Had {
    /// Duties of each class less the parts of duties that were due, in parts.
    ahead: HashMap<DayClass, i64>,
    duties: u32,
    until: Option<Instant>,
}

struct State<'a> {
    people: Vec<(&'a PersonCode, Had)>,
}

impl<'a> State<'a> {
    fn new(people: &'a [PersonCode]) -> Self {
        let mut all: Vec<(&PersonCode, Had)> = Vec::with_capacity(people.len());
        for person in people {
            if !all.iter().any(|(known, _)| *known == person) {
                all.push((person, Had::default()));
            }
        }
        Self { people: all }
    }

    fn choose(&mut self, plan: &Plan<'_>, shift: &Whole<'_>, width: usize) -> Vec<Option<&'a PersonCode>> {
        let away = |person: &PersonCode| shift.spans.iter().any(|span| plan.absences.absent_during(person, *span));
        let mut there: Vec<&mut (&PersonCode, Had)> = self.people.iter_mut().filter(|(p, _)| !away(p)).collect();
        let (count, duties) = (there.len(), width.min(there.len()));
        let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let due = whole(duties).saturating_mul(PARTS).checked_div(whole(count)).unwrap_or(0);
        for (_, had) in &mut there {
            *had.ahead.entry(shift.class).or_default() -= due;
        }
        there.sort_by_key(|(_, had)| {
            let hard = had.until.is_some_and(|until| shift.follows(until));
            (had.ahead.get(&shift.class).copied(), hard, had.duties, had.until)
        });
        let mut chosen = Vec::with_capacity(width);
        for (person, had) in there.into_iter().take(duties) {
            *had.ahead.entry(shift.class).or_default() += PARTS;
            had.duties += 1;
            had.until = Some(shift.ends());
            chosen.push(Some(*person));
        }
        chosen.resize(width, None);
        chosen
    }
}
