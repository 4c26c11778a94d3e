//! What `run/engine` does around the rules, in memory: receipts by key, the head, the world of a node that may
//! be out of date, dates of the register brought to every command first, one transaction that is whole or not
//! at all. [`super::real`] has to write the same journal.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        instant::{Instant, Zone},
        notice::{Notice, notices, notices_of_register},
        register,
        request::{
            Request, basis, command::Command as Asks, decide as request_decide, event::Recorded, evolve::fold,
            hand_over::hand_over, refusal, running,
        },
        routing::Loads,
        world::{Register, World},
    },
    run::{
        engine::{Answer, Command, Done, Order, Refused},
        source::Entropy,
        store::{
            head::Head,
            journal::{Entry, Happened},
        },
    },
};

use super::shell::{Dies, Shell, Told, of_time};
use crate::town::SECRET;

/// What is on the disk beside journal and receipts: what a transaction begins with.
#[derive(Clone, Debug)]
struct Rows {
    world: Arc<World>,
    head: Head,
    requests: BTreeMap<RequestId, Arc<Request>>,
    /// How many events the register had.
    changes: u32,
}

/// Who gave a command, and under which key.
type Name = (Actor, String);

/// What is on the disk.
#[derive(Clone, Debug)]
struct Disk {
    rows: Rows,
    receipts: HashMap<Name, (Command, Answer)>,
    journal: Vec<Entry>,
    told: Vec<Told>,
}

/// What a node knows.
#[derive(Debug)]
struct Node {
    world: Arc<World>,
    entropy: Entropy,
    lives: u64,
}

/// Two nodes and a disk, in memory.
#[derive(Debug)]
pub struct Sketch {
    disk: Disk,
    nodes: [Node; 2],
    clock: Instant,
    seed: u64,
}

/// The dice of a node, in each of its lives: the same in every shell.
pub(super) fn dice(seed: u64, node: usize, life: u64) -> Entropy {
    Entropy::seeded(seed ^ (node as u64 + 1) << 56 ^ life << 40)
}

impl Sketch {
    /// A town with these rows, loaded at that instant.
    #[must_use]
    pub fn new(rows: &Register, at: Instant, seed: u64) -> Self {
        let empty = Arc::new(World::build(Register::default(), 0, Zone::china()).unwrap());
        let head = Head { world: 0, position: 0, at: Instant(0) };
        let rows_now = Rows { world: Arc::clone(&empty), head, requests: BTreeMap::new(), changes: 0 };
        let disk = Disk { rows: rows_now, receipts: HashMap::new(), journal: Vec::new(), told: Vec::new() };
        let node = |no| Node { world: Arc::clone(&empty), entropy: dice(seed, no, 0), lives: 0 };
        let mut sketch = Self { disk, nodes: [node(0), node(1)], clock: at, seed };
        let command = Command::Load(Box::new(rows.clone()));
        sketch.order(0, &Order { actor: Actor::Operator, key: "town".to_owned(), command }).unwrap();
        sketch
    }

    /// The same town with other dice.
    #[must_use]
    pub fn anew(&self, seed: u64) -> Self {
        let node = |no: usize| Node { world: Arc::clone(&self.disk.rows.world), entropy: dice(seed, no, 0), lives: 0 };
        Self { disk: self.disk.clone(), nodes: [node(0), node(1)], clock: self.clock, seed }
    }

    /// The transaction of one order: what it would write, and the answer.
    fn transaction(&self, node: usize, order: &Order) -> (Work, Answer) {
        let of_time = matches!(order.command, Command::RunOut { .. } | Command::CatchUp);
        let rows = self.disk.rows.clone();
        let mut work =
            Work { at: self.clock, reached: rows.head.at, rows, entries: Vec::new(), told: Vec::new(), receipt: None };
        if self.nodes[node].world.version() == work.rows.head.world {
            work.rows.world = Arc::clone(&self.nodes[node].world);
        }
        let name = (order.actor.clone(), order.key.clone());
        if let Some((command, answer)) = self.disk.receipts.get(&name).filter(|_| !of_time) {
            assert!(*command == order.command, "the simulation uses no key twice");
            return (work, answer.clone());
        }
        let answer = work.decided(&self.with_bases(order), &self.nodes[node].entropy);
        work.receipt = (!of_time).then(|| (name, (order.command.clone(), answer.clone())));
        (work, answer)
    }

    /// How the limits were reckoned, as the journal says, for whoever reckons them anew.
    fn with_bases(&self, order: &Order) -> Order {
        let mut order = order.clone();
        if let Command::Act { request: id, command: Asks::Recompute { bases, .. } } = &mut order.command
            && let Some(request) = self.disk.rows.requests.get(id)
        {
            let journal = self.disk.journal.iter().filter_map(|entry| match &entry.happened {
                Happened::Request(whose, recorded) if whose == id => Some(recorded),
                _ => None,
            });
            *bases = basis::bases(request, journal);
        }
        order
    }

