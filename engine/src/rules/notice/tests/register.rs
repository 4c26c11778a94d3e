//! Who is told of a change of duty or an absence, and when: a village with duty by turns, from eight to eight.

use crate::rules::{
    absence::{Absence, Scope, Substitute},
    actor::Actor,
    instant::{Instant, Span, Zone},
    notice::{About, Notice, is_over, notices_of_register, register_may_tell},
    post::{Holding, Rank},
    register::{
        command::{Command, DutyCommand, NewAbsence, NewRoster, Rota},
        decide,
        duty::tests::{Play, at},
        event::Recorded,
    },
    roster::{Change, Scope as On},
    routing::Loads,
    world::World,
};

fn shown(notice: &Notice) -> String {
    let when: String = notice.deliver_at.rfc3339(&Zone::china()).chars().skip(8).take(8).collect();
    let about = match &notice.about {
        About::DutyChange(code) => code.as_str(),
        About::Absence(code) => code.as_str(),
        About::Roster(code) => code.as_str(),
        About::Post(code) => code.as_str(),
        About::Unit(code) => code.as_str(),
        About::Request { .. } => "a request",
    };
    format!("{} {} of {about}, {} {}", notice.person, notice.kind, notice.urgency, when.replace('T', " "))
}

fn told(before: &World, after: &World, at: Instant, recorded: &Recorded) -> Vec<Notice> {
    let told = notices_of_register(before, after, at, recorded);
    assert!(told.is_empty() || register_may_tell(&recorded.event), "{recorded:?}");
    told
}

/// All lines are done, and the last tells this.
#[track_caller]
fn check(away: &[(&str, &str)], lines: &[&str], expected: &[&str]) {
    let mut play = Play::new(away);
    let mut last = Vec::new();
    for line in lines {
        let before = play.world.clone();
        let recorded = play.ask(line).unwrap_or_else(|code| panic!("{line}: {code}"));
        let when = at(line.split(' ').next().unwrap_or_default());
        last = told(&before, &play.world, when, &recorded);
    }
    assert_eq!(last.iter().map(shown).collect::<Vec<_>>(), expected, "{lines:?}");
}

/// On the eve of the first shift, which is a's.
const EVE: &str = "2026-10-11T12:00";

#[test]
fn an_offer_goes_to_who_is_named_or_to_all_who_could_take_it() {
    let eve = |what: &str| format!("{EVE} {what}");
    let all = ["b", "c", "d"].map(|person| format!("{person} SwapOffered of DUTY-1, Prompt 11 12:00"));
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    check(&[], &[&eve("a offer 0")], &all);
    check(&[], &[&eve("a offer 0 d")], &["d SwapOffered of DUTY-1, Prompt 11 12:00"]);
    check(&[("b", "2026-10-12..2026-10-14")], &[&eve("a offer 0")], &all[1..]);
    check(&[("b", "2026-10-14..2026-10-15")], &[&eve("a offer 0")], &all);
    // Who was put on that shift beside a cannot take it.
    check(
        &[],
        &[&eve("r add b 0"), &eve("a offer 0")],
        &["c SwapOffered of DUTY-2, Prompt 11 12:00", "d SwapOffered of DUTY-2, Prompt 11 12:00"],
    );
}

#[test]
fn what_begins_today_or_tomorrow_is_told_at_once_and_the_rest_in_the_morning() {
    check(&[], &["2026-10-10T12:00 a offer 0 d"], &["d SwapOffered of DUTY-1, Digest 11 07:05"]);
    check(&[], &["2026-10-11T06:00 a offer 0 d"], &["d SwapOffered of DUTY-1, Digest 11 07:05"]);
    // The digest is about to come anyhow.
    check(&[], &["2026-10-11T07:00 a offer 0 d"], &["d SwapOffered of DUTY-1, Digest 11 07:05"]);
    check(&[], &["2026-10-11T07:05 a offer 0 d"], &["d SwapOffered of DUTY-1, Prompt 11 07:05"]);
    check(&[], &["2026-10-12T07:30 a offer 0 d"], &["d SwapOffered of DUTY-1, Prompt 12 07:30"]);
    check(&[], &["2026-10-12T12:00 b offer 1 d"], &["d SwapOffered of DUTY-1, Prompt 12 12:00"]);
    check(&[], &["2026-10-12T12:00 c offer 2 d"], &["d SwapOffered of DUTY-1, Digest 13 07:05"]);
    // The nearer one of two shifts that are swapped decides.
    check(
        &[],
        &["2026-10-11T12:00 c offer 2", "2026-10-11T13:00 a take 0"],
        &[
            "c SwapTaken of DUTY-1, Prompt 11 13:00",
            "b SwapGone of DUTY-1, Prompt 11 13:00",
            "d SwapGone of DUTY-1, Prompt 11 13:00",
        ],
    );
    // A stretch of time is felt with its first shift, and where somebody comes besides, at once.
    check(
        &[],
        &["2026-10-01T12:00 r cover a d 2026-10-01..2026-10-20"],
        &["a CoverArranged of DUTY-1, Digest 02 07:05", "d CoverArranged of DUTY-1, Digest 02 07:05"],
    );
    check(
        &[],
        &["2026-10-11T12:00 r cover a d 2026-10-01..2026-10-20"],
        &["a CoverArranged of DUTY-1, Prompt 11 12:00", "d CoverArranged of DUTY-1, Prompt 11 12:00"],
    );
    check(&[], &["2026-10-01T12:00 r add d 2026-10-01..2026-10-20"], &["d CoverArranged of DUTY-1, Prompt 01 12:00"]);
}

