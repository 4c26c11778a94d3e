//! The invariants of DESIGN section 4, on random worlds with random commands and changes.

use std::{cell::RefCell, collections::BTreeSet};

use liandong_engine::rules::{
    actor::{Actor, Step},
    authority::{Act, is_out_of_office, may, roles_at, seen_territories},
    calendar::Allowance,
    id::{AssignmentNo, PersonCode, RequestId},
    instant::Instant,
    limit::{Colour, Limit, LimitKind},
    register,
    request::{
        Assignment, Duty, MAX_RETURNS, Request, Stage, StageKind,
        command::Command,
        decide::decide,
        event::{Event, Recorded},
        evolve::fold,
        hand_over::hand_over,
        refusal::Code,
        relation, running,
    },
    routing::{Account, Exclusions, Loads, Question, Recusal, SUPERVISOR, route, stand_in},
    world::{Register, World},
};
use liandong_tests::{
    fixtures::register,
    naive::Day,
    random::{
        config,
        plan::{day, plan},
        play::{Done, Move, Play, moves, quick_moves},
    },
};
use proptest::{prelude::*, test_runner::TestRunner};
use serde::{Serialize, de::DeserializeOwned};

/// How many lives each property is tried on. `PROPTEST_CASES` does not change it.
const LIVES: u32 = 300;

type Outcome = Result<(), TestCaseError>;

/// Plays random lives and shows each step to `check`: how it was before, what was done, how it is now.
fn each_step(check: impl Fn(&Play, &Done, &Play) -> Outcome) {
    each_step_of(LIVES, check);
}

/// The same for so many lives: for what seldom happens.
fn each_step_of(lives: u32, check: impl Fn(&Play, &Done, &Play) -> Outcome) {
    live_as_often(lives, |register, moves| {
        let mut play = Play::new(register.clone());
        for step in moves {
            let before = play.clone();
            let done = play.step(step);
            check(&before, &done, &play)?;
        }
        Ok(())
    });
}

/// Plays random lives to their end and shows how they ended.
fn each_end(check: impl Fn(&Register, &Play) -> Outcome) {
    live(|register, moves| {
        let mut play = Play::new(register.clone());
        for step in moves {
            play.step(step);
        }
        check(register, &play)
    });
}

fn live(check: impl Fn(&Register, &[Move]) -> Outcome) {
    live_as_often(LIVES, check);
}

/// A town that somebody built, where every rung answers, with time enough for whatever people do.
fn unhurried() -> Register {
    let mut town = register("story-limits");
    for rule in &mut town.limits {
        rule.allowance = Allowance::WorkingDays(40);
    }
    town
}

/// Mostly in towns that were drawn by chance; some in one that somebody built.
fn live_as_often(lives: u32, check: impl Fn(&Register, &[Move]) -> Outcome) {
    let lives_of_towns = prop_oneof![
        4 => (plan().prop_map(|plan| plan.register()), moves()),
        1 => (Just(unhurried()), quick_moves()),
    ];
    TestRunner::new(config(lives)).run(&lives_of_towns, |(register, moves)| check(&register, &moves)).unwrap();
}

/// What happened to requests in one step, with the request as it was before each record.
fn records<'a>(before: &'a Play, done: &'a Done, now: Instant) -> Vec<(RequestId, Option<Request>, &'a Recorded)> {
    let happened: Vec<(RequestId, &Vec<Recorded>)> = match done {
        Done::Request(id, records) => vec![(*id, records)],
        Done::Register(_, _, handed) | Done::Due(handed) | Done::Followed(handed) => {
            handed.iter().map(|(id, records)| (*id, records)).collect()
        }
        Done::Refused(_) | Done::Nothing => Vec::new(),
    };
    let mut seen = Vec::new();
    for (id, records) in happened {
        let mut request = before.requests.get(&id).cloned();
        for record in records {
            let after = fold(request.clone(), now, record).ok();
            seen.push((id, std::mem::replace(&mut request, after), record));
        }
    }
    seen
}

