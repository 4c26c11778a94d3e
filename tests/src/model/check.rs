//! What must hold in every state, and what must be possible, for the checker.

use stateright::{Model, Property};

use super::{
    Fault, Stage, Town,
    rules::TOP,
    step::{Action, Node, State},
};

impl Model for Town {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::new()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.extend(self.possible(state));
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = self.step(state, action)?;
        // The nodes are alike: which is which makes no other state.
        next.nodes.sort_unstable();
        // Of what is over for good nothing is remembered, nor a limit that nobody could do again.
        for (no, case) in next.cases.iter_mut().enumerate() {
            let running = case.running();
            let seen = |trigger| next.nodes.contains(&Node::Saw(no, trigger));
            case.over.retain(|trigger| running.contains(trigger) || seen(*trigger));
            if case.stage == Stage::Told {
                case.left.clear();
                case.given = 0;
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("every open request has exactly one responsible person", |_, state: &State| {
                state.cases.iter().filter(|case| case.stage != Stage::Told).all(|case| case.open.len() == 1)
            }),
            Property::always("no assignment is open whose request is over or at another stage", |_, state: &State| {
                state.cases.iter().all(|case| {
                    let relayed = case.stage == Stage::Resolved;
                    case.open.iter().all(|open| case.stage != Stage::Told && open.relay == relayed)
                })
            }),
            Property::always("nobody who is away holds anything", |_, state: &State| {
                state.cases.iter().flat_map(|case| &case.open).all(|open| !state.away.has(open.person))
            }),
            Property::always("what is overdue stays overdue, and is told again", |_, state: &State| {
                state.cases.iter().flat_map(|case| &case.open).all(|open| {
                    let (accept, finish) = open.expired;
                    let over = |expired: bool, limit: Option<u8>| !expired || limit.is_some_and(|due| due <= state.now);
                    over(accept, open.accept) && over(finish, open.finish) && open.again.is_some() == (accept || finish)
                })
            }),
            Property::always("no limit takes effect before its time", |_, state: &State| {
                state.fault != Some(Fault::Early)
            }),
            Property::always("each limit takes effect at most once", |_, state: &State| {
                state.fault != Some(Fault::LimitTwice)
            }),
            Property::always("what is resolved does not go up any more", |_, state: &State| {
                state.fault != Some(Fault::AfterResolve)
            }),
            Property::always("escalation strictly climbs", |_, state: &State| state.fault != Some(Fault::NotUp)),
            Property::always("a command is done at most once", |_, state: &State| {
                state.fault != Some(Fault::CommandTwice)
            }),
            Property::always("what is acknowledged is done", |_, state: &State| {
                state.fault != Some(Fault::CommandLost)
            }),
            Property::sometimes("the top is reached", |_, state: &State| {
                state.cases.iter().any(|case| case.held().is_some_and(|held| held.rung == TOP && !held.relay))
            }),
            Property::sometimes("something is overdue and stays where it is", |_, state: &State| {
                state.cases.iter().flat_map(|case| &case.open).any(|open| open.again.is_some())
            }),
            Property::sometimes("a request is resolved after a climb", |_, state: &State| {
                state.cases.iter().any(|case| case.climbed && case.stage == Stage::Resolved)
            }),
            Property::sometimes("a household hears of what climbed by time", |_, state: &State| {
                state.cases.iter().any(|case| case.timed && case.stage == Stage::Told)
            }),
            Property::sometimes(
                "a node commits what another did before it, and nothing comes of it",
                |_, state: &State| {
                    state.nodes.iter().any(|node| match node {
                        Node::Saw(case, seen) => state.cases.get(*case).is_some_and(|case| case.over.contains(seen)),
                        _ => false,
                    })
                },
            ),
        ]
    }
}
