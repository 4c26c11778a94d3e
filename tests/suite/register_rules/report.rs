//! What the report on coverage names.

use std::{cell::RefCell, collections::BTreeSet};

use liandong_engine::rules::{
    instant::{Instant, Zone},
    register::{
        coverage::{Uncovered, coverage},
        survey::coverage_between,
    },
    world::World,
};
use liandong_tests::random::{
    config,
    plan::{day, plan},
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
