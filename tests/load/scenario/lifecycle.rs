//! Whole lifecycles: log, accept, resolve, tell, search.

use std::time::Instant as Stopwatch;

use liandong_tests::{seed::Dice, stores::Trouble};

use super::{Bench, send, step};
use crate::{
    bed::{Bed, float},
    book::Book,
    drive::{Pace, Work},
    http::Wire,
    machine,
    operation::{self, Held},
    report::Report,
};

struct Lifecycle<'a> {
    bed: &'a Bed,
    seed: u64,
    run: String,
}

impl Work for Lifecycle<'_> {
    async fn run(&self, n: u64, appointed: Stopwatch, wire: &mut Wire, book: &Book) {
        if self.live(n, appointed, wire, book).await.is_some() {
            book.took("lifecycle", appointed.elapsed());
        }
    }
}

impl Lifecycle<'_> {
    /// Each step is that of the person whom the answer before it names.
    async fn live(&self, n: u64, appointed: Stopwatch, wire: &mut Wire, book: &Book) -> Option<()> {
        let scene = self.bed.scenes.near(&mut Dice::nth(self.seed, n))?;
        let key = |step: &str| format!("{}-{n}-{step}", self.run);
        let named = |held: &Option<Held>| -> Option<String> {
            let person = Held::person(held.as_ref()).map(ToOwned::to_owned);
            person.map_err(|kind| book.failed(kind)).ok()
        };
        let logger = self.bed.token(scene.logger.as_str());
        let body = operation::log(&scene, &key("log"));
        let logged = step(book, "log", appointed, send(wire, logger.clone(), body, operation::done)).await?;

        let handler = named(&logged.handle)?;
        let begun = Stopwatch::now();
        let body = operation::accept(&logged.id, &key("accept"));
        step(book, "accept", begun, send(wire, self.bed.token(&handler), body, operation::done)).await?;

        let begun = Stopwatch::now();
        let body = operation::resolve(&logged.id, &key("resolve"));
        let resolved =
            step(book, "resolve", begun, send(wire, self.bed.token(&handler), body, operation::done)).await?;

        let carrier = named(&resolved.relay)?;
        let begun = Stopwatch::now();
        let body = operation::tell(&logged.id, &key("tell"));
        step(book, "tell", begun, send(wire, self.bed.token(&carrier), body, operation::done)).await?;

        let begun = Stopwatch::now();
        let body = operation::search(scene.village.as_str());
        step(book, "search", begun, send(wire, logger, body, operation::items)).await.map(drop)
    }
}

const STEPS: [&str; 6] = ["log", "accept", "resolve", "tell", "search", "lifecycle"];

/// Measures lifecycles, at a rate or at saturation.
pub(super) async fn run(bench: &mut Bench<'_>) -> Result<Report, Trouble> {
    let connections = bench.options.connections;
    let (pace, how) = match bench.options.rate {
        Some(rate) => (Pace::Open(vec![(rate, bench.seconds())]), format!("open loop, {rate} a second")),
        None => (Pace::Closed(bench.seconds()), "saturated".to_owned()),
    };
    let mut report =
        Report::new("lifecycle", &format!("log, accept, resolve, tell, search; {how}, {connections} connections"));
    let (_, pid) = bench.server().await?;
    let idle = machine::memory(pid)?.0;
    let work = Lifecycle { bed: bench.bed, seed: bench.options.seed, run: bench.next_run() };
    bench.warm_up(connections, &work, &Book::of(&STEPS)?).await?;
    let book = Book::of(&STEPS)?;
    let taken = bench.drive(connections, &pace, &work, &book).await?;
    let done = book.count("lifecycle");
    report.figure("lifecycles_per_s", float(done) / taken.time.as_secs_f64(), "lifecycles/s");
    report.book(&book);
    bench.taken(&mut report, &taken, done, "lifecycle");
    report.figure("idle_memory_mb", float(idle) / 1e6, "MB resident when it was ready");
    Ok(report)
}
