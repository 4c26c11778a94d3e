//! What the machine allows at most: the rows that one logged and routed request leaves behind, written
//! bare, on the same store, in a database of their own.

use std::time::{Duration, Instant as Stopwatch};

use futures_util::future::join_all;
use liandong_engine::run::store::Store;
use liandong_tests::{
    seed::Dice,
    stores::{Kind, Trouble},
};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    bed::{self, Bed},
    report::Report,
    rows::Sample,
};

/// Clients at once on PostgreSQL, where more than one can write.
const CLIENTS: u64 = 8;

/// Measures the bound.
pub(crate) async fn run(bed: &Bed, seconds: u64) -> Result<Report, Trouble> {
    let mut report = Report::new(
        "bound",
        &format!("the rows of one logged and routed request, written bare on {}", bed::name(bed.kind)),
    );
    let sample = Sample::read(&bed.connect().await?, bed.sample).await?;
    let time = Duration::from_secs(seconds.clamp(1, 5));
    let single = fresh(bed, &sample, 1, 1, time).await?;
    report.figure("durable_per_s_one_a_commit", single, "requests/s, one client");
    if bed.kind == Kind::Postgres {
        let many = fresh(bed, &sample, CLIENTS, 1, time).await?;
        report.figure("durable_per_s_eight_clients", many, "requests/s, 8 clients, one a commit, no common row");
    }
    let hundred = fresh(bed, &sample, 1, 100, time).await?;
    report.figure("durable_per_s_hundred_a_commit", hundred, "requests/s, one client");
    report.figure("rows_of_a_request", bed::float(sample.rows()), "rows");
    Ok(report)
}

/// Writes into a database of its own that is gone afterwards; requests a second.
async fn fresh(bed: &Bed, sample: &Sample, clients: u64, batch: u64, time: Duration) -> Result<f64, Trouble> {
    let url = format!("{}_bound{clients}_{batch}", bed.url);
    match bed.kind {
        Kind::Sqlite => remove_file(&url),
        Kind::Postgres => {
            bed::drop_database(&url).await?;
            let name = url.rsplit_once('/').map_or("", |(_, name)| name);
            let admin = bed.connect().await?;
            admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
            admin.close().await?;
        }
    }
    Store::open(&url).await?.close().await?;
    let written = write(&url, sample, clients, batch, time).await;
    match bed.kind {
        Kind::Sqlite => remove_file(&url),
        Kind::Postgres => bed::drop_database(&url).await?,
    }
    written
}

fn remove_file(url: &str) {
    let file = url.trim_start_matches("sqlite://");
    for end in ["", "-wal", "-shm"] {
        // What is not there need not be removed.
        drop(std::fs::remove_file(format!("{file}{end}")));
    }
}

async fn write(url: &str, sample: &Sample, clients: u64, batch: u64, time: Duration) -> Result<f64, Trouble> {
    let connections = join_all((0..clients).map(|_| connect(url))).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let begun = Stopwatch::now();
    let client = async |(client, db): (u64, &DatabaseConnection)| -> Result<u64, Trouble> {
        let (mut written, mut dice) = (0, Dice::new(client));
        let begin = if url.starts_with("sqlite:") { "BEGIN IMMEDIATE" } else { "BEGIN" };
        while begun.elapsed() < time {
            db.execute_unprepared(begin).await?;
            for statement in sample.statements(db.get_database_backend(), client, clients, written, batch, &mut dice) {
                db.execute_raw(statement).await?;
            }
            db.execute_unprepared("COMMIT").await?;
            written += batch;
        }
        Ok(written)
    };
    let written = join_all((0..).zip(&connections).map(client)).await.into_iter().sum::<Result<u64, _>>()?;
    let rate = bed::float(written) / begun.elapsed().as_secs_f64();
    for connection in connections {
        connection.close().await?;
    }
    Ok(rate)
}

/// One connection, as durable as the store's own.
async fn connect(url: &str) -> Result<DatabaseConnection, Trouble> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).min_connections(1).sqlx_logging(false).test_before_acquire(false).map_sqlx_sqlite_opts(
        |o| {
            o.journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("wal_autocheckpoint", "4000")
        },
    );
    Ok(Database::connect(options).await?)
}
