//! The store: one file per aggregate. The only place that knows tables, besides `liandong-schema`.

mod absence_rows;
pub mod calendar_feed;
mod calendar_rows;
mod cannot_open;
pub mod delivery;
pub mod dialect;
pub mod due;
mod duty_change_rows;
mod failure;
mod file;
pub mod head;
pub mod journal;
mod limit_rows;
#[cfg(any(test, feature = "seed"))]
mod limited;
pub mod list;
mod measure;
mod open;
pub mod open_work;
mod outage;
pub mod outbox;
pub mod receipt;
pub mod register;
pub mod request;
pub mod request_actor;
pub mod request_unit;
mod roster_rows;
mod row;
pub mod secret;
#[cfg(feature = "seed")]
pub mod seed;
#[cfg(test)]
mod tests;
pub mod token;
mod tx;
pub mod workload;

use std::{future::Future, pin::Pin, sync::Arc};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};
use tokio::time::Instant as Stopwatch;

pub use cannot_open::CannotOpen;
pub use failure::Failure;
#[cfg(any(test, feature = "seed"))]
pub use limited::PageLimit;
pub use measure::Measured;
pub use outage::Outage;
pub(crate) use tx::Tx;

use self::{file::Files, measure::Measures, tx::Failed};
use super::error::Error;

/// How often a transaction that lost against another writer is tried again.
pub const MAX_TRIES: u32 = 8;

/// A transaction's work: may be called again when it lost against another writer.
pub(crate) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// The database. Whoever reads gets a connection; whoever writes runs a named transaction.
#[derive(Clone, Debug)]
pub struct Store {
    /// For transactions alone.
    write: DatabaseConnection,
    read: DatabaseConnection,
    /// The files of an SQLite database.
    files: Option<Files>,
    measures: Measures,
    told: Option<tx::Told>,
}

impl Store {
    /// For reading outside a transaction.
    #[must_use]
    pub(crate) fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Whether every commit passes through this process alone, so that nothing has to be looked up
    /// for what other processes did.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Sqlite
    }

    /// Tells `callback` of every statement that readers send: for tests that count them.
    pub fn on_read(&mut self, callback: impl Fn(&str) + Send + Sync + 'static) {
        self.read.set_metric_callback(move |info| callback(&info.statement.sql));
    }

    /// Tells `callback` of every statement of a transaction, when it was executed: for tests in which a node dies
    /// there. Nothing is committed before it is told of `COMMIT`.
    pub fn on_write(&mut self, callback: impl Fn(&str) + Send + Sync + 'static) {
        self.told = Some(tx::Told(Arc::new(callback)));
    }

    /// Whether the database is still that which was opened: an SQLite file has its name.
    ///
    /// # Errors
    /// [`Error::Outage`].
    pub(crate) fn look(&self) -> Result<(), Error> {
        self.files.as_ref().map_or(Ok(()), Files::look).map_err(Error::from)
    }

    /// What is counted of transactions, by their names.
    #[must_use]
    pub fn measured(&self) -> Vec<(&'static str, Arc<Measured>)> {
        self.measures.all()
    }

    /// Runs a named transaction; its work again when it lost against another writer, [`MAX_TRIES`] times at most. The one way to
    /// write. When it returns what the work came to, that is committed.
    ///
    /// # Errors
    /// What the work returns, and then nothing is changed; [`Error::Database`], [`Error::Outage`] or
    /// [`Error::Conflict`], and nothing is changed either; [`Error::Unknown`] when the database failed in the commit.
    pub(crate) async fn run_tx<'e, T: Send>(
        &self,
        name: &'static str,
        mut work: impl for<'c> FnMut(&'c Tx<'e>) -> Work<'c, T> + Send,
    ) -> Result<T, Error> {
        let (measured, begun) = (self.measures.of(name), Stopwatch::now());
        for attempt in 1..=MAX_TRIES {
            match self.try_tx(&mut work).await {
                Err(error) if error.is_conflict() => {
                    measured.retried();
                    tracing::debug!(tx = %name, attempt, %error, "a transaction lost against another writer");
                }
                done => {
                    measured.ended(done.is_ok(), begun.elapsed().as_micros());
                    return done;
                }
            }
        }
        measured.ended(false, begun.elapsed().as_micros());
        tracing::warn!(tx = %name, tries = MAX_TRIES, "a transaction gave up against other writers");
        Err(Error::Conflict(MAX_TRIES))
    }

    async fn try_tx<'e, T: Send>(
        &self,
        work: &mut (impl for<'c> FnMut(&'c Tx<'e>) -> Work<'c, T> + Send),
    ) -> Result<T, Error> {
        // Before a connection may have to be opened: it must not be to another file.
        self.look()?;
        let tx = Tx::begin(&self.write, self.told.clone()).await?;
        let done = match work(&tx).await {
            Ok(done) => self.look().map(|()| done),
            failed => failed,
        };
        match done {
            Ok(done) => tx.commit().await.map(|()| done).map_err(|failed| match failed {
                Failed::Undone(error) => error.into(),
                Failed::Unknown(error) => Error::Unknown(error.into()),
            }),
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    }

    /// Writes an SQLite file anew, so that nothing is left of what was overwritten. It changes no row, and SQLite does it
    /// in no transaction of ours.
    pub(crate) async fn compact(&self) -> Result<(), Error> {
        self.write.execute_unprepared("VACUUM").await?;
        self.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        Ok(())
    }

    /// Closes every connection; what is committed is safe.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn close(&self) -> Result<(), Error> {
        self.read.clone().close().await?;
        self.write.clone().close().await?;
        Ok(())
    }
}

/// The database failed.
impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(error.into())
    }
}
