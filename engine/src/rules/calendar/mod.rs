//! When people work: periods of the day, holidays, make-up working days, market days.

mod day;

pub use day::{Day, DayKind};
