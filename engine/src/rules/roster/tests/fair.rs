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
    let found = quality(&rosters.shifts(&row.code, during), people, absences, &day);
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
    let found = quality(&rosters.shifts(&"duty".parse().unwrap(), Span::ALWAYS), &people, &none, &day);
    assert_eq!(found.reasons[0].what, "7 of 14 places are empty, the first on 2026-10-13: 7 × 4 = 28 points");
    assert_eq!(
        found.reasons[1].what,
        "Ordinary: `a` has 4 duties and `b` 0, 3 more than a difference of one: 3 × 3 = 9 points"
    );
}

#[test]
fn no_rota_puts_an_absent_person_on_duty_and_every_rota_is_fair_and_the_same_again() {
    let mut random = Rand32::new(3);
    let mut number = |below: u32| random.rand_range(0..below);
    let mut empty = 0;
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
        for shift in rosters.shifts(&"duty".parse().unwrap(), Span::ALWAYS) {
            assert!(shift.places.iter().flatten().all(|p| !absences.absent_during(p, shift.span)));
        }
    }
    assert!(empty > 20, "{empty}");
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
