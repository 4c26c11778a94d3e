//! The auditor: what time should have done and has not, told from the rows of assignments alone.
//!
//! It shares nothing with the ticker: neither the due index nor the rule that fills it. An assignment that
//! is open although its time is over is wrong whoever should have noticed.

use std::sync::atomic::Ordering;

use super::{
    engine::Engine,
    error::Error,
    store::{colours, head, overdue},
};
use crate::rules::{instant::Instant, limit::Colour};

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

    /// How many open assignments have each colour now, from the rows of assignments.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn count_open(&self) -> Result<[(Colour, u64); 3], Error> {
        let counted = colours::count(self.shared.store.read(), self.deciding_now().await?).await?;
        for (shown, (_, count)) in self.shared.open.iter().zip(counted) {
            shown.store(i64::try_from(count).unwrap_or(i64::MAX), Ordering::Relaxed);
        }
        Ok(counted)
    }

    /// The same as it was counted last.
    pub fn counted_open(&self) -> impl Iterator<Item = (Colour, i64)> + '_ {
        Colour::ALL.iter().copied().zip(self.shared.open.iter().map(|shown| shown.load(Ordering::Relaxed)))
    }
}
