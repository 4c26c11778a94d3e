//! Who may declare which days of a calendar, and what follows.

use liandong_engine::rules::{
    actor::Actor,
    calendar::{DayKind, Declared},
    instant::Zone,
    register::{
        command::{Command, NewDay},
        coverage::coverage,
        decide::decide,
    },
    routing::Loads,
    world::World,
};

use super::town::{TOWN, at, register};

const NOW: &str = "2026-11-26T10:00:00+08:00";

/// Two towns on the calendar of the nation, one of them with its own.
const CALENDARS: &str = "
    unit t2 Town
    post duty2 DutyLeader unit=t2
    holding duty2 eve
    calendar cn published=2026-12-31
    calendar town base=cn
    calendar spare
    keeps t town
    keeps t2 cn
";

fn world() -> World {
    World::build(register(&format!("{TOWN}\n{CALENDARS}")), 7, Zone::china()).unwrap()
}

/// `2027-01-01 Holiday 元旦 09:00-12:00`, several days separated by commas.
fn declare(calendar: &str, days: &str, published_to: Option<&str>) -> Command {
    let day = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        NewDay {
            date: words[0].parse().unwrap(),
            kind: Declared::parse(words[1]).unwrap(),
            name: words.get(2).copied().unwrap_or_default().to_owned(),
            periods: words.iter().skip(3).map(|period| period.parse().unwrap()).collect(),
        }
    };
    Command::DeclareDays {
        calendar: calendar.parse().unwrap(),
        days: days.split(", ").filter(|day| !day.is_empty()).map(day).collect(),
        published_to: published_to.map(|text| text.parse().unwrap()),
    }
}

fn decided(who: &str, command: &Command) -> Result<World, String> {
    let actor = if who == "operator" { Actor::Operator } else { Actor::Person(who.parse().unwrap()) };
    match decide(&world(), at(NOW), &actor, command, &[], &Loads::default()) {
        Ok(decision) => {
            assert_eq!(decision.records.iter().map(|r| r.event.name()).collect::<Vec<_>>(), ["DaysDeclared"]);
            assert!(decision.hand_overs.is_empty());
            Ok(decision.world)
        }
        Err(refusal) => Err(format!("{}: {}", refusal.code, refusal.message)),
    }
}

fn check(who: &str, command: &Command, expected: &str) {
    let found = decided(who, command).map_or_else(|refused| refused, |_| "done".to_owned());
    assert_eq!(found, expected, "{who} {command:?}");
}

#[test]
fn a_leader_declares_days_where_all_who_keep_the_calendar_are_theirs() {
    let mine = "NotYourRegister: the register there is kept by its town's leader; ask them";
    for (who, calendar, expected) in [
        ("ann", "town", "done"),
        ("ann", "cn", mine),
        ("eve", "town", mine),
        ("eve", "cn", mine),
        ("bob", "town", mine),
        ("ann", "spare", mine),
        ("operator", "cn", "done"),
        ("operator", "spare", "done"),
    ] {
        check(who, &declare(calendar, "2027-01-04 LocalOff 州庆", None), expected);
    }
}

#[test]
fn what_cannot_be_declared_says_why() {
    let many = (0..401).map(|_| "2027-01-04 LocalOff 州庆").collect::<Vec<_>>().join(", ");
    for (calendar, days, published_to, expected) in [
        ("none", "2027-01-04 LocalOff 州庆", None, "NotInRegister: calendar `none` is not in the register"),
        (
            "cn",
            "2026-11-25 Holiday 昨天",
            None,
            "PastDay: `2026-11-25` is past and stays as it was; declare days from 2026-11-26 on",
        ),
        ("cn", "2026-11-26 Holiday 今天", None, "done"),
        ("cn", "", None, "NothingChanges: the days are declared so already"),
        ("cn", "", Some("2026-12-31"), "NothingChanges: the days are declared so already"),
        (
            "cn",
            "",
            Some("2026-11-30"),
            "WouldBreak: the notices cover the days to 2026-12-31 already; `2026-11-30` would take some back",
        ),
        ("cn", "", Some("2027-12-31"), "done"),
        ("cn", "2027-01-01 Holiday", None, "WouldBreak: `name` is empty; fill it in"),
        (
            "cn",
            "2027-01-01 Holiday 元旦, 2027-01-01 MakeUp 元旦",
            None,
            "WouldBreak: `2027-01-01` is declared twice at once; keep one of the two",
        ),
        (
            "cn",
            "2027-01-01 MakeUp 元旦 12:00-09:00",
            None,
            "WouldBreak: period `12:00-09:00` does not end after it begins, within one day; write it like `08:30-12:00`; a night is two periods, until 24:00 and from 00:00",
        ),
        ("cn", &many, None, "WouldBreak: `401` days are declared at once; declare 400 at most"),
    ] {
        check("operator", &declare(calendar, days, published_to), expected);
    }
}

#[test]
fn a_declared_day_holds_in_every_calendar_based_on_it_and_moves_the_end_of_the_notices() {
    let day = "2027-01-04".parse().unwrap();
    let before = world();
    let village = before.find_unit("v").unwrap();
    assert_eq!(before.calendar(village, at(NOW)).day(day).kind, DayKind::Working);
    assert_eq!(coverage(&before, at(NOW)).unpublished, [("cn".to_owned(), "2026-12-31".to_owned())]);
    let after = decided("operator", &declare("cn", "2027-01-04 Holiday 元旦", Some("2027-12-31"))).unwrap();
    assert_eq!(after.calendar(village, at(NOW)).day(day).kind, DayKind::Holiday);
    assert_eq!(after.calendar(village, at(NOW)).name(day), Some("元旦"));
    assert_eq!(coverage(&after, at(NOW)).unpublished, []);
    assert_eq!(after.version(), 8);
}
