//! What can go wrong outside the rules.

use super::source::NoEntropy;

/// A failure of the machine, never of the caller: what a caller did wrong is a refusal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error("the database failed: {what}")]
    Database {
        /// The database's own words.
        what: String,
        /// Whether another writer was in the way.
        conflict: bool,
    },
    /// The store's address is not one the program knows.
    #[error("`{0}` is not a database address; use sqlite://FILE or postgres://USER@HOST/NAME")]
    Address(String),
    /// A stored row cannot be read: the database was changed by something else.
    #[error("table `{table}` holds a row that cannot be read ({row}): {what}")]
    Corrupt {
        /// Which table.
        table: &'static str,
        /// Which row.
        row: String,
        /// What is wrong with it.
        what: String,
    },
    /// No secret was given to the engine.
    #[error("no secret is there to make receipts with; name its file with --secret-file")]
    NoSecret,
    /// The receipts of the database were made with another secret.
    #[error("the receipts of this database were made with another secret")]
    OtherSecret,
    /// No random bytes.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// The engine is stopping; the command was not taken.
    #[error("the engine is stopping; send the command again in a moment, with the same key")]
    Stopping,
    /// Too many commands wait; this one was not taken.
    #[error("too many commands wait; send it again in a moment, with the same key")]
    Busy,
    /// Other writers were in the way too often.
    #[error("other writers were in the way {0} times; send the command again, with the same key")]
    Conflict(u32),
}

impl Error {
    /// A row that cannot be read.
    pub(crate) fn corrupt(table: &'static str, row: impl ToString, what: impl ToString) -> Self {
        Self::Corrupt { table, row: row.to_string(), what: what.to_string() }
    }

    /// Whether trying the same transaction again may help.
    pub(crate) const fn is_conflict(&self) -> bool {
        matches!(self, Self::Database { conflict: true, .. })
    }
}
