//! What is acknowledged is committed, and nothing else is.

use futures_util::FutureExt;
use sea_orm::{ConnectionTrait, Statement};
use tempfile::TempDir;

use super::{
    receipt::{Kept, Name},
    *,
};
use crate::rules::{actor::Actor, instant::Instant};

/// An SQLite file of its own.
struct Bed {
    dir: TempDir,
    limit: PageLimit,
}

impl Bed {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), limit: PageLimit::default() }
    }

    fn url(&self) -> String {
        format!("sqlite://{}/town.db", self.dir.path().display())
    }

    async fn store(&self) -> Store {
        Store::open(&self.url()).await.unwrap().close().await.unwrap();
        Store::limited(&self.url(), &self.limit).await.unwrap()
    }

    /// How many of these rows another process finds.
    async fn found(&self, rows: std::ops::Range<usize>) -> usize {
        let other = Store::connect(&self.url()).await.unwrap();
        let found = count(&other, rows).await;
        other.close().await.unwrap();
        found
    }
}

fn rows(which: std::ops::Range<usize>) -> Vec<(Name, Kept)> {
    let row = |n| {
        let kept = Kept { command: String::new(), answer: "x".repeat(1_500) };
        (Name::new(&Actor::Operator, &format!("key-{n:06}")).unwrap(), kept)
    };
    which.map(row).collect()
}

async fn count(store: &Store, which: std::ops::Range<usize>) -> usize {
    let names: Vec<Name> = rows(which).into_iter().map(|(name, _)| name).collect();
    receipt::read(store.read(), &names).await.unwrap().len()
}

async fn pages(store: &Store) -> u32 {
    let asked = Statement::from_string(DbBackend::Sqlite, "PRAGMA page_count");
    let row = store.read().query_one_raw(asked).await.unwrap().unwrap();
    row.try_get_by_index::<i64>(0).unwrap().try_into().unwrap()
}

/// One transaction that writes these rows, so many with a statement.
async fn keep(store: &Store, which: std::ops::Range<usize>, each: usize) -> Result<(), Error> {
    let chunks: Vec<_> = which.clone().step_by(each).map(|from| from..(from + each).min(which.end)).collect();
    let chunks = &chunks;
    let kept = store.run_tx("test", |tx| {
        Box::pin(async move {
            for chunk in chunks {
                receipt::write(tx, Instant(0), rows(chunk.clone())).await?;
            }
            Ok(())
        })
    });
    kept.await
}

/// SQLite takes a transaction back by itself when a statement of one row finds no room, and only the statement when it is
/// one of many rows. One after the other made the driver believe that it was deeper in transactions than it was.
#[tokio::test]
async fn what_is_acknowledged_after_the_store_was_full_is_there() {
    let bed = Bed::new();
    let store = bed.store().await;
    bed.limit.set(pages(&store).await + 8);
    for (which, each) in [(0..100, 1), (1_000..1_100, 100), (1_000..1_100, 100)] {
        let failed = keep(&store, which.clone(), each).await.unwrap_err();
        assert_eq!(failed.outage(), Some(Outage::Full), "{failed}");
        assert_eq!(bed.found(which).await, 0);
    }
    for n in 2_000..2_006 {
        keep(&store, n..n + 1, 1).await.unwrap();
        assert_eq!(bed.found(2_000..n + 1).await, n - 1_999);
    }
    bed.limit.set(PageLimit::NONE);
    keep(&store, 0..100, 1).await.unwrap();
    keep(&store, 1_000..1_100, 100).await.unwrap();
    assert_eq!(bed.found(0..2_006).await, 206);
}

#[tokio::test]
async fn a_store_that_is_full_at_any_page_keeps_all_of_a_transaction_or_nothing() {
    let bed = Bed::new();
    let store = bed.store().await;
    let (mut next, mut refused) = (0, 0);
    for more in 0..40 {
        bed.limit.set(pages(&store).await + more);
        for each in [1, 3, 10] {
            let which = next..next + 10;
            let done = keep(&store, which.clone(), each).await;
            assert_eq!(bed.found(which).await, if done.is_ok() { 10 } else { 0 }, "{more} pages, {each} rows");
            refused += usize::from(done.is_err());
            next += 10;
        }
    }
    assert!(refused > 10 && refused < 100, "{refused}");
}

