//! The table of who is told what by a change of the register, held complete: a small scene for everything that can
//! happen to one.
//!
//! Each scene says who stands how to the change, and whom it tells. Whoever the table has told is told just that, and
//! nobody else; at the end every change has had a scene, and every tick of the table somebody who was told.

use std::collections::{BTreeMap, BTreeSet};

use liandong_engine::rules::{
    absence::{Scope, Substitute},
    actor::Actor,
    authority::reads_map,
    calendar::{Allowance, Declared, UnitCalendar},
    instant::{Instant, Zone},
    limit::LimitKind,
    matter::{Mandated, Power},
    notice::{About, Change, Concerned, Notice, Word, notices_of_register, register_may_tell, told_of_change},
    post::{Person, PostKind, Rank},
    register::{
        command::{Command, DutyCommand, LimitOf, NewAbsence, NewDay, NewPost, NewRoster, NewUnit, Rota},
        decide,
    },
    roster::{Change as On, Roster, Scope as During, Slot},
    routing::Loads,
    tier::UnitKind,
    world::{Register, World},
};
use liandong_tests::{fixtures, town, town::instant};

/// The day of the first line; each line after it comes a minute later.
const DAY: &str = "2026-11-24T09:00:00+08:00";

fn day(text: &str) -> Instant {
    instant(&format!("{text}T00:00:00+08:00")).unwrap()
}

fn rota(roster: &Roster, who: &str) -> Rota {
    Rota {
        name: roster.name.clone(),
        kind: roster.kind,
        exclusive: true,
        on: roster.on.clone(),
        hand_over: roster.hand_over,
        hours: roster.hours,
        turn: roster.turn,
        week_begins: roster.week_begins,
        width: 1,
        start: roster.start,
        order: vec![Slot(Some(who.parse().unwrap()))],
    }
}

