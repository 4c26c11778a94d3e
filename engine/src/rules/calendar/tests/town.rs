//! Calendars for tests: the national one from all notices, and a town on it.

use crate::rules::{
    calendar::{
        Branch, CHINA, CalendarRow, DayRow, Declared, Hours, Market, MarketRule, On, Period, Rows, UnitCalendar,
    },
    id::CalendarCode,
    instant::{Instant, Span, Zone},
};

/// Rows that tests own and change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owned {
    pub(crate) calendars: Vec<CalendarRow>,
    pub(crate) hours: Vec<Hours>,
    pub(crate) days: Vec<DayRow>,
    pub(crate) markets: Vec<Market>,
    pub(crate) unit_calendars: Vec<UnitCalendar>,
}

pub(crate) fn code(text: &str) -> CalendarCode {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text, &Zone::china()).unwrap()
}

/// A stretch of time written `2026-05-01..2026-10-01`; either end may be missing.
pub(crate) fn span(text: &str) -> Span {
    let (from, to) = text.split_once("..").unwrap_or_else(|| panic!("{text}"));
    let end = |text: &str, open| if text.is_empty() { open } else { at(text) };
    Span { from: end(from, Instant::MIN), to: end(to, Instant::MAX) }
}

pub(crate) fn periods(text: &str) -> Vec<Period> {
    text.split(' ').filter(|p| !p.is_empty()).map(|p| p.parse().unwrap()).collect()
}

impl Owned {
    pub(crate) fn rows(&self) -> Rows<'_> {
        Rows {
            calendars: &self.calendars,
            hours: &self.hours,
            days: &self.days,
            markets: &self.markets,
            unit_calendars: &self.unit_calendars,
        }
    }

    pub(crate) fn calendar(&mut self, calendar: &str, base: &str, published_to: &str) {
        self.calendars.push(CalendarRow {
            code: code(calendar),
            name: calendar.to_owned(),
            base: (!base.is_empty()).then(|| code(base)),
            zone: CHINA.to_owned(),
            published_to: published_to.parse().ok(),
        });
    }

    /// Hours on some kinds of days, such as `1 2 Market`.
    pub(crate) fn hours(&mut self, calendar: &str, on: &str, hours: &str, when: &str) {
        for on in on.split(' ') {
            let on = On::parse(on).unwrap_or_else(|| panic!("{on}"));
            self.hours.push(Hours { calendar: code(calendar), on, periods: periods(hours), span: span(when) });
        }
    }

    pub(crate) fn day(&mut self, calendar: &str, date: &str, name: &str, kind: Declared, hours: &str) {
        let (date, name) = (date.parse().unwrap(), name.to_owned());
        self.days.push(DayRow { calendar: code(calendar), date, name, kind, periods: periods(hours) });
    }

    pub(crate) fn market(&mut self, calendar: &str, rule: MarketRule, when: &str) {
        self.markets.push(Market { calendar: code(calendar), rule, span: span(when) });
    }

    /// All notices of the State Council, 2007 to 2026.
    pub(crate) fn nation() -> Self {
        let mut rows = Self::default();
        rows.calendar("cn", "", "2026-12-31");
        for line in include_str!("../../../../../fixtures/sources/holidays.csv").lines().skip(1) {
            let [date, name, off, _] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let kind = if off == "1" { Declared::Holiday } else { Declared::MakeUp };
            rows.day("cn", date, name, kind, "");
        }
        rows
    }

    /// A town on the nation's days: a lunch break, longer evenings in the summers of two years, a
    /// market every sixth day, and a day off of its own.
    pub(crate) fn town() -> Self {
        let mut rows = Self::nation();
        rows.calendar("town", "cn", "");
        let week = "1 2 3 4 5";
        rows.hours("town", week, "08:30-12:00 14:30-18:00", "..2025-05-01");
        rows.hours("town", week, "08:30-12:00 15:00-18:30", "2025-05-01..2025-10-01");
        rows.hours("town", week, "08:30-12:00 14:30-18:00", "2025-10-01..2026-05-01");
        rows.hours("town", week, "08:30-12:00 15:00-18:30", "2026-05-01..2026-10-01");
        rows.hours("town", week, "08:30-12:00 14:30-18:00", "2026-10-01..");
        rows.market("town", MarketRule::Branch(vec![Branch::Chen, Branch::Xu]), "..");
        rows.hours("town", "Market", "08:00-13:00", "..");
        rows.day("town", "2026-08-08", "州庆", Declared::LocalOff, "");
        rows.day("town", "2026-05-08", "州庆", Declared::LocalOff, "");
        rows
    }
}
