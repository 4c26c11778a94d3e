//! What a change of the register comes to, and what it is refused for.

use liandong_engine::rules::{
    actor::Actor,
    id::{ReceiptHash, RequestId},
    instant::Zone,
    matter::{Mandated, Power},
    post::{Person, PostKind, Rank},
    register::{
        command::{Command, NewPost, NewUnit},
        decide::{decide, load},
        evolve as register_evolve,
    },
    request::{
        Channel, Citizen, Request,
        command::LogRequest,
        decide::{Fresh, log},
        evolve::evolve,
    },
    routing::Loads,
    tier::UnitKind,
    world::{Register, World},
};

use super::town::{TOWN, at, register};

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
    change("", &relieve("duty", "ann", Some("ann")), "NothingChanges");
    change("holding duty eve rank=Substitute", &relieve("duty", "eve", Some("eve")), "NothingChanges");
    change("", &relieve("cadre2", "ann", Some("ann")), "DoesNotHold");
}

#[test]
fn names_are_taken_as_the_files_take_them() {
    let rename = |name: &str| Command::RenameUnit { unit: code("h"), name: name.to_owned() };
    for (name, expected) in [
        (" 新 ", "UnitRenamed"),
        (" 名\u{3000}", "NothingChanges"),
        (&"新".repeat(60), "UnitRenamed"),
        (&"新".repeat(61), "WouldBreak"),
        (" \t", "WouldBreak"),
        ("新\u{7}", "BadText"),
        ("新\n一", "BadText"),
        ("\u{202E}新", "BadText"),
    ] {
        change("", &rename(name), expected);
    }
    let person = |name: &str, phone: &str| {
        Command::AddPerson(Person { code: code("fay"), name: name.to_owned(), phone: phone.to_owned() })
    };
    change("", &person("新", &"1".repeat(61)), "WouldBreak");
    change("", &person("新", "1.38E+10"), "BadText");
    let added = decide(&world(""), at(NOW), &Actor::Operator, &person(" 新 ", " 1 "), &[], &Loads::default()).unwrap();
    let row = added.world.register().people.last().map(|p| (p.name.as_str(), p.phone.as_str()));
    assert_eq!(row, Some(("新", "1")));
}

#[test]
fn what_ends_in_the_instant_in_which_it_began_would_never_have_been() {
    let from = &format!("unit new Village parent=t from={NOW}\npost fresh GroupLeader unit=g from={NOW}");
    change(from, &dissolve("new", None), "WouldBreak");
    change(from, &Command::MergeUnits { from: code("new"), into: code("v") }, "WouldBreak");
    change(from, &Command::AbolishPost { post: code("fresh") }, "WouldBreak");
    change(from, &Command::MergeUnits { from: code("g"), into: code("g2") }, "WouldBreak");
    // What only changed in that instant was there before.
    let renamed = &format!("unit old Village parent=t to={NOW}\nunit old Village parent=t from={NOW}");
    change(renamed, &dissolve("old", None), "UnitDissolved");
    let kept =
        decide(&world(renamed), at(NOW), &Actor::Operator, &dissolve("old", None), &[], &Loads::default()).unwrap();
    assert_eq!(kept.world.register().units.iter().filter(|u| u.code.as_str() == "old").count(), 1);
}

#[test]
fn what_is_served_lasts_as_long_as_who_serves_it() {
    let ends = "unit lone Village parent=t to=2030-01-01";
    change(ends, &new_unit("new", UnitKind::ServicePoint, Some("t"), Some("lone")), "WouldBreak");
    change(
        "unit lone Village parent=t",
        &new_unit("new", UnitKind::ServicePoint, Some("t"), Some("lone")),
        "UnitCreated",
    );
    // What is to serve it in the future would serve nothing.
    let later = "unit lone Village parent=t\nunit p Hall parent=t serves=lone from=2030-01-01";
    change(later, &dissolve("lone", None), "WouldBreak");
    change(
        "unit lone Village parent=t\nunit p Hall parent=t serves=lone",
        &dissolve("lone", Some("v")),
        "UnitDissolved",
    );
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
    let fresh = Fresh { id: RequestId::from_parts(at(NOW), [1; 10]), receipt: ReceiptHash([1; 16]) };
    let records = log(&world(more), at(NOW), &person("bob"), fresh, &command, &Loads::default()).unwrap();
    records.iter().fold(None, |request, record| evolve(request, at(NOW), &record.event).ok()).unwrap()
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
        register_evolve::evolve(&mut folded, at(NOW), &record.event).unwrap();
    }
    assert_eq!(folded, register(TOWN));
    assert_eq!(decision.world.version(), 1);
}
