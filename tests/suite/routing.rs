//! `route` and the naive reckoning of `liandong_tests::naive` give the same answer to every question.

use std::collections::{BTreeSet, HashMap};

use liandong_engine::rules::{
    id::{PersonCode, PostCode},
    instant::{Instant, Zone},
    routing::{Account, Exclusions, Loads, Question, Route, route},
    tier::{Tier, UnitKind},
    tree::UnitIx,
    world::{MatterIx, Register, World},
};
use liandong_tests::{
    fixtures::{self, worlds},
    naive::{Answer, Asked, Day, Neighbours},
    random::{
        config, pick,
        plan::{day, plan},
        play::{Play, moves},
    },
};
use proptest::{prelude::*, test_runner::TestRunner};

fn instant(text: &str) -> Instant {
    Instant::parse(text, &Zone::china()).unwrap()
}

/// The present of the fixtures, then days of the past: before anybody was appointed, on the very
/// day of a change of posts, and the last second before another.
fn days() -> [Instant; 4] {
    ["2026-10-01", "2010-01-01", "2015-03-01", "2021-01-14T23:59:59+08:00"].map(instant)
}

fn now() -> Instant {
    instant("2026-10-01")
}

fn world(register: &Register) -> World {
    World::build(register.clone(), 1, Zone::china()).unwrap()
}

fn fresh(world: &World, question: &Question) -> Route {
    route(world, question, &Exclusions::default(), &Loads::default())
}

fn households(world: &World, at: Instant) -> Vec<UnitIx> {
    let tree = world.tree();
    tree.all().filter(|u| tree.tier(*u) == Some(Tier::Household) && tree.exists(*u, at)).collect()
}

/// Whether the engine's route is the naive answer: what the household's own posts say, then what its
/// parent's answer says.
fn same(world: &World, route: &Route, own: &[Passed], answer: &Answer) -> bool {
    let found = match (&route.found, &answer.found) {
        (Some(f), Some((rung, post, person, rank))) => {
            f.rung == *rung
                && f.rank == *rank
                && world.post_code(f.post) == Some(post)
                && world.person_code(f.person) == Some(person)
        }
        (found, naive) => found.is_none() && naive.is_none(),
    };
    let mut passed = own.iter().chain(&answer.passed);
    found
        && route.passed.len() == own.len() + answer.passed.len()
        && route.passed.iter().all(|p| {
            passed.next().is_some_and(|(rung, post, kind, why)| {
                p.rung == *rung
                    && p.kind == *kind
                    && p.verdict == *why
                    && p.post.and_then(|ix| world.post_code(ix)) == post.as_ref()
            })
        })
}

type Passed = (u8, Option<PostCode>, liandong_engine::rules::post::PostKind, liandong_engine::rules::routing::Verdict);

/// Every household with every matter; gives how many questions that was.
fn compare_all(register: &Register, at: Instant) -> usize {
    let world = world(register);
    let day = Day::of(register, at);
    let households = households(&world, at);
    let codes: Vec<_> = households.iter().map(|h| world.tree().code(*h).parse().unwrap()).collect();
    for matter in world.matters() {
        let code = world.matter_code(matter).unwrap();
        let mut neighbours = Neighbours::new(&day, &codes[0], code, at);
        for (household, place) in households.iter().zip(&codes) {
            let route = fresh(&world, &Question::new(*household, matter, at));
            let (own, answer) = neighbours.ask(place);
            let agrees = match answer {
                Some(answer) => same(&world, &route, &own, answer),
                None => same(&world, &route, &[], &day.ask(&Asked::new(place, code, at))),
            };
            // The message is made only when it is needed: there are millions of these.
            if !agrees {
                assert_eq!(
                    Answer::of(&Account::of(&world, &route)),
                    day.ask(&Asked::new(place, code, at)),
                    "{place} {code}"
                );
                panic!("{place} {code}: the shared reckoning of {own:?} and its parent differs from the full one");
            }
        }
    }
    households.len() * world.matters().count()
}

