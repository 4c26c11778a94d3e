//! Throw-away databases: one new SQLite file, or one new PostgreSQL database, for each test.

use std::{
    io::Write,
    sync::atomic::{AtomicU32, Ordering},
};

use liandong_engine::run::{private, store::Store};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// The environment variable with the address of a throw-away cluster, set by `scripts/with-postgres`.
pub const CLUSTER: &str = "LIANDONG_TEST_POSTGRES";

/// Which store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

/// A database of one test's own.
#[derive(Debug)]
pub struct TestDb {
    /// Its address.
    pub url: String,
    /// Which store it is.
    pub kind: Kind,
    dir: TempDir,
}

/// Whatever went wrong in a test's set-up.
pub type Trouble = Box<dyn std::error::Error + Send + Sync>;

impl TestDb {
    /// A new empty database; none when there is no PostgreSQL here, which is said plainly, and which
    /// `CI=true` does not let pass.
    ///
    /// # Errors
    /// When the database cannot be made, or CI has no PostgreSQL.
    pub async fn new(kind: Kind) -> Result<Option<Self>, Trouble> {
        let dir = TempDir::with_prefix("liandong-test-")?;
        let url = match kind {
            Kind::Sqlite => format!("sqlite://{}/town.db", dir.path().display()),
            Kind::Postgres => {
                let Some(cluster) = cluster()? else { return Ok(None) };
                format!("{cluster}/{}", create(&cluster, None).await?)
            }
        };
        Ok(Some(Self { url, kind, dir }))
    }

    /// The same with its tables, as [`Store::open`] makes them: a copy of one that was made once for this process, for
    /// to make all tables anew for each story took longer than most stories.
    ///
    /// # Errors
    /// When the database cannot be made, or CI has no PostgreSQL.
    pub async fn with_tables(kind: Kind) -> Result<Option<Self>, Trouble> {
        static SQLITE: OnceCell<Vec<u8>> = OnceCell::const_new();
        static POSTGRES: OnceCell<String> = OnceCell::const_new();
        match kind {
            Kind::Sqlite => {
                let made = SQLITE.get_or_try_init(|| async {
                    let Some(db) = Self::new(kind).await? else { return Err("no SQLite".into()) };
                    Store::open(&db.url).await?.close().await?;
                    Ok::<_, Trouble>(std::fs::read(db.dir().join("town.db"))?)
                });
                let (bytes, db) = (made.await?, Self::new(kind).await?);
                if let Some(db) = &db {
                    private::file(&db.dir().join("town.db"))?.write_all(bytes)?;
                }
                Ok(db)
            }
            Kind::Postgres => {
                let Some(cluster) = cluster()? else { return Ok(None) };
                let made = POSTGRES.get_or_try_init(|| async {
                    let name = create(&cluster, None).await?;
                    Store::open(&format!("{cluster}/{name}")).await?.close().await?;
                    Ok::<_, Trouble>(name)
                });
                let url = format!("{cluster}/{}", create(&cluster, Some(made.await?)).await?);
                Ok(Some(Self { url, kind, dir: TempDir::with_prefix("liandong-test-")? }))
            }
        }
    }

    /// A folder that goes when the database goes.
    #[must_use]
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }
}

/// The address of the throw-away cluster, if there is one.
fn cluster() -> Result<Option<String>, Trouble> {
    let cluster = std::env::var(CLUSTER).ok();
    if cluster.is_none() && std::env::var("CI").is_ok_and(|ci| ci == "true") {
        return Err(format!("{CLUSTER} is not set; run the tests by `make test`").into());
    }
    Ok(cluster)
}

/// Makes a database in the cluster, a copy of another one if that is said; its name.
async fn create(cluster: &str, like: Option<&str>) -> Result<String, Trouble> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let like = like.map_or_else(String::new, |like| format!(" TEMPLATE {like}"));
    let admin = Database::connect(format!("{cluster}/postgres")).await?;
    let made = admin.execute_unprepared(&format!("CREATE DATABASE {name}{like}")).await;
    admin.close().await?;
    made?;
    Ok(name)
}
