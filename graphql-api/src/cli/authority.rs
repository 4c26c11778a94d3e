//! `liandong authority`.

use clap::Subcommand;
use liandong_engine::rules::authority;

use super::{output, trouble::Trouble};

/// Who may do what
#[derive(Debug, Subcommand)]
pub(super) enum Authority {
    /// Print the table as a page of ticks
    Print,
}

impl Authority {
    pub(super) fn run(self) -> Result<(), Trouble> {
        let Self::Print = self;
        Ok(output::print(&authority::page())?)
    }
}
