//! Every fault of the rows has a test that names it and its mend.

use super::town::{Owned, at, code, span};
use crate::rules::{
    calendar::{Calendars, Declared, Market, MarketRule, Period, UnitCalendar},
    instant::Span,
};

/// All faults of the town's rows after a change: file, row, column, what and mend.
fn check(change: impl FnOnce(&mut Owned), expected: &[&str]) {
    let mut rows = Owned::default();
    rows.calendar("cn", "", "2026-12-31");
    rows.calendar("town", "cn", "");
    rows.hours("town", "1 2", "08:30-12:00 14:30-18:00", "..");
    rows.day("cn", "2026-10-01", "国庆节", Declared::Holiday, "");
    rows.market("town", MarketRule::Daily, "..");
    assert!(Calendars::build(rows.rows()).is_ok());
    change(&mut rows);
    let faults = Calendars::build(rows.rows()).unwrap_err();
    let told: Vec<String> =
        faults.iter().map(|f| format!("{:?} {} {}: {f}; {}", f.file, f.row, f.column(), f.mend())).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_calendar_has_a_code_of_its_own_a_known_zone_and_a_base_that_ends() {
    check(
        |r| r.calendar("cn", "", ""),
        &["Calendars 2 code: calendar `cn` stands in an earlier row; give it a code of its own"],
    );
    check(
        |r| r.calendars[1].zone = "Asia/Guiyang".to_owned(),
        &["Calendars 1 zone: zone `Asia/Guiyang` is not known; write an IANA name such as `Asia/Shanghai`"],
    );
    check(
        |r| r.calendar("hall", "county", ""),
        &[
            "Calendars 2 base: base `county` is not a calendar of the register; add it to its file, or name one that is there",
        ],
    );
    check(
        |r| {
            r.calendars[0].base = Some(code("hall"));
            r.calendar("hall", "town", "");
        },
        &[
            "Calendars 2 base: the bases of `hall` lead back to itself: hall → town → cn → hall; leave one of these bases empty",
        ],
    );
    check(
        |r| r.calendars[0].base = Some(code("cn")),
        &["Calendars 0 base: the bases of `cn` lead back to itself: cn → cn; leave one of these bases empty"],
    );
}

#[test]
fn hours_are_in_the_order_of_the_day_and_given_once() {
    check(
        |r| r.hours("town", "3", "08:30-12:00 11:00-18:00", ".."),
        &[
            "Hours 2 periods: period `11:00-18:00` begins before `08:30-12:00` has ended; write the periods in the order of the day, without an overlap",
        ],
    );
    for reversed in ["12:00-08:30", "08:30-08:30"] {
        let mend = "write it like `08:30-12:00`; a night is two periods, until 24:00 and from 00:00";
        let expected =
            format!("Hours 2 periods: period `{reversed}` does not end after it begins, within one day; {mend}");
        check(|r| r.hours("town", "3", reversed, ".."), &[&expected]);
    }
    check(
        |r| r.hours[0].periods = vec![Period { from: 0, to: 1441 }],
        &[
            "Hours 0 periods: period `00:00-24:01` does not end after it begins, within one day; write it like `08:30-12:00`; a night is two periods, until 24:00 and from 00:00",
        ],
    );
    check(
        |r| r.hours("town", "1", "08:30-12:00", "2026-01-01.."),
        &[
            "Hours 2 on: calendar `town` has hours on Monday for that time in an earlier row; end the earlier one on the day the later begins",
        ],
    );
    check(
        |r| r.hours("moon", "1", "08:30-12:00", "2026-01-01..2025-01-01"),
        &[
            "Hours 2 calendar: calendar `moon` is not in the register; add it to its file, or name one that is there",
            "Hours 2 to: the dates are reversed: `to` is not after `from`; `to` is the first day on which it no longer holds",
        ],
    );
}

#[test]
fn a_date_is_declared_once_within_what_calendars_hold() {
    check(
        |r| r.day("cn", "2026-10-01", "中秋节", Declared::MakeUp, ""),
        &["Days 1 date: `2026-10-01` of calendar `cn` stands in an earlier row; keep one of the two rows"],
    );
    check(
        |r| r.day("cn", "1949-10-01", "国庆节", Declared::Holiday, ""),
        &["Days 1 date: `1949-10-01` is outside what calendars hold, 1970-01-01 to 2060-12-31; take the row out"],
    );
    check(
        |r| r.day("moon", "2026-10-02", "国庆节", Declared::Holiday, "09:00-12:00 08:00-08:30"),
        &[
            "Days 1 calendar: calendar `moon` is not in the register; add it to its file, or name one that is there",
            "Days 1 periods: period `08:00-08:30` begins before `09:00-12:00` has ended; write the periods in the order of the day, without an overlap",
        ],
    );
}

#[test]
fn a_market_names_its_days() {
    check(
        |r| r.market("town", MarketRule::Branch(Vec::new()), ".."),
        &["Markets 1 values: a market rule by Branch names no day; name at least one"],
    );
    check(
        |r| r.market("town", MarketRule::LunarDigits(vec![4, 14]), ".."),
        &["Markets 1 values: `14` is not the last digit of a day; write 0 to 9"],
    );
    check(
        |r| {
            r.markets.push(Market {
                calendar: code("moon"),
                rule: MarketRule::OddDays,
                span: span("2026-01-01..2026-01-01"),
            })
        },
        &[
            "Markets 1 calendar: calendar `moon` is not in the register; add it to its file, or name one that is there",
            "Markets 1 to: the dates are reversed: `to` is not after `from`; `to` is the first day on which it no longer holds",
        ],
    );
}

#[test]
fn a_register_has_no_more_calendars_and_rules_than_can_be_held() {
    check(
        |r| (0..999).for_each(|n| r.calendar(&format!("c{n}"), "", "")),
        &["Calendars 1000 code: a register holds 1000 calendars at most; let units share calendars"],
    );
    check(
        |r| (0..100).for_each(|_| r.market("town", MarketRule::Daily, "..")),
        &["Markets 100 calendar: a calendar has 100 market rules at most; put rules of one kind together"],
    );
}

#[test]
fn many_rows_are_looked_at_in_one_pass() {
    check(
        |r| {
            for n in 0..50_000_i64 {
                let day = |n: i64| at("2000-01-01").plus_days(n);
                r.hours("cn", "1", "", "..");
                r.hours.last_mut().unwrap().span = Span { from: day(n), to: day(n + 1) };
            }
            r.hours("cn", "1", "", "2020-01-01..2020-01-02");
        },
        &[
            "Hours 50002 on: calendar `cn` has hours on Monday for that time in an earlier row; end the earlier one on the day the later begins",
        ],
    );
}

#[test]
fn a_unit_keeps_one_calendar_at_a_time() {
    let keep = |calendar: &str, when: &str| UnitCalendar {
        unit: "T".parse().unwrap(),
        calendar: code(calendar),
        span: span(when),
    };
    check(
        |r| r.unit_calendars = vec![keep("town", ".."), keep("cn", "2026-01-01..")],
        &[
            "UnitCalendars 1 unit: unit `T` keeps a calendar for that time in an earlier row; end the earlier one on the day the later begins",
        ],
    );
    check(
        |r| r.unit_calendars = vec![keep("town", "..2026-01-01"), keep("moon", "2026-01-01..")],
        &[
            "UnitCalendars 1 calendar: calendar `moon` is not in the register; add it to its file, or name one that is there",
        ],
    );
}
