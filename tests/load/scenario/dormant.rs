//! Very many limits that nothing comes of for weeks: what they cost a server that has nothing else to do.

use std::time::{Duration, Instant as Stopwatch};

use liandong_tests::stores::Trouble;
use sea_orm::ConnectionTrait;

use super::Bench;
use crate::{
    bed::{self, float},
    machine::{self, Used},
    report::Report,
};

/// How long after the limits are set the first of them runs out, and how far they are apart, in microseconds.
const DAY: i64 = 86_400_000_000;

/// How long the server may look around before it is measured.
const SETTLE: Duration = Duration::from_secs(2);

/// Sets the limits of every open assignment to some day of the next month, and measures a start and then an
/// idle server, with the looks of its auditor.
pub(super) async fn run(bench: &mut Bench<'_>) -> Result<Report, Trouble> {
    bench.stop().await?;
    let db = bench.bed.connect().await?;
    let first = jiff::Timestamp::now().as_microsecond() + DAY;
    let some_day = format!("({first} + opened_at % {})", 30 * DAY);
    db.execute_unprepared(&format!(
        "UPDATE assignment SET accept_soon = {some_day}, accept_by = {some_day} \
         WHERE ended_at IS NULL AND accepted_at IS NULL AND accept_by IS NOT NULL"
    ))
    .await?;
    db.execute_unprepared(&format!(
        "UPDATE assignment SET finish_soon = {some_day}, finish_by = {some_day} \
         WHERE ended_at IS NULL AND finish_by IS NOT NULL"
    ))
    .await?;
    db.execute_unprepared(&format!(
        "UPDATE request SET due_at = {first} + logged_at % {} WHERE due_at IS NOT NULL",
        30 * DAY
    ))
    .await?;
    let mut report = Report::new("dormant", "limits of the coming month, and a server that nobody asks anything");
    let due = bed::count(&db, "SELECT count(*) FROM request WHERE due_at IS NOT NULL").await?;
    report.figure("dormant_limits", float(due), "");
    db.close().await?;

    let begun = Stopwatch::now();
    let (_, pid) = bench.server().await?;
    report.figure("start_s", begun.elapsed().as_secs_f64(), "s from the start of the process to ready");
    tokio::time::sleep_until((Stopwatch::now() + SETTLE).into()).await;
    let (begun, before) = (Stopwatch::now(), Used::of(pid)?);
    tokio::time::sleep_until((begun + bench.seconds()).into()).await;
    let used = Used::of(pid)?.since(before);
    let part = used.cpu.as_secs_f64() / begun.elapsed().as_secs_f64();
    report.figure("idle_percent", part * 100.0, "% of a core, with the looks of the auditor");
    report.figure("memory_mb", float(machine::memory(pid)?.0) / 1e6, "MB resident");
    Ok(report)
}