    fn commit(&mut self, work: Work) {
        self.disk.rows = work.rows;
        self.disk.journal.extend(work.entries);
        self.disk.told.extend(work.told);
        self.disk.receipts.extend(work.receipt);
    }

    fn start(&mut self, node: usize) {
        let lives = self.nodes[node].lives + 1;
        self.nodes[node] =
            Node { world: Arc::clone(&self.disk.rows.world), entropy: dice(self.seed, node, lives), lives };
    }

    fn over(&self) -> Vec<(Instant, RequestId)> {
        let due = |r: &Arc<Request>| Some((running(r).iter().map(|due| due.at).min()?, r.id));
        let mut over: Vec<_> =
            self.disk.rows.requests.values().filter_map(due).filter(|(at, _)| *at <= self.clock).collect();
        over.sort_unstable();
        over
    }
}

impl Shell for Sketch {
    fn put_clock(&mut self, at: Instant) {
        self.clock = at;
    }

    fn order(&mut self, node: usize, order: &Order) -> Answer {
        let (work, answer) = self.transaction(node, order);
        self.commit(work);
        self.nodes[node].world = Arc::clone(&self.disk.rows.world);
        answer
    }

    fn order_and_die(&mut self, node: usize, order: &Order, dies: Dies) {
        let (work, _) = self.transaction(node, order);
        // Where nothing is written there is no statement to die at, and nothing to lose.
        if dies == Dies::After {
            self.commit(work);
        }
        self.start(node);
    }

    fn tick(&mut self, node: usize) {
        self.nodes[node].world = Arc::clone(&self.disk.rows.world);
        if self.disk.rows.world.next_change_of_hands(self.disk.rows.head.at).is_some_and(|date| date <= self.clock) {
            let order = Order { actor: Actor::System, key: "time".to_owned(), command: Command::CatchUp };
            self.order(node, &order).unwrap();
        }
        let mut before = Vec::new();
        loop {
            let (over, position) = (self.over(), self.disk.rows.head.position);
            for (_, id) in &over {
                self.order(node, &of_time(*id)).unwrap_or_else(|refused| panic!("time was refused: {refused:?}"));
            }
            if over.is_empty() || position == self.disk.rows.head.position && over == before {
                return;
            }
            before = over;
        }
    }

    fn crash(&mut self, node: usize) {
        self.start(node);
    }

    fn entries(&mut self, after: i64) -> Vec<Entry> {
        self.disk.journal[usize::try_from(after).unwrap()..].to_vec()
    }

    fn told(&mut self, after: i64) -> Vec<Told> {
        let first = self.disk.told.partition_point(|told| told.position <= after);
        self.disk.told[first..].to_vec()
    }

    fn world(&mut self) -> Arc<World> {
        Arc::clone(&self.disk.rows.world)
    }

    fn faults(&mut self) -> Vec<String> {
        let mut folded: BTreeMap<RequestId, Request> = BTreeMap::new();
        for entry in &self.disk.journal {
            if let Happened::Request(id, recorded) = &entry.happened {
                let before = folded.remove(id);
                folded.insert(*id, fold(before, entry.at, recorded).unwrap());
            }
        }
        let rows: BTreeMap<RequestId, Request> =
            self.disk.rows.requests.iter().map(|(id, request)| (*id, request.as_ref().clone())).collect();
        (folded != rows).then(|| "the rows differ from the fold of the journal".to_owned()).into_iter().collect()
    }
}

/// A transaction under way.
struct Work {
    rows: Rows,
    at: Instant,
    reached: Instant,
    entries: Vec<Entry>,
    told: Vec<Told>,
    receipt: Option<(Name, (Command, Answer))>,
}

impl Work {
    fn decided(&mut self, order: &Order, entropy: &Entropy) -> Answer {
        self.at = Instant(self.at.0.max(self.rows.head.at.0 + 1));
        self.catch_up();
        let answer = self.decide(order, entropy);
        if answer.is_ok() {
            self.rows.head.at = self.at;
        }
        answer
    }

    fn catch_up(&mut self) {
        let world = Arc::clone(&self.rows.world);
        let units = world.tree().changes_between(self.reached, self.at);
        let hands = world.next_change_of_hands(self.reached).is_some_and(|date| date <= self.at);
        if units {
            self.rows.head.at = self.at;
        }
        if let Some(decision) = (units || hands).then(|| register::decide::come(&world, self.at).unwrap()).flatten() {
            self.take(decision);
            self.rows.head.at = self.at;
        }
        let world = Arc::clone(&self.rows.world);
        if hands {
            let posts = world.changing_hands(self.reached, self.at);
            for request in self.concerned(&register::decide::Touched { posts, ..Default::default() }) {
                if let Ok(records) = hand_over(&world, &request, self.at, &Actor::System, None, &self.loads()) {
                    self.apply(request.id, records);
                }
            }
            self.rows.head.at = self.at;
        }
        self.reached = self.at;
    }

    fn concerned(&self, touched: &register::decide::Touched) -> Vec<Request> {
        self.rows.requests.values().filter(|r| touched.concerns(r)).map(|r| r.as_ref().clone()).collect()
    }

