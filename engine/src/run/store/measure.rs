//! What is counted of transactions, by their names.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::run::engine::Lateness;

/// What is counted of the transactions of one name; each only ever grows.
#[derive(Debug)]
pub struct Measured {
    /// Those that were committed.
    pub committed: AtomicU64,
    /// Those that failed in the end.
    pub failed: AtomicU64,
    /// Attempts that lost against another writer and were made again.
    pub retried: AtomicU64,
    /// How long they took, attempts that were made again included.
    pub duration: Lateness,
}

/// Of every name that ran so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Measures(Arc<Mutex<BTreeMap<&'static str, Arc<Measured>>>>);

impl Measures {
    pub(super) fn of(&self, name: &'static str) -> Arc<Measured> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(name).or_default())
    }

    pub(super) fn all(&self) -> Vec<(&'static str, Arc<Measured>)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(name, measured)| (*name, Arc::clone(measured))).collect()
    }
}

impl Default for Measured {
    fn default() -> Self {
        let [committed, failed, retried] = [0; 3].map(AtomicU64::new);
        Self { committed, failed, retried, duration: Lateness::fine() }
    }
}

impl Measured {
    pub(super) fn retried(&self) {
        self.retried.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn ended(&self, well: bool, micros: u128) {
        let count = if well { &self.committed } else { &self.failed };
        count.fetch_add(1, Ordering::Relaxed);
        self.duration.note(i64::try_from(micros).unwrap_or(i64::MAX));
    }
}
