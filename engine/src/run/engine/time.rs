//! What time demands: limits that ran out become commands and take the way of every command.
//!
//! The due index on the disk says what is over; nothing is remembered between two looks, so a restart
//! needs no path of its own, and what was missed while nothing ran is done late, in order.

use std::{
    collections::HashSet,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time::Instant as Stopwatch,
};

use super::{Command, Engine, Order, writer::Job};
use crate::{
    rules::{actor::Actor, id::RequestId, instant::Instant},
    run::{
        error::Error,
        store::{due, head},
    },
};

/// How many limits are taken from the index at once.
const CHUNK: u64 = 256;

/// The longest time between two looks, if nothing happens and nothing is due.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How often the auditor looks, and how many times as long as a look it rests at least: where very many
/// assignments are open it looks less often, and never takes more than a hundredth of a processor.
const AUDIT_EVERY: Duration = Duration::from_secs(60);
const AUDIT_REST: u32 = 100;

/// The shortest time between two looks, however much happens.
const REST: Duration = Duration::from_millis(200);

/// A limit that is later than this was missed by an outage, and not by being busy.
const OUTAGE_MICROS: i64 = 3_600_000_000;

/// How long it takes to do what an outage left, for each chunk: half a thousand a second.
const GRADUAL: Duration = Duration::from_millis(500);

/// How far a clock may run from the steady one between two looks before it is taken to have been put.
const JUMP_MICROS: i64 = 120_000_000;

/// How long a clock that was put must stand before limits are believed to be over: a clock that was put
/// wrong and is put right meanwhile has done no harm, and late is better than early.
const SETTLE: Duration = Duration::from_secs(600);

/// The upper ends of the stretches that lateness is counted in, in seconds.
const LATE_SECONDS: [f64; 8] = [0.1, 0.5, 1.0, 5.0, 30.0, 300.0, 3_600.0, 86_400.0];

/// The upper ends of the stretches that it is counted in how soon a commit is visible, in seconds.
const VISIBLE_SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 10.0];

/// How long something took, counted by stretches: how late limits took effect, say.
#[derive(Debug)]
pub struct Lateness {
    /// The upper ends of the stretches, in seconds.
    ends: &'static [f64],
    /// How many, by the first end that they kept within; the last for all others.
    counts: Vec<AtomicU64>,
    /// All of them together, in microseconds.
    micros: AtomicU64,
}

/// In stretches from a tenth of a second to a day.
impl Default for Lateness {
    fn default() -> Self {
        Self::within(&LATE_SECONDS)
    }
}

impl Lateness {
    fn within(ends: &'static [f64]) -> Self {
        Self { ends, counts: (0..=ends.len()).map(|_| AtomicU64::new(0)).collect(), micros: AtomicU64::new(0) }
    }

    /// In stretches from a millisecond to ten seconds.
    pub(super) fn fine() -> Self {
        Self::within(&VISIBLE_SECONDS)
    }

    /// How many kept within each end but not the one before it, the last without end.
    pub fn buckets(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        let ends = self.ends.iter().copied().chain([f64::MAX]);
        ends.zip(&self.counts).map(|(end, count)| (end, count.load(Ordering::Relaxed)))
    }

    /// All of them together, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.micros.load(Ordering::Relaxed) as f64 / 1e6
    }

    pub(in crate::run) fn note(&self, micros: i64) {
        let seconds = micros as f64 / 1e6;
        let place = self.ends.iter().position(|end| seconds <= *end).unwrap_or(self.ends.len());
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.micros.fetch_add(u64::try_from(micros).unwrap_or(0), Ordering::Relaxed);
    }
}

/// A limit that was over when the index was read, handed to the writer.
struct RunningOut {
    request: RequestId,
    /// By how much, in microseconds.
    late: i64,
    answer: oneshot::Receiver<Result<super::Performed, Error>>,
}

impl Engine {
    /// Does everything that is due now, the longest overdue first; how many limits took effect.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Stopping`]; what was not done is still due.
    pub async fn tick(&self) -> Result<u64, Error> {
        let now = self.deciding_now().await?;
        if self.next_date().await?.is_some_and(|date| date <= now) {
            self.catch_up().await?;
        }
        let mut done = 0;
        loop {
            let took_effect = self.pass().await?;
            done += took_effect;
            // What is over and comes to nothing would keep this turning for ever.
            if took_effect == 0 {
                return Ok(done);
            }
        }
    }

