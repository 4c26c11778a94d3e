//! What a register must keep to: every kind of problem, by a town that has it.

mod changes;
mod days;
mod ground;
mod report;
mod town;

use liandong_engine::rules::{
    instant::Zone,
    world::{Register, World, check::problems},
};
use town::{TOWN, register};

/// The town with more rows has exactly these problems. Rows are counted as in a file, with the header.
fn check(more: &str, expected: &[&str]) {
    let found: Vec<String> = problems(&register(&format!("{TOWN}\n{more}"))).iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
    let built = World::build(register(&format!("{TOWN}\n{more}")), 1, Zone::china());
    assert_eq!(built.is_ok(), expected.is_empty(), "a world exists exactly if its register is right");
}

#[test]
fn the_town_and_an_empty_register_are_right() {
    check("", &[]);
    assert_eq!(problems(&Register::default()), []);
}

#[test]
fn a_unit_code_is_used_once_at_a_time() {
    check(
        "unit h Household parent=g",
        &[
            "units.csv row 13 column code: unit `h` is already described for that time in an earlier row; give it a code of its own, or dates that do not overlap",
        ],
    );
}

#[test]
fn a_parent_is_in_the_register() {
    check(
        "unit x Household parent=nowhere",
        &[
            "units.csv row 13 column parent: parent `nowhere` is not a unit of the register; add that unit, or name one that is there",
        ],
    );
}

#[test]
fn a_unit_stands_below_a_higher_tier() {
    check(
        "unit x Village parent=g",
        &["units.csv row 13 column parent: a Village cannot stand below the Group `g`; name a parent of a higher tier"],
    );
    check(
        "unit x Village parent=v",
        &[
            "units.csv row 13 column parent: a Village cannot stand below the Village `v`; name a parent of a higher tier",
        ],
    );
    check(
        "unit x Group parent=hall",
        &["units.csv row 13 column parent: a Group cannot stand below the Hall `hall`; name a parent of a higher tier"],
    );
}

#[test]
fn functional_units_do_not_stand_in_a_circle() {
    check(
        "unit a Department parent=b\nunit b Department parent=c\nunit c Department parent=a",
        &[
            "units.csv row 15 column parent: the parents of `c` lead back to itself: c → a → b → c; name a parent that is not below this unit",
        ],
    );
    check(
        "unit a Department parent=a",
        &[
            "units.csv row 13 column parent: the parents of `a` lead back to itself: a → a; name a parent that is not below this unit",
        ],
    );
}

#[test]
fn what_is_served_is_a_territory() {
    check(
        "unit x Hall parent=t serves=nowhere",
        &[
            "units.csv row 13 column serves: served unit `nowhere` is not a territory of the register; name a territory of the register, or leave it empty",
        ],
    );
    check(
        "unit x Hall parent=t serves=hall",
        &[
            "units.csv row 13 column serves: served unit `hall` is not a territory of the register; name a territory of the register, or leave it empty",
        ],
    );
    let serving = "units.csv row 13 column serves: a territory serves nothing, and a functional unit needs a territory above it or in `serves`; leave it empty for a territory; give a functional unit a parent";
    check("unit x Household parent=g serves=v", &[serving]);
    check("unit x Hall", &[serving]);
}

#[test]
fn a_unit_does_not_outlive_its_parent() {
    check(
        "unit x Group parent=v to=2020-01-01\nunit y Household parent=x",
        &[
            "units.csv row 14 column from: exists at a time when its parent `x` does not; shorten its time, or lengthen the parent's",
        ],
    );
}

#[test]
fn a_unit_does_not_outlive_the_territory_that_it_serves() {
    let outlives = "units.csv row 14 column from: exists at a time when `x`, which it serves, does not; shorten its time, or lengthen the territory's";
    check("unit x Village parent=t to=2020-01-01\nunit p ServicePoint parent=t serves=x", &[outlives]);
    check("unit x Village parent=t from=2020-01-01\nunit p ServicePoint parent=t serves=x", &[outlives]);
    check("unit x Village parent=t to=2020-01-01\nunit p ServicePoint parent=t serves=x to=2020-01-01", &[]);
    // Where it serves nothing by name, what it serves is above it.
    check("unit x Village parent=t to=2020-01-01\nunit p ServicePoint parent=x to=2020-01-01", &[]);
}

#[test]
fn no_chain_of_units_is_longer_than_a_walk() {
    let chain = |length: usize| -> String {
        let above = |n: usize| if n == 0 { "h".to_owned() } else { format!("d{}", n - 1) };
        (0..length).map(|n| format!("unit d{n} Department parent={}\n", above(n))).collect()
    };
    // Four territories and departments in departments: 32 in all are walked.
    check(&chain(28), &[]);
    let deep = "units.csv row 41 column parent: `d28` has 32 units above it, and 31 are the most; take a unit out of the chain above it";
    check(&chain(29), &[deep]);
    check(&chain(40), &[deep]);
}

