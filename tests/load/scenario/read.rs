//! Questions: the chain above a household, and an inbox.

use std::time::Instant as Stopwatch;

use liandong_tests::{seed::Dice, stores::Trouble};
use sea_orm::{ConnectionTrait, Statement};

use super::{Bench, send, step};
use crate::{
    bed::{Bed, float},
    book::Book,
    drive::{Pace, Work},
    http::Wire,
    operation,
    report::Report,
};

/// Connections that ask.
const CONNECTIONS: usize = 16;

/// People whose inboxes are asked for: those with the most to do.
const PEOPLE: usize = 16;

struct Chain<'a> {
    bed: &'a Bed,
    seed: u64,
}

impl Work for Chain<'_> {
    async fn run(&self, n: u64, appointed: Stopwatch, wire: &mut Wire, book: &Book) {
        let Some((place, person)) = self.bed.scenes.household(&mut Dice::nth(self.seed, n)) else { return };
        let body = operation::chain(place.as_str());
        let sent = send(wire, self.bed.token(person.as_str()), body, operation::items);
        if let Some(items) = step(book, "chain", appointed, sent).await {
            book.items(items);
        }
    }
}

struct Inbox<'a> {
    bed: &'a Bed,
    people: Vec<String>,
    seed: u64,
}

impl Work for Inbox<'_> {
    async fn run(&self, n: u64, appointed: Stopwatch, wire: &mut Wire, book: &Book) {
        let Some(person) = Dice::nth(self.seed, n).pick(&self.people).cloned() else { return };
        let sent = send(wire, self.bed.token(&person), operation::inbox(), operation::items);
        if let Some(items) = step(book, "inbox", appointed, sent).await {
            book.items(items);
        }
    }
}

/// Measures the chain of people above a random household.
pub(super) async fn chain(bench: &mut Bench<'_>) -> Result<Report, Trouble> {
    let work = Chain { bed: bench.bed, seed: bench.options.seed };
    measure(bench, "chain", "the people above a random household; 16 connections, saturated", &work).await
}

/// Measures the 50 newest open assignments of the people who have the most.
pub(super) async fn inbox(bench: &mut Bench<'_>) -> Result<Report, Trouble> {
    let db = bench.bed.connect().await?;
    let sql = format!("SELECT person FROM workload ORDER BY handles DESC, person LIMIT {PEOPLE}");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let people = rows.iter().map(|row| row.try_get_by_index::<String>(0)).collect::<Result<Vec<_>, _>>()?;
    db.close().await?;
    let work = Inbox { bed: bench.bed, people, seed: bench.options.seed };
    let what = "the 50 newest open assignments with request and place; 16 connections, saturated";
    let mut report = measure(bench, "inbox", what, &work).await?;
    if report.get("items_each").is_some_and(|items| items < 49.5) {
        report.note("not everybody has 50 open assignments; a larger base, or a greater --open, gives more");
    }
    Ok(report)
}

async fn measure(bench: &mut Bench<'_>, name: &'static str, what: &str, work: &impl Work) -> Result<Report, Trouble> {
    let mut report = Report::new(name, what);
    bench.warm_up(CONNECTIONS, work, &Book::of(&[name])?).await?;
    let book = Book::of(&[name])?;
    let taken = bench.drive(CONNECTIONS, &Pace::Closed(bench.seconds()), work, &book).await?;
    let done = book.count(name);
    report.figure("answers_per_s", float(done) / taken.time.as_secs_f64(), "answers/s");
    report.figure("items_each", float(book.all_items()) / float(done.max(1)), "items an answer");
    report.book(&book);
    bench.taken(&mut report, &taken, done, "answer");
    Ok(report)
}
