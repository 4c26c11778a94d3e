//! Every kind of event against every kind of assignment: which of them end by it, and how.

use super::*;
use crate::rules::{
    actor::Actor,
    id::{PersonCode, ReceiptHash, RequestId},
    instant::Instant,
    limit::{Limit, LimitKind},
    request::{
        CaseTime, Channel, Citizen, Climb, Ended, How, Outcome, Resolution, Rest, Stage, Told,
        event::{Cause, Opening},
        evolve::evolve,
        oversight::{Answer, Extension},
    },
    routing::Account,
};

const AT: Instant = Instant(2);

fn assignment(no: u16, duty: Duty, post: &str) -> Assignment {
    Assignment {
        no: AssignmentNo(no),
        duty,
        post: post.parse().unwrap(),
        person: format!("p-{post}").parse().unwrap(),
        rung: 1,
        opened_at: Instant(1),
        accepted_at: None,
        accept: None,
        finish: None,
        accept_expired: false,
        finish_expired: false,
        next_reminder: None,
        ended: None,
    }
}

fn request(stage: Stage, assignments: Vec<Assignment>) -> Request {
    Request {
        id: RequestId(uuid::Uuid::nil()),
        receipt: ReceiptHash([0; 16]),
        matter: "m".parse().unwrap(),
        place: "u".parse().unwrap(),
        channel: Channel::Phone,
        entered_at: None,
        words: String::new(),
        citizen: Citizen { name: String::new(), phone: String::new() },
        accused: Vec::new(),
        logged_by: Actor::System,
        logged_at: Instant(1),
        stage,
        climb: Climb::default(),
        limits: CaseTime::default(),
        returns: 0,
        reopened: 0,
        assignments,
        acted: Vec::new(),
        merged_into: None,
        events: 1,
    }
}

/// A lead (1), who is helped (2), handed a step down (3), and whose former lead (4) is over already.
fn in_hand() -> Request {
    let mut over = assignment(4, Duty::Handle, "before");
    over.ended = Some(Ended { at: Instant(1), how: Ending::Transferred });
    let open = [(1, Duty::Handle, "lead"), (2, Duty::CoHandle, "help"), (3, Duty::Step, "step")];
    let mut all: Vec<Assignment> = open.map(|(no, duty, post)| assignment(no, duty, post)).into();
    all.push(over);
    request(Stage::InHand { handle: AssignmentNo(1) }, all)
}

/// A result that is carried back (1).
fn resolved() -> Request {
    let resolution = Resolution {
        outcome: Outcome::Solved,
        words: String::new(),
        post: "lead".parse().unwrap(),
        person: "p-lead".parse().unwrap(),
        rung: 1,
        at: Instant(1),
        rest: Rest::default(),
    };
    let ended = Some(Ended { at: Instant(1), how: Ending::Resolved });
    let over = (2..=4).map(|no| Assignment { ended, ..assignment(no, Duty::Handle, "before") });
    let all = [assignment(1, Duty::Relay, "relay")].into_iter().chain(over).collect();
    request(Stage::Resolved { resolution, relay: AssignmentNo(1) }, all)
}

fn opens(duty: Duty, post: &str) -> Opening {
    Opening {
        no: AssignmentNo(5),
        duty,
        post: post.parse().unwrap(),
        person: format!("p-{post}").parse().unwrap(),
        rung: 2,
        account: Account { found: None, passed: Vec::new(), world: 1 },
        limits: None,
    }
}

fn told() -> Told {
    Told { by: "p-lead".parse().unwrap(), whom: String::new(), at: AT, how: How::Phone }
}

fn check(before: &Request, event: &Event, expected: &[(u16, Ending)]) {
    let expected: Vec<(AssignmentNo, Ending)> = expected.iter().map(|(no, how)| (AssignmentNo(*no), *how)).collect();
    assert_eq!(endings(before, event), expected, "{event:?}");
    // The state follows the rule, to the letter.
    let after = evolve(Some(before.clone()), AT, event).unwrap();
    let ended = |a: &Assignment| Some((a.no, a.ended.filter(|ended| ended.at == AT)?.how));
    assert_eq!(after.assignments.iter().filter_map(ended).collect::<Vec<_>>(), expected, "{event:?}");
    assert!(event.may_end_others() || expected.iter().all(|(no, _)| event.ends() == Some(*no)), "{event:?}");
}

#[test]
fn an_event_that_moves_the_case_ends_the_lead_and_its_steps_and_leaves_the_help() {
    use Ending::Released;
    let (ends, reason, before) = (AssignmentNo(1), String::new(), in_hand());
    let up = |post: &str| opens(Duty::Handle, post);
    let escalated =
        |post: &str| Event::Escalated { ends, cause: Cause::Reason, reason: String::new(), opens: up(post) };
    check(&before, &escalated("up"), &[(1, Ending::Escalated), (3, Released)]);
    // Who comes to lead the case does not go on helping it.
    check(&before, &escalated("help"), &[(1, Ending::Escalated), (2, Released), (3, Released)]);
    let transferred = Event::Transferred { ends, reason: reason.clone(), opens: up("beside") };
    check(&before, &transferred, &[(1, Ending::Transferred), (3, Released)]);
    let back = Event::SentBack { ends, reason: reason.clone(), opens: up("down") };
    check(&before, &back, &[(1, Ending::SentBack), (3, Released)]);
    let ruled = Event::Ruled { ends, ruling: reason.clone(), opens: up("ruled") };
    let frozen = Request { stage: Stage::Frozen { handle: ends }, ..in_hand() };
    check(&frozen, &ruled, &[(1, Ending::Ruled), (3, Released)]);
    let proposed = Event::RejectionProposed { ends, explanation: reason.clone(), opens: up("up") };
    check(&before, &proposed, &[(1, Ending::Rejected), (3, Released)]);
    let matter = "other".parse().unwrap();
    let corrected = Event::Corrected { ends, matter, reason: reason.clone(), limits: Box::default(), opens: up("up") };
    check(&before, &corrected, &[(1, Ending::Corrected), (3, Released)]);
    let place = Event::PlaceCorrected {
        ends,
        place: "u2".parse().unwrap(),
        entered_at: None,
        reason: reason.clone(),
        limits: Box::default(),
        opens: up("up"),
    };
    check(&before, &place, &[(1, Ending::Corrected), (3, Released)]);
    let frozen = Event::Frozen { ends, reason, asks_citizen: false, opens: up("sup") };
    check(&before, &frozen, &[(1, Ending::Frozen), (2, Released), (3, Released)]);
}

