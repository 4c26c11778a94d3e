//! Calendars for tests: the national one from all notices, a town on it, and rows by chance.

use crate::rules::{
    calendar::{
        Branch, CHINA, CalendarRow, DayRow, Declared, Hours, Market, MarketRule, On, Period, Rows, UnitCalendar,
        Weekday,
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

    /// Rows by chance: a calendar `own` on the nation's days.
    pub(crate) fn by_chance(dice: &mut Dice) -> Self {
        let mut rows = Self::nation();
        rows.calendar("own", "cn", "");
        let seasons: &[&str] = match dice.below(3) {
            0 => &[".."],
            1 => &["..2012-06-01", "2012-06-01..2013-01-01", "2013-01-01..2020-03-05", "2020-03-05.."],
            _ => &["..2015-05-01", "2015-05-01..2015-10-01", "2016-02-01.."],
        };
        for season in seasons {
            for on in ["1", "2", "3", "4", "5", "6", "7", "Market", "MakeUp", "Holiday"] {
                let usual = matches!(on, "1" | "2" | "3" | "4" | "5");
                if dice.below(10) < if usual { 9 } else { 3 } {
                    let hours = dice.hours();
                    let on = On::parse(on).unwrap();
                    rows.hours.push(Hours { calendar: code("own"), on, periods: hours, span: span(season) });
                }
            }
        }
        // So that it opens at all, whatever else was thrown.
        rows.day("own", "2040-01-02", "开门", Declared::MakeUp, "00:00-24:00");
        for _ in 0..dice.below(3) {
            let rule = dice.rule();
            let when = ["..", "2010-01-01..2018-01-01", "2024-01-01.."][dice.below(3)];
            rows.market("own", rule, when);
        }
        for _ in 0..dice.below(60) {
            let date = jiff::civil::date(2007, 1, 1).saturating_add(jiff::Span::new().days(dice.below(7_300) as i64));
            if rows.days.iter().any(|d| d.calendar == code("own") && d.date == date) {
                continue;
            }
            let kind = Declared::ALL[dice.below(3)];
            let periods = if dice.below(3) == 0 { dice.hours() } else { Vec::new() };
            let name = ["州庆", "停电", "抗旱"][dice.below(3)].to_owned();
            rows.days.push(DayRow { calendar: code("own"), date, name, kind, periods });
        }
        rows
    }
}

/// Chance from a seed, the same on every machine (xorshift).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    fn hours(&mut self) -> Vec<Period> {
        let known = [
            "08:30-12:00 14:30-18:00",
            "00:00-24:00",
            "00:00-06:00 22:00-24:00",
            "09:00-09:01",
            "08:00-12:00 12:00-13:15 19:59-20:00",
        ];
        periods(known[self.below(known.len())])
    }

    fn rule(&mut self) -> MarketRule {
        match self.below(7) {
            0 => MarketRule::Branch(vec![Branch::ALL[self.below(12)], Branch::ALL[self.below(12)]]),
            1 => MarketRule::Weekday(vec![Weekday::ALL[self.below(7)]]),
            2 => MarketRule::SolarDigits(vec![4, 9]),
            3 => MarketRule::LunarDigits(vec![self.below(10) as u8, 5]),
            4 => MarketRule::OddDays,
            5 => MarketRule::EvenDays,
            _ => MarketRule::Daily,
        }
    }
}
