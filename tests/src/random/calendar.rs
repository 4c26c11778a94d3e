//! Random calendars on the real days of the nation.

use jiff::{Span as Days, civil::date};
use liandong_engine::rules::{
    calendar::{Branch, CHINA, CalendarRow, DayRow, Declared, Hours, Market, MarketRule, On, Period, Weekday},
    id::CalendarCode,
    instant::{Instant, Span, Zone},
    world::Register,
};

use super::pick;

/// Numbers that proptest drew, one after the other; zeros when they are used up.
#[derive(Debug)]
pub struct Dice<'a>(pub std::slice::Iter<'a, u32>);

impl Dice<'_> {
    /// A number below the bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.next().copied().unwrap_or(0) as usize % bound
    }

    /// A microsecond of a stretch of so many days.
    pub fn micros(&mut self, days: i64) -> i64 {
        let second = i64::from(self.0.next().copied().unwrap_or(0)) % (days * 86_400);
        second * 1_000_000 + i64::from(self.0.next().copied().unwrap_or(0)) % 1_000_000
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> T {
        let number = self.below(list.len());
        pick(list, number)
    }

    fn periods(&mut self) -> Vec<Period> {
        let known = [
            "08:30-12:00 14:30-18:00",
            "00:00-24:00",
            "00:00-06:00 22:00-24:00",
            "09:00-09:01",
            "08:00-12:00 12:00-13:15 19:59-20:00",
        ];
        self.of(&known).split(' ').map(|period| period.parse().unwrap()).collect()
    }

    fn rule(&mut self) -> MarketRule {
        match self.below(7) {
            0 => MarketRule::Branch(vec![self.of(Branch::ALL), self.of(Branch::ALL)]),
            1 => MarketRule::Weekday(vec![self.of(Weekday::ALL)]),
            2 => MarketRule::SolarDigits(vec![4, 9]),
            3 => MarketRule::LunarDigits(vec![self.of(&[0, 1, 2, 3, 4]), 5]),
            4 => MarketRule::OddDays,
            5 => MarketRule::EvenDays,
            _ => MarketRule::Daily,
        }
    }
}

/// A stretch of time written `2015-05-01..2015-10-01`; either end may be missing.
fn span(text: &str) -> Span {
    let (from, to) = text.split_once("..").unwrap();
    let end = |text: &str, open| if text.is_empty() { open } else { Instant::parse(text, &Zone::china()).unwrap() };
    Span { from: end(from, Instant::MIN), to: end(to, Instant::MAX) }
}

/// A calendar `own` on the days of `cn`, which the register has: seasons with gaps between them, hours of
/// make-up days, holidays and market days or none, markets by every rule, days of its own.
pub fn add(register: &mut Register, dice: &mut Dice<'_>) {
    let own: CalendarCode = "own".parse().unwrap();
    register.calendars.push(CalendarRow {
        code: own.clone(),
        name: "自己的".to_owned(),
        base: Some("cn".parse().unwrap()),
        zone: CHINA.to_owned(),
        published_to: None,
    });
    let seasons: &[&str] = dice.of(&[
        &[".."] as &[&str],
        &["..2012-06-01", "2012-06-01..2013-01-01", "2013-01-01..2020-03-05", "2020-03-05.."],
        &["..2015-05-01", "2015-05-01..2015-10-01", "2016-02-01.."],
    ]);
    for season in seasons {
        for (place, on) in On::ALL.iter().enumerate() {
            if dice.below(10) < if place < 5 { 9 } else { 3 } {
                let (on, periods) = (*on, dice.periods());
                register.hours.push(Hours { calendar: own.clone(), on, periods, span: span(season) });
            }
        }
    }
    for _ in 0..dice.below(3) {
        let (rule, when) = (dice.rule(), dice.of(&["..", "2010-01-01..2018-01-01", "2024-01-01.."]));
        register.markets.push(Market { calendar: own.clone(), rule, span: span(when) });
    }
    // So that it opens at all, whatever was thrown.
    let mut days = vec![(date(2040, 1, 2), "开门", Declared::MakeUp, vec![Period { from: 0, to: 24 * 60 }])];
    for _ in 0..dice.below(60) {
        let on = date(2007, 1, 1).saturating_add(Days::new().days(dice.below(7_300) as i64));
        let periods = if dice.below(3) == 0 { dice.periods() } else { Vec::new() };
        let kind = match dice.of(Declared::ALL) {
            // Part of a day has hours, and what was taken back has none.
            Declared::HalfDay if periods.is_empty() => Declared::Holiday,
            kind => kind,
        };
        let periods = if kind == Declared::Ordinary { Vec::new() } else { periods };
        if days.iter().all(|(other, ..)| *other != on) {
            days.push((on, dice.of(&["州庆", "停电", "抗旱"]), kind, periods));
        }
    }
    let row = |(date, name, kind, periods): (_, &str, _, _)| DayRow {
        calendar: own.clone(),
        date,
        name: name.to_owned(),
        kind,
        periods,
    };
    register.days.extend(days.into_iter().map(row));
}
