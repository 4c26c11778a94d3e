//! What is measured, one file for each kind of scenario.

mod dormant;
mod due;
mod lifecycle;
mod read;
mod start;
mod submit;

use std::{
    fs,
    time::{Duration, Instant as Stopwatch},
};

use liandong_tests::{
    server::Server,
    stores::{Kind, Trouble},
};
use serde_json::json;

use crate::{
    bed::{self, Bed, float},
    book::Book,
    bound,
    drive::{Pace, drive},
    http::Wire,
    machine::{self, Used},
    options::{Options, Scenario},
    report::Report,
    say,
};

/// How long a scenario runs before it is measured.
const WARM_UP: Duration = Duration::from_secs(2);

/// The numbers of work that is not measured begin here, so that no key comes twice.
const UNMEASURED: u64 = 1 << 40;

/// Runs what was asked for, on one base.
pub(crate) async fn run(options: &Options) -> Result<(), Trouble> {
    let mut reports = Vec::new();
    let Some((bed, base)) = Bed::prepare(options).await? else {
        say(&bed::missing());
        return Ok(());
    };
    say(&format!("machine: {}\nstore: {}", machine::line(), store(&bed).await?));
    note(&mut reports, base);
    if options.verify {
        note(&mut reports, bed.verify("the base before").await?);
    }
    let outcome = all(options, &bed, &mut reports).await;
    if options.verify && outcome.is_ok() {
        note(&mut reports, bed.verify("the database afterwards").await?);
    }
    if let Some(file) = &options.json {
        let reports: Vec<_> = reports.iter().map(Report::json).collect();
        let text = json!({ "machine": machine::line(), "store": store(&bed).await?, "seed": options.seed, "reports": reports });
        fs::write(file, serde_json::to_string_pretty(&text)?)?;
    }
    bed.remove().await?;
    outcome
}

async fn all(options: &Options, bed: &Bed, reports: &mut Vec<Report>) -> Result<(), Trouble> {
    let mut bench = Bench { options, bed, server: None, run: 0, capacity: None };
    for scenario in &options.scenarios {
        let report = match scenario {
            Scenario::Lifecycle => lifecycle::run(&mut bench).await?,
            Scenario::Chain => read::chain(&mut bench).await?,
            Scenario::Inbox => read::inbox(&mut bench).await?,
            Scenario::Submit => submit::submit(&mut bench).await?,
            Scenario::Spike => submit::spike(&mut bench).await?,
            Scenario::Due => due::run(&mut bench).await?,
            Scenario::Dormant => dormant::run(&mut bench).await?,
            Scenario::Start => start::run(&mut bench).await?,
            Scenario::Bound => bench.bound(reports).await?,
        };
        note(reports, report);
        if *scenario == Scenario::Lifecycle && !options.no_bound && !options.scenarios.contains(&Scenario::Bound) {
            let report = bench.bound(reports).await?;
            note(reports, report);
        }
    }
    bench.stop().await
}

fn note(reports: &mut Vec<Report>, report: Report) {
    say(report.text());
    reports.push(report);
}

/// The store and what it says of its durability.
async fn store(bed: &Bed) -> Result<String, Trouble> {
    let db = bed.connect().await?;
    let line = match bed.kind {
        Kind::Sqlite => {
            format!("SQLite {}, WAL, synchronous FULL", bed::value::<String>(&db, "SELECT sqlite_version()").await?)
        }
        Kind::Postgres => {
            let [version, fsync, commit] =
                ["server_version", "fsync", "synchronous_commit"].map(|s| format!("SHOW {s}"));
            format!(
                "PostgreSQL {}, fsync {}, synchronous_commit {}",
                bed::value::<String>(&db, &version).await?,
                bed::value::<String>(&db, &fsync).await?,
                bed::value::<String>(&db, &commit).await?
            )
        }
    };
    db.close().await?;
    Ok(line)
}

/// A base with its server.
struct Bench<'a> {
    options: &'a Options,
    bed: &'a Bed,
    server: Option<Server>,
    /// Counts the runs of this process, for keys.
    run: u64,
    /// Requests that can be logged a second, once that is known.
    capacity: Option<f64>,
}

/// What a run took.
struct Taken {
    time: Duration,
    server: Used,
    generator: Used,
    memory: (u64, u64),
    log: Option<u64>,
}

