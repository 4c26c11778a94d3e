//! The engine: one `execute` for everything that changes anything, and the world that it decides in.

mod batch;
pub mod command;
mod correction;
mod lateness;
mod outage;
mod steady;
mod time;
mod writer;

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, mpsc, oneshot},
    task::JoinHandle,
};

pub use command::{Answer, Command, Done, Order, Performed, Refused};
pub use correction::Correction;
pub use lateness::Lateness;
pub use outage::NotReady;
pub(super) use steady::Steady;

use super::{
    courier::Webhook,
    error::Error,
    feed::Feed,
    secret::Secret,
    source::{Clock, Entropy},
    store::{Measured, Outage, Store, head, open_work::OpenWork, register, secret as mark},
};
use crate::rules::{
    instant::{Instant, Zone},
    request::command::Command as Act,
    world::{Register, World},
};

/// How many commands may wait. One that finds no room is told so at once: back-pressure at the door
/// rather than lag inside.
pub const MAX_WAITING: usize = 2_048;

/// How many limits that ran out may wait.
const MAX_DEMANDED: usize = 256;

/// How often the head is looked at for what other processes committed.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What the engine counts about itself; each only ever grows.
#[derive(Debug, Default)]
pub struct Counts {
    /// Commits made.
    pub commits: AtomicU64,
    /// Commands that became events.
    pub done: AtomicU64,
    /// Commands that were refused.
    pub refused: AtomicU64,
    /// Commands that were answered again from their receipt.
    pub replayed: AtomicU64,
    /// Commands that were turned away because too many waited.
    pub busy: AtomicU64,
    /// Commands that failed on the machine's side.
    pub failed: AtomicU64,
    /// Limits that took effect, by how late.
    pub lateness: Lateness,
    /// Deliveries that the receiver took.
    pub delivered: AtomicU64,
    /// Attempts to deliver that failed and are made again.
    pub failed_deliveries: AtomicU64,
    /// Deliveries that were given up.
    pub given_up: AtomicU64,
    /// How long deliveries took, from the instant at which they were to go out.
    pub delivery: Lateness,
}

/// What the writer shares with everybody else.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) entropy: Entropy,
    pub(crate) feed: Feed,
    pub(crate) counts: Counts,
    world: RwLock<Arc<World>>,
    /// The newest instant at which anything is known to have been done.
    reached: AtomicI64,
    /// How long it took from a commit's instant until it was published.
    pub(crate) visible: Lateness,
    /// What the auditor found last.
    pub(crate) audited: Mutex<OpenWork>,
    /// Where what people must be told is delivered, if anywhere.
    pub(crate) webhook: OnceLock<Webhook>,
    /// How many deliveries are given up, as the courier counted last.
    pub(crate) dead_letters: AtomicI64,
    /// Says that something given up is to be tried anew.
    pub(crate) replayed: Notify,
    /// Why nothing can be written, while that is so.
    outage: Mutex<Option<Outage>>,
    /// What citizens' receipts are made with, once it is given.
    secret: OnceLock<Secret>,
}

impl Shared {
    /// What citizens' receipts are made with.
    ///
    /// # Errors
    /// [`Error::NoSecret`] where nobody gave it: commands that neither log nor look receipts up need none.
    pub(crate) fn secret(&self) -> Result<&Secret, Error> {
        self.secret.get().ok_or(Error::NoSecret)
    }

    /// The present, for those who read: never before what was done already, whatever the clock says,
    /// so that what was done is seen. Asked before the world it would miss what the world has.
    pub(crate) fn now(&self) -> Instant {
        Instant(self.clock.now().0.max(self.reached.load(Ordering::SeqCst)))
    }

    /// Something was done at that instant: to be said before the world of it is taken over.
    pub(crate) fn reach(&self, at: Instant) {
        self.reached.fetch_max(at.0, Ordering::SeqCst);
    }

