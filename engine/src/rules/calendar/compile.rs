//! Makes the rows of one calendar into a [`Table`].

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

use super::{
    date::{DAY_MICROS, date, number},
    day::{Day, DayKind, Weekday},
    market::Market,
    period::{DAY_END, Period},
    reckoning::Why,
    rows::{DayRow, Hours, On},
    table::{Midnights, Shape, Table},
};
use crate::rules::instant::Instant;

/// The first date that a calendar can hold.
pub const FIRST_DATE: Date = jiff::civil::date(1970, 1, 1);
/// The last date that a calendar holds, for a limit that begins today.
pub const LAST_DATE: Date = jiff::civil::date(2060, 12, 31);
/// Where a calendar begins at the latest: the first year of which the notices are at hand.
const USUAL_FIRST: Date = jiff::civil::date(2007, 1, 1);

/// The rows of one calendar; its days are those of its bases too, its own before theirs.
#[derive(Debug)]
pub(super) struct Sources<'a> {
    pub(super) zone: TimeZone,
    /// In the order of time.
    pub(super) hours: HashMap<On, Vec<&'a Hours>>,
    pub(super) days: BTreeMap<Date, &'a DayRow>,
    pub(super) markets: Vec<&'a Market>,
}

/// What days have in common that have one shape; the length is that of a day on which the clock is
/// changed, and its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Likeness<'a> {
    day: Day,
    why: Why,
    name: Option<&'a str>,
    periods: &'a [Period],
    changed: Option<usize>,
}

impl<'a> Sources<'a> {
    /// The table from the first of January before the first date named until [`LAST_DATE`].
    pub(super) fn compile(&self) -> Table {
        let (first, last) = (number(self.first()), number(LAST_DATE));
        let dates: Vec<Date> = (first..=last).map(date).collect();
        let midnights = self.midnights(&dates);
        let mut table = Table {
            first,
            midnights,
            shapes: Vec::new(),
            days: Vec::with_capacity(dates.len()),
            seconds_before: Vec::with_capacity(dates.len() + 1),
            worked_before: Vec::with_capacity(dates.len() + 1),
        };
        let mut known: HashMap<Likeness<'a>, u16> = HashMap::new();
        let mut names: HashMap<&str, Arc<str>> = HashMap::new();
        let (mut seconds, mut worked) = (0, 0);
        for (place, date) in dates.iter().enumerate() {
            table.seconds_before.push(seconds);
            table.worked_before.push(worked);
            let begins = table.midnight(place);
            let long = table.midnight(place + 1) - begins;
            let mut like = self.likeness(*date, Instant(begins));
            like.changed = (long != DAY_MICROS).then_some(place);
            let shape = *known.entry(like).or_insert_with(|| {
                let name = like.name.map(|n| names.entry(n).or_insert_with(|| n.into()).clone());
                table.shapes.push(self.shape(&like, name, *date, begins, long));
                u16::try_from(table.shapes.len() - 1).unwrap_or(u16::MAX)
            });
            table.days.push(shape);
            seconds += table.shapes.get(usize::from(shape)).map_or(0, |s| s.seconds);
            worked += u16::from(like.day.kind.is_worked());
        }
        table.seconds_before.push(seconds);
        table.worked_before.push(worked);
        table
    }

    fn first(&self) -> Date {
        let days = self.days.keys().next().copied();
        let spans = self.hours.values().flatten().map(|h| h.span.from).chain(self.markets.iter().map(|m| m.span.from));
        let spans = spans.filter(|from| *from != Instant::MIN).filter_map(|from| self.date(from.0));
        let first = days.into_iter().chain(spans).fold(USUAL_FIRST, Date::min).max(FIRST_DATE);
        first.first_of_year()
    }

    fn date(&self, micros: i64) -> Option<Date> {
        Some(self.zone.to_datetime(Timestamp::from_microsecond(micros).ok()?).date())
    }

