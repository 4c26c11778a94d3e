//! Who is on duty, on random worlds in which people swap, take over, cover and undo, and rosters change.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use liandong_engine::rules::{
    id::UnitCode,
    instant::{Instant, Span, Zone},
    post::PostKind,
    register::{
        event::{Event, Recorded},
        evolve::evolve,
    },
    roster::{Change, DutyChange, OnDuty, Stint},
    routing::{Account, Exclusions, Loads, Question, Verdict, route},
    world::{Register, World},
};
use liandong_tests::{
    naive::{Answer, Asked, Day},
    random::{
        config,
        plan::plan,
        play::{Done, Play, moves},
    },
};
use proptest::{prelude::*, test_runner::TestRunner};

/// How many lives a property is tried on, and how many where each step asks much.
const LIVES: u32 = 150;
const FEW: u32 = 50;

type Outcome = Result<(), TestCaseError>;

/// Plays random lives about duty alone and shows each step that changed the register.
fn each_change(lives: u32, check: impl Fn(&Play, &Event, &Play) -> Outcome) {
    let run = TestRunner::new(config(lives)).run(&(plan(), moves()), |(plan, moves)| {
        let mut play = Play::new(plan.register());
        for step in moves {
            let before = play.clone();
            if let Done::Register(_, records, _) = play.duty_step(&step) {
                records.iter().try_for_each(|record| check(&before, &record.event, &play))?;
            }
        }
        Ok(())
    });
    run.unwrap();
}

/// Where rosters ever decide.
fn places(world: &World) -> BTreeSet<(UnitCode, PostKind)> {
    world.register().rosters.iter().map(|row| (row.unit.clone(), row.posts)).collect()
}

fn on<'w>(world: &'w World, (unit, posts): &(UnitCode, PostKind), at: Instant) -> OnDuty<'w> {
    world.find_unit(unit.as_str()).map(|unit| world.on_duty(unit, *posts, at)).unwrap_or_default()
}

fn shown<'w>(world: &'w World, (unit, posts): &(UnitCode, PostKind), during: Span) -> Vec<Stint<'w>> {
    world.find_unit(unit.as_str()).map_or(Vec::new(), |unit| world.duty_roster(unit, *posts, during))
}

/// People with the place that each has, and what the answer says beside.
fn told(duty: &OnDuty<'_>) -> String {
    let people = duty.people.iter().map(|d| format!("{} {} {:?}", d.person, d.roster.code, d.shift));
    format!("{:?} {} {} {}", people.collect::<Vec<_>>(), duty.gap, duty.empty, duty.exclusive)
}

/// The next days, by instants at odd times.
fn instants(from: Instant) -> impl Iterator<Item = Instant> {
    (0..20).map(move |n| from.plus_minutes(n * 1_094))
}

fn changed_duty(event: &Event) -> bool {
    !matches!(
        event,
        Event::AbsenceRecorded { .. }
            | Event::AbsenceEnded { .. }
            | Event::SubstituteLeft { .. }
            | Event::MandateChanged { .. }
    )
}

#[test]
fn the_same_world_always_gives_the_same_one_person_in_each_place() {
    let seats = RefCell::new(BTreeMap::<usize, u32>::new());
    each_change(FEW, |_, event, after| {
        if !changed_duty(event) {
            return Ok(());
        }
        let mut rows: Register = after.world.register().clone();
        rows.duty_changes.reverse();
        rows.rosters.reverse();
        let again = World::build(rows, 1, Zone::china()).unwrap();
        for place in places(&after.world) {
            for at in instants(after.now) {
                let duty = on(&after.world, &place, at);
                prop_assert_eq!(told(&duty), told(&on(&again, &place, at)));
                for one in &duty.people {
                    let own: Vec<_> = duty.people.iter().filter(|d| d.roster.code == one.roster.code).collect();
                    let twice = own.iter().filter(|d| d.person == one.person).count();
                    prop_assert_eq!(twice, 1, "{} twice on {}", one.person, one.roster.code);
                    let ordered_in = duty.overrides.iter().filter(|o| matches!(o.change, Change::Add { .. })).count();
                    prop_assert!(own.len() <= usize::from(one.roster.width) + ordered_in, "{}", told(&duty));
                }
                prop_assert!(!(duty.gap && duty.people.is_empty() && duty.exclusive && !duty.empty));
                *seats.borrow_mut().entry(duty.people.len()).or_default() += 1;
            }
        }
        Ok(())
    });
    let seats = seats.into_inner();
    assert!((0..3).all(|n| seats.get(&n).is_some_and(|times| *times > 50)), "{seats:?}");
}