#[test]
fn every_open_request_has_exactly_one_handle_assignment_open() {
    each_step(|_, _, after| {
        for request in after.requests.values() {
            let open: Vec<(AssignmentNo, Duty)> =
                request.open().filter(|a| !a.is_aside()).map(|a| (a.no, a.duty)).collect();
            let expected = match &request.stage {
                Stage::Routed { handle }
                | Stage::InHand { handle }
                | Stage::Waiting { handle, .. }
                | Stage::Frozen { handle } => {
                    vec![(*handle, Duty::Handle)]
                }
                Stage::Resolved { relay, .. } => vec![(*relay, Duty::Relay)],
                Stage::Merged { .. } | Stage::Told { .. } | Stage::Closed { .. } => Vec::new(),
            };
            for aside in request.asides() {
                let lead = request.handle();
                prop_assert!(lead.is_some_and(|lead| lead.person != aside.person), "{:?} beside {:?}", aside, lead);
            }
            prop_assert_eq!(open, expected, "{:?}", request.stage);
        }
        Ok(())
    });
}

#[test]
fn whatever_was_merged_follows_a_request_that_somebody_is_to_handle() {
    each_step(|_, _, after| {
        for request in after.requests.values().filter(|r| matches!(r.stage, Stage::Merged { .. })) {
            let other = request.merged_into.and_then(|other| after.requests.get(&other));
            prop_assert!(other.is_some_and(|other| other.handle().is_some()), "{:?}", request.merged_into);
        }
        Ok(())
    });
}

#[test]
fn escalation_strictly_climbs() {
    each_step(|before, done, after| {
        for (_, request, record) in records(before, done, after.now) {
            let (Some(request), Some(opens)) = (request, record.event.opens()) else { continue };
            let was = |no: AssignmentNo| request.assignment(no).map_or(0, |a| a.rung);
            match &record.event {
                Event::Escalated { ends, .. } | Event::RejectionProposed { ends, .. } => {
                    prop_assert!(was(*ends) < opens.rung)
                }
                Event::SentBack { ends, .. } => prop_assert!(opens.rung < was(*ends)),
                Event::HandedOver { ends, .. } if opens.duty == Duty::Handle => prop_assert!(was(*ends) <= opens.rung),
                Event::Reopened { .. } => {
                    let resolver = request.stage.resolution().map_or(u8::MAX, |r| r.rung);
                    prop_assert!(resolver < opens.rung);
                }
                _ => {}
            }
        }
        Ok(())
    });
}

#[test]
fn escalation_terminates_wherever_a_life_has_got_to() {
    each_end(|_, play| {
        for request in play.requests.values() {
            let mut request = request.clone();
            let most = play.world.register().ladders.len() + 4;
            for climbed in 0.. {
                prop_assert!(climbed <= most, "climbed {} times", climbed);
                let Some(handle) = request.handle().cloned() else { break };
                let (holder, up) =
                    (Actor::Person(handle.person.clone()), Command::Escalate { reason: "试".to_owned() });
                match decide(&play.world, &request, play.now, &holder, &up, &Loads::default()) {
                    Ok(records) => {
                        for record in &records {
                            request = fold(Some(request), play.now, record).unwrap();
                        }
                        prop_assert!(handle.rung < request.handle().unwrap().rung);
                    }
                    Err(refusal) => {
                        let known =
                            [Code::NobodyAbove, Code::Ruled, Code::WrongStage, Code::NotAllowed, Code::UnknownRequest];
                        prop_assert!(known.contains(&refusal.code), "{:?}", refusal);
                        break;
                    }
                }
            }
        }
        Ok(())
    });
}

