//! Random worlds and random lives in them, for the property tests: the same every time.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a random world that breaks its own rules must fail the test that wants it"
)]

pub mod calendar;
pub mod duty;
pub mod plan;
pub mod play;

use proptest::test_runner::{Config, RngSeed};

/// So many cases from a fixed seed, with nothing remembered between runs.
///
/// For a longer search by hand: `LIANDONG_CASES` multiplies the number, `LIANDONG_SEED` begins elsewhere.
#[must_use]
pub fn config(cases: u32) -> Config {
    let setting = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    Config {
        cases: cases * setting("LIANDONG_CASES").unwrap_or(1),
        rng_seed: RngSeed::Fixed(setting("LIANDONG_SEED").unwrap_or(20_150_301).into()),
        failure_persistence: None,
        ..Config::default()
    }
}

/// An element of the list; any number will do.
///
/// # Panics
/// When the list is empty.
pub fn pick<T: Clone>(list: &[T], number: impl Into<usize>) -> T {
    list[number.into() % list.len()].clone()
}
