//! The few things in which the two stores differ.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, DbBackend, DbErr, RuntimeErr, SqlxError,
    sqlx::{
        error::DatabaseError,
        postgres::PgDatabaseError,
        sqlite::{SqliteError, SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{failure::Kind, outage::Outage};

/// How many statements a connection keeps parsed.
const STATEMENTS: usize = 400;

/// SQLite: write-ahead log, every commit on the disk before it is acknowledged. A file that is not there is never made
/// by a connection: one that takes the place of another under a running server would begin an empty database.
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
                .create_if_missing(false)
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

/// PostgreSQL: one pool for both.
pub(super) fn postgres(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(8).acquire_timeout(Duration::from_secs(10)).sqlx_logging(false);
    options
}

/// How a transaction begins: on SQLite as a writer from the start, so that it never has to be given
/// up half way because another process wrote.
pub(super) const fn begin(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => "BEGIN IMMEDIATE",
        _ => "BEGIN",
    }
}

/// What a failure means, by the database's code and never by its prose.
pub(super) fn kind(error: &DbErr) -> Kind {
    match error {
        DbErr::ConnectionAcquire(_) => Kind::Outage(Outage::Unavailable),
        DbErr::Conn(words) => match of_driver(words) {
            Kind::Other => Kind::Outage(Outage::Unavailable),
            known => known,
        },
        DbErr::Exec(words) | DbErr::Query(words) => of_driver(words),
        _ => Kind::Other,
    }
}

fn of_driver(words: &RuntimeErr) -> Kind {
    let RuntimeErr::SqlxError(error) = words else { return Kind::Other };
    match &**error {
        SqlxError::Database(error) => of_database(&**error),
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => Kind::Outage(Outage::Unavailable),
        _ => Kind::Other,
    }
}

fn of_database(error: &dyn DatabaseError) -> Kind {
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<PgDatabaseError>().is_some() {
        of_sqlstate(&code)
    } else if error.try_downcast_ref::<SqliteError>().is_some() {
        code.parse().map_or(Kind::Other, of_result_code)
    } else {
        Kind::Other
    }
}

/// By PostgreSQL's SQLSTATE (appendix A of its manual).
fn of_sqlstate(code: &str) -> Kind {
    match code {
        // Serialization failure, deadlock, lock not available.
        "40001" | "40P01" | "55P03" => Kind::Conflict,
        "53100" => Kind::Outage(Outage::Full),
        "25006" => Kind::Outage(Outage::ReadOnly),
        // The server ends, crashed, starts; the session was ended.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => Kind::Outage(Outage::Unavailable),
        // The connection; resources; the system beneath; damage.
        _ if ["08", "53", "58", "XX"].iter().any(|class| code.starts_with(class)) => Kind::Outage(Outage::Unavailable),
        _ => Kind::Other,
    }
}

/// By SQLite's extended result code, whose lowest byte is the plain one.
fn of_result_code(code: i32) -> Kind {
    /// The file was moved or replaced, as SQLite itself noticed.
    const READONLY_DBMOVED: i32 = 1032;
    match (code, code & 0xff) {
        (READONLY_DBMOVED, _) => Kind::Outage(Outage::Moved),
        // BUSY, LOCKED.
        (_, 5 | 6) => Kind::Conflict,
        // FULL.
        (_, 13) => Kind::Outage(Outage::Full),
        // PERM, READONLY.
        (_, 3 | 8) => Kind::Outage(Outage::ReadOnly),
        // NOMEM, INTERRUPT, IOERR, CORRUPT, CANTOPEN, NOLFS, NOTADB.
        (_, 7 | 9 | 10 | 11 | 14 | 22 | 26) => Kind::Outage(Outage::Unavailable),
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_what_a_failure_means() {
        let [full, read_only, unavailable] = [Outage::Full, Outage::ReadOnly, Outage::Unavailable].map(Kind::Outage);
        for (code, expected) in [
            ("40001", Kind::Conflict),
            ("40P01", Kind::Conflict),
            ("53100", full),
            ("25006", read_only),
            ("53300", unavailable),
            ("57P01", unavailable),
            ("08006", unavailable),
            ("58030", unavailable),
            // Of these the transaction dies and nobody else's: a unique key, an aborted transaction, a table that is not there.
            ("23505", Kind::Other),
            ("25P02", Kind::Other),
            ("42P01", Kind::Other),
        ] {
            assert_eq!(of_sqlstate(code), expected, "{code}");
        }
        let moved = Kind::Outage(Outage::Moved);
        for (code, expected) in [
            (5, Kind::Conflict),
            (517, Kind::Conflict),
            (13, full),
            (8, read_only),
            (1544, read_only),
            (1032, moved),
            (778, unavailable),
            (1034, unavailable),
            (14, unavailable),
            (1555, Kind::Other),
            (1, Kind::Other),
        ] {
            assert_eq!(of_result_code(code), expected, "{code}");
        }
    }

    #[test]
    fn prose_says_nothing() {
        let said = DbErr::Custom("database is locked; could not serialize; 40001; database or disk is full".to_owned());
        assert_eq!(kind(&said), Kind::Other);
    }
}
