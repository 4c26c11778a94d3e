//! The store cannot be written: said to everybody at once, and tried again until it can.
//!
//! While that is so no command is tried, for each would hammer what is full or fails; reading goes on. The watcher
//! tries instead, with as much as a few commands would write, and the first time that it gets through the engine
//! goes on by itself.

use std::{fmt, sync::PoisonError, time::Duration};

use tokio::time::Instant as Stopwatch;

use super::{Engine, Shared};
use crate::run::{
    error::Error,
    store::{
        Outage,
        head::{self, Head},
        receipt,
    },
};

/// How often it is tried whether the store can be written again.
const TRY_EVERY: Duration = Duration::from_millis(500);

/// Why no work can be sent here at present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReady {
    /// The end was announced.
    Stopping,
    /// Nothing can be written.
    Outage(Outage),
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopping => f.write_str("stopping"),
            Self::Outage(outage) => write!(f, "nothing can be written: {outage}"),
        }
    }
}

impl Engine {
    /// Whether work can be sent here: orders are taken, and the store can be written as far as is known.
    ///
    /// # Errors
    /// Why not.
    pub fn readiness(&self) -> Result<(), NotReady> {
        if !self.is_ready() {
            return Err(NotReady::Stopping);
        }
        self.shared.outage().map_or(Ok(()), |outage| Err(NotReady::Outage(outage)))
    }

    /// Tries whether the store can be written, so that [`Engine::readiness`] is true from the start and not only from
    /// the first command on.
    pub async fn look_whether_it_can_write(&self) {
        if let Err(error) = probe(&self.shared).await {
            self.shared.suffer(&error);
        }
    }
}

impl Shared {
    /// Why nothing can be written, while that is so.
    pub(super) fn outage(&self) -> Option<Outage> {
        *self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that nothing can be written, if that is what the error says.
    pub(super) fn suffer(&self, error: &Error) {
        let Some(outage) = error.outage() else { return };
        let before = self.outage.lock().unwrap_or_else(PoisonError::into_inner).replace(outage);
        if before != Some(outage) {
            tracing::error!(%error, "nothing can be written; commands are turned away until that is mended");
        }
    }

    fn recover(&self) {
        if self.outage.lock().unwrap_or_else(PoisonError::into_inner).take().is_some() {
            tracing::info!("the store can be written again; commands are taken");
        }
    }

    /// No position is given out twice: the journal never ends before what was acknowledged.
    ///
    /// # Errors
    /// [`Error::Outage`] when it does.
    pub(super) fn check_head(&self, head: Head, acknowledged: i64) -> Result<(), Error> {
        if head.position >= acknowledged {
            return Ok(());
        }
        if self.outage() != Some(Outage::Behind) {
            tracing::error!(position = head.position, acknowledged, "the journal ends before what was acknowledged");
        }
        Err(Outage::Behind.into())
    }
}

/// Tries now and then whether the store can be written again.
#[derive(Debug, Default)]
pub(super) struct Probe {
    tried: Option<Stopwatch>,
}

impl Probe {
    pub(super) async fn look(&mut self, shared: &Shared) {
        if shared.outage().is_none() || self.tried.is_some_and(|tried| tried.elapsed() < TRY_EVERY) {
            return;
        }
        match probe(shared).await {
            Ok(()) => shared.recover(),
            Err(error) => {
                tracing::debug!(%error, "still nothing can be written");
                shared.suffer(&error);
            }
        }
        self.tried = Some(Stopwatch::now());
    }
}

/// Writes as much as a few commands would, and takes it away again: in two transactions, for what one of them wrote and
/// took away itself would never reach the disk.
async fn probe(shared: &Shared) -> Result<(), Error> {
    let probe = &receipt::Probe::new(shared.entropy.bytes()?);
    let acknowledged = shared.feed.position();
    let name = &probe.row()?.0;
    let written = shared.store.run_tx("probe", |tx| {
        Box::pin(async move {
            let (head, _) = head::hold(tx).await?;
            shared.check_head(head, acknowledged)?;
            receipt::write(tx, head.at, vec![probe.row()?]).await
        })
    });
    written.await?;
    shared.store.run_tx("probe", |tx| Box::pin(receipt::remove(tx, name))).await
}
