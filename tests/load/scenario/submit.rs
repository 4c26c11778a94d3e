//! Logging alone: at half of what can be, and when ten times as much comes at once.

use std::time::{Duration, Instant as Stopwatch};

use liandong_tests::{seed::Dice, stores::Trouble};

use super::{Bench, send, step};
use crate::{
    bed::{Bed, float},
    book::Book,
    drive::{Pace, Work},
    http::Wire,
    operation,
    report::Report,
};

/// Connections of a spike: more than commands may wait in the server.
const CROWD: usize = 3_000;

/// How long the capacity is measured, and how long a spike lasts.
const SHORT: Duration = Duration::from_secs(3);

/// People who log.
pub(super) struct Submit<'a> {
    bed: &'a Bed,
    seed: u64,
    run: String,
}

impl Work for Submit<'_> {
    async fn run(&self, n: u64, appointed: Stopwatch, wire: &mut Wire, book: &Book) {
        let Some(scene) = self.bed.scenes.near(&mut Dice::nth(self.seed, n)) else { return };
        let body = operation::log(&scene, &format!("{}-{n}", self.run));
        let sent = send(wire, self.bed.token(scene.logger.as_str()), body, operation::done);
        step(book, "submit", appointed, sent).await;
    }
}

impl<'a> Submit<'a> {
    /// Work under keys of its own.
    pub(super) fn new(bench: &mut Bench<'a>) -> Self {
        Self { bed: bench.bed, seed: bench.options.seed, run: bench.next_run() }
    }
}

/// How many requests can be logged a second, measured once in a run.
async fn capacity(bench: &mut Bench<'_>) -> Result<f64, Trouble> {
    if let Some(capacity) = bench.capacity {
        return Ok(capacity);
    }
    let (connections, work) = (bench.options.connections, Submit::new(bench));
    bench.warm_up(connections, &work, &Book::of(&["submit"])?).await?;
    let book = Book::of(&["submit"])?;
    let taken = bench.drive(connections, &Pace::Closed(SHORT), &work, &book).await?;
    let capacity = float(book.count("submit")) / taken.time.as_secs_f64();
    bench.capacity = Some(capacity);
    Ok(capacity)
}

/// Logs at half of the capacity.
pub(super) async fn submit(bench: &mut Bench<'_>) -> Result<Report, Trouble> {
    let capacity = capacity(bench).await?;
    let mut report = Report::new("submit", "logging at half of the capacity for logging, open loop");
    report.figure("capacity_per_s", capacity, "requests/s, saturated");
    let work = Submit::new(bench);
    let (book, pace) = (Book::of(&["submit"])?, Pace::Open(vec![((capacity / 2.0).max(1.0), bench.seconds())]));
    let taken = bench.drive(bench.options.connections.max(256), &pace, &work, &book).await?;
    let done = book.count("submit");
    report.figure("submitted_per_s", float(done) / taken.time.as_secs_f64(), "requests/s");
    report.book(&book);
    bench.taken(&mut report, &taken, done, "request");
    Ok(report)
}

/// Logs at half of the capacity, then at ten times that for three seconds, then at half again.
pub(super) async fn spike(bench: &mut Bench<'_>) -> Result<Report, Trouble> {
    let usual = (capacity(bench).await? / 2.0).max(1.0);
    let mut report =
        Report::new("spike", "logging at half of the capacity for logging; for three seconds ten times as much");
    report.figure("usual_per_s", usual, "requests/s").figure("spike_per_s", usual * 10.0, "requests/s");
    let work = Submit::new(bench);
    let pace = Pace::Open(vec![(usual, SHORT), (usual * 10.0, SHORT), (usual, SHORT)]);
    let book = Book::of(&["submit"])?;
    let taken = bench.drive(CROWD, &pace, &work, &book).await?;
    let done = book.count("submit");
    report.figure("sent", float(pace.pieces()), "requests").figure("answered", float(done), "requests");
    report.figure("seconds_until_all_was_answered", taken.time.as_secs_f64(), "s, of which 9 sent");
    report.book(&book);
    bench.taken(&mut report, &taken, done, "request");
    report.note("what waits in the generator for one of its 3000 connections counts from its appointed time");
    Ok(report)
}
