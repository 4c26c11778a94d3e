//! `liandong journal`.

use clap::Subcommand;
use liandong_engine::run::{error::Error, store::Store, verify::verify};

use super::{
    database::{Database, exists, runtime},
    logging::{self, LogFormat},
    output,
    trouble::Trouble,
};

/// How many differences are shown.
const MOST_SHOWN: usize = 20;

/// What to do about a journal and rows that do not agree.
const KEEP: &str = "keep the database as it is, and restore a copy";

/// Look after the journal
#[derive(Debug, Subcommand)]
pub(super) enum Journal {
    /// Fold the whole journal and compare it with every row
    Verify {
        #[command(flatten)]
        database: Database,
    },
}

impl Journal {
    pub(super) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        let Self::Verify { database } = self;
        exists(&database.url)?;
        let found = runtime()?.block_on(async {
            // Not the engine: it would not open on a register that is broken, which is a finding here.
            let store = Store::connect(&database.url).await?;
            let found = verify(&store).await.map_err(|error| match error {
                // A row that cannot be read at all is a finding, the worst.
                Error::Corrupt { .. } => Trouble::Refused(format!("{error}; {KEEP}")),
                error => error.into(),
            });
            store.close().await?;
            found
        })?;
        let looked_at = format!("{} entries and {} requests", found.entries, found.requests);
        if found.differences.is_empty() {
            return Ok(output::print(&format!("looked at {looked_at}: every row equals the fold of its journal\n"))?);
        }
        output::print(&output::bounded(&found.differences, MOST_SHOWN))?;
        let count = found.differences.len();
        Err(Trouble::Refused(format!("looked at {looked_at} and found {count} differences; {KEEP}")))
    }
}
