//! When an allowance ends.

use jiff::{Timestamp, civil::Date};

use super::{
    allowance::Allowance,
    date::{date, later},
    kept::Calendar,
    reckoning::{Reckoning, Stretch, Why},
    table::{Place, Shape, Table},
};
use crate::rules::instant::Instant;

impl Calendar {
    /// When an allowance that begins at `start` ends, and how that was reckoned. An allowance of
    /// nothing ends at once.
    #[must_use]
    pub fn due(&self, start: Instant, allowance: Allowance) -> Reckoning {
        let found = match (allowance, self.table()) {
            _ if allowance.total() == 0 => Some((start, Vec::new())),
            (Allowance::Minutes(_) | Allowance::Micros(_), _) => self.by_the_clock(start, allowance, Why::Clock),
            (Allowance::WorkingMinutes(_) | Allowance::WorkingMicros(_), None) => {
                self.by_the_clock(start, allowance, Why::Always)
            }
            (Allowance::WorkingDays(_) | Allowance::Days(_), None) => self.whole_days(start, allowance),
            (Allowance::WorkingMinutes(_) | Allowance::WorkingMicros(_), Some(table)) => {
                self.working_minutes(table, start, allowance)
            }
            (Allowance::WorkingDays(days), Some(table)) => working_days(table, start, days),
            (Allowance::Days(days), Some(table)) => every_day(table, start, days),
        };
        let (due, stretches) = found.map_or((None, Vec::new()), |(due, stretches)| (Some(due), stretches));
        let counts_days = !allowance.is_by_the_clock();
        let published = self.published_to().filter(|_| counts_days);
        let beyond_published = published.is_some_and(|to| due.is_none_or(|due| self.date_of(due) > to));
        Reckoning { start, due, allowance, calendar: self.code().cloned(), stretches, beyond_published }
    }

    fn by_the_clock(&self, start: Instant, allowance: Allowance, why: Why) -> Option<(Instant, Vec<Stretch>)> {
        let due = Instant(start.0.checked_add(allowance.total())?);
        let stretch = plain(self.date_of(start), self.date_of(due), allowance.total(), why);
        Some((due, vec![stretch]))
    }

    /// Days where no calendar is kept: all are alike, and the last ends at 24:00.
    fn whole_days(&self, start: Instant, allowance: Allowance) -> Option<(Instant, Vec<Stretch>)> {
        let day = self.date_of(start);
        Timestamp::from_microsecond(start.0).ok()?;
        let (first, last) = (later(day, 1)?, later(day, allowance.total())?);
        let end = self.time_zone().to_timestamp(later(last, 1)?.to_datetime(jiff::civil::Time::midnight())).ok()?;
        let stretches = vec![plain(day, day, 0, Why::Start), plain(first, last, allowance.total(), Why::Always)];
        Some((Instant(end.as_microsecond()), stretches))
    }

    fn working_minutes(&self, table: &Table, start: Instant, allowance: Allowance) -> Option<(Instant, Vec<Stretch>)> {
        let Place::On(first, _) = table.place(start) else { return None };
        let due = self.add_working(start, allowance.total())?;
        // The end of a day at 24:00 belongs to that day, not to the next.
        let Place::On(last, _) = table.place(Instant(due.0.checked_sub(1)?)) else { return None };
        let mut days = Days::default();
        for day in first..=last {
            let shape = table.shape(day)?;
            let whole = i64::from(shape.seconds) * 1_000_000;
            let counted = if day == first || day == last {
                let (from, to) = (start.0.max(table.midnight(day)), due.0.min(table.midnight(day + 1)));
                self.working_between(Instant(from), Instant(to))
            } else {
                whole
            };
            days.add(day, counted, shape.why, Some(shape));
        }
        Some((due, days.stretches(table)))
    }
}

fn working_days(table: &Table, start: Instant, count: u16) -> Option<(Instant, Vec<Stretch>)> {
    let Place::On(first, _) = table.place(start) else { return None };
    let last = table.working_day(table.worked_before.get(first + 1)?.checked_add(count)?)?;
    let mut days = Days::default();
    days.add(first, 0, Why::Start, None);
    for day in first + 1..=last {
        let shape = table.shape(day)?;
        days.add_named(day, i64::from(shape.day.kind.is_worked()), shape);
    }
    Some((table.end_of_work(last), days.stretches(table)))
}

/// Every day counts; where the last is not worked, the next working day is the last (民法典
/// 第二百零三条).
fn every_day(table: &Table, start: Instant, count: u16) -> Option<(Instant, Vec<Stretch>)> {
    let Place::On(first, _) = table.place(start) else { return None };
    let end = first + usize::from(count);
    let last = table.working_day(table.worked_before.get(end)?.checked_add(1)?)?;
    let mut days = Days::default();
    days.add(first, 0, Why::Start, None);
    for day in first + 1..end {
        days.add(day, 1, Why::Every, None);
    }
    if last == end {
        days.add(end, 1, Why::Every, None);
    } else {
        for day in end..last {
            days.add_named(day, i64::from(day == end), table.shape(day)?);
        }
        days.add(last, 0, Why::MovedTo, None);
    }
    Some((table.end_of_work(last), days.stretches(table)))
}

fn plain(from: Date, to: Date, counted: i64, why: Why) -> Stretch {
    Stretch { from, to, counted, why, name: None, periods: Default::default() }
}

/// A stretch of days by their numbers in the table, growing.
struct Run<'a> {
    from: usize,
    to: usize,
    /// What each day of it counts.
    each: i64,
    why: Why,
    /// Whose name it bears.
    named: Option<&'a Shape>,
    /// Whose hours it tells.
    open: Option<&'a Shape>,
}

/// Puts days that are alike together, in the order of time.
#[derive(Default)]
struct Days<'a>(Vec<Run<'a>>);

impl<'a> Days<'a> {
    fn add(&mut self, day: usize, each: i64, why: Why, open: Option<&'a Shape>) {
        self.push(Run { from: day, to: day, each, why, named: open, open });
    }

    /// A day without its hours, when days are counted.
    fn add_named(&mut self, day: usize, each: i64, shape: &'a Shape) {
        self.push(Run { from: day, to: day, each, why: shape.day.kind.into(), named: Some(shape), open: None });
    }

    fn push(&mut self, next: Run<'a>) {
        match self.0.last_mut() {
            Some(run) if run.is_like(&next) => run.to = next.to,
            _ => self.0.push(next),
        }
    }

    fn stretches(self, table: &Table) -> Vec<Stretch> {
        let on = |day: usize| date(table.first.saturating_add(i64::try_from(day).unwrap_or(i64::MAX)));
        let stretch = |run: Run<'_>| Stretch {
            from: on(run.from),
            to: on(run.to),
            counted: run.each * i64::try_from(run.to - run.from + 1).unwrap_or(0),
            why: run.why,
            name: run.named.and_then(|s| s.name.clone()),
            periods: run.open.map_or_else(Default::default, |s| s.periods.clone()),
        };
        self.0.into_iter().map(stretch).collect()
    }
}

impl Run<'_> {
    fn is_like(&self, next: &Self) -> bool {
        let name = |run: &Self| run.named.and_then(|s| s.name.clone());
        let periods = |run: &Self| run.open.map(|s| &s.periods).cloned();
        let same = |one: Option<&Shape>, other: Option<&Shape>| match (one, other) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            (None, None) => true,
            _ => false,
        };
        self.each == next.each
            && self.why == next.why
            && (same(self.named, next.named) || name(self) == name(next))
            && (same(self.open, next.open) || periods(self) == periods(next))
    }
}
