//! `liandong token`.

use clap::Subcommand;
use liandong_engine::{rules::id::PersonCode, run::engine::Engine};

use super::{
    database::{Database, with_existing},
    logging::{self, LogFormat},
    output,
    trouble::Trouble,
};

/// Give a person access, or take it back
#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Print a new token for a person of the register; it is shown this once, only its hash is kept
    Issue {
        /// The person's code
        #[arg(long, value_name = "CODE")]
        person: PersonCode,
        #[command(flatten)]
        database: Database,
    },
    /// Make every token of a person invalid; a running server may believe one for 30 seconds more
    Revoke {
        /// The person's code
        #[arg(long, value_name = "CODE")]
        person: PersonCode,
        #[command(flatten)]
        database: Database,
    },
}

impl Token {
    pub(super) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        match self {
            Self::Issue { person, database } => with_existing(&database.url, async |engine| {
                known(engine, &person)?;
                let token = engine.issue_token(&person).await?;
                Ok(output::print(&format!("{token}\n"))?)
            }),
            Self::Revoke { person, database } => with_existing(&database.url, async |engine| {
                known(engine, &person)?;
                let revoked = engine.revoke_tokens(&person).await?;
                Ok(output::print(&format!("revoked {revoked} tokens of `{person}`\n"))?)
            }),
        }
    }
}

fn known(engine: &Engine, person: &PersonCode) -> Result<(), Trouble> {
    if engine.world().find_person(person.as_str()).is_some() {
        return Ok(());
    }
    Err(Trouble::Refused(format!("person `{person}` is not in the register; add the person first, or check the code")))
}
