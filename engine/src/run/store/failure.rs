//! What the database says when it fails, and what that means here.

use sea_orm::DbErr;

use super::{dialect, outage::Outage};

/// The database failed.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
pub struct Failure {
    source: Box<DbErr>,
    kind: Kind,
}

/// What a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Another writer was in the way: the same transaction may succeed now.
    Conflict,
    /// Nothing can be written.
    Outage(Outage),
    /// This statement is not to be had.
    Other,
}

impl Failure {
    /// Whether another writer was in the way.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.kind == Kind::Conflict
    }

    /// Why nothing can be written, if that is so.
    #[must_use]
    pub const fn outage(&self) -> Option<Outage> {
        match self.kind {
            Kind::Outage(outage) => Some(outage),
            Kind::Conflict | Kind::Other => None,
        }
    }
}

impl From<DbErr> for Failure {
    fn from(source: DbErr) -> Self {
        Self { kind: dialect::kind(&source), source: Box::new(source) }
    }
}
