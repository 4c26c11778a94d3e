//! Two nodes around the rules. A node looks at the due index, or takes a command, and commits later, under
//! the held head; in between anything may happen, and the node may die before the commit or after it,
//! before anybody heard of it. Who gets no answer sends the same command again.

use super::{Act, Away, Case, Fault, Flaw, Person, Stage, Town, Trigger};

/// What a node is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// Nothing.
    Idle,
    /// It saw in the due index that a limit of this case is over, or believes so.
    Saw(usize, Trigger),
    /// It took the command and has not committed.
    Took,
    /// It committed the command, or found its receipt, and has not answered.
    Committed,
}

/// The command that is under way; one at a time is enough to do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Command {
    /// About which case: the next one, when it is logged.
    pub case: usize,
    /// Who orders it, going by what they saw.
    pub by: Person,
    /// What.
    pub act: Act,
    /// The first answer, kept under the key: done, or refused.
    pub receipt: Option<bool>,
    /// How often it was done.
    pub done: u8,
    /// Whether whoever ordered it has an answer.
    pub answered: bool,
}

/// All there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The tick.
    pub now: u8,
    /// Who is away.
    pub away: Away,
    /// How often somebody went or came back.
    pub absences: u8,
    /// The requests.
    pub cases: Vec<Case>,
    /// Both nodes.
    pub nodes: [Node; 2],
    /// The command under way.
    pub command: Option<Command>,
    /// What went wrong in the last step.
    pub fault: Option<Fault>,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The clock goes on.
    Tick,
    /// Somebody goes away, or comes back.
    Turn(Person),
    /// Somebody orders something.
    Order(usize, Person, Act),
    /// A node takes the command: it may arrive more than once.
    Take(usize),
    /// A node looks at the due index; its own clock may be ahead.
    Look(usize, usize),
    /// A node commits what it took or saw.
    Commit(usize),
    /// A node answers.
    Answer(usize),
    /// A node dies, with all that it knows.
    Crash(usize),
}

