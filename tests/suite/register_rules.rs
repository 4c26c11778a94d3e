//! What a register must keep to, and what a change of it is refused for.
//!
//! A register is written as lines, one row each: `table field=value …`. What is not said is as in [`row`].

use std::collections::HashMap;

use liandong_engine::rules::{
    actor::Actor,
    instant::{Instant, Span, Zone},
    matter::{Mandate, Mandated, Matter, Power, Rung},
    post::{Holding, Person, Post, PostKind, Rank},
    register::{
        command::{Command, NewPost, NewUnit},
        decide::{decide, load},
    },
    request::{
        Channel, Citizen, Request,
        command::LogRequest,
        decide::{Fresh, log},
        evolve::evolve,
    },
    routing::Loads,
    tier::{Tier, Unit, UnitKind},
    world::{Register, World, check::problems},
};

/// A small town that is right: a town, two villages, two groups, three households, a hall with a window.
const TOWN: &str = "
    unit t Town
    unit v Village parent=t
    unit w Village parent=t
    unit g Group parent=v
    unit g2 Group parent=w
    unit h Household parent=g
    unit h2 Household parent=g
    unit h3 Household parent=g2
    unit hall Hall parent=t
    unit win Window parent=hall
    unit point ServicePoint parent=t serves=v
    person ann
    person bob
    person cy
    person dan
    person eve
    post duty DutyLeader unit=t
    post desk Dispatcher unit=t
    post cadre StandingCadre unit=v
    post cadre2 StandingCadre unit=w
    post lead GroupLeader unit=g
    post clerk WindowClerk unit=win
    holding duty ann
    holding desk bob
    holding cadre cy
    holding lead dan
    rung everyday 1 Group GroupLeader
    rung everyday 2 Village StandingCadre
    rung everyday 3 Town DutyLeader
    matter pipe ladder=everyday
    mandate pipe kind=GroupLeader
    mandate pipe kind=StandingCadre
    mandate pipe kind=DutyLeader
";

fn at(text: &str) -> Instant {
    Instant::parse(text, &Zone::china()).unwrap()
}

/// The positional words and the named fields of a line.
struct Line<'a>(Vec<&'a str>, HashMap<&'a str, &'a str>);

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Self {
        let (named, plain): (Vec<&str>, Vec<&str>) = line.split_whitespace().partition(|word| word.contains('='));
        Self(plain, named.into_iter().filter_map(|word| word.split_once('=')).collect())
    }

    fn word<T: std::str::FromStr<Err: std::fmt::Debug>>(&self, place: usize) -> T {
        self.0[place].parse().unwrap()
    }

    fn named<T: std::str::FromStr<Err: std::fmt::Debug>>(&self, name: &str) -> Option<T> {
        self.1.get(name).map(|text| text.parse().unwrap())
    }

    fn span(&self) -> Span {
        let day = |name, open| self.1.get(name).map_or(open, |text| at(text));
        Span { from: day("from", Instant::MIN), to: day("to", Instant::MAX) }
    }
}

/// Adds one line to the register. Without `from` and `to` a row always holds, without `rank` a holder
/// is the first, without `power` a mandate is to resolve.
fn row(register: &mut Register, text: &str) {
    let line = Line::of(text);
    let span = line.span();
    match line.0[0] {
        "unit" => register.units.push(Unit {
            code: line.word(1),
            name: "名".to_owned(),
            kind: UnitKind::parse(line.0[2]).unwrap(),
            parent: line.named("parent"),
            serves: line.named("serves"),
            span,
        }),
        "person" => register.people.push(Person { code: line.word(1), name: "人".to_owned(), phone: String::new() }),
        "post" => register.posts.push(Post {
            code: line.word(1),
            name: "岗".to_owned(),
            kind: PostKind::parse(line.0[2]).unwrap(),
            unit: line.named("unit").unwrap(),
            span,
        }),
        "holding" => {
            let rank = line.1.get("rank").map_or(Rank::First, |rank| Rank::parse(rank).unwrap());
            register.holdings.push(Holding { post: line.word(1), person: line.word(2), rank, span });
        }
        "matter" => register.matters.push(Matter {
            code: line.word(1),
            name: "事".to_owned(),
            category: "类".to_owned(),
            ladder: line.named("ladder").unwrap(),
            conduct: false,
            materials: Vec::new(),
            fee_fen: 0,
            words: Vec::new(),
            span,
        }),
        "mandate" => register.mandates.push(Mandate {
            to: line
                .named("post")
                .map_or_else(|| Mandated::Kind(PostKind::parse(line.1["kind"]).unwrap()), Mandated::Post),
            matter: line.word(1),
            power: line.1.get("power").map_or(Power::Resolve, |power| Power::parse(power).unwrap()),
            span,
        }),
        "rung" => register.ladders.push(Rung {
            ladder: line.word(1),
            ladder_name: "梯".to_owned(),
            no: line.word(2),
            tier: Tier::parse(line.0[3]).unwrap(),
            kind: PostKind::parse(line.0[4]).unwrap(),
            span,
        }),
        other => panic!("no table `{other}`"),
    }
}