#[test]
fn the_roster_that_is_shown_is_the_roster_that_is_used() {
    let kept_off = RefCell::new(0);
    let by_change = RefCell::new(0);
    each_change(FEW, |_, event, after| {
        if !changed_duty(event) {
            return Ok(());
        }
        let (world, now) = (&after.world, after.now);
        let week = Span { from: now, to: now.plus_days(16) };
        let pages: BTreeMap<_, _> =
            places(world).into_iter().map(|place| (place.clone(), shown(world, &place, week))).collect();
        for (place, page) in &pages {
            for at in instants(now) {
                let used = on(world, place, at);
                match page.iter().find(|stint| stint.span.contains(at)) {
                    Some(stint) => prop_assert_eq!(&stint.on_duty, &used),
                    None => {
                        prop_assert!(used.people.is_empty() && !used.gap && !used.empty, "{:?} {}", place, told(&used))
                    }
                }
            }
        }
        // And routing goes by it: as reckoned naively from the rows, and nobody is kept off but by the page.
        let day = Day::of(world.register(), now);
        for unit in world.tree().all().filter(|unit| world.tree().exists(*unit, now)) {
            for matter in world.matters() {
                let found = route(world, &Question::new(unit, matter, now), &Exclusions::default(), &Loads::default());
                let (place, code) = (world.tree().code(unit).parse().unwrap(), world.matter_code(matter).unwrap());
                let answer = Answer::of(&Account::of(world, &found));
                prop_assert_eq!(&answer, &day.ask(&Asked::new(&place, code, now)), "{} {}", place, code);
                for passed in found.passed.iter().filter(|passed| passed.verdict == Verdict::OffDuty) {
                    let post = world.post(passed.post.unwrap()).unwrap();
                    let page = pages.get(&(post.unit.clone(), post.kind));
                    let stint = page.and_then(|page| page.iter().find(|stint| stint.span.contains(now)));
                    prop_assert!(stint.is_some_and(|stint| stint.on_duty.exclusive), "{:?} {:?}", post, stint);
                    *kept_off.borrow_mut() += 1;
                    *by_change.borrow_mut() += u32::from(stint.is_some_and(|s| !s.on_duty.overrides.is_empty()));
                }
            }
        }
        Ok(())
    });
    let (kept_off, by_change) = (kept_off.into_inner(), by_change.into_inner());
    assert!(kept_off > 200 && by_change > 20, "{kept_off} kept off, {by_change} where a change of duty acts");
}

#[test]
fn undoing_a_change_gives_the_roster_of_before_it() {
    let undone = RefCell::new([0_u32; 2]);
    each_change(LIVES, |before, event, after| {
        let Event::DutyChangeUndone { change, .. } = event else { return Ok(()) };
        let mut rows: Register = before.world.register().clone();
        rows.duty_changes.retain(|row: &DutyChange| row.code != *change);
        let never = World::build(rows, 1, Zone::china()).unwrap();
        for place in places(&after.world) {
            for at in instants(after.now) {
                prop_assert_eq!(told(&on(&after.world, &place, at)), told(&on(&never, &place, at)));
                let differed = told(&on(&before.world, &place, at)) != told(&on(&never, &place, at));
                undone.borrow_mut()[usize::from(differed)] += 1;
            }
        }
        Ok(())
    });
    let [same, differed] = undone.into_inner();
    assert!(same > 100 && differed > 50, "{same} {differed}");
}

