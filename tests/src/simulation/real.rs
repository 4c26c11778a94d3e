//! The engine itself: two engines on one SQLite file, each on a runtime of its own, so that a node can die with
//! everything that it has under way.

use std::{
    fs,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use futures_util::StreamExt;
use liandong_engine::{
    rules::{
        actor::Actor,
        instant::Instant,
        notice::NoticeKind,
        world::{Register, World},
    },
    run::{
        engine::{Answer, Command, Engine, Order},
        error::Error,
        source::Clock,
        store::{Store, journal::Entry},
        verify::verify,
    },
};
use liandong_schema::entity::outbox;
use sea_orm::{ColumnTrait, ConnectOptions, Database, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{
    shell::{Dies, Shell, Told},
    sketch::dice,
};
use crate::{stores::Trouble, town::SECRET};

/// A town on a file that is copied for every life.
#[derive(Debug)]
pub struct Original {
    dir: TempDir,
}

impl Original {
    /// A town with these rows, loaded at that instant.
    ///
    /// # Errors
    /// When the store or the rows are not to be had.
    pub fn new(rows: &Register, at: Instant) -> Result<Self, Trouble> {
        let dir = TempDir::with_prefix("liandong-simulation-")?;
        let runtime = runtime()?;
        let url = url(&file(dir.path()));
        runtime.block_on(async {
            let store = Store::open(&url).await?;
            let engine = Engine::open(store, Clock::manual(at), dice(0, 0, 0)).await?;
            engine.make_receipts_with(SECRET, false).await?;
            let command = Command::Load(Box::new(rows.clone()));
            engine.execute(Order { actor: Actor::Operator, key: "town".to_owned(), command }).await?.unwrap();
            engine.stop().await?;
            Ok::<(), Trouble>(())
        })?;
        Ok(Self { dir })
    }
}

fn file(dir: &Path) -> PathBuf {
    dir.join("town.db")
}

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

fn runtime() -> Result<Runtime, std::io::Error> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()
}

/// At which statement a node is to die.
const NOWHERE: u8 = 0;
const AT_JOURNAL: u8 = 1;
const AT_RECEIPT: u8 = 2;
const AT_HEAD: u8 = 3;

/// A statement of the writer was executed: the node dies here, if it is to.
fn spring(trap: &AtomicU8, statement: &str) {
    let inserts = |table: &str| statement.starts_with(&format!("INSERT INTO \"{table}\""));
    let dies = match trap.load(Ordering::SeqCst) {
        AT_JOURNAL => inserts("journal") || inserts("receipt"),
        AT_RECEIPT => inserts("receipt"),
        AT_HEAD => statement.starts_with("UPDATE \"head\""),
        _ => false,
    };
    if dies {
        // The task ends here, without a word, and what it had under way: the transaction, and the writer.
        resume_unwind(Box::new("the node died"));
    }
}

/// A node: an engine with everything that runs for it. Without one while it is being started.
#[derive(Debug)]
struct Node {
    engine: Arc<Engine>,
    runtime: Runtime,
    trap: Arc<AtomicU8>,
    lives: u64,
}

impl Node {
    fn start(db: &Path, clock: &Clock, seed: u64, node: usize, lives: u64) -> Result<Self, Trouble> {
        let (runtime, trap) = (runtime()?, Arc::new(AtomicU8::new(NOWHERE)));
        let engine = runtime.block_on(async {
            let mut store = Store::connect(&url(db)).await?;
            let trap = Arc::clone(&trap);
            store.on_write(move |statement| spring(&trap, statement));
            let engine = Engine::open(store, clock.clone(), dice(seed, node, lives)).await?;
            engine.make_receipts_with(SECRET, false).await?;
            Ok::<Engine, Error>(engine)
        })?;
        Ok(Self { engine: Arc::new(engine), runtime, trap, lives })
    }

    fn perform(&self, order: &Order) -> Result<Answer, Error> {
        self.runtime.block_on(self.engine.execute(order.clone()))
    }

    /// Everything that runs for it ends wherever it is.
    fn die(self) {
        drop(self.engine);
        self.runtime.shutdown_background();
    }
}

/// Two nodes on one file.
#[derive(Debug)]
pub struct Real {
    dir: TempDir,
    nodes: [Option<Node>; 2],
    clock: Clock,
    seed: u64,
    /// Who reads what people are told, and is no part of the system.
    reader: (Runtime, DatabaseConnection),
    /// What went wrong with the machine.
    faults: Vec<String>,
}

impl Real {
    /// A town like the original.
    ///
    /// # Errors
    /// When the file cannot be copied or opened.
    pub fn new(original: &Original, at: Instant, seed: u64) -> Result<Self, Trouble> {
        let dir = TempDir::with_prefix("liandong-simulation-")?;
        fs::copy(file(original.dir.path()), file(dir.path()))?;
        let clock = Clock::manual(at);
        let start = |node| Node::start(&file(dir.path()), &clock, seed, node, 0).map(Some);
        let nodes = [start(0)?, start(1)?];
        let readers = runtime()?;
        let mut options = ConnectOptions::new(url(&file(dir.path())));
        options.max_connections(1).sqlx_logging(false);
        let db = readers.block_on(Database::connect(options))?;
        Ok(Self { dir, nodes, clock, seed, reader: (readers, db), faults: Vec::new() })
    }

    fn node(&self, node: usize) -> &Node {
        self.nodes[node].as_ref().unwrap()
    }

    fn both(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().flatten()
    }
}

impl Shell for Real {
    fn put_clock(&mut self, at: Instant) {
        self.clock.set(at);
    }

    fn order(&mut self, node: usize, order: &Order) -> Answer {
        self.node(node).perform(order).unwrap_or_else(|error| panic!("the machine failed: {error}"))
    }

    fn order_and_die(&mut self, node: usize, order: &Order, dies: Dies) {
        let of_time = matches!(order.command, Command::RunOut { .. } | Command::CatchUp);
        let at = match dies {
            Dies::Early => AT_JOURNAL,
            Dies::Late if of_time => AT_HEAD,
            Dies::Late => AT_RECEIPT,
            Dies::After => NOWHERE,
        };
        self.node(node).trap.store(at, Ordering::SeqCst);
        let answer = self.node(node).perform(order);
        if dies == Dies::After && answer.is_err() {
            self.faults.push(format!("the machine failed: {answer:?}"));
        }
        self.crash(node);
    }

    fn tick(&mut self, node: usize) {
        // An order that cannot be kept is refused, and the node that took it knows the newest world.
        let knock = Order { actor: Actor::Operator, key: String::new(), command: Command::CatchUp };
        self.order(node, &knock).unwrap_err();
        let here = self.node(node);
        let audited = here.runtime.block_on(async {
            here.engine.tick().await?;
            here.engine.audit().await
        });
        match audited {
            Ok(found) if found.missed > 0 => self.faults.push(format!("the auditor found {found:?}")),
            Ok(_) => {}
            Err(error) => self.faults.push(format!("the machine failed: {error}")),
        }
    }

    fn crash(&mut self, node: usize) {
        if let Some(dead) = self.nodes[node].take() {
            let lives = dead.lives + 1;
            dead.die();
            let started = Node::start(&file(self.dir.path()), &self.clock, self.seed, node, lives);
            self.nodes[node] = Some(started.unwrap());
        }
    }

    fn entries(&mut self, after: i64) -> Vec<Entry> {
        let newest = self.both().max_by_key(|node| node.engine.feed().position()).unwrap();
        let many = usize::try_from(newest.engine.feed().position() - after).unwrap();
        let listener = newest.engine.listen(after).take(many);
        newest.runtime.block_on(listener.collect::<Vec<_>>()).into_iter().map(Result::unwrap).collect()
    }

    fn told(&mut self, after: i64) -> Vec<Told> {
        let (runtime, db) = &self.reader;
        let find = outbox::Entity::find().filter(outbox::Column::Position.gt(after));
        let find = find.order_by_asc(outbox::Column::Position).order_by_asc(outbox::Column::No);
        let told = |row: outbox::Model| Told {
            position: row.position,
            person: row.person.parse().unwrap(),
            kind: NoticeKind::parse(&row.kind).unwrap(),
        };
        runtime.block_on(find.all(db)).unwrap().into_iter().map(told).collect()
    }

    fn world(&mut self) -> Arc<World> {
        self.both().map(|node| node.engine.world()).max_by_key(|world| world.version()).unwrap()
    }

    fn faults(&mut self) -> Vec<String> {
        let mut faults = std::mem::take(&mut self.faults);
        for node in &mut self.nodes {
            if let Some(node) = node.take()
                && let Err(error) = node.runtime.block_on(node.engine.stop())
            {
                faults.push(format!("a node did not stop: {error}"));
            }
        }
        let verified = runtime().map_err(Trouble::from).and_then(|runtime| {
            runtime.block_on(async { Ok(verify(&Store::connect(&url(&file(self.dir.path()))).await?).await?) })
        });
        match verified {
            Ok(found) => faults.extend(found.differences),
            Err(error) => faults.push(format!("the journal could not be verified: {error}")),
        }
        faults
    }
}
