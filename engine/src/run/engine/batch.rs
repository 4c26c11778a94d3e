//! One transaction: receipts, world, state, decisions, then state, journal, outbox and receipts.

mod follow;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use tokio::time::Instant as Stopwatch;

use super::{
    Shared, build,
    command::{Answer, Code, Command, Done, MAX_KEY, Order, Performed, Refused},
};
use crate::{
    rules::{
        actor::Actor,
        id::{PersonCode, ReceiptCode, RequestId},
        instant::Instant,
        notice::{self, Notice, delivery::DeliveryId, notices, notices_of_register},
        register::{
            self,
            decide::{Decision, Touched},
        },
        request::{
            self, Request,
            decide::{self as request_decide, Around},
            event::Recorded,
            evolve::fold,
            hand_over::hand_over,
            refusal, running,
        },
        routing::{Loads, contenders},
        text::line,
        world::World,
    },
    run::{
        error::Error,
        store::{
            Tx, calendar_feed, delivery,
            head::{self, Head},
            journal::{self, Entry, Happened},
            outbox::{self, Posted},
            receipt::{self, Kept, Name},
            register as register_rows,
            request::{self as request_rows, Change},
            request_actor, request_unit, workload,
        },
    },
};

/// Rows in one event of a large load.
const LOAD_CHUNK: usize = 1_000;

/// What a batch left behind.
pub(super) struct Committed {
    /// One for each order.
    pub(super) answers: Vec<Performed>,
    /// The world it ended in.
    pub(super) world: Arc<World>,
    /// The newest journal position.
    pub(super) position: i64,
    /// The newest instant at which anything was done.
    pub(super) at: Instant,
    /// How many orders were answered from their receipt.
    pub(super) replayed: u64,
    /// When the instant of the commit was taken, by a clock that only runs.
    pub(super) stamped: Stopwatch,
}

/// Decides the orders one after another and writes what they come to.
pub(super) async fn run(tx: &Tx<'_>, shared: &Shared, orders: &[Order]) -> Result<Committed, Error> {
    // What is published is committed, here or by another process: whoever holds the head finds that or more.
    let acknowledged = shared.feed.position();
    let (head, clock) = head::hold(tx).await?;
    let stamped = Stopwatch::now();
    shared.check_head(head, acknowledged)?;
    let known = shared.world();
    let world = if known.version() == head.world {
        known
    } else {
        // Another process changed the register: its change holds for this very commit.
        Arc::new(build(register_rows::read(tx).await?, head.world)?)
    };
    let mut batch = Batch {
        tx,
        shared,
        // When the first order is decided: what is fetched for it has to be that of then, also where the clock
        // stands before what was done last.
        at: Instant(shared.clock.shared(clock).0.max(head.at.0.saturating_add(1))),
        reached: head.at,
        found: head,
        head,
        world,
        before: BTreeMap::new(),
        now: BTreeMap::new(),
        loads: Loads::default(),
        entries: Vec::new(),
        posted: Vec::new(),
        kept: HashMap::new(),
        new_receipts: Vec::new(),
        handles: HashMap::new(),
        replayed: 0,
        led: HashSet::new(),
    };
    batch.fetch(orders).await?;
    let mut answers = Vec::with_capacity(orders.len());
    for order in orders {
        let (answer, decided) = batch.answer(order).await?;
        // As it is after this order, whatever the orders behind it in the batch make of it.
        let request = answer.as_ref().ok().filter(|_| decided).and_then(|done| batch.now.get(&done.request?));
        answers.push(Performed { request: request.map(|r| Arc::new(r.clone())), answer });
    }
    batch.write().await?;
    let Batch { head, world, replayed, .. } = batch;
    Ok(Committed { answers, world, position: head.position, at: head.at, replayed, stamped })
}

struct Batch<'a> {
    tx: &'a Tx<'a>,
    shared: &'a Shared,
    at: Instant,
    /// The instant as of which the rows say what lies in which unit.
    reached: Instant,
    /// As it was when the batch began.
    found: Head,
    head: Head,
    world: Arc<World>,
    /// Requests as they were.
    before: BTreeMap<RequestId, Request>,
    /// Requests as they are after what was decided so far.
    now: BTreeMap<RequestId, Request>,
    loads: Loads,
    entries: Vec<Entry>,
    posted: Vec<Posted>,
    kept: HashMap<Name, Kept>,
    new_receipts: Vec<(Name, Kept)>,
    handles: HashMap<PersonCode, i32>,
    replayed: u64,
    /// Requests whose followers are among those fetched.
    led: HashSet<RequestId>,
}

