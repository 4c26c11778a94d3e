//! Bases for measurements and tests: requests whose life was decided in memory, written many at once.
//!
//! What stands in the tables afterwards is what as many commands would have left there, receipts and
//! notices included: the journal is without gaps, every row equals its fold, the counters agree.

use std::{collections::HashMap, sync::Arc};

use sea_orm::ConnectionTrait;

use super::{
    Store, Tx, head,
    journal::{self, Entry, Happened},
    outbox::{self, Posted},
    receipt::{self, Kept, Name},
    request::{self as request_rows, Change},
    request_actor, request_unit, token, workload,
};
use crate::{
    rules::{
        actor::Actor,
        id::PersonCode,
        instant::Instant,
        notice::{Notice, notices},
        request::{Request, event::Recorded, evolve::fold},
        world::World,
    },
    run::{
        engine::{Answer, Done},
        error::Error,
    },
};

/// How many answers one statement keeps.
const CHUNK: usize = 2_000;

/// A request that was made in memory, with everything that goes with it.
#[derive(Clone, Debug)]
pub struct Made {
    /// As it is now.
    request: Request,
    /// What happened, each with the notices that follow from it.
    steps: Vec<(Instant, Recorded, Vec<Notice>)>,
}

impl Made {
    /// The request that the events of its logging make; none when they do not begin with it.
    #[must_use]
    pub fn begin(world: &World, at: Instant, records: Vec<Recorded>) -> Option<Self> {
        Self::fold(world, None, Vec::with_capacity(6), at, records)
    }

    /// The request as it is now.
    #[must_use]
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// The request after what a later command came to.
    #[must_use]
    pub fn then(self, world: &World, at: Instant, records: Vec<Recorded>) -> Option<Self> {
        Self::fold(world, Some(self.request), self.steps, at, records)
    }

    fn fold(
        world: &World,
        mut request: Option<Request>,
        mut steps: Vec<(Instant, Recorded, Vec<Notice>)>,
        at: Instant,
        records: Vec<Recorded>,
    ) -> Option<Self> {
        for recorded in records {
            let after = fold(request.clone(), at, &recorded).ok()?;
            let told = notices(world, at, after.id, request.as_ref(), &recorded);
            steps.push((at, recorded, told));
            request = Some(after);
        }
        Some(Self { request: request?, steps })
    }
}

/// Lets a store of this process take many rows at once: on SQLite with a large cache and without
/// waiting for the disk. For a base that can be made again, never for a store that serves.
///
/// # Errors
/// [`Error::Database`].
pub async fn hasten(store: &Store) -> Result<(), Error> {
    if store.is_embedded() {
        for pragma in ["synchronous = OFF", "cache_size = -400000", "wal_autocheckpoint = 50000"] {
            store.write.execute_unprepared(&format!("PRAGMA {pragma}")).await?;
        }
    }
    Ok(())
}

/// Appends requests to the store in one commit, in this order; the newest journal position afterwards.
///
/// The instants must rise from one command to the next and must not lie before the newest one of the
/// journal, or `journal verify` finds that time runs backward.
///
/// # Errors
/// [`Error::Database`].
pub async fn append_seed(store: &Store, world: &Arc<World>, made: Vec<Made>) -> Result<i64, Error> {
    let made = &made;
    store.run_tx("seed", |tx| Box::pin(append(tx, world, made))).await
}

async fn append(tx: &Tx<'_>, world: &World, made: &[Made]) -> Result<i64, Error> {
    let (mut head, _) = head::hold(tx).await?;
    let mut entries = Vec::with_capacity(made.len() * 6);
    let mut posted = Vec::with_capacity(made.len() * 4);
    let mut answers = Vec::with_capacity(made.len() * 6);
    let mut handles: HashMap<PersonCode, i32> = HashMap::new();
    for Made { request, steps } in made {
        for (seq, (at, recorded, told)) in (1..).zip(steps) {
            head.position += 1;
            head.at = *at;
            let (position, at) = (head.position, *at);
            posted.extend((1..).zip(told).map(|(no, notice)| Posted { position, no, at, notice: notice.clone() }));
            entries.push(Entry { position, seq, at, happened: Happened::Request(request.id, recorded.clone()) });
            // Events of one instant come from one command, and a command has one answer.
            if usize::try_from(seq).ok().and_then(|seq| steps.get(seq)).is_none_or(|next| next.0 != at) {
                let done = Done { position, world: world.version(), request: Some(request.id), receipt: None };
                answers.push(answer(&recorded.step.acted, done)?);
            }
        }
        if let Some(person) = request.weighs_on() {
            *handles.entry(person.clone()).or_default() += 1;
        }
    }
    let changes: Vec<Change<'_>> = made.iter().map(|m| Change { before: None, after: &m.request }).collect();
    request_rows::write(tx, &changes).await?;
    request_actor::write(tx, &changes).await?;
    request_unit::write(tx, world, head.at, &changes).await?;
    workload::add(tx, &handles).await?;
    journal::append(tx, &entries).await?;
    outbox::write(tx, &posted).await?;
    // In the order of their index, so that neighbours are written together.
    answers.sort_by(|(a, _), (b, _)| (&a.actor, &a.key).cmp(&(&b.actor, &b.key)));
    while !answers.is_empty() {
        let rest = answers.split_off(answers.len().min(CHUNK));
        receipt::write(tx, head.at, std::mem::replace(&mut answers, rest)).await?;
    }
    head::write(tx, head).await?;
    Ok(head.position)
}

/// The receipt of a command, under a key that spreads as those of clients do.
fn answer(actor: &Actor, done: Done) -> Result<(Name, Kept), Error> {
    let command = token::hash(&format!("seed {}", done.position));
    let name = Name::new(actor, command.get(..32).unwrap_or(&command))?;
    let answer = serde_json::to_string(&Answer::Ok(done)).map_err(|e| Error::corrupt("receipt", &name.key, e))?;
    Ok((name, Kept { command, answer }))
}
