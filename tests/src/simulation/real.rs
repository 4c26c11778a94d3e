//! The engine itself: two engines on one SQLite file, each on a runtime of its own, so that a node can die with
//! everything that it has under way.

use std::{
    fs,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use futures_util::StreamExt;
use liandong_engine::{
    rules::{actor::Actor, instant::Instant, world::{Register, World}},
    run::{
        engine::{Answer, Command, Engine, Order},
        source::Clock,
        store::{Store, journal::Entry},
        verify::verify,
    },
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{
    shell::{Dies, Shell},
    sketch::dice,
};
use crate::stores::Trouble;

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

/// Where a node is to die next.
#[derive(Debug, Default)]
struct Trap {
    armed: AtomicU8,
    sprung: AtomicBool,
}

const EARLY: u8 = 1;
const LATE: u8 = 2;

impl Trap {
    /// A statement was executed, within a transaction or not.
    fn on(&self, statement: &str) {
        let inserts = |table: &str| statement.starts_with("INSERT") && statement.contains(&format!("\"{table}\""));
        let (journal, last) = (inserts("journal"), inserts("receipt"));
        let dies = match self.armed.load(Ordering::SeqCst) {
            EARLY => journal || last,
            LATE => last || statement.starts_with("UPDATE \"head\"") && !self.receipts(),
            _ => false,
        };
        if dies {
            self.sprung.store(true, Ordering::SeqCst);
            // What is under way in this task ends here, without a word: the transaction, and the writer with it.
            resume_unwind(Box::new("the node died"));
        }
    }
}

/// A node: an engine with everything that runs for it.
#[derive(Debug)]
struct Node {
    engine: Arc<Engine>,
    runtime: Option<Runtime>,
    trap: Arc<Trap>,
    lives: u64,
}