    pub(crate) fn world(&self) -> Arc<World> {
        Arc::clone(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes a newer world over; an older one is left where it is.
    pub(crate) fn take_over(&self, world: Arc<World>) {
        let mut current = self.world.write().unwrap_or_else(PoisonError::into_inner);
        if world.version() > current.version() {
            *current = world;
        }
    }
}

/// The engine on one store. Share it behind an `Arc`.
#[derive(Debug)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
    jobs: Mutex<Option<mpsc::Sender<writer::Job>>>,
    /// What time demands has a queue of its own, behind that of people.
    timed: Mutex<Option<mpsc::Sender<writer::Job>>>,
    pub(super) tasks: Mutex<Vec<JoinHandle<()>>>,
    stopping: AtomicBool,
}

impl Engine {
    /// Opens the engine on a store whose tables are up to date.
    ///
    /// # Errors
    /// [`Error::Database`], or [`Error::Corrupt`] when the stored register is not valid.
    #[expect(clippy::disallowed_methods, reason = "the writer and the watcher end in `stop`, which waits for them")]
    pub async fn open(store: Store, clock: Clock, entropy: Entropy) -> Result<Self, Error> {
        let head = head::read(store.read()).await?;
        let world = build(register::read(store.read()).await?, head.world)?;
        let shared = Arc::new(Shared {
            store,
            clock,
            entropy,
            feed: Feed::new(head.position),
            counts: Counts::default(),
            world: RwLock::new(Arc::new(world)),
            reached: AtomicI64::new(head.at.0),
            visible: Lateness::fine(),
            audited: Mutex::default(),
            webhook: OnceLock::new(),
            dead_letters: AtomicI64::new(0),
            replayed: Notify::new(),
            outage: Mutex::default(),
            secret: OnceLock::new(),
        });
        let (jobs, waiting) = mpsc::channel(MAX_WAITING);
        let (timed, demanded) = mpsc::channel(MAX_DEMANDED);
        let writer = tokio::spawn(writer::run(Arc::clone(&shared), waiting, demanded));
        let watcher = tokio::spawn(watch(Arc::clone(&shared)));
        Ok(Self {
            shared,
            jobs: Mutex::new(Some(jobs)),
            timed: Mutex::new(Some(timed)),
            tasks: Mutex::new(vec![watcher, writer]),
            stopping: AtomicBool::new(false),
        })
    }

    /// Takes the secret that receipts are made with: before it, no request is logged and no receipt looked up.
    /// Receipts that an older version left in clear are sealed. `anew` lets another secret take the place of one
    /// that is lost; the receipts made with that one open nothing any more.
    ///
    /// # Errors
    /// [`Error::OtherSecret`] when the receipts of this database were made with another one, [`Error::Database`].
    pub async fn make_receipts_with(&self, secret: Secret, anew: bool) -> Result<(), Error> {
        mark::take(&self.shared.store, &secret, anew).await?;
        drop(self.shared.secret.set(secret));
        Ok(())
    }

    /// Whether this database knows the secret that its receipts are made with.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn knows_secret(&self) -> Result<bool, Error> {
        mark::is_known(self.shared.store.read()).await
    }

    /// Does what the order says, or says why not. When this returns an answer, it is on the disk.
    ///
    /// # Errors
    /// [`Error::Busy`] and [`Error::Stopping`] when the order was not taken; other errors when the
    /// machine failed: then send it again with the same key, it happens once at most.
    pub async fn execute(&self, order: Order) -> Result<Answer, Error> {
        self.perform(order).await.map(|performed| performed.answer)
    }