impl State {
    /// A town in which nothing happened yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            now: 0,
            away: Away::default(),
            absences: 0,
            cases: Vec::new(),
            nodes: [Node::Idle; 2],
            command: None,
            fault: None,
        }
    }

    /// The command is forgotten when it is answered and no node has a copy of it.
    fn forget(&mut self) {
        let copies = self.nodes.iter().any(|n| matches!(n, Node::Took | Node::Committed));
        self.command = self.command.filter(|c| copies || !c.answered);
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

impl Town {
    /// Everything that can happen now.
    #[must_use]
    pub fn possible(&self, state: &State) -> Vec<Action> {
        let mut actions = Vec::new();
        // What went wrong stays as it is, to be looked at.
        if state.fault.is_some() {
            return actions;
        }
        if state.now < self.bounds.ticks {
            actions.push(Action::Tick);
        }
        let may_turn = state.absences < self.bounds.absences;
        actions.extend(Person::LEAVING.iter().filter(|_| may_turn).map(|p| Action::Turn(*p)));
        if state.command.is_none() {
            if state.cases.len() < self.bounds.requests {
                actions.push(Action::Order(state.cases.len(), Person::Dispatcher, Act::Log));
            }
            for (no, case) in state.cases.iter().enumerate() {
                let Some(held) = case.held() else { continue };
                let acts: &[Act] = match case.stage {
                    Stage::Routed => &[Act::Accept, Act::Escalate, Act::Resolve],
                    Stage::InHand => &[Act::Escalate, Act::Resolve],
                    Stage::Resolved | Stage::Told => &[Act::Tell],
                };
                actions.extend(acts.iter().map(|act| Action::Order(no, held.person, *act)));
            }
        }
        for (no, node) in state.nodes.iter().enumerate() {
            match node {
                Node::Idle => {
                    if state.command.is_some_and(|c| !c.answered) {
                        actions.push(Action::Take(no));
                    }
                    for (of, case) in state.cases.iter().enumerate() {
                        // A clock that is ahead makes a node look too early, by a tick.
                        actions.extend(case.first_over(state.now + 1).map(|_| Action::Look(no, of)));
                    }
                }
                Node::Saw(..) | Node::Took => actions.extend([Action::Commit(no), Action::Crash(no)]),
                Node::Committed => actions.extend([Action::Answer(no), Action::Crash(no)]),
            }
        }
        actions
    }

    /// What an action makes of the state; none when it cannot happen.
    #[must_use]
    pub fn step(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::Tick => next.now += 1,
            Action::Turn(person) => {
                next.absences += 1;
                next.away = state.away.turned(person);
                for (case, was) in next.cases.iter_mut().zip(&state.cases) {
                    *case = self.hand_over(state.now, next.away, was);
                    next.fault = next.fault.or(climbs(was, case, false));
                }
            }
            Action::Order(case, by, act) => {
                next.command = Some(Command { case, by, act, receipt: None, done: 0, answered: false });
            }
            Action::Take(node) => *next.nodes.get_mut(node)? = Node::Took,
            Action::Look(node, case) => {
                let seen = state.cases.get(case)?.first_over(state.now + 1)?;
                *next.nodes.get_mut(node)? = Node::Saw(case, seen);
            }
            Action::Commit(node) => match state.nodes.get(node)? {
                Node::Saw(case, seen) => {
                    *next.nodes.get_mut(node)? = Node::Idle;
                    self.time(state, &mut next, *case, *seen)?;
                }
                Node::Took => {
                    *next.nodes.get_mut(node)? = Node::Committed;
                    self.person(state, &mut next)?;
                }
                Node::Idle | Node::Committed => return None,
            },
            Action::Answer(node) => {
                *next.nodes.get_mut(node)? = Node::Idle;
                let command = next.command.as_mut()?;
                command.answered = true;
                let lost = command.receipt == Some(true) && command.done == 0;
                next.fault = lost.then_some(Fault::CommandLost);
                next.forget();
            }
            Action::Crash(node) => {
                *next.nodes.get_mut(node)? = Node::Idle;
                next.forget();
            }
        }
        Some(next)
    }

    /// A limit that a node saw, decided on what is there now: nothing, when it does not run any more.
    fn time(&self, state: &State, next: &mut State, case: usize, seen: Trigger) -> Option<()> {
        let was = state.cases.get(case)?;
        let trigger = if self.has(Flaw::StaleTrigger) {
            Some(seen).filter(|t| t.due <= state.now)
        } else if self.has(Flaw::NodesOwnClock) {
            was.first_over(state.now + 1)
        } else {
            was.first_over(state.now)
        };
        let Some(trigger) = trigger else { return Some(()) };
        let mut is = self.run_out(state.now, state.away, was, trigger);
        let twice = !is.over.insert(trigger);
        next.fault = (trigger.due > state.now).then_some(Fault::Early).or(twice.then_some(Fault::LimitTwice));
        next.fault = next.fault.or(climbs(was, &is, true));
        let up = is.given > was.given && is.stage == Stage::Routed;
        (is.climbed, is.timed) = (is.climbed || up, is.timed || up);
        *next.cases.get_mut(case)? = is;
        Some(())
    }

    /// A person's command, decided on what is there now; or its first answer again.
    fn person(&self, state: &State, next: &mut State) -> Option<()> {
        let command = next.command.as_mut()?;
        if command.receipt.is_some() && !self.has(Flaw::NoReceipt) {
            return Some(());
        }
        let is = if command.act == Act::Log {
            Case::logged(state.now, state.away)
        } else {
            let was = state.cases.get(command.case)?;
            let is = self.decide(state.now, state.away, was, command.by, command.act);
            let up = command.act == Act::Escalate;
            next.fault = is.as_ref().and_then(|is| climbs(was, is, up));
            is.map(|is| Case { climbed: is.climbed || up, ..is })
        };
        command.receipt = Some(is.is_some());
        let Some(is) = is else { return Some(()) };
        // The answer went out, and the commit with what it says did not come.
        if self.has(Flaw::AnswerFirst) && command.act == Act::Resolve {
            return Some(());
        }
        command.done += 1;
        next.fault = next.fault.or((command.done > 1).then_some(Fault::CommandTwice));
        match next.cases.get_mut(command.case) {
            Some(case) if command.act != Act::Log => *case = is,
            _ => next.cases.push(is),
        }
        Some(())
    }
}

/// Whether a step took a case where it must not go: what is resolved does not go up, and what goes up does.
fn climbs(was: &Case, is: &Case, up: bool) -> Option<Fault> {
    let done = |case: &Case| matches!(case.stage, Stage::Resolved | Stage::Told);
    if done(was) && !done(is) {
        return Some(Fault::AfterResolve);
    }
    let (before, after) = (was.held()?, is.held()?);
    if before.no == after.no || before.relay != after.relay || after.relay {
        return None;
    }
    let rises = if up { after.rung > before.rung } else { after.rung >= before.rung };
    (!rises).then_some(Fault::NotUp)
}