#[test]
fn a_post_that_let_a_request_go_does_not_get_it_again_in_the_same_climb() {
    each_step(|before, done, after| {
        for (_, request, record) in records(before, done, after.now) {
            let climbs = matches!(
                record.event,
                Event::Escalated { .. }
                    | Event::RejectionProposed { .. }
                    | Event::Transferred { .. }
                    | Event::HandedOver { .. }
            );
            if let (Some(request), Some(opens), true) = (request, record.event.opens(), climbs) {
                prop_assert!(
                    opens.duty != Duty::Handle || !request.climb.left.iter().any(|l| l.post == opens.post),
                    "{:?}",
                    record.event
                );
            }
        }
        Ok(())
    });
}

fn reads_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) -> Outcome {
    let text = serde_json::to_string(value).unwrap();
    prop_assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{}", text);
    Ok(())
}

#[test]
fn the_fold_of_the_journal_is_the_state() {
    each_end(|_, play| {
        for (id, request) in &play.requests {
            for _ in 0..2 {
                let journal = play.journal.iter().filter(|(of, ..)| of == id);
                let folded = journal.fold(None, |state, (_, at, record)| fold(state, *at, record).ok());
                prop_assert_eq!(folded.as_ref(), Some(request));
            }
        }
        Ok(())
    });
}

#[test]
fn the_fold_of_the_register_journal_is_the_register() {
    each_end(|first, play| {
        let mut folded = first.clone();
        for (at, record) in &play.changes {
            prop_assert_eq!(register::evolve::evolve(&mut folded, *at, &record.event), Ok(()));
        }
        // A world gives its units in the order of codes and dates.
        folded.units.sort_by(|a, b| (&a.code, a.span).cmp(&(&b.code, b.span)));
        let mut rows = play.world.register().clone();
        rows.units.sort_by(|a, b| (&a.code, a.span).cmp(&(&b.code, b.span)));
        prop_assert_eq!(&folded, &rows);
        Ok(())
    });
}

/// Whether a date that came ended what rested on nothing any more, before anything was ordered.
fn came(before: &Play, after: &Play) -> bool {
    let of_itself = |step: &Step| step.acted == Actor::System && step.by_order_of.is_none();
    after.changes.iter().skip(before.changes.len()).any(|(_, record)| of_itself(&record.step))
}

#[test]
fn every_change_of_the_register_makes_the_next_version() {
    each_step(|before, done, after| {
        let ordered = matches!(done, Done::Register(..));
        let next = before.world.version() + u64::from(ordered) + u64::from(came(before, after));
        prop_assert_eq!(after.world.version(), next);
        Ok(())
    });
}

#[test]
fn every_event_and_state_reads_back_from_json_as_itself() {
    each_end(|first, play| {
        play.journal.iter().try_for_each(|(_, _, record)| reads_back(record))?;
        play.changes.iter().try_for_each(|(_, record)| reads_back(record))?;
        play.requests.values().try_for_each(reads_back)?;
        reads_back(first)?;
        let rows = Box::new(first.clone());
        reads_back(&register::event::Event::RowsLoaded { rows })
    });
}

#[test]
fn a_refused_command_changes_nothing() {
    each_step(|before, done, after| {
        if let Done::Refused(_) | Done::Nothing = done {
            prop_assert_eq!(&before.requests, &after.requests);
            prop_assert_eq!(before.journal.len(), after.journal.len());
            if !came(before, after) {
                prop_assert_eq!(before.world.register(), after.world.register());
                prop_assert_eq!(before.world.version(), after.world.version());
            }
        }
        Ok(())
    });
}

#[test]
fn the_same_step_decides_the_same() {
    live(|register, moves| {
        let (mut one, mut other) = (Play::new(register.clone()), Play::new(register.clone()));
        for step in moves {
            prop_assert_eq!(format!("{:?}", one.step(step)), format!("{:?}", other.step(step)));
        }
        Ok(())
    });
}