#[test]
fn every_household_and_matter_of_every_world_is_answered_alike() {
    for name in worlds() {
        let register = fixtures::register(&name);
        let asked: Vec<usize> = std::thread::scope(|scope| {
            let runs = days().map(|at| {
                scope.spawn({
                    let register = &register;
                    move || compare_all(register, at)
                })
            });
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert!(asked.iter().all(|n| *n > 0), "{name} has households on every one of the days");
    }
}

/// One household of each parent; all of them where the parents are few.
fn samples(world: &World, at: Instant) -> Vec<UnitIx> {
    let all = households(world, at);
    if all.len() < 50 {
        return all;
    }
    let mut parents = BTreeSet::new();
    all.into_iter().filter(|h| parents.insert(world.tree().parent(*h, at))).collect()
}

#[test]
fn from_every_entry_tier_and_rung_the_answer_is_alike() {
    for name in worlds() {
        let register = fixtures::register(&name);
        let (world, at) = (world(&register), now());
        let day = Day::of(&register, at);
        let entries: Vec<_> = Tier::ALL
            .iter()
            .map(|tier| (Some(*tier), 0))
            .chain([1, 4, 8, 200, 201, 204].map(|from| (None, from)))
            .collect();
        // In the town a third of them each time, another third in the next household: they all meet every matter.
        let parts = if register.units.len() > 100 { 3 } else { 1 };
        for (i, (place, matter)) in questions(&world, at).enumerate() {
            let asked = asked(&world, place, matter, at);
            for (entry, from) in entries.iter().copied().skip((i + i / world.matters().count()) % parts).step_by(parts)
            {
                let question = Question { entry, from, ..Question::new(place, matter, at) };
                let answer = Answer::of(&Account::of(&world, &fresh(&world, &question)));
                let asked = Asked { entry, from, ..asked.clone() };
                assert_eq!(answer, day.ask(&asked), "{name} {asked:?}");
            }
        }
    }
}

/// Sampled households with every matter.
fn questions(world: &World, at: Instant) -> impl Iterator<Item = (UnitIx, MatterIx)> {
    let matters: Vec<MatterIx> = world.matters().collect();
    samples(world, at).into_iter().flat_map(move |place| matters.clone().into_iter().map(move |m| (place, m)))
}

fn asked(world: &World, place: UnitIx, matter: MatterIx, at: Instant) -> Asked {
    Asked::new(&world.tree().code(place).parse().unwrap(), world.matter_code(matter).unwrap(), at)
}

#[test]
fn a_functional_unit_as_the_place_is_answered_alike() {
    for name in worlds() {
        let register = fixtures::register(&name);
        let (world, at) = (world(&register), now());
        let day = Day::of(&register, at);
        let functional = world.tree().all().filter(|u| world.tree().kind(*u).is_some_and(UnitKind::is_functional));
        for place in functional.step_by(5) {
            for matter in world.matters() {
                let answer = Answer::of(&Account::of(&world, &fresh(&world, &Question::new(place, matter, at))));
                assert_eq!(answer, day.ask(&asked(&world, place, matter, at)), "{name}");
            }
        }
    }
}

/// Numbers that are turned into a question about a world: which place, matter and day, who is
/// accused, which posts are passed over, who is busy.
type Dice = ((u16, u16, u8, u8), Vec<u16>, Vec<u8>, Vec<u8>, Vec<(u16, u8)>);

fn dice() -> impl Strategy<Value = Dice> {
    (
        any::<(u16, u16, u8, u8)>(),
        prop::collection::vec(any::<u16>(), 0..3),
        prop::collection::vec(any::<u8>(), 0..6),
        prop::collection::vec(any::<u8>(), 0..3),
        prop::collection::vec(any::<(u16, u8)>(), 0..6),
    )
}

/// People and posts above a place: those whom an exclusion can change the answer for.
fn around(world: &World, place: UnitIx, at: Instant) -> (Vec<PostCode>, Vec<PersonCode>) {
    let posts: Vec<_> =
        world.tree().upward(place, at).flat_map(|t| world.all_desks(t, at)).map(|(post, _)| post).collect();
    let people = posts.iter().flat_map(|p| world.holders(*p, at)).filter_map(|h| world.person_code(h.person)).cloned();
    (posts.iter().filter_map(|p| world.post_code(*p)).cloned().collect(), people.collect())
}

fn compare_excluded(name: &str, world: &World, days: &[Day<'_>], dice: &Dice) -> Result<(), TestCaseError> {
    let ((place, matter, day, from), accused, held, overruled, busy) = dice;
    let at = self::days()[usize::from(*day) % 4];
    let place = pick(&households(world, at), *place);
    let matter = pick(&world.matters().collect::<Vec<_>>(), *matter);
    let (posts, people) = around(world, place, at);
    if posts.is_empty() || people.is_empty() {
        return Ok(());
    }
    // Now and then anybody at all; mostly somebody above the place.
    let anybody = || world.people().filter_map(|p| world.person_code(p)).cloned().collect::<Vec<_>>();
    let person = |n: &u16| if n.is_multiple_of(8) { pick(&anybody(), *n) } else { pick(&people, *n) };
    let asked = Asked {
        from: if *from % 3 == 0 { *from } else { 0 },
        accused: accused.iter().map(person).collect(),
        held: held.iter().map(|n| pick(&posts, *n)).collect(),
        people: held.iter().skip(2).map(|n| pick(&people, *n)).collect(),
        overruled: overruled.iter().map(|n| pick(&posts, *n)).collect(),
        loads: busy.iter().map(|(who, much)| (pick(&people, *who), u32::from(*much))).collect(),
        ..asked(world, place, matter, at)
    };
    let ix = |posts: &[PostCode]| posts.iter().filter_map(|p| world.find_post(p.as_str())).collect();
    let exclusions = Exclusions {
        accused: asked.accused.iter().filter_map(|p| world.find_person(p.as_str())).collect(),
        held: ix(&asked.held),
        people: asked.people.iter().filter_map(|p| world.find_person(p.as_str())).collect(),
        overruled: ix(&asked.overruled),
    };
    let question = Question { from: asked.from, ..Question::new(place, matter, at) };
    let route = route(world, &question, &exclusions, &Loads(asked.loads.clone()));
    prop_assert_eq!(
        Answer::of(&Account::of(world, &route)),
        days[usize::from(*day) % 4].ask(&asked),
        "{} {:?}",
        name,
        asked
    );
    Ok(())
}

#[test]
fn whoever_is_accused_or_had_it_or_is_passed_over_is_passed_alike() {
    for name in worlds() {
        let register = fixtures::register(&name);
        let world = world(&register);
        let days = days().map(|at| Day::of(&register, at));
        let mut runner = TestRunner::new(config(300));
        runner.run(&dice(), |dice| compare_excluded(&name, &world, &days, &dice)).unwrap();
    }
}

/// Every place and matter of a random world that has lived for a while, now and at days of its past.
fn compare_lived(play: &Play) -> Result<(), TestCaseError> {
    let world = &play.world;
    let register = world.register();
    for at in [day(60), day(130), day(199), day(212), play.now] {
        let day = Day::of(register, at);
        for place in world.tree().all() {
            for matter in world.matters() {
                for accused in [None, world.people().next()] {
                    let exclusions = Exclusions { accused: accused.into_iter().collect(), ..Exclusions::default() };
                    let route = route(world, &Question::new(place, matter, at), &exclusions, &Loads::default());
                    let accused = accused.and_then(|p| world.person_code(p)).cloned().into_iter().collect();
                    let asked = Asked { accused, ..asked(world, place, matter, at) };
                    prop_assert_eq!(
                        Answer::of(&Account::of(world, &route)),
                        day.ask(&asked),
                        "{:?} at {:?}",
                        asked,
                        at
                    );
                }
            }
        }
    }
    Ok(())
}

#[test]
fn random_worlds_with_a_history_are_answered_alike() {
    let mut runner = TestRunner::new(config(150));
    runner
        .run(&(plan(), moves()), |(plan, moves)| {
            let mut play = Play::new(plan.register());
            compare_lived(&play)?;
            for step in &moves {
                play.step(step);
            }
            compare_lived(&play)
        })
        .unwrap();
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    for name in worlds() {
        let register = fixtures::register(&name);
        let mut turned = register.clone();
        turned.units.reverse();
        turned.people.reverse();
        turned.posts.reverse();
        turned.holdings.reverse();
        turned.matters.reverse();
        turned.mandates.reverse();
        turned.ladders.reverse();
        let (first, second) = (world(&register), world(&turned));
        for (place, matter) in questions(&first, now()) {
            let answer = |world: &World| Account::of(world, &fresh(world, &Question::new(place, matter, now())));
            assert_eq!(answer(&first), answer(&second), "{name}");
            assert_eq!(answer(&first), answer(&first), "{name}");
        }
    }
}

#[test]
fn a_climb_from_any_household_strictly_climbs_and_ends() {
    for name in worlds() {
        let register = fixtures::register(&name);
        let (world, at) = (world(&register), now());
        for (place, matter) in questions(&world, at) {
            let mut exclusions = Exclusions::default();
            let mut question = Question::new(place, matter, at);
            let mut rungs: Vec<u8> = Vec::new();
            while let Some(found) = route(&world, &question, &exclusions, &Loads::default()).found {
                assert!(rungs.last().is_none_or(|last| *last < found.rung), "{name}: {rungs:?} then {}", found.rung);
                rungs.push(found.rung);
                exclusions.held.push(found.post);
                question.from = found.rung + 1;
            }
            assert!(!rungs.is_empty() && rungs.len() <= world.rungs(matter, at).count() + 4, "{name}: {rungs:?}");
        }
    }
}

#[test]
fn among_equals_the_least_busy_gets_it() {
    let register = fixtures::register("lugong");
    let (world, at) = (world(&register), now());
    let mut differed = 0;
    for (place, matter) in questions(&world, at).step_by(7) {
        let question = Question::new(place, matter, at);
        let Some(first) = fresh(&world, &question).found else { continue };
        let busy = HashMap::from([(world.person_code(first.person).unwrap().clone(), 9)]);
        let second = route(&world, &question, &Exclusions::default(), &Loads(busy)).found.unwrap();
        assert_eq!((second.rung, second.rank), (first.rung, first.rank), "load decides only between equals");
        differed += usize::from(second.post != first.post);
    }
    assert!(differed > 0, "somewhere in the town several posts share a rung");
}
