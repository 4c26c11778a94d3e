//! The store: one file per aggregate. The only place that knows tables, besides `liandong-schema`.

mod absence_rows;
pub mod calendar_feed;
mod calendar_rows;
pub mod delivery;
pub mod dialect;
pub mod due;
mod duty_change_rows;
pub mod head;
pub mod journal;
mod limit_rows;
pub mod list;
pub mod open_work;
pub mod outbox;
pub mod receipt;
pub mod register;
pub mod request;
pub mod request_actor;
pub mod request_unit;
mod roster_rows;
mod row;
pub mod seed;
pub mod token;
pub mod workload;

use std::{future::Future, pin::Pin, time::Duration};

use liandong_schema::migration::Migrator;
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, TransactionTrait};
use sea_orm_migration::MigratorTrait;

use super::error::Error;

/// How often a transaction that lost against another writer is tried again.
pub const MAX_TRIES: u32 = 8;

/// A transaction's work: may be called again when it lost against another writer.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A transaction under way.
pub(crate) type Tx = DatabaseTransaction;

/// The database, with one way in for writers and one for readers.
#[derive(Clone, Debug)]
pub struct Store {
    write: DatabaseConnection,
    read: DatabaseConnection,
}

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// `sqlite://FILE` is created when it is not there; `sqlite::memory:` is not offered, because
    /// nothing acknowledged may be lost. `postgres://…` must exist.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Database`].
    pub async fn open(url: &str) -> Result<Self, Error> {
        let store = Self::connect(url).await?;
        Migrator::up(&store.write, None).await?;
        Ok(store)
    }

    /// Opens the database as it is.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Database`].
    pub async fn connect(url: &str) -> Result<Self, Error> {
        if url.starts_with("sqlite://") && !url.contains(":memory:") {
            let write = Database::connect(dialect::sqlite(url, 1)).await?;
            let read = Database::connect(dialect::sqlite(url, 4)).await?;
            Ok(Self { write, read })
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let both = Database::connect(postgres(url)).await?;
            Ok(Self { write: both.clone(), read: both })
        } else {
            Err(Error::Address(url.split('@').next_back().unwrap_or_default().to_owned()))
        }
    }

    /// For reading outside a transaction.
    #[must_use]
    pub(crate) fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// For the few writes that are one statement and touch no journal.
    #[must_use]
    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.write
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

    /// Tells `callback` of every statement of a transaction, when it was executed and is not committed yet: for
    /// tests in which a node dies there.
    pub fn on_write(&mut self, callback: impl Fn(&str) + Send + Sync + 'static) {
        self.write.set_metric_callback(move |info| callback(&info.statement.sql));
    }

    /// Runs a named transaction; again when it lost against another writer, [`MAX_TRIES`] times at most.
    ///
    /// # Errors
    /// What the work returns, [`Error::Database`], or [`Error::Conflict`].
    pub(crate) async fn run_tx<T: Send>(
        &self,
        name: &'static str,
        mut work: impl for<'c> FnMut(&'c DatabaseTransaction) -> Work<'c, T> + Send,
    ) -> Result<T, Error> {
        for attempt in 1..=MAX_TRIES {
            match self.try_tx(&mut work).await {
                Err(error) if error.is_conflict() => tracing::debug!(tx = name, attempt, "lost against another writer"),
                done => return done,
            }
        }
        tracing::warn!(tx = name, tries = MAX_TRIES, "gave up against other writers");
        Err(Error::Conflict(MAX_TRIES))
    }

    async fn try_tx<T: Send>(
        &self,
        work: &mut (impl for<'c> FnMut(&'c DatabaseTransaction) -> Work<'c, T> + Send),
    ) -> Result<T, Error> {
        let tx = self.write.begin_with_options(dialect::begin(self.write.get_database_backend())).await?;
        match work(&tx).await {
            Ok(done) => {
                tx.commit().await?;
                Ok(done)
            }
            Err(error) => {
                tx.rollback().await?;
                Err(error)
            }
        }
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

fn postgres(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(8).acquire_timeout(Duration::from_secs(10)).sqlx_logging(false);
    options
}
