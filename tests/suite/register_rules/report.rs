//! What the report on coverage names.

use std::{cell::RefCell, collections::BTreeSet};

use liandong_engine::rules::{
    absence::{Absence, Scope, Substitute},
    calendar::Allowance,
    instant::{Instant, Span, Zone},
    limit::LimitKind,
    register::{
        coverage::{Uncovered, coverage},
        duty_coverage::{DutyCoverage, GapReason, QUALITY_DAYS},
        survey::coverage_between,
    },
    roster::{DutyChange, DutyChangeKind, Flaw, Scope as Covers},
    world::{Register, World},
};
use liandong_tests::{
    fixtures,
    random::{
        config,
        plan::{day, plan},
    },
};
use proptest::{prelude::*, test_runner::TestRunner};

use super::town::{TOWN, at, register};

/// On the day, these people of the town with more rows could be given something.
fn idle(more: &str, day: &str) -> Vec<String> {
    let world = World::build(register(&format!("{TOWN}\n{more}")), 1, Zone::china()).unwrap();
    coverage(&world, at(day)).idle
}

#[test]
fn who_never_held_a_post_or_was_freed_lately_could_be_given_something() {
    assert_eq!(idle("", "2024-05-01"), ["eve"]);
    let former = "holding cadre2 eve to=2024-05-01";
    for (day, expected) in [
        ("2024-04-30", &[][..]),
        ("2024-05-01", &["eve"]),
        ("2024-05-30", &["eve"]),
        ("2024-05-31", &[]),
        ("2030-01-01", &[]),
    ] {
        assert_eq!(idle(former, day), expected, "a former cadre on {day}");
    }
    assert_eq!(
        idle("holding cadre2 eve from=2025-01-01", "2024-05-01"),
        Vec::<String>::new(),
        "who is to come is not idle"
    );
    assert_eq!(idle(&format!("{former}\nholding duty eve rank=Substitute"), "2024-05-01"), Vec::<String>::new());
}

/// What is uncovered on each of these days by the report of that day alone.
fn by_days(world: &World, days: impl Iterator<Item = Instant>) -> Vec<Vec<Uncovered>> {
    days.map(|day| coverage(world, day).uncovered).collect()
}

#[test]
fn the_report_over_a_stretch_says_for_every_instant_what_the_report_of_that_instant_says() {
    let mut seen = BTreeSet::new();
    let seen_in = RefCell::new(&mut seen);
    let strategy = (plan(), 0_u8..150, 1_u8..60);
    TestRunner::new(config(200))
        .run(&strategy, |(plan, first, days)| {
            let world = World::build(plan.register(), 1, Zone::china()).unwrap();
            let (from, to) = (day(first), day(first.saturating_add(days)));
            let stretches = coverage_between(&world, from, to);
            prop_assert_eq!(stretches.first().map(|s| s.from), Some(from));
            prop_assert_eq!(stretches.last().map(|s| s.to), Some(to));
            prop_assert!(
                stretches.windows(2).all(|two| two[0].to == two[1].from && two[0].uncovered != two[1].uncovered)
            );
            // Every tenth day or so, and on both sides of each instant at which something is said to change.
            let mut looks: Vec<Instant> = (0..i64::from(days)).map(|n| from.plus_days(n * 10 + n % 10)).collect();
            looks.extend(stretches.iter().skip(1).flat_map(|s| [Instant(s.from.0 - 1), s.from]));
            for (look, alone) in looks.iter().zip(by_days(&world, looks.iter().copied())) {
                let over = stretches.iter().find(|s| s.from <= *look && *look < s.to).map(|s| s.uncovered.clone());
                prop_assert_eq!(over, Some(alone), "at {:?}", look);
            }
            seen_in.borrow_mut().insert(stretches.len().min(3));
            Ok(())
        })
        .unwrap();
    assert_eq!(seen, BTreeSet::from([1, 2, 3]), "towns in which nothing changes, and in which much does");
}

/// A Monday in a week that is P9's at the service point; the week after is nobody's on purpose.
const MONDAY: &str = "2026-11-23";

fn duty(change: impl FnOnce(&mut Register)) -> (World, DutyCoverage) {
    let mut rows = fixtures::register("roster");
    change(&mut rows);
    let world = World::build(rows, 1, Zone::china()).unwrap();
    let found = coverage(&world, at(MONDAY)).duty;
    (world, found)
}

fn absent(person: &str, from: &str, to: &str) -> Absence {
    Absence {
        code: format!("a-{person}").parse().unwrap(),
        person: person.parse().unwrap(),
        span: Span { from: at(from), to: at(to) },
        reason: "培训".to_owned(),
        scope: Scope::All,
        substitute: Substitute::ByPost,
        substitute_until: None,
        recorded_by: None,
        recorded_at: Instant::MIN,
        ended_at: None,
    }
}

#[test]
fn places_with_nobody_on_duty_are_named_with_the_reason() {
    let gaps = |absences: Vec<Absence>| {
        let (_, found) = duty(|rows| rows.absences = absences);
        let one = |g: liandong_engine::rules::register::duty_coverage::DutyGap| (g.roster, g.why, g.count, g.first);
        found.gaps.into_iter().map(one).collect::<Vec<_>>()
    };
    let planned = ("V-SP".to_owned(), GapReason::OnPurpose, 1, at("2026-11-30"));
    assert_eq!(gaps(vec![]), std::slice::from_ref(&planned));
    // Nobody stands in for P9; for P10 somebody does.
    let alone = ("V-SP".to_owned(), GapReason::Absent, 1, at("2026-11-25"));
    assert_eq!(gaps(vec![absent("P9", "2026-11-25", "2026-11-26")]), [alone, planned.clone()]);
    assert_eq!(gaps(vec![absent("P10", "2026-12-08", "2026-12-10")]), std::slice::from_ref(&planned));
    let both = vec![absent("P10", "2026-12-08", "2026-12-10"), absent("P9", "2026-12-09", "2026-12-11")];
    let gone = ("V-SP".to_owned(), GapReason::Absent, 1, at("2026-12-09"));
    assert_eq!(gaps(both).len(), 2, "P9's absence begins in the middle of P10's week");
    let both = vec![absent("P10", "2026-12-08", "2026-12-10"), absent("P9", "2026-12-09", "2026-12-11")];
    assert!(gaps(both).contains(&gone));
}