#[test]
fn a_unit_keeps_its_kind() {
    check(
        "unit x Group parent=v to=2020-01-01\nunit x Area parent=v from=2020-01-01",
        &[
            "units.csv row 14 column kind: unit `x` is a Group in an earlier row; a unit keeps its kind; keep the kind, or give the new unit a new code",
        ],
    );
}

#[test]
fn dates_run_forward_in_every_table() {
    let reversed = |table: &str, row: usize| {
        format!(
            "{table}.csv row {row} column to: the dates are reversed: `to` is not after `from`; `to` is the first day on which it no longer holds"
        )
    };
    let dates = "from=2020-01-01 to=2020-01-01";
    let all = [
        ("unit x Household parent=g", "units", 13),
        ("post x GroupLeader unit=g", "posts", 8),
        ("holding cadre2 eve", "holdings", 6),
        ("matter x ladder=everyday", "matters", 3),
        ("mandate pipe kind=WindowClerk", "mandates", 5),
        ("rung everyday 4 Town Dispatcher", "ladders", 5),
    ];
    for (line, table, row) in all {
        check(&format!("{line} {dates}"), &[&reversed(table, row)]);
    }
}

#[test]
fn each_code_of_a_table_is_used_once() {
    let twice = |table: &str, row: usize, what: &str| {
        format!("{table}.csv row {row} column code: {what} stands in an earlier row; give it a code of its own")
    };
    check("person ann", &[&twice("people", 7, "person `ann`")]);
    check("post duty DutyLeader unit=t", &[&twice("posts", 8, "post `duty`")]);
    check("matter pipe ladder=everyday", &[&twice("matters", 3, "matter `pipe`")]);
}

#[test]
fn whatever_is_named_is_in_the_register() {
    let unknown = |table: &str, row: usize, column: &str, what: &str| {
        format!(
            "{table}.csv row {row} column {column}: {what} is not in the register; add it to its file, or name one that is there"
        )
    };
    check("post x GroupLeader unit=nowhere", &[&unknown("posts", 8, "unit", "unit `nowhere`")]);
    check("holding nothing eve", &[&unknown("holdings", 6, "post", "post `nothing`")]);
    check("holding cadre2 nobody", &[&unknown("holdings", 6, "person", "person `nobody`")]);
    check("matter x ladder=none", &[&unknown("matters", 3, "ladder", "ladder `none`")]);
    check("mandate x kind=GroupLeader", &[&unknown("mandates", 5, "matter", "matter `x`")]);
    check("mandate pipe post=nothing", &[&unknown("mandates", 5, "post", "post `nothing`")]);
}

#[test]
fn a_post_exists_only_while_its_unit_does() {
    let outside = "posts.csv row 8 column from: the post exists at a time when its unit `x` does not; keep its dates within the unit's";
    check("unit x Group parent=v from=2015-01-01\npost p GroupLeader unit=x", &[outside]);
    check("unit x Group parent=v to=2015-01-01\npost p GroupLeader unit=x", &[outside]);
    check("unit x Group parent=v to=2015-01-01\nunit x Group parent=w from=2015-01-01\npost p GroupLeader unit=x", &[]);
    check(
        "unit x Group parent=v to=2015-01-01\nunit x Group parent=w from=2016-01-01\npost p GroupLeader unit=x",
        &[outside],
    );
}

#[test]
fn a_post_is_held_only_while_it_exists() {
    check(
        "post p GroupLeader unit=g2 from=2015-01-01\nholding p eve",
        &[
            "holdings.csv row 6 column from: post `p` is held at a time when it does not exist; keep its dates within the post's",
        ],
    );
}

#[test]
fn a_post_has_one_first_holder_at_a_time() {
    check(
        "holding duty eve",
        &[
            "holdings.csv row 6 column rank: post `duty` has two first holders at once: `ann` and `eve`; end the earlier holding on the day the later begins, or make one a Substitute",
        ],
    );
    check("holding duty eve rank=Substitute\nholding duty cy rank=Substitute", &[]);
    check("holding cadre2 ann to=2015-01-01\nholding cadre2 eve from=2015-01-01", &[]);
}

#[test]
fn nobody_holds_a_post_twice_at_once() {
    check(
        "holding duty ann rank=Substitute",
        &["holdings.csv row 6 column person: `ann` holds post `duty` twice at once; end the earlier holding first"],
    );
}