#[test]
fn a_register_change_leaves_no_assignment_with_a_person_who_lost_its_post() {
    each_step(|before, done, after| {
        if let Done::Register(command, ..) = done {
            // Terms that end by themselves are not a change of the register: the ticker sees to those.
            let was = Day::of(before.world.register(), after.now);
            let is = Day::of(after.world.register(), after.now);
            for request in after.requests.values() {
                for open in request.open() {
                    let kept = before.requests.get(&request.id).and_then(|r| r.assignment(open.no)).is_some();
                    let held = !kept || was.holds(&open.person, &open.post);
                    let stands_in = is.stands_in(&open.person, &open.post, &request.matter);
                    let answers = is.holds(&open.person, &open.post) || stands_in;
                    prop_assert!(!held || answers, "{:?} left {:?}", command, open);
                }
            }
        }
        Ok(())
    });
}

#[test]
fn nobody_absent_holds_what_somebody_there_may_have() {
    each_step(|_, _, after| {
        let (world, now) = (&after.world, after.now);
        for request in after.requests.values() {
            let matter = world.find_matter(request.matter.as_str());
            let away = |person: &PersonCode| {
                world.find_person(person.as_str()).is_some_and(|p| world.absence(p, matter, now).is_some())
            };
            if request.open().any(|open| away(&open.person)) {
                let handed = hand_over(world, request, now, &Actor::Operator, None, &after.loads());
                prop_assert!(handed.is_err(), "{:?} of {:?} comes to {:?}", request.assignments, request.id, handed);
            }
        }
        Ok(())
    });
}

#[test]
fn whoever_is_back_has_again_what_was_given_to_others_meanwhile() {
    each_step(|before, done, after| {
        let Done::Register(register::command::Command::EndAbsence { absence }, ..) = done else { return Ok(()) };
        let row = before.world.register().absences.iter().find(|row| row.code == *absence).unwrap();
        let (world, now) = (&after.world, after.now);
        let back = world.find_person(row.person.as_str()).unwrap();
        for request in after.requests.values() {
            let matter = world.find_matter(request.matter.as_str());
            let accused: Vec<_> = request.accused.iter().filter_map(|p| world.find_person(p.as_str())).collect();
            for open in request.open().filter(|open| row.holds().contains(open.opened_at) && open.person != row.person)
            {
                let post = world.find_post(open.post.as_str()).unwrap();
                let answers = stand_in(world, post, matter, now, &Recusal::of(world, &accused, now));
                let was = world.absence(back, matter, open.opened_at).is_some();
                prop_assert!(!was || answers.is_ok_and(|a| a.person != back), "{:?} keeps {:?}", open.person, open);
            }
        }
        Ok(())
    });
}

/// Who was responsible, for every place and matter at some instants before now, with and without
/// somebody accused. Without the version, which is the world's and not the answer's.
fn past(world: &World, codes: &Register, now: Instant) -> Vec<(String, Account)> {
    let moments = [day(20), day(120), day(199), Instant(now.0 - 1)];
    let mut answers = Vec::new();
    // What began in this very instant has no past, and may yet turn out never to have been.
    for unit in codes.units.iter().filter(|u| u.span.from < now) {
        for matter in &codes.matters {
            let (Some(place), Some(ix)) =
                (world.find_unit(unit.code.as_str()), world.find_matter(matter.code.as_str()))
            else {
                answers.push((format!("{} is gone", unit.code), Account { found: None, passed: Vec::new(), world: 0 }));
                continue;
            };
            for at in moments {
                let somebody = codes.people.first().and_then(|p| world.find_person(p.code.as_str()));
                for accused in [None, somebody] {
                    let exclusions = Exclusions { accused: accused.into_iter().collect(), ..Exclusions::default() };
                    let route = route(world, &Question::new(place, ix, at), &exclusions, &Loads::default());
                    let question = format!("{} {} {at:?} {}", unit.code, matter.code, accused.is_some());
                    answers.push((question, Account { world: 0, ..Account::of(world, &route) }));
                }
            }
        }
    }
    answers
}

