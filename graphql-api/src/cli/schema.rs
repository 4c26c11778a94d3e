//! `liandong schema`.

use clap::Subcommand;

use super::{output, trouble::Trouble};

/// The schema of the GraphQL API
#[derive(Debug, Subcommand)]
pub(super) enum Schema {
    /// Print it in the schema definition language
    Print,
}

impl Schema {
    pub(super) fn run(self) -> Result<(), Trouble> {
        let Self::Print = self;
        Ok(output::print(&liandong_graphql_api::sdl())?)
    }
}
