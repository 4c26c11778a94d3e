//! When allowances end, and what their accounts say.

use super::town::{Owned, at, code};
use crate::rules::{
    calendar::{Allowance, Calendar, Calendars, DayKind, Declared, Reckoning},
    instant::{Instant, Zone},
};

fn calendar(rows: &Owned, name: &str) -> Calendar {
    Calendars::build(rows.rows()).unwrap_or_else(|f| panic!("{f:?}")).get(&code(name)).unwrap().clone()
}

/// The due instant, then a line for each stretch.
fn told(reckoning: &Reckoning) -> String {
    let due = reckoning.due.map_or_else(|| "never".to_owned(), |due| due.text(&Zone::china()));
    let mut text = due.trim_end_matches("+08:00").to_owned();
    text.push_str(if reckoning.beyond_published { " beyond" } else { "" });
    for stretch in &reckoning.stretches {
        let days = if stretch.from == stretch.to { String::new() } else { format!("..{}", stretch.to) };
        let counted = match reckoning.allowance {
            Allowance::WorkingDays(_) | Allowance::Days(_) => stretch.counted,
            _ => stretch.counted / 60_000_000,
        };
        text.push_str(&format!("\n{}{days} {counted} {}", stretch.from, stretch.why));
        text.push_str(&stretch.name.as_ref().map_or_else(String::new, |n| format!(" {n}")));
        let periods: Vec<String> = stretch.periods.iter().map(|p| format!(" {p}")).collect();
        text.push_str(&periods.concat());
    }
    text
}

fn check(calendar: &Calendar, start: &str, allowance: &str, expected: &str) {
    let reckoning = calendar.due(at(start), allowance.parse().unwrap());
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(told(&reckoning).lines().collect::<Vec<_>>(), expected, "{start} {allowance}");
    assert!(reckoning.adds_up(), "{start} {allowance}");
    let json = serde_json::to_string(&reckoning).unwrap();
    assert_eq!(serde_json::from_str::<Reckoning>(&json).unwrap(), reckoning, "{json}");
}

#[test]
fn working_time_passes_lunch_weekends_and_holidays() {
    let town = calendar(&Owned::town(), "town");
    check(
        &town,
        "2026-03-02T10:00:00+08:00",
        "4wh",
        "2026-03-02T16:30:00
         2026-03-02 240 Working 08:30-12:00 14:30-18:00",
    );
    // From before a holiday to the make-up Saturday after it.
    check(
        &town,
        "2026-02-13T17:00:00+08:00",
        "10wh",
        "2026-02-24T10:30:00
         2026-02-13 60 Working 08:30-12:00 14:30-18:00
         2026-02-14 420 MakeUp 春节 08:30-12:00 14:30-18:00
         2026-02-15..2026-02-23 0 Holiday 春节
         2026-02-24 120 Working 08:30-12:00 14:30-18:00",
    );
    // A limit that is used up with the day ends with the day, not the next morning.
    check(
        &town,
        "2026-03-02T08:30:00+08:00",
        "7wh",
        "2026-03-02T18:00:00
         2026-03-02 420 Working 08:30-12:00 14:30-18:00",
    );
}

#[test]
fn market_days_and_seasons_have_their_own_hours() {
    let town = calendar(&Owned::town(), "town");
    check(
        &town,
        "2026-04-30T00:00:00+08:00",
        "40wh",
        "2026-05-13T15:30:00
         2026-04-30 300 Market 08:00-13:00
         2026-05-01..2026-05-05 0 Holiday 劳动节
         2026-05-06 300 Market 08:00-13:00
         2026-05-07 420 Working 08:30-12:00 15:00-18:30
         2026-05-08 0 LocalOff 州庆
         2026-05-09 420 MakeUp 劳动节 08:30-12:00 15:00-18:30
         2026-05-10 0 Rest
         2026-05-11 420 Working 08:30-12:00 15:00-18:30
         2026-05-12 300 Market 08:00-13:00
         2026-05-13 240 Working 08:30-12:00 15:00-18:30",
    );
}

#[test]
fn working_days_leave_out_the_day_of_the_start_and_end_with_the_last_hours() {
    let town = calendar(&Owned::town(), "town");
    check(
        &town,
        "2026-09-29T23:00:00+08:00",
        "2wd",
        "2026-10-08T18:00:00
         2026-09-29 0 Start
         2026-09-30 1 Working
         2026-10-01..2026-10-07 0 Holiday 国庆节
         2026-10-08 1 Working",
    );
    // The nation's calendar has no hours: a day then ends at 24:00.
    check(
        &calendar(&Owned::nation(), "cn"),
        "2026-10-09T08:00:00+08:00",
        "1个工作日",
        "2026-10-11
         2026-10-09 0 Start
         2026-10-10 1 MakeUp 国庆节",
    );
}