#[test]
fn an_event_that_ends_the_case_ends_all_that_is_open() {
    use Ending::{Released, Resolved, Withdrawn};
    let resolve = |opens, told| Event::Resolved {
        ends: AssignmentNo(1),
        outcome: Outcome::Solved,
        words: String::new(),
        rest: Rest::default(),
        opens,
        told,
        rate: None,
    };
    let all = [(1, Resolved), (2, Released), (3, Released)];
    check(&in_hand(), &resolve(Some(opens(Duty::Relay, "relay")), None), &all);
    check(&in_hand(), &resolve(None, Some(told())), &all);
    let merged = Event::Merged { ends: AssignmentNo(1), into: RequestId(uuid::Uuid::max()), reason: String::new() };
    check(&in_hand(), &merged, &[(1, Ending::Merged), (2, Released), (3, Released)]);
    let withdrawn = Event::Withdrawn { reason: String::new() };
    check(&in_hand(), &withdrawn, &[(1, Withdrawn), (2, Withdrawn), (3, Withdrawn)]);
}

#[test]
fn a_hand_over_keeps_the_steps_of_a_post_and_ends_those_of_another() {
    let over = |ends, duty, post: &str| Event::HandedOver { ends: AssignmentNo(ends), opens: opens(duty, post) };
    check(&in_hand(), &over(1, Duty::Handle, "lead"), &[(1, Ending::HandedOver)]);
    check(&in_hand(), &over(1, Duty::Handle, "up"), &[(1, Ending::HandedOver), (3, Ending::Released)]);
    check(&in_hand(), &over(2, Duty::CoHandle, "help"), &[(2, Ending::HandedOver)]);
    check(&in_hand(), &over(3, Duty::Step, "step"), &[(3, Ending::HandedOver)]);
    check(&resolved(), &over(1, Duty::Relay, "relay"), &[(1, Ending::HandedOver)]);
}

#[test]
fn what_is_done_beside_the_case_ends_by_itself() {
    let (words, by): (String, PersonCode) = (String::new(), "p-up".parse().unwrap());
    for no in [2, 3] {
        let ends = AssignmentNo(no);
        check(&in_hand(), &Event::Reported { ends, words: words.clone() }, &[(no, Ending::Reported)]);
        check(&in_hand(), &Event::Recalled { ends, reason: words.clone() }, &[(no, Ending::Recalled)]);
        check(&in_hand(), &Event::Released { ends }, &[(no, Ending::Released)]);
    }
    let refused = Event::ExtensionRefused { ends: AssignmentNo(3), by, reason: words.clone() };
    let (handle, answer) = (AssignmentNo(1), Answer::Awaited(AssignmentNo(3)));
    let mut asks = in_hand();
    asks.limits.extension = Some(Extension { handle, working_days: 1, reason: words, answer });
    check(&asks, &refused, &[(3, Ending::Reported)]);
}

#[test]
fn a_relay_ends_when_it_is_carried_on_or_taken_up() {
    let ends = AssignmentNo(1);
    let next = || opens(Duty::Relay, "next");
    check(&resolved(), &Event::Relayed { ends, told: told(), opens: next() }, &[(1, Ending::Relayed)]);
    check(&resolved(), &Event::CitizenTold { ends, told: told(), rate: None }, &[(1, Ending::Relayed)]);
    check(&resolved(), &Event::RelayTaken { ends, opens: next() }, &[(1, Ending::TakenUp)]);
}

#[test]
fn whatever_else_happens_ends_nothing() {
    let (no, text) = (AssignmentNo(1), String::new);
    let again = Limit { soon: AT, due: AT };
    let offered = Request { stage: Stage::Routed { handle: no }, ..in_hand() };
    check(&offered, &Event::Accepted { no }, &[]);
    for event in [
        Event::CitizenAsked { no, question: text(), counts: false, rest: Rest::default(), answer: None },
        Event::NoteAdded { text: text() },
        Event::Reminded { by: Actor::System, words: text() },
        Event::Supervised { by: "p-up".parse().unwrap(), words: text(), limit: None },
        Event::HelpCalled { reason: text(), opens: opens(Duty::CoHandle, "more") },
        Event::Delegated { instruction: text(), opens: opens(Duty::Step, "more") },
        Event::Responded { no: AssignmentNo(2) },
        Event::LimitPassed { limit: LimitKind::Committed, person: None, tell: Vec::new() },
        Event::Recomputed { moved: Vec::new(), reason: text() },
        Event::PlaceMoved { to: "u2".parse().unwrap() },
        Event::Overdue { no, limit: LimitKind::Finish, again, tell: Vec::new() },
    ] {
        check(&in_hand(), &event, &[]);
    }
}
