//! What the report on coverage names.

use liandong_engine::rules::{instant::Zone, register::coverage::coverage, world::World};

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
