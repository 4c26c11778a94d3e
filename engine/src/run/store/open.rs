//! Opening a database.

use std::{collections::BTreeSet, str::FromStr, time::Duration};

use liandong_schema::migration::Migrator;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr, EntityTrait,
    sqlx::{Connection, PgConnection, postgres::PgConnectOptions},
};
use sea_orm_migration::{MigratorTrait, SchemaManager, seaql_migrations};
use tokio::time::timeout;

use super::{
    Store,
    cannot_open::{CannotOpen, of_driver},
    dialect,
    file::{self, Files},
    measure::Measures,
};
use crate::run::error::Error;

/// How long a server has to let us in.
const REACH_TIME: Duration = Duration::from_secs(5);

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// `sqlite://FILE` is created when it is not there; `sqlite::memory:` is not offered, because
    /// nothing acknowledged may be lost. `postgres://…` must exist.
    ///
    /// # Errors
    /// [`Error::Open`]; [`Error::Database`] when its tables cannot be brought up to date.
    pub async fn open(url: &str) -> Result<Self, Error> {
        if is_sqlite(url) {
            file::create(url)?;
        }
        let store = Self::reach(url).await?;
        if let Some(newer) = versions(&store.write).await?.newer {
            return Err(CannotOpen::Newer(newer).into());
        }
        Migrator::up(&store.write, None).await?;
        Ok(store)
    }

    /// Opens the database as it is, and of this version.
    ///
    /// # Errors
    /// [`Error::Open`]; [`Error::Database`] when it cannot be read.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let store = Self::reach(url).await?;
        let versions = versions(&store.read).await?;
        match (versions.newer, versions.missing) {
            (Some(newer), _) => Err(CannotOpen::Newer(newer).into()),
            (None, Some(missing)) => Err(CannotOpen::Older(missing).into()),
            (None, None) => Ok(store),
        }
    }

    async fn reach(url: &str) -> Result<Self, Error> {
        if is_sqlite(url) {
            Self::embedded(url, dialect::sqlite(url, 1)).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            knock(url).await?;
            let connected = Database::connect(dialect::postgres(url)).await;
            let both = connected.map_err(|error| why(error, |error| CannotOpen::of_postgres(of_driver(error)?)))?;
            Ok(Self { write: both.clone(), read: both, files: None, measures: Measures::default(), told: None })
        } else {
            // What stands before an `@` may be a password.
            Err(CannotOpen::Address(url.split('@').next_back().unwrap_or_default().to_owned()).into())
        }
    }

    /// An SQLite file, written as the options say.
    pub(super) async fn embedded(url: &str, write: ConnectOptions) -> Result<Self, Error> {
        let opened =
            |opened: Result<_, DbErr>| opened.map_err(|error| why(error, |error| CannotOpen::of_sqlite(url, error)));
        let write = opened(Database::connect(write).await)?;
        // Taken with the file open, so that it is the one that was opened.
        let files = Some(Files::of(url)?);
        let read = opened(Database::connect(dialect::sqlite(url, 4)).await)?;
        Ok(Self { write, read, files, measures: Measures::default(), told: None })
    }
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite://") && !url.contains(":memory:")
}

/// Why it was not opened, where that is known.
fn why(error: DbErr, of: impl FnOnce(&DbErr) -> Option<CannotOpen>) -> Error {
    of(&error).map_or_else(|| error.into(), Error::from)
}

/// Asks a server whether it lets us in. The pool would go on asking for its whole time when nobody answers, and say in
/// the end that it waited too long.
async fn knock(url: &str) -> Result<(), Error> {
    let options = PgConnectOptions::from_str(url).map_err(|error| CannotOpen::options(&error))?;
    let Ok(answer) = timeout(REACH_TIME, PgConnection::connect_with(&options)).await else {
        let waited = format!("no answer within {} s", REACH_TIME.as_secs());
        return Err(CannotOpen::Unreachable(waited).into());
    };
    match answer {
        // It let us in: how it says good-bye does not matter.
        Ok(connection) => drop(connection.close().await),
        Err(error) => {
            let known = CannotOpen::of_postgres(&error);
            return Err(
                known.map_or_else(|| DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())).into(), Error::from)
            );
        }
    }
    Ok(())
}

/// How a database's tables differ from those of this program.
struct Versions {
    /// The first migration that it has and this program does not know.
    newer: Option<String>,
    /// The first one that it does not have.
    missing: Option<String>,
}

/// Reads it, and writes nothing.
async fn versions(db: &DatabaseConnection) -> Result<Versions, DbErr> {
    let known: BTreeSet<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let applied: BTreeSet<String> = if SchemaManager::new(db).has_table("seaql_migrations").await? {
        seaql_migrations::Entity::find().all(db).await?.into_iter().map(|row| row.version).collect()
    } else {
        BTreeSet::new()
    };
    let first = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).next().cloned();
    Ok(Versions { newer: first(&applied, &known), missing: first(&known, &applied) })
}