fn asked(world: &World, what: &[&str]) -> Command {
    let say = || "如此".to_owned();
    let roster = || world.register().rosters.iter().find(|row| row.code.as_str() == "V-SP").unwrap();
    let shift = |no: &str| format!("2026-01-05#{no}").parse().unwrap();
    match *what {
        ["adds", code] => {
            Command::AddPerson(Person { code: code.parse().unwrap(), name: "某某".to_owned(), phone: String::new() })
        }
        ["creates", code, "in", parent] => Command::CreateUnit(NewUnit {
            code: code.parse().unwrap(),
            name: "某户".to_owned(),
            kind: UnitKind::Household,
            parent: Some(parent.parse().unwrap()),
            serves: None,
        }),
        ["renames", unit] => Command::RenameUnit { unit: unit.parse().unwrap(), name: "新名".to_owned() },
        ["moves", unit, "to", parent] => {
            Command::MoveUnit { unit: unit.parse().unwrap(), parent: parent.parse().unwrap() }
        }
        ["merges", from, "into", into] => {
            Command::MergeUnits { from: from.parse().unwrap(), into: into.parse().unwrap() }
        }
        ["opens", code, "on", unit] => Command::CreatePost(NewPost {
            code: code.parse().unwrap(),
            name: "新岗".to_owned(),
            kind: PostKind::StandingCadre,
            unit: unit.parse().unwrap(),
        }),
        ["abolishes", post] => Command::AbolishPost { post: post.parse().unwrap() },
        ["appoints", person, "to", post] => {
            Command::Appoint { post: post.parse().unwrap(), person: person.parse().unwrap(), rank: Rank::Substitute }
        }
        ["relieves", person, "of", post] => {
            Command::Relieve { post: post.parse().unwrap(), person: person.parse().unwrap(), successor: None }
        }
        ["empowers", kind] => Command::ChangeMandate {
            to: Mandated::Kind(PostKind::parse(kind).unwrap()),
            matter: "street-lamp".parse().unwrap(),
            power: Some(Power::Resolve),
        },
        ["limits", ladder] => Command::ChangeLimit {
            of: LimitOf { ladder: Some(ladder.parse().unwrap()), matter: None, rung: None, kind: LimitKind::Finish },
            allowance: Some(Allowance::WorkingDays(9)),
        },
        ["declares", date] => Command::DeclareDays {
            calendar: world.register().calendars[0].code.clone(),
            days: vec![NewDay {
                date: date.parse().unwrap(),
                name: "放假".to_owned(),
                kind: Declared::Holiday,
                periods: Vec::new(),
            }],
            published_to: None,
        },
        ["sends", "away", person, "from", from, "to", to] => Command::RecordAbsence(NewAbsence {
            person: person.parse().unwrap(),
            from: Some(day(from)),
            to: day(to),
            reason: say(),
            scope: Scope::All,
            substitute: Substitute::ByPost,
        }),
        ["sends", "away", person, "from", from, "to", to, "for", named] => Command::RecordAbsence(NewAbsence {
            person: person.parse().unwrap(),
            from: Some(day(from)),
            to: day(to),
            reason: say(),
            scope: Scope::All,
            substitute: Substitute::Person(named.parse().unwrap()),
        }),
        ["calls", "back", absence] => Command::EndAbsence { absence: absence.parse().unwrap() },
        ["sets", "up", code, "for", who] => Command::SetUpRoster(NewRoster {
            code: code.parse().unwrap(),
            unit: "V".parse().unwrap(),
            posts: PostKind::ResidentCadre,
            rota: rota(roster(), who),
            from: None,
        }),
        ["gives", code, "to", who] => {
            Command::ChangeRoster { roster: code.parse().unwrap(), rota: rota(roster(), who), from: None }
        }
        ["ends", code] => Command::EndRoster { roster: code.parse().unwrap(), from: None },
        ["offers", no] => Command::Duty(DutyCommand::OfferSwap {
            roster: roster().code.clone(),
            shift: shift(no),
            to: None,
            reason: say(),
        }),
        ["takes", change] => Command::Duty(DutyCommand::TakeSwap { change: change.parse().unwrap(), against: None }),
        ["takes", "back", change] => Command::Duty(DutyCommand::TakeBackSwap { change: change.parse().unwrap() }),
        ["takes", "over", "from", out] => Command::Duty(DutyCommand::TakeOver {
            roster: roster().code.clone(),
            out: out.parse().unwrap(),
            reason: say(),
        }),
        ["puts", person, "for", out, "on", no] => Command::Duty(DutyCommand::ArrangeCover {
            roster: roster().code.clone(),
            change: On::Replace { out: out.parse().unwrap(), person: person.parse().unwrap() },
            scope: During::Shift(shift(no)),
            reason: say(),
        }),
        ["undoes", change] => Command::Duty(DutyCommand::Undo { change: change.parse().unwrap() }),
        ref other => panic!("{other:?}"),
    }
}

fn shown(notice: &Notice) -> String {
    let about = match &notice.about {
        About::DutyChange(code) => code.as_str(),
        About::Absence(code) => code.as_str(),
        About::Roster(code) => code.as_str(),
        About::Post(code) => code.as_str(),
        About::Unit(code) => code.as_str(),
        About::Request { .. } => "a request",
    };
    format!("{} {} {about}", notice.person, notice.kind)
}

