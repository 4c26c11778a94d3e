//! The writer: takes what waits, commits it together, answers.
//!
//! A slow disk is paid once for a batch. A change of the register has a commit of its own, because
//! what comes after it is decided in another world.

use std::sync::{Arc, atomic::Ordering};

use tokio::sync::{mpsc, oneshot};

use super::{
    Shared, batch,
    command::{Command, Order, Performed},
};
use crate::run::{error::Error, store::Outage};

/// How many commands share a commit at most: more would make the first wait for the last without
/// making the disk any cheaper.
const MAX_BATCH: usize = 256;

/// An order and where its answer goes.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) order: Order,
    pub(super) reply: oneshot::Sender<Result<Performed, Error>>,
}

/// How many limits that ran out share a commit with what people order: a hundred thousand at once must
/// not make anybody wait for more than a few of them.
const MAX_TIMED: usize = 160;

/// Runs until nobody can send any more and everything taken is answered. What people order goes before
/// what time demands.
pub(super) async fn run(shared: Arc<Shared>, mut waiting: mpsc::Receiver<Job>, mut timed: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(MAX_BATCH);
    loop {
        let first = tokio::select! {
            biased;
            job = waiting.recv() => job,
            job = timed.recv() => job,
        };
        let Some(first) = first else { break };
        jobs.push(first);
        while jobs.len() < MAX_BATCH
            && let Ok(job) = waiting.try_recv()
        {
            jobs.push(job);
        }
        while jobs.len() < MAX_TIMED
            && let Ok(job) = timed.try_recv()
        {
            jobs.push(job);
        }
        let mut rest = std::mem::take(&mut jobs);
        while !rest.is_empty() {
            let first_alone = rest.first().is_some_and(|j| j.order.command.changes_register());
            let end = match rest.iter().position(|j| j.order.command.changes_register()) {
                Some(_) if first_alone => 1,
                Some(place) => place,
                None => rest.len(),
            };
            let later = rest.split_off(end);
            commit(&shared, rest).await;
            rest = later;
        }
    }
}

/// Commits the jobs together; if that fails, each alone, so that one harms no other. Where the store cannot be written
/// none is tried alone: each would fail as they all did.
async fn commit(shared: &Arc<Shared>, jobs: Vec<Job>) {
    let (orders, replies): (Vec<Order>, Vec<_>) = jobs.into_iter().map(|j| (j.order, j.reply)).unzip();
    let tried = match shared.outage() {
        None => once_more(shared, &orders).await,
        Some(outage) => Err(outage.into()),
    };
    let error = match tried {
        Ok(answers) => {
            for (reply, answer) in replies.into_iter().zip(answers) {
                drop(reply.send(Ok(answer)));
            }
            return;
        }
        Err(error) => error,
    };
    if error.outage().is_some() {
        return turn_away(shared, &error, replies);
    }
    let mut replies = replies;
    if orders.len() == 1
        && let Some(reply) = replies.pop()
    {
        drop(reply.send(Err(error)));
        return;
    }
    tracing::warn!(%error, commands = orders.len(), "a batch failed; trying each command alone");
    let mut left = orders.into_iter().zip(replies);
    while let Some((order, reply)) = left.next() {
        let answer = together(shared, &[order]).await;
        match answer.and_then(|a| a.into_iter().next().ok_or(Error::Stopping)) {
            Err(error) if error.outage().is_some() => {
                let replies = std::iter::once(reply).chain(left.map(|(_, reply)| reply));
                return turn_away(shared, &error, replies.collect());
            }
            answer => drop(reply.send(answer)),
        }
    }
}

/// Commits the orders, on another connection if the first one breaks: what was committed although nobody heard of it
/// is found then by its keys, and answered.
async fn once_more(shared: &Arc<Shared>, orders: &[Order]) -> Result<Vec<Performed>, Error> {
    match together(shared, orders).await {
        Err(error) if error.outage().is_some_and(Outage::may_pass) => {
            tracing::warn!(%error, commands = orders.len(), "a batch failed; trying it on another connection");
            let unknown = error.is_unknown();
            together(shared, orders).await.map_err(|error| match error.outage() {
                Some(outage) if unknown => Error::Outage { outage, unknown },
                _ => error,
            })
        }
        done => done,
    }
}

/// Says to everybody who waits that nothing can be written, and remembers it.
fn turn_away(shared: &Shared, error: &Error, replies: Vec<oneshot::Sender<Result<Performed, Error>>>) {
    shared.suffer(error);
    let (Some(outage), unknown) = (error.outage(), error.is_unknown()) else { return };
    for reply in replies {
        drop(reply.send(Err(Error::Outage { outage, unknown })));
    }
}

async fn together(shared: &Arc<Shared>, orders: &[Order]) -> Result<Vec<Performed>, Error> {
    let committed = shared.store.run_tx("execute", |tx| Box::pin(batch::run(tx, shared, orders))).await?;
    shared.counts.commits.fetch_add(1, Ordering::Relaxed);
    shared.counts.replayed.fetch_add(committed.replayed, Ordering::Relaxed);
    shared.reach(committed.at);
    shared.take_over(committed.world);
    if committed.position > shared.feed.position() {
        shared.feed.publish(committed.position);
        shared.visible.note(i64::try_from(committed.stamped.elapsed().as_micros()).unwrap_or(i64::MAX));
    }
    if orders.iter().any(|order| matches!(order.command, Command::Replay { .. })) {
        shared.replayed.notify_one();
    }
    Ok(committed.answers)
}