    /// Goes through the due index once; how many limits took effect. What stands in it next is read and handed
    /// to the writer while what was read before is decided, so that the writer never waits for the reader. Behind
    /// what is not whole nothing stands but what was decided just now: reading on would meet some of it and not
    /// all, as the writer gets on, and the longest overdue would not come first.
    async fn pass(&self) -> Result<u64, Error> {
        let (mut done, mut after, mut decided) = (0, None, Vec::new());
        loop {
            let now = self.deciding_now().await?;
            let mut over = due::over(self.shared.store.read(), now, after, CHUNK).await?;
            after = over.last().copied().filter(|_| u64::try_from(over.len()).is_ok_and(|many| many >= CHUNK));
            // What is being decided may stand there again already, or not yet: its next limit waits for the next pass.
            let waiting: HashSet<RequestId> = decided.iter().map(|running: &RunningOut| running.request).collect();
            over.retain(|(request, _)| !waiting.contains(request));
            let missed = over.first().is_some_and(|(_, due)| now.0.saturating_sub(due.0) > OUTAGE_MICROS);
            let demanded = self.run_out(over, now).await?;
            done += self.took_effect(std::mem::replace(&mut decided, demanded)).await?;
            if missed && self.is_paced() {
                tokio::time::sleep(GRADUAL).await;
            }
            if after.is_none() {
                return Ok(done + self.took_effect(decided).await?);
            }
        }
    }

    /// When the next date of the register comes that lets work change hands, after what was done last.
    async fn next_date(&self) -> Result<Option<Instant>, Error> {
        let head = head::read(self.shared.store.read()).await?;
        Ok(self.world().next_change_of_hands(head.at))
    }

