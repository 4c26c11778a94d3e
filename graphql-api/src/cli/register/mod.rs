//! `liandong register`.

mod check;
mod export;
pub(in crate::cli) mod load;
mod map;

use clap::Subcommand;

use super::trouble::Trouble;

/// Load, check, write or draw a register
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Register {
    /// Load a directory of CSV files into an empty database: all of it or nothing
    Load(load::Load),
    /// Say everything that is wrong with a directory of CSV files
    Check(check::Check),
    /// Write the register of a database as a directory of CSV files
    Export(export::Export),
    /// Draw the map below a unit, with posts and holders, as text for Mermaid or Graphviz
    Map(map::Map),
}

impl Register {
    pub(in crate::cli) fn run(self) -> Result<(), Trouble> {
        match self {
            Self::Load(load) => load.run(),
            Self::Check(check) => check.run(),
            Self::Export(export) => export.run(),
            Self::Map(map) => map.run(),
        }
    }
}

/// How many rows of each table there are.
fn counts(register: &liandong_engine::rules::world::Register) -> String {
    format!(
        "{} units, {} people, {} posts, {} holdings, {} matters, {} mandates, {} rungs, {} calendars",
        register.units.len(),
        register.people.len(),
        register.posts.len(),
        register.holdings.len(),
        register.matters.len(),
        register.mandates.len(),
        register.ladders.len(),
        register.calendars.len()
    )
}