impl Batch<'_> {
    /// Everything the decisions will look at, in one statement a table.
    async fn fetch(&mut self, orders: &[Order]) -> Result<(), Error> {
        let fit = orders.iter().filter(|o| is_fit(&o.key) && !o.command.is_of_time());
        let names = fit.map(|o| Name::new(&o.actor, &o.key)).collect::<Result<HashSet<_>, _>>()?;
        self.kept = receipt::read(self.tx, &names.into_iter().collect::<Vec<_>>()).await?;
        let named = |o: &Order| o.command.request().into_iter().chain(o.command.other());
        let ids: HashSet<RequestId> = orders.iter().flat_map(named).collect();
        self.get(&ids.into_iter().collect::<Vec<_>>()).await?;
        self.fetch_followers(orders.iter().filter_map(|o| o.command.may_end()).collect()).await?;
        let mut people: HashSet<PersonCode> = HashSet::new();
        for order in orders {
            match &order.command {
                Command::Log(log) => {
                    if let Ok(question) = request_decide::entry_question(&self.world, self.at, log) {
                        people.extend(contenders(&self.world, &question));
                    }
                }
                Command::Act { request, command } if command.kind().routes() => {
                    let request = self.now.get(request);
                    people.extend(
                        request
                            .into_iter()
                            .flat_map(|r| request_decide::contenders(&self.world, r, Some(command), self.at)),
                    );
                }
                Command::RunOut { request } => {
                    let request = self.now.get(request);
                    people.extend(
                        request.into_iter().flat_map(|r| request_decide::contenders(&self.world, r, None, self.at)),
                    );
                }
                _ => {}
            }
        }
        people.extend(self.contenders_of_followers());
        self.loads = workload::now(self.tx, &people.into_iter().collect::<Vec<_>>()).await?;
        Ok(())
    }

    async fn get(&mut self, ids: &[RequestId]) -> Result<(), Error> {
        if ids.is_empty() {
            return Ok(());
        }
        let found = request_rows::read(self.tx, ids).await?;
        self.before.extend(found.iter().map(|(id, request)| (*id, request.clone())));
        self.now.extend(found);
        Ok(())
    }

    /// The answer to one order, and whether it was decided just now: the first answer again, or a new
    /// one, which is kept.
    async fn answer(&mut self, order: &Order) -> Result<(Answer, bool), Error> {
        if !is_fit(&order.key) {
            let message = format!(
                "the key has {} bytes; use 1 to {MAX_KEY} of letters, digits and signs that can be seen",
                order.key.len()
            );
            return Ok((Err(Refused::new(Code::BadKey, message)), false));
        }
        if order.command.is_of_time() {
            return Ok((self.decided(order).await?, true));
        }
        let name = Name::new(&order.actor, &order.key)?;
        let command = order.command.fingerprint()?;
        if let Some(kept) = self.kept.get(&name) {
            self.replayed += 1;
            if kept.command != command {
                let message = format!("key `{}` stands for another command; choose a new key", order.key);
                return Ok((Err(Refused::new(Code::KeyReused, message)), false));
            }
            let mut answer: Answer =
                serde_json::from_str(&kept.answer).map_err(|e| Error::corrupt("receipt", &order.key, e))?;
            if let (Command::Log(_), Ok(done)) = (&order.command, &mut answer) {
                done.receipt = self.receipt_again(done.request).await?;
            }
            return Ok((answer, false));
        }
        let answer = self.decided(order).await?;
        let text = serde_json::to_string(&answer).map_err(|e| Error::corrupt("receipt", &order.key, e))?;
        let kept = Kept { command, answer: text };
        self.kept.insert(name.clone(), kept.clone());
        self.new_receipts.push((name, kept));
        Ok((answer, true))
    }

    /// The receipt of a request that was logged before; none when it was made with a secret that is lost.
    async fn receipt_again(&self, request: Option<RequestId>) -> Result<Option<ReceiptCode>, Error> {
        let Some(id) = request else { return Ok(None) };
        let secret = self.shared.secret()?;
        let receipt = secret.receipt(id);
        let hash = secret.hash(&receipt);
        let is_its_own = match self.now.get(&id) {
            Some(request) => request.receipt == hash,
            None => request_rows::by_receipt(self.tx, hash).await? == Some(id),
        };
        Ok(is_its_own.then_some(receipt))
    }

    /// The decision, at an instant of its own: later than all before it, whatever the clock does.
    async fn decided(&mut self, order: &Order) -> Result<Answer, Error> {
        self.at = Instant(self.at.0.max(self.head.at.0.saturating_add(1)));
        self.catch_up().await?;
        let answer = self.decide(order).await?;
        if answer.is_ok() {
            self.head.at = self.at;
        }
        Ok(answer)
    }

    /// Dates of the register have come since the last commit: units that move by them take the
    /// requests in them along, and who goes by them hands over.
    async fn catch_up(&mut self) -> Result<(), Error> {
        if self.world.tree().changes_between(self.reached, self.at) {
            let (before, after) = ((&*self.world, self.reached), (&*self.world, self.at));
            request_unit::move_units(self.tx, before, after).await?;
            self.head.at = self.at;
        }
        let units = self.world.tree().changes_between(self.reached, self.at);
        let hands = self.world.next_change_of_hands(self.reached).is_some_and(|date| date <= self.at);
        if units || hands {
            self.end_what_is_loose().await?;
        }
        if hands {
            self.change_hands().await?;
            self.head.at = self.at;
        }
        self.reached = self.at;
        Ok(())
    }

    /// What rests on nothing any more, now that a date came, ends as it does when somebody changes the register.
    async fn end_what_is_loose(&mut self) -> Result<(), Error> {
        let gone = self.world.tree().ended_between(self.reached, self.at);
        calendar_feed::end_of_units(self.tx, &gone, self.at).await?;
        match register::decide::come(&self.world, self.at) {
            Ok(None) => {}
            Ok(Some(decision)) => {
                self.take_register(decision).await?;
                self.head.at = self.at;
            }
            // A fault of the rules; no date is missed for it, and nobody's command is held up.
            Err(refusal) => tracing::error!(code = refusal.code.word(), refusal.message, "what is loose stays"),
        }
        Ok(())
    }

    /// Whoever does not answer for a post any more, or is away, or is back, by a date of the register that
    /// came: open work goes where the rules say. What nobody may take stays where it is, and its limits run.
    async fn change_hands(&mut self) -> Result<(), Error> {
        let world = Arc::clone(&self.world);
        let posts = world.changing_hands(self.reached, self.at);
        let touched = Touched { posts, ..Touched::default() };
        let ids = self.concerned(&touched).await?;
        if ids.is_empty() {
            return Ok(());
        }
        self.count_everybody().await?;
        for id in ids {
            let Some(request) = self.now.get(&id) else { continue };
            match hand_over(&world, request, self.at, &Actor::System, None, &self.loads) {
                Ok(records) => self.apply(id, records)?,
                Err(refusal) => {
                    tracing::warn!(request = %id, code = %refusal.code, "a request stays where it is: nobody may take it over");
                }
            }
        }
        Ok(())
    }

    /// The requests that a change may touch: those of the store, and those of this batch as they are now.
    async fn concerned(&mut self, touched: &Touched) -> Result<BTreeSet<RequestId>, Error> {
        let stored = request_rows::touched(self.tx, touched).await?;
        let unknown: Vec<RequestId> = stored.into_iter().filter(|id| !self.now.contains_key(id)).collect();
        self.get(&unknown).await?;
        let concerned = self.now.values().filter(|request| touched.concerns(request));
        Ok(concerned.map(|request| request.id).collect())
    }

    /// What everybody has open, with what this batch did to it: for when anybody may come into question.
    async fn count_everybody(&mut self) -> Result<(), Error> {
        self.loads = workload::all(self.tx).await?;
        for (person, change) in &self.handles {
            let load = self.loads.0.entry(person.clone()).or_default();
            *load = load.saturating_add_signed(*change);
        }
        Ok(())
    }

    async fn decide(&mut self, order: &Order) -> Result<Answer, Error> {
        let world = Arc::clone(&self.world);
        match &order.command {
            Command::Log(log) => {
                let secret = self.shared.secret()?;
                let fresh = self.shared.entropy.fresh(self.at, secret)?;
                let (id, receipt) = (fresh.id, secret.receipt(fresh.id));
                match request_decide::log(&world, self.at, &order.actor, fresh, log, &self.loads) {
                    Ok(records) => {
                        self.apply(id, records)?;
                        Ok(Ok(Done { receipt: Some(receipt), ..self.done(Some(id)) }))
                    }
                    Err(refusal) => Ok(Err(refusal.into())),
                }
            }
            Command::Act { request: id, command } => {
                let Some(request) = self.now.get(id) else {
                    let message = format!("request `{id}` is not among those you see; check the id");
                    return Ok(Err(refusal::Refusal::new(refusal::Code::UnknownRequest, message).into()));
                };
                let other = order.command.other().and_then(|other| self.now.get(&other));
                let around = Around { loads: &self.loads, other };
                match request_decide::decide(&world, request, self.at, &order.actor, command, around) {
                    Ok(records) => self.happens(*id, records).await,
                    Err(refusal) => Ok(Err(refusal.into())),
                }
            }
            Command::CatchUp => Ok(Ok(self.done(None))),
            Command::RunOut { request: id } => {
                let Some(request) = self.now.get(id) else {
                    return Err(Error::corrupt("request", id, "it is due and not there"));
                };
                let over = running(request).into_iter().filter(|due| due.at <= self.at).min();
                // Nothing is over any more: something came in between, or somebody else was first.
                let Some(due) = over else { return Ok(Ok(self.done(None))) };
                match request_decide::run_out(&world, request, self.at, due, &self.loads) {
                    Ok(records) => self.happens(*id, records).await,
                    Err(refusal) => Ok(Err(refusal.into())),
                }
            }
            Command::Register(command) => self.change_register(&order.actor, command).await,
            Command::Load(rows) => {
                match register::decide::load(&world, &order.actor, rows.as_ref().clone(), LOAD_CHUNK) {
                    Ok(decision) => {
                        self.take_register(decision).await?;
                        Ok(Ok(self.done(None)))
                    }
                    Err(refusal) => Ok(Err(refusal.into())),
                }
            }
            Command::Replay { delivery } => self.replay(&order.actor, delivery).await,
        }
    }

    /// A delivery that was given up is tried anew. It is no event of any request, so no entry is made.
    async fn replay(&self, actor: &Actor, id: &DeliveryId) -> Result<Answer, Error> {
        let found = delivery::read(self.tx, std::slice::from_ref(id)).await?;
        let found = found.get(id).map(|found| (&found.person, found.state));
        if let Err(refusal) = notice::delivery::replay(&self.world, self.at, actor, id, found) {
            return Ok(Err(refusal.into()));
        }
        delivery::replay(self.tx, id).await?;
        Ok(Ok(self.done(None)))
    }

    async fn change_register(&mut self, actor: &Actor, command: &register::command::Command) -> Result<Answer, Error> {
        let world = Arc::clone(&self.world);
        let touched = register::decide::touched(&world, self.at, command);
        let ids = self.concerned(&touched).await?;
        let open: Vec<Request> = ids.iter().filter_map(|id| self.now.get(id)).cloned().collect();
        // Who comes into question depends on the world that is about to be, so everybody is counted.
        self.count_everybody().await?;
        match register::decide::decide(&world, self.at, actor, command, &open, &self.loads) {
            Ok(decision) => {
                self.take_register(decision).await?;
                Ok(Ok(self.done(None)))
            }
            Err(refusal) => Ok(Err(refusal.into())),
        }
    }

    /// Writes the new register and everything that follows from it for open requests.
    async fn take_register(&mut self, decision: Decision) -> Result<(), Error> {
        if let Some(misfit) = decision.misfit {
            return Err(Error::Misfit { what: "the register".to_owned(), misfit: misfit.to_string() });
        }
        let old = Arc::clone(&self.world);
        let new = Arc::new(decision.world);
        register_rows::write(self.tx, old.register(), new.register()).await?;
        request_unit::move_units(self.tx, (&old, self.at), (&new, self.at)).await?;
        let dissolved = decision.records.iter().filter_map(|recorded| match &recorded.event {
            register::event::Event::UnitDissolved { unit, .. } => Some(unit.clone()),
            _ => None,
        });
        calendar_feed::end_of_units(self.tx, &dissolved.collect::<Vec<_>>(), self.at).await?;
        let mut seq = journal::register_events(self.tx).await?;
        for recorded in decision.records {
            seq += 1;
            self.head.position += 1;
            self.post(notices_of_register(&old, &new, self.at, &recorded));
            let happened = Happened::Register(recorded);
            self.entries.push(Entry { position: self.head.position, seq, at: self.at, happened });
        }
        self.world = Arc::clone(&new);
        self.head.world = new.version();
        for (id, records) in decision.hand_overs {
            self.apply(id, records)?;
        }
        Ok(())
    }

    /// Folds events into the state, and notes everything that goes with them. One that does not fit is a bug, and
    /// nothing of the transaction is kept.
    fn apply(&mut self, id: RequestId, records: Vec<Recorded>) -> Result<(), Error> {
        for recorded in records {
            let before = self.now.remove(&id);
            self.head.position += 1;
            self.post(notices(&self.world, self.at, id, before.as_ref(), &recorded));
            self.count(before.as_ref(), -1);
            let after = fold(before, self.at, &recorded)
                .map_err(|misfit| Error::Misfit { what: format!("request {id}"), misfit: misfit.to_string() })?;
            self.count(Some(&after), 1);
            let (seq, happened) = (after.events, Happened::Request(id, recorded));
            self.entries.push(Entry { position: self.head.position, seq, at: self.at, happened });
            self.now.insert(id, after);
        }
        Ok(())
    }

    /// Notes what people must be told by the entry at the head.
    fn post(&mut self, told: Vec<Notice>) {
        let (position, at) = (self.head.position, self.at);
        self.posted.extend((1..).zip(told).map(|(no, notice)| Posted { position, no, at, notice }));
    }

    fn count(&mut self, request: Option<&Request>, by: i32) {
        let Some(person) = request.and_then(Request::weighs_on) else { return };
        *self.handles.entry(person.clone()).or_default() += by;
        let load = self.loads.0.entry(person.clone()).or_default();
        *load = load.saturating_add_signed(by);
    }

    fn done(&self, request: Option<RequestId>) -> Done {
        Done { position: self.head.position, world: self.world.version(), request, receipt: None }
    }

    async fn write(&mut self) -> Result<(), Error> {
        let changed: Vec<Change<'_>> = self
            .now
            .iter()
            .map(|(id, after)| Change { before: self.before.get(id), after })
            .filter(|c| c.before != Some(c.after))
            .collect();
        if !changed.is_empty() {
            request_rows::write(self.tx, &changed).await?;
            request_actor::write(self.tx, &changed).await?;
            request_unit::write(self.tx, &self.world, self.reached, &changed).await?;
            workload::add(self.tx, &self.handles).await?;
        }
        if !self.entries.is_empty() {
            journal::append(self.tx, &self.entries).await?;
            outbox::write(self.tx, &self.posted).await?;
            if self.shared.webhook.get().is_some() {
                delivery::open(self.tx, &self.posted).await?;
            }
        }
        if self.head != self.found {
            head::write(self.tx, self.head).await?;
        }
        receipt::write(self.tx, self.at, std::mem::take(&mut self.new_receipts)).await
    }
}

/// Whether a key can be kept; one that cannot is not looked for either.
fn is_fit(key: &str) -> bool {
    !key.is_empty() && key.len() <= MAX_KEY && line(key, MAX_KEY).is_ok()
}

/// The kinds of commands that ask who is next.
impl request::command::CommandKind {
    pub(super) const fn routes(self) -> bool {
        matches!(
            self,
            Self::Escalate
                | Self::Reject
                | Self::SendBack
                | Self::AskCitizen
                | Self::Rate
                | Self::Correct
                | Self::CorrectPlace
                | Self::Merge
                | Self::Separate
                | Self::AskExtension
        )
    }
}
