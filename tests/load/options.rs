//! What can be asked of the load generator.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use liandong_tests::stores::Kind;

/// Works a Liandong server over HTTP and says what that cost
///
/// Several scenarios in one run share one base and one server. Without --database the base stands in a
/// throw-away database: an SQLite file in the temporary directory, or a database in the PostgreSQL
/// cluster that LIANDONG_TEST_POSTGRES names (see tests/scripts/with-postgres).
#[derive(Debug, Parser)]
#[command(name = "load", version)]
pub(crate) struct Options {
    /// What is measured, in this order
    #[arg(value_enum, default_value = "lifecycle")]
    pub(crate) scenarios: Vec<Scenario>,
    /// The store of the throw-away database
    #[arg(long, value_enum, default_value = "sqlite")]
    pub(crate) store: StoreKind,
    /// A database to use instead, prepared if it is empty: sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// How many requests are stored before anything is measured
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) base: u64,
    /// How many of a thousand stored requests are not at their end
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub(crate) open: u16,
    /// The seed that people, places and matters are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Lifecycles a second, open loop; the others have rates of their own
    #[arg(long, value_name = "R", conflicts_with = "saturate")]
    pub(crate) rate: Option<f64>,
    /// As many as there can be: every connection goes on as soon as it is answered (the default)
    #[arg(long)]
    pub(crate) saturate: bool,
    /// Connections of `lifecycle` and `submit`; `chain` and `inbox` have 16, `spike` has 3000
    #[arg(long, value_name = "C", default_value_t = 64)]
    pub(crate) connections: usize,
    /// How long each scenario is measured, in seconds, at most 600
    #[arg(long, value_name = "S", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) seconds: u64,
    /// Do not measure what the machine allows at most after `lifecycle`
    #[arg(long)]
    pub(crate) no_bound: bool,
    /// Verify the journal of the base before and after
    #[arg(long)]
    pub(crate) verify: bool,
    /// Write the results there too, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Whole lifecycles: log, accept, resolve, tell, search
    Lifecycle,
    /// The chain of people above a random household
    Chain,
    /// The 50 newest open assignments of a person
    Inbox,
    /// Logging at half of the capacity for logging
    Submit,
    /// Ten times the rate of `submit`, for three seconds
    Spike,
    /// Limits that all run out at one moment, while people log; wants a base with --open 1000
    Due,
    /// Limits of the coming month and nothing else to do; wants a base with --open 1000
    Dormant,
    /// From the start of the process to ready
    Start,
    /// What the machine allows at most: the same rows written bare
    Bound,
}

/// A store of a throw-away database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreKind {
    /// One file
    Sqlite,
    /// A database in the throw-away cluster
    Postgres,
}

impl From<StoreKind> for Kind {
    fn from(kind: StoreKind) -> Self {
        match kind {
            StoreKind::Sqlite => Self::Sqlite,
            StoreKind::Postgres => Self::Postgres,
        }
    }
}
