//! What rests on something ends with it, whether a command or a date took it away; and no file brings what rests on
//! nothing.

use liandong_engine::rules::{
    actor::Actor,
    instant::{Instant, Span, Zone},
    register::{
        command::{Command, NewAbsence, NewDay, NewRoster, Rota},
        decide::{Decision, come, decide, load},
        refusal::{Code, Refusal},
    },
    roster::Slot,
    routing::Loads,
    world::{Register, World, ground},
};
use liandong_tests::fixtures;

use super::town::at;

const NOW: &str = "2026-11-24T09:00:00+08:00";

fn world(register: Register) -> World {
    World::build(register, 1, Zone::china()).unwrap()
}

fn ordered(world: &World, when: &str, who: &str, command: &Command) -> Result<Decision, Refusal> {
    let actor = if who == "operator" { Actor::Operator } else { Actor::Person(who.parse().unwrap()) };
    decide(world, at(when), &actor, command, &[], &Loads::default())
}

fn names(decision: &Decision) -> String {
    decision.records.iter().map(|record| record.event.name()).collect::<Vec<_>>().join(" ")
}

fn until(row: Span, day: &str) -> Span {
    Span { to: at(day), ..row }
}

/// The village ends on a day, and with it all that stands on it and below it.
fn ending(register: &mut Register, unit: &str, day: &str) {
    register.units.iter_mut().filter(|row| row.code.as_str() == unit).for_each(|row| row.span = until(row.span, day));
    let posts: Vec<_> = register.posts.iter().filter(|p| p.unit.as_str() == unit).map(|p| p.code.clone()).collect();
    for row in register.posts.iter_mut().filter(|row| posts.contains(&row.code)) {
        row.span = until(row.span, day);
    }
    for row in register.holdings.iter_mut().filter(|row| posts.contains(&row.post)) {
        row.span.to = row.span.to.min(at(day));
    }
}

fn village_that_ends(day: &str) -> Register {
    let mut register = fixtures::register("roster");
    for unit in ["H11", "H12", "H13", "H21", "H22", "H23", "G1", "G2", "V"] {
        ending(&mut register, unit, day);
    }
    register
}

#[test]
fn a_file_in_which_rows_outlast_what_they_rest_on_is_refused_with_the_row_and_the_mend() {
    let check = |register: &Register, expected: &[&str]| {
        let found: Vec<String> = ground::problems(register).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected);
        let loaded = load(&world(Register::default()), &Actor::Operator, register.clone(), 100);
        assert_eq!(loaded.err().map(|refusal| refusal.code), (!expected.is_empty()).then_some(Code::WouldBreak));
    };
    for name in fixtures::worlds() {
        check(&fixtures::register(&name), &[]);
    }
    let gone = village_that_ends("2026-12-01");
    check(
        &gone,
        &[
            "rosters.csv row 2 column to: roster `V-SP` goes on when its unit `V` does not exist any more; end it with the unit",
        ],
    );
    let mut register = fixtures::register("roster");
    for row in register.rosters.iter_mut().filter(|row| row.code.as_str() == "V-SP") {
        row.order.push(Slot(Some("P2".parse().unwrap())));
    }
    check(
        &register,
        &[
            "rosters.csv row 2 column order: `P2` holds no StandingCadre post on `V` while the roster does; name a holder, or give `holdings.csv` the row",
        ],
    );
    let mut register = super::town::register(&format!(
        "{}
         unit old Village parent=t to=2026-01-01
         post gone GroupLeader unit=g to=2026-01-01
         calendar cn
         keeps old cn
         mandate pipe post=gone
         person nemo
         absence a ann from=2026-10-01 to=2026-10-08 with=nemo",
        super::town::TOWN
    ));
    check(
        &register,
        &[
            "mandates.csv row 5 column to: the mandate goes on when its post `gone` does not exist any more; end it with the post",
            "unit_calendars.csv row 2 column to: calendar `cn` is kept when its unit `old` does not exist any more; end it with the unit",
            "absences.csv row 2 column substitute: `nemo` stands in and holds no post then; name somebody who does, or leave it empty",
        ],
    );
    register.absences.iter_mut().for_each(|row| row.substitute_until = Some(row.span.from));
    register.unit_calendars.clear();
    register.mandates.pop();
    check(&register, &[]);
}