fn register(lines: &str) -> Register {
    let mut register = Register::default();
    lines.lines().map(str::trim).filter(|l| !l.is_empty()).for_each(|line| row(&mut register, line));
    register
}

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
fn every_problem_is_named_at_once_in_the_order_of_files_and_rows() {
    let more = "rung everyday 4 Town OfficeLeader\nperson ann\nunit x Village parent=g\nunit y Group parent=nowhere\nmandate x kind=GroupLeader";
    let found: Vec<(&str, usize)> =
        problems(&register(&format!("{TOWN}\n{more}"))).iter().map(|p| (p.table.file(), p.row)).collect();
    assert_eq!(
        found,
        [("units.csv", 11), ("units.csv", 12), ("people.csv", 5), ("mandates.csv", 3), ("ladders.csv", 3)]
    );
}

// What a change is refused for.

const NOW: &str = "2024-05-01";

fn world(more: &str) -> World {
    World::build(register(&format!("{TOWN}\n{more}")), 1, Zone::china()).unwrap()
}

fn code<C: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> C {
    text.parse().unwrap()
}

fn person(text: &str) -> Actor {
    Actor::Person(code(text))
}

/// A change of the town comes to this: the names of its events, or the code of the refusal.
fn change_by(actor: &Actor, more: &str, open: &[Request], command: &Command, expected: &str) {
    let world = world(more);
    let found = match decide(&world, at(NOW), actor, command, open, &Loads::default()) {
        Ok(decision) => decision.records.iter().map(|r| r.event.name()).collect::<Vec<_>>().join(" "),
        Err(refusal) => {
            let first = refusal.message.chars().next();
            assert!(first.is_some_and(|c| !c.is_uppercase()) && !refusal.message.ends_with('.'), "{}", refusal.message);
            refusal.code.word().to_owned()
        }
    };
    assert_eq!(found, expected, "{command:?}");
}

fn change(more: &str, command: &Command, expected: &str) {
    change_by(&Actor::Operator, more, &[], command, expected);
}

fn new_unit(text: &str, kind: UnitKind, parent: Option<&str>, serves: Option<&str>) -> Command {
    Command::CreateUnit(NewUnit {
        code: code(text),
        name: "新".to_owned(),
        kind,
        parent: parent.map(code),
        serves: serves.map(code),
    })
}

fn new_post(text: &str, unit: &str) -> Command {
    Command::CreatePost(NewPost {
        code: code(text),
        name: "新".to_owned(),
        kind: PostKind::GroupLeader,
        unit: code(unit),
    })
}

fn appoint(post: &str, who: &str, rank: Rank) -> Command {
    Command::Appoint { post: code(post), person: code(who), rank }
}

fn relieve(post: &str, who: &str, successor: Option<&str>) -> Command {
    Command::Relieve { post: code(post), person: code(who), successor: successor.map(code) }
}

fn dissolve(unit: &str, successor: Option<&str>) -> Command {
    Command::DissolveUnit { unit: code(unit), successor: successor.map(code) }
}

fn mandate(post: &str, power: Option<Power>) -> Command {
    Command::ChangeMandate { to: Mandated::Post(code(post)), matter: code("pipe"), power }
}

