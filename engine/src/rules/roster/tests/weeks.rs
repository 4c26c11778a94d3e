//! Whose turn it is, as planned.

use super::*;

#[test]
fn a_daily_turn_hands_over_at_eight_in_the_morning() {
    check(
        &["Everyday Every 08:00 - Daily 1 2026-10-12 a;b;c"],
        &[],
        &[
            ("2026-10-12T07:59", ""),
            ("2026-10-12T08:00", "a"),
            ("2026-10-13T07:59", "a"),
            ("2026-10-13T08:00", "b"),
            ("2026-10-14T12:00", "c"),
            ("2026-10-15T12:00", "a"),
            // Ten years on, by arithmetic.
            ("2036-10-12T12:00", "c"),
        ],
    );
}

#[test]
fn a_weekly_turn_lasts_from_its_day_to_the_same_day_a_week_later() {
    check(
        &["Everyday Every 08:00 - Weekly 1 2026-10-14 a;b"],
        &[],
        &[
            ("2026-10-14T08:00", "a"),
            ("2026-10-19T07:59", "a"),
            ("2026-10-19T08:00", "b"),
            ("2026-10-26T07:59", "b"),
            ("2026-10-26T08:00", "a"),
        ],
    );
    check(
        &["Everyday Every 18:00 - Weekly/5 1 2026-10-16 a;b"],
        &[],
        &[("2026-10-16T17:59", ""), ("2026-10-16T18:00", "a"), ("2026-10-23T17:59", "a"), ("2026-10-23T18:00", "b")],
    );
}

#[test]
fn a_seat_by_day_is_nobodys_and_no_gap_outside_its_hours() {
    check(
        &["ServicePoint 1;3;5 08:00 09:00-17:00 PerOccurrence 1 2026-10-12 a;b;c"],
        &[],
        &[
            ("2026-10-12T08:59", ""),
            ("2026-10-12T09:00", "a"),
            ("2026-10-12T17:00", ""),
            ("2026-10-13T10:00", ""),
            ("2026-10-14T10:00", "b"),
            ("2026-10-16T10:00", "c"),
            ("2026-10-19T10:00", "a"),
        ],
    );
}

#[test]
fn each_market_day_is_the_next_ones() {
    check(
        &["Reception Market 08:00 09:00-15:00 PerOccurrence 1 2026-10-01 a;b;c"],
        &[],
        &[
            ("2026-10-04T10:00", ""),
            ("2026-10-05T10:00", "a"),
            ("2026-10-10T10:00", "b"),
            ("2026-10-15T10:00", "c"),
            ("2026-10-30T10:00", "c"),
            ("2026-11-05T10:00", "a"),
        ],
    );
}

#[test]
fn the_friday_evening_before_a_make_up_sunday_begins_a_night_and_no_weekend() {
    // Sunday 20 September is worked: there is no rest day but Saturday.
    check(
        &["HallWeekend Rest 08:00 09:00-16:00 PerOccurrence 1 2026-09-12 a;b;c"],
        &[],
        &[
            ("2026-09-12T10:00", "a"),
            ("2026-09-13T10:00", "b"),
            ("2026-09-18T20:00", ""),
            ("2026-09-19T10:00", "c"),
            ("2026-09-20T10:00", ""),
            // 26 and 27 September are a holiday, no ordinary weekend; nor are 3 and 4 October.
            ("2026-09-26T10:00", ""),
            ("2026-10-11T10:00", "a"),
        ],
    );
    check(
        &["Night Working 18:00 18:00-08:00 PerOccurrence 1 2026-09-17 a;b;c;d"],
        &[],
        &[
            ("2026-09-18T17:59", ""),
            ("2026-09-18T20:00", "b"),
            ("2026-09-19T07:59", "b"),
            ("2026-09-19T20:00", ""),
            ("2026-09-20T20:00", "c"),
            ("2026-09-21T07:59", "c"),
            ("2026-09-21T20:00", "d"),
        ],
    );
    check(
        &["Everyday MakeUp 08:00 - PerOccurrence 1 2026-09-17 a;b"],
        &[],
        &[("2026-09-20T08:00", "a"), ("2026-09-21T07:59", "a"), ("2026-09-21T08:00", ""), ("2026-10-10T12:00", "b")],
    );
}

#[test]
fn a_day_of_duty_without_hours_ends_at_the_next_hand_over_and_not_at_the_next_day_of_duty() {
    check(
        &["Holiday Holiday 09:00 - PerOccurrence 1 2026-09-01 a;b;c;d"],
        &[],
        &[
            ("2026-09-27T12:00", "c"),
            ("2026-09-28T08:59", "c"),
            ("2026-09-28T09:00", ""),
            ("2026-10-01T12:00", "d"),
            ("2026-10-08T08:59", "b"),
        ],
    );
}

