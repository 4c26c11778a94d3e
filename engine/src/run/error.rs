//! What can go wrong outside the rules.

use super::{
    source::NoEntropy,
    store::{CannotOpen, Failure, Outage},
};

/// A failure of the machine, never of the caller: what a caller did wrong is a refusal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[source] Failure),
    /// The database was asked to commit and gave no good answer.
    #[error("whether it was done is not known: send it again, with the same key; the database failed: {0}")]
    Unknown(#[source] Failure),
    /// Nothing can be written at present. Where it is `unknown`, the command may have been done before that.
    #[error("{}: {outage}; send it again then, with the same key", if *unknown { "whether it was done is not known" } else { "it was not done" })]
    Outage {
        /// Why.
        outage: Outage,
        /// Whether the database was asked to commit it and gave no good answer.
        unknown: bool,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] CannotOpen),
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
    /// What was decided does not fit the state it was decided on: a bug, and nothing was kept.
    #[error("what was decided of {what} does not fit, and nothing of it was kept: {misfit}")]
    Misfit {
        /// Of what.
        what: String,
        /// What does not fit.
        misfit: String,
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
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Database(failure) | Self::Unknown(failure) if failure.is_conflict())
    }

    /// Why nothing can be written, if that is what is wrong.
    #[must_use]
    pub fn outage(&self) -> Option<Outage> {
        match self {
            Self::Outage { outage, .. } => Some(*outage),
            Self::Database(failure) | Self::Unknown(failure) => failure.outage(),
            _ => None,
        }
    }

    /// Whether the database was out of reach, so that the same may succeed later although nobody mends anything here.
    #[must_use]
    pub fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Open(CannotOpen::Unreachable(_))) || self.outage() == Some(Outage::Unavailable)
    }

    /// Whether what was ordered may have been done all the same.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_) | Self::Outage { unknown: true, .. })
    }
}

/// Nothing can be written, which was known before anything was sent.
impl From<Outage> for Error {
    fn from(outage: Outage) -> Self {
        Self::Outage { outage, unknown: false }
    }
}