#[test]
fn answers_about_the_past_never_change() {
    each_step(|before, done, after| {
        if let Done::Register(command, ..) = done {
            let codes = before.world.register();
            let (was, is) = (past(&before.world, codes, after.now), past(&after.world, codes, after.now));
            prop_assert_eq!(was.len(), is.len());
            for (was, is) in was.iter().zip(&is) {
                prop_assert_eq!(was, is, "{:?}", command);
            }
        }
        Ok(())
    });
}

#[test]
fn nobody_accused_nor_below_nor_beside_gets_a_request_about_conduct() {
    each_step(|before, done, after| {
        for (_, request, record) in records(before, done, after.now) {
            let Some(opens) = record.event.opens() else { continue };
            let accused: &[PersonCode] = match (&record.event, &request) {
                (Event::RequestLogged(logged), _) => &logged.accused,
                (_, Some(request)) => &request.accused,
                (_, None) => &[],
            };
            let register = after.world.register();
            prop_assert!(!accused.contains(&opens.person), "{:?} is about {:?}", opens, accused);
            // Who resolved it may have come to stand below the accused since, and still carries the answer.
            let own = matches!(&record.event, Event::Resolved { ends, .. } if request.as_ref().and_then(|r| r.assignment(*ends)).is_some_and(|a| a.post == opens.post));
            let day = Day::of(register, after.now);
            let closed = day.closed_to(accused);
            let kept = closed.contains(&opens.post) || day.is_kept(accused, &closed, &opens.person);
            prop_assert!(own || !kept, "{:?} is below or beside {:?}", opens, accused);
        }
        Ok(())
    });
}

/// Whether somebody who has an open assignment must not: complained of, below or beside such a person, or
/// standing in for one.
fn is_recused(day: &Day<'_>, request: &Request, open: &Assignment) -> bool {
    let closed = day.closed_to(&request.accused);
    closed.contains(&open.post) || day.is_kept(&request.accused, &closed, &open.person)
}

#[test]
fn nobody_recused_holds_an_open_handle_assignment() {
    let met = RefCell::new(0);
    each_step(|before, _, after| {
        let was = Day::of(before.world.register(), after.now);
        let is = Day::of(after.world.register(), after.now);
        for request in after.requests.values().filter(|r| !r.accused.is_empty()) {
            for open in request.open().filter(|a| a.duty == Duty::Handle) {
                // A term that begins by itself is no command; whoever it puts above the holder, it did so
                // before this step.
                let earlier = before.requests.get(&request.id).filter(|r| r.assignment(open.no).is_some());
                let by_time = earlier.is_some_and(|r| is_recused(&was, r, open));
                prop_assert!(by_time || !is_recused(&is, request, open), "{:?} about {:?}", open, request.accused);
                *met.borrow_mut() += 1;
            }
        }
        Ok(())
    });
    assert!(met.into_inner() > 1_000, "the lives hold too few requests about conduct to show anything");
}

#[test]
fn whoever_comes_to_stand_above_the_holder_of_a_complaint_takes_nothing_with_them() {
    let taken = RefCell::new(0);
    each_step_of(3 * LIVES, |before, done, after| {
        if let Done::Register(_, _, hand_overs) = done {
            let was = Day::of(before.world.register(), after.now);
            let is = Day::of(after.world.register(), after.now);
            for (id, records) in hand_overs {
                let Some(request) = before.requests.get(id) else { continue };
                for record in records {
                    let Event::HandedOver { ends, opens } = &record.event else { continue };
                    let Some(open) = request.assignment(*ends) else { continue };
                    let came = !is_recused(&was, request, open) && is_recused(&is, request, open);
                    // Whoever left the post would have handed it over in any case.
                    let stays = is.holds(&open.person, &open.post);
                    *taken.borrow_mut() += usize::from(came && stays && opens.person != open.person);
                }
            }
        }
        Ok(())
    });
    assert!(taken.into_inner() > 0, "no life put the accused above the holder");
}