#[test]
fn half_a_day_off_is_a_whole_working_day_and_so_many_hours_and_what_was_taken_back_is_nothing() {
    let mut rows = Owned::town();
    rows.day("town", "2026-03-02", "学习", Declared::HalfDay, "14:30-18:00");
    rows.day("town", "2026-03-03", "报错了", Declared::Ordinary, "");
    // A day off of this place that was none leaves what the nation declared as it is.
    rows.day("town", "2026-10-01", "报错了", Declared::Ordinary, "");
    let town = calendar(&rows, "town");
    check(
        &town,
        "2026-02-27T10:00:00+08:00",
        "2wd",
        "2026-03-02T18:00:00
         2026-02-27 0 Start
         2026-02-28 1 MakeUp 春节
         2026-03-01 0 Rest
         2026-03-02 1 HalfDay 学习",
    );
    check(
        &town,
        "2026-03-02T08:30:00+08:00",
        "7wh",
        "2026-03-03T12:00:00
         2026-03-02 210 HalfDay 学习 14:30-18:00
         2026-03-03 210 Working 08:30-12:00 14:30-18:00",
    );
    assert_eq!(town.day("2026-10-01".parse().unwrap()).kind, DayKind::Holiday);
}

#[test]
fn days_that_end_on_a_day_off_end_on_the_next_working_day() {
    let town = calendar(&Owned::town(), "town");
    check(
        &town,
        "2026-09-18T09:00:00+08:00",
        "15d",
        "2026-10-08T18:00:00
         2026-09-18 0 Start
         2026-09-19..2026-10-02 14 Every
         2026-10-03 1 Holiday 国庆节
         2026-10-04..2026-10-07 0 Holiday 国庆节
         2026-10-08 0 MovedTo",
    );
    check(
        &town,
        "2026-03-02T09:00:00+08:00",
        "15天",
        "2026-03-17T18:00:00
         2026-03-02 0 Start
         2026-03-03..2026-03-17 15 Every",
    );
}

#[test]
fn an_emergency_runs_by_the_clock() {
    check(
        &calendar(&Owned::town(), "town"),
        "2026-10-01T23:50:00+08:00",
        "30min",
        "2026-10-02T00:20:00
         2026-10-01..2026-10-02 30 Clock",
    );
}

#[test]
fn a_limit_beyond_the_published_notices_says_so() {
    check(
        &calendar(&Owned::town(), "town"),
        "2026-12-31T09:00:00+08:00",
        "2wd",
        "2027-01-04T18:00:00 beyond
         2026-12-31 0 Start
         2027-01-01 1 Working
         2027-01-02..2027-01-03 0 Rest
         2027-01-04 1 Working",
    );
}

#[test]
fn without_a_calendar_every_instant_counts_and_the_account_says_so() {
    let always = Calendar::always();
    check(
        &always,
        "2026-10-03T23:00:00+08:00",
        "2wh",
        "2026-10-04T01:00:00
         2026-10-03..2026-10-04 120 Always",
    );
    check(
        &always,
        "2026-10-03T23:00:00+08:00",
        "2wd",
        "2026-10-06
         2026-10-03 0 Start
         2026-10-04..2026-10-05 2 Always",
    );
    assert_eq!(always.due(at("2026-10-03"), "1d".parse().unwrap()).calendar, None);
    assert!(always.is_open(Instant::MAX) && always.next_opening(Instant::MIN) == Some(Instant::MIN));
}

#[test]
fn a_calendar_that_never_opens_has_no_end_and_no_loop() {
    let closed = calendar(&Owned::nation(), "cn");
    let start = "2026-10-03T23:00:00+08:00";
    check(&closed, start, "1wmin", "never beyond");
    assert_eq!(closed.next_opening(at(start)), None);
    for start in [Instant::MIN, Instant(0), at("2060-12-31T23:59:59+08:00"), at("2061-01-01"), Instant::MAX] {
        for allowance in ["1wmin", "4294967295wmin", "65535wd", "65535d", "4294967295min"] {
            for calendar in [&closed, &Calendar::always()] {
                let reckoning = calendar.due(start, allowance.parse().unwrap());
                assert!(reckoning.adds_up(), "{start:?} {allowance}");
                assert!(reckoning.due.is_none_or(|due| due > start), "{start:?} {allowance}");
            }
        }
    }
    assert_eq!(closed.due(at(start), Allowance::WorkingMinutes(0)).due, Some(at(start)));
}

#[test]
fn where_clocks_are_changed_hours_have_their_real_length() {
    let mut rows = Owned::default();
    rows.calendar("berlin", "", "");
    rows.calendars[0].zone = "Europe/Berlin".to_owned();
    rows.hours("berlin", "7", "00:00-04:00 06:00-07:00", "..");
    let berlin = calendar(&rows, "berlin");
    let hours = |from: &str, to: &str| berlin.working_between(at(from), at(to)) / 3_600_000_000;
    // 2026-03-29 loses the hour from two to three, 2026-10-25 has it twice.
    assert_eq!(hours("2026-03-28", "2026-03-30"), 4);
    assert_eq!(hours("2026-04-04", "2026-04-06"), 5);
    assert_eq!(hours("2026-10-24", "2026-10-26"), 6);
    assert_eq!(berlin.add_working(at("2026-03-28"), 4 * 3_600_000_000), Some(at("2026-03-29T07:00:00+02:00")));
    assert_eq!(berlin.next_opening(at("2026-10-25T04:00:00+01:00")), Some(at("2026-10-25T06:00:00+01:00")));
}
