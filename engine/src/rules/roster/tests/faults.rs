//! What is wrong with rows, and how it is said.

use super::*;

fn faults(lines: &[&str], change: impl Fn(&mut Vec<Roster>)) -> Vec<String> {
    let mut rows: Vec<Roster> = lines.iter().map(|line| roster(line)).collect();
    change(&mut rows);
    // Wrong rows do no harm.
    let rosters = build(&rows, &day);
    let _ = answer(&rosters, &Overrides::default(), at("2026-10-12T12:00"));
    let _ = rosters.shifts(&"duty".parse().unwrap(), Span::ALWAYS);
    check::rosters(&rows).iter().map(|f| format!("{} {}: {}", f.row, f.column, f.what)).collect()
}

#[test]
fn each_wrong_row_is_named_with_its_column() {
    let good = "Everyday Every 08:00 - Daily 1 2026-10-12 a;b";
    let nothing: &[&str] = &[];
    assert_eq!(faults(&[good], |_| {}), nothing);
    for (expected, change) in [
        ("0 order: the order of roster `duty` is empty", (|r| r.order.clear()) as fn(&mut Roster)),
        ("0 order: the order of roster `duty` has nobody in it", |r| r.order = vec![Slot(None)]),
        ("0 width: nobody is on duty at once: width is `0`", |r| r.width = 0),
        ("0 width: width `3` is larger than the order of 2", |r| r.width = 3),
        ("0 on: roster `duty` has no days", |r| r.on.clear()),
        ("0 name: the name of roster `duty` is empty; fill it in", |r| r.name.clear()),
        ("0 to: the dates are reversed: `to` is not after `from`", |r| r.span = span("2026-10-12..2026-10-12")),
        ("0 hours: hours `09:00-09:00` end where they begin", |r| r.hours = "09:00-09:00".parse().ok()),
        ("0 hours: hours `17:00-09:00` are reversed: Reception does not go on after midnight", |r| {
            r.hours = "17:00-09:00".parse().ok();
            r.kind = RosterKind::Reception;
        }),
    ] {
        assert_eq!(faults(&[good], |rows| change(&mut rows[0])), [expected]);
    }
    assert_eq!(faults(&[good], |rows| rows[0].hours = "17:00-09:00".parse().ok()), nothing, "a night is meant");
}

#[test]
fn stretches_of_one_roster_follow_each_other_and_count_alike() {
    let before = "Everyday Every 08:00 - Daily 1 2026-10-12 a;b ..2026-11-01";
    let nothing: &[&str] = &[];
    for (after, expected) in [
        ("Everyday Every 09:00 - Daily 1 2026-10-12 a;b;c 2026-11-01..", nothing),
        ("Everyday Every 09:00 - Weekly 1 2026-11-01 a;b 2026-11-01..", nothing),
        (
            "Everyday Every 09:00 - Weekly 1 2026-10-12 a;b 2026-11-01..",
            &["1 start: roster `duty` counts other days from `2026-10-12` than in an earlier row"],
        ),
        (
            "Everyday Every 09:00 - Daily 1 2026-10-12 a;b 2026-10-31..",
            &["1 code: roster `duty` stands in an earlier row for the same time"],
        ),
    ] {
        assert_eq!(faults(&[before, after], |_| {}), expected, "{after}");
    }
    let elsewhere = |rows: &mut Vec<Roster>| rows[1].unit = "other".parse().unwrap();
    assert_eq!(
        faults(&[before, "Everyday Every 08:00 - Daily 1 2026-10-12 a;b 2026-11-01.."], elsewhere),
        ["1 unit: roster `duty` stands in an earlier row for other posts or another unit"]
    );
}

#[test]
fn an_override_names_a_roster_and_a_shift_that_are_there() {
    let rosters = build(&[roster("Reception Market 08:00 - PerOccurrence 1 2026-10-01 a;b ..2026-11-01")], &day);
    let check = |change: &dyn Fn(&mut Override), line: &str, expected: &[&str]| {
        let mut row = over(0, line);
        change(&mut row);
        let found = check::overrides(&rosters, &[row]);
        assert_eq!(found.iter().map(|f| format!("{}: {}", f.column, f.what)).collect::<Vec<_>>(), expected, "{line}");
    };
    let as_is = |_: &mut Override| {};
    check(&as_is, "2026-10-01 replace a x 2026-10-01#5", &[]);
    check(
        &as_is,
        "2026-10-01 replace a x 2026-10-01#6",
        &["shift: roster `duty` has no shift 6 counted from `2026-10-01`"],
    );
    check(
        &as_is,
        "2026-10-01 replace a x 2026-10-01#4294967295",
        &["shift: roster `duty` has no shift 4294967295 counted from `2026-10-01`"],
    );
    check(
        &as_is,
        "2026-10-01 replace a x 2026-10-02#0",
        &["shift: roster `duty` has no shift 0 counted from `2026-10-02`"],
    );
    check(
        &as_is,
        "2026-10-01 add x 2026-10-02..2026-10-02",
        &["to: the stretch is reversed: `to` is not after `from`"],
    );
    check(&as_is, "2026-10-01 replace a a 2026-10-01#0", &["in: `a` would take their own place"]);
    check(&as_is, "2026-10-02 add x 2026-10-01#0 2026-10-01", &["undone_at: it was undone before it was made"]);
    let other = |row: &mut Override| row.roster = "other".parse().unwrap();
    check(&other, "2026-10-01 add x 2026-10-01#0", &["roster: roster `other` is not there"]);
    let twice = [over(0, "2026-10-01 add x 2026-10-01#0"), over(0, "2026-10-01 add y 2026-10-01#0")];
    assert_eq!(check::overrides(&rosters, &twice)[0].what, "override `o0` stands in an earlier row");
}

#[test]
fn rows_read_back_from_the_journal_as_themselves_and_wrong_ones_say_what_is_wrong() {
    let row = roster("Night Working;7 18:00 18:00-08:00 Weekly/5 2 2026-10-12 a;-;b 2026-10-12..");
    let text = serde_json::to_string(&row).unwrap();
    assert!(text.contains(r#""hours":"18:00-08:00""#) && text.contains(r#""start":"2026-10-12""#), "{text}");
    assert!(text.contains(r#""order":["a","-","b"]"#), "{text}");
    assert_eq!(serde_json::from_str::<Roster>(&text).unwrap(), row);
    let change = over(3, "2026-10-01 replace a x 2026-10-12#5 2026-10-09");
    assert_eq!(serde_json::from_str::<Override>(&serde_json::to_string(&change).unwrap()).unwrap(), change);
    for (right, wrong, expected) in [
        ("18:00-08:00", "18:00-25:00", "`25:00` is not a time of day; write hours and minutes as 08:00"),
        ("18:00-08:00", "all day", "`all day` is not a stretch of the day; write it as 09:00-17:00"),
        ("2026-10-12", "2026-13-12", "`2026-13-12` is not a date; write it as 2015-03-01"),
        (r#""18:00""#, r#""18h""#, "`18h` is not a time of day"),
    ] {
        let error = serde_json::from_str::<Roster>(&text.replace(right, wrong)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
