//! What overrides do.

use super::*;

const DAILY: &str = "Everyday Every 08:00 - Daily 1 2026-10-12 a;b;c";

#[test]
fn an_override_adds_removes_or_replaces_within_its_stretch() {
    let day = "2026-10-12T08:00..2026-10-13T08:00";
    for (change, expected) in [
        (format!("2026-10-01 add x {day}"), ["a+x", "b"]),
        (format!("2026-10-01 remove a {day}"), ["gap", "b"]),
        (format!("2026-10-01 replace a x {day}"), ["x", "b"]),
        (format!("2026-10-01 replace b x {day}"), ["a", "b"]),
        (format!("2026-10-01 remove x {day}"), ["a", "b"]),
        (format!("2026-10-01 add a {day}"), ["a", "b"]),
        ("2026-10-01 replace a x 2026-10-12#0".to_owned(), ["x", "b"]),
        ("2026-10-01 replace b a 2026-10-12#1".to_owned(), ["a", "a"]),
        // A number counted from another start is another shift.
        ("2026-10-01 replace a x 2026-10-05#0".to_owned(), ["a", "b"]),
    ] {
        let [first, second] = expected;
        check(&[DAILY], &[&change], &[("2026-10-12T12:00", first), ("2026-10-13T12:00", second)]);
    }
}

#[test]
fn the_later_made_wins() {
    let day = "2026-10-12T08:00..2026-10-13T08:00";
    for (changes, expected) in [
        (&["add x", "remove x"][..], "a"),
        (&["remove x", "add x"], "a+x"),
        (&["remove a", "add a"], "a"),
        (&["add a", "remove a"], "gap"),
        (&["replace a x", "replace a y"], "y"),
        (&["replace a x", "replace x y"], "y"),
        (&["replace a x", "replace x y", "replace a z"], "z"),
        (&["replace a x", "remove a"], "x"),
        (&["replace a x", "remove x"], "gap"),
        (&["replace a x", "add a"], "x+a"),
        (&["remove a", "replace a x"], "x"),
        (&["replace a x", "replace x a"], "a"),
        (&["add x", "replace a x"], "x"),
        (&["add x", "replace a x", "remove x"], "gap"),
        (&["replace a a"], "a"),
    ] {
        let lines: Vec<String> = changes.iter().map(|c| format!("2026-10-01 {c} {day}")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        check(&[DAILY], &lines, &[("2026-10-12T12:00", expected)]);
    }
}

#[test]
fn an_override_acts_from_when_it_was_made_until_it_was_undone() {
    check(
        &[DAILY],
        &["2026-10-12T12:00 replace a x 2026-10-12#0 2026-10-12T20:00"],
        &[("2026-10-12T11:59", "a"), ("2026-10-12T12:00", "x"), ("2026-10-12T19:59", "x"), ("2026-10-12T20:00", "a")],
    );
}

#[test]
fn an_override_of_a_shift_moves_with_it_when_the_market_day_moves() {
    let moved = |date: Date| match (date.month(), date.day()) {
        (10, 10) => Day { market: false, ..day(date) },
        (10, 11) => Day { market: true, ..day(date) },
        _ => day(date),
    };
    let market = "Reception Market 08:00 09:00-15:00 PerOccurrence 1 2026-10-01 a;b;c";
    let swap = ["2026-10-01 replace b x 2026-10-01#1"];
    let after = [("2026-10-05T10:00", "a"), ("2026-10-15T10:00", "c")];
    check_on(&day, &[market], &swap, &[("2026-10-10T10:00", "x"), ("2026-10-11T10:00", "")]);
    check_on(&moved, &[market], &swap, &[("2026-10-10T10:00", ""), ("2026-10-11T10:00", "x")]);
    check_on(&day, &[market], &swap, &after);
    check_on(&moved, &[market], &swap, &after);
}

#[test]
fn an_override_of_a_shift_moves_with_it_when_the_hand_over_moves() {
    check(
        &[
            "Everyday Every 08:00 - Daily 1 2026-10-12 a;b;c ..2026-10-14",
            "Everyday Every 10:00 - Daily 1 2026-10-12 a;b;c 2026-10-14..",
        ],
        &["2026-10-01 replace c x 2026-10-12#2"],
        &[("2026-10-14T09:59", "b"), ("2026-10-14T10:00", "x"), ("2026-10-15T09:59", "x"), ("2026-10-15T10:00", "a")],
    );
}

#[test]
fn somebody_ordered_in_is_on_duty_though_no_shift_runs() {
    check(
        &["ServicePoint Every 08:00 09:00-17:00 Daily 1 2026-10-12 a;b"],
        &["2026-10-12T12:00 add x 2026-10-12T16:00..2026-10-12T22:00"],
        &[("2026-10-12T16:30", "a+x"), ("2026-10-12T20:00", "x"), ("2026-10-12T22:00", "")],
    );
}

#[test]
fn the_answer_names_the_overrides_that_made_it_so() {
    let rosters = build(&[roster(DAILY)], &day);
    let lines =
        ["2026-10-01 remove x 2026-10-12#0", "2026-10-01 replace a y 2026-10-12#0", "2026-10-01 add z ..2026-11-01"];
    let overrides = Overrides::build(lines.iter().enumerate().map(|(no, line)| over(no, line)).collect());
    let duty = on_duty(&rosters, &overrides, &unit(), PostKind::StandingCadre, at("2026-10-12T12:00"));
    let people: Vec<(&str, Option<&str>)> =
        duty.people.iter().map(|d| (d.person.as_str(), d.by.map(|by| by.code.as_str()))).collect();
    assert_eq!(people, [("y", Some("o1")), ("z", Some("o2"))]);
    assert_eq!(duty.overrides.iter().map(|o| o.code.as_str()).collect::<Vec<_>>(), ["o1", "o2"]);
    let spans = covered(&rosters, &over(1, lines[1]));
    assert_eq!(spans, [span("2026-10-12T08:00..2026-10-13T08:00")]);
}

#[test]
fn a_roster_page_shows_what_on_duty_answers() {
    let rosters = build(&[roster("Everyday Every 08:00 - Daily 1 2026-10-12 a;b;- ")], &day);
    let overrides = Overrides::build(vec![over(0, "2026-10-12T12:00 replace a x 2026-10-12#0 2026-10-12T20:00")]);
    let during = span("2026-10-11..2026-10-15");
    let shown: Vec<String> = stints(&rosters, &overrides, &unit(), PostKind::StandingCadre, during)
        .iter()
        .map(|s| {
            let minute = |at: Instant| at.rfc3339(&Zone::china())[8..16].to_owned();
            format!("{} {} {}", minute(s.span.from), minute(s.span.to), answer(&rosters, &overrides, s.span.from))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "12T08:00 12T12:00 a",
            "12T12:00 12T20:00 x",
            "12T20:00 13T08:00 a",
            "13T08:00 14T08:00 b",
            "14T08:00 15T00:00 empty",
        ]
    );
}