#[test]
fn nothing_that_was_in_the_register_vanishes_from_it() {
    each_step(|before, done, after| {
        if let Done::Register(command, ..) = done {
            let units =
                |play: &Play| play.world.register().units.iter().map(|u| u.code.clone()).collect::<BTreeSet<_>>();
            let posts =
                |play: &Play| play.world.register().posts.iter().map(|p| p.code.clone()).collect::<BTreeSet<_>>();
            prop_assert!(units(after).is_superset(&units(before)), "{:?}", command);
            prop_assert!(posts(after).is_superset(&posts(before)), "{:?}", command);
        }
        Ok(())
    });
}

#[test]
fn nobody_accused_sees_the_request_unless_they_logged_it() {
    each_step(|_, _, after| {
        for request in after.requests.values() {
            for accused in request.accused.iter().map(|p| Actor::Person(p.clone())) {
                let sees = relation::may_see(&after.world, request, &accused, after.now);
                let logged = request.logged_by == accused && !is_out_of_office(&after.world, &accused, after.now);
                prop_assert_eq!(sees, logged);
            }
        }
        Ok(())
    });
}

#[test]
fn whoever_holds_an_assignment_by_the_post_may_see_the_request() {
    each_step(|_, _, after| {
        let day = Day::of(after.world.register(), after.now);
        for request in after.requests.values() {
            let may_have = |open: &&Assignment| day.holds(&open.person, &open.post) && !is_recused(&day, request, open);
            for open in request.open().filter(may_have) {
                prop_assert!(relation::may_see(&after.world, request, &Actor::Person(open.person.clone()), after.now));
            }
        }
        Ok(())
    });
}

#[test]
fn the_numbers_of_assignments_are_consecutive() {
    each_step(|_, _, after| {
        for request in after.requests.values() {
            let numbers: Vec<u16> = request.assignments.iter().map(|a| a.no.0).collect();
            prop_assert_eq!(numbers, (1..).take(request.assignments.len()).collect::<Vec<u16>>());
        }
        Ok(())
    });
}

#[test]
fn a_request_is_never_returned_more_often_than_allowed() {
    each_step(|_, _, after| {
        for request in after.requests.values() {
            prop_assert!(request.returns <= MAX_RETURNS, "{} returns", request.returns);
            prop_assert!(request.returns < MAX_RETURNS || request.assignments.iter().any(|a| a.rung >= SUPERVISOR));
        }
        Ok(())
    });
}

#[test]
fn the_territories_somebody_sees_are_those_where_their_roles_may_see() {
    each_end(|_, play| {
        let (world, tree) = (&play.world, play.world.tree());
        for at in [day(20), day(120), play.now] {
            for person in world.people() {
                let seen = seen_territories(world, person, at);
                for unit in tree.all().filter(|u| tree.exists(*u, at)) {
                    let listed = seen.iter().any(|top| tree.is_within(unit, *top, at));
                    prop_assert_eq!(listed, may(roles_at(world, person, unit, at), Act::See), "{}", tree.code(unit));
                }
            }
        }
        Ok(())
    });
}

/// Every event that a request can have, and every one that the register can have but the loading of rows.
const EVENTS: [&str; 58] = [
    "MergedOn",
    "RosterEnded",
    "SubstituteLeft",
    "RequestLogged",
    "Accepted",
    "Escalated",
    "Transferred",
    "SentBack",
    "Frozen",
    "Ruled",
    "RejectionProposed",
    "CitizenAsked",
    "Resumed",
    "NoteAdded",
    "Resolved",
    "Relayed",
    "CitizenTold",
    "Rated",
    "Reopened",
    "Withdrawn",
    "HandedOver",
    "PlaceMoved",
    "PersonAdded",
    "Overdue",
    "LimitPassed",
    "Lapsed",
    "RelayTaken",
    "Reminded",
    "Supervised",
    "HelpCalled",
    "Delegated",
    "Responded",
    "Reported",
    "Recalled",
    "Released",
    "ExtensionAsked",
    "ExtensionGranted",
    "ExtensionRefused",
    "UnitCreated",
    "UnitRenamed",
    "UnitMoved",
    "UnitDissolved",
    "PostCreated",
    "PostAbolished",
    "Appointed",
    "Relieved",
    "MandateChanged",
    "LimitChanged",
    "Corrected",
    "PlaceCorrected",
    "CitizenCorrected",
    "Merged",
    "ResultShared",
    "Separated",
    "Recomputed",
    "DaysDeclared",
    "AbsenceRecorded",
    "AbsenceEnded",
];

