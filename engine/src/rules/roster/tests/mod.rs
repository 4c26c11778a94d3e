//! Weeks of duty as tables, and the compiled answer beside one that walks.

mod changes;
mod fair;
mod faults;
mod naive;
mod weeks;

use jiff::civil::Date;

use super::*;
use crate::rules::calendar::DayKind;

/// The autumn of 2026: Mid-Autumn 25 to 27 September, National Day 1 to 7 October; for these Sunday 20
/// September and Saturday 10 October are worked. Market day is the 5th, 10th … of each month.
pub(super) fn day(date: Date) -> Day {
    let kind = match (date.year(), date.month(), date.day()) {
        (2026, 9, 25..=27) | (2026, 10, 1..=7) => DayKind::Holiday,
        (2026, 9, 20) | (2026, 10, 10) => DayKind::MakeUp,
        _ if days::weekday(days::day_no(date)) > 4 => DayKind::Rest,
        _ => DayKind::Working,
    };
    Day { kind, market: date.day() % 5 == 0 }
}

pub(super) fn at(text: &str) -> Instant {
    let text = if text.contains('T') { format!("{text}:00+08:00") } else { text.to_owned() };
    Instant::parse(&text, &Zone::china()).unwrap()
}

pub(super) fn span(text: &str) -> Span {
    let (from, to) = text.split_once("..").unwrap();
    let open = |text: &str, open| if text.is_empty() { open } else { at(text) };
    Span { from: open(from, Instant::MIN), to: open(to, Instant::MAX) }
}

pub(super) fn unit() -> UnitCode {
    "village".parse().unwrap()
}

/// `kind on hand-over hours turn width start order [from..to]`, hours `-` for none.
pub(super) fn roster(line: &str) -> Roster {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (turn, week_begins) = match words[4].split_once('/') {
        Some((turn, begins)) => (turn, Weekday::parse(begins).unwrap()),
        None => (words[4], Weekday::Monday),
    };
    Roster {
        code: "duty".parse().unwrap(),
        name: "值班".to_owned(),
        unit: unit(),
        kind: RosterKind::parse(words[0]).unwrap(),
        posts: PostKind::StandingCadre,
        exclusive: false,
        on: words[1].split(';').map(|on| On::parse(on).unwrap()).collect(),
        hand_over: words[2].parse().unwrap(),
        hours: (words[3] != "-").then(|| words[3].parse().unwrap()),
        turn: Turn::parse(turn).unwrap(),
        week_begins,
        width: words[5].parse().unwrap(),
        start: words[6].parse().unwrap(),
        order: words[7].split(';').map(|slot| slot.parse().unwrap()).collect(),
        span: words.get(8).map_or(Span::ALWAYS, |text| span(text)),
    }
}

/// `made change people scope [undone]`: `2026-10-01 replace a b 2026-10-05#3`, or a stretch `from..to`.
pub(super) fn over(no: usize, line: &str) -> Override {
    let mut words = line.split_whitespace();
    let mut next = || words.next().unwrap();
    let made_at = at(next());
    let change = match next() {
        "add" => Change::Add { person: next().parse().unwrap() },
        "remove" => Change::Remove { person: next().parse().unwrap() },
        "replace" => Change::Replace { out: next().parse().unwrap(), person: next().parse().unwrap() },
        other => panic!("{other}"),
    };
    let scope = match next() {
        text if text.contains('#') => {
            let (start, no) = text.split_once('#').unwrap();
            Scope::Shift(ShiftId { start: start.parse().unwrap(), no: ShiftNo(no.parse().unwrap()) })
        }
        text => Scope::Stretch(span(text)),
    };
    Override {
        code: format!("o{no}").parse().unwrap(),
        roster: "duty".parse().unwrap(),
        change,
        scope,
        made_at,
        seq: 0,
        made_by: None,
        by_order_of: None,
        undone_at: words.next().map(at),
    }
}

pub(super) fn build(rows: &[Roster], day: &dyn Fn(Date) -> Day) -> Rosters {
    Rosters::build(rows, Zone::china(), &|_, date| day(date), Date::constant(2027, 12, 31))
}

/// People joined by `+`; `gap` where a shift runs with nobody, `empty` where that is on purpose; nothing where
/// none runs.
pub(super) fn answer(rosters: &Rosters, overrides: &Overrides, at: Instant) -> String {
    let duty = on_duty(rosters, overrides, &unit(), PostKind::StandingCadre, at);
    let people: Vec<&str> = duty.people.iter().map(|d| d.person.as_str()).collect();
    assert!(!duty.gap || people.is_empty());
    match (duty.gap, duty.empty) {
        (true, false) => "gap".to_owned(),
        (false, true) => "empty".to_owned(),
        (gap, _) => {
            assert!(!gap, "a shift is nobody's on purpose or by a gap");
            people.join("+")
        }
    }
}

/// What the rows answer at each instant.
pub(super) fn check(rows: &[&str], overrides: &[&str], expected: &[(&str, &str)]) {
    check_on(&day, rows, overrides, expected);
}

pub(super) fn check_on(day: &dyn Fn(Date) -> Day, rows: &[&str], overrides: &[&str], expected: &[(&str, &str)]) {
    let rows: Vec<Roster> = rows.iter().map(|line| roster(line)).collect();
    let rosters = build(&rows, day);
    let rows: Vec<Override> = overrides.iter().enumerate().map(|(no, line)| over(no, line)).collect();
    let overrides = Overrides::build(rows);
    let answers: Vec<(&str, String)> =
        expected.iter().map(|(when, _)| (*when, answer(&rosters, &overrides, at(when)))).collect();
    let expected: Vec<(&str, String)> = expected.iter().map(|(when, who)| (*when, (*who).to_owned())).collect();
    assert_eq!(answers, expected);
}