    fn loads(&self) -> Loads {
        let mut loads = Loads::default();
        for person in self.rows.requests.values().filter_map(|r| r.weighs_on()) {
            *loads.0.entry(person.clone()).or_default() += 1;
        }
        loads
    }

    fn done(&self, request: Option<RequestId>) -> Done {
        Done { position: self.rows.head.position, world: self.rows.world.version(), request, receipt: None }
    }

    fn decide(&mut self, order: &Order, entropy: &Entropy) -> Answer {
        let (world, at) = (Arc::clone(&self.rows.world), self.at);
        match &order.command {
            Command::Log(log) => {
                let fresh = entropy.fresh(at, &SECRET).unwrap();
                let (id, receipt) = (fresh.id, SECRET.receipt(fresh.id));
                let records = request_decide::log(&world, at, &order.actor, fresh, log, &self.loads())?;
                self.apply(id, records);
                Ok(Done { receipt: Some(receipt), ..self.done(Some(id)) })
            }
            Command::Act { request: id, command } => {
                let Some(request) = self.rows.requests.get(id).cloned() else {
                    let message = format!("request `{id}` is not among those you see; check the id");
                    return Err(refusal::Refusal::new(refusal::Code::UnknownRequest, message).into());
                };
                let other = match command {
                    Asks::Merge { into, .. } => self.rows.requests.get(into).cloned(),
                    _ => None,
                };
                let loads = self.loads();
                let around = request_decide::Around { loads: &loads, other: other.as_deref() };
                let decided = request_decide::decide(&world, &request, at, &order.actor, command, around);
                self.happens(&request, decided.map_err(Refused::from)?)
            }
            Command::CatchUp => Ok(self.done(None)),
            Command::Replay { .. } => panic!("nothing is delivered in the simulation"),
            Command::RunOut { request: id } => {
                let request = self.rows.requests[id].clone();
                let over = running(&request).into_iter().filter(|due| due.at <= at).min();
                let Some(due) = over else { return Ok(self.done(None)) };
                let records = request_decide::run_out(&world, &request, at, due, &self.loads())?;
                assert!(!records.is_empty(), "{due:?} is over at {at:?} and nothing came of it");
                self.apply(*id, records);
                Ok(self.done(Some(*id)))
            }
            Command::Register(command) => {
                let open = self.concerned(&register::decide::touched(&world, at, command));
                let decided = register::decide::decide(&world, at, &order.actor, command, &open, &self.loads());
                self.take(decided.map_err(Refused::from)?);
                Ok(self.done(None))
            }
            Command::Load(rows) => {
                let loaded = register::decide::load(&world, &order.actor, rows.as_ref().clone(), 1_000);
                self.take(loaded.map_err(Refused::from)?);
                Ok(self.done(None))
            }
        }
    }

    /// What was decided of a request, with what it comes to for those that were merged into it.
    fn happens(&mut self, request: &Request, records: Vec<Recorded>) -> Answer {
        let follow = |other: &&Arc<Request>| other.merged_into == Some(request.id);
        let followers: Vec<Request> =
            self.rows.requests.values().filter(follow).map(|other| other.as_ref().clone()).collect();
        let followed =
            request_decide::followed(&self.rows.world, request, &records, &followers, self.at, &self.loads())?;
        self.apply(request.id, records);
        let done = self.done(Some(request.id));
        for (id, records) in followed {
            self.apply(id, records);
        }
        Ok(done)
    }

    fn take(&mut self, decision: register::decide::Decision) {
        assert_eq!(decision.misfit, None, "what is decided fits");
        let (before, after) = (Arc::clone(&self.rows.world), Arc::new(decision.world));
        for recorded in decision.records {
            self.rows.changes += 1;
            let told = notices_of_register(&before, &after, self.at, &recorded);
            self.note(self.rows.changes, Happened::Register(recorded), told);
        }
        self.rows.world = after;
        self.rows.head.world = self.rows.world.version();
        for (id, records) in decision.hand_overs {
            self.apply(id, records);
        }
    }

    fn apply(&mut self, id: RequestId, records: Vec<Recorded>) {
        for recorded in records {
            let before = self.rows.requests.remove(&id).map(|request| request.as_ref().clone());
            let told = notices(&self.rows.world, self.at, id, before.as_ref(), &recorded);
            let after = fold(before, self.at, &recorded).unwrap_or_else(|misfit| panic!("{id}: {misfit}"));
            self.note(after.events, Happened::Request(id, recorded), told);
            self.rows.requests.insert(id, Arc::new(after));
        }
    }

    fn note(&mut self, seq: u32, happened: Happened, told: Vec<Notice>) {
        self.rows.head.position += 1;
        let position = self.rows.head.position;
        self.told.extend(told.into_iter().map(|Notice { person, kind, .. }| Told { position, person, kind }));
        self.entries.push(Entry { position: self.rows.head.position, seq, at: self.at, happened });
    }
}