    /// Lets a date of the register that came take effect although nobody orders anything.
    pub(in crate::run) async fn catch_up(&self) -> Result<(), Error> {
        let sender = self.timed.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Error::Stopping)?;
        let answer = demand(&sender, Command::CatchUp).await?;
        drop(sender);
        answer.await.unwrap_or(Err(Error::Stopping)).map(drop)
    }

    /// The instant that decides whether a limit is over: never the newest of the journal, which may lie
    /// ahead of a clock that was put back.
    pub(in crate::run) async fn deciding_now(&self) -> Result<Instant, Error> {
        let common = head::clock(self.shared.store.read()).await?;
        Ok(self.shared.clock.shared(common))
    }

    /// Whether what an outage left is done gradually: not under a clock that a test holds.
    fn is_paced(&self) -> bool {
        matches!(self.shared.clock, crate::run::source::Clock::System)
    }

    /// Hands limits that are over to the writer, which decides whether they still are.
    async fn run_out(&self, over: Vec<(RequestId, Instant)>, now: Instant) -> Result<Vec<RunningOut>, Error> {
        let sender = self.timed.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Error::Stopping)?;
        let mut demanded = Vec::with_capacity(over.len());
        for (request, due) in over {
            let answer = demand(&sender, Command::RunOut { request }).await?;
            demanded.push(RunningOut { request, late: now.0.saturating_sub(due.0), answer });
        }
        Ok(demanded)
    }

    /// Waits for what was handed to the writer; how many limits took effect.
    async fn took_effect(&self, demanded: Vec<RunningOut>) -> Result<u64, Error> {
        let mut done = 0;
        for RunningOut { request, late, answer } in demanded {
            match answer.await.unwrap_or(Err(Error::Stopping)) {
                Ok(performed) if performed.request.is_some() => {
                    done += 1;
                    self.shared.counts.lateness.note(late);
                    tracing::info!(%request, late_seconds = late / 1_000_000, "a limit ran out");
                }
                Ok(performed) => {
                    if let Err(refused) = performed.answer {
                        tracing::error!(%request, code = refused.code, "a limit that ran out was refused");
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Looks at the due index until the engine stops: when something is due, when the journal grew, and
    /// now and then. Takes no input, so it may run on any number of nodes.
    ///
    /// The engine waits for it when it stops.
    #[expect(clippy::disallowed_methods, reason = "the ticker ends in `stop`, which waits for it")]
    pub fn start_ticker(self: &Arc<Self>) {
        let engine = Arc::clone(self);
        let ticker = tokio::spawn(async move { engine.watch_time().await });
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(ticker);
    }

    /// Lets the auditor look again and again until the engine stops, apart from the ticker.
    ///
    /// The engine waits for it when it stops.
    #[expect(clippy::disallowed_methods, reason = "the auditor ends in `stop`, which waits for it")]
    pub fn start_auditor(self: &Arc<Self>) {
        let engine = Arc::clone(self);
        let auditor = tokio::spawn(async move {
            loop {
                let begun = Stopwatch::now();
                match engine.audit().await {
                    Ok(found) => {
                        if found.missed > 0 {
                            tracing::error!(missed = found.missed, "limits ran out and did not take effect");
                        }
                        let missed = i64::try_from(found.missed).unwrap_or(i64::MAX);
                        engine.shared.missed.store(missed, Ordering::Relaxed);
                    }
                    Err(error) => tracing::warn!(%error, "the auditor could not look"),
                }
                if let Err(error) = engine.count_open().await {
                    tracing::warn!(%error, "open assignments could not be counted");
                }
                tokio::select! {
                    () = engine.shared.feed.closed() => return,
                    () = tokio::time::sleep(AUDIT_EVERY.max(begun.elapsed() * AUDIT_REST)) => {}
                }
            }
        });
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(auditor);
    }

    async fn watch_time(&self) {
        let mut journal = self.shared.feed.grown();
        let mut steady = Steady::new(self.shared.clock.now(), Stopwatch::now());
        loop {
            journal.borrow_and_update();
            let wait = match self.look_at_time(&mut steady).await {
                Ok(wait) => wait,
                Err(Error::Stopping) => return,
                Err(error) => {
                    tracing::warn!(%error, "could not look at what is due");
                    LOOK_EVERY
                }
            };
            tokio::select! {
                () = self.shared.feed.closed() => return,
                () = tokio::time::sleep(wait) => {}
                _ = journal.changed() => tokio::time::sleep(REST).await,
            }
        }
    }

    /// Does what is due and says how long there is to wait.
    async fn look_at_time(&self, steady: &mut Steady) -> Result<Duration, Error> {
        if let Some(left) = steady.look(self.shared.clock.now(), Stopwatch::now()) {
            return Ok(left.min(LOOK_EVERY));
        }
        self.tick().await?;
        let (limit, date) = (due::next(self.shared.store.read()).await?, self.next_date().await?);
        let (next, now) = (limit.into_iter().chain(date).min(), self.deciding_now().await?);
        let micros = next.map_or(i64::MAX, |next| next.0.saturating_sub(now.0));
        Ok(Duration::from_micros(u64::try_from(micros).unwrap_or(0)).clamp(REST, LOOK_EVERY))
    }
}

async fn demand(
    sender: &mpsc::Sender<Job>,
    command: Command,
) -> Result<oneshot::Receiver<Result<super::Performed, Error>>, Error> {
    let (reply, answer) = oneshot::channel();
    let order = Order { actor: Actor::System, key: "time".to_owned(), command };
    sender.send(Job { order, reply }).await.map_err(|_| Error::Stopping)?;
    Ok(answer)
}

/// Tells a clock that runs from one that was put: by a clock that only runs.
#[derive(Clone, Copy, Debug)]
pub(in crate::run) struct Steady {
    wall: Instant,
    steady: Stopwatch,
    settled: Stopwatch,
}

impl Steady {
    pub(in crate::run) const fn new(wall: Instant, steady: Stopwatch) -> Self {
        Self { wall, steady, settled: steady }
    }

    /// How long to wait before the clock is to be believed; none when it is.
    pub(in crate::run) fn look(&mut self, wall: Instant, steady: Stopwatch) -> Option<Duration> {
        let passed = i64::try_from(steady.saturating_duration_since(self.steady).as_micros()).unwrap_or(i64::MAX);
        let jump = wall.0.saturating_sub(self.wall.0).saturating_sub(passed);
        (self.wall, self.steady) = (wall, steady);
        if jump.abs() > JUMP_MICROS {
            tracing::warn!(seconds = jump / 1_000_000, "the clock was put; limits wait until it has stood for a while");
            self.settled = steady + SETTLE;
        }
        let left = self.settled.saturating_duration_since(steady);
        (!left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(looks: &[(i64, i64)], expected: &[u64]) {
        let (wall, steady) = (Instant(0), Stopwatch::now());
        let mut clock = Steady::new(wall, steady);
        let seconds = |n: i64| Duration::from_secs(n.unsigned_abs());
        let found = looks.iter().map(|(wall, passed)| {
            let left = clock.look(Instant(wall * 1_000_000), steady + seconds(*passed));
            left.map_or(0, |left| left.as_secs())
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{looks:?}");
    }

    #[test]
    fn a_clock_that_runs_is_believed_and_one_that_is_put_has_to_stand_first() {
        check(&[(30, 30), (61, 60), (150, 151)], &[0, 0, 0]);
        check(&[(30, 30), (3_660, 60), (3_960, 360), (4_260, 660)], &[0, 600, 300, 0]);
        check(&[(30, 30), (-86_400, 60), (-86_100, 360)], &[0, 600, 300]);
        check(&[(86_400, 30), (60, 60), (660, 660)], &[600, 600, 0]);
    }
}
