//! The model of the life of a request: what holds in every state that two nodes, people, absences and a
//! clock can bring about; that the checker is not blind; and that the engine's rules do the same.

use std::{cell::RefCell, collections::BTreeSet};

use liandong_tests::{
    model::{
        Act, Bounds, Case, Flaw, Person, Stage, Town,
        engine::Rules,
        step::{Action, Node, State},
    },
    random::{config, pick},
};
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use stateright::{Checker, HasDiscoveries, Model};

/// One request, and people who go away and come back.
const AWAY: Bounds = Bounds { requests: 1, ticks: 2, absences: 1 };

/// One request until long after its last limit.
const LONG: Bounds = Bounds { requests: 1, ticks: 4, absences: 0 };

/// Two requests, which a node may take for each other.
const WIDE: Bounds = Bounds { requests: 2, ticks: 1, absences: 0 };

/// Looks at every state there is.
fn explored(bounds: Bounds) {
    let checker = Town { bounds, flaw: None }.checker().threads(2).spawn_bfs().join();
    eprintln!(
        "{bounds:?}: {} states, {} steps between them, the longest way {}",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth()
    );
    assert!(checker.is_done(), "not every state was looked at");
    checker.assert_properties();
}

#[test]
fn every_promise_is_kept_in_every_state_while_people_come_and_go() {
    explored(AWAY);
}

#[test]
fn every_promise_is_kept_in_every_state_until_long_after_the_last_limit() {
    explored(LONG);
}

#[test]
fn every_promise_is_kept_in_every_state_with_two_requests_at_once() {
    explored(WIDE);
}

/// A model with a mistake: which promise the checker finds broken.
fn caught(flaw: Flaw, bounds: Bounds, promise: &'static str) {
    let checker = Town { bounds, flaw: Some(flaw) }
        .checker()
        .finish_when(HasDiscoveries::AnyOf([promise].into()))
        .spawn_bfs()
        .join();
    let found = checker.discovery(promise).unwrap_or_else(|| panic!("nobody noticed {flaw:?}"));
    let actions = found.into_actions();
    eprintln!("{flaw:?} breaks \"{promise}\" by {actions:?}");
    assert!(!actions.is_empty());
}

#[test]
fn a_trigger_that_is_not_checked_against_its_generation_is_caught() {
    caught(Flaw::StaleTrigger, AWAY, "each limit takes effect at most once");
    caught(Flaw::StaleTrigger, AWAY, "what is resolved does not go up any more");
}

#[test]
fn a_node_that_goes_by_its_own_clock_is_caught() {
    caught(Flaw::NodesOwnClock, AWAY, "no limit takes effect before its time");
}

#[test]
fn a_command_without_a_receipt_is_caught() {
    caught(Flaw::NoReceipt, AWAY, "a command is done at most once");
}

#[test]
fn an_answer_before_its_commit_is_caught() {
    caught(Flaw::AnswerFirst, AWAY, "what is acknowledged is done");
}

#[test]
fn an_escalation_that_leaves_the_old_assignment_open_is_caught() {
    caught(Flaw::KeepsTheOld, AWAY, "every open request has exactly one responsible person");
}

#[test]
fn an_absence_that_hands_nothing_over_is_caught() {
    caught(Flaw::NoHandOver, AWAY, "nobody who is away holds anything");
}

#[test]
fn a_reminder_that_gives_more_time_is_caught() {
    caught(Flaw::ReminderMoves, LONG, "what is overdue stays overdue, and is told again");
}

#[test]
fn an_escalation_that_stays_on_its_rung_is_caught() {
    caught(Flaw::SameRung, AWAY, "escalation strictly climbs");
}

/// What the checker alone remembers left out.
fn bare(cases: &[Case]) -> Vec<Case> {
    let bare = |case: &Case| Case { over: BTreeSet::new(), climbed: false, timed: false, ..case.clone() };
    cases.iter().map(bare).collect()
}

const ACTS: [Act; 4] = [Act::Accept, Act::Escalate, Act::Resolve, Act::Tell];

/// Whatever anybody may order of any request now, and who may not: the rules say the same.
fn agree_on_everything(
    town: Town,
    state: &State,
    rules: &Rules,
    seen: &RefCell<BTreeSet<String>>,
) -> Result<(), TestCaseError> {
    for (no, case) in bare(&state.cases).iter().enumerate() {
        for person in Person::ALL {
            for act in ACTS {
                let model = town.decide(state.now, state.away, case, person, act);
                let engine = rules.would(state.now, no, person, act);
                seen.borrow_mut().insert(format!("{act:?} when {:?}: {}", case.stage, model.is_some()));
                prop_assert_eq!(&model, &engine, "{:?} by {:?} on {:?} in {:?}", act, person, case, state);
            }
        }
    }
    Ok(())
}

#[test]
fn the_engine_s_rules_do_what_the_model_does_on_random_traces() {
    let town = Town { bounds: Bounds { requests: 2, ticks: 12, absences: 8 }, flaw: None };
    let seen = RefCell::new(BTreeSet::new());
    let run = |choices: Vec<u16>| {
        let (mut state, mut rules) = (State::new(), Rules::new());
        for choice in choices {
            let possible = town.possible(&state);
            let action = pick(&possible, choice);
            let next = town.step(&state, action).unwrap();
            match action {
                Action::Turn(person) => {
                    rules.turn(state.now, person);
                    seen.borrow_mut().insert(format!("{person:?} turns"));
                }
                Action::Commit(node) => match state.nodes[node] {
                    Node::Saw(case, _) => {
                        let expected = state.cases[case].first_over(state.now);
                        prop_assert_eq!(rules.time(state.now, case), expected, "{:?}", state);
                        let kind = expected.map(|trigger| trigger.kind);
                        seen.borrow_mut().insert(format!("time, {:?} when {:?}", kind, state.cases[case].stage));
                    }
                    // The first answer again is no matter of the rules.
                    _ => {
                        let command = state.command.unwrap();
                        if command.receipt.is_none() {
                            let done = rules.order(state.now, command.case, command.by, command.act);
                            prop_assert_eq!(Some(done), next.command.and_then(|c| c.receipt), "{:?}", state);
                        }
                    }
                },
                _ => {}
            }
            state = next;
            prop_assert_eq!(bare(&state.cases), rules.cases(), "after {:?}", action);
            agree_on_everything(town, &state, &rules, &seen)?;
        }
        Ok(())
    };
    TestRunner::new(config(150)).run(&vec(any::<u16>(), 1..120), run).unwrap();
    let seen = seen.into_inner();
    for stage in [Stage::Routed, Stage::InHand, Stage::Resolved, Stage::Told] {
        for act in ACTS {
            assert!(seen.contains(&format!("{act:?} when {stage:?}: false")), "{act:?} is refused when {stage:?}");
        }
    }
    for sentence in [
        "Accept when Routed: true",
        "Escalate when Routed: true",
        "Escalate when InHand: true",
        "Resolve when Routed: true",
        "Resolve when InHand: true",
        "Tell when Resolved: true",
        "Leader turns",
        "Cadre turns",
        "Chief turns",
        "time, Some(Accept) when Routed",
        "time, Some(Finish) when InHand",
        "time, Some(Finish) when Resolved",
        "time, None when InHand",
    ] {
        assert!(seen.contains(sentence), "no trace has: {sentence}\n{seen:#?}");
    }
}
