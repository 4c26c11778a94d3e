//! One compiled calendar and what can be asked of it.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    date::number,
    day::{Day, Weekday},
    period::{DAY_END, Period},
    table::Table,
};
use crate::rules::{
    id::CalendarCode,
    instant::{Instant, Zone},
};

/// When people work, compiled: every question costs the logarithm of the days held. Immutable; a clone
/// shares it.
///
/// It holds the days from the first that its rows name, 2007-01-01 at the latest, to
/// [`super::LAST_DATE`]. Nobody works on any other.
#[derive(Clone, Debug)]
pub struct Calendar(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    code: Option<CalendarCode>,
    zone: TimeZone,
    published_to: Option<Date>,
    /// None where every instant counts.
    table: Option<Table>,
}

/// The periods of a day on which every instant counts.
const WHOLE_DAY: &[Period] = &[Period { from: 0, to: DAY_END }];

impl Calendar {
    /// The calendar of a unit that has none: every instant counts, every day is a working day, and
    /// dates are China's.
    #[must_use]
    pub fn always() -> Self {
        Self(Arc::new(Kept { code: None, zone: Zone::china().0, published_to: None, table: None }))
    }

    pub(super) fn new(code: CalendarCode, zone: TimeZone, published_to: Option<Date>, table: Table) -> Self {
        Self(Arc::new(Kept { code: Some(code), zone, published_to, table: Some(table) }))
    }

    pub(super) fn table(&self) -> Option<&Table> {
        self.0.table.as_ref()
    }

    /// Its code; none for [`Calendar::always`].
    #[must_use]
    pub fn code(&self) -> Option<&CalendarCode> {
        self.0.code.as_ref()
    }

    /// The zone of its hours.
    #[must_use]
    pub fn zone(&self) -> Zone {
        Zone(self.0.zone.clone())
    }

    pub(super) fn time_zone(&self) -> &TimeZone {
        &self.0.zone
    }

    /// The last day that public notices cover, its own or its base's; none when it follows no notices.
    #[must_use]
    pub fn published_to(&self) -> Option<Date> {
        self.0.published_to
    }

    /// The date of an instant; held within the years that can be written.
    #[must_use]
    pub fn date_of(&self, at: Instant) -> Date {
        match Timestamp::from_microsecond(at.0) {
            Ok(at) => self.0.zone.to_datetime(at).date(),
            Err(_) if at.0 < 0 => Date::MIN,
            Err(_) => Date::MAX,
        }
    }

    /// What a date is; a date that is not held is what it is every week.
    #[must_use]
    pub fn day(&self, date: Date) -> Day {
        let Some(table) = &self.0.table else { return Day { kind: super::DayKind::Working, market: false } };
        let held = table.day(number(date)).and_then(|day| table.shape(day));
        held.map_or(Day { kind: Weekday::of(date).kind(), market: false }, |shape| shape.day)
    }

    /// What a declared date is called, such as 春节.
    #[must_use]
    pub fn name(&self, date: Date) -> Option<&str> {
        let table = self.0.table.as_ref()?;
        table.shape(table.day(number(date))?)?.name.as_deref()
    }

    /// When people work on a date, by the clock on the wall.
    #[must_use]
    pub fn periods(&self, date: Date) -> &[Period] {
        let Some(table) = &self.0.table else { return WHOLE_DAY };
        table.day(number(date)).and_then(|day| table.shape(day)).map_or(&[], |shape| &shape.periods)
    }

    /// Whether people work at that instant.
    #[must_use]
    pub fn is_open(&self, at: Instant) -> bool {
        self.0.table.as_ref().is_none_or(|table| table.is_open(at))
    }

    /// The first instant, this one or later, at which people work; none when there is none any more.
    #[must_use]
    pub fn next_opening(&self, at: Instant) -> Option<Instant> {
        match &self.0.table {
            Some(table) if !table.is_open(at) => table.resumed(table.worked_until(at)),
            _ => Some(at),
        }
    }

    /// Microseconds worked from one instant to another; none when they are reversed.
    #[must_use]
    pub fn working_between(&self, from: Instant, to: Instant) -> i64 {
        if to <= from {
            return 0;
        }
        match &self.0.table {
            None => to.0.saturating_sub(from.0),
            Some(table) => table.worked_until(to) - table.worked_until(from),
        }
    }

    /// The first instant by which so many microseconds have been worked since `from`: the end of a
    /// period rather than the beginning of the next. None when `from` lies outside the days held, or
    /// they end before. `from` itself for nothing or less.
    #[must_use]
    pub fn add_working(&self, from: Instant, micros: i64) -> Option<Instant> {
        if micros <= 0 {
            return Some(from);
        }
        let Some(table) = &self.0.table else { return Some(Instant(from.0.saturating_add(micros))) };
        match table.place(from) {
            super::table::Place::On(..) => table.reached(table.worked_until(from).saturating_add(micros)),
            _ => None,
        }
    }

    /// Bytes held, without what the allocator adds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Kept>() + self.0.table.as_ref().map_or(0, Table::bytes)
    }
}
