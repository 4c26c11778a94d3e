//! The courier: carries to the town's own message service, by a signed webhook, what people must be told.
//!
//! Like the ticker it wakes by time or nudge and takes no input; what is due stands on the disk, so a
//! restart needs no path of its own. A row is claimed for a while before it is sent, and marked after
//! it: so nodes do not send the same thing on purpose, and a courier that dies in between lets the row
//! become due again. Over a network that means at least once; the receiver drops what it has by the
//! delivery's id, which never changes.

mod attempt;
mod forget;
mod payload;
mod read;
mod webhook;

use std::{
    sync::{Arc, PoisonError, atomic::Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use tokio::time::Instant as Stopwatch;

pub use attempt::MAX_ATTEMPTS;
pub use read::DeadLetterCursor;
pub use webhook::{BadWebhook, Webhook};

use super::{
    engine::{Engine, Steady},
    error::Error,
    store::{
        delivery::{self, Delivery},
        head,
    },
};
use crate::rules::{
    instant::Instant,
    notice::{Urgency, by_day},
};

/// How many deliveries are claimed, and sent side by side, at once.
const CHUNK: u64 = 16;

/// How long a claim holds, in minutes: longer than any attempt takes.
const CLAIM_MINUTES: i64 = 2;

/// The longest time between two looks, if nothing happens and nothing is due.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// The shortest time between two looks, however much happens.
const REST: Duration = Duration::from_millis(200);

impl Engine {
    /// From now on what people must be told is to be delivered there: everything written from now on has
    /// a delivery. Said once, before anything is ordered, and on every node that shares the database.
    pub fn deliver_to(&self, webhook: Webhook) {
        if self.shared.webhook.set(webhook).is_err() {
            tracing::warn!("notices are delivered to a webhook already; it stays as it is");
        }
    }

    /// Sends everything that is due now, the urgent first; how many the receiver took.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Stopping`]; what was not sent is still due.
    pub async fn deliver(&self) -> Result<u64, Error> {
        let Some(webhook) = self.shared.webhook.get() else { return Ok(0) };
        let (mut done, mut sealed) = (0, Instant::MIN);
        loop {
            let claimed = self.claim(&mut sealed).await?;
            if claimed.is_empty() {
                return Ok(done);
            }
            for taken in join_all(claimed.iter().map(|delivery| self.carry(webhook, delivery))).await {
                done += u64::from(taken?);
            }
        }
    }

    /// What is due, claimed: at night only what cannot wait, and a digest only once nothing can be added to
    /// it any more; `sealed` is the instant up to which that is so.
    async fn claim(&self, sealed: &mut Instant) -> Result<Vec<Delivery>, Error> {
        let read = self.shared.store.read();
        let now = self.deciding_now().await?;
        let until = now.plus_minutes(CLAIM_MINUTES);
        let urgent = self.claim_due(Urgency::Urgent, now, until).await?;
        if !urgent.is_empty() || by_day(self.world().zone(), now) != now {
            return Ok(urgent);
        }
        let prompt = self.claim_due(Urgency::Prompt, now, until).await?;
        if !prompt.is_empty() {
            return Ok(prompt);
        }
        let Some(due) = delivery::next(read, Urgency::Digest).await?.filter(|due| *due <= now) else {
            return Ok(Vec::new());
        };
        if due > *sealed {
            // Every command comes later than all before it, so after this one nothing is said any more
            // that would have to go with a digest of an instant before it.
            self.catch_up().await?;
            *sealed = head::read(read).await?.at.min(now);
        }
        self.claim_due(Urgency::Digest, *sealed, until).await
    }

    /// Claims some of what was due at an instant, until another.
    async fn claim_due(&self, urgency: Urgency, due: Instant, until: Instant) -> Result<Vec<Delivery>, Error> {
        let store = &self.shared.store;
        store.run_tx("claim_deliveries", |tx| Box::pin(delivery::claim(tx, urgency, due, until, CHUNK))).await
    }

    /// Sends one delivery and writes down what came of it; whether the receiver took it.
    async fn carry(&self, webhook: &Webhook, claimed: &Delivery) -> Result<bool, Error> {
        let Some(body) = self.payload(claimed).await? else {
            let store = &self.shared.store;
            store.run_tx("drop_delivery", |tx| Box::pin(delivery::drop_one(tx, &claimed.id))).await?;
            tracing::info!(delivery = %claimed.id, "not delivered: the person may not know of it any more");
            return Ok(false);
        };
        let sent = webhook.post(&claimed.id, self.shared.clock.now(), body).await;
        let now = self.deciding_now().await?;
        let counts = &self.shared.counts;
        match sent {
            Ok(()) => {
                let noted = self
                    .shared
                    .store
                    .run_tx("note_delivered", |tx| Box::pin(delivery::delivered(tx, &claimed.id, now)));
                if noted.await? {
                    counts.delivered.fetch_add(1, Ordering::Relaxed);
                    counts.delivery.note(now.0.saturating_sub(claimed.deliver_at.0));
                }
                tracing::info!(delivery = %claimed.id, attempt = claimed.attempts, "a delivery was taken");
                Ok(true)
            }
            Err(error) => {
                let next = attempt::next(now, claimed.attempts, self.shared.entropy.bytes()?);
                let (store, why) = (&self.shared.store, &error);
                let noted =
                    store.run_tx("note_not_delivered", |tx| Box::pin(delivery::failed(tx, claimed, next, why, now)));
                noted.await?;
                let count = if next.is_some() { &counts.failed_deliveries } else { &counts.given_up };
                count.fetch_add(1, Ordering::Relaxed);
                let gives_up = next.is_none();
                tracing::warn!(delivery = %claimed.id, attempt = claimed.attempts, error = %error, gives_up, "a delivery was not taken");
                Ok(false)
            }
        }
    }

    /// Looks for what is due until the engine stops: when something is, when the journal grew, and now and
    /// then. May run on any number of nodes. Does nothing where no webhook is set.
    ///
    /// The engine waits for it when it stops.
    #[expect(clippy::disallowed_methods, reason = "the courier ends in `stop`, which waits for it")]
    pub fn start_courier(self: &Arc<Self>) {
        if self.shared.webhook.get().is_none() {
            return;
        }
        let engine = Arc::clone(self);
        let courier = tokio::spawn(async move {
            tokio::select! {
                // What is on its way then is sent once more after the start, under the same id.
                () = engine.shared.feed.closed() => {}
                () = engine.watch_deliveries() => {}
            }
        });
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(courier);
    }

    async fn watch_deliveries(&self) {
        let mut journal = self.shared.feed.grown();
        let mut steady = Steady::new(self.shared.clock.now(), Stopwatch::now());
        loop {
            journal.borrow_and_update();
            let wait = match self.look_at_deliveries(&mut steady).await {
                Ok(wait) => wait,
                Err(Error::Stopping) => return,
                Err(error) => {
                    tracing::warn!(%error, "could not look for what is to be delivered");
                    LOOK_EVERY
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.shared.replayed.notified() => {}
                _ = journal.changed() => tokio::time::sleep(REST).await,
            }
        }
    }

    /// Sends what is due and says how long there is to wait.
    async fn look_at_deliveries(&self, steady: &mut Steady) -> Result<Duration, Error> {
        if let Some(left) = steady.look(self.shared.clock.now(), Stopwatch::now()) {
            return Ok(left.min(LOOK_EVERY));
        }
        self.deliver().await?;
        let more = self.forget_delivered().await?;
        let read = self.shared.store.read();
        let dead = i64::try_from(delivery::count_dead(read).await?).unwrap_or(i64::MAX);
        self.shared.dead_letters.store(dead, Ordering::Relaxed);
        let now = self.deciding_now().await?;
        let mut next = delivery::next(read, Urgency::Urgent).await?;
        for can_wait in [Urgency::Prompt, Urgency::Digest] {
            let due = delivery::next(read, can_wait).await?;
            next = next.into_iter().chain(due.map(|due| by_day(self.world().zone(), due.max(now)))).min();
        }
        if more {
            return Ok(REST);
        }
        let micros = next.map_or(i64::MAX, |next| next.0.saturating_sub(now.0));
        Ok(Duration::from_micros(u64::try_from(micros).unwrap_or(0)).clamp(REST, LOOK_EVERY))
    }
}