#[test]
fn who_offered_is_told_who_took_it_and_all_it_was_offered_to_that_it_is_gone() {
    let offer = "2026-10-10T12:00 a offer 0";
    let taken = "2026-10-11T12:00 b take";
    let gone = ["a SwapTaken", "c SwapGone", "d SwapGone"].map(|told| format!("{told} of DUTY-1, Prompt 11 12:00"));
    check(&[], &[offer, taken], &gone.iter().map(String::as_str).collect::<Vec<_>>());
    check(&[], &["2026-10-10T12:00 a offer 0 b", taken], &["a SwapTaken of DUTY-1, Prompt 11 12:00"]);
    let back = ["b", "c", "d"].map(|person| format!("{person} SwapTakenBack of DUTY-1, Prompt 11 12:00"));
    let back: Vec<&str> = back.iter().map(String::as_str).collect();
    check(&[], &[offer, "2026-10-11T12:00 a back"], &back);
    check(&[], &["2026-10-10T12:00 a offer 0 d", "2026-10-11T12:00 a back"], &back[2..]);
    // A superior takes it back: so it is news to who offered it as well.
    let by_superior = [&["a SwapTakenBack of DUTY-1, Prompt 11 12:00"], &back[..]].concat();
    check(&[], &[offer, "2026-10-11T12:00 r back"], &by_superior);
}

#[test]
fn whoever_goes_or_comes_by_somebody_else_s_doing_is_told() {
    check(&[], &["2026-10-12T12:00 d over a"], &["a DutyTakenOver of DUTY-1, Prompt 12 12:00"]);
    check(
        &[],
        &["2026-10-11T12:00 r cover a d 0"],
        &["a CoverArranged of DUTY-1, Prompt 11 12:00", "d CoverArranged of DUTY-1, Prompt 11 12:00"],
    );
    check(&[], &["2026-10-11T12:00 operator add d 0"], &["d CoverArranged of DUTY-1, Prompt 11 12:00"]);
    check(
        &[],
        &["2026-10-11T12:00 r add d 0", "2026-10-11T12:00 r remove a 0"],
        &["a CoverArranged of DUTY-2, Prompt 11 12:00"],
    );
}

#[test]
fn what_is_undone_is_told_to_everybody_whom_it_touched() {
    let swap = ["2026-10-10T12:00 a offer 0", "2026-10-10T13:00 b take"];
    let undone = |who: &str| format!("{who} DutyChangeUndone of DUTY-1, Prompt 11 12:00");
    check(&[], &[&swap[..], &["2026-10-11T12:00 a undo"]].concat(), &[&undone("b")]);
    check(&[], &[&swap[..], &["2026-10-11T12:00 b undo"]].concat(), &[&undone("a")]);
    check(&[], &[&swap[..], &["2026-10-11T12:00 r undo"]].concat(), &[&undone("a"), &undone("b")]);
    let cover = "2026-10-10T12:00 r cover a d 0";
    check(&[], &[cover, "2026-10-11T12:00 r undo"], &[&undone("a"), &undone("d")]);
    check(&[], &[cover, "2026-10-11T12:00 l undo"], &[&undone("a"), &undone("d"), &undone("r")]);
}