#[test]
fn only_the_towns_leader_and_the_operator_change_the_register() {
    let command = appoint("cadre2", "eve", Rank::First);
    change_by(&Actor::Operator, "", &[], &command, "Appointed");
    change_by(&person("ann"), "", &[], &command, "Appointed");
    for other in ["bob", "cy", "nobody"] {
        change_by(&person(other), "", &[], &command, "NotYourRegister");
    }
    change_by(
        &person("ann"),
        "",
        &[],
        &Command::AddPerson(Person { code: code("fay"), name: "新".to_owned(), phone: String::new() }),
        "PersonAdded",
    );
    change_by(
        &person("bob"),
        "",
        &[],
        &Command::AddPerson(Person { code: code("fay"), name: "新".to_owned(), phone: String::new() }),
        "NotYourRegister",
    );
}

#[test]
fn a_leader_changes_nothing_of_another_town() {
    let two = "unit t2 Town\nunit v2 Village parent=t2\npost p2 StandingCadre unit=v2\npost duty2 DutyLeader unit=t2\nholding duty2 eve";
    for command in [
        appoint("p2", "bob", Rank::First),
        new_post("new", "v2"),
        new_unit("new", UnitKind::Group, Some("v2"), None),
        Command::MoveUnit { unit: code("v2"), parent: code("t") },
        Command::MoveUnit { unit: code("v"), parent: code("t2") },
        Command::MergeUnits { from: code("v"), into: code("v2") },
        mandate("p2", Some(Power::Resolve)),
        Command::ChangeMandate {
            to: Mandated::Kind(PostKind::WindowClerk),
            matter: code("pipe"),
            power: Some(Power::Assist),
        },
        new_unit("new", UnitKind::County, None, None),
        // A service point of one's own that serves another's village would give its posts a place there.
        new_unit("new", UnitKind::ServicePoint, Some("t"), Some("v2")),
    ] {
        change_by(&person("ann"), two, &[], &command, "NotYourRegister");
    }
}

#[test]
fn a_change_names_what_is_in_the_register_now() {
    for command in [
        Command::RenameUnit { unit: code("nowhere"), name: "新".to_owned() },
        Command::MoveUnit { unit: code("h"), parent: code("nowhere") },
        Command::MoveUnit { unit: code("nowhere"), parent: code("g") },
        Command::MergeUnits { from: code("nowhere"), into: code("h") },
        Command::MergeUnits { from: code("h"), into: code("nowhere") },
        dissolve("nowhere", None),
        new_post("new", "nowhere"),
        Command::AbolishPost { post: code("nothing") },
        appoint("nothing", "eve", Rank::First),
        appoint("cadre2", "nobody", Rank::First),
        relieve("nothing", "ann", None),
        relieve("duty", "nobody", None),
        relieve("duty", "ann", Some("nobody")),
        mandate("nothing", Some(Power::Resolve)),
        Command::ChangeMandate { to: Mandated::Kind(PostKind::GroupLeader), matter: code("none"), power: None },
    ] {
        change("", &command, "NotInRegister");
    }
    change(
        "unit old Group parent=v to=2020-01-01",
        &Command::RenameUnit { unit: code("old"), name: "新".to_owned() },
        "NotInRegister",
    );
    change("post old GroupLeader unit=g to=2020-01-01", &appoint("old", "eve", Rank::First), "NotInRegister");
}

#[test]
fn a_code_is_given_once_for_all_time() {
    change(
        "",
        &Command::AddPerson(Person { code: code("ann"), name: "新".to_owned(), phone: String::new() }),
        "CodeTaken",
    );
    change("", &new_unit("h", UnitKind::Household, Some("g"), None), "CodeTaken");
    change("", &new_post("duty", "t"), "CodeTaken");
    change("unit old Group parent=v to=2020-01-01", &new_unit("old", UnitKind::Group, Some("v"), None), "CodeTaken");
}

#[test]
fn a_post_is_taken_only_when_it_is_free() {
    change("", &appoint("duty", "eve", Rank::First), "PostTaken");
    change("", &appoint("duty", "eve", Rank::Substitute), "Appointed");
    change("", &appoint("duty", "ann", Rank::Substitute), "AlreadyHolds");
    change("", &appoint("cadre2", "ann", Rank::First), "Appointed");
}

