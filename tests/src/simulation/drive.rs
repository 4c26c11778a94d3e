//! Makes of an operation what somebody could do at that moment, gives it to a shell, and looks at what comes
//! of it.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        instant::Instant,
        request::{Request, running},
        world::World,
    },
    run::{
        engine::{Answer, Order},
        store::journal::{Entry, Happened},
    },
};

use super::{
    op::{Fate, Op, Way},
    shell::{Dies, Shell, Told, of_time},
    watch::{Watch, step},
};
use crate::{random::pick, town};

/// How long everybody is silent at the end, in steps of days.
const SILENCE: [i64; 10] = [1, 1, 1, 2, 2, 4, 7, 7, 14, 21];

/// A life that was lived to its end.
#[derive(Debug)]
pub struct Life {
    /// Everything that should not have been.
    pub faults: Vec<String>,
    /// The journal.
    pub journal: Vec<Entry>,
    /// Who was told what.
    pub told: Vec<Told>,
    /// What it came upon: events, fates, refusals.
    pub met: BTreeSet<String>,
    /// How many limits took effect.
    pub limits: usize,
}

/// A town under way.
pub struct Drive<'s, S> {
    pub(super) shell: &'s mut S,
    pub(super) watch: Watch,
    /// The world as the store has it.
    pub(super) world: Arc<World>,
    pub(super) clock: Instant,
    /// What is on its way.
    delayed: VecDeque<Order>,
    /// What arrived, in order.
    arrived: Vec<Order>,
    /// The first answer to each order.
    answers: HashMap<(Actor, String), Answer>,
    /// What each node saw in the due index.
    views: [Vec<RequestId>; 2],
    keys: u32,
    met: BTreeSet<String>,
    journal: Vec<Entry>,
    told: Vec<Told>,
}

/// When every life begins.
///
/// # Panics
/// Never: the instant is a constant.
#[must_use]
pub fn morning() -> Instant {
    town::instant(town::MORNING).unwrap()
}

/// Lives through the operations, and then lets everybody be silent for long.
pub fn live<S: Shell>(shell: &mut S, operations: &[Op]) -> Life {
    let mut drive = Drive {
        world: shell.world(),
        shell,
        watch: Watch::new(),
        clock: morning(),
        delayed: VecDeque::new(),
        arrived: Vec::new(),
        answers: HashMap::new(),
        views: [Vec::new(), Vec::new()],
        keys: 0,
        met: BTreeSet::new(),
        journal: Vec::new(),
        told: Vec::new(),
    };
    drive.look();
    for (no, op) in operations.iter().enumerate() {
        drive.op(op);
        if !drive.watch.faults.is_empty() {
            drive.watch.faults.insert(0, format!("in operation {no}, {op:?}"));
            return drive.end();
        }
    }
    drive.silence();
    drive.end()
}

