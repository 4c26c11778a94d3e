//! The auditor: what time should have done and has not, told from the rows of assignments alone.
//!
//! It shares nothing with the ticker: neither the due index nor the rule that fills it. An assignment that
//! is open although its time is over is wrong whoever should have noticed. The same pass over the rows counts
//! what is open by colour.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::time::Instant as Stopwatch;

use super::{
    engine::Engine,
    error::Error,
    store::{
        head,
        open_work::{self, OpenWork},
    },
};

/// How late a limit may be before it counts as missed, in minutes: the ticker is never that slow while it
/// runs.
pub const GRACE_MINUTES: i64 = 5;

/// How often the auditor looks, and how many times as long as a look it rests at least: where very many
/// assignments are open it looks less often, and never takes more than a hundredth of a processor.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const REST: u32 = 100;

impl Engine {
    /// Looks at every open assignment: how many have each colour now, and which times were over for longer than
    /// the grace.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn audit(&self) -> Result<OpenWork, Error> {
        let common = head::clock(self.shared.store.read()).await?;
        let now = self.shared.clock.shared(common);
        let found = open_work::count(self.shared.store.read(), now, now.plus_minutes(-GRACE_MINUTES)).await?;
        *self.shared.audited.lock().unwrap_or_else(PoisonError::into_inner) = found;
        Ok(found)
    }

    /// What the auditor found when it looked last; nothing before it did.
    #[must_use]
    pub fn audited(&self) -> OpenWork {
        *self.shared.audited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the auditor look again and again until the engine stops, apart from the ticker.
    ///
    /// The engine waits for it when it stops.
    #[expect(clippy::disallowed_methods, reason = "the auditor ends in `stop`, which waits for it")]
    pub fn start_auditor(self: &Arc<Self>) {
        let engine = Arc::clone(self);
        let auditor = tokio::spawn(async move {
            loop {
                let begun = Stopwatch::now();
                match engine.audit().await {
                    Ok(found) if found.missed > 0 => {
                        tracing::error!(missed = found.missed, "limits ran out and did not take effect");
                    }
                    Ok(_) => {}
                    Err(error) => tracing::warn!(%error, "the auditor could not look"),
                }
                tokio::select! {
                    () = engine.shared.feed.closed() => return,
                    () = tokio::time::sleep(LOOK_EVERY.max(begun.elapsed() * REST)) => {}
                }
            }
        });
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(auditor);
    }
}
