//! What need not be kept any longer is forgotten, some at each look. What each table keeps, and how long, stands in
//! `docs/RETENTION.md`.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use super::{engine::Engine, error::Error, store::receipt};
use crate::rules::instant::Instant;

/// For how many days the first answer to a command is kept: as long as anybody may send it again. The same key names a
/// new command after that.
pub const ANSWER_DAYS: i64 = 30;

/// How many are forgotten at once: few, so that people's commands hardly wait.
const MOST: u64 = 200;

/// The time between two looks where there is nothing more, and where there is.
const LOOK_EVERY: Duration = Duration::from_secs(3_600);
const REST: Duration = Duration::from_millis(200);

impl Engine {
    /// Forgets some first answers that are older than [`ANSWER_DAYS`], the oldest first; whether there may be more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget_answers(&self) -> Result<bool, Error> {
        let before: Instant = self.deciding_now().await?.plus_days(-ANSWER_DAYS);
        let store = &self.shared.store;
        // Mostly there is nothing, and then nobody has to wait for the store.
        if !receipt::any(store.read(), before).await? {
            return Ok(false);
        }
        let forgotten = store.run_tx("forget_answers", |tx| Box::pin(receipt::forget(tx, before, MOST))).await?;
        tracing::debug!(forgotten, "forgot answers to commands of long ago");
        Ok(forgotten >= MOST)
    }

    /// Forgets, now and then, until the engine stops. May run on any number of nodes.
    ///
    /// The engine waits for it when it stops.
    #[expect(clippy::disallowed_methods, reason = "it ends in `stop`, which waits for it")]
    pub fn start_forgetting(self: &Arc<Self>) {
        let engine = Arc::clone(self);
        let forgetting = tokio::spawn(async move {
            loop {
                let wait = match engine.forget_answers().await {
                    Ok(true) => REST,
                    Ok(false) => LOOK_EVERY,
                    Err(error) => {
                        tracing::warn!(%error, "could not forget answers of long ago");
                        LOOK_EVERY
                    }
                };
                tokio::select! {
                    () = engine.shared.feed.closed() => return,
                    () = tokio::time::sleep(wait) => {}
                }
            }
        });
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(forgetting);
    }
}
