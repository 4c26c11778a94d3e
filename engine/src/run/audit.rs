//! The auditor: what time should have done and has not, told from the rows of assignments alone.
//!
//! It shares nothing with the ticker: neither the due index nor the rule that fills it. An assignment that
//! is open although its time is over is wrong whoever should have noticed.

use super::{
    engine::Engine,
    error::Error,
    store::{head, overdue},
};
use crate::rules::instant::Instant;

/// How late a limit may be before it counts as missed, in minutes: the ticker is never that slow while it
/// runs.
pub const GRACE_MINUTES: i64 = 5;

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audited {
    /// Open assignments whose time to accept or to finish was over for longer than the grace.
    pub missed: u64,
    /// Since when the oldest of them is over.
    pub since: Option<Instant>,
}

impl Engine {
    /// Looks at every open assignment.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn audit(&self) -> Result<Audited, Error> {
        let common = head::clock(self.shared.store.read()).await?;
        let before = self.shared.clock.shared(common).plus_minutes(-GRACE_MINUTES);
        let (missed, since) = overdue::count(self.shared.store.read(), before).await?;
        Ok(Audited { missed, since })
    }
}
