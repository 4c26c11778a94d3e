//! A store that is full when a test says so.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use sea_orm::sqlx::{AssertSqlSafe, Executor, SqliteConnection};

use super::{Store, dialect};
use crate::run::error::Error;

/// How many pages an SQLite database may have: SQLite's own limit, which every connection that writes is told before
/// each of its transactions.
#[derive(Clone, Debug)]
pub struct PageLimit(Arc<AtomicU32>);

impl PageLimit {
    /// As many as there is room for.
    pub const NONE: u32 = u32::MAX - 1;

    /// From the next transaction on. A database that has more pages than that gets no new ones.
    pub fn set(&self, pages: u32) {
        self.0.store(pages, Ordering::SeqCst);
    }

    async fn tell(self, connection: &mut SqliteConnection) -> Result<(), sea_orm::SqlxError> {
        let pages = self.0.load(Ordering::SeqCst);
        connection.execute(AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"))).await.map(drop)
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(Arc::new(AtomicU32::new(Self::NONE)))
    }
}

impl Store {
    /// Opens an SQLite database as it is, to hold no more pages than the limit says at any time.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn limited(url: &str, limit: &PageLimit) -> Result<Self, Error> {
        let (fresh, again) = (limit.clone(), limit.clone());
        let mut options = dialect::sqlite(url, 1);
        options.map_sqlx_sqlite_pool_opts(move |pool| {
            let (fresh, again) = (fresh.clone(), again.clone());
            let pool = pool.after_connect(move |connection, _| Box::pin(fresh.clone().tell(connection)));
            pool.before_acquire(move |connection, _| {
                let limit = again.clone();
                Box::pin(async move { limit.tell(connection).await.map(|()| true) })
            })
        });
        Self::embedded(url, options).await
    }
}
