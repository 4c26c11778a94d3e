//! The compiled calendar and the naive one give the same answers.

use jiff::ToSpan;

use super::{
    naive::Naive,
    town::{Dice, Owned, at, code},
};
use crate::rules::{
    calendar::{Allowance, Calendar, Calendars, DayKind, Reckoning},
    instant::Instant,
};

const DAY: i64 = 86_400_000_000;

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
            let midnight = |d: jiff::civil::Date| Instant(at(&d.to_string()).0);
            let (from, to) = (midnight(date).max(reckoning.start), midnight(date.tomorrow().unwrap()).min(due));
            match reckoning.allowance {
                Allowance::WorkingMinutes(_) => {
                    micros += naive.worked(from, to);
                    assert_eq!(stretch.periods.to_vec(), day.periods, "{date}");
                    assert_eq!(stretch.name.as_deref(), day.name.as_deref(), "{date}");
                }
                Allowance::WorkingDays(_) => days += i64::from(day.worked && date > first),
                Allowance::Days(n) => {
                    days += i64::from(date > first && date <= first.checked_add(i64::from(n).days()).unwrap());
                }
                Allowance::Minutes(_) => {}
            }
        }
        let counted = if let Allowance::WorkingMinutes(_) = reckoning.allowance { micros } else { days };
        let clock = matches!(reckoning.allowance, Allowance::Minutes(_));
        assert!(clock || stretch.counted == counted, "{stretch:?} counts {counted}: {reckoning:?}");
    }
}

fn compare(rows: &Owned, name: &str, calendar: &Calendar, dice: &mut Dice) {
    let naive = Naive::new(rows.rows(), name);
    let begin = at("2006-12-20").0;
    let start = Instant(begin + dice.below(7_300) as i64 * DAY + dice.below(DAY as usize) as i64);
    // Half of the starts are on a whole minute, where periods begin and end.
    let start = if dice.below(2) == 0 { start.minute() } else { start };
    let n = dice.below(40) as u16 + 1;
    let allowance = match dice.below(6) {
        0 => Allowance::Minutes(u32::from(n) * 7),
        1 => Allowance::WorkingDays(n),
        2 => Allowance::Days(n),
        _ => Allowance::WorkingMinutes(u32::from(n) * [1, 7, 60][dice.below(3)]),
    };
    let reckoning = calendar.due(start, allowance);
    let due = naive.due(start, allowance);
    assert_eq!(reckoning.due, Some(due), "{start:?} {allowance} {rows:?}");
    account(&naive, &reckoning, due);
    assert_eq!(calendar.is_open(start), naive.is_open(start), "{start:?}");
    assert_eq!(calendar.next_opening(start), Some(naive.next_opening(start)), "{start:?}");
    let to = Instant(start.0 + dice.below(9 * DAY as usize) as i64);
    assert_eq!(calendar.working_between(start, to), naive.worked(start, to), "{start:?} {to:?}");
    let date = calendar.date_of(start);
    let (day, expected) = (calendar.day(date), naive.day(date));
    assert_eq!((day.kind.is_worked(), day.market), (expected.worked, expected.market), "{date}");
    assert_eq!(calendar.periods(date), expected.periods, "{date}");
    assert_eq!(day.kind == DayKind::Rest, expected.name.is_none() && !expected.worked, "{date}");
}

#[test]
fn the_compiled_calendar_agrees_with_the_naive_one() {
    let dice = &mut Dice(0x9E37_79B9_7F4A_7C15);
    let town = Owned::town();
    let compiled = Calendars::build(town.rows()).unwrap();
    for _ in 0..60 {
        compare(&town, "town", compiled.get(&code("town")).unwrap(), dice);
    }
    for _ in 0..25 {
        let rows = Owned::by_chance(dice);
        let compiled = Calendars::build(rows.rows()).unwrap_or_else(|f| panic!("{f:?} {rows:?}"));
        for _ in 0..12 {
            compare(&rows, "own", compiled.get(&code("own")).unwrap(), dice);
        }
    }
}
