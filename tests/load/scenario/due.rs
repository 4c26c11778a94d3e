//! Very many limits that run out at one moment, while people go on logging.

use std::time::{Duration, Instant as Stopwatch};

use liandong_tests::stores::Trouble;
use sea_orm::ConnectionTrait;

use super::{Bench, submit::Submit};
use crate::{
    bed::{self, float},
    book::Book,
    drive::{Pace, drive},
    report::Report,
};

/// How long after the limits are set they run out: the server has started by then.
const LEAD: Duration = Duration::from_secs(4);

/// How many requests people log a second meanwhile.
const FOREGROUND: f64 = 50.0;

/// How often it is looked at how many are left.
const LOOK: Duration = Duration::from_millis(250);

/// Sets the limit to accept of every open assignment that is not accepted to one moment, and measures how
/// long it takes from then until every one of them has taken effect.
pub(super) async fn run(bench: &mut Bench<'_>) -> Result<Report, Trouble> {
    bench.stop().await?;
    let db = bench.bed.connect().await?;
    let lead = i64::try_from(LEAD.as_micros())?;
    let at = jiff::Timestamp::now().as_microsecond() + lead;
    db.execute_unprepared(&format!(
        "UPDATE assignment SET accept_soon = {at}, accept_by = {at} \
         WHERE ended_at IS NULL AND accepted_at IS NULL AND accept_by IS NOT NULL"
    ))
    .await?;
    db.execute_unprepared(&format!(
        "UPDATE request SET due_at = {at} WHERE id IN (SELECT request FROM assignment WHERE accept_by = {at})"
    ))
    .await?;
    let (address, _) = bench.server().await?;
    let left = format!("SELECT count(*) FROM request WHERE due_at = {at}");
    let due = bed::count(&db, &left).await?;
    let mut report = Report::new("due", "limits that run out at one moment, while people log 50 requests a second");
    report.figure("due_at_once", float(due), "limits");

    let wait = at.saturating_sub(jiff::Timestamp::now().as_microsecond()).max(0);
    tokio::time::sleep_until((Stopwatch::now() + Duration::from_micros(u64::try_from(wait)?)).into()).await;
    let (begun, work, book) = (Stopwatch::now(), Submit::new(bench), Book::of(&["submit"])?);
    let pace = Pace::Open(vec![(FOREGROUND, bench.seconds())]);
    let drained = async {
        let mut look = tokio::time::interval(LOOK);
        while bed::count(&db, &left).await? > 0 {
            look.tick().await;
        }
        Ok::<_, Trouble>(begun.elapsed().as_secs_f64())
    };
    let (drained, driven) = tokio::join!(drained, drive(&address, 16, &pace, 0, &work, &book));
    let (drained, _) = (drained?, driven?);
    report.figure("drained_s", drained, "s from the moment to the last");
    report.figure("drained_per_s", float(due) / drained, "limits/s");
    report.book(&book);
    db.close().await?;
    Ok(report)
}
