//! Rotas that are put together, and what they are worth.

use oorandom::Rand32;

use super::*;
use crate::rules::{
    absence::{Absence, Absences, Scope as For, Substitute},
    id::PersonCode,
};

fn people(count: usize) -> Vec<PersonCode> {
    "abcdefghij".chars().take(count).map(|c| c.to_string().parse().unwrap()).collect()
}

fn away(no: usize, person: &PersonCode, span: Span) -> Absence {
    Absence {
        code: format!("n{no}").parse().unwrap(),
        person: person.clone(),
        span,
        reason: "学习".to_owned(),
        scope: For::All,
        substitute: Substitute::ByPost,
        substitute_until: None,
        recorded_by: None,
        recorded_at: Instant::MIN,
        ended_at: None,
    }
}

fn proposed(row: &Roster, people: &[PersonCode], absences: &Absences, from: &str, to: &str) -> Option<Roster> {
    let (from, to, zone) = (from.parse().unwrap(), to.parse().unwrap(), Zone::china());
    propose(&Plan { roster: row, people, from, to, absences, days: &day, zone: &zone })
}

/// Flaws with their numbers, and the score.
fn judge(row: &Roster, people: &[PersonCode], absences: &Absences, during: Span) -> (u8, Vec<(Flaw, u32, u32)>) {
    let rosters = build(std::slice::from_ref(row), &day);
    let found = quality(&rosters.shifts(&row.code, during), Empty::TooFew, people, absences, &day);
    (found.score, found.reasons.iter().map(|r| (r.flaw, r.count, r.points)).collect())
}

#[test]
fn a_rota_is_fair_over_ordinary_days_weekends_market_days_and_holidays() {
    let row = roster("Everyday Every 08:00 - Daily 1 2026-01-01 x");
    let people = people(3);
    let found = proposed(&row, &people, &Absences::default(), "2026-09-21", "2026-10-12").unwrap();
    let shown: Vec<String> = found.order.iter().map(ToString::to_string).collect();
    assert_eq!(shown.concat(), "abc".repeat(7));
    assert_eq!(found.span, span("2026-09-21T08:00..2026-10-12T08:00"));
    assert!(check::rosters(std::slice::from_ref(&found)).is_empty());
    assert_eq!(judge(&found, &people, &Absences::default(), Span::ALWAYS), (100, vec![]));
    // The rota is what is used.
    let rosters = build(&[found], &day);
    assert_eq!(answer(&rosters, &Overrides::default(), at("2026-09-22T12:00")), "b");
}

#[test]
fn each_flaw_costs_what_its_arithmetic_says() {
    let during = "2026-10-12T08:00..2026-10-26T08:00";
    let none = Absences::default();
    let line = |order: &str| format!("Everyday Every 08:00 - Daily 1 2026-10-12 {order} {during}");
    let people = people(2);
    let judge = |order: &str, absences: &Absences| judge(&roster(&line(order)), &people, absences, span(during));
    assert_eq!(judge("a;b", &none).1, []);
    assert_eq!(judge("a;-", &none).1[0], (Flaw::Gap, 7, 28));
    assert_eq!(judge("a;a;b", &none).1.last(), Some(&(Flaw::BackToBack, 5, 5)));
    assert_eq!(
        judge("a", &none),
        (
            65,
            vec![
                (Flaw::Imbalance, 7, 10),
                (Flaw::Imbalance, 2, 6),
                (Flaw::Imbalance, 2, 6),
                (Flaw::BackToBack, 13, 13),
            ]
        )
    );
    let absent = Absences::build(vec![away(0, &people[0], span("2026-10-14..2026-10-17"))]);
    assert_eq!(judge("a;b", &absent).1, [(Flaw::WhileAbsent, 2, 8)]);
    let rosters = build(&[roster(&line("a;-"))], &day);
    let shifts = rosters.shifts(&"duty".parse().unwrap(), Span::ALWAYS);
    let found = quality(&shifts, Empty::TooFew, &people, &none, &day);
    assert_eq!(found.reasons[0].what, "7 of 14 places are empty, the first on 2026-10-13: 7 × 4 = 28 points");
    assert_eq!(
        found.reasons[1].what,
        "Ordinary: `a` has 4 duties and `b` 0, 3 more than a difference of one: 3 × 3 = 9 points"
    );
}