#[test]
fn people_on_duty_who_hold_no_such_post_and_rotas_that_are_not_even_are_named() {
    let (world, found) = duty(|rows| {
        for row in &mut rows.rosters {
            let order = if row.code.as_str() == "V-SP" { "P10;P6" } else { "P8;P11" };
            row.order = order.split(';').map(|slot| slot.parse().unwrap()).collect();
        }
    });
    assert_eq!(found.gaps, []);
    let strangers: Vec<_> = found.strangers.iter().map(|s| (s.roster.as_str(), s.person.as_str(), s.first)).collect();
    assert_eq!(strangers, [("V-SP", "P6", at("2026-11-30"))]);
    let flawed: Vec<_> = found.flawed.iter().map(|rota| (rota.roster.as_str(), rota.score)).collect();
    assert_eq!(flawed, [("T-NIGHT", 97)], "a day more on 91 days is not evenly parted over the classes");
    let (_, found) = duty(|rows| {
        let night = rows.rosters.iter_mut().find(|row| row.code.as_str() == "T-NIGHT").unwrap();
        night.order = ["P8", "P8", "P11"].map(|slot| slot.parse().unwrap()).to_vec();
    });
    let night = found.flawed.iter().find(|rota| rota.roster == "T-NIGHT").unwrap();
    let quality = world
        .rota_quality(&"T-NIGHT".parse().unwrap(), Span { from: at(MONDAY), to: at(MONDAY).plus_days(QUALITY_DAYS) });
    assert_eq!(quality.score, 97, "as it was before");
    assert!(night.score < 90 && night.reasons[0].contains("`P8` has"), "{night:?}");
}

#[test]
fn whoever_was_taken_off_without_another_is_missed_and_what_is_empty_on_purpose_is_not() {
    let change = |out: &str, comes: Option<&str>| DutyChange {
        code: "DUTY-1".parse().unwrap(),
        roster: "V-SP".parse().unwrap(),
        kind: DutyChangeKind::Cover,
        scope: Covers::Shift("2026-01-05#48".parse().unwrap()),
        out: Some(out.parse().unwrap()),
        person: comes.map(|person| person.parse().unwrap()),
        offered_to: None,
        against: None,
        reason: "住院".to_owned(),
        begun_by: None,
        begun_at: Instant::MIN,
        taken_at: None,
        ended_by: None,
        ended_at: None,
        expiry: None,
    };
    let check = |changes: Vec<DutyChange>, expected: &[(Flaw, u32, u32)]| {
        let (world, _) = duty(|rows| rows.duty_changes = changes);
        let weeks = Span { from: at(MONDAY), to: at(MONDAY).plus_days(21) };
        let found = world.rota_quality(&"V-SP".parse().unwrap(), weeks);
        let flaws: Vec<_> = found.reasons.iter().map(|r| (r.flaw, r.count, r.points)).collect();
        assert_eq!(flaws, expected);
        assert_eq!(u32::from(found.score), 100 - expected.iter().map(|(_, _, points)| points).sum::<u32>());
    };
    // P9, nobody on purpose, P10.
    check(vec![], &[(Flaw::OnPurpose, 1, 0)]);
    check(vec![change("P10", Some("P5"))], &[(Flaw::OnPurpose, 1, 0)]);
    check(vec![change("P10", None)], &[(Flaw::Gap, 1, 4), (Flaw::OnPurpose, 1, 0)]);
}

#[test]
fn the_demo_town_has_the_faults_of_rosters_that_are_told_of_it() {
    let world = World::build(fixtures::register("lugong"), 1, Zone::china()).unwrap();
    let found = liandong_engine::rules::register::duty_coverage::duty_coverage(&world, at(MONDAY));
    assert_eq!(found.gaps, []);
    let strangers: Vec<_> = found.strangers.iter().map(|s| (s.roster.as_str(), s.person.as_str())).collect();
    assert_eq!(strangers, [("522325105228-SP-DUTY", "P0763")]);
    let night = found.flawed.iter().find(|rota| rota.roster == "522325105000-NIGHT").unwrap();
    assert!(
        night.reasons.iter().any(|why| why.starts_with("Market: `P0006` has 15 duties and `P0003` 0")),
        "{night:?}"
    );
}

#[test]
fn rungs_that_may_take_longer_together_than_the_whole_are_named() {
    // A pipe may be two days in the group, two in the village and three in the town; a lamp two and three.
    for (days, expected) in [(7, &[][..]), (6, &["water-pipe"]), (4, &["street-lamp", "water-pipe"])] {
        let mut rows = fixtures::register("story-limits");
        for rule in rows.limits.iter_mut().filter(|rule| rule.kind == LimitKind::Committed) {
            rule.allowance = Allowance::WorkingDays(days);
        }
        let world = World::build(rows, 1, Zone::china()).unwrap();
        let found = coverage(&world, at("2024-05-06")).overpromised;
        let matters: Vec<&str> = found.iter().map(|over| over.matter.as_str()).collect();
        assert_eq!(matters, expected, "{days} working days are promised");
        assert!(found.iter().all(|over| over.due < over.rungs_due && over.limit == LimitKind::Committed));
    }
}
