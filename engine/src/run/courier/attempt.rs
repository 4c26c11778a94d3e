//! When a delivery that failed is tried again.

use crate::rules::instant::Instant;

/// How often a delivery is tried before it is given up: over more than a day, so that a receiver that
/// stands still over a night and a morning misses nothing.
pub const MAX_ATTEMPTS: u16 = 12;

const SECOND: i64 = 1_000_000;

/// How long after the first attempt the second comes; each pause after it is three times as long.
const FIRST_PAUSE: i64 = 10 * SECOND;

/// The longest pause.
const LONGEST_PAUSE: i64 = 6 * 3_600 * SECOND;

/// When it is tried again after so many attempts, a fifth earlier or later by chance, so that what failed
/// together does not come back together; none when it is given up.
pub(super) fn next(now: Instant, attempts: u16, chance: [u8; 32]) -> Option<Instant> {
    if attempts >= MAX_ATTEMPTS {
        return None;
    }
    let times = 3_i64.saturating_pow(u32::from(attempts.saturating_sub(1)));
    let pause = FIRST_PAUSE.saturating_mul(times).min(LONGEST_PAUSE);
    let [first, ..] = chance;
    let fifths = i64::from(first) - 128;
    Some(Instant(now.0.saturating_add(pause).saturating_add(pause / 5 / 128 * fifths)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(chance: u8, expected: &[i64]) {
        let pauses = (1..=MAX_ATTEMPTS).map_while(|attempts| next(Instant(0), attempts, [chance; 32]));
        assert_eq!(pauses.map(|at| at.0 / SECOND).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn each_pause_is_three_times_the_one_before_until_it_is_long_enough() {
        check(128, &[10, 30, 90, 270, 810, 2_430, 7_290, 21_600, 21_600, 21_600, 21_600]);
    }

    #[test]
    fn chance_moves_a_pause_by_a_fifth_at_most() {
        check(0, &[8, 24, 72, 216, 648, 1_944, 5_832, 17_280, 17_280, 17_280, 17_280]);
        check(255, &[11, 35, 107, 323, 970, 2_912, 8_736, 25_886, 25_886, 25_886, 25_886]);
    }
}
