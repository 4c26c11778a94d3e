//! Every fault of the rows of calendars at once: a clerk mends a list, not one row a try.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    calendars::zone,
    compile::{FIRST_DATE, LAST_DATE},
    day::Declared,
    fault::{Fault, File, Wrong, periods},
    market::MarketRule,
    rows::{CalendarRow, Rows},
};
use crate::rules::{
    id::CalendarCode,
    instant::{Instant, Span},
};

/// How many calendars a register holds at most: each takes 160 KB, and units share them.
pub const MOST_CALENDARS: usize = 1_000;

/// How many market rules a calendar has at most: every one is asked for every day.
pub const MOST_RULES: usize = 100;

/// Everything that is wrong with the rows, in the order of files and rows; empty when they are right.
/// Whether the units are there is for who knows the units.
#[must_use]
pub fn faults(rows: Rows<'_>) -> Vec<Fault> {
    let mut found = Vec::new();
    calendars(rows.calendars, &mut found);
    let known: HashSet<&CalendarCode> = rows.calendars.iter().map(|c| &c.code).collect();
    hours(rows, &known, &mut found);
    days(rows, &known, &mut found);
    markets(rows, &known, &mut found);
    unit_calendars(rows, &known, &mut found);
    found.sort_by_key(|fault| (fault.file, fault.row));
    found
}

fn calendars(rows: &[CalendarRow], found: &mut Vec<Fault>) {
    let mut by_code: HashMap<&CalendarCode, &CalendarRow> = HashMap::new();
    let mut push = |row, what| found.push(Fault { file: File::Calendars, row, what });
    for row in MOST_CALENDARS..rows.len() {
        push(row, Wrong::TooManyCalendars);
    }
    let rows = rows.get(..MOST_CALENDARS).unwrap_or(rows);
    for (row, calendar) in rows.iter().enumerate() {
        if by_code.contains_key(&calendar.code) {
            push(row, Wrong::Duplicate(calendar.code.clone()));
        } else {
            by_code.insert(&calendar.code, calendar);
        }
        if zone(&calendar.zone).is_none() {
            push(row, Wrong::UnknownZone(calendar.zone.chars().take(40).collect()));
        }
    }
    let mut closed: HashSet<&CalendarCode> = HashSet::new();
    // From the last row: the latest row of a circle is the one that closed it.
    for (row, calendar) in rows.iter().enumerate().rev() {
        let Some(base) = &calendar.base else { continue };
        if !by_code.contains_key(base) {
            push(row, Wrong::UnknownBase(base.clone()));
            continue;
        }
        if let Some(circle) = circle(calendar, &by_code)
            && !circle.iter().any(|code| closed.contains(code))
        {
            let names: Vec<&str> = circle.iter().map(|code| code.as_str()).collect();
            let path = match names.as_slice() {
                [first @ .., last] if first.len() > 10 => {
                    format!("{} → … → {last}", first.get(..10).unwrap_or(first).join(" → "))
                }
                names => names.join(" → "),
            };
            push(row, Wrong::Cycle { code: calendar.code.clone(), path });
            closed.extend(circle);
        }
    }
}

/// The way from a calendar over its bases back to itself, if there is one.
fn circle<'a>(
    calendar: &'a CalendarRow,
    by_code: &HashMap<&CalendarCode, &'a CalendarRow>,
) -> Option<Vec<&'a CalendarCode>> {
    let mut way = vec![&calendar.code];
    let mut at = calendar;
    for _ in 0..by_code.len() {
        at = by_code.get(at.base.as_ref()?)?;
        way.push(&at.code);
        if at.code == calendar.code {
            return Some(way);
        }
    }
    None
}

/// Stretches of time of which no two share an instant.
#[derive(Default)]
struct Apart(BTreeMap<Instant, Instant>);

impl Apart {
    /// Takes a stretch in, unless it shares an instant with one that is in.
    fn take(&mut self, span: Span) -> bool {
        let before = self.0.range(..=span.from).next_back().is_some_and(|(_, to)| *to > span.from);
        let after = self.0.range(span.from..).next().is_some_and(|(from, _)| *from < span.to);
        let apart = !before && !after;
        if apart {
            self.0.insert(span.from, span.to);
        }
        apart
    }
}