#[test]
fn an_offer_is_over_once_nobody_can_take_it() {
    let mut play = Play::new(&[]);
    let before = play.world.clone();
    let offered = play.ask("2026-10-10T12:00 a offer 0 d").unwrap();
    let notice = told(&before, &play.world, at("2026-10-10T12:00"), &offered).remove(0);
    let over = |play: &Play, when: &str| is_over(&play.world, at(when), &notice, &[]);
    assert!(!over(&play, "2026-10-12T07:59"));
    assert!(over(&play, "2026-10-12T08:00"), "the shift has begun");
    let open = play.clone();
    play.ask("2026-10-11T12:00 d take").unwrap();
    assert!(over(&play, "2026-10-11T12:00"));
    let mut play = open;
    play.ask("2026-10-11T12:00 a back").unwrap();
    assert!(over(&play, "2026-10-11T12:00"));
}

/// The village, where b is the substitute of a.
fn village() -> World {
    let mut rows = Play::new(&[]).world.register().clone();
    let (post, person) = ("post-a".parse().unwrap(), "b".parse().unwrap());
    rows.holdings.push(Holding { post, person, rank: Rank::Substitute, span: Span::ALWAYS });
    World::build(rows, 1, Zone::china()).unwrap()
}

fn does(world: &World, when: &str, who: &str, command: &Command) -> (World, Vec<Notice>) {
    let actor = Actor::Person(who.parse().unwrap());
    let decided = decide::decide(world, at(when), &actor, command, &[], &Loads::default()).unwrap();
    let told = decided.records.iter().flat_map(|recorded| told(world, &decided.world, at(when), recorded)).collect();
    (decided.world, told)
}

/// `who` records that a is away from then on, or from a later day, with somebody named or not; `ends` ends it.
#[track_caller]
fn away(who: &str, from: Option<&str>, named: Option<&str>, expected: &[&str], ends: (&str, &str), ended: &[&str]) {
    let new = NewAbsence {
        person: "a".parse().unwrap(),
        from: from.map(at),
        to: at("2026-10-20"),
        reason: "住院".to_owned(),
        scope: Scope::All,
        substitute: named.map_or(Substitute::ByPost, |named| Substitute::Person(named.parse().unwrap())),
    };
    let (world, told) = does(&village(), "2026-10-05T12:00", who, &Command::RecordAbsence(new));
    assert_eq!(told.iter().map(shown).collect::<Vec<_>>(), expected, "{who} {from:?} {named:?}");
    let stands_in = told.iter().find(|notice| notice.kind == super::NoticeKind::StandIn);
    let over = |world: &World, when: &str| stands_in.is_some_and(|notice| is_over(world, at(when), notice, &[]));
    assert!(!over(&world, "2026-10-19T23:59"));
    assert_eq!(over(&world, "2026-10-20"), stands_in.is_some());
    let row: &Absence = &world.register().absences[0];
    let (world, told) = does(&world, ends.0, ends.1, &Command::EndAbsence { absence: row.code.clone() });
    assert_eq!(told.iter().map(shown).collect::<Vec<_>>(), ended, "{who} {from:?} {named:?} {ends:?}");
    assert_eq!(over(&world, ends.0), stands_in.is_some());
}

#[test]
fn who_is_recorded_as_absent_and_who_stands_in_are_told_and_told_when_it_ends() {
    // By oneself: the substitute on the post, or who is named, even if that one holds another post.
    away(
        "a",
        None,
        None,
        &["b StandIn of ABS-1, Prompt 05 12:00"],
        ("2026-10-07T12:00", "a"),
        &["b AbsenceEnded of ABS-1, Prompt 07 12:00"],
    );
    away(
        "a",
        Some("2026-10-12"),
        Some("d"),
        &["d StandIn of ABS-1, Digest 06 07:05"],
        ("2026-10-11T12:00", "r"),
        &["a AbsenceEnded of ABS-1, Prompt 11 12:00", "d AbsenceEnded of ABS-1, Prompt 11 12:00"],
    );
    // By a superior: the absent person as well.
    away(
        "r",
        Some("2026-10-06T20:00"),
        Some("d"),
        &["a AbsenceRecorded of ABS-1, Prompt 05 12:00", "d StandIn of ABS-1, Prompt 05 12:00"],
        ("2026-10-05T13:00", "r"),
        &["a AbsenceEnded of ABS-1, Prompt 05 13:00", "d AbsenceEnded of ABS-1, Prompt 05 13:00"],
    );
    away(
        "r",
        Some("2026-10-08"),
        None,
        &["a AbsenceRecorded of ABS-1, Digest 06 07:05", "b StandIn of ABS-1, Digest 06 07:05"],
        ("2026-10-09T12:00", "a"),
        &["b AbsenceEnded of ABS-1, Prompt 09 12:00", "r AbsenceEnded of ABS-1, Prompt 09 12:00"],
    );
    // Who records it and stands in knows.
    away(
        "r",
        None,
        Some("r"),
        &["a AbsenceRecorded of ABS-1, Prompt 05 12:00"],
        ("2026-10-06T12:00", "r"),
        &["a AbsenceEnded of ABS-1, Prompt 06 12:00"],
    );
}

