//! A transaction, and the only statements that begin and end one.
//!
//! The driver has transactions of its own and counts how deep it is in them, and that count goes wrong. SQLite takes
//! a whole transaction back by itself upon some errors (a full disk, a disk that fails); the driver's `ROLLBACK` then
//! fails, and it counts one as open that is not. What is begun next is a savepoint to it; and if a savepoint is taken
//! back, which never ends the transaction that it opened, every later "commit" releases a savepoint within a
//! transaction that no commit ever ends. So everything was acknowledged, and lost.
//!
//! Therefore nothing is counted here, and the database itself is asked. `BEGIN IMMEDIATE` and `COMMIT` are statements
//! like any other: SQLite refuses the first inside a transaction and the second outside of one, so whoever hears of
//! a success knows what came to be. After a statement that failed, or was broken off, nothing more is sent and
//! nothing is committed, whatever became of the error: PostgreSQL answers such a `COMMIT` with a rollback and no
//! error. And a connection whose transaction did not end exactly as it should is closed, and replaced by a fresh one.

use std::{
    fmt,
    marker::PhantomData,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    prelude::async_trait,
    sqlx::{self, Executor, Postgres, Sqlite, pool::PoolConnection},
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::{Mutex, MutexGuard};

use super::dialect;

/// What is said of a transaction in which a statement failed.
const SPOILT: &str = "a statement of this transaction failed, so nothing of it is committed";

/// Is told of the statements of transactions: for tests in which a node dies there.
#[derive(Clone)]
pub(super) struct Told(pub(super) Arc<dyn Fn(&str) + Send + Sync>);

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Told")
    }
}

/// A transaction under way. Writes of the store take one of these, so nothing is written outside of one. Its work may
/// borrow what lives for `'e`.
pub(crate) struct Tx<'e> {
    /// Its connection, until it has ended.
    held: Mutex<Option<Held>>,
    backend: DbBackend,
    /// A statement failed, or was broken off so that nobody knows what became of it.
    spoilt: AtomicBool,
    told: Option<Told>,
    borrows: PhantomData<&'e ()>,
}

/// A connection of one of the stores, taken out of its pool.
enum Held {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Held {
    async fn say(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(connection) => connection.execute(sql).await.map(drop),
            Self::Postgres(connection) => connection.execute(sql).await.map(drop),
        }
    }

    /// Closes it for good. What its transaction wrote is taken back, unless it was committed.
    async fn close(self) {
        match self {
            // Waited for, so that the next transaction finds nobody in its way.
            Self::Sqlite(connection) => {
                if let Err(error) = connection.close().await {
                    tracing::warn!(%error, "a connection that is thrown away was not closed in order");
                }
            }
            // A connection that does not answer any more would have to be waited for.
            Self::Postgres(connection) => drop(connection.detach()),
        }
    }
}

/// How a transaction ended that was not committed.
pub(super) enum Failed {
    /// It is not committed.
    Undone(DbErr),
    /// The database was asked to commit it and gave no good answer: it may be committed or not.
    Unknown(DbErr),
}

impl Tx<'_> {
    /// Begins one, as a writer from the start.
    pub(super) async fn begin(db: &DatabaseConnection, told: Option<Told>) -> Result<Self, DbErr> {
        let backend = db.get_database_backend();
        let held = match backend {
            DbBackend::Sqlite => db.get_sqlite_connection_pool().acquire().await.map(Held::Sqlite),
            _ => db.get_postgres_connection_pool().acquire().await.map(Held::Postgres),
        };
        let held = held.map_err(|error| DbErr::Conn(words(error)))?;
        // Held from here on: wherever this is left before its end, the connection is closed.
        let mut tx =
            Self { held: Mutex::new(Some(held)), backend, spoilt: AtomicBool::new(false), told, borrows: PhantomData };
        if let Some(held) = tx.held.get_mut()
            && let Err(error) = held.say(dialect::begin(backend)).await
        {
            tx.throw_away().await;
            return Err(DbErr::Exec(words(error)));
        }
        Ok(tx)
    }

    /// Commits it. Only `Ok` means that everything is on the disk.
    pub(super) async fn commit(mut self) -> Result<(), Failed> {
        let spoilt = *self.spoilt.get_mut();
        let Some(held) = self.held.get_mut().as_mut().filter(|_| !spoilt) else {
            self.throw_away().await;
            return Err(Failed::Undone(DbErr::Custom(SPOILT.to_owned())));
        };
        match held.say("COMMIT").await {
            Ok(()) => {
                self.give_back();
                if let Some(Told(told)) = &self.told {
                    told("COMMIT");
                }
                Ok(())
            }
            Err(error) => {
                self.throw_away().await;
                Err(Failed::Unknown(DbErr::Exec(words(error))))
            }
        }
    }

    /// Takes it back.
    pub(super) async fn rollback(mut self) {
        let spoilt = *self.spoilt.get_mut();
        let said = match self.held.get_mut().as_mut().filter(|_| !spoilt) {
            Some(held) => held.say("ROLLBACK").await,
            None => return self.throw_away().await,
        };
        match said {
            Ok(()) => self.give_back(),
            Err(error) => {
                tracing::warn!(%error, "a transaction could not be taken back; its connection is closed");
                self.throw_away().await;
            }
        }
    }

    /// Ended as it should: the connection is as good as new.
    fn give_back(&mut self) {
        drop(self.held.get_mut().take());
    }

    async fn throw_away(&mut self) {
        if let Some(held) = self.held.get_mut().take() {
            held.close().await;
        }
    }

    /// The connection for one statement, if none has failed before it.
    async fn turn(&self) -> Result<MutexGuard<'_, Option<Held>>, DbErr> {
        let held = self.held.lock().await;
        // Until the statement has ended well, which it does not where it is broken off.
        if self.spoilt.swap(true, Ordering::SeqCst) {
            return Err(DbErr::Custom(SPOILT.to_owned()));
        }
        Ok(held)
    }

    fn ended<T>(&self, sql: &str, done: Result<T, sqlx::Error>) -> Result<T, RuntimeErr> {
        let done = done.map_err(words)?;
        self.spoilt.store(false, Ordering::SeqCst);
        if let Some(Told(told)) = &self.told {
            told(sql);
        }
        Ok(done)
    }
}

