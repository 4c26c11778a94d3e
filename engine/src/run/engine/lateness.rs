//! How long things took, counted by stretches of time.

use std::sync::atomic::{AtomicU64, Ordering};

/// The upper ends of the stretches that lateness is counted in, in seconds.
const LATE_SECONDS: [f64; 8] = [0.1, 0.5, 1.0, 5.0, 30.0, 300.0, 3_600.0, 86_400.0];

/// The upper ends of the stretches that it is counted in how soon a commit is visible, in seconds.
const VISIBLE_SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 10.0];

/// How long something took, counted by stretches: how late limits took effect, say.
#[derive(Debug)]
pub struct Lateness {
    /// The upper ends of the stretches, in seconds.
    ends: &'static [f64],
    /// How many, by the first end that they kept within; the last for all others.
    counts: Vec<AtomicU64>,
    /// All of them together, in microseconds.
    micros: AtomicU64,
}

/// In stretches from a tenth of a second to a day.
impl Default for Lateness {
    fn default() -> Self {
        Self::within(&LATE_SECONDS)
    }
}

impl Lateness {
    fn within(ends: &'static [f64]) -> Self {
        Self { ends, counts: (0..=ends.len()).map(|_| AtomicU64::new(0)).collect(), micros: AtomicU64::new(0) }
    }

    /// In stretches from a millisecond to ten seconds.
    pub(in crate::run) fn fine() -> Self {
        Self::within(&VISIBLE_SECONDS)
    }

    /// How many kept within each end but not the one before it, the last without end.
    pub fn buckets(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        let ends = self.ends.iter().copied().chain([f64::INFINITY]);
        ends.zip(&self.counts).map(|(end, count)| (end, count.load(Ordering::Relaxed)))
    }

    /// All of them together, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.micros.load(Ordering::Relaxed) as f64 / 1e6
    }

    pub(in crate::run) fn note(&self, micros: i64) {
        let seconds = micros as f64 / 1e6;
        let place = self.ends.iter().position(|end| seconds <= *end).unwrap_or(self.ends.len());
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.micros.fetch_add(u64::try_from(micros).unwrap_or(0), Ordering::Relaxed);
    }
}
