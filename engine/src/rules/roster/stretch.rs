//! One stretch of a roster, compiled: which shift runs when, and whose it is.

use super::{
    days::{DayNo, DutyDays, day_at, day_no, instant_of, week_of},
    row::{Roster, ShiftId, ShiftNo, Turn},
};
use crate::rules::{
    calendar::{DAY_END, Day},
    id::PersonCode,
    instant::{Instant, Span, Zone},
};

/// How many shifts are listed at a time at most: ten years of days.
pub const MAX_SHIFTS: usize = 3_660;

/// One shift, or the piece of a weekly shift that lies on one day: its pieces have the same number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift<'r> {
    /// The stretch of the roster that it comes from.
    pub roster: &'r Roster,
    /// Its number.
    pub no: ShiftNo,
    /// From when to when.
    pub span: Span,
    /// The day of duty on which it begins.
    pub day: jiff::civil::Date,
    /// The places in the order that are on duty; as many as the roster is wide.
    pub places: Vec<Option<&'r PersonCode>>,
}

impl Shift<'_> {
    /// Names the shift, wherever it may move to.
    #[must_use]
    pub fn id(&self) -> ShiftId {
        ShiftId { start: self.roster.start, no: self.no }
    }
}

/// A stretch with its days of duty.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) row: Roster,
    start: DayNo,
    /// The first day of the week that the start lies in.
    first_week: DayNo,
    days: DutyDays,
}

impl Stretch {
    pub(super) fn build(row: Roster, days: &dyn Fn(jiff::civil::Date) -> Day, zone: &Zone, through: DayNo) -> Self {
        let start = day_no(row.start);
        let last = if row.span.to == Instant::MAX { through } else { through.min(day_at(row.span.to, zone)) };
        let days = DutyDays::build(start, &row.on, days, last);
        Self { first_week: week_of(start, row.week_begins), start, days, row }
    }

    /// The number of the shift of a day of duty.
    fn no(&self, day: DayNo) -> ShiftNo {
        let ahead = |from: DayNo| u32::try_from(i64::from(day) - i64::from(from)).unwrap_or(0);
        ShiftNo(match self.row.turn {
            Turn::Daily => ahead(self.start),
            Turn::Weekly => ahead(self.first_week) / 7,
            Turn::PerOccurrence => self.days.before(day),
        })
    }

    /// The days on which the shift may have duty: the first, and how many.
    fn days_of(&self, no: ShiftNo) -> Option<(DayNo, DayNo)> {
        let after = |from: DayNo, days: u32| DayNo::try_from(i64::from(from) + i64::from(days)).ok();
        match self.row.turn {
            Turn::Daily => Some((after(self.start, no.0)?, 1)),
            Turn::Weekly => Some((after(self.first_week, no.0.checked_mul(7)?)?, 7)),
            Turn::PerOccurrence => Some((self.days.nth(no.0)?, 1)),
        }
    }

    /// When there is duty for a day of duty, as far as the stretch holds.
    fn piece(&self, day: DayNo, zone: &Zone) -> Span {
        let (from, to) = match self.row.hours {
            Some(hours) => (hours.from.minutes(), hours.end_minutes()),
            None => (self.row.hand_over.minutes(), self.row.hand_over.minutes() + DAY_END),
        };
        let held = self.row.span;
        Span { from: instant_of(day, from, zone).max(held.from), to: instant_of(day, to, zone).min(held.to) }
    }

    /// The shift, or its piece, that runs at that instant of that day, with the day on which it began.
    /// It began that day or the day before: nothing lasts longer than from one hand-over to the next.
    pub(super) fn running(&self, at: Instant, today: DayNo, zone: &Zone) -> Option<(ShiftNo, DayNo, Span)> {
        [today, today.saturating_sub(1)].into_iter().filter(|day| self.days.has(*day)).find_map(|day| {
            let piece = self.piece(day, zone);
            piece.contains(at).then(|| (self.no(day), day, piece))
        })
    }

    /// Whose shift it is: as many places as the roster is wide, none where nobody is on purpose or the
    /// same person stands in the order twice at once.
    pub(super) fn places(&self, no: ShiftNo) -> Vec<Option<&PersonCode>> {
        let (width, length) = (usize::from(self.row.width), self.row.order.len());
        let first = usize::try_from(no.0).unwrap_or(0).saturating_mul(width);
        let mut places: Vec<Option<&PersonCode>> = Vec::with_capacity(width);
        for place in first..first.saturating_add(width) {
            let slot = place.checked_rem(length).and_then(|i| self.row.order.get(i)?.0.as_ref());
            places.push(slot.filter(|person| !places.contains(&Some(*person))));
        }
        places
    }

    /// The shifts that share an instant with a stretch of time, in order of time, [`MAX_SHIFTS`] at most.
    pub(super) fn shifts(&self, during: Span, zone: &Zone) -> Vec<Shift<'_>> {
        let held = self.row.span;
        // A weekly shift that reaches over an end of the time is listed whole.
        let first = day_at(during.from.max(held.from), zone).saturating_sub(8).max(self.start);
        let last = day_at(during.to.min(held.to), zone).saturating_add(8);
        let bound = first.saturating_add(DayNo::try_from(MAX_SHIFTS).unwrap_or(DayNo::MAX)).saturating_add(8);
        let mut shifts = self.pieces(first, last.min(bound), zone);
        shifts.retain(|shift| shift.span.overlaps(during));
        shifts.truncate(MAX_SHIFTS);
        shifts
    }

    /// The one shift with this number, in its pieces.
    pub(super) fn shift(&self, no: ShiftNo, zone: &Zone) -> Vec<Shift<'_>> {
        self.days_of(no)
            .map_or_else(Vec::new, |(first, count)| self.pieces(first, first.saturating_add(count - 1), zone))
    }

    fn pieces(&self, first: DayNo, last: DayNo, zone: &Zone) -> Vec<Shift<'_>> {
        let mut shifts: Vec<Shift<'_>> = Vec::new();
        for day in (first..=last).filter(|day| self.days.has(*day)) {
            let (no, span) = (self.no(day), self.piece(day, zone));
            if span.from >= span.to {
                continue;
            }
            match shifts.last_mut() {
                Some(shift) if shift.no == no && shift.span.to == span.from => shift.span.to = span.to,
                _ => {
                    let day = super::days::date_of(day);
                    shifts.push(Shift { roster: &self.row, no, span, day, places: self.places(no) });
                }
            }
        }
        shifts
    }
}
