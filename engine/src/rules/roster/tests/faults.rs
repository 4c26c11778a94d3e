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

/// A swap of a's first shift, taken by b against b's.
fn swap() -> DutyChange {
    let shift = |text: &str| text.parse::<ShiftId>().unwrap();
    DutyChange {
        code: "DUTY-1".parse().unwrap(),
        roster: "duty".parse().unwrap(),
        kind: DutyChangeKind::Swap,
        scope: Scope::Shift(shift("2026-10-01#0")),
        out: Some("a".parse().unwrap()),
        person: Some("b".parse().unwrap()),
        offered_to: Some("b".parse().unwrap()),
        against: Some(shift("2026-10-01#1")),
        reason: String::new(),
        begun_by: Some("a".parse().unwrap()),
        begun_at: at("2026-09-28"),
        taken_at: Some(at("2026-09-29")),
        ended_by: None,
        ended_at: None,
        expiry: None,
    }
}

#[test]
fn each_fault_of_a_change_of_duty_is_told() {
    type Edit<'a> = dyn Fn(&mut DutyChange) + 'a;
    let stretch = Scope::Stretch(span("2026-10-02..2026-10-03"));
    let of = |kind, change: &Edit<'_>| {
        let mut row = DutyChange { kind, offered_to: None, against: None, taken_at: None, ..swap() };
        row.reason = "病".to_owned();
        change(&mut row);
        row
    };
    let swapped = |change: &Edit<'_>| {
        let mut row = swap();
        change(&mut row);
        row
    };
    let (cover, over) = (DutyChangeKind::Cover, DutyChangeKind::TakeOver);
    for (row, expected) in [
        (swap(), &[][..]),
        (of(cover, &|r| r.scope = stretch), &[]),
        (of(over, &|_| {}), &[]),
        (
            swapped(&|r| r.person = Some("a".parse().unwrap())),
            &["in: `a` would take their own place", "offered_to: the swap is offered to `b` alone"],
        ),
        (swapped(&|r| r.out = None), &["out: nobody goes off duty"]),
        (swapped(&|r| r.person = None), &["taken_at: a swap is taken by somebody at some time, or by nobody at none"]),
        (swapped(&|r| r.offered_to = Some("c".parse().unwrap())), &["offered_to: the swap is offered to `c` alone"]),
        (swapped(&|r| r.scope = stretch), &["shift: Swap is for a shift, not for a stretch of time"]),
        (swapped(&|r| r.taken_at = Some(at("2026-09-27"))), &["taken_at: it was taken before it was offered"]),
        (swapped(&|r| r.ended_at = Some(at("2026-09-28"))), &["ended_at: it ended before it began"]),
        (swapped(&|r| r.ended_by = Some("a".parse().unwrap())), &["ended_by: it was ended by somebody at no time"]),
        (swapped(&|r| (r.person, r.taken_at) = (None, None)), &["against: Swap has no `against`"]),
        (of(over, &|r| r.person = None), &["in: nobody comes on duty"]),
        (of(over, &|r| r.taken_at = Some(at("2026-09-29"))), &["taken_at: TakeOver has no `taken_at`"]),
        (of(over, &|r| r.offered_to = Some("b".parse().unwrap())), &["offered_to: TakeOver has no `offered_to`"]),
        (of(cover, &|r| (r.out, r.person) = (None, None)), &["in: nobody comes and nobody goes"]),
        (
            of(cover, &|r| r.scope = Scope::Stretch(Span { from: at("2026-10-03"), to: at("2026-10-03") })),
            &["to: the stretch is reversed: `to` is not after `from`"],
        ),
        (of(cover, &|r| r.reason.clear()), &["reason: the reason is empty"]),
        (of(cover, &|r| r.reason = "长".repeat(201)), &["reason: the reason has 201 characters"]),
    ] {
        let found = check::duty_changes(std::slice::from_ref(&row));
        let told: Vec<String> = found.iter().map(|f| format!("{}: {}", f.column, f.what)).collect();
        assert_eq!(told, expected, "{row:?}");
    }
    assert_eq!(check::duty_changes(&[swap(), swap()])[0].what, "change of duty `DUTY-1` stands in an earlier row");
}

#[test]
fn a_change_of_duty_is_overrides_while_it_is_in_force() {
    let shown = |row: &DutyChange| {
        let overrides = row.overrides();
        let text = |o: &Override| format!("{:?} {:?} {:?}", o.change.goes(), o.change.comes(), o.scope);
        assert!(overrides.iter().all(|o| o.code == row.code && Some(o.made_at) == row.since()));
        overrides.iter().map(text).collect::<Vec<_>>()
    };
    let both = shown(&swap());
    assert_eq!((both.len(), swap().stage()), (2, DutyChangeStage::InForce));
    assert!(both[1].starts_with(r#"Some(PersonCode("b")) Some(PersonCode("a"))"#), "{both:?}");
    let offered = DutyChange { person: None, taken_at: None, against: None, ..swap() };
    assert_eq!((shown(&offered).len(), offered.stage()), (0, DutyChangeStage::Offered));
    let back = DutyChange { ended_at: Some(at("2026-09-29")), ..offered };
    assert_eq!((shown(&back).len(), back.stage()), (0, DutyChangeStage::TakenBack));
    let undone = DutyChange { ended_at: Some(at("2026-09-30")), ..swap() };
    assert_eq!((undone.overrides()[1].undone_at, undone.stage()), (Some(at("2026-09-30")), DutyChangeStage::Undone));
}

#[test]
fn a_shift_is_named_by_its_start_and_its_number() {
    let shift: ShiftId = "2026-10-12＃7".parse().unwrap();
    assert_eq!(shift.to_string(), "2026-10-12#7");
    for bad in ["", "2026-10-12", "2026-10-12#", "2026-10-12#-1", "2026-10-12#+1", "10-12#1", "2026-10-12#4294967296"] {
        assert!(bad.parse::<ShiftId>().is_err(), "{bad}");
    }
}

#[test]
fn rows_read_back_from_the_journal_as_themselves_and_wrong_ones_say_what_is_wrong() {
    let row = roster("Night Working;7 18:00 18:00-08:00 Weekly/5 2 2026-10-12 a;-;b 2026-10-12..");
    let text = serde_json::to_string(&row).unwrap();
    assert!(text.contains(r#""hours":"18:00-08:00""#) && text.contains(r#""start":"2026-10-12""#), "{text}");
    assert!(text.contains(r#""order":["a","-","b"]"#), "{text}");
    assert_eq!(serde_json::from_str::<Roster>(&text).unwrap(), row);
    let change = swap();
    assert_eq!(serde_json::from_str::<DutyChange>(&serde_json::to_string(&change).unwrap()).unwrap(), change);
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