#[test]
fn a_shift_that_is_nobodys_on_purpose_is_empty_and_no_gap() {
    check(
        &["Everyday Every 08:00 - Daily 1 2026-10-12 a;-;b"],
        // Whoever was put there and taken away again leaves it as it was planned.
        &["2026-10-13T10:00 add x 2026-10-12#1", "2026-10-13T11:00 remove x 2026-10-12#1"],
        &[
            ("2026-10-12T12:00", "a"),
            ("2026-10-13T09:00", "empty"),
            ("2026-10-13T10:00", "x"),
            ("2026-10-13T12:00", "empty"),
            ("2026-10-14T12:00", "b"),
        ],
    );
    check(
        &["Everyday Every 08:00 - Daily 2 2026-10-12 a;-;b"],
        &[],
        // Three places read two at a time: a -, b a, - b.
        &[("2026-10-12T12:00", "a"), ("2026-10-13T12:00", "b+a"), ("2026-10-14T12:00", "b")],
    );
}

#[test]
fn a_changed_rota_leaves_the_past_alone_and_keeps_the_numbers_of_its_start() {
    let before = "Everyday Every 08:00 - Daily 1 2026-10-12 a;b;c ..2026-10-14T12:00";
    for after in [
        "Everyday Every 10:00 - Daily 1 2026-10-12 a;b;c 2026-10-14T12:00..",
        "Everyday Every 10:00 - Daily 1 2026-10-12 x;y;z 2026-10-14T12:00..",
    ] {
        check(&[before, after], &[], &[("2026-10-13T12:00", "b"), ("2026-10-14T11:59", "c")]);
    }
    check(
        &[before, "Everyday Every 10:00 - Daily 1 2026-10-12 a;b;c 2026-10-14T12:00.."],
        &[],
        &[("2026-10-15T09:59", "c"), ("2026-10-15T10:00", "a")],
    );
}

#[test]
fn two_rosters_of_one_place_are_both_answered_and_an_exclusive_one_keeps_others_off() {
    let mut seat = roster("ServicePoint Every 08:00 09:00-17:00 Daily 1 2026-10-12 a;-");
    seat.exclusive = true;
    let mut night = roster("Night Every 18:00 16:00-08:00 Daily 1 2026-10-12 n");
    night.code = "night".parse().unwrap();
    let rosters = build(&[night, seat], &day);
    let none = Overrides::default();
    let other = "other".parse().unwrap();
    for (when, people, exclusive, empty) in [
        ("2026-10-12T16:30", "a+n", true, false),
        ("2026-10-12T12:00", "a", true, false),
        ("2026-10-12T20:00", "n", false, false),
        ("2026-10-13T12:00", "", true, true),
        ("2026-10-13T16:30", "n", true, true),
    ] {
        let duty = on_duty(&rosters, &none, &unit(), PostKind::StandingCadre, at(when));
        let names: Vec<&str> = duty.people.iter().map(|d| d.person.as_str()).collect();
        assert_eq!((names.join("+").as_str(), duty.exclusive, duty.empty), (people, exclusive, empty), "{when}");
        assert_eq!(duty.keeps_off(&other), exclusive, "{when}");
        assert!(!duty.gap, "{when}");
    }
    // A gap keeps nobody off: somebody should be there, and who holds the posts takes what comes.
    let gap = Overrides::build(vec![over(0, "2026-10-01 remove a 2026-10-12#0")]);
    let duty = on_duty(&rosters, &gap, &unit(), PostKind::StandingCadre, at("2026-10-12T12:00"));
    assert_eq!((duty.gap, duty.empty, duty.exclusive), (true, false, false));
    assert!(!rosters.governs(&unit(), PostKind::GroupLeader));
}

#[test]
fn shifts_are_listed_with_their_numbers_and_a_week_as_one() {
    let list = |line: &str, during: &str| {
        let rosters = build(&[roster(line)], &day);
        let shifts = rosters.shifts(&"duty".parse().unwrap(), span(during));
        for shift in &shifts {
            let again = rosters.shift(&shift.roster.code, shift.id());
            assert!(again.contains(shift), "{shift:?} is not in {again:?}");
        }
        let shown = shifts.iter().map(|s| {
            let who = s.places.iter().map(|p| p.map_or("-", |p| p.as_str())).collect::<Vec<_>>().join("+");
            let minute = |at: Instant| at.rfc3339(&Zone::china())[5..16].to_owned();
            format!("{} {} {} {who}", s.no, minute(s.span.from), minute(s.span.to))
        });
        shown.collect::<Vec<String>>()
    };
    assert_eq!(
        list("Everyday Every 08:00 - Weekly 1 2026-10-12 a;b", "2026-10-24..2026-10-27"),
        ["1 10-19T08:00 10-26T08:00 b", "2 10-26T08:00 11-02T08:00 a"]
    );
    assert_eq!(
        list("HallWeekend 6;7 08:00 09:00-16:00 Weekly 1 2026-10-12 a;b", "2026-10-17..2026-10-25"),
        ["0 10-17T09:00 10-17T16:00 a", "0 10-18T09:00 10-18T16:00 a", "1 10-24T09:00 10-24T16:00 b"]
    );
    assert_eq!(
        list("Reception Market 08:00 09:00-15:00 PerOccurrence 2 2026-10-01 a;b;-", "2026-10-09..2026-10-16"),
        ["1 10-10T09:00 10-10T15:00 -+a", "2 10-15T09:00 10-15T15:00 b+-"]
    );
    // Without end, no more than what is listed at a time.
    let all = list("Everyday Every 08:00 - Daily 1 2026-10-12 a;b", "..");
    assert_eq!(all.len(), MAX_SHIFTS);
}