#[test]
fn a_limit_takes_effect_once_and_never_before_its_time() {
    each_end(|_, play| {
        let mut known = BTreeSet::new();
        for (id, due, at) in &play.over {
            prop_assert!(due.at <= *at, "{:?} took effect at {:?}", due, at);
            prop_assert!(known.insert((*id, *due)), "{:?} took effect twice", due);
        }
        Ok(())
    });
}

#[test]
fn looks_notes_and_reminders_move_no_limit() {
    each_step(|before, done, _| {
        let Done::Request(id, records) = done else { return Ok(()) };
        if records.iter().all(|r| matches!(r.event, Event::NoteAdded { .. } | Event::Reminded { .. })) {
            let (was, mut is) = (before.requests.get(id).map(running), before.requests.get(id).cloned());
            for record in records {
                is = fold(is, before.now, record).ok();
            }
            prop_assert_eq!(was, is.as_ref().map(running));
        }
        Ok(())
    });
}

#[test]
fn an_overdue_assignment_stays_overdue_until_it_ends() {
    each_step(|before, done, after| {
        let happened = records(before, done, after.now);
        let more_time = |id: RequestId, no: AssignmentNo| {
            let granted = |event: &Event| matches!(event, Event::ExtensionGranted { no: to, .. } if *to == no);
            happened.iter().any(|(of, _, record)| *of == id && granted(&record.event))
        };
        for was in before.requests.values() {
            let Some(is) = after.requests.get(&was.id) else { continue };
            for a in was.open() {
                let Some(now) = is.assignment(a.no).filter(|now| now.ended.is_none()) else { continue };
                if a.finish_expired && !more_time(was.id, a.no) {
                    prop_assert!(now.finish_expired && now.finish == a.finish, "{:?} became {:?}", a, now);
                    prop_assert_eq!(now.colour(after.now), Some(Colour::Overdue));
                }
                if a.accept_expired && now.accepted_at.is_none() {
                    prop_assert!(now.accept_expired && now.accept == a.accept, "{:?} became {:?}", a, now);
                    prop_assert_eq!(now.colour(after.now), Some(Colour::Overdue));
                }
            }
        }
        // Nor does it change for whoever steps in on the post, or by another name of the matter.
        for (id, request, record) in &happened {
            let (ends, opens) = match &record.event {
                Event::HandedOver { ends, opens } | Event::Corrected { ends, opens, .. } => (*ends, opens),
                _ => continue,
            };
            let held = request.as_ref().and_then(|r| r.assignment(ends)).filter(|a| a.post == opens.post);
            let kept = held.filter(|a| matches!(record.event, Event::HandedOver { .. }) || a.person == opens.person);
            let is = after.requests.get(id).and_then(|r| r.assignment(opens.no));
            if let (Some(kept), Some(is)) = (kept, is)
                && kept.finish_expired
            {
                prop_assert!(is.finish_expired && is.finish == kept.finish, "{:?} became {:?}", kept, is);
            }
        }
        Ok(())
    });
}

