//! What was delivered long ago is forgotten: that it was said stays in the outbox and in the journal.

use super::super::{engine::Engine, error::Error, store::delivery};
use crate::rules::notice::delivery::kept_since;

/// How many are forgotten at once: few, so that people's commands hardly wait.
const MOST: u64 = 200;

impl Engine {
    /// Forgets some of what the receiver has had for longer than
    /// [`KEPT_DAYS`](crate::rules::notice::delivery::KEPT_DAYS), the oldest first; whether there may be more. What was
    /// given up stays until somebody replays it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Stopping`].
    pub async fn forget_delivered(&self) -> Result<bool, Error> {
        let since = kept_since(self.deciding_now().await?);
        // Mostly there is nothing, and then nobody has to wait for the store.
        if !delivery::any_delivered(self.shared.store.read(), since).await? {
            return Ok(false);
        }
        let forgotten =
            self.shared.store.run_tx("forget_delivered", |tx| Box::pin(delivery::forget(tx, since, MOST))).await?;
        tracing::debug!(forgotten, "forgot what was delivered long ago");
        Ok(forgotten >= MOST)
    }
}
