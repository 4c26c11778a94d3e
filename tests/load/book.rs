//! What is noted of each operation: how long it took, or what kind of failure it was.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use hdrhistogram::Histogram;
use liandong_tests::stores::Trouble;

/// Latencies in microseconds, to three digits, up to ten minutes.
pub(crate) type Latencies = Histogram<u64>;

/// The early "no" of a server that has too much: apart from failures.
pub(crate) const BUSY: &str = "busy";

#[derive(Default)]
struct Notes {
    steps: Vec<(&'static str, Latencies)>,
    failures: BTreeMap<String, u64>,
    items: u64,
}

/// The notes of one run.
#[derive(Default)]
pub(crate) struct Book(RefCell<Notes>);

impl Book {
    /// An empty book with these steps, in this order.
    pub(crate) fn of(steps: &[&'static str]) -> Result<Self, Trouble> {
        let steps = steps.iter().map(|step| Ok((*step, Histogram::new_with_bounds(1, 600_000_000, 3)?)));
        let steps = steps.collect::<Result<_, Trouble>>()?;
        Ok(Self(RefCell::new(Notes { steps, ..Notes::default() })))
    }

    /// An operation that was answered as it should be.
    pub(crate) fn took(&self, step: &'static str, time: Duration) {
        let mut notes = self.0.borrow_mut();
        if let Some((_, latencies)) = notes.steps.iter_mut().find(|(name, _)| *name == step) {
            latencies.saturating_record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1));
        }
    }

    /// An operation that was not.
    pub(crate) fn failed(&self, kind: String) {
        *self.0.borrow_mut().failures.entry(kind).or_default() += 1;
    }

    /// Items that a list had.
    pub(crate) fn items(&self, count: u64) {
        self.0.borrow_mut().items += count;
    }

    /// How many items all lists had.
    pub(crate) fn all_items(&self) -> u64 {
        self.0.borrow().items
    }

    /// How often a step was done.
    pub(crate) fn count(&self, step: &'static str) -> u64 {
        let notes = self.0.borrow();
        notes.steps.iter().find(|(name, _)| *name == step).map_or(0, |(_, latencies)| latencies.len())
    }

    /// How many failures there were, and how many of the early "no".
    pub(crate) fn failures(&self) -> (u64, u64) {
        let notes = self.0.borrow();
        let busy = notes.failures.get(BUSY).copied().unwrap_or(0);
        (notes.failures.values().sum::<u64>().saturating_sub(busy), busy)
    }

    /// Every step and every kind of failure.
    pub(crate) fn read(&self, mut step: impl FnMut(&'static str, &Latencies), mut failure: impl FnMut(&str, u64)) {
        let notes = self.0.borrow();
        for (name, latencies) in &notes.steps {
            step(name, latencies);
        }
        for (kind, count) in &notes.failures {
            failure(kind, *count);
        }
    }
}
