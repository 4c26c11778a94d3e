//! Many of one kind in one statement.
//!
//! A list says which ids its items may ask for; the first item that does ask loads all of them at
//! once, and the others find them. No timer and no task: what is not asked for is not loaded.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        request::{Assignment, Request},
    },
    run::{engine::Engine, error::Error},
};

/// How many ids one statement names at most.
const MOST: usize = 500;

/// The loads of one kind within one answer.
#[derive(Debug)]
struct Batch<V> {
    wanted: Mutex<BTreeSet<RequestId>>,
    found: tokio::sync::Mutex<HashMap<RequestId, Option<V>>>,
}

impl<V> Default for Batch<V> {
    fn default() -> Self {
        Self { wanted: Mutex::default(), found: tokio::sync::Mutex::default() }
    }
}

impl<V: Clone> Batch<V> {
    fn want(&self, ids: impl IntoIterator<Item = RequestId>) {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).extend(ids);
    }

    async fn get<F: Future<Output = Result<HashMap<RequestId, V>, Error>>>(
        &self,
        id: RequestId,
        load: impl FnOnce(Vec<RequestId>) -> F,
    ) -> Result<Option<V>, Error> {
        let mut found = self.found.lock().await;
        if let Some(value) = found.get(&id) {
            return Ok(value.clone());
        }
        let ids = self.take(id, &found);
        let mut values = load(ids.clone()).await?;
        found.extend(ids.into_iter().map(|id| (id, values.remove(&id))));
        Ok(found.get(&id).cloned().flatten())
    }

    /// The id and others that are wanted and not there yet.
    fn take(&self, id: RequestId, found: &HashMap<RequestId, Option<V>>) -> Vec<RequestId> {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.remove(&id);
        let mut ids = vec![id];
        while ids.len() < MOST
            && let Some(other) = wanted.pop_first()
        {
            if !found.contains_key(&other) {
                ids.push(other);
            }
        }
        ids
    }
}

/// One loader for each kind of object.
#[derive(Debug, Default)]
pub(crate) struct Loaders {
    requests: Batch<Arc<Request>>,
    assignments: Batch<Arc<[Assignment]>>,
}

impl Loaders {
    /// Says that these requests may be asked for.
    pub(crate) fn want_requests(&self, ids: impl IntoIterator<Item = RequestId>) {
        self.requests.want(ids);
    }

    /// Says that the assignments of these requests may be asked for.
    pub(crate) fn want_assignments(&self, ids: impl IntoIterator<Item = RequestId>) {
        self.assignments.want(ids);
    }

    /// A request that was reached through something the actor may see; none when it goes round the actor.
    pub(crate) async fn request(
        &self,
        engine: &Engine,
        actor: &Actor,
        id: RequestId,
    ) -> Result<Option<Arc<Request>>, Error> {
        let load = |ids: Vec<RequestId>| async move {
            self.want_assignments(ids.iter().copied());
            let found = engine.reached(actor, &ids).await?;
            Ok(found.into_iter().map(|(id, request)| (id, Arc::new(request))).collect())
        };
        self.requests.get(id, load).await
    }

    /// All assignments of a request that the actor was shown.
    pub(crate) async fn assignments(&self, engine: &Engine, id: RequestId) -> Result<Arc<[Assignment]>, Error> {
        let load = |ids: Vec<RequestId>| async move {
            let found = engine.assignments_of(&ids).await?;
            Ok(found.into_iter().map(|(id, assignments)| (id, assignments.into())).collect())
        };
        Ok(self.assignments.get(id, load).await?.unwrap_or_default())
    }
}