impl<S: Shell> Drive<'_, S> {
    fn end(mut self) -> Life {
        self.watch.faults.extend(self.shell.faults());
        self.met.extend(self.watch.met.iter().map(ToString::to_string));
        let time = |e: &&Entry| {
            let moved = matches!(e.kind(), "HandedOver" | "PlaceMoved" | "Released");
            *e.acted() == Actor::System && matches!(e.happened, Happened::Request(..)) && !moved
        };
        let limits = self.journal.iter().filter(time).count();
        Life { faults: self.watch.faults, journal: self.journal, told: self.told, met: self.met, limits }
    }

    fn fault(&mut self, what: impl Into<String>) {
        self.watch.faults.push(what.into());
    }

    /// Reads what was committed since the last look.
    fn look(&mut self) -> Vec<Entry> {
        let (entries, told) = (self.shell.entries(self.watch.position), self.shell.told(self.watch.position));
        self.watch.see(&entries, &told);
        self.told.extend(told);
        if entries.iter().any(|e| matches!(e.happened, Happened::Register(_))) {
            self.world = self.shell.world();
        }
        self.journal.extend(entries.clone());
        entries
    }

    fn put_clock(&mut self, at: Instant) {
        self.clock = at;
        self.shell.put_clock(at);
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Wait { minutes } => self.put_clock(self.clock.plus_minutes((*minutes).into())),
            Op::WaitForLimit { micros } => {
                let due = self.watch.requests.values().flat_map(running).map(|due| due.at);
                if let Some(next) = due.filter(|at| *at > self.clock).min() {
                    self.put_clock(self.clock.max(Instant(next.0 - i64::from(*micros))));
                }
            }
            Op::WaitForDate { micros } => {
                // The far end of what has no end is no date that comes.
                let next = self.world.next_change_of_hands(self.clock).filter(|at| *at < self.clock.plus_days(60));
                if let Some(next) = next {
                    self.put_clock(self.clock.max(Instant(next.0 - i64::from(*micros))));
                }
            }
            Op::ClockBack { minutes } => self.put_clock(self.clock.plus_minutes(-i64::from(*minutes))),
            Op::Log { who, place, matter, way } => {
                if let Some((actor, command)) = self.log(*who, *place, *matter) {
                    self.send(actor, command, *way);
                }
            }
            Op::Act { case, who, what, way } => {
                if let Some((actor, command)) = self.act(*case, *who, what) {
                    self.send(actor, command, *way);
                }
            }
            Op::Register { change, leader, way } => {
                if let Some((actor, command)) = self.change(*change, *leader) {
                    self.send(actor, command, *way);
                }
            }
            Op::Duty { which, how, way } => {
                if let Some((actor, command)) = self.duty(*which, *how) {
                    self.send(actor, command, *way);
                }
            }
            Op::Deliver { node, again } => {
                let order = match again {
                    Some(back) if !self.arrived.is_empty() => {
                        self.met.insert("an order comes again, late".to_owned());
                        let arrived: Vec<&Order> = self.arrived.iter().rev().collect();
                        Some(pick(&arrived, *back).clone())
                    }
                    _ => self.delayed.pop_front(),
                };
                if let Some(order) = order {
                    self.deliver(usize::from(*node), &order);
                }
            }
            Op::Tick { node } => self.tick(usize::from(*node)),
            Op::Look { node } => {
                let over = |r: &&Request| running(r).iter().any(|due| due.at <= self.clock);
                self.views[usize::from(*node)] = self.watch.requests.values().filter(over).map(|r| r.id).collect();
            }
            Op::Fire { node, dies } => self.fire(usize::from(*node), *dies),
            Op::Crash { node } => {
                self.views[usize::from(*node)].clear();
                self.shell.crash(usize::from(*node));
            }
        }
    }

    fn tick(&mut self, node: usize) {
        self.shell.tick(node);
        self.look();
        self.watch.nothing_over(self.clock);
    }

    /// A node goes on with a view that may be stale by now.
    fn fire(&mut self, node: usize, dies: bool) {
        let view = std::mem::take(&mut self.views[node]);
        if dies {
            if let Some(first) = view.first() {
                self.shell.order_and_die(node, &of_time(*first), Dies::Late);
                self.nothing_left("time");
            }
            return;
        }
        for id in view {
            let before = self.watch.position;
            if let Err(refused) = self.shell.order(node, &of_time(id)) {
                self.fault(format!("time was refused: {refused:?}"));
            }
            self.look();
            let stale = self.watch.position == before;
            self.met.insert(if stale { "a stale look comes to nothing" } else { "a look that holds" }.to_owned());
        }
    }

    fn send(&mut self, actor: Actor, command: liandong_engine::run::engine::Command, way: Way) {
        self.keys += 1;
        let order = Order { actor, key: format!("k{}", self.keys), command };
        let (node, other) = (usize::from(way.node), 1 - usize::from(way.node));
        self.met.insert(format!("{:?}", way.fate));
        let dies = match way.fate {
            Fate::Arrives => return self.deliver(node, &order),
            Fate::Twice => {
                self.deliver(node, &order);
                return self.deliver(node, &order);
            }
            Fate::AnswerLost => {
                self.deliver(node, &order);
                return self.deliver(other, &order);
            }
            Fate::Lost => return,
            Fate::Delayed => return self.delayed.push_back(order),
            Fate::DiesEarly => Dies::Early,
            Fate::DiesLate => Dies::Late,
            Fate::DiesAfter => Dies::After,
        };
        self.views[node].clear();
        self.shell.order_and_die(node, &order, dies);
        if dies == Dies::After {
            self.look();
        } else {
            self.nothing_left(order.command.name());
        }
        self.deliver(other, &order);
    }

    /// Of a transaction in which a node died nothing is there.
    fn nothing_left(&mut self, what: &str) {
        let left = self.look();
        if !left.is_empty() {
            self.fault(format!("{what} left {left:?} although its node died before the commit"));
        }
    }

    fn deliver(&mut self, node: usize, order: &Order) {
        let answer = self.shell.order(node, order);
        let entries = self.look();
        let by_time = |e: &Entry| *e.acted() == Actor::System && step(e).by_order_of.is_none();
        let name = order.command.name();
        let key = (order.actor.clone(), order.key.clone());
        if let Err(refused) = &answer {
            self.met.insert(format!("refused: {}", refused.code));
            if refused.code == "NotYourRegister" && self.watch.leads(&order.actor) {
                self.fault(format!("{name} is not for {}, who leads the town: {refused:?}", order.actor));
            }
        }
        match (self.answers.get(&key), &answer) {
            (Some(first), _) => {
                if *first != answer {
                    self.fault(format!("{name} is answered by {answer:?} now"));
                }
                if !entries.is_empty() {
                    self.fault(format!("{name} with a known key came to {entries:?}"));
                }
            }
            // What a node committed before it died is the first answer, although nobody heard it.
            (None, Ok(done)) => {
                let entry = self.journal.get(usize::try_from(done.position - 1).unwrap());
                let about = |e: &Entry| match &e.happened {
                    Happened::Request(id, _) => done.request == Some(*id),
                    Happened::Register(_) => done.request.is_none(),
                };
                let ordered = |e: &Entry| *e.acted() == order.actor && about(e);
                // What follows from a change of the register comes to work, and to what rests on nothing any more.
                let follows = |e: &Entry| done.request.is_none() && step(e).by_order_of.as_ref() == Some(&order.actor);
                if !entry.is_some_and(|e| ordered(e) || follows(e)) {
                    self.fault(format!("{name} is acknowledged at {}, and there is {entry:?}", done.position));
                }
            }
            (None, Err(refused)) => {
                if !entries.iter().all(by_time) {
                    self.fault(format!("{name} is refused by {refused:?} and came to {entries:?}"));
                }
            }
        }
        self.answers.entry(key).or_insert(answer);
        self.arrived.push(order.clone());
    }

    /// Everybody falls silent, and time alone goes on.
    fn silence(&mut self) {
        while let Some(order) = self.delayed.pop_front() {
            self.deliver(0, &order);
        }
        self.put_clock(self.clock.max(self.watch.at));
        for (no, days) in SILENCE.into_iter().enumerate() {
            self.put_clock(self.clock.plus_days(days));
            self.tick(no % 2);
        }
        let stuck = self.watch.stuck();
        self.watch.faults.extend(stuck);
    }
}