#[test]
fn who_leaves_a_post_holds_it_and_may_name_who_follows() {
    change("", &relieve("cadre2", "ann", None), "DoesNotHold");
    change("", &relieve("duty", "bob", None), "DoesNotHold");
    change("", &relieve("duty", "ann", None), "Relieved");
    change("", &relieve("duty", "ann", Some("eve")), "Relieved Appointed");
    change("holding duty eve rank=Substitute", &relieve("duty", "ann", Some("eve")), "Relieved Relieved Appointed");
    change("holding duty eve rank=Substitute", &relieve("duty", "eve", Some("ann")), "AlreadyHolds");
    change("holding duty eve rank=Substitute", &relieve("duty", "eve", Some("dan")), "Relieved Appointed");
}

#[test]
fn only_units_of_one_kind_merge_and_not_with_what_is_below() {
    change("", &Command::MergeUnits { from: code("v"), into: code("g2") }, "CannotMerge");
    change("", &Command::MergeUnits { from: code("v"), into: code("v") }, "CannotMerge");
    change("", &Command::MergeUnits { from: code("v"), into: code("w") }, "UnitDissolved");
    change("unit in Hall parent=hall", &Command::MergeUnits { from: code("hall"), into: code("in") }, "CannotMerge");
    change("", &dissolve("h", Some("g")), "CannotMerge");
}

#[test]
fn a_unit_with_something_below_it_needs_a_successor() {
    change("", &dissolve("g", None), "SuccessorNeeded");
    change("", &dissolve("hall", None), "SuccessorNeeded");
    change("unit lone Village parent=t", &dissolve("lone", None), "UnitDissolved");
    change("unit lone Village parent=t\nunit p Hall parent=t serves=lone", &dissolve("lone", None), "SuccessorNeeded");
    change("", &dissolve("h", None), "UnitDissolved");
    change("", &dissolve("g", Some("g2")), "UnitDissolved");
}

#[test]
fn a_change_that_would_make_the_register_wrong_is_refused() {
    change("", &Command::MoveUnit { unit: code("v"), parent: code("g2") }, "WouldBreak");
    change("", &new_unit("new", UnitKind::Village, Some("g"), None), "WouldBreak");
    change("", &new_unit("new", UnitKind::Hall, Some("t"), Some("hall")), "WouldBreak");
    // A person who is to come back at a date of the future holds the post then.
    change("holding cadre2 eve from=2030-01-01", &appoint("cadre2", "bob", Rank::First), "WouldBreak");
    // What stands below in the future would stand below nothing.
    change(
        "unit lone Group parent=v\nunit later Household parent=lone from=2030-01-01",
        &dissolve("lone", None),
        "WouldBreak",
    );
}

#[test]
fn a_change_changes_something() {
    change("", &Command::RenameUnit { unit: code("h"), name: "名".to_owned() }, "NothingChanges");
    change("", &Command::RenameUnit { unit: code("h"), name: "新".to_owned() }, "UnitRenamed");
    change("", &Command::MoveUnit { unit: code("h"), parent: code("g") }, "NothingChanges");
    change("", &Command::MoveUnit { unit: code("h"), parent: code("g2") }, "UnitMoved");
    change("", &mandate("clerk", None), "NothingChanges");
    change("", &mandate("clerk", Some(Power::Assist)), "MandateChanged");
    change("mandate pipe post=clerk power=Assist", &mandate("clerk", Some(Power::Assist)), "NothingChanges");
    // Where rows say both, to resolve is what holds.
    let both = "mandate pipe post=clerk power=Assist\nmandate pipe post=clerk power=Resolve";
    change(both, &mandate("clerk", Some(Power::Resolve)), "NothingChanges");
    change(both, &mandate("clerk", Some(Power::Assist)), "MandateChanged");
    change(both, &mandate("clerk", None), "MandateChanged");
}