#[test]
fn who_was_on_duty_is_never_answered_otherwise() {
    let seen = RefCell::new(0);
    each_change(LIVES, |before, event, after| {
        for place in places(&before.world).into_iter().filter(|_| changed_duty(event)) {
            let past = instants(after.now.plus_days(-16)).filter(|at| *at < after.now);
            for at in past.chain([Instant(after.now.0 - 1)]) {
                let was = told(&on(&before.world, &place, at));
                prop_assert_eq!(&was, &told(&on(&after.world, &place, at)), "{:?} {:?}", place, event);
                *seen.borrow_mut() += u32::from(!was.starts_with("[]"));
            }
        }
        Ok(())
    });
    assert!(seen.into_inner() > 1_000);
}

#[test]
fn a_change_of_duty_puts_nobody_on_duty_who_is_away_or_holds_no_post_and_leaves_no_gap() {
    let came = RefCell::new(0);
    each_change(LIVES, |before, event, after| {
        let (Event::SwapTaken { change: code, .. } | Event::DutyChangeUndone { change: code, .. }) = event else {
            return Ok(());
        };
        let row = after.world.duty_change(code).unwrap();
        let place = (after.world.rosters().roster_from(&row.roster, after.now).unwrap().unit.clone(), {
            after.world.rosters().roster_from(&row.roster, after.now).unwrap().posts
        });
        for at in instants(after.now) {
            let (was, is) = (on(&before.world, &place, at), on(&after.world, &place, at));
            prop_assert!(was.gap || !is.gap, "{:?} leaves a gap", row);
            for new in is.people.iter().filter(|d| d.by.is_some_and(|o| o.code == *code)) {
                let away = Span { from: at, to: Instant(at.0 + 1) };
                prop_assert!(!after.world.absences().absent_during(new.person, away), "{} is away", new.person);
                *came.borrow_mut() += 1;
            }
        }
        Ok(())
    });
    assert!(came.into_inner() > 20);
}

/// Everything that can happen to rosters and duty.
const EVENTS: [&str; 10] = [
    "CoverArranged",
    "DutyChangeExpired",
    "DutyChangeUndone",
    "DutyTakenOver",
    "RosterChanged",
    "RosterEnded",
    "RosterSetUp",
    "SwapOffered",
    "SwapTaken",
    "SwapTakenBack",
];

#[test]
fn all_that_can_happen_to_duty_happens_folds_to_the_register_and_reads_back() {
    let events = RefCell::new(BTreeSet::new());
    let run = TestRunner::new(config(LIVES)).run(&(plan(), moves()), |(plan, moves)| {
        let first = plan.register();
        let mut play = Play::new(first.clone());
        for step in moves {
            let before = play.world.clone();
            if !matches!(play.duty_step(&step), Done::Register(..)) {
                prop_assert_eq!(before.register(), play.world.register(), "a refused command changes nothing");
                prop_assert_eq!(before.version(), play.world.version());
            }
        }
        let mut folded = first;
        for (at, record) in &play.changes {
            prop_assert_eq!(evolve(&mut folded, *at, &record.event), Ok(()));
            let text = serde_json::to_string(record).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Recorded>(&text).unwrap(), record, "{}", text);
            if changed_duty(&record.event) {
                events.borrow_mut().insert(record.event.name());
            }
        }
        prop_assert_eq!(&folded.rosters, &play.world.register().rosters);
        prop_assert_eq!(&folded.duty_changes, &play.world.register().duty_changes);
        Ok(())
    });
    run.unwrap();
    assert_eq!(events.into_inner(), BTreeSet::from(EVENTS));
}
