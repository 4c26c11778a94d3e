//! The driver on the engine and a store: the same stories, with everything on the disk.

use std::sync::Arc;

use liandong_engine::{
    rules::{
        actor::Actor,
        id::{MatterCode, PersonCode, RequestId, UnitCode},
        instant::{Instant, Span},
        notice::{Line, delivery::DeliveryId, is_over},
        register,
        request::{
            command::{Command, LogRequest},
            refusal::Code,
        },
        routing::{Account, Exclusions, Question},
        world::Register,
    },
    run::{
        courier::Webhook,
        engine::{self, Answer, Engine, Order},
        source::Clock,
        store::{
            journal::{Entry as Row, Happened},
            outbox::Posted,
        },
        verify::verify,
    },
};
use tokio::runtime::Runtime;

use super::{
    driver::{Call, Driver, Failure, Refused},
    duty::{Change, Stint},
    view::{Entry, View, Way},
};
use crate::{
    receiver::SECRET,
    stores::{Kind, TestDb, Trouble},
    town::{Town, instant},
};

/// The engine on a store of its own.
#[derive(Debug)]
pub struct Stored {
    engine: Arc<Engine>,
    clock: Clock,
    db: TestDb,
    runtime: Runtime,
}

impl Stored {
    /// On a town; none when there is no such store here.
    ///
    /// # Errors
    /// When the store is not to be had or refuses the rows.
    pub fn open(kind: Kind, rows: Register) -> Result<Option<Self>, Trouble> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let opened: Result<_, Trouble> = runtime.block_on(async {
            let Some(db) = TestDb::with_tables(kind).await? else { return Ok(None) };
            // Long before every story, so that the town is as old as its rows say.
            let clock = Clock::manual(instant("2000-01-01")?);
            let engine = Town::engine(&db, &clock).await?;
            // Everything has a delivery, and nobody carries it.
            engine.deliver_to(Webhook::new("http://127.0.0.1:9/", SECRET)?);
            let command = engine::Command::Load(Box::new(rows));
            let order = Order { actor: Actor::Operator, key: "the town".to_owned(), command };
            if let Err(refused) = engine.execute(order).await? {
                return Err(refused.message.into());
            }
            Ok(Some((db, clock, engine)))
        });
        Ok(opened?.map(|(db, clock, engine)| Self { engine, clock, db, runtime }))
    }

    /// The address of the store, and the engine on it, for those who drive it by another way.
    #[must_use]
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The clock of the engine.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Where the driver waits for what it asked.
    #[must_use]
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    fn order(&self, call: &Call, command: engine::Command) -> Result<engine::Done, Failure> {
        self.clock.set(call.at);
        let order = Order { actor: call.actor.clone(), key: call.key.clone(), command };
        answered(self.runtime.block_on(self.engine.execute(order)).map_err(broken)?)
    }

    fn rows(&self, id: RequestId) -> Result<Vec<Row>, Failure> {
        self.runtime.block_on(self.engine.journal_of(&Actor::Operator, id, 0, 100)).map_err(broken)
    }
}

/// At the end of a story the journal must agree with the rows.
impl Drop for Stored {
    #[expect(clippy::panic, reason = "a story that leaves a store in disagreement has failed")]
    fn drop(&mut self) {
        let found = self.runtime.block_on(async {
            let store = liandong_engine::run::store::Store::connect(&self.db.url).await?;
            let found = verify(&store).await;
            self.engine.stop().await?;
            found
        });
        match found {
            Ok(found) if found.differences.is_empty() => {}
            _ if std::thread::panicking() => {}
            found => panic!("the journal does not verify: {found:?}"),
        }
    }
}

fn answered(answer: Answer) -> Result<engine::Done, Failure> {
    answer.map_err(|refused| Failure::Refused(Refused { code: refused.code, message: refused.message }))
}

fn broken(error: impl ToString) -> Failure {
    Failure::Broken(error.to_string())
}

fn refusal(code: Code, message: String) -> Failure {
    Failure::Refused(Refused { code: code.word().to_owned(), message })
}

impl Driver for Stored {
    fn log(&mut self, call: &Call, request: &LogRequest) -> Result<RequestId, Failure> {
        let done = self.order(call, engine::Command::Log(request.clone()))?;
        done.request.ok_or_else(|| broken("logging gave no request"))
    }

    fn act(&mut self, call: &Call, request: RequestId, command: &Command) -> Result<(), Failure> {
        self.order(call, engine::Command::Act { request, command: command.clone() }).map(drop)
    }

    fn together(&mut self, request: RequestId, acts: &[(Call, Command)]) -> Vec<Result<(), Failure>> {
        if let Some((call, _)) = acts.first() {
            self.clock.set(call.at);
        }
        let orders = acts.iter().map(|(call, command)| {
            let command = engine::Command::Act { request, command: command.clone() };
            self.engine.execute(Order { actor: call.actor.clone(), key: call.key.clone(), command })
        });
        let answers = self.runtime.block_on(futures_util::future::join_all(orders));
        answers.into_iter().map(|answer| answered(answer.map_err(broken)?).map(drop)).collect()
    }

