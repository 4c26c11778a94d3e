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
use crate::run::error::Error;

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

/// Commits the jobs together; if that fails, each alone, so that one harms no other.
async fn commit(shared: &Arc<Shared>, jobs: Vec<Job>) {
    let (orders, replies): (Vec<Order>, Vec<_>) = jobs.into_iter().map(|j| (j.order, j.reply)).unzip();
    match together(shared, orders.clone()).await {
        Ok(answers) => {
            for (reply, answer) in replies.into_iter().zip(answers) {
                drop(reply.send(Ok(answer)));
            }
        }
        Err(error) if orders.len() == 1 => {
            if let Some(reply) = replies.into_iter().next() {
                drop(reply.send(Err(error)));
            }
        }
        Err(error) => {
            tracing::warn!(%error, commands = orders.len(), "a batch failed; trying each command alone");
            for (order, reply) in orders.into_iter().zip(replies) {
                let answer = together(shared, vec![order]).await;
                drop(reply.send(answer.and_then(|a| a.into_iter().next().ok_or(Error::Stopping))));
            }
        }
    }
}

async fn together(shared: &Arc<Shared>, orders: Vec<Order>) -> Result<Vec<Performed>, Error> {
    let orders = Arc::new(orders);
    let committed = shared
        .store
        .run_tx("execute", |tx| {
            let (shared, orders) = (Arc::clone(shared), Arc::clone(&orders));
            Box::pin(async move { batch::run(tx, &shared, &orders).await })
        })
        .await?;
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
