//! Throw-away databases: one new SQLite file, or one new PostgreSQL database, for each test.

use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

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
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let dir = TempDir::with_prefix("liandong-test-")?;
        let url = match kind {
            Kind::Sqlite => format!("sqlite://{}/town.db", dir.path().display()),
            Kind::Postgres => {
                let Ok(cluster) = std::env::var(CLUSTER) else {
                    if std::env::var("CI").is_ok_and(|ci| ci == "true") {
                        return Err(format!("{CLUSTER} is not set; run the tests by `make test`").into());
                    }
                    return Ok(None);
                };
                let name = format!("t{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
                let admin = Database::connect(format!("{cluster}/postgres")).await?;
                admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
                admin.close().await?;
                format!("{cluster}/{name}")
            }
        };
        Ok(Some(Self { url, kind, dir }))
    }

    /// A folder that goes when the database goes.
    #[must_use]
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }
}
