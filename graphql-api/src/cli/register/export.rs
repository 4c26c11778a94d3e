//! `liandong register export`.

use std::path::PathBuf;

use clap::Args;
use liandong_engine::{rules::instant::Zone, run::files};

use super::counts;
use crate::cli::{
    database::{Database, with_existing},
    logging::{self, LogFormat},
    output,
    trouble::Trouble,
};

/// Write the register of a database as a directory of CSV files
///
/// Files of these names are replaced. Text is written as it is, also where a spreadsheet would take it
/// for a formula: open an export with every column as text.
#[derive(Debug, Args)]
pub(in crate::cli) struct Export {
    /// The directory to write to; made if it is missing
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    #[command(flatten)]
    database: Database,
}

impl Export {
    pub(in crate::cli) fn run(self) -> Result<(), Trouble> {
        logging::start(LogFormat::Text, logging::COMMAND);
        let register = with_existing(&self.database.url, async |engine| Ok(engine.stored_register().await?))?;
        files::write(&self.dir, &register, &Zone::china()).map_err(|error| {
            Trouble::Failed(format!(
                "`{}` cannot be written: {error}; name a directory of your own",
                self.dir.display()
            ))
        })?;
        Ok(output::print(&format!("wrote {}\n", counts(&register)))?)
    }
}