    fn register(&mut self, call: &Call, command: &register::command::Command) -> Result<(), Failure> {
        self.order(call, engine::Command::Register(command.clone())).map(drop)
    }

    fn load(&mut self, call: &Call, rows: &Register) -> Result<(), Failure> {
        self.order(call, engine::Command::Load(Box::new(rows.clone()))).map(drop)
    }

    fn pass(&mut self, at: Instant) -> Result<(), Failure> {
        self.clock.set(at);
        self.runtime.block_on(self.engine.tick()).map(drop).map_err(broken)
    }

    fn replay(&mut self, call: &Call, delivery: &DeliveryId) -> Result<(), Failure> {
        self.order(call, engine::Command::Replay { delivery: delivery.clone() }).map(drop)
    }

    fn notices(&mut self, at: Instant, person: &PersonCode) -> Result<Vec<Line>, Failure> {
        self.clock.set(at);
        self.runtime.block_on(async {
            let (told, more) = self.engine.notices(person, None, 100).await.map_err(broken)?;
            if more {
                return Err(broken("a story with more than a page of notices"));
            }
            let mut all = Vec::with_capacity(told.len());
            for Posted { position, no, at, notice } in told.into_iter().rev() {
                let ids: Vec<RequestId> = notice.about.request().into_iter().collect();
                let assignments = self.engine.assignments_of(&ids).await.map_err(broken)?;
                let of = assignments.values().next().map_or(&[][..], Vec::as_slice);
                let over = is_over(&self.engine.world(), self.engine.now(), &notice, of);
                all.push(Line { position, no, at, notice, over });
            }
            Ok(all)
        })
    }

    fn look(&mut self, at: Instant, actor: &Actor, request: RequestId) -> Result<View, Failure> {
        self.clock.set(at);
        let found = self.runtime.block_on(self.engine.request(actor, request)).map_err(broken)?;
        let found = found.ok_or_else(|| {
            refusal(Code::UnknownRequest, format!("request `{request}` is not among those you see; check the id"))
        });
        Ok(View::seen_by(actor, &self.engine.world(), &found?, at))
    }

    fn view(&mut self, at: Instant, request: RequestId) -> Result<View, Failure> {
        self.look(at, &Actor::Operator, request)
    }

    fn account(&mut self, _: Instant, request: RequestId) -> Result<Way, Failure> {
        let rows = self.rows(request)?;
        let events = rows.iter().filter_map(|row| match &row.happened {
            Happened::Request(_, recorded) => Some(&recorded.event),
            Happened::Register(_) => None,
        });
        Way::newest(&self.engine.world(), events).ok_or_else(|| broken("a journal without an assignment"))
    }

    fn journal(&mut self, _: Instant, request: RequestId) -> Result<Vec<Entry>, Failure> {
        let (rows, world) = (self.rows(request)?, self.engine.world());
        let entries = rows.iter().filter_map(|row| match &row.happened {
            Happened::Request(_, recorded) => Some(Entry::of(&world, recorded)),
            Happened::Register(_) => None,
        });
        Ok(entries.collect())
    }

    fn who(
        &mut self,
        at: Instant,
        place: &UnitCode,
        matter: &MatterCode,
        on: Instant,
        accused: &[PersonCode],
    ) -> Result<Way, Failure> {
        self.clock.set(at);
        let world = self.engine.world();
        let unknown = |code, what: &str| refusal(code, format!("{what} is not in the register"));
        let unit = world.find_unit(place.as_str());
        let unit = unit.ok_or_else(|| unknown(Code::UnknownPlace, &format!("unit `{place}`")))?;
        let known = world.find_matter(matter.as_str());
        let known =
            known.ok_or_else(|| refusal(Code::UnknownMatter, format!("matter `{matter}` is not in the catalogue")))?;
        let question = Question::new(unit, known, on);
        let accused = accused.iter().filter_map(|code| world.find_person(code.as_str())).collect();
        let exclusions = Exclusions { accused, ..Exclusions::default() };
        let route =
            self.runtime.block_on(self.engine.who_is_responsible(&world, &question, &exclusions)).map_err(broken)?;
        Ok(Way::of(&world, &Account::of(&world, &route)))
    }

    fn on_duty(&mut self, at: Instant, unit: &UnitCode, on: Instant) -> Result<Vec<Stint>, Failure> {
        self.clock.set(at);
        Ok(Stint::at(&self.engine.world(), unit, on))
    }

    fn roster(&mut self, at: Instant, unit: &UnitCode, during: Span) -> Result<Vec<Stint>, Failure> {
        self.clock.set(at);
        Ok(Stint::during(&self.engine.world(), unit, during))
    }

    fn duty_changes(&mut self, at: Instant, unit: &UnitCode) -> Result<Vec<Change>, Failure> {
        self.clock.set(at);
        Ok(Change::all(&self.engine.world(), unit))
    }
}