/// A request of household h, with whoever routing gives it to.
fn request(more: &str) -> Request {
    let command = LogRequest {
        place: code("h"),
        matter: code("pipe"),
        channel: Channel::HomeVisit,
        entered_at: None,
        words: "水管破了".to_owned(),
        citizen: Citizen { name: String::new(), phone: String::new() },
        accused: Vec::new(),
    };
    let fresh = Fresh {
        id: liandong_engine::rules::id::RequestId::from_parts(at(NOW), [1; 10]),
        receipt: liandong_engine::rules::id::ReceiptCode::from_random([1; 12]),
    };
    let records = log(&world(more), at(NOW), &person("bob"), fresh, &command, &Loads::default()).unwrap();
    records.iter().fold(None, |request, record| evolve(request, at(NOW), &record.event)).unwrap()
}

#[test]
fn open_work_is_handed_over_or_the_change_is_refused() {
    let open = [request("")];
    assert_eq!(open[0].handle().map(|a| a.post.as_str()), Some("lead"));
    change_by(&Actor::Operator, "", &open, &relieve("lead", "dan", None), "Relieved");
    change_by(&Actor::Operator, "", &open, &dissolve("h", None), "SuccessorNeeded");
    change_by(&Actor::Operator, "", &open, &dissolve("h", Some("h3")), "UnitDissolved");
    // With nobody else in the town, whoever has the work cannot go without a successor.
    let alone = "unit t3 Town\nunit h9 Household parent=t3\npost only DutyLeader unit=t3\nholding only eve";
    let mut request = open[0].clone();
    request.place = code("h9");
    request.assignments[0].post = code("only");
    request.assignments[0].person = code("eve");
    let open = [request];
    change_by(&Actor::Operator, alone, &open, &relieve("only", "eve", None), "WorkLeftBehind");
    change_by(&Actor::Operator, alone, &open, &Command::AbolishPost { post: code("only") }, "WorkLeftBehind");
    change_by(&Actor::Operator, alone, &open, &relieve("only", "eve", Some("bob")), "Relieved Appointed");
}

#[test]
fn a_hand_over_goes_to_whoever_stands_in_else_up_the_ladder() {
    let handed = |more: &str, command: &Command| {
        let decision =
            decide(&world(more), at(NOW), &Actor::Operator, command, &[request(more)], &Loads::default()).unwrap();
        let opens: Vec<_> =
            decision.hand_overs.iter().flat_map(|(_, records)| records).filter_map(|r| r.event.opens()).collect();
        opens.iter().map(|o| format!("{} {} {}", o.post, o.person, o.rung)).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(handed("", &relieve("lead", "dan", None)), "cadre cy 2");
    assert_eq!(handed("", &relieve("lead", "dan", Some("eve"))), "lead eve 1");
    assert_eq!(handed("holding lead eve rank=Substitute", &relieve("lead", "dan", None)), "lead eve 1");
    assert_eq!(handed("", &Command::AbolishPost { post: code("lead") }), "cadre cy 2");
    assert_eq!(handed("", &relieve("cadre", "cy", None)), "", "nothing open there");
}

#[test]
fn rows_are_loaded_by_the_operator_into_an_empty_register_only() {
    let empty = World::build(Register::default(), 0, Zone::china()).unwrap();
    let refused =
        |world: &World, actor: &Actor, rows: &str| load(world, actor, register(rows), 3).err().map(|r| r.code.word());
    assert_eq!(refused(&empty, &Actor::Operator, TOWN), None);
    assert_eq!(refused(&empty, &person("ann"), TOWN), Some("NotYourRegister"));
    assert_eq!(refused(&world(""), &Actor::Operator, TOWN), Some("NotEmpty"));
    assert_eq!(refused(&empty, &Actor::Operator, "unit x Village parent=nowhere"), Some("WouldBreak"));
}

#[test]
fn loaded_rows_come_in_events_of_so_many_and_fold_to_the_register() {
    let empty = World::build(Register::default(), 0, Zone::china()).unwrap();
    let decision = load(&empty, &Actor::Operator, register(TOWN), 3).unwrap();
    let mut folded = Register::default();
    for record in &decision.records {
        liandong_engine::rules::register::evolve::evolve(&mut folded, at(NOW), &record.event);
    }
    assert_eq!(folded, register(TOWN));
    assert_eq!(decision.world.version(), 1);
}