/// The leader does it, and that is told.
#[track_caller]
fn rota(world: &World, when: &str, command: &Command, expected: &[&str]) -> World {
    let (world, told) = does(world, when, "l", command);
    assert_eq!(told.iter().map(shown).collect::<Vec<_>>(), expected, "{when} {command:?}");
    world
}

#[test]
fn whoever_stands_in_a_rota_is_told_of_another_one_and_whoever_no_longer_does() {
    // The leader helps out in the village, so that they may stand in a rota of it.
    let mut rows = village().register().clone();
    let (post, person) = ("post-d".parse().unwrap(), "l".parse().unwrap());
    rows.holdings.push(Holding { post, person, rank: Rank::Substitute, span: Span::ALWAYS });
    let world = World::build(rows, 1, Zone::china()).unwrap();
    let roster = &world.register().rosters[0];
    let rota_of = |order: [&str; 2]| Rota {
        name: roster.name.clone(),
        kind: roster.kind,
        exclusive: roster.exclusive,
        on: roster.on.clone(),
        hand_over: roster.hand_over,
        hours: roster.hours,
        turn: roster.turn,
        week_begins: roster.week_begins,
        width: roster.width,
        start: roster.start,
        order: order.map(|person| person.parse().unwrap()).to_vec(),
    };
    let code = || roster.code.clone();
    let change =
        |order, from: Option<&str>| Command::ChangeRoster { roster: code(), rota: rota_of(order), from: from.map(at) };
    let lines = |people: &[&str], when: &str| -> Vec<String> {
        people.iter().map(|person| format!("{person} RosterChanged of duty, {when}")).collect()
    };
    let check = |world: &World, when: &str, command: &Command, people: &[&str], told_at: &str| {
        let expected = lines(people, told_at);
        rota(world, when, command, &expected.iter().map(String::as_str).collect::<Vec<_>>())
    };
    // Now, or from tomorrow on: at once; from a later day on: with the digest.
    check(&world, "2026-10-13T12:00", &change(["a", "d"], None), &["a", "b", "c", "d"], "Prompt 13 12:00");
    check(&world, "2026-10-13T12:00", &change(["b", "a"], Some("2026-10-14")), &["a", "b", "c"], "Prompt 13 12:00");
    let later = change(["d", "l"], Some("2026-11-01"));
    let changed = check(&world, "2026-10-13T12:00", &later, &["a", "b", "c", "d"], "Digest 14 07:05");
    // It ends: told to those of the stretches that would have held on, and to no others.
    let end = |from: &str| Command::EndRoster { roster: code(), from: Some(at(from)) };
    check(&changed, "2026-10-20T12:00", &end("2026-11-15"), &["d"], "Digest 21 07:05");
    check(&changed, "2026-10-20T12:00", &end("2026-10-21"), &["a", "b", "c", "d"], "Prompt 20 12:00");
    // Who was put there by a superior would come in vain, as long as there is something left to come for.
    let comes = DutyCommand::ArrangeCover {
        roster: code(),
        change: Change::Add { person: "d".parse().unwrap() },
        scope: On::Stretch(Span { from: at("2026-10-22"), to: at("2026-10-24") }),
        reason: "人手不够".to_owned(),
    };
    let (covered, _) = does(&world, "2026-10-20T12:00", "r", &Command::Duty(comes));
    let by_operator = |from: &str| {
        let decided =
            decide::decide(&covered, at("2026-10-20T12:00"), &Actor::Operator, &end(from), &[], &Loads::default());
        let decided = decided.unwrap();
        let told = told(&covered, &decided.world, at("2026-10-20T12:00"), &decided.records[0]);
        told.into_iter().map(|notice| notice.person.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(by_operator("2026-10-23"), ["a", "b", "c", "d"]);
    assert_eq!(by_operator("2026-10-24"), ["a", "b", "c"]);
    // A new one.
    let new = NewRoster {
        code: "night".parse().unwrap(),
        unit: roster.unit.clone(),
        posts: roster.posts,
        rota: rota_of(["d", "-"]),
        from: None,
    };
    rota(&world, "2026-10-13T12:00", &Command::SetUpRoster(new), &["d RosterChanged of night, Prompt 13 12:00"]);
}
