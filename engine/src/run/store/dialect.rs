//! The few things in which the two stores differ.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, DbBackend, DbErr, SqliteTransactionMode, TransactionOptions,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use crate::run::error::Error;

/// How many statements a connection keeps parsed.
const STATEMENTS: usize = 400;

/// SQLite: write-ahead log, every commit on the disk before it is acknowledged.
pub(super) fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(10))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(10))
                .foreign_keys(false)
                .pragma("cache_size", "-16000")
                .pragma("wal_autocheckpoint", "4000")
                // What a statement of many rows may have to take back stays in memory: as a file it was
                // written anew by every one of them, a tenth of the processor time of a lifecycle.
                .pragma("temp_store", "MEMORY")
                // A statement of many rows has a text for each number of rows; with the 100 that are
                // kept as a rule nearly every one was parsed again.
                .statement_cache_capacity(STATEMENTS)
        });
    options
}

/// How a transaction begins: on SQLite as a writer from the start, so that it never has to be given
/// up half way because another process wrote.
pub(super) fn begin(backend: DbBackend) -> TransactionOptions {
    let sqlite_transaction_mode = (backend == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
    TransactionOptions { isolation_level: None, access_mode: None, sqlite_transaction_mode }
}

/// The database's own words, and whether trying the same transaction again may help.
impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        // PostgreSQL: serialization failure and deadlock. SQLite: another process writes.
        let signs = ["40001", "40P01", "could not serialize", "deadlock detected", "database is locked", "SQLITE_BUSY"];
        let what = error.to_string();
        let conflict = signs.iter().any(|sign| what.contains(sign));
        Self::Database { what, conflict }
    }
}
