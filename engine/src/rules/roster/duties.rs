//! Shifts as duties that are counted: what class of day each is on, and whether one follows hard on another.

use jiff::civil::Date;

use super::{
    days::{date_of, day_no},
    row::ShiftId,
    stretch::Shift,
};
use crate::rules::{
    calendar::{Day, DayKind},
    id::PersonCode,
    instant::{Instant, Span},
    tier::words,
};

words! {
    /// What a duty is worth, from the least to the most.
    pub enum DayClass {
        /// A day on which people work.
        Ordinary = "平日",
        /// A rest day of an ordinary week.
        Weekend = "周末",
        /// A market day, also one on a weekend.
        Market = "赶场天",
        /// A day off by notice, whatever else it is.
        Holiday = "节假日",
    }
}

impl DayClass {
    /// The class of a day.
    #[must_use]
    pub const fn of(day: Day) -> Self {
        match day.kind {
            DayKind::Holiday | DayKind::LocalOff => Self::Holiday,
            _ if day.market => Self::Market,
            DayKind::Rest => Self::Weekend,
            DayKind::Working | DayKind::MakeUp | DayKind::HalfDay => Self::Ordinary,
        }
    }
}

/// So much time between two duties is rest: with less the second follows hard on the first.
pub(super) const REST_MINUTES: i64 = 24 * 60;

/// A shift with all its pieces.
#[derive(Clone, Debug)]
pub(super) struct Whole<'r> {
    pub(super) id: ShiftId,
    pub(super) day: Date,
    pub(super) spans: Vec<Span>,
    /// The highest class of its days.
    pub(super) class: DayClass,
    pub(super) places: Vec<Option<&'r PersonCode>>,
}

impl Whole<'_> {
    pub(super) fn begins(&self) -> Instant {
        self.spans.first().map_or(Instant::MAX, |span| span.from)
    }

    pub(super) fn ends(&self) -> Instant {
        self.spans.last().map_or(Instant::MIN, |span| span.to)
    }

    /// Whether it follows hard on what ended then.
    pub(super) fn follows(&self, ended: Instant) -> bool {
        self.begins() < ended.plus_minutes(REST_MINUTES)
    }
}

/// The shifts with their pieces put together, in the order given.
pub(super) fn whole<'r>(shifts: &[Shift<'r>], days: &dyn Fn(Date) -> Day) -> Vec<Whole<'r>> {
    let mut found: Vec<Whole<'r>> = Vec::new();
    let mut last = None;
    for shift in shifts {
        let class = class(shift, days);
        match found.last_mut() {
            Some(whole) if last == Some(shift.id()) => {
                whole.spans.push(shift.span);
                whole.class = whole.class.max(class);
            }
            _ => {
                let Shift { span, day, ref places, .. } = *shift;
                found.push(Whole { id: shift.id(), day, spans: vec![span], class, places: places.clone() });
            }
        }
        last = Some(shift.id());
    }
    found
}

/// A duty as it is counted: a shift with all its pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The day on which it begins.
    pub day: Date,
    /// From its beginning to its end; between its pieces there may be none.
    pub span: Span,
    /// What it is worth.
    pub class: DayClass,
    /// Who has it, a place each.
    pub places: Vec<Option<PersonCode>>,
}

/// The duties of these shifts, in the order given.
#[must_use]
pub fn counted(shifts: &[Shift<'_>], days: &dyn Fn(Date) -> Day) -> Vec<Counted> {
    let one = |whole: Whole<'_>| Counted {
        day: whole.day,
        span: Span { from: whole.begins(), to: whole.ends() },
        class: whole.class,
        places: whole.places.into_iter().map(|person| person.cloned()).collect(),
    };
    whole(shifts, days).into_iter().map(one).collect()
}

/// The highest class of the days of a piece; a day of duty begins every 24 hours of it.
fn class(shift: &Shift<'_>, days: &dyn Fn(Date) -> Day) -> DayClass {
    let minutes = shift.span.to.0.saturating_sub(shift.span.from.0) / 60_000_000;
    let count = i32::try_from(minutes.saturating_add(24 * 60 - 1) / (24 * 60)).unwrap_or(1).clamp(1, 7);
    let first = day_no(shift.day);
    let classes = (first..first.saturating_add(count)).map(|day| DayClass::of(days(date_of(day))));
    classes.max().unwrap_or(DayClass::Ordinary)
}