impl Bench<'_> {
    /// The server's address and process; it is started when it does not run.
    async fn server(&mut self) -> Result<(String, u32), Trouble> {
        if self.server.is_none() {
            self.server = Some(Server::start(&self.bed.url).await?);
        }
        let server = self.server.as_ref().ok_or("the server did not start")?;
        Ok((server.listen.clone(), server.child.id().ok_or("the server is gone")?))
    }

    /// Stops the server in order; one that does not stop is killed.
    async fn stop(&mut self) -> Result<(), Trouble> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        let pid = server.child.id().ok_or("the server is gone")?;
        tokio::process::Command::new("kill").arg(pid.to_string()).status().await?;
        if tokio::time::timeout(Duration::from_secs(20), server.child.wait()).await.is_err() {
            server.kill().await?;
        }
        Ok(())
    }

    /// A name for the keys of the next run: no run has had it before, of this process or another.
    fn next_run(&mut self) -> String {
        self.run += 1;
        format!("{}-{}", jiff::Timestamp::now().as_microsecond(), self.run)
    }

    fn seconds(&self) -> Duration {
        Duration::from_secs(self.options.seconds)
    }

    /// Drives work and says what the run took.
    async fn drive(
        &mut self,
        connections: usize,
        pace: &Pace,
        work: &impl crate::drive::Work,
        book: &Book,
    ) -> Result<Taken, Trouble> {
        let (address, pid) = self.server().await?;
        let me = std::process::id();
        let before = (Used::of(pid)?, Used::of(me)?, self.write_ahead().await?);
        let time = drive(&address, connections, pace, 0, work, book).await?;
        let log = self.write_ahead().await?.zip(before.2).map(|(after, before)| after.saturating_sub(before));
        let (server, generator) = (Used::of(pid)?.since(before.0), Used::of(me)?.since(before.1));
        Ok(Taken { time, server, generator, memory: machine::memory(pid)?, log })
    }

    /// Lets the server find its pace, unmeasured.
    async fn warm_up(
        &mut self,
        connections: usize,
        work: &impl crate::drive::Work,
        book: &Book,
    ) -> Result<(), Trouble> {
        let (address, _) = self.server().await?;
        drive(&address, connections, &Pace::Closed(WARM_UP), UNMEASURED, work, book).await.map(drop)
    }

    /// How many bytes the cluster's write-ahead log has had, on PostgreSQL.
    async fn write_ahead(&self) -> Result<Option<u64>, Trouble> {
        if self.bed.kind == Kind::Sqlite {
            return Ok(None);
        }
        let db = self.bed.connect().await?;
        let bytes = bed::count(&db, "SELECT cast(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS bigint)").await?;
        db.close().await?;
        Ok(Some(bytes))
    }

    /// The bound, and what part of it the lifecycles reached.
    async fn bound(&mut self, reports: &[Report]) -> Result<Report, Trouble> {
        self.stop().await?;
        let mut report = bound::run(self.bed, self.options.seconds).await?;
        let reached = reports.iter().find(|r| r.name() == "lifecycle").and_then(|r| r.get("lifecycles_per_s"));
        let best = ["durable_per_s_one_a_commit", "durable_per_s_hundred_a_commit"].map(|name| report.get(name));
        if let (Some(reached), [Some(one), Some(hundred)]) = (reached, best) {
            report.figure("lifecycles_to_one_a_commit", reached / one, "lifecycles per bare commit");
            report.figure("commands_to_one_a_commit", 4.0 * reached / one, "commands per bare commit");
            report.figure("commands_to_hundred_a_commit", 4.0 * reached / hundred, "commands per bare request");
        }
        Ok(report)
    }

    /// What a run took, for each thing done.
    fn taken(&self, report: &mut Report, taken: &Taken, done: u64, of: &str) {
        let each = 1.0 / float(done.max(1));
        let seconds = taken.time.as_secs_f64();
        let per = |what: &str| format!("{what}, for each {of}");
        report.figure(
            "server_cpu_ms_each",
            taken.server.cpu.as_secs_f64() * 1e3 * each,
            &per("ms of the server's processor time"),
        );
        report.figure("server_cores", taken.server.cpu.as_secs_f64() / seconds, "cores busy with the server");
        report.figure("generator_cores", taken.generator.cpu.as_secs_f64() / seconds, "cores busy with the generator");
        report.figure(
            "server_written_bytes_each",
            float(taken.server.written) * each,
            &per("bytes that the server wrote"),
        );
        if let Some(log) = taken.log {
            report.figure("cluster_log_bytes_each", float(log) * each, &per("bytes of the cluster's write-ahead log"));
            report.note("the cluster's own processor time and writes are not in the server's");
        }
        report.figure("peak_memory_mb", float(taken.memory.1) / 1e6, "MB resident at most since the server's start");
    }
}

/// Sends one body and reads the answer, or notes the kind of failure.
async fn send<T>(
    wire: &mut Wire,
    token: Result<&hyper::header::HeaderValue, String>,
    body: String,
    read: impl FnOnce(hyper::StatusCode, &hyper::body::Bytes) -> Result<T, String>,
) -> Result<T, String> {
    let (status, text) = wire.post(token?, body).await.map_err(|e| format!("connection: {e}"))?;
    read(status, &text)
}

/// A step with its latency: since `begun`, when it is answered as it should be.
async fn step<T>(
    book: &Book,
    name: &'static str,
    begun: Stopwatch,
    sent: impl Future<Output = Result<T, String>>,
) -> Option<T> {
    match sent.await {
        Ok(answer) => {
            book.took(name, begun.elapsed());
            Some(answer)
        }
        Err(kind) if kind == crate::book::BUSY => {
            book.failed(kind);
            None
        }
        Err(kind) => {
            book.failed(format!("{name}: {kind}"));
            None
        }
    }
}