/// What is wrong with a row of any file that belongs to a calendar for a stretch of time.
fn belongs(calendar: &CalendarCode, span: Span, known: &HashSet<&CalendarCode>) -> impl Iterator<Item = Wrong> {
    let unknown = (!known.contains(calendar)).then(|| Wrong::UnknownCalendar(calendar.clone()));
    let reversed = (span.from >= span.to).then_some(Wrong::Reversed);
    unknown.into_iter().chain(reversed)
}

fn hours(rows: Rows<'_>, known: &HashSet<&CalendarCode>, found: &mut Vec<Fault>) {
    let mut seen: HashMap<_, Apart> = HashMap::new();
    for (row, hours) in rows.hours.iter().enumerate() {
        let apart = seen.entry((&hours.calendar, hours.on)).or_default().take(hours.span);
        let double = (!apart).then(|| Wrong::DoubleHours { calendar: hours.calendar.clone(), on: hours.on });
        let wrong = belongs(&hours.calendar, hours.span, known).chain(periods(&hours.periods)).chain(double);
        found.extend(wrong.map(|what| Fault { file: File::Hours, row, what }));
    }
}

fn days(rows: Rows<'_>, known: &HashSet<&CalendarCode>, found: &mut Vec<Fault>) {
    let mut seen = HashSet::new();
    for (row, day) in rows.days.iter().enumerate() {
        let duplicate = !seen.insert((&day.calendar, day.date));
        let duplicate = duplicate.then(|| Wrong::DuplicateDay { calendar: day.calendar.clone(), date: day.date });
        let outside = !(FIRST_DATE..=LAST_DATE).contains(&day.date);
        let outside = outside.then_some(Wrong::OutOfRange(day.date));
        let wrong = belongs(&day.calendar, Span::ALWAYS, known).chain(duplicate).chain(outside);
        let hours = match (day.kind, day.periods.is_empty()) {
            (Declared::HalfDay, true) => Some(Wrong::NoHours(day.date)),
            (Declared::Ordinary, false) => Some(Wrong::OrdinaryHours(day.date)),
            _ => None,
        };
        let wrong = wrong.chain(periods(&day.periods)).chain(hours);
        found.extend(wrong.map(|what| Fault { file: File::Days, row, what }));
    }
}

fn markets(rows: Rows<'_>, known: &HashSet<&CalendarCode>, found: &mut Vec<Fault>) {
    let mut rules: HashMap<_, usize> = HashMap::new();
    for (row, market) in rows.markets.iter().enumerate() {
        let (empty, digits) = match &market.rule {
            MarketRule::Branch(branches) => (branches.is_empty(), &[][..]),
            MarketRule::Weekday(weekdays) => (weekdays.is_empty(), &[][..]),
            MarketRule::SolarDigits(digits) | MarketRule::LunarDigits(digits) => (digits.is_empty(), &digits[..]),
            MarketRule::OddDays | MarketRule::EvenDays | MarketRule::Daily => (false, &[][..]),
        };
        let empty = empty.then(|| Wrong::NoMarketDay(market.rule.kind()));
        let digit = digits.iter().find(|d| **d > 9).map(|d| Wrong::BadDigit(*d));
        let count = rules.entry(&market.calendar).or_default();
        *count += 1;
        let many = (*count > MOST_RULES).then_some(Wrong::TooManyRules);
        let wrong = belongs(&market.calendar, market.span, known).chain(empty).chain(digit).chain(many);
        found.extend(wrong.map(|what| Fault { file: File::Markets, row, what }));
    }
}

fn unit_calendars(rows: Rows<'_>, known: &HashSet<&CalendarCode>, found: &mut Vec<Fault>) {
    let mut seen: HashMap<_, Apart> = HashMap::new();
    for (row, kept) in rows.unit_calendars.iter().enumerate() {
        let apart = seen.entry(&kept.unit).or_default().take(kept.span);
        let two = (!apart).then(|| Wrong::TwoCalendars(kept.unit.clone()));
        let wrong = belongs(&kept.calendar, kept.span, known).chain(two);
        found.extend(wrong.map(|what| Fault { file: File::UnitCalendars, row, what }));
    }
}