/// Left before its end, by a panic or because nobody waits for it any more: the connection goes with it.
impl Drop for Tx<'_> {
    fn drop(&mut self) {
        match self.held.get_mut().take() {
            Some(Held::Sqlite(connection)) => drop(connection.detach()),
            Some(Held::Postgres(connection)) => drop(connection.detach()),
            None => {}
        }
    }
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").field("backend", &self.backend).field("spoilt", &self.spoilt).finish_non_exhaustive()
    }
}

fn words(error: sqlx::Error) -> RuntimeErr {
    RuntimeErr::SqlxError(Arc::new(error))
}

fn query<DB: sqlx::Database>(statement: &Statement) -> sqlx::query::Query<'_, DB, SqlxValues>
where
    SqlxValues: for<'q> sqlx::IntoArguments<DB>,
{
    let values = statement.values.clone().unwrap_or_else(|| sea_orm::Values(Vec::new()));
    sqlx::query_with(sqlx::AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

/// So that entities and statements are used with it as with any connection.
#[async_trait::async_trait]
impl ConnectionTrait for Tx<'_> {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut held = self.turn().await?;
        let done = match &mut *held {
            Some(Held::Sqlite(c)) => query::<Sqlite>(&statement).execute(&mut **c).await.map(ExecResult::from),
            Some(Held::Postgres(c)) => query::<Postgres>(&statement).execute(&mut **c).await.map(ExecResult::from),
            None => Err(sqlx::Error::PoolClosed),
        };
        self.ended(&statement.sql, done).map_err(DbErr::Exec)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut held = self.turn().await?;
        let safe = || sqlx::AssertSqlSafe(sql);
        let done = match &mut *held {
            Some(Held::Sqlite(c)) => c.execute(safe()).await.map(ExecResult::from),
            Some(Held::Postgres(c)) => c.execute(safe()).await.map(ExecResult::from),
            None => Err(sqlx::Error::PoolClosed),
        };
        self.ended(sql, done).map_err(DbErr::Exec)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut held = self.turn().await?;
        let done = match &mut *held {
            Some(Held::Sqlite(c)) => {
                let row = query::<Sqlite>(&statement).fetch_optional(&mut **c).await;
                row.map(|row| row.map(QueryResult::from))
            }
            Some(Held::Postgres(c)) => {
                let row = query::<Postgres>(&statement).fetch_optional(&mut **c).await;
                row.map(|row| row.map(QueryResult::from))
            }
            None => Err(sqlx::Error::PoolClosed),
        };
        self.ended(&statement.sql, done).map_err(DbErr::Query)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut held = self.turn().await?;
        let done = match &mut *held {
            Some(Held::Sqlite(c)) => {
                let rows = query::<Sqlite>(&statement).fetch_all(&mut **c).await;
                rows.map(|rows| rows.into_iter().map(QueryResult::from).collect())
            }
            Some(Held::Postgres(c)) => {
                let rows = query::<Postgres>(&statement).fetch_all(&mut **c).await;
                rows.map(|rows| rows.into_iter().map(QueryResult::from).collect())
            }
            None => Err(sqlx::Error::PoolClosed),
        };
        self.ended(&statement.sql, done).map_err(DbErr::Query)
    }
}