/// PostgreSQL answers the `COMMIT` of such a transaction without an error.
#[tokio::test]
async fn a_failure_that_the_work_passes_over_is_no_commit() {
    let bed = Bed::new();
    let store = bed.store().await;
    let done = store.run_tx("test", |tx| {
        Box::pin(async move {
            receipt::write(tx, Instant(0), rows(0..1)).await?;
            tx.execute_unprepared("SELECT nothing FROM nowhere").await.unwrap_err();
            let refused = receipt::write(tx, Instant(0), rows(1..2)).await;
            assert!(refused.is_err(), "nothing is sent after a failure");
            Ok(())
        })
    });
    done.await.unwrap_err();
    assert_eq!(bed.found(0..2).await, 0);
    keep(&store, 0..1, 1).await.unwrap();
    assert_eq!(bed.found(0..2).await, 1);
}

#[tokio::test]
async fn a_statement_that_is_broken_off_is_no_commit() {
    let bed = Bed::new();
    let store = bed.store().await;
    let done = store.run_tx("test", |tx| {
        Box::pin(async move {
            receipt::write(tx, Instant(0), rows(0..1)).await?;
            let long =
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT max(i) FROM n";
            assert!(tx.execute_unprepared(long).now_or_never().is_none(), "it was under way");
            Ok(())
        })
    });
    done.await.unwrap_err();
    assert_eq!(bed.found(0..2).await, 0);
    keep(&store, 0..2, 1).await.unwrap();
}

/// A trigger takes back what SQLite takes back by itself when a disk fails, at the statement of one's choice.
#[tokio::test]
async fn a_transaction_that_sqlite_took_back_by_itself_keeps_nothing_of_what_came_after() {
    let bed = Bed::new();
    let store = bed.store().await;
    let trigger = "CREATE TRIGGER fails BEFORE INSERT ON receipt WHEN NEW.\"key\" = 'key-000005' \
                   BEGIN SELECT RAISE(ROLLBACK, 'the disk fails'); END";
    store.write.execute_unprepared(trigger).await.unwrap();
    for _ in 0..3 {
        keep(&store, 0..10, 1).await.unwrap_err();
        assert_eq!(bed.found(0..10).await, 0);
        keep(&store, 20..21, 1).await.unwrap_or_default();
    }
    assert_eq!(bed.found(20..21).await, 1);
}

#[tokio::test]
async fn a_transaction_that_nobody_waits_for_any_more_leaves_nothing_behind() {
    let bed = Bed::new();
    let store = bed.store().await;
    for n in 0..5 {
        let written = &tokio::sync::Notify::new();
        let endless = store.run_tx("test", |tx| {
            Box::pin(async move {
                receipt::write(tx, Instant(0), rows(n..n + 1)).await?;
                written.notify_one();
                std::future::pending::<Result<(), Error>>().await
            })
        });
        tokio::select! {
            ended = endless => panic!("{ended:?}"),
            () = written.notified() => {}
        }
    }
    keep(&store, 10..11, 1).await.unwrap();
    assert_eq!(bed.found(0..11).await, 1);
}

#[tokio::test]
async fn a_file_that_was_replaced_takes_nothing_until_it_is_back() {
    let bed = Bed::new();
    let store = bed.store().await;
    keep(&store, 0..1, 1).await.unwrap();
    let (file, aside) = (bed.dir.path().join("town.db"), bed.dir.path().join("aside.db"));
    for replaced in [false, true] {
        std::fs::rename(&file, &aside).unwrap();
        if replaced {
            std::fs::copy(&aside, &file).unwrap();
        }
        assert_eq!(keep(&store, 1..2, 1).await.unwrap_err().outage(), Some(Outage::Moved));
        assert_eq!(file.exists(), replaced, "no empty database is made in its place");
        std::fs::rename(&aside, &file).unwrap();
        keep(&store, 2..3, 1).await.unwrap_or_default();
    }
    assert_eq!(bed.found(0..3).await, 2);
}

#[tokio::test]
async fn a_log_that_was_deleted_takes_nothing() {
    let bed = Bed::new();
    let store = bed.store().await;
    keep(&store, 0..1, 1).await.unwrap();
    std::fs::remove_file(bed.dir.path().join("town.db-wal")).unwrap();
    assert_eq!(keep(&store, 1..2, 1).await.unwrap_err().outage(), Some(Outage::Moved));
}