#[test]
fn a_place_left_empty_on_purpose_is_named_and_costs_nothing_and_one_that_is_missing_costs() {
    let during = "2026-10-12T08:00..2026-10-26T08:00";
    let check = |order: &str, empty: Empty<'_>, score: u8, expected: &[&str]| {
        let row = roster(&format!("Everyday Every 08:00 - Daily 1 2026-10-12 {order} {during}"));
        let rosters = build(&[row], &day);
        let shifts = rosters.shifts(&"duty".parse().unwrap(), Span::ALWAYS);
        let found = quality(&shifts, empty, &people(1), &Absences::default(), &day);
        let shown: Vec<String> =
            found.reasons.iter().map(|r| format!("{} {} -{}: {}", r.flaw, r.count, r.points, r.what)).collect();
        assert_eq!((found.score, shown.iter().map(String::as_str).collect::<Vec<_>>()), (score, expected.to_vec()));
    };
    let on_purpose = "OnPurpose 7 -0: 7 of 14 places are empty on purpose, the first on 2026-10-13: no points";
    check("a;-", Empty::OnPurpose { left: &[] }, 100, &[on_purpose]);
    let gap = "Gap 7 -28: 7 of 14 places are empty, the first on 2026-10-13: 7 × 4 = 28 points";
    check("a;-", Empty::TooFew, 72, &[gap]);
    let taken_off = "2026-10-12#2".parse().unwrap();
    let left = "Gap 1 -4: in 1 of 14 shifts nobody is left of who was to be there, the first on 2026-10-14: \
                1 × 4 = 4 points";
    check("a;-", Empty::OnPurpose { left: &[taken_off] }, 96, &[left, on_purpose]);
}

#[test]
fn no_rota_puts_an_absent_person_on_duty_and_every_rota_is_fair_and_the_same_again() {
    let mut random = Rand32::new(3);
    let mut number = |below: u32| random.rand_range(0..below);
    let (mut empty, mut compared) = (0, 0);
    for _ in 0..400 {
        let on = ["Every", "Working", "Rest;Holiday", "Market", "6;7", "1;3;5"][number(6) as usize];
        let turn = ["Daily", "Weekly", "PerOccurrence"][number(3) as usize];
        let hours = ["-", "09:00-17:00", "18:00-08:00"][number(3) as usize];
        let width = 1 + number(2);
        let row = roster(&format!("Everyday {on} 08:00 {hours} {turn} {width} 2026-01-01 x;x"));
        let people = people(width as usize + number(6) as usize);
        let absent: Vec<Absence> = (0..number(5) as usize)
            .map(|no| {
                let from = at("2026-09-01").plus_days(i64::from(number(80)));
                away(
                    no,
                    &people[number(people.len() as u32) as usize],
                    Span { from, to: from.plus_days(1 + i64::from(number(20))) },
                )
            })
            .collect();
        let absences = Absences::build(absent.clone());
        let Some(found) = proposed(&row, &people, &absences, "2026-09-07", "2026-11-09") else {
            panic!("{row:?} has duty in the period");
        };
        let again = Absences::build(absent.into_iter().rev().collect());
        assert_eq!(proposed(&row, &people, &again, "2026-09-07", "2026-11-09").as_ref(), Some(&found));
        assert!(found.order.len() >= usize::from(found.width));
        let (_, flaws) = judge(&found, &people, &absences, Span::ALWAYS);
        let has = |flaw: Flaw| flaws.iter().any(|(f, ..)| *f == flaw);
        assert!(!has(Flaw::WhileAbsent), "{flaws:?}");
        if people.iter().all(|p| absences.of(p).is_empty()) {
            assert!(!has(Flaw::Gap) && !has(Flaw::Imbalance), "{flaws:?} {found:?}");
        }
        empty += u32::from(has(Flaw::Gap));
        let rosters = build(&[found], &day);
        let duties = counted(&rosters.shifts(&"duty".parse().unwrap(), Span::ALWAYS), &day);
        for class in DayClass::ALL {
            let duties: Vec<&Counted> = duties.iter().filter(|duty| duty.class == *class).collect();
            let away = |p: &PersonCode| duties.iter().filter(|duty| absences.absent_during(p, duty.span)).count();
            let has = |p: &PersonCode| duties.iter().filter(|duty| duty.places.contains(&Some(p.clone()))).count();
            // Two who could have had every duty of a class differ by one at most, whoever else is away: every other
            // difference was forced by an absence.
            for (a, b) in people.iter().flat_map(|a| people.iter().map(move |b| (a, b))) {
                if away(a) == 0 && away(b) == 0 {
                    assert!(has(a) <= has(b) + 1, "{class}: {} {} {:?}", has(a), has(b), absences.all());
                    compared += 1;
                }
            }
        }
        for shift in rosters.shifts(&"duty".parse().unwrap(), Span::ALWAYS) {
            assert!(shift.places.iter().flatten().all(|p| !absences.absent_during(p, shift.span)));
        }
    }
    assert!(empty > 20 && compared > 5_000, "{empty} {compared}");
}

