//! Many of one kind in one statement.
//!
//! A list says which ids its items may ask for; the first item that does ask loads all of them at
//! once, and the others find them. No timer and no task: what is not asked for is not loaded.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        notice::delivery::DeliveryId,
        request::{Assignment, Request},
    },
    run::{engine::Engine, error::Error, store::delivery::Delivery},
};

/// How many ids one statement names at most.
const MOST: usize = 500;

/// The loads of one kind within one answer.
#[derive(Debug)]
struct Batch<K, V> {
    wanted: Mutex<BTreeSet<K>>,
    found: tokio::sync::Mutex<HashMap<K, Option<V>>>,
}

impl<K, V> Default for Batch<K, V> {
    fn default() -> Self {
        Self { wanted: Mutex::default(), found: tokio::sync::Mutex::default() }
    }
}

impl<K: Ord + Hash + Clone, V: Clone> Batch<K, V> {
    fn want(&self, ids: impl IntoIterator<Item = K>) {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).extend(ids);
    }

    async fn get<F: Future<Output = Result<HashMap<K, V>, Error>>>(
        &self,
        id: K,
        load: impl FnOnce(Vec<K>) -> F,
    ) -> Result<Option<V>, Error> {
        let mut found = self.found.lock().await;
        if let Some(value) = found.get(&id) {
            return Ok(value.clone());
        }
        let ids = self.take(id.clone(), &found);
        let mut values = load(ids.clone()).await?;
        found.extend(ids.into_iter().map(|id| {
            let value = values.remove(&id);
            (id, value)
        }));
        Ok(found.get(&id).cloned().flatten())
    }

    /// The id and others that are wanted and not there yet.
    fn take(&self, id: K, found: &HashMap<K, Option<V>>) -> Vec<K> {
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
    requests: Batch<RequestId, Arc<Request>>,
    assignments: Batch<RequestId, Arc<[Assignment]>>,
    deliveries: Batch<DeliveryId, Delivery>,
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

    /// Says that what became of these deliveries may be asked for.
    pub(crate) fn want_deliveries(&self, ids: impl IntoIterator<Item = DeliveryId>) {
        self.deliveries.want(ids);
    }

    /// What became of a delivery; none where there is none.
    pub(crate) async fn delivery(&self, engine: &Engine, id: &DeliveryId) -> Result<Option<Delivery>, Error> {
        let load = |ids: Vec<DeliveryId>| async move { engine.deliveries(&ids).await };
        self.deliveries.get(id.clone(), load).await
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
