//! What a dissatisfied rating comes to, however often it comes.

use liandong_engine::rules::{
    actor::Actor,
    id::{AssignmentNo, ReceiptHash, RequestId},
    instant::{Instant, Zone},
    request::{
        Citizen, Ended, Ending, How, Outcome, Request, Resolution, Stage, Told,
        command::{Command, LogRequest},
        decide::{Fresh, decide, log},
        evolve::evolve,
    },
    routing::{Loads, SUPERVISOR},
    world::World,
};
use liandong_tests::fixtures;

fn now() -> Instant {
    Instant::parse("2024-05-06", &Zone::china()).unwrap()
}

/// A request of the hamlet that was resolved at a rung and told, after so many reopenings.
fn told(world: &World, rung: u8, reopened: u8) -> Request {
    let command = LogRequest {
        place: "H11".parse().unwrap(),
        matter: "water-pipe".parse().unwrap(),
        channel: liandong_engine::rules::request::Channel::HomeVisit,
        entered_at: None,
        words: "水管破了".to_owned(),
        citizen: Citizen { name: "韦某".to_owned(), phone: String::new() },
        accused: Vec::new(),
    };
    let fresh = Fresh { id: RequestId::from_parts(now(), [1; 10]), receipt: ReceiptHash([1; 16]) };
    let logger = Actor::Person("P5".parse().unwrap());
    let records = log(world, now(), &logger, fresh, &command, &Loads::default()).unwrap();
    let mut request = records.iter().fold(None, |state, r| evolve(state, now(), &r.event).ok()).unwrap();
    let held = request.assignments.first_mut().unwrap();
    held.ended = Some(Ended { at: now(), how: Ending::Resolved });
    let resolution = Resolution {
        outcome: Outcome::CannotBeSolved,
        words: "没有料".to_owned(),
        post: held.post.clone(),
        person: held.person.clone(),
        rung,
        at: now(),
        rest: Default::default(),
    };
    let told = Told { by: held.person.clone(), whom: "韦某".to_owned(), at: now(), how: How::Phone };
    request.reopened = reopened;
    request.stage = Stage::Told { resolution, told, rate: None };
    request
}

/// The rung that the request is reopened at, or none when the rating closes it.
fn reopens(rung: u8, reopened: u8) -> Option<u8> {
    let world = World::build(fixtures::register("hamlet"), 1, Zone::china()).unwrap();
    let request = told(&world, rung, reopened);
    let bad = Command::Rate { satisfied: false, words: "不行".to_owned() };
    let records = decide(&world, &request, now(), &Actor::Citizen(request.id), &bad, &Loads::default()).unwrap();
    let after = records.iter().try_fold(request, |state, r| evolve(Some(state), now(), &r.event)).unwrap();
    if let Stage::Closed { rating, outcome, .. } = &after.stage {
        assert_eq!(*outcome, Outcome::CannotBeSolved);
        assert_eq!(
            rating.as_ref().map(|r| (r.satisfied, r.words.as_str())),
            Some((false, "不行")),
            "it says that it was bad"
        );
        assert_eq!(after.reopened, reopened);
        return None;
    }
    assert_eq!(after.reopened, reopened + 1);
    assert_eq!(after.handle().map(|a| a.no), Some(AssignmentNo(2)));
    after.handle().map(|a| a.rung)
}

#[test]
fn a_dissatisfied_rating_goes_above_the_resolver_until_nobody_is_above() {
    // The hamlet has five rungs, a dispatcher, a supervisor and a leader on duty, and no office.
    for (resolver, expected) in [
        (2, Some(3)),
        (3, Some(5)),
        (5, Some(SUPERVISOR - 1)),
        (SUPERVISOR - 1, Some(SUPERVISOR)),
        (SUPERVISOR, Some(SUPERVISOR + 1)),
        (SUPERVISOR + 1, None),
    ] {
        assert_eq!(reopens(resolver, 0), expected, "resolved at {resolver}");
    }
}

#[test]
fn a_case_that_is_sent_down_after_each_reopening_comes_to_an_end() {
    // Five rungs and the four beyond them.
    for (reopened, expected) in [(1, Some(3)), (8, Some(3)), (9, None), (u8::MAX, None)] {
        assert_eq!(reopens(2, reopened), expected, "reopened {reopened} times");
    }
}