#[test]
fn the_time_between_resolving_and_reopening_moves_no_card() {
    let reopened = RefCell::new(0);
    each_step(|before, done, after| {
        for (id, request, record) in records(before, done, after.now) {
            let (Some(was), Event::Reopened { .. }) = (request, &record.event) else { continue };
            let is = &after.requests[&id];
            let resolved = was.stage.resolution().unwrap().at;
            let over = running(is).into_iter().find(|due| due.at <= after.now);
            prop_assert!(over.is_none(), "{:?} is over as soon as it is reopened", over);
            prop_assert_eq!(&was.limits.marks, &is.limits.marks);
            let place = after.world.find_unit(is.place.as_str()).unwrap();
            let calendar = after.world.calendar(place, after.now);
            let limits = [
                (LimitKind::Committed, was.limits.committed, is.limits.committed),
                (LimitKind::Statutory, was.limits.statutory, is.limits.statutory),
            ];
            for (kind, was_until, is_until) in limits {
                let (Some(was_until), Some(is_until)) = (was_until, is_until) else {
                    prop_assert_eq!(was_until, is_until, "{}", kind);
                    continue;
                };
                if was.limits.passed.contains(&kind) {
                    prop_assert_eq!(was_until, is_until, "{} ran out before, and stays so", kind);
                    continue;
                }
                let worked = |from, until: Limit| calendar.working_between(from, until.due);
                let by_the_clock = was_until.due.0 - resolved.0 == is_until.due.0 - after.now.0;
                let in_working_time = worked(resolved, was_until) == worked(after.now, is_until);
                prop_assert!(by_the_clock || in_working_time, "{}: {:?} became {:?}", kind, was_until, is_until);
                *reopened.borrow_mut() += 1;
            }
        }
        Ok(())
    });
    assert!(reopened.into_inner() > 20, "too few cases with limits are reopened");
}

#[test]
fn whoever_asks_the_citizen_again_and_again_makes_no_time_and_comes_before_the_supervisor() {
    each_step(|before, done, after| {
        for (_, request, record) in records(before, done, after.now) {
            let (Some(was), Event::CitizenAsked { counts, .. }) = (request, &record.event) else { continue };
            prop_assert_eq!(*counts, was.was_asked());
            prop_assert!(!counts || was.returns + 1 < MAX_RETURNS, "asked after {} returns", was.returns);
        }
        Ok(())
    });
}

#[test]
fn every_limit_that_an_event_sets_adds_up() {
    each_end(|_, play| {
        for (_, at, record) in &play.journal {
            for (kind, reckoned) in record.event.limits() {
                let reckoning = &reckoned.reckoning;
                prop_assert!(reckoning.adds_up(), "{} {:?}", kind, reckoning);
                prop_assert_eq!(reckoning.due, Some(reckoned.limit.due));
                match &record.event {
                    // From when it began to run, and from when it would have ended.
                    Event::Recomputed { .. } => prop_assert!(reckoning.start <= *at),
                    Event::ExtensionGranted { .. } => prop_assert!(reckoning.start >= *at),
                    // Since it was given, or logged; and behind that what was granted once.
                    Event::Corrected { .. } | Event::PlaceCorrected { .. } | Event::Separated { .. } => {
                        prop_assert!(reckoned.limit.due > *at)
                    }
                    _ => prop_assert_eq!(reckoning.start, *at),
                }
                prop_assert!(reckoned.limit.soon <= reckoned.limit.due);
            }
        }
        Ok(())
    });
}

#[test]
fn random_lives_reach_every_stage_and_every_event() {
    let stages = RefCell::new(BTreeSet::new());
    let events = RefCell::new(BTreeSet::new());
    each_end(|_, play| {
        stages.borrow_mut().extend(play.requests.values().map(|r| r.stage.kind()));
        events.borrow_mut().extend(play.journal.iter().map(|(_, _, record)| record.event.name()));
        events.borrow_mut().extend(play.changes.iter().map(|(_, record)| record.event.name()));
        Ok(())
    });
    assert_eq!(
        stages.into_inner(),
        StageKind::ALL.iter().copied().collect(),
        "the properties see all of a request's life"
    );
    assert_eq!(events.into_inner(), BTreeSet::from(EVENTS), "and everything that can happen");
}
