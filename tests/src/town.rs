//! A town on a store of its own, with a clock that a test holds.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        instant::{Instant, Zone},
        register,
        request::{
            Channel, Citizen,
            command::{Command as RequestCommand, LogRequest},
        },
        world::Register,
    },
    run::{
        engine::{Answer, Command, Engine, Order},
        error::Error,
        secret::Secret,
        source::{Clock, Entropy},
        store::Store,
    },
};

use crate::stores::{Kind, TestDb, Trouble};

/// The instant at which tests begin: a Monday morning.
pub const MORNING: &str = "2024-05-06T09:00:00+08:00";

/// The secret that receipts of tests are made with.
pub const SECRET: Secret = Secret::of([7; 32]);

/// The same as it stands in a file.
pub const SECRET_DIGITS: &str = "0707070707070707070707070707070707070707070707070707070707070707\n";

/// A town in a test.
#[derive(Debug)]
pub struct Town {
    /// The engine under test.
    pub engine: Arc<Engine>,
    /// Its clock.
    pub clock: Clock,
    /// Its database.
    pub db: TestDb,
    keys: AtomicU32,
}

/// Reads an instant or a date, in China's zone.
///
/// # Errors
/// When it is neither.
pub fn instant(text: &str) -> Result<Instant, Trouble> {
    Ok(Instant::parse(text, &Zone::china())?)
}

/// Somebody of the register.
///
/// # Errors
/// When it is not a code.
pub fn person(code: &str) -> Result<Actor, Trouble> {
    Ok(Actor::Person(code.parse()?))
}

impl Town {
    /// A town with these rows on a new store; none when there is no such store here.
    ///
    /// # Errors
    /// When the store or the rows are not to be had.
    pub async fn open(kind: Kind, rows: Register) -> Result<Option<Self>, Trouble> {
        let Some(db) = TestDb::with_tables(kind).await? else { return Ok(None) };
        let clock = Clock::manual(instant(MORNING)?);
        let engine = Self::engine(&db, &clock).await?;
        let town = Self { engine, clock, db, keys: AtomicU32::new(0) };
        town.order(Actor::Operator, Command::Load(Box::new(rows))).await??;
        Ok(Some(town))
    }

    /// An engine on the database, as another process would have it.
    ///
    /// # Errors
    /// When the store cannot be opened.
    pub async fn engine(db: &TestDb, clock: &Clock) -> Result<Arc<Engine>, Trouble> {
        let store = Store::open(&db.url).await?;
        let engine = Engine::open(store, clock.clone(), Entropy::System).await?;
        engine.make_receipts_with(SECRET, false).await?;
        Ok(Arc::new(engine))
    }

    /// Gives an order under a key of its own.
    ///
    /// # Errors
    /// When the machine fails; a refusal is an answer.
    pub async fn order(&self, actor: Actor, command: Command) -> Result<Result<Answered, RefusedError>, Error> {
        let key = format!("key-{}", self.keys.fetch_add(1, Ordering::SeqCst));
        let answer = self.engine.execute(Order { actor, key, command }).await?;
        Ok(answer.map(Answered).map_err(RefusedError))
    }

    /// Logs a request and gives its name.
    ///
    /// # Errors
    /// When it is refused or the machine fails.
    pub async fn log(&self, who: &str, place: &str, matter: &str) -> Result<RequestId, Trouble> {
        let answer = self.order(person(who)?, Command::Log(request(place, matter)?)).await??;
        answer.0.request.ok_or_else(|| "logging gave no request".into())
    }

    /// Does something about a request.
    ///
    /// # Errors
    /// When it is refused or the machine fails.
    pub async fn act(&self, who: &str, request: RequestId, command: RequestCommand) -> Result<(), Trouble> {
        self.order(person(who)?, Command::Act { request, command }).await??;
        Ok(())
    }

    /// Changes the register.
    ///
    /// # Errors
    /// When it is refused or the machine fails.
    pub async fn change(&self, command: register::command::Command) -> Result<(), Trouble> {
        self.order(Actor::Operator, Command::Register(command)).await??;
        Ok(())
    }
}

/// A request in invented words.
///
/// # Errors
/// When a code is none.
pub fn request(place: &str, matter: &str) -> Result<LogRequest, Trouble> {
    Ok(LogRequest {
        place: place.parse()?,
        matter: matter.parse()?,
        channel: Channel::HomeVisit,
        entered_at: None,
        words: "水管破了,来看看".to_owned(),
        citizen: Citizen { name: "韦某".to_owned(), phone: "00000000000".to_owned() },
        accused: Vec::new(),
    })
}

/// What was done.
#[derive(Debug)]
pub struct Answered(pub liandong_engine::run::engine::Done);

/// A refusal where a test did not expect one.
#[derive(Debug, thiserror::Error)]
#[error("refused: {} ({})", .0.code, .0.message)]
pub struct RefusedError(pub liandong_engine::run::engine::Refused);

/// The code of a refusal, or none.
#[must_use]
pub fn code(answer: &Answer) -> Option<&str> {
    answer.as_ref().err().map(|r| r.code.as_str())
}

#[expect(clippy::panic, clippy::print_stderr, reason = "a test fails by a panic and says aloud that it skips")]
/// Runs a story on one store; where that store is not to be had, says so and is done.
pub fn run<F: Future<Output = Result<(), Trouble>>>(kind: Kind, rows: Register, story: impl FnOnce(Town) -> F) {
    let outcome =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(Trouble::from);
    let outcome = outcome.and_then(|runtime| {
        runtime.block_on(async {
            match Town::open(kind, rows).await? {
                Some(town) => story(town).await,
                None => {
                    eprintln!("skipped: there is no PostgreSQL here");
                    Ok(())
                }
            }
        })
    });
    if let Err(trouble) = outcome {
        panic!("{trouble}");
    }
}

/// The same test on both stores: `on_both_stores! { "hamlet" => async fn a_sentence(town) { … } }`.
#[macro_export]
macro_rules! on_both_stores {
    ($($world:literal => $(#[$meta:meta])* async fn $name:ident($town:ident) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn story($town: $crate::town::Town) -> Result<(), $crate::stores::Trouble> $body

            #[test]
            fn sqlite() {
                $crate::town::run($crate::stores::Kind::Sqlite, $crate::fixtures::register($world), story);
            }

            #[test]
            fn postgres() {
                $crate::town::run($crate::stores::Kind::Postgres, $crate::fixtures::register($world), story);
            }
        }
    )*};
}