#[test]
fn who_was_away_is_not_made_to_catch_up() {
    let row = roster("Everyday Working 08:00 09:00-17:00 Daily 1 2026-01-01 x");
    let people = people(3);
    let absences = Absences::build(vec![away(0, &people[2], span("2026-10-12..2026-10-24"))]);
    let found = proposed(&row, &people, &absences, "2026-10-12", "2026-11-07").unwrap();
    let shown: String = found.order.iter().map(ToString::to_string).collect();
    let (first, second) = shown.split_at(10);
    assert!(!first.contains('c'));
    assert!((3..=4).contains(&second.matches('c').count()), "{second}");
}

#[test]
fn a_period_without_duty_or_with_a_week_without_any_is_no_trouble() {
    let none = Absences::default();
    let row = roster("Everyday Holiday 08:00 - Weekly 1 2026-01-01 x");
    assert_eq!(proposed(&row, &people(2), &none, "2026-11-02", "2026-11-30"), None);
    assert_eq!(proposed(&row, &people(2), &none, "2026-11-30", "2026-11-02"), None);
    let found = proposed(&row, &people(2), &none, "2026-09-14", "2026-10-12").unwrap();
    let shown: String = found.order.iter().map(ToString::to_string).collect();
    assert_eq!(shown, "-aba");
    let nobody = proposed(&row, &[], &none, "2026-09-14", "2026-10-12").unwrap();
    assert!(nobody.order.iter().all(|slot| slot.0.is_none()));
}

#[test]
fn the_score_of_any_rota_is_100_less_its_reasons_and_100_for_one_without_a_flaw() {
    let mut random = Rand32::new(11);
    let mut number = |below: u32| random.rand_range(0..below) as usize;
    let (mut flawless, mut worthless) = (0, 0);
    for _ in 0..500 {
        let people = people(1 + number(6));
        let slots: Vec<String> = (0..people.len() + number(3))
            .map(|_| people.get(number(8)).map_or("-".to_owned(), ToString::to_string))
            .collect();
        let tidy = number(3) == 0;
        let order = if tidy { people.iter().map(ToString::to_string).collect() } else { slots };
        let days = 1 + number(40);
        let during = Span { from: at("2026-11-02"), to: at("2026-11-02").plus_days(days as i64) };
        let row = roster(&format!("Everyday Every 00:00 09:00-17:00 Daily 1 2026-11-02 {}", order.join(";")));
        let away: Vec<Absence> = (0..number(4)).map(|no| away(no, &people[no % people.len()], during)).collect();
        let absences = Absences::build(if tidy { Vec::new() } else { away });
        let rosters = build(&[row], &day);
        let shifts = rosters.shifts(&"duty".parse().unwrap(), during);
        let found = quality(&shifts, Empty::TooFew, &people, &absences, &day);
        let lost: u32 = found.reasons.iter().map(|r| r.points).sum();
        assert_eq!(u32::from(found.score), 100_u32.saturating_sub(lost), "{found:?}");
        assert!(found.reasons.iter().all(|r| r.count > 0 && r.points > 0 && r.points <= r.flaw.points().1));
        assert_eq!(found.score == 100, found.reasons.is_empty());
        let shifts = rosters.shifts(&"duty".parse().unwrap(), during);
        let duties = counted(&shifts, &day);
        let fine = duties
            .iter()
            .all(|d| d.places.iter().all(|p| p.as_ref().is_some_and(|p| !absences.absent_during(p, d.span))));
        if found.score == 100 {
            assert!(fine, "{duties:?}");
            flawless += 1;
        }
        worthless += usize::from(found.score < 30);
    }
    assert!(flawless > 20 && worthless > 20, "{flawless} {worthless}");
}

#[test]
fn a_stretch_is_put_in_where_it_holds_and_the_rest_stays_as_it_was() {
    let old = roster("Everyday Every 00:00 - Daily 1 2026-01-01 a;b 2026-01-01..2027-01-01");
    let new = roster("Everyday Every 00:00 - PerOccurrence 1 2026-06-01 b;b;a 2026-06-01..2026-06-08");
    let rows = put_in(std::slice::from_ref(&old), new.clone());
    assert!(check::rosters(&rows).is_empty(), "{:?}", check::rosters(&rows));
    let (before, after) = (build(std::slice::from_ref(&old), &day), build(&rows, &day));
    for hour in (0..24 * 400).step_by(5) {
        let at = at("2025-12-20").plus_minutes(60 * hour);
        let expected = if new.span.contains(at) { build(std::slice::from_ref(&new), &day) } else { before.clone() };
        assert_eq!(answer(&after, &Overrides::default(), at), answer(&expected, &Overrides::default(), at));
    }
    assert_eq!(put_in(&rows, new), rows);
    let all = roster("Everyday Every 00:00 - Daily 1 2026-01-02 c");
    assert_eq!(put_in(&rows, all.clone()), [all]);
}