    /// The same, with the request as the command left it, so that whoever shows it need not read it.
    ///
    /// # Errors
    /// As [`Engine::execute`].
    #[tracing::instrument(
        name = "command",
        skip_all,
        fields(command = %order.command.name(), actor = %order.actor, request = tracing::field::Empty)
    )]
    pub async fn perform(&self, mut order: Order) -> Result<Performed, Error> {
        let span = tracing::Span::current();
        if let Command::Act { request, command: Act::Recompute { bases, .. } } = &mut order.command {
            *bases = self.bases(*request).await?;
        }
        let known = order.command.request();
        if let Some(request) = known {
            span.record("request", tracing::field::display(request));
        }
        let counts = &self.shared.counts;
        if let Some(outage) = self.shared.outage() {
            // Nothing is tried: the store is, now and then, and says when it goes on.
            counts.failed.fetch_add(1, Ordering::Relaxed);
            span.record("outcome", "failed");
            return Err(outage.into());
        }
        let (reply, answer) = oneshot::channel();
        let sender = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(sender) = sender else { return Err(Error::Stopping) };
        match sender.try_send(writer::Job { order, reply }) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                counts.busy.fetch_add(1, Ordering::Relaxed);
                tracing::debug!("the command was turned away: too many wait");
                return Err(Error::Busy);
            }
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(Error::Stopping),
        }
        drop(sender);
        let performed = answer.await.unwrap_or(Err(Error::Stopping));
        match performed.as_ref().map(|performed| &performed.answer) {
            Ok(Ok(done)) => {
                counts.done.fetch_add(1, Ordering::Relaxed);
                // A field that is recorded twice is printed twice.
                if let (None, Some(request)) = (known, done.request) {
                    span.record("request", tracing::field::display(request));
                }
                tracing::info!(position = done.position, "the command was done");
            }
            Ok(Err(refused)) => {
                counts.refused.fetch_add(1, Ordering::Relaxed);
                tracing::info!(code = %refused.code, "the command was refused");
            }
            Err(error) => {
                counts.failed.fetch_add(1, Ordering::Relaxed);
                tracing::error!(%error, "the command failed");
            }
        }
        performed
    }

    /// The world as this process knows it.
    #[must_use]
    pub fn world(&self) -> Arc<World> {
        self.shared.world()
    }

    /// The present instant: what the clock says, or when the last thing was done where the clock was put
    /// back since. Ask it after [`Engine::world`], so that the world holds at it.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.shared.now()
    }

    /// What the engine counted about itself.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.shared.counts
    }

    /// What is counted of transactions, by their names.
    #[must_use]
    pub fn transactions(&self) -> Vec<(&'static str, Arc<Measured>)> {
        self.shared.store.measured()
    }

    /// How long it took from the instant of a command until what came of it was published.
    #[must_use]
    pub fn created_to_visible(&self) -> &Lateness {
        &self.shared.visible
    }

    /// How many deliveries are given up, as the courier counted last.
    #[must_use]
    pub fn dead_letter_count(&self) -> i64 {
        self.shared.dead_letters.load(Ordering::Relaxed)
    }

    /// What happens, as it is committed.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        &self.shared.feed
    }

    /// Whether new orders are taken.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.stopping.load(Ordering::SeqCst)
    }

    /// Says that the end is near: `is_ready` turns, orders are still taken.
    pub fn announce_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Takes no more orders, finishes those that were taken, closes the store.
    ///
    /// # Errors
    /// [`Error::Database`] when the store cannot be closed; everything acknowledged is safe even so.
    pub async fn stop(&self) -> Result<(), Error> {
        self.announce_stop();
        drop(self.timed.lock().unwrap_or_else(PoisonError::into_inner).take());
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.shared.feed.close();
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            if task.await.is_err() {
                tracing::error!("a task of the engine broke off");
            }
        }
        self.shared.store.close().await
    }
}

/// Compiles a stored register.
pub(crate) fn build(register: Register, version: u64) -> Result<World, Error> {
    World::build(register, version, Zone::china()).map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        Error::corrupt("unit", format!("{} problems", problems.len()), first)
    })
}

/// Looks for what other processes committed to the same store, until the engine stops.
async fn watch(shared: Arc<Shared>) {
    let mut probe = outage::Probe::default();
    let mut tick = tokio::time::interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shared.feed.closed() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = look(&shared).await
            && shared.outage().is_none()
        {
            tracing::warn!(%error, "could not look for other processes' commits");
        }
        probe.look(&shared).await;
    }
}

async fn look(shared: &Shared) -> Result<(), Error> {
    let acknowledged = shared.feed.position();
    let head = head::read(shared.store.read()).await?;
    // Another connection than that which committed sees it too.
    shared.check_head(head, acknowledged).and_then(|()| shared.store.look()).inspect_err(|error| {
        shared.suffer(error);
    })?;
    shared.reach(head.at);
    if head.world > shared.world().version() {
        // Read again with the version: the register may have moved on between the two reads, and a
        // world must never carry a version that its rows are ahead of.
        let register = register::read(shared.store.read()).await?;
        let again = head::read(shared.store.read()).await?;
        if again.world == head.world {
            shared.take_over(Arc::new(build(register, head.world)?));
        }
    }
    shared.feed.publish(head.position);
    Ok(())
}
