//! `liandong notices`.

use clap::Subcommand;
use liandong_engine::{
    rules::{actor::Actor, notice::delivery::DeliveryId},
    run::{
        engine::{Command, Engine, Order},
        query::MOST,
    },
};

use super::{
    database::{Database, with_existing},
    logging::{self, LogFormat},
    output,
    trouble::Trouble,
};

/// Look after notices that could not be delivered
#[derive(Debug, Subcommand)]
pub(super) enum Notices {
    /// List what was tried so often in vain that it is given up, the latest first
    Dead {
        #[command(flatten)]
        database: Database,
    },
    /// Have something that was given up tried anew; a running server does so within half a minute
    Replay {
        /// Its id, as `dead` lists it
        #[arg(value_name = "ID")]
        delivery: DeliveryId,
        #[command(flatten)]
        database: Database,
    },
}

impl Notices {
    pub(super) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        match self {
            Self::Dead { database } => with_existing(&database.url, dead),
            Self::Replay { delivery, database } => {
                with_existing(&database.url, async |engine| replay(engine, delivery).await)
            }
        }
    }
}

async fn dead(engine: &Engine) -> Result<(), Trouble> {
    let (found, more) = engine.dead_letters(&Actor::Operator, None, MOST).await?;
    let world = engine.world();
    let mut rows = vec![
        ["投递 delivery", "人员 person", "应发 due", "放弃 given up", "次数 tries", "原因 why"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(found.iter().map(|dead| {
        vec![
            dead.id.to_string(),
            dead.person.to_string(),
            dead.deliver_at.rfc3339(world.zone()),
            dead.ended_at.map(|at| at.rfc3339(world.zone())).unwrap_or_default(),
            dead.attempts.to_string(),
            dead.error.clone().unwrap_or_default(),
        ]
    }));
    if found.is_empty() {
        return Ok(output::print("nothing is given up\n")?);
    }
    let rest = if more.is_some() { "… and earlier ones: replay some of these first\n" } else { "" };
    Ok(output::print(&format!("{}{rest}", output::table(0, &rows)))?)
}

async fn replay(engine: &Engine, delivery: DeliveryId) -> Result<(), Trouble> {
    // A key of its own each time: what was given up again may be replayed again.
    let key = format!("notices-replay-{}", engine.now().0);
    let command = Command::Replay { delivery: delivery.clone() };
    engine.execute(Order { actor: Actor::Operator, key, command }).await??;
    Ok(output::print(&format!("`{delivery}` is tried anew\n"))?)
}
