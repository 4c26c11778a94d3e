//! `liandong register load`.

use std::path::PathBuf;

use clap::Args;
use liandong_engine::{
    rules::{actor::Actor, world},
    run::{
        engine::{Command, Done, Engine, Order},
        source::Clock,
    },
};

use super::counts;
use crate::cli::{
    database::{Database, read_files, with_engine},
    logging::{self, LogFormat},
    output,
    trouble::Trouble,
};

/// Load a directory of CSV files into an empty database: all of it or nothing
#[derive(Debug, Args)]
pub(in crate::cli) struct Load {
    /// The directory with units.csv and the others
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    #[command(flatten)]
    database: Database,
}

impl Load {
    pub(in crate::cli) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        let begun = Clock::System.now();
        let register = read_files(&self.dir, "nothing was loaded")?;
        let counts = counts(&register);
        with_engine(&self.database.url, async |engine| load(engine, register).await.map(drop))?;
        let micros = Clock::System.now().0.saturating_sub(begun.0).max(0);
        let seconds = format!("{}.{:02}", micros / 1_000_000, micros / 10_000 % 100);
        Ok(output::print(&format!("loaded in {seconds} s: {counts}\n"))?)
    }
}

/// Loads rows as the operator.
pub(in crate::cli) async fn load(engine: &Engine, register: world::Register) -> Result<Done, Trouble> {
    // A key of its own each time: a load that was refused may be asked for again.
    let key = format!("register-load-{}", engine.now().0);
    let command = Command::Load(Box::new(register));
    Ok(engine.execute(Order { actor: Actor::Operator, key, command }).await??)
}
