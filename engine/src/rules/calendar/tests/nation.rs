//! The traps of the notices.

use jiff::civil::{Date, date};

use super::town::{Owned, at, code};
use crate::rules::{
    calendar::{Calendar, Calendars, Day, DayKind, LAST_DATE},
    instant::Instant,
};

fn nation() -> Calendar {
    let rows = Owned::nation();
    Calendars::build(rows.rows()).unwrap().get(&code("cn")).unwrap().clone()
}

fn dates(from: Date, to: Date) -> impl Iterator<Item = Date> {
    from.series(jiff::Span::new().days(1)).take_while(move |d| *d <= to)
}

#[test]
fn a_year_has_as_many_working_days_as_its_notices_leave() {
    let nation = nation();
    for (year, expected) in [(2015, 249), (2024, 251), (2025, 248), (2026, 248)] {
        let worked = dates(date(year, 1, 1), date(year, 12, 31)).filter(|d| nation.day(*d).kind.is_worked());
        assert_eq!(worked.count(), expected, "{year}");
    }
}

#[test]
fn a_date_is_what_the_notices_say_it_is() {
    let nation = nation();
    for (date, kind, name) in [
        // A notice names days of the December before its year.
        ("2006-12-30", DayKind::MakeUp, "元旦"),
        ("2007-12-29", DayKind::MakeUp, "元旦"),
        ("2007-12-31", DayKind::Holiday, "元旦"),
        ("2011-12-31", DayKind::MakeUp, "元旦"),
        ("2018-12-29", DayKind::MakeUp, "元旦"),
        ("2018-12-31", DayKind::Holiday, "元旦"),
        ("2022-12-31", DayKind::Holiday, "元旦"),
        // The second notice of 2015, in May.
        ("2015-09-03", DayKind::Holiday, "抗日战争暨世界反法西斯战争胜利70周年纪念日"),
        ("2015-09-06", DayKind::MakeUp, "抗日战争暨世界反法西斯战争胜利70周年纪念日"),
        ("2015-10-10", DayKind::MakeUp, "国庆节"),
        // The Spring Festival of 2020 was extended; that Monday is listed as worked.
        ("2020-01-31", DayKind::Holiday, "春节"),
        ("2020-02-02", DayKind::Holiday, "春节"),
        ("2020-02-03", DayKind::MakeUp, "春节"),
        // What is not listed is as every week, also beside a holiday.
        ("2020-02-04", DayKind::Working, ""),
        ("2020-02-08", DayKind::Rest, ""),
        ("2026-10-10", DayKind::MakeUp, "国庆节"),
        ("2026-10-11", DayKind::Rest, ""),
        ("2027-01-01", DayKind::Working, ""),
    ] {
        let day: Date = date.parse().unwrap();
        assert_eq!(nation.day(day), Day { kind, market: false }, "{date}");
        assert_eq!(nation.name(day).unwrap_or_default(), name, "{date}");
    }
}

#[test]
fn every_row_of_the_notices_is_found_under_its_own_date() {
    let (rows, nation) = (Owned::nation(), nation());
    for row in &rows.days {
        assert_eq!(nation.day(row.date).kind, row.kind.kind(super::super::Weekday::of(row.date)), "{}", row.date);
    }
    let named = dates(date(2006, 1, 1), LAST_DATE).filter(|d| nation.name(*d).is_some()).count();
    assert_eq!((named, rows.days.len()), (678, 678));
}

#[test]
fn a_calendar_of_fifty_years_is_small_and_the_same_questions_outside_it_have_an_answer() {
    let nation = nation();
    assert!(nation.bytes() < 170_000, "{}", nation.bytes());
    for (outside, kind) in [
        ("1969-07-20", DayKind::Rest),
        ("2005-12-31", DayKind::Rest),
        ("2061-01-03", DayKind::Working),
        ("9999-12-30", DayKind::Working),
    ] {
        let day: Date = outside.parse().unwrap();
        assert_eq!(nation.day(day).kind, kind, "{outside}");
        assert!(!nation.is_open(at(outside)) && nation.periods(day).is_empty(), "{outside}");
        assert_eq!(nation.add_working(at(outside), 1), None, "{outside}");
    }
    assert_eq!(nation.date_of(Instant::MIN), Date::MIN);
    assert_eq!(nation.date_of(Instant::MAX), Date::MAX);
    assert_eq!(nation.working_between(Instant::MIN, Instant::MAX), 0);
}

#[test]
fn notices_that_end_within_three_months_are_told() {
    let mut rows = Owned::town();
    rows.calendar("alone", "", "");
    let calendars = Calendars::build(rows.rows()).unwrap();
    for (as_of, expected) in [("2026-09-30", ""), ("2026-10-01", "cn"), ("2028-01-01", "cn")] {
        let soon = calendars.ends_soon(at(as_of));
        let told: Vec<&str> = soon.iter().map(|e| e.calendar.as_str()).collect();
        assert_eq!(told.join(" "), expected, "{as_of}");
        assert!(soon.iter().all(|e| e.published_to == date(2026, 12, 31)));
    }
}