    /// When each of the dates begins; the first instant of the next one where midnight is skipped.
    fn midnights(&self, dates: &[Date]) -> Midnights {
        let begins = |date: Date| self.instant(date, 0);
        let Some(first) = dates.first() else { return Midnights::Even(0) };
        let start = begins(*first);
        let after = dates.last().map_or(start, |last| begins(last.saturating_add(jiff::Span::new().days(1))));
        let changes = Timestamp::from_microsecond(start).ok().and_then(|t| self.zone.following(t).next());
        match changes {
            Some(change) if change.timestamp().as_microsecond() < after => {
                Midnights::Listed(dates.iter().map(|d| begins(*d)).chain([after]).collect())
            }
            _ => Midnights::Even(start),
        }
    }

    /// The instant at which the clock on the wall shows a minute of a date for the first time.
    fn instant(&self, date: Date, minute: u16) -> i64 {
        let (date, minute) = match minute {
            DAY_END.. => (date.saturating_add(jiff::Span::new().days(1)), 0),
            within => (date, within),
        };
        let clock = |n: u16| i8::try_from(n).unwrap_or(0);
        let time = Time::new(clock(minute / 60), clock(minute % 60), 0, 0).unwrap_or_else(|_| Time::midnight());
        self.zone.to_timestamp(date.to_datetime(time)).map_or(i64::MAX, |t| t.as_microsecond())
    }

    /// What the rows say of a date: its own row, or that of the nearest base, before the week.
    fn likeness(&self, date: Date, begins: Instant) -> Likeness<'a> {
        let weekday = Weekday::of(date);
        let market = self.markets.iter().any(|m| m.span.contains(begins) && m.rule.falls_on(date));
        let hours = |on: On| {
            let rows = self.hours.get(&on)?;
            let last = rows.get(rows.partition_point(|h| h.span.from <= begins).checked_sub(1)?)?;
            last.span.contains(begins).then_some(&*last.periods)
        };
        let usual = |day: Weekday| hours(On::Weekday(day)).unwrap_or(&[]);
        let like = |kind: DayKind, why: Why, name: Option<&'a str>, periods: &'a [Period]| {
            let why = if kind.is_worked() && periods.is_empty() { Why::Closed } else { why };
            Likeness { day: Day { kind, market }, why, name, periods, changed: None }
        };
        if let Some(row) = self.days.get(&date) {
            let kind = row.kind.kind(weekday);
            let makeup = || Weekday::ALL.iter().take(5).map(|d| usual(*d)).find(|p| !p.is_empty()).unwrap_or(&[]);
            let periods = match kind {
                _ if !row.periods.is_empty() => &row.periods,
                DayKind::MakeUp => hours(On::MakeUp).unwrap_or_else(makeup),
                _ => hours(On::Holiday).unwrap_or(&[]),
            };
            return like(kind, kind.into(), Some(&row.name), periods);
        }
        match hours(On::Market).filter(|_| market) {
            Some(periods) => like(weekday.kind(), Why::Market, None, periods),
            None => like(weekday.kind(), weekday.kind().into(), None, usual(weekday)),
        }
    }

    fn shape(&self, like: &Likeness<'_>, name: Option<Arc<str>>, date: Date, begins: i64, long: i64) -> Shape {
        let elapsed = |minute: u16| match like.changed {
            None => u32::from(minute) * 60,
            Some(_) => u32::try_from((self.instant(date, minute) - begins).clamp(0, long) / 1_000_000).unwrap_or(0),
        };
        let mut open: Vec<(u32, u32)> = Vec::with_capacity(like.periods.len());
        for period in like.periods {
            let (from, to) = (elapsed(period.from.min(DAY_END)), elapsed(period.to.min(DAY_END)));
            let from = open.last().map_or(from, |(_, end)| from.max(*end));
            if from < to {
                open.push((from, to));
            }
        }
        let seconds = open.iter().map(|(from, to)| to - from).sum();
        Shape { day: like.day, why: like.why, name, periods: like.periods.into(), open: open.into(), seconds }
    }
}