/// Plays a scene, and says which ticks of the table it shows.
#[track_caller]
fn check(change: Change, lines: &str, stand: &str, expected: &str) -> BTreeSet<(Change, Concerned)> {
    let mut rows = fixtures::register("roster");
    let keeps = UnitCalendar { unit: "H11".parse().unwrap(), ..rows.unit_calendars[0].clone() };
    rows.unit_calendars.push(keeps);
    let mut world = World::build(rows, 1, Zone::china()).unwrap();
    let mut now = instant(DAY).unwrap();
    let mut last = None;
    for line in lines.split("; ") {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (who, what) = words.split_first().unwrap();
        let actor = if *who == "operator" { Actor::Operator } else { town::person(who).unwrap() };
        let decided = decide::decide(&world, now, &actor, &asked(&world, what), &[], &Loads::default());
        let decision = decided.unwrap_or_else(|refusal| panic!("{line}: {refusal:?}"));
        let mut told = Vec::new();
        // What else comes of a command has a scene of its own.
        for recorded in decision.records.iter().filter(|recorded| Change::of(&recorded.event) == change) {
            let of_it = notices_of_register(&world, &decision.world, now, recorded);
            assert!(of_it.is_empty() || register_may_tell(&recorded.event), "{line}");
            told.extend(of_it);
        }
        let happened = decision.records.iter().any(|recorded| Change::of(&recorded.event) == change);
        last = Some((happened, actor, told));
        world = decision.world;
        now = now.plus_minutes(1);
    }
    let (happened, actor, told) = last.unwrap();
    assert!(happened, "{change} does not happen by `{lines}`");
    let found: Vec<String> = told.iter().map(shown).collect();
    let sorted = |text: &str| text.split(", ").filter(|t| !t.is_empty()).map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), sorted(expected), "{change} by `{lines}`");
    assert_eq!(found.len(), sorted(expected).len(), "{change} by `{lines}` says something twice: {found:?}");
    let mut ticks = BTreeSet::new();
    let mut may_be_told: BTreeMap<&str, BTreeSet<_>> = BTreeMap::new();
    for pair in stand.split_whitespace() {
        let (concerned, person) = pair.split_once('=').unwrap();
        let concerned = Concerned::parse(concerned).unwrap();
        let Word::Told(kind) = told_of_change(change, concerned) else { continue };
        may_be_told.entry(person).or_default().insert(kind);
        let works = world.find_person(person).is_some_and(|ix| reads_map(&world, ix, now));
        if works && actor.person().is_none_or(|who| who.as_str() != person) {
            assert!(told.iter().any(|n| n.person.as_str() == person && n.kind == kind), "{change}: {pair} is not told");
            ticks.insert((change, concerned));
        }
    }
    for notice in &told {
        let known = may_be_told.get(notice.person.as_str()).is_some_and(|kinds| kinds.contains(&notice.kind));
        assert!(known, "{change} by `{lines}`: the table does not have {}", shown(notice));
    }
    ticks
}

/// The scenes, each with its lines, who stands how to it, and who is told what.
fn scenes() -> Vec<(Change, String, String, String)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/notices/changes.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut scenes = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let [change, lines, stand, expected] = columns[..] else { panic!("{line}") };
        let change = Change::parse(change).unwrap_or_else(|| panic!("{line}"));
        scenes.push((change, lines.to_owned(), stand.to_owned(), expected.to_owned()));
    }
    scenes
}

#[test]
fn everybody_whom_a_change_of_the_register_touches_is_told_as_the_table_says() {
    let mut played = BTreeSet::new();
    let mut ticks = BTreeSet::new();
    let mut wrong = Vec::new();
    for (change, lines, stand, expected) in scenes() {
        played.insert(change);
        match std::panic::catch_unwind(|| check(change, &lines, &stand, &expected)) {
            Ok(shown) => ticks.extend(shown),
            Err(panic) => {
                let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                wrong.push(format!("{change} by `{lines}`: {said}"));
            }
        }
    }
    let empty = World::build(Register::default(), 1, Zone::china()).unwrap();
    let loaded = decide::load(&empty, &Actor::Operator, fixtures::register("roster"), 500).unwrap();
    for recorded in &loaded.records {
        played.insert(Change::of(&recorded.event));
        assert_eq!(notices_of_register(&empty, &loaded.world, instant(DAY).unwrap(), recorded), []);
    }
    let unplayed = Change::ALL.iter().filter(|change| !played.contains(change));
    wrong.extend(unplayed.map(|change| format!("no scene plays {change}; write one")));
    let cells = Change::ALL.iter().flat_map(|change| Concerned::ALL.iter().map(move |one| (*change, *one)));
    let ticked = cells.filter(|(change, one)| matches!(told_of_change(*change, *one), Word::Told(_)));
    let missing = ticked.filter(|cell| !ticks.contains(cell));
    wrong
        .extend(missing.map(|(change, one)| format!("no scene tells {one} of {change}; write one, or mend the table")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
