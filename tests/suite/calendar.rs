//! The compiled calendar and the naive reckoning of `liandong_tests::naive_calendar` give the same answers, and
//! every account adds up.

use std::path::Path;

use jiff::{ToSpan, civil::date};
use liandong_engine::rules::{
    calendar::{Allowance, Calendar, Calendars, DayKind, Reckoning},
    id::CalendarCode,
    instant::{Instant, Zone},
    tier::Tier,
    world::{Register, World},
};
use liandong_tests::{
    fixtures,
    naive_calendar::Naive,
    random::{
        calendar::{Dice, add},
        config,
    },
};
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

fn at(text: &str) -> Instant {
    Instant::parse(text, &Zone::china()).unwrap()
}

/// The calendars of the demo town alone.
fn lugong() -> Register {
    let Register { calendars, hours, days, markets, .. } = fixtures::register("lugong");
    Register { calendars, hours, days, markets, ..Register::default() }
}

fn compiled(register: &Register, name: &str) -> Calendar {
    let calendars = Calendars::build(register.calendar_rows()).unwrap_or_else(|faults| panic!("{faults:?}"));
    calendars.get(&name.parse().unwrap()).unwrap().clone()
}

/// Whether every stretch says of its days what the rows say, and they follow each other.
fn account(naive: &Naive<'_>, reckoning: &Reckoning, due: Instant) {
    assert!(reckoning.adds_up(), "{reckoning:?}");
    let first = naive.local(reckoning.start).date();
    let mut expected = first;
    for stretch in &reckoning.stretches {
        assert_eq!(stretch.from, expected, "{reckoning:?}");
        expected = stretch.to.tomorrow().unwrap();
        let (mut micros, mut days) = (0, 0);
        for date in stretch.from.series(1.day()).take_while(|d| *d <= stretch.to) {
            let day = naive.day(date);
            let midnight = |date| naive.midnight(date);
            let (from, to) = (midnight(date).max(reckoning.start), midnight(date.tomorrow().unwrap()).min(due));
            match reckoning.allowance {
                Allowance::WorkingMinutes(_) | Allowance::WorkingMicros(_) => {
                    micros += naive.worked(from, to);
                    assert_eq!(stretch.periods.to_vec(), day.periods, "{date}");
                    assert_eq!(stretch.name.as_deref(), day.name.as_deref(), "{date}");
                }
                Allowance::WorkingDays(_) => days += i64::from(day.worked && date > first),
                Allowance::Days(n) => {
                    days += i64::from(date > first && date <= first.checked_add(i64::from(n).days()).unwrap());
                }
                Allowance::Minutes(_) | Allowance::Micros(_) => {}
            }
        }
        let counted = if reckoning.allowance.is_in_days() { days } else { micros };
        let clock = reckoning.allowance.is_by_the_clock();
        assert!(clock || stretch.counted == counted, "{stretch:?} counts {counted}: {reckoning:?}");
    }
}

/// One random question of each kind.
fn compare(register: &Register, name: &str, calendar: &Calendar, dice: &mut Dice<'_>) {
    let naive = Naive::new(register.calendar_rows(), name);
    let start = Instant(at("2006-12-20").0 + dice.micros(7_300));
    // Half of the starts are on a whole minute, where periods begin and end.
    let start = if dice.below(2) == 0 { start.minute() } else { start };
    let number = dice.below(40) as u16 + 1;
    let allowance = match dice.below(7) {
        0 => Allowance::Minutes(u32::from(number) * 7),
        6 => Allowance::WorkingMicros(u64::from(number) * 1_234_567_891),
        1 => Allowance::WorkingDays(number),
        2 => Allowance::Days(number),
        _ => Allowance::WorkingMinutes(u32::from(number) * [1, 7, 60][dice.below(3)]),
    };
    let reckoning = calendar.due(start, allowance);
    let due = naive.due(start, allowance);
    assert_eq!(reckoning.due, Some(due), "{start:?} {allowance}");
    account(&naive, &reckoning, due);
    assert_eq!(calendar.is_open(start), naive.is_open(start), "{start:?}");
    assert_eq!(calendar.next_opening(start), Some(naive.next_opening(start)), "{start:?}");
    let to = Instant(start.0 + dice.micros(9));
    assert_eq!(calendar.working_between(start, to), naive.worked(start, to), "{start:?} {to:?}");
    let date = calendar.date_of(start);
    let (day, expected) = (calendar.day(date), naive.day(date));
    assert_eq!((day.kind.is_worked(), day.market), (expected.worked, expected.market), "{date}");
    assert_eq!(calendar.periods(date), expected.periods, "{date}");
    assert_eq!(day.kind == DayKind::Rest, expected.name.is_none() && !expected.worked, "{date}");
}