#[test]
fn what_hangs_on_a_unit_ends_with_it_by_a_date_as_by_a_command() {
    let before = world(village_that_ends("2026-12-01"));
    assert!(come(&before, at("2026-11-30T23:59:59+08:00")).unwrap().is_none());
    let decision = come(&before, at("2026-12-01")).unwrap().unwrap();
    assert!(names(&decision).starts_with("RosterEnded"), "{}", names(&decision));
    assert!(decision.records.iter().all(|record| record.step.acted == Actor::System));
    assert!(come(&decision.world, at("2026-12-01")).unwrap().is_none(), "it ends once");
    // And nobody has to have authority at a place that is gone.
    let end = Command::EndRoster { roster: "V-SP".parse().unwrap(), from: None };
    for who in ["operator", "P8"] {
        let code = ordered(&decision.world, "2026-12-02", who, &end).err().map(|refusal| refusal.code);
        assert_eq!(code, Some(Code::NothingChanges), "{who}");
    }
}

#[test]
fn a_calendar_whose_keepers_are_gone_is_declared_by_who_keeps_the_register_above() {
    let rows = format!(
        "{}
         unit old Village parent=t to=2026-01-01
         unit elsewhere Town
         calendar cn
         keeps old cn",
        super::town::TOWN
    );
    let world = world(super::town::register(&rows));
    let day = NewDay {
        date: "2027-01-01".parse().unwrap(),
        name: "元旦".to_owned(),
        kind: liandong_engine::rules::calendar::Declared::Holiday,
        periods: Vec::new(),
    };
    let declare = Command::DeclareDays { calendar: "cn".parse().unwrap(), days: vec![day], published_to: None };
    let done = ordered(&world, NOW, "ann", &declare).unwrap();
    // What outlasted its unit ends with the first change after it.
    assert_eq!(names(&done), "DaysDeclared UnitCalendarEnded");
    assert_eq!(ordered(&world, NOW, "cy", &declare).err().map(|refused| refused.code), Some(Code::NotYourRegister));
}

#[test]
fn a_unit_merges_although_posts_and_holdings_of_it_were_to_begin_later() {
    let rows = format!(
        "{}
         unit later Group parent=v from=2027-01-01
         post soon StandingCadre unit=v from=2027-01-01
         holding soon eve from=2027-01-01
         mandate pipe post=cadre",
        super::town::TOWN
    );
    let world = world(super::town::register(&rows));
    let merge = Command::MergeUnits { from: "v".parse().unwrap(), into: "w".parse().unwrap() };
    let merged = ordered(&world, NOW, "operator", &merge).unwrap();
    assert_eq!(names(&merged), "UnitDissolved MandateChanged");
    let register = merged.world.register();
    assert!(!register.posts.iter().any(|post| post.code.as_str() == "soon"));
    assert!(!register.holdings.iter().any(|held| held.post.as_str() == "soon"));
    let later = register.units.iter().find(|unit| unit.code.as_str() == "later").unwrap();
    assert_eq!(later.parent.as_ref().map(|parent| parent.as_str()), Some("w"));
    let now = Instant(at(NOW).0 + 1);
    assert!(!register.mandates.iter().any(|mandate| {
        matches!(&mandate.to, liandong_engine::rules::matter::Mandated::Post(_)) && mandate.span.contains(now)
    }));
}

