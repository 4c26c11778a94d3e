//! What time demands: limits that ran out become commands and take the way of every command.
//!
//! The due index on the disk says what is over; nothing is remembered between two looks, so a restart
//! needs no path of its own, and what was missed while nothing ran is done late, in order.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time::Instant as Stopwatch,
};

use super::{Command, Engine, Order, steady::Steady, writer::Job};
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

/// The shortest time between two looks, however much happens.
const REST: Duration = Duration::from_millis(200);

/// A limit that is later than this was missed by an outage, and not by being busy.
const OUTAGE_MICROS: i64 = 3_600_000_000;

/// How long it takes to do what an outage left, for each chunk: half a thousand a second.
const GRADUAL: Duration = Duration::from_millis(500);

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
                        tracing::error!(%request, code = %refused.code, "a limit that ran out was refused");
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
