//! From the start of the process to ready.

use std::time::Instant as Stopwatch;

use liandong_tests::stores::Trouble;

use super::Bench;
use crate::{
    bed::{self, float},
    machine,
    report::Report,
};

/// How often the server is started.
const STARTS: u32 = 5;

/// Measures how long a start takes.
pub(super) async fn run(bench: &mut Bench<'_>) -> Result<Report, Trouble> {
    let db = bench.bed.connect().await?;
    let open = bed::count(&db, "SELECT cast(coalesce(sum(handles), 0) as bigint) FROM workload").await?;
    db.close().await?;
    let mut report = Report::new("start", "from the start of the process to ready, looked at every 20 ms");
    report.figure("open_requests", float(open), "");
    let (mut times, mut memory) = (Vec::new(), 0);
    for _ in 0..STARTS {
        bench.stop().await?;
        let begun = Stopwatch::now();
        let (_, pid) = bench.server().await?;
        times.push(begun.elapsed());
        memory = machine::memory(pid)?.0;
    }
    times.sort_unstable();
    let seconds = |time: Option<&std::time::Duration>| time.map_or(0.0, std::time::Duration::as_secs_f64);
    report.figure("start_median_s", seconds(times.get(times.len() / 2)), "s");
    report.figure("start_slowest_s", seconds(times.last()), "s");
    report.figure("idle_memory_mb", float(memory) / 1e6, "MB resident when it was ready");
    Ok(report)
}