#[test]
fn a_rota_is_of_people_who_hold_such_a_post() {
    let world = world(fixtures::register("roster"));
    let row = world.register().rosters.iter().find(|row| row.code.as_str() == "V-SP").unwrap().clone();
    let rota = |people: &[&str]| Rota {
        name: "夜间".to_owned(),
        kind: row.kind,
        exclusive: false,
        on: row.on.clone(),
        hand_over: row.hand_over,
        hours: row.hours,
        turn: row.turn,
        week_begins: row.week_begins,
        width: 1,
        start: row.start,
        order: people.iter().map(|person| Slot(Some(person.parse().unwrap()))).collect(),
    };
    let set_up = |people: &[&str]| {
        let (code, unit, posts) = ("V-NIGHT".parse().unwrap(), row.unit.clone(), row.posts);
        let new = NewRoster { code, unit, posts, rota: rota(people), from: None };
        ordered(&world, NOW, "P8", &Command::SetUpRoster(new)).map(|done| names(&done)).map_err(|refused| refused.code)
    };
    assert_eq!(set_up(&["P9", "P10"]), Ok("RosterSetUp".to_owned()));
    assert_eq!(set_up(&["P9", "P2"]), Err(Code::DoesNotHold));
    let change = Command::ChangeRoster { roster: "V-SP".parse().unwrap(), rota: rota(&["P2"]), from: None };
    assert_eq!(ordered(&world, NOW, "P8", &change).err().map(|refused| refused.code), Some(Code::DoesNotHold));
}

#[test]
fn whoever_leaves_the_post_is_not_on_duty_and_nobody_is_kept_off_for_it() {
    let world = world(fixtures::register("roster"));
    let village = world.find_unit("V").unwrap();
    let posts = world.register().rosters.iter().find(|row| row.code.as_str() == "V-SP").unwrap().posts;
    let relieve = |world: &World, post: &str, person: &str| {
        let (post, person) = (post.parse().unwrap(), person.parse().unwrap());
        ordered(world, NOW, "P8", &Command::Relieve { post, person, successor: None }).unwrap().world
    };
    let then = at("2026-12-08T09:00:00+08:00");
    let before = world.on_duty(village, posts, then);
    assert_eq!((before.people.len(), before.gap, before.exclusive), (1, false, true));
    let left = relieve(&world, "V-SC3", "P10");
    let after = left.on_duty(village, posts, then);
    assert_eq!((after.people.len(), after.gap, after.exclusive), (0, true, false));
    let shown = left.duty_roster(village, posts, Span { from: then, to: then.plus_days(1) });
    assert!(shown.iter().all(|stint| stint.on_duty.gap), "the roster shown is the roster used");
    // Whoever holds another of these posts goes on being on duty.
    let still = relieve(&world, "V-SC2", "P9");
    assert_eq!(still.on_duty(village, posts, at(NOW)).people.len(), 1, "P9 is the substitute of V-SC3");
}

#[test]
fn a_substitute_who_leaves_the_last_post_stands_in_for_nobody() {
    let world = world(fixtures::register("roster"));
    let away = |named: &str| {
        Command::RecordAbsence(NewAbsence {
            person: "P9".parse().unwrap(),
            from: Some(at("2026-12-01")),
            to: at("2026-12-10"),
            reason: "学习".to_owned(),
            scope: liandong_engine::rules::absence::Scope::All,
            substitute: liandong_engine::rules::absence::Substitute::Person(named.parse().unwrap()),
        })
    };
    let recorded = ordered(&world, NOW, "P9", &away("P3")).unwrap().world;
    let relieve = Command::Relieve { post: "G2-LEAD".parse().unwrap(), person: "P3".parse().unwrap(), successor: None };
    let left = ordered(&recorded, NOW, "P8", &relieve).unwrap();
    assert_eq!(names(&left), "Relieved SubstituteLeft");
    assert_eq!(left.world.register().absences[0].substitute_until, Some(at(NOW)));
    // Who holds another post stands in as before.
    let recorded = ordered(&world, NOW, "P9", &away("P7")).unwrap().world;
    let relieve = Command::Relieve { post: "V-RC".parse().unwrap(), person: "P7".parse().unwrap(), successor: None };
    assert_eq!(names(&ordered(&recorded, NOW, "P8", &relieve).unwrap()), "Relieved");
}