#[test]
fn a_ladder_climbs_by_rungs_of_their_own_numbers() {
    check(
        "rung everyday 3 Town Dispatcher",
        &["ladders.csv row 5 column rung: ladder `everyday` has rung 3 twice; give each rung a number of its own"],
    );
    check("rung other 1 Town DutyLeader to=2015-01-01\nrung other 1 Village StandingCadre from=2015-01-01", &[]);
    check(
        "rung everyday 4 Village StandingCadre",
        &[
            "ladders.csv row 5 column tier: rung 4 (Village) of ladder `everyday` does not climb from rung 3 (Town); a higher rung stands at the same or a higher tier",
        ],
    );
    check("rung other 2 Town DutyLeader\nrung other 1 Village StandingCadre", &[]);
    for no in [0, 101] {
        check(
            &format!("rung other {no} Town DutyLeader"),
            &[&format!(
                "ladders.csv row 5 column rung: rung `{no}` is out of range; count rungs from 1 at the lowest, 100 at most"
            )],
        );
    }
}

#[test]
fn a_rung_can_be_filled() {
    check(
        "rung everyday 4 Town OfficeLeader",
        &[
            "ladders.csv row 5 column post: no post can fill this rung: there is no OfficeLeader at a Town; add such a post, or take the rung out",
        ],
    );
    check("rung everyday 4 Town WindowClerk", &[]);
}

#[test]
fn a_ladder_has_one_name_on_all_its_rungs() {
    let mut rows = register(TOWN);
    rows.ladders[1].ladder_name = "别的".to_owned();
    let found: Vec<String> = problems(&rows).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "ladders.csv row 3 column name: ladder `everyday` is called `梯` in an earlier row; write the same name on every rung"
        ]
    );
}

#[test]
fn every_problem_is_named_at_once_in_the_order_of_files_and_rows() {
    let more = "rung everyday 4 Town OfficeLeader\nperson ann\nunit x Village parent=g\nunit y Group parent=nowhere\nmandate x kind=GroupLeader";
    let found: Vec<(&str, usize)> =
        problems(&register(&format!("{TOWN}\n{more}"))).iter().map(|p| (p.table.file(), p.row)).collect();
    assert_eq!(
        found,
        [("units.csv", 11), ("units.csv", 12), ("people.csv", 5), ("mandates.csv", 3), ("ladders.csv", 3)]
    );
}

#[test]
fn a_calendar_is_kept_by_units_of_the_register_and_right_in_itself() {
    check(
        "calendar cn\ncalendar town base=cn\nhours town Monday 08:30-12:00\nday cn 2026-10-01 Holiday\nkeeps t town",
        &[],
    );
    check(
        "calendar cn\nkeeps nowhere cn\nkeeps t none",
        &[
            "unit_calendars.csv row 2 column unit: unit `nowhere` is not in the register; add it to its file, or name one that is there",
            "unit_calendars.csv row 3 column calendar: calendar `none` is not in the register; add it to its file, or name one that is there",
        ],
    );
    check(
        "calendar cn base=cn\nhours cn Monday 12:00-08:30\nday cn 2026-10-01 Holiday\nday cn 2026-10-01 MakeUp",
        &[
            "calendars.csv row 2 column base: the bases of `cn` lead back to itself: cn → cn; leave one of these bases empty",
            "hours.csv row 2 column periods: period `12:00-08:30` does not end after it begins, within one day; write it like `08:30-12:00`; a night is two periods, until 24:00 and from 00:00",
            "days.csv row 3 column date: `2026-10-01` of calendar `cn` stands in an earlier row; keep one of the two rows",
        ],
    );
}

#[test]
fn absences_name_people_and_matters_of_the_register() {
    check("absence a ann from=2026-10-01 to=2026-10-08 with=bob for=pipe", &[]);
    check(
        "absence a nemo from=2026-10-01 to=2026-10-08 with=nobody for=dance by=none\nabsence a ann with=ann",
        &[
            "absences.csv row 2 column matters: matter `dance` is not in the register; add it to its file, or name one that is there",
            "absences.csv row 2 column person: person `nemo` is not in the register; add it to its file, or name one that is there",
            "absences.csv row 2 column recorded_by: person `none` is not in the register; add it to its file, or name one that is there",
            "absences.csv row 2 column substitute: person `nobody` is not in the register; add it to its file, or name one that is there",
            "absences.csv row 3 column code: absence `a` stands in an earlier row; give it a code of its own",
            "absences.csv row 3 column substitute: `ann` would stand in for themselves; name somebody else, or leave it empty for the B岗",
        ],
    );
    check(
        "absence a ann from=2026-10-08 to=2026-10-01 back=2026-09-01",
        &[
            "absences.csv row 2 column ended_at: `ann` came back before being away; write the day of coming back, or take the row out",
            "absences.csv row 2 column to: the dates are reversed: `to` is not after `from`; `to` is the first day on which the person is back",
        ],
    );
}
