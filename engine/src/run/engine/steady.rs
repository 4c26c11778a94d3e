//! Whether the clock on the wall is to be believed.

use std::time::Duration;

use tokio::time::Instant as Stopwatch;

use crate::rules::instant::Instant;

/// How far a clock may run from the steady one between two looks before it is taken to have been put.
const JUMP_MICROS: i64 = 120_000_000;

/// How long a clock that was put must stand before limits are believed to be over: a clock that was put
/// wrong and is put right meanwhile has done no harm, and late is better than early.
const SETTLE: Duration = Duration::from_secs(600);

/// Tells a clock that runs from one that was put: by a clock that only runs.
#[derive(Clone, Copy, Debug)]
pub(in crate::run) struct Steady {
    wall: Instant,
    steady: Stopwatch,
    settled: Stopwatch,
}

impl Steady {
    pub(in crate::run) const fn new(wall: Instant, steady: Stopwatch) -> Self {
        Self { wall, steady, settled: steady }
    }

    /// How long to wait before the clock is to be believed; none when it is.
    pub(in crate::run) fn look(&mut self, wall: Instant, steady: Stopwatch) -> Option<Duration> {
        let passed = i64::try_from(steady.saturating_duration_since(self.steady).as_micros()).unwrap_or(i64::MAX);
        let jump = wall.0.saturating_sub(self.wall.0).saturating_sub(passed);
        (self.wall, self.steady) = (wall, steady);
        if jump.abs() > JUMP_MICROS {
            tracing::warn!(seconds = jump / 1_000_000, "the clock was put; limits wait until it has stood for a while");
            self.settled = steady + SETTLE;
        }
        let left = self.settled.saturating_duration_since(steady);
        (!left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(looks: &[(i64, i64)], expected: &[u64]) {
        let (wall, steady) = (Instant(0), Stopwatch::now());
        let mut clock = Steady::new(wall, steady);
        let seconds = |n: i64| Duration::from_secs(n.unsigned_abs());
        let found = looks.iter().map(|(wall, passed)| {
            let left = clock.look(Instant(wall * 1_000_000), steady + seconds(*passed));
            left.map_or(0, |left| left.as_secs())
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{looks:?}");
    }

    #[test]
    fn a_clock_that_runs_is_believed_and_one_that_is_put_has_to_stand_first() {
        check(&[(30, 30), (61, 60), (150, 151)], &[0, 0, 0]);
        check(&[(30, 30), (3_660, 60), (3_960, 360), (4_260, 660)], &[0, 600, 300, 0]);
        check(&[(30, 30), (-86_400, 60), (-86_100, 360)], &[0, 600, 300]);
        check(&[(86_400, 30), (60, 60), (660, 660)], &[600, 600, 0]);
    }
}