#[test]
fn every_limit_in_the_demo_town_ends_as_a_count_of_its_minutes_says() {
    let register = lugong();
    let calendars = ["hall", "town", "village"].map(|name| (name, compiled(&register, name)));
    let mut runner = TestRunner::new(config(100));
    let run = runner.run(&vec(any::<u32>(), 12), |numbers| {
        for (name, calendar) in &calendars {
            compare(&register, name, calendar, &mut Dice(numbers.iter()));
        }
        Ok(())
    });
    run.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn every_limit_of_random_calendars_ends_as_a_count_of_its_minutes_says() {
    let nation = lugong();
    let mut runner = TestRunner::new(config(40));
    let run = runner.run(&(vec(any::<u32>(), 200), vec(vec(any::<u32>(), 12), 12)), |(rows, questions)| {
        let mut register = nation.clone();
        add(&mut register, &mut Dice(rows.iter()));
        let calendar = compiled(&register, "own");
        for numbers in &questions {
            compare(&register, "own", &calendar, &mut Dice(numbers.iter()));
        }
        Ok(())
    });
    run.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn a_later_start_and_a_longer_allowance_never_end_earlier() {
    let calendar = compiled(&lugong(), "town");
    let mut runner = TestRunner::new(config(400));
    let run = runner.run(&vec(any::<u32>(), 8), |numbers| {
        let dice = &mut Dice(numbers.iter());
        let start = Instant(at("2012-01-01").0 + dice.micros(4_000));
        let later = Instant(start.0 + dice.micros(30));
        let (n, kind) = (dice.below(500) as u16 + 1, dice.below(3));
        let of = |n: u16| match kind {
            0 => Allowance::WorkingDays(n),
            1 => Allowance::Days(n),
            _ => Allowance::WorkingMinutes(u32::from(n)),
        };
        let due = calendar.due(start, of(n)).due.unwrap();
        prop_assert!(due > start);
        prop_assert!(calendar.due(later, of(n)).due.unwrap() >= due);
        prop_assert!(calendar.due(start, of(n + 1)).due.unwrap() >= due);
        Ok(())
    });
    run.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn a_unit_has_the_calendar_of_the_nearest_unit_above_that_keeps_one() {
    let world = World::build(fixtures::register("lugong"), 1, Zone::china()).unwrap();
    let now = at("2026-10-01");
    let code = |unit: &str| {
        let unit = world.find_unit(unit).unwrap_or_else(|| panic!("{unit}"));
        world.calendar(unit, now).code().map(CalendarCode::to_string).unwrap_or_default()
    };
    for (unit, expected) in [
        ("522325105000", "town"),
        ("522325105-B1", "town"),
        ("522325105-D-WATER", "town"),
        ("522325105-HALL", "hall"),
        ("522325105-W-JUSTICE", "hall"),
        ("522325105220", "village"),
        ("522325105220-G01-H001", "village"),
        ("522325105220-SP", "village"),
    ] {
        assert_eq!(code(unit), expected, "{unit}");
    }
    // Before the hall had one, its unit is not there; a village of that time has none yet.
    let village = world.find_unit("522325105220").unwrap();
    assert_eq!(world.calendar(village, at("2008-01-01")).code().map(CalendarCode::as_str), Some("village"));
    let hamlet = World::build(fixtures::register("hamlet"), 1, Zone::china()).unwrap();
    let anywhere = hamlet.tree().all().find(|u| hamlet.tree().tier(*u) == Some(Tier::Village)).unwrap();
    assert_eq!(hamlet.calendar(anywhere, now).code(), None);
    assert!(hamlet.calendar(anywhere, now).is_open(now));
}

#[test]
fn the_town_has_every_day_of_the_notices_unchanged() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/sources/holidays.csv");
    let source = std::fs::read_to_string(source).unwrap();
    let register = lugong();
    let rows = source.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let expected: Vec<(String, String, bool)> =
        rows.map(|row| (row[0].to_owned(), row[1].to_owned(), row[2] == "1")).collect();
    let off = liandong_engine::rules::calendar::Declared::Holiday;
    let found: Vec<(String, String, bool)> =
        register.days.iter().map(|day| (day.date.to_string(), day.name.clone(), day.kind == off)).collect();
    assert_eq!(found.len(), 678);
    assert_eq!(found, expected);
    assert_eq!(compiled(&register, "cn").published_to(), Some(date(2026, 12, 31)));
}
